"""Described VPCs, subnets and prefix lists."""

from collections.abc import Iterator

from netful.model.core import Unknown
from netful.model.names.service_names import GATEWAY_SERVICES, service_code
from netful.model.network import addresses
from netful.model.network.vpc import IPV6_ONLY, IPNetwork, PrefixList, Subnet, Vpc
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.parts import PartReader


def vpcs(description: Description) -> dict[str, Vpc]:
    """Return the VPCs; `describe-vpc-attribute` has their DNS attributes, or an endpoint's private DNS proves them."""
    told = _attributes(description)
    proven = {e.text("VpcId") for e in description.of("VpcEndpoints") if e.flag("PrivateDnsEnabled")}
    found = {}
    for item in description.of("Vpcs"):
        id_ = item.text("VpcId")
        blocks = [
            b for b in item.parts("CidrBlockAssociationSet") if b.text("CidrBlockState", "State") in ("", "associated")
        ]
        primary = item.ipv4_network("CidrBlock")
        others = [block for b in blocks if (block := b.ipv4_network("CidrBlock")) != primary]
        ipv6 = [
            b
            for b in item.parts("Ipv6CidrBlockAssociationSet")
            if b.text("Ipv6CidrBlockState", "State") in ("", "associated")
        ]
        known = id_ in proven or item.flag("EnableDnsHostnames") or item.flag("IsDefault")
        hostnames = told.get((id_, "EnableDnsHostnames"), True if known else None)
        found[id_] = Vpc(
            id=id_,
            cidr_blocks=(primary, *others),
            ipv6_cidr_blocks=tuple(b.ipv6_network("Ipv6CidrBlock") for b in ipv6),
            enable_dns_support=told.get((id_, "EnableDnsSupport"), item.text("EnableDnsSupport").lower() != "false"),
            enable_dns_hostnames=hostnames is True,
            hostnames_doubt=_not_described(id_) if hostnames is None else None,
            dedicated=item.text("InstanceTenancy") == "dedicated",
            region=description.region,
            owner_id=item.text("OwnerId"),
            origin=item.origin,
        )
    return found


def _not_described(vpc_id: str) -> Unknown:
    command = f"aws ec2 describe-vpc-attribute --attribute enableDnsHostnames --vpc-id {vpc_id}"
    return Unknown(
        f"`EnableDnsHostnames` of {vpc_id} was not described", (f"`EnableDnsHostnames` of {vpc_id} (`{command}`)",)
    )


def _attributes(description: Description) -> dict[tuple[str, str], bool]:
    """Return the attributes that were described one by one."""
    return {
        (item.text("VpcId"), name): item.part(name).flag("Value")
        for item in description.of("VpcAttributes")
        for name in ("EnableDnsSupport", "EnableDnsHostnames")
        if item.part(name).data
    }


def subnets(description: Description) -> dict[str, Subnet]:
    """Return the subnets."""
    found = {}
    for item in description.of("Subnets"):
        ipv6 = [
            part.ipv6_network("Ipv6CidrBlock")
            for part in item.parts("Ipv6CidrBlockAssociationSet")
            if part.text("Ipv6CidrBlockState", "State") in ("", "associated")
        ]
        found[item.text("SubnetId")] = Subnet(
            id=item.text("SubnetId"),
            vpc_id=item.text("VpcId"),
            cidr_block=IPV6_ONLY if item.flag("Ipv6Native") else item.ipv4_network("CidrBlock"),
            ipv6_cidr_block=ipv6[0] if ipv6 else None,
            availability_zone=item.text("AvailabilityZone"),
            map_public_ip_on_launch=item.flag("MapPublicIpOnLaunch"),
            assign_ipv6_address_on_creation=item.flag("AssignIpv6AddressOnCreation"),
            enable_dns64=item.flag("EnableDns64"),
            origin=item.origin,
        )
    return found


def prefix_lists(description: Description) -> dict[str, PrefixList]:
    """Return the prefix lists. Those of gateway services also contain the block in which netful puts the service.

    The entries of a managed list are in its own `Entries`, or in the answer about its entries; without these they are
    unknown. If a list is listed twice, as AWS's own are, the answer with entries counts.
    """
    entries = {item.text("PrefixListId"): item for item in description.of("PrefixListEntries")}
    found: dict[str, PrefixList] = {}
    for item in (*description.of("ManagedPrefixLists"), *description.of("PrefixLists")):
        id_ = item.text("PrefixListId")
        holders = [
            each for each in (item, entries.get(id_)) if each and ("Cidrs" in each.data or "Entries" in each.data)
        ]
        if holders or id_ not in found:
            found[id_] = _prefix_list(item, holders)
    return found


def _prefix_list(item: Item, holders: list[Item]) -> PrefixList:
    id_, name = item.text("PrefixListId"), item.text("PrefixListName")
    service = service_code(name)
    own = (addresses.prefix_list_block(service, item.region),) if service in GATEWAY_SERVICES else ()
    command = f"aws ec2 get-managed-prefix-list-entries --prefix-list-id {id_}"
    why = Unknown(f"the entries of {id_} were not described", (f"the entries of {id_} (`{command}`)",))
    blocks = tuple(block for holder in holders for block in _blocks(holder))
    return PrefixList(id_, name, (*own, *blocks) if holders or own else (why,), origin=item.origin)


def _blocks(item: Item) -> Iterator[IPNetwork]:
    for text in (*item.texts("Cidrs"), *(entry.text("Cidr") for entry in item.parts("Entries"))):
        block = Item({"Cidr": text}, item.origin).network("Cidr")
        if block is not None:
            yield block


READERS = (PartReader("vpcs", vpcs), PartReader("subnets", subnets), PartReader("prefix_lists", prefix_lists))
