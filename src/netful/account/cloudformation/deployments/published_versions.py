"""Numbers of the versions of functions and layers that a deployment publishes: each is the next one, and none comes again."""

from collections.abc import Iterator, Mapping

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.deployments.custom_requests import Made
from netful.account.cloudformation.deployments.custom_resources import Place, place
from netful.account.cloudformation.deployments.plan import Plan
from netful.account.cloudformation.deployments.stack_view import inside
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.functions.compute import qualified
from netful.sources.account.deployed_stack import LAYER, VERSION

_NAMED_BY = {LAYER: "LayerName", VERSION: "FunctionName"}
"""The property with the name of the layer or the function, by type."""


def numbered(account: Account, plan: Plan) -> Mapping[Place, Made]:
    """Return the attributes of the versions that a plan publishes and that have no number yet, by place."""
    there = {place(one): one for one in account.cloud.template.resources.values() if one.type in _NAMED_BY}
    newest: dict[str, int] = {}
    found: dict[Place, Made] = {}
    for one, arn in _versions(plan):
        former, made = there.get(place(one)), plan.stack.made.get(place(one))
        if made is not None and former is not None and former.properties == one.properties:
            continue
        before = _newest_layer(account.cloud, arn) if one.type == LAYER else account.newest_version(arn)
        number = newest[arn] = newest.get(arn, before) + 1
        own = f"{arn}:{number}"
        if made is None or made["Ref"] != own:
            of_function = {"FunctionArn": own, "Version": str(number)} if one.type == VERSION else {}
            found[place(one)] = {"Ref": own, **of_function}
    return found


def _versions(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Yield the versions of a plan's stack, with the ARN of their function or layer."""
    for one in inside(plan.cloud, plan.stack.name):
        made, named = plan.stack.made.get(place(one)), one.properties.get(_NAMED_BY.get(one.type, ""))
        start, _, end = str(made["Ref"] if made is not None else plan.cloud.physical_id(one.id)).rpartition(":")
        if one.type in _NAMED_BY and end.isdecimal():
            of, _, name = start.rpartition(":")
            yield one, f"{of}:{qualified(named)[0] if isinstance(named, str) else name}"


def _newest_layer(cloud: Cloud, arn: str) -> int:
    """Return the number of the newest version of a layer; 0 without one."""
    ids = (cloud.aws_id(one.id).rpartition(":") for one in cloud.template.of_type(LAYER))
    return max((int(number) for layer, _, number in ids if layer == arn), default=0)
