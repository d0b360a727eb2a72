"""VPCs, subnets and prefix lists (spec: vpc-network §1.1 to §1.3 and §1.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from netful.model.core import Maybe, Unknown, known_in, replace
from netful.model.names.distributions import ORIGIN_FACING
from netful.model.names.service_names import GATEWAY_SERVICES
from netful.model.network import addresses
from netful.model.network.availability_zones import zone_ids
from netful.model.network.managed_prefix_lists import managed_prefix_list_id
from netful.model.network.vpc import IPV6_ONLY, IPNetwork, PrefixList, Subnet, Vpc, ZoneSource, is_within
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, either

REFUSED_BLOCKS = tuple(ip_network(block) for block in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"))


def vpcs(inventory: Inventory) -> dict[str, Vpc]:
    """Return the VPCs with all their blocks."""
    found = {}
    for reader in inventory.of("AWS::EC2::VPC"):
        block = _checked(reader, "CidrBlock", reader.ipv4_network("CidrBlock"))
        if block is None and reader.has("Ipv4IpamPoolId"):
            block = Unknown(f"the block of `{reader.id}` comes from an IPAM pool", (f"{reader.id}.CidrBlock",))
        if block is None:
            reader.lacks(
                f"`{reader.id}` has no `CidrBlock`", "CidrBlock", hint="a VPC needs one, such as `10.0.0.0/16`"
            )
        wanted = reader.get("EnableDnsHostnames")
        doubt = wanted if isinstance(wanted, Unknown) else None
        found[reader.id] = Vpc(
            id=reader.id,
            cidr_blocks=(block,),
            enable_dns_support=reader.flag("EnableDnsSupport", default=True),
            enable_dns_hostnames=doubt is None and reader.flag("EnableDnsHostnames", default=False),
            hostnames_doubt=doubt,
            dedicated=reader.text("InstanceTenancy") == "dedicated",
            region=reader.region,
            owner_id=reader.account_id,
            origin=reader.origin,
        )
    for number, reader in enumerate(inventory.of("AWS::EC2::VPCCidrBlock")):
        vpc = known_in(found, reader.required("VpcId"))
        if vpc is not None:
            found[vpc.id] = _with_block(vpc, reader, number)
    return found


def _with_block(vpc: Vpc, reader: Reader, number: int) -> Vpc:
    block = _checked(reader, "CidrBlock", reader.ipv4_network("CidrBlock"))
    pooled = Unknown(f"the block of `{reader.id}` comes from a pool", (f"{reader.id}.CidrBlock",))
    if block is not None or reader.has("Ipv4IpamPoolId"):
        return replace(vpc, cidr_blocks=(*vpc.cidr_blocks, block or pooled))
    ipv6: Maybe[IPv6Network] | None = reader.ipv6_network("Ipv6CidrBlock")
    if ipv6 is None and reader.flag("AmazonProvidedIpv6CidrBlock", default=False):
        ipv6 = addresses.ipv6_block(number)
    return replace(vpc, ipv6_cidr_blocks=(*vpc.ipv6_cidr_blocks, ipv6 or pooled))


def _checked(reader: Reader, name: str, block: Maybe[IPv4Network] | None) -> Maybe[IPv4Network] | None:
    """Reject sizes and ranges that AWS rejects."""
    if block is None or isinstance(block, Unknown):
        return block
    if not 16 <= block.prefixlen <= 28:
        hint = "a VPC's and a subnet's block is between /16 and /28"
        fail(f"`{name}` of `{reader.id}` is `{block}`, which has an impossible size", reader.origin_of(name), hint=hint)
    if any(block.overlaps(refused) for refused in REFUSED_BLOCKS if isinstance(refused, IPv4Network)):
        hint = "take one from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
        fail(f"`{name}` of `{reader.id}` is `{block}`, which AWS reserves", reader.origin_of(name), hint=hint)
    return block


def subnets(inventory: Inventory, vpcs: dict[str, Vpc]) -> dict[str, Subnet]:
    """Return the subnets. AWS refuses one that overlaps another, or lies outside its VPC."""
    found: dict[str, Subnet] = {}
    taken = _Taken()
    for reader in inventory.of("AWS::EC2::Subnet"):
        vpc_id = reader.required("VpcId")
        block = _checked(reader, "CidrBlock", reader.ipv4_network("CidrBlock"))
        ipv6_only = reader.flag("Ipv6Native", default=False)
        if block is None and ipv6_only:
            block = IPV6_ONLY
        elif block is None:
            block = Unknown(f"the block of `{reader.id}` is not given", (f"{reader.id}.CidrBlock",))
        zone, zone_source = zone_of(reader)
        subnet = Subnet(
            id=reader.id,
            vpc_id=vpc_id,
            cidr_block=block,
            availability_zone=either(zone, f"{reader.region}a"),
            zone_source=zone_source,
            map_public_ip_on_launch=reader.flag("MapPublicIpOnLaunch", default=False),
            assign_ipv6_address_on_creation=reader.flag("AssignIpv6AddressOnCreation", default=ipv6_only),
            enable_dns64=reader.flag("EnableDns64", default=False),
            origin=reader.origin,
        )
        vpc = known_in(vpcs, vpc_id)
        found[reader.id] = _with_ipv6(reader, _in_place(reader, subnet, vpc, taken), vpc)
    for reader, known in inventory.parts_of(found, "AWS::EC2::SubnetCidrBlock", "SubnetId"):
        found[known.id] = _with_ipv6(reader, known, known_in(vpcs, known.vpc_id))
    return found


def _with_ipv6(reader: Reader, subnet: Subnet, vpc: Vpc | None) -> Subnet:
    """Return a subnet with its IPv6 block; unknown if that comes from an IPAM pool or lies outside the VPC."""
    block, needs = reader.ipv6_network("Ipv6CidrBlock"), (f"{reader.id}.Ipv6CidrBlock",)
    refusal = subnet.refusal
    if block is None and reader.has("Ipv6IpamPoolId"):
        block = Unknown(f"the IPv6 block of `{reader.id}` comes from an IPAM pool", needs)
    elif block is not None and vpc is not None and _is_outside(block, vpc.ipv6_cidr_blocks):
        refusal = _refused(reader, "Ipv6CidrBlock", f"`{reader.id}` has `{block}`, outside its VPC")
        block = Unknown(refusal, needs)
    return replace(subnet, ipv6_cidr_block=block, refusal=refusal)


def _is_outside(block: Maybe[IPNetwork], blocks: Sequence[Maybe[IPNetwork]]) -> bool:
    """Return whether a block lies in none of those of a VPC; false if one of them is unknown."""
    known = not any(isinstance(one, Unknown) for one in (block, *blocks))
    return known and not any(is_within(block, own) for own in blocks)


def _refused(reader: Reader, name: str, refusal: str) -> str:
    """Return why AWS does not create a subnet, and warn of it."""
    reader.warn(name, f"{refusal}: AWS does not create it")
    return refusal


def _in_place(reader: Reader, subnet: Subnet, vpc: Vpc | None, taken: _Taken) -> Subnet:
    """Return a subnet; without its block, and with a warning, if AWS refuses that."""
    block = subnet.cidr_block
    if vpc is None or isinstance(block, Unknown):
        return subnet
    if _is_outside(block, vpc.cidr_blocks):
        why = f"`{subnet.id}` has `{block}`, outside its VPC"
    elif other := taken.beside(vpc.id, block):
        why = f"`{subnet.id}` has `{block}`, which overlaps `{other.id}`"
    else:
        taken.add(vpc.id, block, subnet)
        return subnet
    refusal = _refused(reader, "CidrBlock", why)
    return replace(subnet, cidr_block=Unknown(refusal, (f"{subnet.id}.CidrBlock",)), refusal=refusal)


class _Taken:
    """Blocks of subnets that do not overlap, by themselves and by every block around them: a look-up for each length of a prefix."""

    def __init__(self) -> None:
        self._by_block: dict[tuple[str, int, int], Subnet] = {}
        self._inside: dict[tuple[str, int, int], Subnet] = {}

    def add(self, vpc_id: str, block: IPv4Network, subnet: Subnet) -> None:
        """Add the block of a subnet."""
        own, *around = _around(block)
        self._by_block[vpc_id, *own] = subnet
        for key in (own, *around):
            self._inside.setdefault((vpc_id, *key), subnet)

    def beside(self, vpc_id: str, block: IPv4Network) -> Subnet | None:
        """Return the first subnet of a VPC that overlaps a block."""
        own, *around = _around(block)
        within = self._inside.get((vpc_id, *own))
        return within or next((found for key in around if (found := self._by_block.get((vpc_id, *key)))), None)


def _around(block: IPv4Network) -> list[tuple[int, int]]:
    """Return a block and the larger ones that contain it: length and bits of each prefix."""
    bits, length = int(block.network_address), block.prefixlen
    return [(size, bits >> (32 - size)) for size in range(length, -1, -1)]


ORIGIN_FACING_LISTS = {
    "us-east-1": "pl-3b927c52", "us-east-2": "pl-b6a144df", "us-west-1": "pl-4ea04527", "us-west-2": "pl-82a045eb",
    "ca-central-1": "pl-38a64351", "sa-east-1": "pl-5da64334", "eu-west-1": "pl-4fa04526", "eu-west-2": "pl-93a247fa",
    "eu-west-3": "pl-75b1541c", "eu-central-1": "pl-a3a144ca", "eu-north-1": "pl-fab65393", "ap-south-1": "pl-9aa247f3",
    "ap-northeast-1": "pl-58a04531", "ap-northeast-2": "pl-22a6434b", "ap-southeast-1": "pl-31a34658",
    "ap-southeast-2": "pl-b8a742d1",
}  # fmt: skip
"""The ids of CloudFront's managed prefix list, which templates contain as they are."""


def prefix_lists(inventory: Inventory) -> dict[str, PrefixList]:
    """Return the template's prefix lists, AWS's two of each region, to which gateway endpoints route (§1.8), and that of CloudFront."""
    found = {
        reader.id: PrefixList(
            id=reader.id,
            name=str(reader.text("PrefixListName") or reader.id),
            cidr_blocks=tuple(_entries(reader)),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::EC2::PrefixList")
    }
    for region in dict.fromkeys([inventory.region, *(one.region for one in inventory.of("AWS::EC2::VPC"))]):
        for service in GATEWAY_SERVICES:
            id_ = managed_prefix_list_id(service, region if region != inventory.region else "")
            block = addresses.prefix_list_block(service, region)
            found[id_] = PrefixList(id=id_, name=f"com.amazonaws.{region}.{service}", cidr_blocks=(block,))
        listed = ORIGIN_FACING_LISTS.get(region, managed_prefix_list_id("cloudfront"))
        found[listed] = PrefixList(id=listed, name=ORIGIN_FACING, cidr_blocks=(addresses.EDGE_BLOCK,))
    return found


def _entries(reader: Reader) -> Iterator[Maybe[IPNetwork]]:
    for entry in reader.parts("Entries"):
        block = entry.network("Cidr")
        if block is not None:
            yield block


def zone_of(reader: Reader) -> tuple[Maybe[str] | None, ZoneSource]:
    """Return the name of a written zone, and how it is written; AWS chooses a zone that is not written."""
    name, id_ = reader.text("AvailabilityZone"), reader.text("AvailabilityZoneId")
    if isinstance(id_, str) and not isinstance(name, str):
        names = {each: name for name, each in zone_ids(reader.region).items()}
        return names.get(id_, id_), ZoneSource.ID
    found = id_ if name is None else name
    return found, ZoneSource.NONE if found is None else ZoneSource.NAME


READERS = (
    PartReader("vpcs", vpcs),
    PartReader("subnets", subnets, needs=("vpcs",)),
    PartReader("prefix_lists", prefix_lists),
)
