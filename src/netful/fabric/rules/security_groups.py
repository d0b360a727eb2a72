"""Security groups: a chain for each direction of a list of groups, and sets of the members of referenced groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from netful.fabric.kernel.node import addresses_of, host_block
from netful.fabric.kernel.numbers import Numbers
from netful.fabric.rules.ruleset_change import Contents
from netful.fabric.rules.words import SUFFIXES, TABLE, chain, comment, elements, peers, protocol
from netful.model.core import Unknown
from netful.model.names.distributions import ORIGIN_FACING
from netful.model.network.network import Network
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.transit_gateways import AttachmentKind
from netful.model.network.vpc import IPAddress, PrefixList

GroupList = tuple[str, ...]
_FAMILIES = (("", "ip"), ("6", "ip6"))
_TYPES = {4: "ipv4_addr", 6: "ipv6_addr"}


class GroupLists:
    """The lists of groups that interfaces of a VPC have, by number; the numbers outlive the network (`update`)."""

    def __init__(self) -> None:
        self._lists: Numbers[GroupList] = Numbers()
        self._sets: Numbers[str] = Numbers()
        self._written: dict[GroupList, tuple[object, Contents]] = {}

    def update(self, network: Network, vpc_id: str) -> None:
        """Follow this network from now on."""
        self._network, self._vpc_id = network, vpc_id
        self._prefix_lists = {id_: _with_vpc_origins(network, vpc_id, one) for id_, one in network.prefix_lists.items()}
        every = network.security_groups.values()
        groups = [group for group in every if vpc_id in (group.vpc_id, *group.associated_vpc_ids)]
        rules = (rule for group in groups for rule in (*group.ingress, *group.egress))
        named = (rule.peer for rule in rules if rule.peer_kind is PeerKind.GROUP and isinstance(rule.peer, str))
        self._referenced = {group_id: f"g{self._sets[group_id]}" for group_id in dict.fromkeys(named)}

    def __len__(self) -> int:
        return len(self._lists)

    def number(self, eni: NetworkInterface) -> int | None:
        """Return the number of an interface's list; a NAT gateway's interface has none (vpc-network §2.6)."""
        groups = tuple(g for g in eni.security_group_ids if isinstance(g, str) and g in self._network.security_groups)
        return self._lists[groups] if groups else None

    def sets_of(self, eni: NetworkInterface) -> list[str]:
        """Return the names of the sets that an interface is a member of."""
        return [self._referenced[g] for g in eni.security_group_ids if g in self._referenced]

    def sets(self) -> Iterator[str]:
        """Yield the lines that add the sets: members' addresses, those behind transit gateways, links of load balancers' nodes."""
        for name in self._referenced.values():
            for version, suffix in SUFFIXES.items():
                yield f"add set {TABLE} {name}{suffix} {{ type {_TYPES[version]}; }}"
                yield f"add set {TABLE} {name}{suffix}_transit {{ type ifname . {_TYPES[version]}; }}"
            yield f"add set {TABLE} {name}_links {{ type ifname; }}"

    def peer_members(self) -> Iterator[str]:
        """Yield the members of referenced groups in peered VPCs: a reference works across an active peering (§2.2)."""
        peered = _peers(self._network, self._vpc_id)
        for group_id, name in self._referenced.items():
            yield from members(name, self._addresses(group_id, peered))

    def transit_members(self, passages: Mapping[str, str]) -> Iterator[str]:
        """Yield the members of referenced groups behind transit gateways that support references, by the link from there.

        `passages` are the links of transit gateways, with the gateways' ids (newer-aws §3.1).
        """
        for link, gateway_id in passages.items():
            joined = _referring(self._network, self._vpc_id, gateway_id)
            for group_id, name in self._referenced.items() if joined else ():
                for address in self._addresses(group_id, joined):
                    yield from elements(f"{name}{SUFFIXES[address.version]}_transit", [f'"{link}" . {address}'])

    def _addresses(self, group_id: str, vpc_ids: set[str]) -> list[IPAddress]:
        """Return the addresses of the members of a group in some VPCs."""
        found = [(eni, self._network.vpc_of_interface(eni)) for eni in self._network.members_of(group_id)]
        return [address for eni, vpc in found if vpc is not None and vpc.id in vpc_ids for address in addresses_of(eni)]

    def chains_after(self, number: int) -> Iterator[str]:
        """Yield the chains of the lists whose numbers are higher."""
        for groups, own in self._lists.items():
            if own > number:
                yield from self._chains(groups, own)

    def contents(self) -> Iterator[Contents]:
        """Yield the chains of each list, written again only when something in it changed."""
        for groups, number in self._lists.items():
            made_of = (self._present(groups), self._referenced, self._prefix_lists)
            known = self._written.get(groups)
            if known is None or known[0] != made_of:
                known = self._written[groups] = made_of, Contents.of(self._chains(groups, number))
            yield known[1]

    def _present(self, groups: GroupList) -> list[SecurityGroup]:
        return [self._network.security_groups[g] for g in groups if g in self._network.security_groups]

    def _chains(self, groups: GroupList, number: int) -> Iterator[str]:
        """Yield the two chains of a list, found by its number; no match is a silent drop."""
        present = self._present(groups)
        names = "+".join(group.id for group in present)
        for direction, side in (("out", "daddr"), ("in", "saddr")):
            name = f"groups{number}_{direction}"
            rules = [
                text
                for group in present
                for rule in (group.egress if direction == "out" else group.ingress)
                for text in group_rules(rule, side, self._referenced, self._prefix_lists)
            ]
            yield from chain(name, [*rules, f"counter goto rejected_{direction} {comment(f'{names} {direction}')}"])
            yield from elements(f"groups_{direction}", [f"{number} : jump {name}"])


def members(name: str, addresses: Sequence[IPAddress]) -> Iterator[str]:
    """Yield the addresses of members of a security group, by the name of its sets."""
    for version, suffix in SUFFIXES.items():
        yield from elements(f"{name}{suffix}", [str(address) for address in addresses if address.version == version])


def group_rules(
    rule: SecurityGroupRule, side: str, group_sets: Mapping[str, str], prefix_lists: Mapping[str, PrefixList]
) -> Iterator[str]:
    """Yield the accept rules for chains of a security group; nothing if the rule can match no packet here.

    `side` is `saddr` for ingress and `daddr` for egress; `group_sets` names the sets of each group's addresses.
    """
    match rule.peer_kind, rule.peer:
        case PeerKind.GROUP, str() as group_id:
            name = group_sets.get(group_id)
            matches = [*_of_members(name, side)] if name else []
        case PeerKind.PREFIX_LIST, str() as list_id:
            listed = prefix_lists.get(list_id)
            matches = [*peers([b for b in listed.cidr_blocks if not isinstance(b, Unknown)], side)] if listed else []
        case _, Unknown() | str():
            matches = []
        case _, block:
            matches = [*peers([block], side)]
    for peer in matches:
        yield f"{peer} {protocol(rule.ip_protocol, rule.from_port, rule.to_port)} accept {comment(rule.id)}"


def _of_members(name: str, side: str) -> Iterator[str]:
    """Yield the matches for a group's members: by their addresses, and nodes of network load balancers by their links.

    Packets from a node may have the addresses of its clients. Inbound rules also match members behind transit gateways, except
    those of interface endpoints.
    """
    if side == "saddr":
        yield f"iifname @{name}_links"
        for suffix, family in _FAMILIES:
            yield f"oifname != @interface_endpoints iifname . {family} saddr @{name}{suffix}_transit"
    for suffix, family in _FAMILIES:
        yield f"{'iifname != @nameless ' if side == 'saddr' else ''}{family} {side} @{name}{suffix}"


def _with_vpc_origins(network: Network, vpc_id: str, listed: PrefixList) -> PrefixList:
    """Return CloudFront's prefix list with its interfaces for VPC origins in a VPC; any other list itself (newer-aws §12)."""
    if listed.name != ORIGIN_FACING:
        return listed
    own = [
        host_block(address)
        for eni in network.network_interfaces.values()
        if eni.owner is InterfaceOwner.VPC_ORIGIN and (vpc := network.vpc_of_interface(eni)) and vpc.id == vpc_id
        for address in addresses_of(eni)
    ]
    return replace(listed, cidr_blocks=(*listed.cidr_blocks, *own))


def _referring(network: Network, vpc_id: str, gateway_id: str) -> set[str]:
    """Return the other VPCs whose groups inbound rules may name across a transit gateway."""
    gateway = network.transit_gateways.get(gateway_id)
    supporting = {
        str(each.resource_id)
        for each in network.transit_gateway_attachments.values()
        if each.transit_gateway_id == gateway_id and each.kind is AttachmentKind.VPC and each.security_group_referencing
    }
    enabled = gateway is not None and gateway.security_group_referencing and vpc_id in supporting
    return supporting - {vpc_id} if enabled else set()


def _peers(network: Network, vpc_id: str) -> set[str]:
    """Return the VPCs that a VPC has an active peering with, in its Region: rules refer to no groups of others."""
    active = [p for p in network.vpc_peering_connections.values() if p.active]
    ends = {(p.vpc_id, p.peer_vpc_id) for p in active} | {(p.peer_vpc_id, p.vpc_id) for p in active}
    regions = {id_: vpc.region for id_, vpc in network.vpcs.items()}
    return {str(far) for near, far in ends if near == vpc_id and regions.get(str(far)) == regions.get(vpc_id)}
