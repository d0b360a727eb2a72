"""Values that a template reads by `{{resolve:…}}` and that do not exist: the resource that asks for one cannot be made."""

from collections.abc import Iterator

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments.plan import Plan
from netful.account.cloudformation.deployments.stack_view import in_order, inside
from netful.model.core import Resource
from netful.model.names.generated.generated_names import physical_name
from netful.services.deploy.dynamic_references import REFERENCE, secret_id, value_at
from netful.sources.account.deployed_stack import CUSTOM_TYPES
from netful.sources.template.values import unknowns_in

_OF_DATABASES = "rds!"
"""Beginning of the names of secrets that a database makes for its master user."""


async def refuse_missing_values(account: Account, plan: Plan) -> None:
    """Raise DeploymentError if a resource that a plan makes or changes reads a value that does not exist."""
    later = _after_custom_resources(plan)
    for change in plan.changes:
        if change.action == "Remove" or (resource := plan.after[change.logical_id].resource).id in later:
            continue
        for service, rest in _read(resource):
            own = secret_id(rest)[0] if service == "secretsmanager" else rest.split(":")[0]
            if _OF_DATABASES in own or own in _made(account, plan) or _is_elsewhere(own, plan):
                continue
            if await value_at(service, rest, plan.cloud.region, account.call_host) is None:
                raise DeploymentError(await _reason(account, plan, service, rest), resource.id)


def _after_custom_resources(plan: Plan) -> set[str]:
    """Return the ids of resources that come after a custom resource, whose function may make what they read."""
    customs, found = set[str](), set[str]()
    for one in in_order(inside(plan.cloud, plan.stack.name)):
        if not {*one.references, *one.depends_on}.isdisjoint(customs | found):
            found.add(one.id)
        if one.type.startswith(CUSTOM_TYPES):
            customs.add(one.id)
    return found


def _is_elsewhere(name: str, plan: Plan) -> bool:
    """Return whether a name is an ARN in another region or account, of which nothing is known."""
    return name.startswith("arn:") and name.split(":")[3:5] != [plan.cloud.region, plan.cloud.account_id]


def _read(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield what a resource reads: the service and the place there."""
    for one in unknowns_in(resource.properties):
        yield from ((match[1], match[2]) for match in REFERENCE.finditer(one.reference))


def _made(account: Account, plan: Plan) -> set[str]:
    """Return the names of what a plan makes or changes: its values are there later."""
    there = account.cloud.template.resources
    new = (one for one in plan.cloud.template.resources.values() if one != there.get(one.id))
    return {name for one in new for name in (physical_name(one), one.ref) if isinstance(name, str)}


async def _reason(account: Account, plan: Plan, service: str, rest: str) -> str:
    if service != "secretsmanager":
        return f"Parameters: [{service}:{rest}] cannot be found."
    own, _ = secret_id(rest)
    if await value_at(service, own, plan.cloud.region, account.call_host) is None:
        return "Secrets Manager can't find the specified secret."
    return "Could not find a value associated with JSONKey in SecretString"
