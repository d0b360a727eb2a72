"""Places of interfaces that a request describes: their subnet, groups and addresses, checked as AWS checks them."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import islice
from typing import Any

from msgspec import field

from netful.account.ec2.world import World
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value, missing_parameter
from netful.model.allocation import RESERVED_AT_START, free_addresses
from netful.model.core import Frozen
from netful.model.network.vpc import Subnet

_UNCHANGED = ("Description", "Ipv6AddressCount", "AssociatePublicIpAddress")
_NO_DEFAULT = "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC."


class Placing(Frozen):
    """The places that one request gives out. `given` are its addresses so far, by subnet."""

    world: World
    given: dict[str, set[IPv4Address]] = field(default_factory=dict)

    def subnet(self, asked: Parameters, zone: str | None = None) -> str:
        """Return the name of the subnet that a request names, else of a default one, in a zone if one is wanted."""
        if asked.get("SubnetId"):
            return self.world.existing(asked, "SubnetId")
        for subnet in self.world.cloud.network.subnets.values():
            if self.world.is_default(subnet.id) and zone in (None, subnet.availability_zone):
                return subnet.id
        raise ApiError("VPCIdNotSpecified", _NO_DEFAULT)

    def groups(self, subnet: str, ids: Iterable[str], names: Iterable[str] = ()) -> list[str] | None:
        """Return the groups by their ids, or by their names in the subnet's VPC; None for none: the default group."""
        vpc_id = self._subnet(subnet).vpc_id
        named = {
            g.group_name or g.id: g.id for g in self.world.cloud.network.security_groups.values() if g.vpc_id == vpc_id
        }
        found = [self.world.named("GroupId", one) for one in ids]
        for group in found:
            held = self.world.cloud.network.security_groups[group]
            if vpc_id not in (held.vpc_id, *held.associated_vpc_ids):
                ends = self.world.id(group), self.world.id(subnet)
                text = "Security group {} and subnet {} belong to different networks.".format(*ends)
                raise ApiError("InvalidParameter", text)
        for name in names:
            if name not in named:
                raise ApiError("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
        return [*dict.fromkeys((*found, *(named[name] for name in names)))] or None

    def properties(self, asked: Parameters, subnet: str) -> dict[str, Any]:
        """Return the properties of a new interface, as CloudFormation has them."""
        addresses = asked.get("PrivateIpAddresses") or ()
        if any("PrivateIpAddress" not in one for one in addresses):
            raise missing_parameter("PrivateIpAddress")
        primary = asked.get("PrivateIpAddress") or next(
            (a["PrivateIpAddress"] for a in addresses if a.get("Primary")), None
        )
        secondary = [a["PrivateIpAddress"] for a in addresses if not a.get("Primary")]
        fixed = self.checked(subnet, [one for one in (primary, *secondary) if one is not None])
        further = [*secondary, *self.chosen(subnet, asked.get("SecondaryPrivateIpAddressCount") or 0)]
        kept = {name: asked[name] for name in _UNCHANGED if asked.get(name) is not None}
        own = {"PrivateIpAddress": fixed[0]} if primary is not None else {}
        listed = {"PrivateIpAddresses": [{"PrivateIpAddress": one, "Primary": False} for one in further]}
        return {
            "SubnetId": subnet,
            "GroupSet": self.groups(subnet, asked.get("Groups") or ()),
            **own,
            **(listed if further else {}),
            **({"Ipv6Addresses": asked["Ipv6Addresses"]} if asked.get("Ipv6Addresses") else {}),
            **kept,
        }

    def checked(self, subnet: str, addresses: Sequence[str]) -> list[str]:
        """Return addresses that are free in a subnet. Raises ApiError for others."""
        block, taken = self._block(subnet), self._taken(subnet)
        for text in addresses:
            try:
                address = IPv4Address(text)
            except ValueError:
                raise invalid_value(f"invalid value for parameter address: {text}") from None
            if address not in block:
                outside = f"Address {address} does not fall within the subnet's address range"
                raise invalid_value(outside)
            if address in (*islice(block, RESERVED_AT_START), block.broadcast_address):
                raise invalid_value(f"Address {address} is in subnet's reserved address range")
            if address in taken:
                raise ApiError("InvalidIPAddress.InUse", f"Address {address} is in use.")
            self.given.setdefault(subnet, set()).add(address)
        return [*addresses]

    def chosen(self, subnet: str, count: int) -> list[str]:
        """Return a number of free addresses of a subnet. Raises ApiError for more than there are."""
        if count < 0:
            raise invalid_value(f"Value ({count}) for the number of addresses is invalid.")
        found = [*islice(free_addresses(self._block(subnet), self._taken(subnet)), count)]
        if len(found) < count:
            text = f"The specified subnet does not have enough free addresses to satisfy the request: {count}"
            raise ApiError("InsufficientFreeAddressesInSubnet", text)
        self.given.setdefault(subnet, set()).update(found)
        return [str(one) for one in found]

    def _subnet(self, name: str) -> Subnet:
        return self.world.cloud.network.subnets[name]

    def _block(self, subnet: str) -> IPv4Network:
        block = self._subnet(subnet).cidr_block
        if not isinstance(block, IPv4Network):
            raise invalid_value("The subnet has no IPv4 addresses")
        return block

    def _taken(self, subnet: str) -> set[IPv4Address]:
        enis = [one for one in self.world.cloud.network.network_interfaces.values() if one.subnet_id == subnet]
        own = {
            a for eni in enis for a in (eni.private_ip_address, *eni.secondary_private_ip_addresses) if a is not None
        }
        return own | self.given.get(subnet, set())
