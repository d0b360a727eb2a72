"""API keys (api-gateway §3.5)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import API_ID, referring
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.operations.faults import bad_request, conflict, invalid_patch
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.operations.representation import tags
from netful.account.apigateway.shapes import modelled
from netful.engine.authorization.api_keys import value_of
from netful.model.apis.usage import ApiKey

_SHORTEST, _LONGEST = 20, 128


def _key(site: Site, wanted: OperationRequest, key: ApiKey) -> dict[str, Any]:
    with_value = wanted.flag("includeValue") or wanted.flag("includeValues")
    plans = [plan for plan in site.cloud.apis.usage_plans.values() if key.id in plan.key_ids]
    stages = [f"{site.cloud.aws_id(str(one.api_id))}/{one.stage_name}" for plan in plans for one in plan.stages]
    return modelled(
        "apigateway",
        "ApiKey",
        key,
        id=site.cloud.aws_id(key.id),
        value=value_of(key) if with_value else None,
        customerId=_customer(site, key),
        createdDate=site.made(key.id),
        lastUpdatedDate=site.changed(key.id),
        stageKeys=stages,
        tags=tags(site.cloud, key.id),
    )


def _customer(site: Site, key: ApiKey) -> Any:
    found = site.cloud.template.resources.get(key.id)
    return found and found.properties.get("CustomerId")


def _keys(site: Site, wanted: OperationRequest) -> Iterator[ApiKey]:
    """Yield the keys that a request asks for, by the beginning of their name and by their customer."""
    named, customer, every = wanted.one("name"), wanted.one("customerId"), site.cloud.apis.api_keys.values()
    of_customer = (one for one in every if not customer or _customer(site, one) == customer)
    return (one for one in of_customer if str(one.name or "").startswith(named))


def create_api_key(site: Site, wanted: OperationRequest) -> Any:
    """Create a key, which is enabled only where the request says so (CreateApiKey)."""
    return _KIND.create(site, replace(wanted, query={"includeValue": ["true"]}))


def _checked(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    value = own.get("Value")
    for patch in patches(wanted):
        if patch.op != "replace" or patch.path not in _PATHS:
            raise invalid_patch(patch.op, patch.path, _PATHS)
    if id_:
        return own
    if value is not None and not _SHORTEST <= len(value) <= _LONGEST:
        raise bad_request(f"API Key value should be at least {_SHORTEST} characters, and at most {_LONGEST}")
    if own.get("StageKeys"):
        raise bad_request("Stage keys are no longer supported: put the key into a usage plan")
    if value is not None and value in map(value_of, site.cloud.apis.api_keys.values()):
        raise conflict("API Key already exists")
    return {name: one for name, one in own.items() if name in _PROPERTIES}


_PATHS = ("/name", "/description", "/enabled", "/customerId")
_PROPERTIES = ("Name", "Description", "Enabled", "Value", "Tags", "CustomerId")
PLAN_KEY = "AWS::ApiGateway::UsagePlanKey"
_KIND = Kind(
    "ApiKey", "AWS::ApiGateway::ApiKey", "key", lambda site, _wanted: site.cloud.apis.api_keys.values(), _key,
    missing="Invalid API Key identifier specified", check=_checked,
    along=lambda site, one: referring(site.cloud, one.id, "KeyId", PLAN_KEY), listed=_keys, id_length=API_ID,
)  # fmt: skip
OPERATIONS = (*_KIND.operations(), Change(create_api_key))
