"""Described network ACLs."""

from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.protocols import ICMP, ICMPV6, TCP, UDP
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader

_LAST_RULES = (32767, 32768)  # the `*` of IPv4 and IPv6 that denies what no entry matched; implied in the model


def network_acls(description: Description) -> dict[str, NetworkAcl]:
    """Return the ACLs."""
    return {item.text("NetworkAclId"): _acl(item) for item in description.of("NetworkAcls")}


def _acl(item: Item) -> NetworkAcl:
    id_ = item.text("NetworkAclId")
    entries = sorted((entry for entry in item.parts("Entries")), key=lambda entry: entry.number("RuleNumber", 0))
    kept = [entry for entry in entries if entry.number("RuleNumber", 0) not in _LAST_RULES]
    return NetworkAcl(
        id=id_,
        vpc_id=item.text("VpcId"),
        ingress=tuple(_entry(id_, entry) for entry in kept if not entry.flag("Egress")),
        egress=tuple(_entry(id_, entry) for entry in kept if entry.flag("Egress")),
        subnet_ids=tuple(part.text("SubnetId") for part in item.parts("Associations")),
        default=item.flag("IsDefault"),
        origin=item.origin,
    )


def _entry(acl_id: str, item: Item) -> NetworkAclEntry:
    protocol = item.protocol("Protocol")
    icmp = protocol in (ICMP, ICMPV6)
    ports = item.part("IcmpTypeCode" if icmp else "PortRange")
    every = (0, 65535) if protocol in (TCP, UDP) else (-1, -1)
    block = item.network("CidrBlock", "Ipv6CidrBlock")
    if block is None:
        fail(f"an entry of `{acl_id}` has no block", item.origin)
    number, direction = item.number("RuleNumber", 0), "egress" if item.flag("Egress") else "ingress"
    return NetworkAclEntry(
        id=f"{acl_id}.{direction}-{number}",
        rule_number=number,
        allow=item.text("RuleAction") == "allow",
        protocol=protocol,
        from_port=ports.number("Type" if icmp else "From", every[0]),
        to_port=ports.number("Code" if icmp else "To", every[1]),
        cidr_block=block,
        origin=item.origin,
    )


READERS = (PartReader("network_acls", network_acls),)
