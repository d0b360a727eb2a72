"""A deployment that can be made: the changes from what a stack is to what its template says."""

from collections.abc import Iterable, Mapping
from typing import Any

from netful.account.cloudformation.deployments.changes import ResourceChange, Seen, replacements
from netful.account.cloudformation.deployments.stack_view import logical_id, members
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource
from netful.sources.account.deployed_stack import DeployedStack

KEPT = ("Retain", "RetainExceptOnCreate")
"""Deletion policies by which a resource stays. One with `Snapshot` goes, and no snapshot is made."""


class Plan(Frozen):
    """A deployment that can be made: the stack with its objects, its cloud, and the changes of its resources."""

    stack: DeployedStack
    cloud: Cloud
    root: Mapping[str, Any]
    before: Mapping[str, Seen]
    after: Mapping[str, Seen]
    changes: tuple[ResourceChange, ...]


def kept(plan: Plan) -> list[Resource]:
    """Return the resources that leave the stack and stay in the account: removed ones, and former ones of those that are replaced."""
    gone = {one.logical_id: "DeletionPolicy" for one in plan.changes if one.action == "Remove"}
    gone |= dict.fromkeys(replacements(plan.changes, plan.after), "UpdateReplacePolicy")
    return [plan.before[name].resource for name, policy in gone.items() if stays(plan.before[name], policy)]


def stays(seen: Seen, policy: str) -> bool:
    """Return whether a resource stays in the account when its stack leaves it, by one of its policies."""
    return seen.attributes.get(policy) in KEPT


def ordered(found: Iterable[ResourceChange], plan: Plan, stack: str) -> list[ResourceChange]:
    """Return changes of a stack in the order of its resources' dependencies."""
    by_name = {one.logical_id: one for one in found}
    return [by_name[name] for one in members(plan.cloud, stack) if (name := logical_id(one)) in by_name]
