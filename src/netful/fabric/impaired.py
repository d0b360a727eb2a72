"""Impairments of the network: each router and NAT gateway gets what its links and its ports suffer. Namespace thread only.

Packets are lost by nftables, which every machine has, and wait in the kernel's netem, which some machines lack.
"""

import errno
from collections.abc import Collection, Mapping

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.rules import impairments
from netful.fabric.vpcs.built_vpcs import BuiltVpcs
from netful.model.core import StackError

_NO_DELAYS = "this kernel cannot delay packets: it has no netem (CONFIG_NET_SCH_NETEM)"
_HINT = "`sudo modprobe sch_netem`, if the module is installed; `loss`, and `dns` with `--delay`, need no netem"


class Impaired:
    """Impairments in force, by namespace: a namespace gets rules only when they differ from those that it has."""

    def __init__(self) -> None:
        self._loaded: dict[Netns, str] = {}
        self._delayed: dict[tuple[Netns, int], int] = {}

    def follow(
        self,
        vpcs: BuiltVpcs,
        losses: Mapping[str, int],
        exhausted: Collection[str],
        silent: Collection[str],
        delays: Mapping[str, int],
    ) -> None:
        """Impair interfaces by id and percent, NAT gateways, and the resolvers of VPCs; and nothing else any more.

        `delays` are milliseconds that packets to interfaces wait. Raises StackError if the kernel cannot delay packets.
        """
        self._delay(vpcs, delays)
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

    def _delay(self, vpcs: BuiltVpcs, delays: Mapping[str, int]) -> None:
        """Delay packets at the routers' ends of links; a link that is gone has taken its delay along."""
        before, self._delayed = self._delayed, {}
        for network in vpcs.networks:
            router, rtnetlink = network.router, network.router.node.rtnetlink
            for one in router.attached():
                link = router.link_number(one.interface.id)
                key, wanted = (router.node.netns, link), delays.get(one.interface.id, 0)
                if wanted:
                    self._delayed[key] = wanted
                if wanted and before.get(key) != wanted:
                    rtnetlink.delay(link, wanted)
                elif not wanted and key in before:
                    rtnetlink.undelay(link)
            try:
                rtnetlink.flush()
            except OSError as error:
                if error.errno != errno.ENOENT:
                    raise
                self._delayed = {}
                raise StackError(_NO_DELAYS, hint=_HINT) from None
