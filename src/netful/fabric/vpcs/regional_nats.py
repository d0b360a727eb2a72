"""Regional NAT gateways of a VPC: each in a namespace with a link of its own to the router, as they are in no subnet (§4.4).

No network ACL applies at that link. The gateway's own route table routes what comes from it. A sender gets an address that exists
between the gateway and the router alone, one for each zone; the internet gateway translates it to the zone's public address.
Namespace thread only.
"""

from ipaddress import IPv4Address, IPv4Network
from itertools import count

from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import GATEWAY, GATEWAY6, join_leaf, leaf_mac
from netful.fabric.kernel.options import Options
from netful.fabric.routers.router import VpcRouter
from netful.fabric.vpcs.gateway_namespaces import NatGatewayNode, Translations
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.gateways import NatGateway

_BETWEEN = IPv4Network("169.254.192.0/18")
"""Addresses between gateways and routers."""

_LINKS = count(1)


class _Built(Frozen, dict=True):
    """A gateway: its namespace, the addresses between it and the router with their public ones, and the translations."""

    node: NatGatewayNode
    addresses: dict[IPv4Address, IPv4Address]
    translations: Translations


class RegionalNats:
    """The regional NAT gateways of one VPC."""

    def __init__(self, router: VpcRouter, limbo: int, options: Options) -> None:
        self._router, self._limbo, self._options = router, limbo, options
        self._built: dict[str, _Built] = {}

    @property
    def public_addresses(self) -> list[IPv4Address]:
        """The public addresses of the gateways."""
        return [public for built in self._built.values() for public in built.addresses.values()]

    @property
    def nodes(self) -> dict[str, NatGatewayNode]:
        """The gateways in the kernel, by id."""
        return {nat_id: built.node for nat_id, built in self._built.items()}

    def change(self, cloud: Cloud) -> None:
        """Build the gateways of this cloud; one whose addresses or zones have changed is built again."""
        wanted: dict[str, tuple[dict[IPv4Address, IPv4Address], Translations]] = {}
        for nat in cloud.network.nat_gateways.values():
            if nat.regional and nat.vpc_id == self._router.vpc.id:
                wanted[nat.id] = self._translations(cloud, nat, len(wanted))
        for nat_id, built in [*self._built.items()]:
            if wanted.get(nat_id) != (built.addresses, built.translations):
                self._router.drop_gateway(nat_id)
                self._built.pop(nat_id).node.close()
        for nat_id, (addresses, translations) in wanted.items():
            if nat_id not in self._built:
                self._built[nat_id] = self._build(nat_id, addresses, translations)

    def _translations(
        self, cloud: Cloud, nat: NatGateway, number: int
    ) -> tuple[dict[IPv4Address, IPv4Address], Translations]:
        """Return a gateway's addresses, and by which of them it sends for each zone."""
        public = cloud.network.regional_addresses(nat)
        own = {zone: _BETWEEN[number * 64 + at] for at, zone in enumerate(public, 1)}
        found: list[tuple[tuple[IPv4Network, ...], IPv4Address | None]] = []
        blocks: dict[str, list[IPv4Network]] = {}
        for subnet in cloud.network.subnets_of(self._router.vpc.id):
            if isinstance(subnet.cidr_block, IPv4Network) and isinstance(subnet.availability_zone, str):
                blocks.setdefault(subnet.availability_zone, []).append(subnet.cidr_block)
        if nat.zonal_allocation_ids:
            found = [(tuple(inside), own.get(zone)) for zone, inside in blocks.items()]
        found += [((), address) for address in [*own.values()][:1]]
        return {own[zone]: address for zone, address in public.items()}, found

    def _build(self, nat_id: str, addresses: dict[IPv4Address, IPv4Address], translations: Translations) -> _Built:
        router, netns, name = self._router, Netns.create(self._limbo), f"rnat{next(_LINKS)}"
        node = NatGatewayNode(netns, translations, self._options, ipv6=router.node.ipv6)
        link = join_leaf(router.node, netns, name, [*addresses])
        for gateway in (GATEWAY, *((GATEWAY6,) if router.node.ipv6 else ())):
            router.node.rtnetlink.neighbour(gateway, leaf_mac(link.number), link.number)
        node.configure(link, [*addresses])
        router.translator(nat_id, name, link.number, addresses)
        return _Built(node, addresses, translations)

    def close(self) -> None:
        """Close the namespaces."""
        for built in self._built.values():
            built.node.close()
