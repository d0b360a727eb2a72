"""NAT64 of a NAT gateway: packets as they are translated, and a connection through the kernel."""

import socket
import struct
import threading
from ipaddress import IPv4Address, IPv6Address

import pytest

from netful.fabric.fabric import Fabric
from netful.fabric.kernel.thread import NamespaceThread
from netful.fabric.vpcs import nat64_packets
from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.network.addresses import INTERNET_HOST
from netful.model.network.gateways import ElasticIp, InternetGateway, NatGateway
from netful.model.network.nat64 import embedded
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.vpc import IPV6_ONLY, Subnet, Vpc
from tests.helpers.draw import EVERY_ENTRY, EVERYWHERE
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.small_clouds import ALL_OUT, group, net, rule

CLIENT, SERVER = IPv6Address("2001:db8::5"), IPv4Address("198.51.100.7")
STANDING_FOR = IPv4Address("240.0.0.1")
TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
BYTES = 300_000


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(source, destination, protocol, payload):
    return source.packed + destination.packed + struct.pack("!II", len(payload), protocol)


def ipv6(protocol, payload, at):
    own = checksum(pseudo(CLIENT, embedded(SERVER), protocol, payload) + payload)
    payload = payload[:at] + struct.pack("!H", own) + payload[at + 2 :]
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + CLIENT.packed + embedded(SERVER).packed + payload


PAYLOADS = {
    "tcp": (TCP, struct.pack("!HHIIBBHHH", 5000, 443, 7, 9, 0x50, 0x18, 512, 0, 0) + b"odd", 16),
    "udp": (UDP, struct.pack("!HHHH", 5000, 53, 12, 0) + b"data", 6),
    "ping": (ICMPV6, struct.pack("!BBHHH", 128, 0, 0, 77, 1) + b"hello", 2),
}


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_packet_and_its_way_back(kind):
    protocol, payload, at = PAYLOADS[kind]
    sent = ipv6(protocol, payload, at)
    four = nat64_packets.to_ipv4(sent, STANDING_FOR.packed)
    assert (four[12:16], four[16:20]) == (STANDING_FOR.packed, SERVER.packed)
    assert checksum(four[:20]) == 0
    body = four[20:]
    below = b"" if kind == "ping" else pseudo(STANDING_FOR, SERVER, protocol, body)
    assert checksum(below + body) == 0
    turned = four[:12] + SERVER.packed + STANDING_FOR.packed + body
    six = nat64_packets.to_ipv6(turned, CLIENT.packed)
    assert (six[8:24], six[24:40]) == (embedded(SERVER).packed, CLIENT.packed)
    assert checksum(pseudo(embedded(SERVER), CLIENT, protocol, six[40:]) + six[40:]) == 0
    assert six[40:] == sent[40:]  # the two pseudo headers have the same sum, whatever the direction


def test_what_is_not_translated_is_dropped():
    protocol, payload, at = PAYLOADS["udp"]
    sent = ipv6(protocol, payload, at)
    assert nat64_packets.to_ipv4(sent[:6] + bytes([44]) + sent[7:], STANDING_FOR.packed) == b""  # a fragment
    assert (
        nat64_packets.to_ipv4(sent[:24] + CLIENT.packed + sent[40:], STANDING_FOR.packed) == b""
    )  # another destination
    four = nat64_packets.to_ipv4(sent, STANDING_FOR.packed)
    assert nat64_packets.to_ipv6(four[:6] + struct.pack("!H", 0x2000) + four[8:], CLIENT.packed) == b""
    assert nat64_packets.to_ipv6(four[:9] + bytes([50]) + four[10:], CLIENT.packed) == b""
    assert nat64_packets.to_ipv4(b"", STANDING_FOR.packed) == nat64_packets.to_ipv6(b"", CLIENT.packed) == b""


def test_a_datagram_without_checksum_gets_one():
    body = struct.pack("!HHHH", 53, 5000, 12, 0) + b"data"
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, UDP, 0)
    six = nat64_packets.to_ipv6(header + SERVER.packed + STANDING_FOR.packed + body, CLIENT.packed)
    assert checksum(pseudo(embedded(SERVER), CLIENT, UDP, six[40:]) + six[40:]) == 0


def vpc_with_nat64():
    """An instance in an IPv6-only subnet, whose packets for 64:ff9b::/96 go to a NAT gateway."""
    return allocate(
        Cloud.of(
            region="us-east-1",
            vpcs={"V": Vpc("V", (net("10.0.0.0/16"),), (net("2001:db8::/56"),))},
            subnets={
                "Six": Subnet("Six", "V", IPV6_ONLY, net("2001:db8::/64"), "us-east-1a", enable_dns64=True),
                "Public": Subnet("Public", "V", net("10.0.1.0/24"), availability_zone="us-east-1a"),
            },
            internet_gateways={"Igw": InternetGateway("Igw", "V")},
            elastic_ips={"Eip": ElasticIp("Eip", IPv4Address("203.0.113.9"))},
            nat_gateways={"Nat": NatGateway("Nat", "Public", "V", allocation_ids=("Eip",))},
            route_tables={
                "Main": RouteTable(
                    "Main", "V", (Route("a", TargetKind.NAT_GATEWAY, "Nat", net("64:ff9b::/96")),), main=True
                ),
                "Out": RouteTable(
                    "Out", "V", (Route("b", TargetKind.INTERNET_GATEWAY, "Igw", EVERYWHERE),), ("Public",)
                ),
            },
            network_acls={"Acl": NetworkAcl("Acl", "V", EVERY_ENTRY, EVERY_ENTRY, default=True)},
            security_groups={"Sg": group("Sg", egress=(ALL_OUT, rule(-1, -1, peer="::/0")), vpc_id="V")},
            network_interfaces={"I": NetworkInterface("I", InterfaceOwner.INSTANCE, "I", "Six", ("Sg",))},
        )
    )


@pytest.mark.packets
def test_a_connection_carries_more_than_a_window():
    thread = NamespaceThread()
    fabric = thread.run(Fabric, vpc_with_nat64(), thread.limbo)
    try:
        place = thread.run(fabric.positions.interface, "I")
        listener = next(d.socket for d in fabric.doors if d.purpose == "http" and d.socket.family == socket.AF_INET)
        listener.settimeout(ENOUGH_SECONDS)
        client = thread.run(place.socket, socket.SOCK_STREAM, socket.AF_INET6)
        client.settimeout(ENOUGH_SECONDS)
        client.connect((str(embedded(INTERNET_HOST)), 80))
        server, seen = listener.accept()
        server.settimeout(ENOUGH_SECONDS)
        sender = threading.Thread(target=lambda: (client.sendall(b"x" * BYTES), client.shutdown(socket.SHUT_WR)))
        sender.start()
        received = 0
        while data := server.recv(1 << 16):
            received += len(data)
        sender.join()
        server.sendall(b"y" * BYTES)
        server.close()
        answered = 0
        while data := client.recv(1 << 16):
            answered += len(data)
        client.close()
        assert (received, answered, seen[0]) == (BYTES, BYTES, "203.0.113.9")
    finally:
        for door in fabric.doors:
            door.close()
        thread.run(fabric.close)
        thread.close()
