"""Parts of Auto Scaling groups: scaling policies, scheduled actions, lifecycle hooks. They are records: no group grows by itself."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from netful.account.changes import Edit, Remove, new
from netful.account.managed.things import Change, Look
from netful.account.managed.view import Kind, View, plain
from netful.account.operations.query_api import Parameters
from netful.account.records.looks import page
from netful.account.wire.errors import ApiError
from netful.account.writing import Write
from netful.model.core import Frozen, Resource

_GROUP = "AutoScalingGroupName"


class Part(Frozen, dict=True):
    """A kind of parts: its type, the parameter of its name, the member of answers, the path of its ARN, and its usual members."""

    type: str
    name: str
    member: str
    path: str = ""
    usual: Mapping[str, Any] = {}

    def named(self, resource: Resource) -> str:
        """Return the name of a part."""
        return str(plain(resource, self.name) or resource.id.rpartition(".")[2])

    def of(self, groups: Kind, view: View, group: Resource) -> Iterator[Resource]:
        """Yield the parts of a group."""
        names = {group.id.lower(), view.identifier(groups, group)}
        every = view.cloud.template.of_type(self.type)
        yield from (one for one in every if str(plain(one, _GROUP)).lower() in names)

    def record(self, group: str, view: View, resource: Resource) -> dict[str, Any]:
        """Return a part as the operations return it."""
        name, noun = self.named(resource), self.name.removesuffix("Name")
        path = f"{self.path}:{uuid5(NAMESPACE_URL, resource.id)}:autoScalingGroupName/{group}"
        arn = view.cloud.arn("autoscaling", f"{path}:{noun[0].lower()}{noun[1:]}Name/{name}")
        of_path = {f"{noun}ARN": arn} if self.path else {}
        return {**self.usual, **resource.properties, _GROUP: group, self.name: name, **of_path}


POLICY = Part("AWS::AutoScaling::ScalingPolicy", "PolicyName", "ScalingPolicies", "scalingPolicy",
              {"PolicyType": "SimpleScaling", "Enabled": True, "Alarms": []})  # fmt: skip
ACTION = Part(
    "AWS::AutoScaling::ScheduledAction",
    "ScheduledActionName",
    "ScheduledUpdateGroupActions",
    "scheduledUpdateGroupAction",
)
HOOK = Part("AWS::AutoScaling::LifecycleHook", "LifecycleHookName", "LifecycleHooks",
            usual={"HeartbeatTimeout": 3600, "GlobalTimeout": 172800, "DefaultResult": "ABANDON"})  # fmt: skip
PARTS = (POLICY, ACTION, HOOK)


def removal(groups: Kind, view: View, group: Resource) -> tuple[Edit, ...]:
    """Return the edits that remove all parts of a group."""
    return tuple(Remove(one.id) for part in PARTS for one in part.of(groups, view, group))


def _put(part: Part, groups: Kind, view: View, asked: Parameters) -> Change:
    """Make a part, or another one in the place of the one with its name."""
    group = view.found(groups, asked[_GROUP])
    there = [one for one in part.of(groups, view, group) if part.named(one) == asked[part.name]]
    id_ = there[0].id if there else f"{group.id}.{part.name}.{asked[part.name]}"

    def answer(after: View) -> Mapping[str, Any]:
        made = part.record(asked[_GROUP], after, after.cloud.template.resources[id_])
        return {"PolicyARN": made["PolicyARN"], "Alarms": []} if part is POLICY else {}

    return Change((new(part.type, id_, {**asked, _GROUP: group.id}),), answer)


def _delete(part: Part, groups: Kind, view: View, asked: Parameters) -> Change:
    wanted = {**asked, f"{part.name}s": [asked[part.name]]}
    found = next((one for one, _ in _found(part, groups, view, wanted)), None)
    if found is None:
        raise ApiError("ValidationError", f"No {part.name.removesuffix('Name')} found: {asked[part.name]}")
    return Change((Remove(found.id),), lambda _after: {})


def _found(part: Part, groups: Kind, view: View, asked: Parameters) -> Iterator[tuple[Resource, dict[str, Any]]]:
    """Yield parts of one group or of all with their records; a request may name some, also by their ARNs."""
    every = [view.found(groups, asked[_GROUP])] if asked.get(_GROUP) else view.of_kind(groups)
    wanted = {*(asked.get(f"{part.name}s") or ())}
    for group in every:
        name = str(plain(group, groups.name) or view.identifier(groups, group))
        for one in part.of(groups, view, group):
            record = part.record(name, view, one)
            if not wanted or {record[part.name], record.get("PolicyARN")} & wanted:
                yield one, record


def _describe(part: Part, groups: Kind, view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return parts; a name that does not exist is not an error."""
    types = asked.get("PolicyTypes")
    rows = [one for _, one in _found(part, groups, view, asked) if not types or one["PolicyType"] in types]
    return page(part.member, {**asked, "MaxResults": asked.get("MaxRecords")}, rows)


def looks(groups: Kind) -> dict[str, Look]:
    """Return the looks at the parts of a kind of groups."""
    names = ("DescribePolicies", "DescribeScheduledActions", "DescribeLifecycleHooks")
    return {name: partial(_describe, part, groups) for name, part in zip(names, PARTS, strict=True)}


def writes(groups: Kind) -> dict[str, Write[View]]:
    """Return the operations that make and delete parts of a kind of groups."""
    puts = ("PutScalingPolicy", "PutScheduledUpdateGroupAction", "PutLifecycleHook")
    deletions = ("DeletePolicy", "DeleteScheduledAction", "DeleteLifecycleHook")
    return {
        **{name: partial(_put, part, groups) for name, part in zip(puts, PARTS, strict=True)},
        **{name: partial(_delete, part, groups) for name, part in zip(deletions, PARTS, strict=True)},
    }
