"""Edits of an interface: of its own resource, or of the instance that has it in its properties."""

from typing import Any

from netful.account.changes import Edit, updated
from netful.account.ec2.describe.instances import TYPE
from netful.account.ec2.world import World
from netful.account.wire.errors import ApiError
from netful.model.core import Resource
from netful.model.network.network_interface import NetworkInterface

_OF_AN_INTERFACE = (
    "SubnetId", "SecurityGroupIds", "SecurityGroups", "PrivateIpAddress", "Ipv6AddressCount", "Ipv6Addresses",
)  # fmt: skip
"""Properties of an instance that are those of its only interface."""


def edited(world: World, name: str, **properties: Any) -> tuple[Edit, ...]:
    """Return the edit that sets properties of an interface. Raises ApiError for one that AWS manages."""
    if world.resource(name) is not None:
        return world.set(name, **properties)
    eni = world.cloud.network.network_interfaces.get(name)
    owner = world.resource(eni.owner_id) if eni else None
    if eni is None or owner is None or owner.type != TYPE:
        raise ApiError("AuthFailure", "You do not have permission to access the specified resource.")
    parts = [dict(one) for one in owner.properties.get("NetworkInterfaces") or ()] or [
        _only_interface(world, owner, eni)
    ]
    number = int(name.removeprefix(f"eni-{owner.id}").lstrip("-") or 0)
    kept = {key: value for key, value in {**parts[number], **properties}.items() if value is not None}
    parts[number] = kept
    return (updated(owner, NetworkInterfaces=parts, **dict.fromkeys(_OF_AN_INTERFACE)),)


def _only_interface(world: World, owner: Resource, eni: NetworkInterface) -> dict[str, Any]:
    """Return the properties of the interface that AWS makes from an instance's subnet and groups."""
    assigned = eni.public_ip is not None and world.cloud.network.elastic_ip_at(eni.public_ip) is None
    said = {name: owner.properties.get(name) for name in ("PrivateIpAddress", "Ipv6AddressCount", "Ipv6Addresses")}
    return {
        "DeviceIndex": "0", "SubnetId": eni.subnet_id, "GroupSet": [*eni.security_group_ids],
        "AssociatePublicIpAddress": assigned, "DeleteOnTermination": True,
        **{name: value for name, value in said.items() if value is not None},
    }  # fmt: skip
