"""NAT64 of a NAT gateway: IPv6 packets for 64:ff9b::/96 become IPv4 packets, and their answers IPv6 ones.

Linux has no such translation in nftables. So packets leave the gateway's namespace on a link to itself, and a thread translates
what comes out at its far end (`nat64_packets`). Each IPv6 client gets an IPv4 address of its own in `_CLIENTS`, which exists
in this namespace only; the gateway's ordinary translation then replaces it with the gateway's address.
"""

from ipaddress import IPv4Address, IPv4Network

from netful.fabric.kernel import nft
from netful.fabric.kernel.looped_link import LINK, LoopedLink
from netful.fabric.kernel.node import GATEWAY, GATEWAY6, Node
from netful.fabric.vpcs import nat64_packets
from netful.model.network.nat64 import NAT64_BLOCK

_CLIENTS = IPv4Network("240.0.0.0/8")  # reserved, so never the destination of a packet

# IPv6 enters and leaves by the translator alone, and nothing has a connection with the gateway itself.
_RULESET = """
table ip6 nat64 {
  chain translated_only {
    type filter hook forward priority 0; policy drop;
    iifname "eth0" oifname "nat64" accept
    iifname "nat64" oifname "eth0" accept
  }
  chain closed {
    type filter hook input priority 0; policy drop;
  }
}
"""


class Nat64(LoopedLink):
    """The translator in a NAT gateway's namespace. Made and closed on the namespace thread."""

    def __init__(self, node: Node) -> None:
        nft.load(node.netns, _RULESET)
        super().__init__(node, "nat64")
        node.rtnetlink.route(_CLIENTS, link=LINK, via=GATEWAY)
        node.rtnetlink.route(NAT64_BLOCK, link=LINK, via=GATEWAY6)
        node.rtnetlink.flush()
        self._clients = _Clients()
        self.start()

    def handle(self, packet: bytes) -> None:
        """Send on what a packet becomes, if NAT64 translates it."""
        if packet[0] >> 4 == 6:
            source = self._clients.address_of(packet[8:24])
            result = nat64_packets.to_ipv4(packet, source) if source is not None else b""
        else:
            client = self._clients.client_at(packet[16:20])
            result = nat64_packets.to_ipv6(packet, client) if client is not None else b""
        if result:
            self.send(result)


class _Clients:
    """The IPv4 addresses that stand for IPv6 clients, given in the order of their first packets."""

    def __init__(self) -> None:
        self._addresses: dict[bytes, bytes] = {}
        self._by_address: dict[bytes, bytes] = {}

    def address_of(self, client: bytes) -> bytes | None:
        """Return a client's address; None if all addresses are given."""
        if client not in self._addresses:
            number = len(self._addresses) + 1
            if number >= _CLIENTS.num_addresses:
                return None
            address = IPv4Address(int(_CLIENTS.network_address) + number).packed
            self._addresses[client], self._by_address[address] = address, client
        return self._addresses[client]

    def client_at(self, address: bytes) -> bytes | None:
        """Return the client that an address stands for."""
        return self._by_address.get(address)
