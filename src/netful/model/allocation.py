"""Interfaces and private addresses that AWS makes when a stack is deployed.

One rule of order makes a prediction and a running stack agree on every address. In each subnet the addresses that the
source fixes come first. Then follow NAT gateways, endpoints, all other owners, then Lambda. Each gets the lowest free
address after those that AWS reserves (vpc-network §1.3). IPv6 addresses follow the same rule, for interfaces that get
one.

Lambda's interfaces follow the Hyperplane design: one for each distinct (subnet, set of groups) (lambda §1.3). Of managed
instances, one in each subnet of a capacity provider stands for all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from itertools import islice
from typing import TypeAlias, TypeVar

from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in, replace
from netful.model.functions.function import Function
from netful.model.names.distributions import SERVICE_GROUP
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.vpc import ANYWHERE, Subnet
from netful.model.network.vpc_endpoints import EndpointType

RESERVED_AT_START = 4  # network, router, resolver, future use; the same number in an IPv6 block
_ORDER = {InterfaceOwner.NAT_GATEWAY: 0, InterfaceOwner.ENDPOINT: 1, InterfaceOwner.LAMBDA: 3}
_A = TypeVar("_A", IPv4Address, IPv6Address)
_Place: TypeAlias = tuple[Maybe[str], frozenset[Maybe[str]], str, bool]
"""A subnet, a set of groups, the capacity provider whose instances have the interface ("" if Lambda has), and whether IPv6 is allowed."""


def allocate(cloud: Cloud) -> Cloud:
    """Return the cloud with the interfaces that AWS would make, and their addresses where the block is known."""
    enis = [*cloud.network.network_interfaces.values()]
    enis += [*_nat_interfaces(cloud), *_endpoint_interfaces(cloud), *_lambda_interfaces(cloud)]
    enis += _vpc_origin_interfaces(cloud)
    enis = [replace(eni, fixed_addresses=_fixed(eni)) for eni in enis]
    enis.sort(key=lambda eni: (eni.private_ip_address is None, _ORDER.get(eni.owner, 2)))
    groups = {**cloud.network.security_groups, **dict(_service_groups(cloud, enis))}
    addressed = _addressed(enis, cloud)
    return cloud.having(network_interfaces={eni.id: eni for eni in addressed}, security_groups=groups)


def _fixed(eni: NetworkInterface) -> tuple[IPv4Address | IPv6Address, ...]:
    return tuple(one for one in (eni.private_ip_address, eni.ipv6_address) if one is not None)


def keep_addresses(cloud: Cloud, before: Cloud) -> Cloud:
    """Return the cloud with its interfaces' previous addresses, as after a deployment over a running stack.

    An address that its source fixes comes before a previous one, and each must be in the block of its subnet.
    """
    ipv4 = _kept(cloud, before, lambda eni: eni.private_ip_address)
    ipv6 = _kept(cloud, before, lambda eni: eni.ipv6_address)
    enis = [
        replace(eni, private_ip_address=ipv4[eni.id], ipv6_address=ipv6[eni.id])
        for eni in cloud.network.network_interfaces.values()
    ]
    enis.sort(key=lambda eni: eni.private_ip_address is None)
    return cloud.having(network_interfaces={eni.id: eni for eni in _addressed(enis, cloud)})


def _kept(cloud: Cloud, before: Cloud, address: Callable[[NetworkInterface], _A | None]) -> dict[str, _A | None]:
    """Return the addresses of one family by interface; None for an interface that gets another one, or none."""
    every, previous = cloud.network.network_interfaces.values(), before.network.network_interfaces
    own = {eni.id: (eni, one) for eni in every if (one := address(eni)) is not None}
    fixed = {id_: one for id_, (eni, one) in own.items() if one in eni.fixed_addresses}
    places = {(own[id_][0].subnet_id, one) for id_, one in fixed.items()}
    found = {**fixed}
    for id_, (eni, _) in own.items():
        old = previous.get(id_)
        was = address(old) if old is not None and old.subnet_id == eni.subnet_id else None
        if id_ not in fixed and was is not None and (eni.subnet_id, was) not in places and _fits(cloud, eni, was):
            found[id_] = was
    places |= {(own[id_][0].subnet_id, one) for id_, one in found.items()}
    others = {
        id_: one for id_, (eni, one) in own.items() if (eni.subnet_id, one) not in places and _fits(cloud, eni, one)
    }
    return {eni.id: found.get(eni.id) or others.get(eni.id) for eni in every}


def _fits(cloud: Cloud, eni: NetworkInterface, address: IPv4Address | IPv6Address) -> bool:
    """Return whether the block of an interface's subnet has an address for interfaces; a block that is not known may."""
    subnet = known_in(cloud.network.subnets, eni.subnet_id)
    block = None if subnet is None else subnet.cidr_block if address.version == 4 else subnet.ipv6_cidr_block
    if not isinstance(block, IPv4Network | IPv6Network):
        return True
    return RESERVED_AT_START <= int(address) - int(block.network_address) < block.num_addresses - 1


def with_functions(cloud: Cloud, functions: Mapping[str, Function], published: Iterable[Function] = ()) -> Cloud:
    """Return the cloud with other functions and their Lambda interfaces; unchanged interfaces keep their address.

    `published` are versions whose VpcConfig differs from that of their function, under ids of their own.
    """
    old = {_key(eni): eni for eni in cloud.network.network_interfaces.values() if eni.owner is InterfaceOwner.LAMBDA}
    others = {
        id_: eni for id_, eni in cloud.network.network_interfaces.items() if eni.owner is not InterfaceOwner.LAMBDA
    }
    bare = cloud.having(functions=dict(functions), network_interfaces=others)
    users = bare.having(functions={**bare.compute.functions, **{version.id: version for version in published}})
    enis = [*others.values()]
    for eni in _lambda_interfaces(users):
        was = old.get(_key(eni))
        enis.append(replace(was, owner_id=eni.owner_id, function_ids=eni.function_ids) if was else eni)
    enis.sort(key=lambda eni: eni.private_ip_address is None)
    return bare.having(network_interfaces={eni.id: eni for eni in _addressed(enis, users)})


def _key(eni: NetworkInterface) -> _Place:
    """Return the key that functions with a shared interface have in common (lambda §1.3)."""
    ipv6 = not eni.capacity_provider and (bool(eni.ipv6_address_count) or eni.ipv6_address is not None)
    return eni.subnet_id, frozenset(eni.security_group_ids), eni.capacity_provider, ipv6


def _nat_interfaces(cloud: Cloud) -> Iterator[NetworkInterface]:
    owners = {eni.owner_id for eni in cloud.network.network_interfaces.values()}
    for nat in cloud.network.nat_gateways.values():
        if nat.subnet_id is None or nat.id in owners:
            continue
        allocation = next((a for a in nat.allocation_ids if isinstance(a, str)), None)
        eip = cloud.network.elastic_ips.get(allocation) if allocation else None
        yield NetworkInterface(
            id=f"eni-{nat.id}",
            owner=InterfaceOwner.NAT_GATEWAY,
            owner_id=nat.id,
            subnet_id=nat.subnet_id,
            private_ip_address=nat.private_ip_address,
            public_ip=eip.public_ip if eip and nat.public else None,
            source_dest_check=False,
            origin=nat.origin,
        )


def _endpoint_interfaces(cloud: Cloud) -> Iterator[NetworkInterface]:
    owners = {eni.owner_id for eni in cloud.network.network_interfaces.values()}
    for endpoint in cloud.network.vpc_endpoints.values():
        if endpoint.type not in (EndpointType.INTERFACE, EndpointType.OTHER) or endpoint.id in owners:
            continue
        for subnet_id in endpoint.subnet_ids:
            yield NetworkInterface(
                id=f"eni-{endpoint.id}-{_label(subnet_id)}",
                owner=InterfaceOwner.ENDPOINT,
                owner_id=endpoint.id,
                subnet_id=subnet_id,
                security_group_ids=endpoint.security_group_ids,
                private_ip_address=known_in(endpoint.ipv4_addresses, subnet_id),
                ipv6_address=known_in(endpoint.ipv6_addresses, subnet_id),
                source_dest_check=endpoint.type is EndpointType.INTERFACE,
                origin=endpoint.origin,
            )


def _vpc_origin_interfaces(cloud: Cloud) -> Iterator[NetworkInterface]:
    """Yield the interfaces of CloudFront for each VPC origin: one in each subnet of the origin (newer-aws §12)."""
    owners = {eni.owner_id for eni in cloud.network.network_interfaces.values()}
    for one in cloud.names.vpc_origins.values():
        places = [eni for eni in cloud.network.network_interfaces.values() if eni.owner_id == one.arn]
        for subnet_id in dict.fromkeys(eni.subnet_id for eni in places) if one.id not in owners else ():
            vpc = cloud.network.vpc_of(subnet_id) if isinstance(subnet_id, str) else None
            yield NetworkInterface(
                id=f"eni-{one.id}-{_label(subnet_id)}",
                owner=InterfaceOwner.VPC_ORIGIN,
                owner_id=one.id,
                subnet_id=subnet_id,
                security_group_ids=(f"{vpc.id}.{SERVICE_GROUP}",) if vpc else (),
                origin=one.origin,
            )


def _service_groups(cloud: Cloud, enis: Iterable[NetworkInterface]) -> Iterator[tuple[str, SecurityGroup]]:
    """Yield the groups that CloudFront makes for its interfaces, by id: one in each VPC with a VPC origin."""
    for eni in enis:
        for id_ in eni.security_group_ids if eni.owner is InterfaceOwner.VPC_ORIGIN else ():
            if isinstance(id_, str) and id_ not in cloud.network.security_groups:
                everything = SecurityGroupRule(f"{id_}.egress", ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, ANYWHERE)
                vpc_id = id_.removesuffix(f".{SERVICE_GROUP}")
                yield id_, SecurityGroup(id_, vpc_id, egress=(everything,), group_name=SERVICE_GROUP)


def _lambda_interfaces(cloud: Cloud) -> Iterator[NetworkInterface]:
    described = {(e.subnet_id, id_) for e in cloud.network.network_interfaces.values() for id_ in e.function_ids}
    shared: dict[_Place, NetworkInterface] = {}
    for function in cloud.compute.functions.values():
        subnet_ids, group_ids = function.subnet_ids, function.security_group_ids
        if isinstance(subnet_ids, Unknown) or isinstance(group_ids, Unknown):
            continue
        for subnet_id in dict.fromkeys(subnet_ids):
            if (subnet_id, function.id) in described:
                continue
            provider = known_in(cloud.compute.capacity_providers, function.capacity_provider)
            ipv6 = provider is None and function.ipv6_allowed_for_dual_stack
            key = (subnet_id, frozenset(group_ids), provider.id if provider else "", ipv6)
            groups = provider.id if provider else "+".join(sorted(map(_label, key[1])))
            eni = shared.get(key) or NetworkInterface(
                id=f"eni-{_label(subnet_id)}-{groups}{'-ipv6' if ipv6 else ''}",
                owner=InterfaceOwner.LAMBDA,
                owner_id=function.id,
                subnet_id=subnet_id,
                security_group_ids=tuple(dict.fromkeys(group_ids)),
                public_ip=known_in(provider.public_ips, subnet_id) if provider else None,
                capacity_provider=key[2],
                ipv6_address_count=None if provider else int(ipv6),
                origin=function.origin,
            )
            shared[key] = replace(eni, function_ids=(*eni.function_ids, function.id))
    return iter(shared.values())


def _label(resource_id: Maybe[str]) -> str:
    return resource_id if isinstance(resource_id, str) else "unknown"


@dataclass
class _Pools:
    """The free addresses of one subnet, lowest first."""

    ipv4: Iterator[IPv4Address] = field(default_factory=lambda: iter(()))
    ipv6: Iterator[IPv6Address] = field(default_factory=lambda: iter(()))


def _addressed(enis: list[NetworkInterface], cloud: Cloud) -> Iterator[NetworkInterface]:
    taken: dict[str, set[IPv4Address | IPv6Address]] = {}
    for eni in enis:
        used = taken.setdefault(str(eni.subnet_id), set())
        own = (eni.private_ip_address, *eni.secondary_private_ip_addresses, eni.ipv6_address)
        used.update(address for address in own if address is not None)
    pools: dict[str, _Pools] = {}
    for eni in enis:
        subnet = known_in(cloud.network.subnets, eni.subnet_id)
        if subnet is None:
            yield eni
            continue
        pool = pools.get(subnet.id) or pools.setdefault(subnet.id, _pools(subnet, taken[subnet.id]))
        address, address6 = eni.private_ip_address, eni.ipv6_address
        if address is None and gets_ipv4(cloud, eni, subnet):
            address = next(pool.ipv4, None)
        if address6 is None and gets_ipv6(cloud, eni, subnet):
            address6 = next(pool.ipv6, None)
        yield replace(eni, private_ip_address=address, ipv6_address=address6)


def _pools(subnet: Subnet, taken: set[IPv4Address | IPv6Address]) -> _Pools:
    pools = _Pools()
    if isinstance(subnet.cidr_block, IPv4Network):
        pools.ipv4 = free_addresses(subnet.cidr_block, {a for a in taken if isinstance(a, IPv4Address)})
    if isinstance(subnet.ipv6_cidr_block, IPv6Network):
        pools.ipv6 = (a for a in islice(subnet.ipv6_cidr_block, RESERVED_AT_START, None) if a not in taken)
    return pools


def gets_ipv4(cloud: Cloud, interface: NetworkInterface, subnet: Subnet) -> bool:
    """Return whether AWS gives an interface an IPv4 address: not in an IPv6-only subnet, and not to an IPv6 endpoint or server."""
    return not subnet.ipv6_native and not interface.ipv6_only and _endpoint_type(cloud, interface) != "ipv6"


def _endpoint_type(cloud: Cloud, interface: NetworkInterface) -> str:
    endpoint = cloud.network.vpc_endpoints.get(interface.owner_id)
    return endpoint.ip_address_type if endpoint is not None else ""


def gets_ipv6(cloud: Cloud, interface: NetworkInterface, subnet: Subnet) -> bool:
    """Return whether AWS gives an interface an IPv6 address of its subnet's block (vpc-network §1.2, §4.8).

    A function's interface, unless it is an instance's, has one only if the function allows IPv6; a load balancer's if it is
    dual-stack; an endpoint's by its address type. All others have one if the interface itself requests one, or if the subnet
    assigns one to every interface, as an IPv6-only subnet does.
    """
    if interface.ipv6_address_count is not None:
        return interface.ipv6_address_count > 0
    if interface.owner is InterfaceOwner.LAMBDA and not interface.capacity_provider:
        functions = (cloud.compute.functions.get(id_) for id_ in interface.function_ids)
        return any(function is not None and function.ipv6_allowed_for_dual_stack for function in functions)
    if interface.owner is InterfaceOwner.LOAD_BALANCER:
        balancer = cloud.balancing.load_balancers.get(interface.owner_id)
        return balancer is not None and balancer.ip_address_type.startswith("dualstack")
    if interface.owner is InterfaceOwner.ENDPOINT:
        return (_endpoint_type(cloud, interface) or "ipv4") != "ipv4" or subnet.ipv6_native
    assigned = subnet.assign_ipv6_address_on_creation or subnet.ipv6_native
    return assigned and interface.owner is not InterfaceOwner.NAT_GATEWAY


def free_addresses(block: IPv4Network, taken: set[IPv4Address]) -> Iterator[IPv4Address]:
    """Yield the usable addresses of a subnet that are free, lowest first."""
    for number in range(RESERVED_AT_START, block.num_addresses - 1):
        if block[number] not in taken:
            yield block[number]
