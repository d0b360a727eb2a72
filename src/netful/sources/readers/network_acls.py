"""Network ACLs with their entries and subnets (spec: vpc-network §3)."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network

from netful.model.core import DEFAULT, Unknown
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.protocols import ALL_PROTOCOLS, ICMPS
from netful.model.network.vpc import ANYWHERE, ANYWHERE_IPV6, IPNetwork, Vpc
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader
from netful.sources.readers.protocols import port_range, protocol_number, undecided
from netful.sources.template.reading import Inventory, Reader

RESTRICTED_DEFAULT_ACL = "Terraform::RestrictedDefaultAcl"
"""A plan's type for the default ACL of a VPC; the ACL then has only the entries of the plan."""


def network_acls(inventory: Inventory, vpcs: Mapping[str, Vpc]) -> dict[str, NetworkAcl]:
    """Return the ACLs with their entries and subnets, and each VPC's default one."""
    found = {f"{vpc_id}.default-acl": _default_acl(vpc_id) for vpc_id in vpcs if not inventory.described}
    found |= inventory.beside.network_acls
    for reader in inventory.of("AWS::EC2::NetworkAcl"):
        default = inventory.described and reader.flag("IsDefault", default=False)
        found[reader.id] = NetworkAcl(reader.id, reader.required("VpcId"), default=default, origin=reader.origin)
    for reader, acl in inventory.parts_of(found, RESTRICTED_DEFAULT_ACL, "DefaultNetworkAclId"):
        found[acl.id] = replace(acl, ingress=(), egress=(), origin=reader.origin)
    for reader, acl in inventory.parts_of(found, "AWS::EC2::NetworkAclEntry", "NetworkAclId"):
        deployed = inventory.beside.network_acls.get(acl.id) if inventory.is_deployed(reader.id) else None
        found[acl.id] = _with_entry(acl, reader, deployed)
    for reader, acl in inventory.parts_of(found, "AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId"):
        found[acl.id] = replace(acl, subnet_ids=(*acl.subnet_ids, reader.required("SubnetId")))
    return found


def _default_acl(vpc_id: str) -> NetworkAcl:
    """Return the ACL that AWS makes: everything in and out (§3)."""
    id_ = f"{vpc_id}.default-acl"
    blocks: tuple[IPNetwork, ...] = (ANYWHERE, ANYWHERE_IPV6)

    def entries(direction: str) -> tuple[NetworkAclEntry, ...]:
        return tuple(
            NetworkAclEntry(
                f"{id_}.{direction}-{100 + n}",
                100 + n,
                allow=True,
                protocol=-1,
                from_port=-1,
                to_port=-1,
                cidr_block=block,
            )
            for n, block in enumerate(blocks)
        )

    return NetworkAcl(id_, vpc_id, ingress=entries("ingress"), egress=entries("egress"), default=True)


def _with_entry(acl: NetworkAcl, reader: Reader, deployed: NetworkAcl | None) -> NetworkAcl:
    """Return an ACL with a further entry, in the place of the one that it has already where it is `deployed`."""
    known = (*deployed.ingress, *deployed.egress) if deployed else ()
    added, egress = _acl_entries(reader), reader.get("Egress")
    if isinstance(egress, Unknown):
        maybe = tuple(replace(one, cidr_block=egress) for one in added)
        return replace(acl, ingress=_sorted(*acl.ingress, *maybe), egress=_sorted(*acl.egress, *maybe))
    entry, leaves = added[0], reader.flag("Egress", default=False)
    same = acl.egress if leaves else acl.ingress
    ipv4 = isinstance(entry.cidr_block, IPv4Network)
    both = {one.id for one in acl.ingress} & {one.id for one in acl.egress}  # of an unknown direction
    in_doubt = isinstance(entry.rule_number, Unknown)
    placed = [one for one in same if one.rule_number == entry.rule_number and one.id not in both and not in_doubt]
    for other in placed:
        if other.origin != DEFAULT and other not in known:
            hint = f"`{other.id}` at {other.origin} has it already"
            fail(f"`{entry.id}` is rule {entry.rule_number} of `{acl.id}`, which is taken", reader.origin, hint=hint)
    kept = [o for o in same if o not in placed or isinstance(o.cidr_block, IPv4Network) != ipv4]
    entries = _sorted(*kept, *added)
    return replace(acl, egress=entries) if leaves else replace(acl, ingress=entries)


def _sorted(*entries: NetworkAclEntry) -> tuple[NetworkAclEntry, ...]:
    return tuple(sorted(entries, key=NetworkAclEntry.place))


def _acl_entries(reader: Reader) -> tuple[NetworkAclEntry, ...]:
    """Return an entry; two, each of an unknown block, where the action is not known: either one may decide."""
    number, action = reader.number("RuleNumber"), reader.required("RuleAction")
    if not isinstance(number, Unknown) and (number is None or not 1 <= number <= 32766):
        fail(f"`{reader.id}` has no rule number between 1 and 32766", reader.origin_of("RuleNumber"))
    protocol = protocol_number(reader, "Protocol")
    ports = reader.part("Icmp" if protocol in ICMPS else "PortRange")
    first, last = ("Type", "Code") if protocol in ICMPS else ("From", "To")
    from_port, to_port = port_range(reader, protocol, ports.number(first), ports.number(last))
    block = reader.network("CidrBlock")
    block = reader.network("Ipv6CidrBlock") if block is None else block
    if block is None:
        hint = "an entry needs `CidrBlock` or `Ipv6CidrBlock`"
        reader.lacks(f"`{reader.id}` has no `CidrBlock`", "CidrBlock", "Ipv6CidrBlock", hint=hint)
    entry = NetworkAclEntry(
        id=reader.id,
        rule_number=number,
        allow=str(action).lower() == "allow",
        protocol=ALL_PROTOCOLS if isinstance(protocol, Unknown) else protocol,
        from_port=from_port,
        to_port=to_port,
        cidr_block=undecided(protocol, ports.number(first), ports.number(last), action) or block,
        origin=reader.origin,
    )
    return (entry, replace(entry, allow=True)) if isinstance(action, Unknown) else (entry,)


READERS = (PartReader("network_acls", network_acls, needs=("vpcs",)),)
