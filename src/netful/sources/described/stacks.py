"""Stacks of a described account, and the ids that AWS gave to their resources.

`cloudformation describe-stack-resources` and `list-stack-resources` have all of them; without these, tags have those of EC2 and of APIs.
"""

from collections.abc import Iterable, Iterator, Mapping

from netful.sources.account.described_stack import DescribedResource, DescribedStack, Place
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.described.kinds import KINDS
from netful.sources.described.same_names import of_aws

_STACK, _LOGICAL_ID = "aws:cloudformation:stack-name", "aws:cloudformation:logical-id"
_HIDDEN = "****"


def stacks(descriptions: Iterable[tuple[Place, Description]]) -> dict[Place, dict[str, DescribedStack]]:
    """Return the stacks, by place and name."""
    found: dict[Place, dict[str, DescribedStack]] = {}
    for place, description in descriptions:
        resources: dict[str, dict[str, DescribedResource]] = {}
        for stack, logical_id, resource in (*_tagged(description), *_listed(description)):
            resources.setdefault(stack, {})[logical_id] = resource
        values = {item.text("StackName"): dict(_parameters(item)) for item in description.of("Stacks")}
        own = {name: DescribedStack(one, values.get(name, {})) for name, one in resources.items()}
        found[place] = {**found.get(place, {}), **own}
    return found


def _parameters(stack: Item) -> Iterator[tuple[str, str]]:
    """Yield the values of a stack's parameters, without those that CloudFormation hides, or looks up at each deployment."""
    for one in stack.parts("Parameters"):
        if one.text("ParameterValue") != _HIDDEN and not one.text("ResolvedValue"):
            yield one.text("ParameterKey"), one.text("ParameterValue")


def _tagged(description: Description) -> Iterator[tuple[str, str, DescribedResource]]:
    instances = ((item, "InstanceId") for item in description.instances())
    others = ((item, kind.id_key) for kind in KINDS.values() for item in description.of(kind.key))
    for item, id_key in (*instances, *others):
        tags = _tags(item)
        if _STACK in tags and _LOGICAL_ID in tags:
            yield tags[_STACK], tags[_LOGICAL_ID], DescribedResource(item.text(id_key))


def _tags(item: Item) -> dict[str, str]:
    written = item.data.get("Tags") or item.data.get("tags") or ()
    if isinstance(written, Mapping):
        return {str(key): str(value) for key, value in written.items()}
    listed = written if isinstance(written, list) else ()
    return {str(one["Key"]): str(one.get("Value", "")) for one in listed if isinstance(one, Mapping) and "Key" in one}


def _listed(description: Description) -> Iterator[tuple[str, str, DescribedResource]]:
    allocations = {item.text("PublicIp"): item.text("AllocationId") for item in description.of("Addresses")}
    alone = ((one.text("StackName"), one) for one in description.of("StackResources"))
    lists = ((one.text("StackName"), each) for one in description.of("StackLists") for each in one.parts("Resources"))
    for stack, item in (*alone, *lists):
        id_, kind = item.text("PhysicalResourceId"), item.text("ResourceType")
        if id_ and item.text("ResourceStatus") != "DELETE_COMPLETE":
            yield stack, item.text("LogicalResourceId"), DescribedResource(of_aws(allocations.get(id_, id_)), kind)
