"""Root inside one namespace, and yet: nobody else's address, nobody else's packets, no other VPC, not the host.

Whether something does not arrive needs no waiting: behind each evil packet follows an honest one on the same way, and when
that one is there the evil one would be as well.
"""

import socket
import subprocess

import pytest

from netful.fabric.kernel.node import GATEWAY, ROUTER_MAC
from netful.model.network.addresses import INTERNET_HOST, elastic_ip
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.route_tables import RouteTable
from netful.model.network.vpc import Subnet, Vpc
from tests.helpers.attacker import (
    BROADCAST,
    ETH_EXPERIMENT,
    ETH_IPV4,
    ETH_VLAN,
    EVIL,
    HONEST,
    PORT,
    Wire,
    arp_claim,
    ethernet,
    ipv4,
    router_advertisement,
    udp,
)
from tests.helpers.hand_made import EVERYWHERE, IPv4Network, cloud, function, group, instance, nat, rule

pytestmark = pytest.mark.packets

OPEN = group("Open", [rule("all", EVERYWHERE)])
ATTACKER, VICTIM, BYSTANDER = "10.0.1.10", "10.0.1.20", "10.0.1.30"
WHERE = {"attacker": ATTACKER, "victim": VICTIM, "bystander": BYSTANDER}


@pytest.fixture
def wires(thread):
    """Packet sockets by position; closed at the end."""
    made = []

    def tap(position):
        made.append(Wire(thread, position))
        return made[-1]

    yield tap
    for wire in made:
        wire.close()


@pytest.fixture
def three(build):
    """A VPC with three instances in a subnet, all filters open."""
    enis = {name: instance(name, "Private", address, ("Open",)) for name, address in WHERE.items()}
    bench = build(cloud(security_groups={"Open": OPEN, "FnSg": group("FnSg")}, network_interfaces=enis))
    return bench, {name: bench.thread.run(bench.fabric.positions.interface, f"eni-{name}") for name in WHERE}


def _spoofed(source):
    return lambda wire, _mac: wire.datagram(VICTIM, EVIL, source=source)


EVIL_FRAMES = {
    "another interface's address": _spoofed(BYSTANDER),
    "the victim's own address": _spoofed(VICTIM),
    "the resolver's address": _spoofed("10.0.0.2"),
    "the gateway's address": _spoofed(str(GATEWAY)),
    "an address of no subnet": _spoofed("10.0.200.1"),
    "a public address": _spoofed("203.0.113.9"),
    "a loopback address": _spoofed("127.0.0.1"),
    "no address": _spoofed("0.0.0.0"),
    "the router's MAC address": lambda wire, _mac: wire.datagram(VICTIM, EVIL, source=BYSTANDER, mac=ROUTER_MAC),
    "to the victim's MAC address": lambda wire, mac: wire.datagram(VICTIM, EVIL, to_mac=mac),
    "to every MAC address": lambda wire, _mac: wire.datagram(VICTIM, EVIL, to_mac=BROADCAST),
    "to every address": lambda wire, _mac: wire.datagram("255.255.255.255", EVIL),
    "to the subnet's broadcast address": lambda wire, _mac: wire.datagram("10.0.1.255", EVIL),
    "to a multicast group": lambda wire, _mac: wire.datagram("224.0.0.1", EVIL),
    "a claim by ARP": lambda wire, _mac: arp_claim(wire.mac, BYSTANDER, VICTIM),
    "a tag of a VLAN": lambda wire, _mac: (
        ethernet(wire.mac, ROUTER_MAC, ETH_VLAN) + b"\0\5\x08\0" + ipv4(ATTACKER, VICTIM, udp(EVIL))
    ),
    "an unknown protocol": lambda wire, _mac: ethernet(wire.mac, BROADCAST, ETH_EXPERIMENT) + EVIL,
    "an IPv6 router": lambda wire, _mac: router_advertisement(wire.mac),
}


@pytest.mark.parametrize("evil", EVIL_FRAMES.values(), ids=EVIL_FRAMES)
def test_an_instance_speaks_as_itself_alone(three, wires, evil):
    _, places = three
    attacker, victim = wires(places["attacker"]), wires(places["victim"])
    attacker.send(evil(attacker, victim.mac), attacker.datagram(VICTIM, HONEST))
    assert not any(EVIL in frame for frame in victim.received_until(HONEST))


def test_another_address_on_the_interface_is_of_no_use(three, wires):
    bench, places = three
    victim = wires(places["victim"])
    _ip(bench, places["attacker"], "address", "add", f"{BYSTANDER}/32", "dev", "eth0")
    _send(bench, places["attacker"], EVIL, source=BYSTANDER)
    _send(bench, places["attacker"], HONEST, source=ATTACKER)
    assert not any(EVIL in frame for frame in victim.received_until(HONEST))


def test_a_claimed_address_gets_no_packet(three, wires):
    bench, places = three
    attacker, victim = wires(places["attacker"]), wires(places["victim"])
    _ip(bench, places["attacker"], "address", "add", f"{VICTIM}/32", "dev", "eth0")
    attacker.send(arp_claim(attacker.mac, VICTIM, BYSTANDER), arp_claim(attacker.mac, VICTIM, "10.0.0.2"))
    _send(bench, places["bystander"], b"for the victim", to=VICTIM)
    _send(bench, places["bystander"], HONEST, to=VICTIM)
    _send(bench, places["bystander"], HONEST, to=ATTACKER)
    assert any(b"for the victim" in frame for frame in victim.received_until(HONEST))
    assert not any(b"for the victim" in frame for frame in attacker.received_until(HONEST))


def test_a_forwarder_must_be_declared_one(three, wires):
    """With forwarding on, an instance still sends as itself alone: nothing goes through it (vpc-network §1.9)."""
    bench, places = three
    bench.thread.run(places["attacker"].netns.sysctl, {"ipv4/ip_forward": 1})
    attacker, victim = wires(places["attacker"]), wires(places["victim"])
    detour = ethernet(ROUTER_MAC, attacker.mac, ETH_IPV4) + ipv4(BYSTANDER, VICTIM, udp(EVIL))
    bench.thread.run(_inject, bench, places["attacker"], detour)
    attacker.send(attacker.datagram(VICTIM, HONEST))
    assert not any(EVIL in frame for frame in victim.received_until(HONEST))


def test_same_blocks_are_different_networks(build, wires):
    """Two VPCs with the same block and the same addresses: a packet stays in its own, whatever it claims."""
    bench = build(_twins())
    place = {name: bench.thread.run(bench.fabric.positions.interface, f"eni-{name}") for name in ("a", "b", "a2", "b2")}
    here, there = wires(place["a2"]), wires(place["b2"])
    attacker, other = wires(place["a"]), wires(place["b"])
    attacker.send(attacker.datagram("10.0.1.20", EVIL), attacker.datagram("10.0.1.20", HONEST))
    other.send(other.datagram("10.0.1.20", HONEST))
    assert any(EVIL in frame for frame in here.received_until(HONEST))
    assert not any(EVIL in frame for frame in there.received_until(HONEST))


def test_a_sandbox_cannot_speak_as_another(build, wires):
    bench = build(nat())
    ours, theirs, outside = (
        bench.positions()[0],
        bench.positions()[0],
        bench.thread.run(bench.fabric.positions.internet),
    )
    attacker, seen = wires(ours), wires(outside)
    to = str(outside.address)
    attacker.send(
        attacker.datagram(to, EVIL, source=theirs.address),
        attacker.datagram(to, EVIL, source="10.0.1.77"),
        attacker.datagram(to, EVIL, source=str(INTERNET_HOST)),
        attacker.datagram(to, HONEST),
    )
    assert not any(EVIL in frame for frame in seen.received_until(HONEST))


def test_what_has_no_connection_does_not_leave_a_sandbox(build, wires):
    """A reset for no connection is not translated, and so would show the sandbox's own address."""
    bench = build(cloud(functions={"Fn": function(subnets=(), groups=())}))
    (sandbox,) = bench.positions()
    outside = bench.thread.run(bench.fabric.positions.internet)
    attacker, seen = wires(sandbox), wires(outside)
    reset = b"\0\7\0\7" + bytes(8) + b"\x50\x04\0\0" + bytes(4) + EVIL
    head = ethernet(attacker.mac, ROUTER_MAC, ETH_IPV4)
    attacker.send(head + ipv4(sandbox.address, outside.address, reset, protocol=socket.IPPROTO_TCP))
    attacker.send(attacker.datagram(str(outside.address), HONEST))
    assert not any(EVIL in frame for frame in seen.received_until(HONEST))


def test_sandboxes_do_not_reach_each_other(build, wires):
    bench = build(nat())
    ours, theirs, outside = (
        bench.positions()[0],
        bench.positions()[0],
        bench.thread.run(bench.fabric.positions.internet),
    )
    attacker, victim, seen = wires(ours), wires(theirs), wires(outside)
    attacker.send(
        attacker.datagram(str(theirs.address), EVIL),
        attacker.datagram(str(theirs.address), EVIL, to_mac=victim.mac),
        attacker.datagram(str(outside.address), HONEST),
    )
    seen.received_until(HONEST)
    victim.send(victim.datagram(str(outside.address), HONEST))
    seen.received_until(HONEST)
    assert not any(EVIL in frame for frame in victim.pending())


def test_the_internet_cannot_speak_as_a_member_of_a_group(build, wires):
    """An instance admits a group's members; a client outside that bears a member's address is none."""
    client = "192.0.2.100"
    members = group("Members", [rule("in", "Members"), rule("client", IPv4Network(f"{client}/32"))])
    groups = {"Members": members, "FnSg": group("FnSg")}
    enis = {
        "web": instance("web", "Public", "10.0.2.10", ("Members",), elastic_ip(5)),
        "member": instance("member", "Public", "10.0.2.11", ("Members",)),
    }
    bench = build(cloud(security_groups=groups, network_interfaces=enis))
    outside = bench.thread.run(bench.fabric.positions.internet)
    attacker, victim = wires(outside), wires(bench.thread.run(bench.fabric.positions.interface, "eni-web"))
    assert str(outside.address) == client
    attacker.send(attacker.datagram(str(elastic_ip(5)), EVIL, source="10.0.2.11"))
    attacker.send(attacker.datagram("10.0.2.10", EVIL))
    attacker.send(attacker.datagram(str(elastic_ip(5)), HONEST))
    assert not any(EVIL in frame for frame in victim.received_until(HONEST))


def test_the_host_is_nowhere_to_be_found(three):
    """No link of the host, its loopback and its abstract sockets belong to another network."""
    bench, places = three
    before = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    assert "10.0.1" not in before
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0netful-host")
        abstract.listen()
        assert _error(bench, places["attacker"], socket.AF_INET, server.getsockname()) == "ConnectionRefusedError"
        assert _error(bench, places["attacker"], socket.AF_UNIX, "\0netful-host") == "ConnectionRefusedError"
    links = bench.thread.run(_links, places["attacker"])
    assert links == {"lo", "eth0"}


def _twins():
    blocks, everything = (IPv4Network("10.0.0.0/16"),), cloud().network.network_acls["Acl"]
    vpcs = {v: Vpc(v, blocks, region="eu-west-1") for v in ("A", "B")}
    return cloud(
        vpcs=vpcs,
        subnets={f"Subnet{v}": Subnet(f"Subnet{v}", v, IPv4Network("10.0.1.0/24")) for v in vpcs},
        route_tables={f"Main{v}": RouteTable(f"Main{v}", v, main=True) for v in vpcs},
        internet_gateways={},
        network_acls={
            f"Acl{v}": NetworkAcl(f"Acl{v}", v, everything.ingress, everything.egress, default=True) for v in vpcs
        },
        security_groups={f"Open{v}": group(f"Open{v}", [rule("all", EVERYWHERE)]) for v in vpcs},
        functions={},
        network_interfaces={
            name: instance(name, f"Subnet{name[0].upper()}", address, (f"Open{name[0].upper()}",))
            for name, address in (("a", ATTACKER), ("b", ATTACKER), ("a2", VICTIM), ("b2", VICTIM))
        },
    )


def _inject(bench, position, frame):
    """Put a frame on the router's side of a position's link, as if the router had sent it there."""
    (network,) = bench.fabric.vpcs.networks
    eni = next(e for e in network.router.interfaces if e.private_ip_address == position.address)
    link = network.router.link_to(eni.id)
    with network.router.node.netns.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind((link, ETH_IPV4))
        sock.send(frame)


def _ip(bench, position, *arguments):
    def run():
        with position.netns.inside():
            subprocess.run(["ip", *arguments], check=True, capture_output=True)

    bench.thread.run(run)


def _send(bench, position, payload, *, source="0.0.0.0", to=VICTIM):
    with bench.thread.run(position.socket, socket.SOCK_DGRAM) as sock:
        sock.bind((source, 0))
        sock.sendto(payload, (to, PORT))


def _error(bench, position, family, address):
    def attempt():
        with position.netns.inside(), socket.socket(family) as sock:
            sock.connect(address)

    with pytest.raises(OSError) as caught:  # noqa: PT011  # the kind is what is returned
        bench.thread.run(attempt)
    return caught.type.__name__


def _links(position):
    with position.netns.inside():
        return {name for _, name in socket.if_nameindex()}
