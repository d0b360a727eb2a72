"""PrivateLink to one's own service in the kernel: an endpoint here, a network load balancer in a VPC with the same block."""

import select
import socket
from dataclasses import replace

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.allocation import allocate
from netful.model.balancing.load_balancers import Action, Listener, LoadBalancer, LoadBalancerType, Target, TargetGroup
from netful.model.core import Unknown
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import RouteTable
from netful.model.network.vpc import Subnet, Vpc, ZoneSource
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint, VpcEndpointService
from tests.helpers.hand_made import EVERYWHERE, TCP, IPv4Network, acl_entry, cloud, group, instance, rule
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets
SERVICE = "com.amazonaws.vpce.eu-west-1.Offered"
CLIENT, NODE, TARGET = "10.0.1.5", "10.0.1.20", "10.0.1.50"
ALIKE = "10.0.1.77"
ENDPOINT_OPEN = [rule("in", "FnSg", 80, protocol=TCP)]


def offered(
    endpoint_rules=ENDPOINT_OPEN,
    balancer_rules=None,
    *,
    enforced=True,
    zones=("", ""),
    owner_id="",
    source=ZoneSource.NAME,
):
    """Two VPCs with the same block: a function and an endpoint in one, the service in the other, whose `owner_id` is given, as `source` of its zone."""
    base, everything = cloud(), (acl_entry(100),)
    here, there = (f"eu-west-1{zone}" if zone else Unknown("no zone is named") for zone in zones)
    own = {id_: replace(subnet, availability_zone=here) for id_, subnet in base.network.subnets.items()}
    groups = {
        "FnSg": group("FnSg"),
        "EpSg": group("EpSg", endpoint_rules),
        "WebSg": replace(group("WebSg", [rule("in", IPv4Network(f"{NODE}/32"), 8080, protocol=TCP)]), vpc_id="P"),
    }
    if balancer_rules is not None:
        groups["NlbSg"] = replace(group("NlbSg", balancer_rules), vpc_id="P")
    node = NetworkInterface(
        "eni-Nlb", InterfaceOwner.LOAD_BALANCER, "Nlb", "P1", ("NlbSg",) if balancer_rules is not None else (),
        IPv4Network(f"{NODE}/32")[0], source_dest_check=False,
    )  # fmt: skip
    return allocate(
        base.having(vpcs=dict(base.network.vpcs) | {"P": Vpc("P", (IPv4Network("10.0.0.0/16"),), owner_id=owner_id, region="eu-west-1")},
            subnets=own | {"P1": Subnet("P1", "P", IPv4Network("10.0.1.0/24"), availability_zone=there, zone_source=source)},
            route_tables=dict(base.network.route_tables) | {"P.main": RouteTable("P.main", "P", (), main=True)},
            network_acls=dict(base.network.network_acls) | {"P.acl": NetworkAcl("P.acl", "P", everything, everything, default=True)},
            security_groups=groups,
            network_interfaces={"eni-Nlb": node, "eni-Web": instance("Web", "P1", TARGET, ("WebSg",))},
            load_balancers={
                "Nlb": LoadBalancer(
                    "Nlb", "Nlb", "nlb.elb.eu-west-1.amazonaws.com", LoadBalancerType.NETWORK, internal=True, vpc_id="P",
                    subnet_ids=("P1",), enforce_inbound_rules_on_private_link=enforced,
                )
            },
            listeners={"Listener": Listener("Listener", "Nlb", 80, "TCP", (Action("forward", ("Targets",)),))},
            target_groups={
                "Targets": TargetGroup("Targets", protocol="TCP", port=8080, vpc_id="P", targets=(Target("Web"),))
            },
            vpc_endpoint_services={"Offered": VpcEndpointService("Offered", SERVICE, ("Nlb",))},
            vpc_endpoints={
                "Ep": VpcEndpoint("Ep", "Vpc", SERVICE, "", EndpointType.INTERFACE, ("Private",), ("EpSg",))
            },
        )
    )  # fmt: skip


@pytest.fixture
def built(build):
    """Build such a cloud, with something that listens at its target."""
    listening = []

    def make(found):
        bench = build(found)
        netns = bench.thread.run(bench.fabric.positions.interface, "eni-Web").netns
        listening.append(bench.thread.run(netns.listen, TARGET, 8080))
        return bench, listening[-1]

    yield make
    for one in listening:
        one.close()


def attempt(bench, port=80):
    """How a connection from the function to the endpoint ends."""
    (eni,) = bench.fabric.cloud.network.interfaces_of("Ep")
    (position,) = bench.positions()
    sock = bench.thread.run(position.socket, socket.SOCK_STREAM)
    sock.setblocking(True)
    sock.settimeout(1.5)
    try:
        sock.connect((str(eni.private_ip_address), port))
    except (TimeoutError, ConnectionRefusedError) as end:
        sock.close()
        return type(end).__name__
    return sock


def test_the_service_answers_and_sees_the_load_balancer(built):
    bench, service = built(offered())
    with attempt(bench) as client:
        ready, _, _ = select.select([service], [], [], ENOUGH_SECONDS)
        assert ready
        connection, peer = service.accept()
        with connection:
            connection.setblocking(True)
            assert peer[0] == NODE
            client.sendall(b"question")
            assert connection.recv(8) == b"question"
            connection.sendall(b"answer")
            assert client.recv(6) == b"answer"


BLOCKED = {
    "the endpoint's group": offered([rule("in", "FnSg", 443, protocol=TCP)]),
    "the load balancer's group": offered(balancer_rules=[rule("in", IPv4Network("10.0.9.0/24"))]),
    "a group that refers to the client's": offered(balancer_rules=[rule("in", "FnSg")]),
    "a zone without a node": offered(zones="ab"),
}


@pytest.mark.parametrize("found", BLOCKED.values(), ids=BLOCKED)
def test_what_blocks_is_silent_and_was_predicted(built, found):
    bench, _ = built(found)
    assert attempt(bench) == "TimeoutError"
    assert trace(found, parse(found, "Fn", "Ep:tcp/80")).verdict == "blocked"


ADMITTED = {
    "by the client's address": offered(balancer_rules=[rule("in", IPv4Network(f"{CLIENT}/32"), 80, protocol=TCP)]),
    "by everyone's": offered(balancer_rules=[rule("in", EVERYWHERE)]),
    "in one zone": offered(zones="aa"),
    "in zones of two accounts": offered(zones="ab", owner_id="210987654321"),
    "in a zone that is not written": offered(zones="ab", source=ZoneSource.NONE),
    "in a zone that is written by its id": offered(zones="ab", source=ZoneSource.ID),
    "since its groups are not asked": offered(balancer_rules=[], enforced=False),
}


@pytest.mark.parametrize("found", ADMITTED.values(), ids=ADMITTED)
def test_what_is_admitted_gets_through_and_was_predicted(built, found):
    bench, _ = built(found)
    attempt(bench).close()
    assert trace(found, parse(found, "Fn", "Ep:tcp/80")).verdict == "reachable"


@pytest.mark.parametrize(
    ("found", "assumed"),
    [
        (offered(zones="aa"), 0),
        (offered(zones="ab"), 0),
        (offered(zones="ab", owner_id="210987654321"), 1),
        (offered(zones="ab", source=ZoneSource.NONE), 1),
        (offered(zones="ab", source=ZoneSource.ID), 1),
    ],
)
def test_zones_that_cannot_be_compared_are_assumed_to_be_one(found, assumed):
    path = trace(found, parse(found, "Fn", "Ep:tcp/80"))
    assert sum(one.startswith("Nlb has a node in the zone of") for one in path.assumptions) == assumed


def test_only_ports_of_listeners_are_answered(built):
    bench, _ = built(offered())
    assert attempt(bench, 443) == "TimeoutError"


def test_a_listener_that_ends_connections_takes_them_from_endpoints_too(built):
    """TLS is ended by a program in the node's namespace, here by a socket in its place: it sees who the client is."""
    groups = {"EpSg": group("EpSg", [rule("in", "FnSg", 443, protocol=TCP)])}
    found = offered()
    tls = Listener("Tls", "Nlb", 443, "TLS", (Action("forward", ("Targets",)),))
    bench, _ = built(
        found.having(listeners={"Tls": tls}, security_groups=dict(found.network.security_groups) | groups)
    )  # fmt: skip
    with program(bench, "Ep") as listening, attempt(bench, 443):
        ready, _, _ = select.select([listening], [], [], ENOUGH_SECONDS)
        assert ready
        connection, peer = listening.accept()
        with connection:
            assert peer[0] == CLIENT


def test_clients_that_are_called_alike_are_told_apart_by_their_links(built):
    """Two connections from the same address and port, by endpoints of two VPCs, to a listener that ends connections."""
    tls = Listener("Tls", "Nlb", 443, "TLS", (Action("forward", ("Targets",)),))
    found = offered([rule("in", EVERYWHERE)])
    first = {"eni-First": instance("First", "Private", ALIKE, ("FnSg",))}
    found = twice(found.having(network_interfaces=dict(found.network.network_interfaces) | first), ALIKE)
    bench, _ = built(found.having(listeners={"Tls": tls}))
    with program(bench, "Ep") as here, program(bench, "EpQ") as there:
        clients = []
        for endpoint, client_id in (("Ep", "eni-First"), ("EpQ", "eni-Twin")):
            place = bench.thread.run(bench.fabric.positions.interface, client_id)
            (eni,) = bench.fabric.cloud.network.interfaces_of(endpoint)
            client = bench.thread.run(place.socket, socket.SOCK_STREAM)
            client.setblocking(True)
            client.settimeout(ENOUGH_SECONDS)
            client.bind(("", 40000))
            client.connect((str(eni.private_ip_address), 443))
            clients.append(client)
        for number, (listening, client) in enumerate(zip((here, there), clients, strict=True)):
            connection, peer = listening.accept()
            with connection, client:
                connection.setblocking(True)
                assert peer == (ALIKE, 40000)
                connection.sendall(bytes([number]))
                assert client.recv(1) == bytes([number])


def test_a_target_that_refuses_is_heard(built):
    bench, service = built(offered())
    service.close()
    assert attempt(bench) == "ConnectionRefusedError"


def test_two_clients_of_one_address_in_two_vpcs_share_the_service(built):
    found = twice(offered())
    bench, service = built(found)
    (endpoint,) = found.network.interfaces_of("EpQ")
    first = attempt(bench)
    place = bench.thread.run(bench.fabric.positions.interface, "eni-Twin")
    second = bench.thread.run(place.socket, socket.SOCK_STREAM)
    second.setblocking(True)
    second.settimeout(ENOUGH_SECONDS)
    second.connect((str(endpoint.private_ip_address), 80))
    with first, second:
        for number, client in enumerate((first, second)):
            connection, _ = service.accept()
            with connection:
                connection.setblocking(True)
                connection.sendall(bytes([number]))
            assert client.recv(1) == bytes([number])


def twice(found, twin=CLIENT):
    """With a second VPC that has the same block, a client with the same address, and an endpoint of its own."""
    more, acl = IPv4Network("10.0.0.0/16"), found.network.network_acls["P.acl"]
    return allocate(
        found.having(vpcs=dict(found.network.vpcs) | {"Q": Vpc("Q", (more,), region="eu-west-1")},
            subnets=dict(found.network.subnets) | {"Q1": Subnet("Q1", "Q", IPv4Network("10.0.1.0/24"))},
            route_tables=dict(found.network.route_tables) | {"Q.main": RouteTable("Q.main", "Q", (), main=True)},
            network_acls=dict(found.network.network_acls) | {"Q.acl": replace(acl, id="Q.acl", vpc_id="Q")},
            security_groups=dict(found.network.security_groups) | {"QSg": replace(group("QSg", [rule("in", EVERYWHERE)]), vpc_id="Q")},
            vpc_endpoints=dict(found.network.vpc_endpoints)
            | {"EpQ": VpcEndpoint("EpQ", "Q", SERVICE, "", EndpointType.INTERFACE, ("Q1",), ("QSg",))},
            network_interfaces=dict(found.network.network_interfaces)
            | {"eni-Twin": instance("Twin", "Q1", twin, ("QSg",))},
        )
    )  # fmt: skip


def program(bench, endpoint, port=443):
    """A socket at the end of an endpoint's link, as the load balancer's program has it."""
    (link,) = [each for each in bench.fabric.vpcs.service_links("eni-Nlb") if each.endpoint_id == endpoint]
    listening = bench.thread.run(bench.fabric.vpcs.namespace_of("eni-Nlb").socket, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, link.name.encode())
    listening.bind((str(link.address), port))
    listening.listen()
    return listening


def test_the_service_is_withdrawn_and_offered_again(built):
    bench, _ = built(offered())
    without = offered().having(listeners={})
    bench.thread.run(bench.fabric.change, without)
    assert attempt(bench) == "TimeoutError"
    bench.thread.run(bench.fabric.change, offered())
    attempt(bench).close()
