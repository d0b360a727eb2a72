"""Door of an ECS task to its own endpoint at 169.254.170.2. Namespace thread only.

As ECS's agent does, another port answers for port 80: a container may itself listen at port 80 of every address.
"""

import contextlib
import socket
from ipaddress import IPv4Address

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.rtnetlink import LOOPBACK, Rtnetlink

ADDRESS = "169.254.170.2"
_PORT = 51_679
_TABLE = f"""
table ip task_endpoint {{
    chain output {{
        type nat hook output priority -100
        ip daddr {ADDRESS} tcp dport 80 dnat to {ADDRESS}:{_PORT}
    }}
}}
"""
_RULESET = f"table ip task_endpoint\ndelete table ip task_endpoint\n{_TABLE}"  # also where a task before had it


def listen(netns: Netns) -> socket.socket:
    """Return a listening socket for the endpoint in the network of a task."""
    with contextlib.closing(Rtnetlink(netns)) as rtnetlink, contextlib.suppress(OSError):  # a task before had it
        rtnetlink.address(IPv4Address(ADDRESS), LOOPBACK)
        rtnetlink.flush()
    nft.load(netns, _RULESET)
    return netns.listen(ADDRESS, _PORT)
