"""The namespace behind an endpoint of a network firewall: it sends on what the firewall's rules pass, unchanged.

Namespace thread only.
"""

from collections.abc import Sequence

from netful.fabric.firewalls.requests import Requests
from netful.fabric.firewalls.rules import TO_READER, ruleset
from netful.fabric.kernel import nft
from netful.fabric.kernel.looped_link import LINK
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import EVERYWHERE, EVERYWHERE6, GATEWAY, GATEWAY6, NEXT_HOP6, LeafLink, Node
from netful.fabric.kernel.rtnetlink import Version
from netful.model.network.network_firewall import Firewall
from netful.model.network.vpc import IPAddress

_RULE = 100
_SYSCTLS: dict[str, int | str] = {"netfilter/nf_conntrack_tcp_loose": 0}


class FirewallNode:
    """An endpoint behind its interface in a subnet (`eth0`)."""

    def __init__(self, netns: Netns, firewall: Firewall, *, ipv6: bool) -> None:
        self.node = Node(netns, router=True, ipv6=ipv6)
        netns.sysctl(_SYSCTLS)
        self._requests = Requests(self.node, firewall)
        self._firewall: Firewall | None = None
        rtnetlink = self.node.rtnetlink
        ways: dict[Version, bool] = {4: True, 6: ipv6}
        for version in (version for version, there in ways.items() if there):
            rtnetlink.rule(_RULE, mark=TO_READER, table=TO_READER, version=version)
        rtnetlink.route(EVERYWHERE, link=LINK, via=GATEWAY, table=TO_READER)
        if ipv6:
            rtnetlink.route(EVERYWHERE6, link=LINK, via=GATEWAY6, table=TO_READER)
        rtnetlink.flush()
        self.load(firewall)

    def configure(self, link: LeafLink, addresses: Sequence[IPAddress]) -> None:
        """Assign the addresses of `eth0`, and the way back to the router for both families."""
        link.configure(self.node.rtnetlink, [*addresses, *((NEXT_HOP6,) if self.node.ipv6 else ())])

    def load(self, firewall: Firewall) -> None:
        """Judge by the rules of this firewall; flows that have passed go on."""
        if firewall != self._firewall:
            nft.load(self.node.netns, ruleset(firewall))
            self._requests.follow(firewall)
            self._firewall = firewall

    def close(self) -> None:
        """Close the namespace."""
        self._requests.close()
        self.node.close()
