"""APIs as plain data: `apis` of `netful show --format json`."""

import re
from typing import Any

from netful.engine.flows.json_values import plain
from netful.engine.integrations.integration_targets import callee, in_stage
from netful.engine.names.api_names import domains_of, exposure, invoke_urls, own_name, routed_to
from netful.engine.usage.caches import Cache, cache_of
from netful.engine.usage.throttles import Limit, Membership, ladder, membership, quota
from netful.model.apis.api import Api, ApiRoute
from netful.model.apis.integration import Integration
from netful.model.apis.stage import Stage
from netful.model.apis.usage import Quota, Throttle, UsagePlan
from netful.model.cloud import Cloud
from netful.model.core import Maybe, QuestionError

_URL_HOST = re.compile(r"https?://([\w.-]+)")


def apis(cloud: Cloud, key_id: str | None = None) -> list[dict[str, Any]]:
    """Return every API with its effective settings; with a key, those for that key's callers."""
    if key_id is not None and not _is_key(cloud, key_id):
        known = ", ".join(f"`{name}`" for name in cloud.apis.api_keys)
        hint = f"there are {known}" if known else "no source has an API key"
        raise QuestionError(f"there is no API key `{key_id}`", hint=hint)
    return [_api(cloud, api, key_id) for api in cloud.apis.by_id.values()]


def _is_key(cloud: Cloud, key_id: str) -> bool:
    return key_id in cloud.apis.api_keys or any(key_id in plan.key_ids for plan in cloud.apis.usage_plans.values())


def _api(cloud: Cloud, api: Api, key_id: str | None) -> dict[str, Any]:
    stages = cloud.apis.stages_of(api.id)
    plans = [p for p in cloud.apis.usage_plans.values() if any(entry.api_id == api.id for entry in p.stages)]
    return {
        "id": api.id,
        "aws_id": cloud.aws_id(api.id),
        "name": plain(api.name),
        "protocol": api.protocol.value,
        "endpoint_type": plain(api.endpoint_type),
        "exposure": exposure(api),
        "origin": str(api.origin),
        "vpc_endpoints": plain(getattr(api, "vpc_endpoint_ids", ())),
        "definition": plain(api.definition),
        "invoke_urls": list(invoke_urls(cloud, api)),
        "domains": [
            {
                "name": plain(domain.domain_name if domain else mapping.domain),
                "base_path": plain(mapping.base_path),
                "stage": plain(mapping.stage_name),
                "endpoint_type": plain(domain.endpoint_type) if domain else None,
            }
            for domain, mapping in domains_of(cloud, api)
        ],
        "routing_rules": [
            {
                "id": rule.id,
                "name": plain(domain.domain_name),
                "priority": plain(rule.priority),
                "base_path": plain(rule.base_path),
                "headers": [
                    {"header": plain(glob.header), "value_glob": plain(glob.value_glob)}
                    for condition in rule.conditions
                    for glob in condition.headers
                ],
                "stage": plain(rule.stage_name),
            }
            for domain, rule in routed_to(cloud, api)
        ],
        "stages": [_stage(stage) for stage in stages],
        "routes": [_route(cloud, api, stage, route, key_id) for stage in stages or (None,) for route in api.routes],
        "usage_plans": [_plan(plan, api) for plan in plans],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "id": stage.id,
        "name": plain(stage.stage_name),
        "deployment": plain(stage.deployment_id),
        "variables": plain(stage.variables),
        "cache_cluster_enabled": stage.cache_cluster_enabled,
        "cache_cluster_size": plain(stage.cache_cluster_size),
    }


def _route(cloud: Cloud, api: Api, stage: Stage | None, route: ApiRoute, key_id: str | None) -> dict[str, Any]:
    """Return a route of a stage. An API without a stage cannot be called, but its routes are listed with their defaults."""
    place = stage or Stage("", api.id, "")
    member = membership(cloud, place, key_id) if key_id is not None else None
    return {
        "stage": plain(stage.stage_name) if stage else None,
        "method": route.http_method,
        "path": route.path,
        "authorization": plain(route.authorization_type),
        "authorizer": plain(route.authorizer_id),
        "api_key_required": route.api_key_required,
        "integration": _integration(cloud, route.integration, stage) if route.integration else None,
        **_throttle_of(api, place, route, member),
        "cache": _cache(cache_of(place, route)),
        "origin": str(route.origin),
    }


def _throttle_of(api: Api, stage: Stage, route: ApiRoute, member: Membership | None) -> dict[str, Any]:
    rungs = ladder(api, stage, route, member)
    return {
        "throttle": _limit(rungs[0]),
        "limits": [_limit(rung) for rung in rungs],
        "quota": _quota(quota(route, member)),
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {"rate": plain(limit.rate), "burst": plain(limit.burst), "source": limit.source}


def _quota(found: Quota | None) -> dict[str, Any] | None:
    return {"limit": plain(found.limit), "period": plain(found.period)} if found else None


def _cache(cache: Cache) -> dict[str, Any]:
    return {
        "enabled": cache.enabled,
        "ttl": plain(cache.ttl),
        "key": plain(cache.key),
        "encrypted": cache.encrypted,
        "require_authorization": cache.require_authorization,
    }


def _integration(cloud: Cloud, integration: Integration, stage: Stage | None) -> dict[str, Any]:
    integration = in_stage(cloud, integration, stage)
    called = callee(cloud, integration, stage)
    link = cloud.apis.vpc_links.get(str(integration.connection_id))
    return {
        "type": plain(integration.type),
        "uri": plain(called.uri),
        "service": called.service,
        "action": called.action,
        "function": called.function,
        "vpc_link": plain(integration.connection_id),
        "target": plain(integration.target)
        or (plain(link.target_arns) if link and link.target_arns else _named_in(cloud, called.uri)),
        "timeout_ms": plain(integration.timeout_in_millis),
    }


def _named_in(cloud: Cloud, uri: Maybe[str] | None) -> str | None:
    """Return the API or the load balancer whose own name a URL has."""
    found = _URL_HOST.match(uri) if isinstance(uri, str) else None
    if found is None:
        return None
    api = own_name(cloud, found[1])
    if api is not None:
        return api.api_id if api.api_id in cloud.apis.by_id else None
    return next((one.id for one in cloud.balancing.load_balancers.values() if one.is_named(found[1])), None)


def _plan(plan: UsagePlan, api: Api) -> dict[str, Any]:
    return {
        "id": plan.id,
        "throttle": _bucket(plan.throttle),
        "quota": _quota(plan.quota),
        "keys": plain(plan.key_ids),
        "stages": [plain(entry.stage_name) for entry in plan.stages if entry.api_id == api.id],
        "methods": {
            f"{'' if path == '/' else path}/{method}": _bucket(limits)
            for entry in plan.stages
            if entry.api_id == api.id
            for (path, method), limits in entry.methods.items()
        },
    }


def _bucket(throttle: Throttle | None) -> dict[str, Any] | None:
    return {"rate": plain(throttle.rate_limit), "burst": plain(throttle.burst_limit)} if throttle else None
