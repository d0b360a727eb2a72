"""Stages and deployments (spec: api-gateway §3.3, §4). A REST deployment that names a stage makes it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from netful.model.apis.stage import ANY, AccessLog, Canary, Deployment, MethodSetting, Stage
from netful.model.core import DEFAULT, Maybe, Unknown
from netful.sources.apis.paths import normal_path, setting_path
from netful.sources.apis.values import decimal, texts_in, throttle
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, either, known_or


def stages(inventory: Inventory) -> dict[str, Stage]:
    """Return the stages of all APIs."""
    made = [_stage(reader, reader, reader.text("DeploymentId")) for reader in inventory.of("AWS::ApiGateway::Stage")]
    with_stage = (one for one in inventory.of("AWS::ApiGateway::Deployment") if one.has("StageName"))
    made += [_stage(one, one.part("StageDescription"), one.id) for one in with_stage]
    deployed = {_of_stage(one): one.id for one in inventory.of("AWS::ApiGatewayV2::Deployment") if one.has("StageName")}
    made += [_http_stage(reader, deployed) for reader in inventory.of("AWS::ApiGatewayV2::Stage")]
    made += [_quick_stage(reader) for reader in inventory.of("AWS::ApiGatewayV2::Api") if reader.has("Target")]
    return {stage.id: stage for stage in made}


def deployments(inventory: Inventory) -> dict[str, Deployment]:
    """Return the deployments of all APIs."""
    found = {}
    for kind, api in (("AWS::ApiGateway::Deployment", "RestApiId"), ("AWS::ApiGatewayV2::Deployment", "ApiId")):
        for reader in inventory.of(kind):
            waits_for = inventory.resources[reader.id].depends_on
            found[reader.id] = Deployment(
                reader.id, reader.required(api), waits_for, reader.text("Description"), origin=reader.origin
            )
    return found


def _stage(reader: Reader, settings: Reader, deployment_id: Maybe[str] | None) -> Stage:
    """Return a REST stage: a separate resource, or the description in a deployment."""
    whole = [] if settings is reader else [_setting(settings, "*", "*")]
    whole = [one for one in whole if replace(one, origin=DEFAULT) != MethodSetting()]
    written = [*_settings(settings)]
    return Stage(
        id=reader.id,
        api_id=reader.required("RestApiId"),
        stage_name=either(reader.text("StageName"), "default"),
        deployment_id=deployment_id,
        variables=texts_in(settings, "Variables"),
        method_settings=(*whole, *(setting for setting, is_placed in written if is_placed)),
        possible_settings=tuple(setting for setting, is_placed in written if not is_placed),
        cache_cluster_enabled=settings.flag("CacheClusterEnabled", default=False),
        cache_cluster_size=settings.text("CacheClusterSize"),
        canary=_canary(settings.part("CanarySetting")) if settings.has("CanarySetting") else None,
        access_log=_access_log(settings, "AccessLogSetting"),
        tracing_enabled=settings.flag("TracingEnabled", default=False),
        description=settings.text("Description"),
        origin=reader.origin,
    )


def _settings(reader: Reader) -> Iterator[tuple[MethodSetting, bool]]:
    """Yield the settings of methods, and whether their path and method are known."""
    for item in reader.parts("MethodSettings"):
        is_placed = not any(isinstance(item.text(name), Unknown) for name in ("ResourcePath", "HttpMethod"))
        path, method = known_or(item.text("ResourcePath"), "/*"), known_or(item.text("HttpMethod"), "*")
        key = "" if path.startswith(("/", "~", ANY)) else f"{path}/{method.upper()}"
        yield replace(_setting(item, setting_path(path), method.upper()), key=key), is_placed


def _setting(reader: Reader, path: str, method: str) -> MethodSetting:
    ttl = reader.number("CacheTtlInSeconds")
    limits = throttle(reader, "ThrottlingRateLimit", "ThrottlingBurstLimit")
    return MethodSetting(
        resource_path=path,
        http_method=method,
        throttling_rate_limit=limits.rate_limit if limits else None,
        throttling_burst_limit=limits.burst_limit if limits else None,
        caching_enabled=_flag(reader, "CachingEnabled"),
        cache_ttl_in_seconds=ttl,
        cache_data_encrypted=_flag(reader, "CacheDataEncrypted"),
        require_authorization_for_cache_control=_flag(reader, "RequireAuthorizationForCacheControl"),
        unauthorized_cache_control_header_strategy=known_or(reader.text("UnauthorizedCacheControlHeaderStrategy"), "")
        or None,
        logging_level=known_or(reader.text("LoggingLevel"), "") or None,
        data_trace_enabled=_flag(reader, "DataTraceEnabled"),
        metrics_enabled=_flag(reader, "MetricsEnabled" if reader.has("MetricsEnabled") else "DetailedMetricsEnabled"),
        origin=reader.origin,
    )


def _flag(reader: Reader, name: str) -> bool | None:
    return reader.flag(name, default=False) if reader.has(name) else None


def _access_log(reader: Reader, name: str) -> AccessLog | None:
    part = reader.part(name)
    destination, written = part.text("DestinationArn"), part.text("Format")
    return None if destination is None or written is None else AccessLog(destination, written)


def _canary(reader: Reader) -> Canary:
    return Canary(
        percent_traffic=decimal(reader, "PercentTraffic"),
        deployment_id=reader.text("DeploymentId"),
        stage_variable_overrides=texts_in(reader, "StageVariableOverrides"),
        use_stage_cache=reader.flag("UseStageCache", default=False),
    )


def _quick_stage(api: Reader) -> Stage:
    """Return the default stage of an API that is made by its `Target`."""
    origin = api.origin_of("Target")
    return Stage(f"{api.id}.$default", api.id, "$default", auto_deploy=True, origin=origin)


def _of_stage(reader: Reader) -> tuple[Maybe[str] | None, Maybe[str]]:
    return reader.text("ApiId"), either(reader.text("StageName"), "$default")


def _http_stage(reader: Reader, deployed: Mapping[tuple[Maybe[str] | None, Maybe[str]], str]) -> Stage:
    """Return a stage of an HTTP or WebSocket API. An automatic deployment that is not known is one that is not known."""
    settings = [_setting(reader.part("DefaultRouteSettings"), "*", "*")] if reader.has("DefaultRouteSettings") else []
    by_route = reader.part("RouteSettings")
    for key in by_route.properties:
        method, _, path = key.partition(" ")
        place = (normal_path(path), method.upper()) if path else (key, "ANY")
        settings.append(_setting(by_route.part(key), *place))
    automatic = reader.get("AutoDeploy")
    return Stage(
        id=reader.id,
        api_id=reader.required("ApiId"),
        stage_name=either(reader.text("StageName"), "$default"),
        deployment_id=automatic
        if isinstance(automatic, Unknown)
        else reader.text("DeploymentId") or deployed.get(_of_stage(reader)),
        variables=texts_in(reader, "StageVariables"),
        method_settings=tuple(settings),
        auto_deploy=reader.flag("AutoDeploy", default=False),
        access_log=_access_log(reader, "AccessLogSettings"),
        description=reader.text("Description"),
        origin=reader.origin,
    )


READERS = (PartReader("stages", stages), PartReader("deployments", deployments))
