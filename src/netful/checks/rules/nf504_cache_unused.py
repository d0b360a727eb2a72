"""NF504: a stage's cache is off where it would help, or its settings contradict one another (§4).

A stage's cache answers reads without the integration. It costs money every hour whether methods use it or not, and
method settings have no effect without the stage's cache.

Instead: Turn the cache on together with `CachingEnabled` for the methods that read. Encrypt it, and choose a suitable
TTL.
"""

from collections.abc import Sequence

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.apis.api import RestApi
from netful.model.apis.stage import ANY, MethodSetting, Stage

_MANY_READS = 2  # number of GET methods from which a cache is worth considering


@Rule.of("cache is unused or its settings contradict each other", Severity.INFO)
def check(facts: Facts) -> Problems:
    for api in facts.cloud.apis.rest_apis.values():
        stages = [*facts.cloud.apis.stages_of(api.id)]
        if not any(stage.cache_cluster_enabled for stage in stages):
            yield from _without_cache(api, stages)
        for stage in stages:
            yield from _of_stage(stage)


def _without_cache(api: RestApi, stages: Sequence[Stage]) -> Problems:
    """Find an API without a cached stage though most of its methods read."""
    reads = [route for route in api.routes if route.http_method == "GET"]
    wanting = any(setting.caching_enabled for stage in stages for setting in stage.method_settings)
    if stages and not wanting and len(reads) >= _MANY_READS and len(reads) * 2 >= len(api.routes):
        message = f"no stage of `{api.id}` has a cache, though {len(reads)} of its {len(api.routes)} methods only read"
        hint = "cache the methods whose answers may be some minutes old"
        yield Problem.of(api, message, hint, Certainty.LIKELY)


def _of_stage(stage: Stage) -> Problems:
    wanting = [setting for setting in stage.method_settings if setting.caching_enabled]
    if not stage.cache_cluster_enabled:
        if wanting:
            message = f"`{stage.id}` has methods with caching, but its cache is off"
            hint = "set `CacheClusterEnabled: true` and a size"
            yield Problem.of(stage, message, hint, severity=Severity.MEDIUM)
        return
    if not wanting:
        message = f"the cache of `{stage.id}` is paid for, but no method uses it"
        yield Problem.of(stage, message, "set `CachingEnabled: true` in its `MethodSettings`", severity=Severity.MEDIUM)
    for setting in wanting:
        yield from _of_setting(stage, setting)


def _of_setting(stage: Stage, setting: MethodSetting) -> Problems:
    every = setting.http_method == setting.resource_path.strip("/") == ANY
    method = "all methods" if every else f"`{setting.http_method} {setting.resource_path}`"
    name = f"{method} of `{stage.id}`"
    if setting.cache_ttl_in_seconds == 0:
        yield Problem(
            stage.id,
            setting.origin,
            f"the time to live of {name} is 0 seconds, so nothing is cached",
            "set `CacheTtlInSeconds`, at most 3600",
        )
    if not setting.cache_data_encrypted:
        yield Problem(
            stage.id,
            setting.origin,
            f"the cached answers of {name} are not encrypted",
            "set `CacheDataEncrypted: true`",
        )
    if setting.require_authorization_for_cache_control is False:
        yield Problem(
            stage.id,
            setting.origin,
            f"any client may empty the cache of {name} with `Cache-Control: max-age=0`",
            "require authorization for this header",
        )
