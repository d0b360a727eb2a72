"""Numbers of the versions of functions that a deployment publishes: each is the next one of its function, and none comes again."""

from collections.abc import Mapping

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.deployments.custom_requests import Made
from netful.account.cloudformation.deployments.custom_resources import Place, place
from netful.account.cloudformation.deployments.plan import Plan
from netful.account.cloudformation.deployments.stack_view import inside
from netful.model.core import Resource
from netful.model.functions.compute import qualified
from netful.sources.account.deployed_stack import VERSION


def numbered(account: Account, plan: Plan) -> Mapping[Place, Made]:
    """Return the attributes of the versions that a plan publishes and that have no number yet, by place."""
    there = {place(one): one for one in account.cloud.template.resources.values() if one.type == VERSION}
    newest: dict[str, int] = {}
    found: dict[Place, Made] = {}
    for one in inside(plan.cloud, plan.stack.name):
        function = one.properties.get("FunctionName")
        if one.type != VERSION or not isinstance(one.ref, str) or not isinstance(function, str):
            continue
        arn, made, former = one.ref.rpartition(":")[0], plan.stack.made.get(place(one)), there.get(place(one))
        number = newest[arn] = newest.get(arn, account.newest_version(qualified(function)[0])) + 1
        if _is_same(one, former) and made is not None:
            newest[arn] = number - 1
        elif made is None or made["Ref"] != f"{arn}:{number}":
            found[place(one)] = {"Ref": f"{arn}:{number}", "FunctionArn": f"{arn}:{number}", "Version": str(number)}
    return found


def _is_same(version: Resource, former: Resource | None) -> bool:
    """Return whether a version is published already: all its properties are those that it was published with."""
    return former is not None and former.properties == version.properties
