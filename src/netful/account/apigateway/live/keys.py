"""API keys (api-gateway §3.5)."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, invalid_patch
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.patches import flag, patches
from netful.account.apigateway.operations.representation import tags
from netful.account.apigateway.shapes import modelled
from netful.engine.authorization.api_keys import value_of
from netful.model.apis.usage import ApiKey

_SHORTEST, _LONGEST = 20, 128


def _key(site: Site, key: ApiKey, *, with_value: bool) -> dict[str, Any]:
    plans = [plan for plan in site.cloud.apis.usage_plans.values() if key.id in plan.key_ids]
    stages = [f"{site.cloud.aws_id(str(one.api_id))}/{one.stage_name}" for plan in plans for one in plan.stages]
    return modelled(
        "apigateway",
        "ApiKey",
        key,
        id=site.cloud.aws_id(key.id),
        value=value_of(key) if with_value else None,
        createdDate=site.made(key.id),
        lastUpdatedDate=site.changed(key.id),
        stageKeys=stages,
        tags=tags(site.cloud, key.id),
    )


def _keys(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    named, values = wanted.one("name"), wanted.flag("includeValues")
    keys = (one for one in site.cloud.apis.api_keys.values() if str(one.name or "").startswith(named))
    return (_key(site, one, with_value=values) for one in keys)


def _get_api_key(site: Site, wanted: OperationRequest) -> Any:
    key = lookups.key(site.cloud, wanted.names["key"])
    return _key(site, key, with_value=wanted.flag("includeValue"))


class _Given(msgspec.Struct, rename="camel"):
    """Input of CreateApiKey."""

    name: str | None = None
    description: str | None = None
    enabled: bool = False
    value: str | None = None
    stage_keys: list[Any] = []


def _create_api_key(site: Site, wanted: OperationRequest) -> Any:
    """Create a key, which is enabled only where the request says so (CreateApiKey)."""
    given = wanted.given(_Given)
    value = given.value
    if value is not None and not _SHORTEST <= len(value) <= _LONGEST:
        raise bad_request(f"API Key value should be at least {_SHORTEST} characters, and at most {_LONGEST}")
    if given.stage_keys:
        raise bad_request("Stage keys are no longer supported: put the key into a usage plan")
    if value is not None and value in map(value_of, site.cloud.apis.api_keys.values()):
        raise conflict("API Key already exists")
    key = ApiKey(secrets.token_hex(5), given.name, value, given.enabled, given.description)
    site.put("api_keys", key)
    return _key(site, key, with_value=True)


def _update_api_key(site: Site, wanted: OperationRequest) -> Any:
    """Apply the patches of UpdateApiKey."""
    key = lookups.key(site.cloud, wanted.names["key"])
    for patch in patches(wanted):
        if patch.op != "replace" or patch.path not in _FIELDS:
            raise invalid_patch(patch.op, patch.path, _FIELDS)
        name, reading = _FIELDS[patch.path]
        changed: Any = {name: reading(patch.value)}
        key = replace(key, **changed)
    site.put("api_keys", key)
    return _key(site, key, with_value=False)


_FIELDS: dict[str, tuple[str, Any]] = {
    "/name": ("name", str),
    "/description": ("description", str),
    "/enabled": ("enabled", flag),
}


def _delete_api_key(site: Site, wanted: OperationRequest) -> None:
    """Delete a key, and remove it from its plans (DeleteApiKey)."""
    cloud = site.cloud
    gone = lookups.key(cloud, wanted.names["key"]).id
    plans = {
        plan.id: replace(plan, key_ids=tuple(one for one in plan.key_ids if one != gone))
        for plan in cloud.apis.usage_plans.values()
    }
    keys = {id_: key for id_, key in cloud.apis.api_keys.items() if id_ != gone}
    site.cloud = cloud.having(api_keys=keys, usage_plans=plans)


OPERATIONS = (
    *reads("/apikeys", "key", "ApiKey", _keys, _get_api_key),
    Change("POST", "/apikeys", _create_api_key, 201),
    Change("PATCH", "/apikeys/{key}", _update_api_key),
    Change("DELETE", "/apikeys/{key}", _delete_api_key, 202),
)
