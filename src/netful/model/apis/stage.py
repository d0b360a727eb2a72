"""Stages of an API: their deployments and settings (spec: api-gateway §3.3, §4)."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen, Identified, Maybe, Placed

ANY = "*"


class MethodSetting(Placed):
    """Settings of a method, or of all (`resource_path` and `http_method` are then "*"); None means not set.

    A route's entry starts with the values of the entry for all (§3.3). For an HTTP API `http_method` and
    `resource_path` are the parts of the route key. `key` is its name in a stage's description if a call has named it in
    another way than AWS does (`pets/GET` for `~1pets/GET`).
    """

    resource_path: str = ANY
    http_method: str = ANY
    throttling_rate_limit: Maybe[float] | None = None
    throttling_burst_limit: Maybe[int] | None = None
    caching_enabled: bool | None = None
    cache_ttl_in_seconds: Maybe[int] | None = None
    cache_data_encrypted: bool | None = None
    require_authorization_for_cache_control: bool | None = None
    unauthorized_cache_control_header_strategy: str | None = None
    logging_level: str | None = None
    data_trace_enabled: bool | None = None
    metrics_enabled: bool | None = None
    key: str = ""


class Canary(Frozen):
    """A share of a stage's traffic that goes to another deployment."""

    percent_traffic: Maybe[float] | None = None
    deployment_id: Maybe[str] | None = None
    stage_variable_overrides: Mapping[str, Maybe[str]] = field(default_factory=dict)
    use_stage_cache: bool = False


class AccessLog(Frozen):
    """The destination and the format of access log lines (`$context.…` are variables)."""

    destination_arn: Maybe[str]
    format: Maybe[str]


class Deployment(Identified):
    """A deployment of an API.

    `depends_on` are the ids that it waits for: it does not contain methods that are made later.
    """

    api_id: Maybe[str]
    depends_on: tuple[str, ...] = ()
    description: Maybe[str] | None = None


class Stage(Identified):
    """A stage. URLs omit the `$default` stage of an HTTP API.

    `possible_settings` are those whose path or method is not known, which is then "*": they may be a method's.
    `is_canary`: the stage as its canary's requests see it.
    """

    api_id: Maybe[str]
    stage_name: Maybe[str]
    deployment_id: Maybe[str] | None = None
    variables: Mapping[str, Maybe[str]] = field(default_factory=dict)
    method_settings: tuple[MethodSetting, ...] = ()
    possible_settings: tuple[MethodSetting, ...] = ()
    cache_cluster_enabled: bool = False
    cache_cluster_size: Maybe[str] | None = None
    canary: Canary | None = None
    auto_deploy: bool = False
    access_log: AccessLog | None = None
    tracing_enabled: bool = False
    is_canary: bool = False
    description: Maybe[str] | None = None
