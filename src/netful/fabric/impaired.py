"""Impairments of the network: each router and NAT gateway gets what its links and its ports suffer. Namespace thread only."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.rules import impairments
from netful.fabric.vpcs.built_vpcs import BuiltVpcs


class Impaired:
    """Impairments in force, by namespace: a namespace gets rules only when they differ from those that it has."""

    def __init__(self) -> None:
        self._loaded: dict[Netns, str] = {}

    def follow(
        self, vpcs: BuiltVpcs, losses: Mapping[str, int], exhausted: Collection[str], silent: Collection[str]
    ) -> None:
        """Impair interfaces by id and percent, NAT gateways, and the resolvers of VPCs; and nothing else any more."""
        wanted: dict[Netns, str] = {}
        for network in vpcs.networks:
            router = network.router
            own = {one.link: losses[one.interface.id] for one in router.attached() if one.interface.id in losses}
            wanted[router.node.netns] = "\n".join(impairments.of_router(own, silent=router.vpc.id in silent))
            for nat_id, nat in network.nat_gateways.items():
                wanted[nat.node.netns] = "\n".join(impairments.of_nat_gateway(exhausted=nat_id in exhausted))
        whole = {netns: text for netns, text in wanted.items() if text.count("\n") > 1}
        for netns, text in wanted.items():
            if self._loaded.get(netns) != whole.get(netns):
                nft.load(netns, text)
        self._loaded = whole
