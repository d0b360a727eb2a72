"""Parts that a plan deletes or updates, taken out of the resources that list them still.

The provider reads the rules of a security group into the group as well, also those that are resources of their own; and likewise the
routes of a table, the entries and subnets of a network ACL, the policies of a role, and what is associated with an endpoint or an
interface. Where the configuration does not write them there, a plan repeats
what is deployed, and so has what the parts were before.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.terraform.plan.blocks import several
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Translation
from netful.sources.terraform.types.block_types import BLOCKS
from netful.sources.terraform.types.resource_types import TYPES, kind_of

_IDENTITIES = {
    "AWS::EC2::NetworkAclEntry": "NetworkAclId Egress RuleNumber",
    "AWS::EC2::Route": "RouteTableId DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId",
    "AWS::EC2::SecurityGroupEgress": "GroupId IpProtocol FromPort ToPort CidrIp CidrIpv6 DestinationSecurityGroupId"
    " DestinationPrefixListId",
    "AWS::EC2::SecurityGroupIngress": "GroupId IpProtocol FromPort ToPort CidrIp CidrIpv6 SourceSecurityGroupId SourcePrefixListId",
    "AWS::EC2::SubnetNetworkAclAssociation": "NetworkAclId SubnetId",
    "AWS::EC2::VPNGatewayRoutePropagation": "VpnGatewayId RouteTableIds",
}
"""The properties that tell a part from others of its type."""


def remove(making: Translation, gone: Iterable[Planned], planned: Iterable[Planned]) -> None:
    """Remove the parts that were made of what is gone, and the same ones that their wholes list."""
    before = [making.resources.pop(id_) for part in gone for id_ in making.ids.pop(part.address, ())]
    identities = [_identity(made) for made in before]
    for whole in planned if identities else ():
        for id_ in [*_listed(making, whole)]:
            if _identity(making.resources[id_]) in identities:
                del making.resources[id_]
                making.ids[whole.address].remove(id_)


def take(
    making: Translation, planned: Iterable[Planned], holder: MarkedMap, key: str, is_gone: Callable[[Any], bool]
) -> None:
    """Take what is gone out of a list of a resource, unless the configuration of that writes the list."""
    listed = holder["Properties"].get(key)
    whole = next((one for one in planned if making.resources.get(one.address) is holder), None)
    if isinstance(listed, MarkedList) and whole is not None and not _writes(whole, key):
        kept = MarkedList(listed.file, listed.line)
        for number, one in enumerate(listed):
            if not is_gone(one):
                kept.put(one, listed.lines[number])
        holder["Properties"].put(key, kept)


def _writes(whole: Planned, key: str) -> bool:
    """Return whether the configuration of a resource writes a property, as an argument or as blocks."""
    kind = kind_of(whole.type)
    blocks = {name: shape.property for name, shape in BLOCKS.get(kind, {}).items()}
    properties = {**TYPES[kind][1], **blocks}
    return any(properties.get(name) == key for name in whole.expressions)


def _listed(making: Translation, whole: Planned) -> Iterator[str]:
    """Yield the ids of the parts that a resource has in arguments that its configuration does not write."""
    for id_ in making.ids.get(whole.address, ()):
        argument = id_.removeprefix(whole.address).lstrip(".").partition("[")[0]
        if argument and argument not in whole.expressions:
            yield id_


def _identity(made: MarkedMap) -> tuple[str, list[Any]]:
    kind, properties = made["Type"], made["Properties"]
    return kind, [several(properties.get(name)) for name in _IDENTITIES.get(kind, "").split()]
