"""Forwarding instance: a NAT instance or appliance, whose source/destination check is off (vpc-network §1.9).

A template does not describe an instance's programs. The instance is assumed to forward packets with its own address as
the source, and to accept only answers to packets that it forwarded, as the analyzer assumes. A program in its place
may set up anything else. Namespace thread only.
"""

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import ROUTER_SYSCTLS, Node
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

_RULESET = """
table ip forwarder {{
  chain sessions {{
    type filter hook forward priority 0; policy accept;
    ct state invalid drop
  }}
  chain translate {{
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr != {address} oifname "eth0" snat to {address}
  }}
}}
"""


def forwards(eni: NetworkInterface) -> bool:
    """Return whether the owner of this interface is assumed to forward."""
    return not eni.source_dest_check and eni.owner in {InterfaceOwner.INSTANCE, InterfaceOwner.OTHER}


def forwarder(netns: Netns, eni: NetworkInterface) -> Node:
    """Set up the namespace behind such an interface."""
    node = Node(netns)
    netns.sysctl(ROUTER_SYSCTLS)
    nft.load(netns, _RULESET.format(address=eni.private_ip_address))
    return node
