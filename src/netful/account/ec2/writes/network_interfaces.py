"""Writes of network interfaces: their groups and addresses, and the instances that they are attached to."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.changes import Edit, Remove, removal, updated
from netful.account.ec2.describe.network_interfaces import ATTACHMENT
from netful.account.ec2.kinds import KIND
from netful.account.ec2.world import Change, World, addition, new_id
from netful.account.ec2.writes.instances import INTERFACE, attachment
from netful.account.ec2.writes.interface_edits import edited
from netful.account.ec2.writes.placing import Placing
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.core import known_in
from netful.model.network.network_interface import NetworkInterface

_EIP_ASSOCIATION = "AWS::EC2::EIPAssociation"


def create_network_interface(world: World, asked: Parameters) -> Change:
    """CreateNetworkInterface: attached to nothing."""
    made = Placing(world).properties(asked, world.existing(asked, "SubnetId"))
    return addition("NetworkInterfaceId", "eni", INTERFACE, asked, made)


def delete_network_interface(world: World, asked: Parameters) -> Change:
    """DeleteNetworkInterface: it must be attached to nothing."""
    name = world.existing(asked, "NetworkInterfaceId")
    if world.resource(name) is None or world.cloud.network.network_interfaces[name].owner_id != name:
        raise invalid_value(f"Network interface '{asked['NetworkInterfaceId']}' is currently in use.")
    return Change((*removal(world.referring(_EIP_ASSOCIATION, NetworkInterfaceId=name)), Remove(name)))


def attach_network_interface(world: World, asked: Parameters) -> Change:
    """AttachNetworkInterface: to an instance in the same zone, at an index that is free."""
    name, instance = world.existing(asked, "NetworkInterfaceId"), world.existing(asked, "InstanceId")
    network, index = world.cloud.network, int(asked.get("DeviceIndex", 0))
    eni, there = network.network_interfaces[name], network.interfaces_of(instance)
    if world.resource(name) is None or eni.owner_id != name:
        raise ApiError("InvalidNetworkInterface.InUse", f"Interface: [{asked['NetworkInterfaceId']}] in use.")
    if any(one.device_index == index for one in there):
        text = f"Instance '{asked['InstanceId']}' already has an interface attached at device index '{index}'."
        raise invalid_value(text)
    if {network.zone_of_interface(one) for one in there} != {network.zone_of_interface(eni)}:
        text = "You may not attach a network interface to an instance if they are not in the same availability zone"
        raise ApiError("InvalidParameterCombination", text)
    id_ = new_id("eni-attach")
    edit = attachment(id_, name, instance, index, deleted=False)
    return Change((edit,), lambda _world: {"AttachmentId": id_, "NetworkCardIndex": 0})


def detach_network_interface(world: World, asked: Parameters) -> Change:
    """DetachNetworkInterface: the primary interface of an instance stays."""
    eni = _attached(world, asked.get("AttachmentId"))
    if world.resource(eni.owner_id) is None or eni.device_index == 0 or world.resource(eni.id) is None:
        text = f"The network interface at device index {eni.device_index} cannot be detached."
        raise ApiError("OperationNotPermitted", text)
    return Change(tuple(_detached(world, eni)))


def _detached(world: World, eni: NetworkInterface) -> Iterator[Edit]:
    yield from removal(world.referring(ATTACHMENT, NetworkInterfaceId=eni.id))
    owner = world.resource(eni.owner_id)
    parts = owner.properties.get("NetworkInterfaces") if owner else None
    if owner is not None and parts:
        kept = [one for one in parts if world.name(one.get("NetworkInterfaceId")) != eni.id]
        yield from (updated(owner, NetworkInterfaces=kept),) if len(kept) < len(parts) else ()


def _attached(world: World, id_: object) -> NetworkInterface:
    """Return the interface that has an attachment."""
    for one in KIND["NetworkInterfaceId"].records(world):
        if (one["Attachment"] or {}).get("AttachmentId") == id_:
            return world.cloud.network.network_interfaces[world.name(one["NetworkInterfaceId"])]
    raise ApiError("InvalidAttachmentID.NotFound", f"The attachment '{id_}' does not exist.")


def modify_network_interface_attribute(world: World, asked: Parameters) -> Change:
    """ModifyNetworkInterfaceAttribute: one attribute a call."""
    name = world.existing(asked, "NetworkInterfaceId")
    given = [one for one in asked if one not in ("NetworkInterfaceId", "DryRun")]
    if len(given) != 1:
        text = (
            f"Fields for multiple attribute types specified: {', '.join(given)}"
            if given
            else "No attributes specified."
        )
        raise ApiError("InvalidParameterCombination", text)
    change = _CHANGES.get(given[0])
    if change is None:
        raise ApiError("UnsupportedOperation", f"netful does not change {given[0]} of network interfaces")
    return Change(change(world, world.cloud.network.network_interfaces[name], asked[given[0]]))


def _checking(world: World, eni: NetworkInterface, value: Any) -> tuple[Edit, ...]:
    holder = eni.id if world.resource(eni.id) is not None else eni.owner_id
    return world.set(holder, SourceDestCheck=value.get("Value", True))


def _kept_with(world: World, _eni: NetworkInterface, asked: Any) -> tuple[Edit, ...]:
    """Return the edit of an attachment that decides whether its interface ends with the instance."""
    eni = _attached(world, asked.get("AttachmentId"))
    own = world.association_of(ATTACHMENT, NetworkInterfaceId=eni.id)
    ends = asked.get("DeleteOnTermination", False)
    return (updated(own, DeleteOnTermination=ends),) if own is not None else ()


_CHANGES: Mapping[str, Callable[[World, NetworkInterface, Any], tuple[Edit, ...]]] = {
    "Attachment": _kept_with,
    "Description": lambda world, eni, value: edited(world, eni.id, Description=value.get("Value", "")),
    "Groups": lambda world, eni, value: edited(
        world, eni.id, GroupSet=Placing(world).groups(str(eni.subnet_id), value)
    ),
    "SourceDestCheck": _checking,
}
"""The attributes of an interface that a call changes, each with its edits."""


def assign_private_ip_addresses(world: World, asked: Parameters) -> Change:
    """AssignPrivateIpAddresses: the addresses that the request names, or a number of free ones."""
    name = world.existing(asked, "NetworkInterfaceId")
    eni, placing = world.cloud.network.network_interfaces[name], Placing(world)
    if known_in(world.cloud.network.subnets, eni.subnet_id) is None:
        raise invalid_value("The subnet of the network interface is not known")
    subnet, own = str(eni.subnet_id), [str(one) for one in eni.secondary_private_ip_addresses]
    named = [one for one in asked.get("PrivateIpAddresses") or () if one not in own]
    more = [*placing.checked(subnet, named), *placing.chosen(subnet, asked.get("SecondaryPrivateIpAddressCount") or 0)]
    answer = {
        "NetworkInterfaceId": asked["NetworkInterfaceId"],
        "AssignedPrivateIpAddresses": [{"PrivateIpAddress": one} for one in more],
        "AssignedIpv4Prefixes": [],
    }
    return Change(_with_addresses(world, eni, [*own, *more]), lambda _world: answer)


def unassign_private_ip_addresses(world: World, asked: Parameters) -> Change:
    """UnassignPrivateIpAddresses: the primary address stays."""
    name = world.existing(asked, "NetworkInterfaceId")
    eni, gone = world.cloud.network.network_interfaces[name], asked.get("PrivateIpAddresses") or ()
    own = [str(one) for one in eni.secondary_private_ip_addresses]
    if {*gone} - {*own}:
        text = f"Some of the specified addresses are not assigned to interface {asked['NetworkInterfaceId']}"
        raise invalid_value(text)
    return Change(_with_addresses(world, eni, [one for one in own if one not in gone]))


def _with_addresses(world: World, eni: NetworkInterface, secondary: list[str]) -> tuple[Edit, ...]:
    """Return the edit that gives an interface its primary address and these others."""
    addresses = [(str(eni.private_ip_address), True), *((one, False) for one in secondary)]
    listed = [{"PrivateIpAddress": address, "Primary": primary} for address, primary in addresses]
    return edited(world, eni.id, PrivateIpAddress=None, PrivateIpAddresses=listed)


WRITES = {
    "CreateNetworkInterface": create_network_interface,
    "DeleteNetworkInterface": delete_network_interface,
    "AttachNetworkInterface": attach_network_interface,
    "DetachNetworkInterface": detach_network_interface,
    "ModifyNetworkInterfaceAttribute": modify_network_interface_attribute,
    "AssignPrivateIpAddresses": assign_private_ip_addresses,
    "UnassignPrivateIpAddresses": unassign_private_ip_addresses,
}
