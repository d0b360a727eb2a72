"""Network firewalls in the kernel: which requests get through, by their names and by their ports."""

import select
import socket
import ssl

import pytest

from netful.model.allocation import allocate
from netful.model.network.addresses import INTERNET_HOST, elastic_ip
from netful.model.network.network_firewall import (
    Addresses,
    Application,
    DefaultAction,
    Firewall,
    FlowOption,
    Header,
    NameMatch,
    PortRanges,
    RuleAction,
    StatefulRule,
)
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.vpc import Subnet
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from tests.helpers.hand_made import TCP, IPv4Network, cloud, group, instance, rule

pytestmark = pytest.mark.packets
EVERYWHERE = IPv4Network("0.0.0.0/0")
SECONDS = 1.5
TO_SERVER = frozenset({FlowOption.TO_SERVER, FlowOption.ESTABLISHED})


def stateful(action, *, application=None, names=(), port=None):
    header = Header(destination_ports=PortRanges(((port, port),)) if port else PortRanges(), protocols=(TCP,))
    flow = TO_SERVER if application else frozenset()
    return StatefulRule("rule", action, header, flow=flow, application=application, names=names)


def named(action, application, text):
    return stateful(action, application=application, names=(NameMatch(text, ends=True, dotted=text.startswith(".")),))


def firewalled(rules, defaults=()):
    """An instance with a public address, whose way out and in passes a firewall's endpoint."""
    app = instance("App", "Public", "10.0.2.50", ("FnSg",), elastic_ip(3))
    groups = {"FnSg": group("FnSg", (rule("in", EVERYWHERE),))}
    made = cloud(network_interfaces={app.id: app}, functions={}, security_groups=groups)
    firewall = Firewall("Fw", "Vpc", stateful_rules=tuple(rules), default_actions=defaults)
    endpoint = VpcEndpoint("Fw.endpoint1", "Vpc", "", "", EndpointType.OTHER, ("FwSubnet",), firewall_id="Fw")
    through = TargetKind.VPC_ENDPOINT, "Fw.endpoint1"
    block = made.network.subnets["Public"].cidr_block
    tables = {
        "PublicTable": RouteTable("PublicTable", "Vpc", (Route("out", *through, EVERYWHERE),), ("Public",)),
        "FwTable": RouteTable("FwTable", "Vpc", (Route("on", TargetKind.INTERNET_GATEWAY, "Igw", EVERYWHERE),), ("FwSubnet",)),
        "Edge": RouteTable("Edge", "Vpc", (Route("in", *through, block),), gateway_ids=("Igw",)),
    }  # fmt: skip
    subnets = {**made.network.subnets, "FwSubnet": Subnet("FwSubnet", "Vpc", IPv4Network("10.0.9.0/24"))}
    kept = {name: table for name, table in made.network.route_tables.items() if "Public" not in table.subnet_ids}
    return allocate(
        made.having(
            subnets=subnets,
            route_tables=kept | tables,
            firewalls={"Fw": firewall},
            vpc_endpoints={endpoint.id: endpoint},
        )
    )


def hello(name, *, protocols=("http/1.1",)):
    """The first bytes of a TLS client; many protocols make them longer than a packet."""
    context, came, gone = ssl.create_default_context(), ssl.MemoryBIO(), ssl.MemoryBIO()
    context.set_alpn_protocols([*protocols])
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(came, gone, server_hostname=name).do_handshake()
    return gone.read()


def get(host):
    return f"GET / HTTP/1.1\r\nAccept: */*\r\nHost: {host}\r\n\r\n".encode()


LONG = tuple(f"protocol-{number:04}" for number in range(300))


def outcome(bench, data, port):
    """What becomes of a client's first bytes: arrived, lost, refused, reset or timeout."""
    position = bench.thread.run(bench.fabric.positions.interface, "eni-App")
    with bench.thread.run(position.socket, socket.SOCK_STREAM) as client:
        try:
            client.settimeout(SECONDS)
            client.connect((str(INTERNET_HOST), port))
        except ConnectionRefusedError:
            return "refused"
        except TimeoutError:
            return "timeout"
        listening = [door.socket for door in bench.fabric.doors if door.purpose in {"https", "http", "echo"}]
        ready, _, _ = select.select(listening, [], [], SECONDS)
        with ready[0].accept()[0] as server:
            server.settimeout(SECONDS)
            client.sendall(data)
            received = b""
            try:
                while len(received) < len(data):
                    received += server.recv(len(data))
            except TimeoutError:
                return "reset" if client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) else "lost"
            return "arrived"


STRICT = (DefaultAction.DROP_ESTABLISHED,)
TLS_API = named(RuleAction.PASS, Application.TLS, ".example.com")


@pytest.mark.parametrize(
    ("rules", "defaults", "data", "port", "expected"),
    [
        ((TLS_API,), STRICT, hello("api.example.com"), 443, "arrived"),
        ((TLS_API,), STRICT, hello("example.com"), 443, "arrived"),
        ((TLS_API,), STRICT, hello("evil-example.com"), 443, "lost"),
        ((TLS_API,), STRICT, hello("api.example.com", protocols=LONG), 443, "arrived"),
        ((TLS_API,), STRICT, hello("api.example.org", protocols=LONG), 443, "lost"),
        ((TLS_API,), STRICT, hello("api.example.com"), 8443, "arrived"),
        ((TLS_API,), STRICT, get("api.example.com"), 80, "lost"),
        ((TLS_API,), STRICT, b"something else", 5432, "lost"),
        ((named(RuleAction.PASS, Application.HTTP, ".example.com"),), STRICT, get("api.example.com"), 80, "arrived"),
        ((named(RuleAction.DROP, Application.TLS, "example.com"),), (), hello("example.com"), 443, "lost"),
        ((named(RuleAction.DROP, Application.TLS, "example.com"),), (), hello("example.org"), 443, "arrived"),
        ((named(RuleAction.REJECT, Application.TLS, "example.com"),), (), hello("example.com"), 443, "reset"),
        ((stateful(RuleAction.PASS, port=443), named(RuleAction.DROP, Application.TLS, "example.com")), (), hello("example.com"), 443, "arrived"),
        ((stateful(RuleAction.REJECT, port=22),), (), b"ssh", 22, "refused"),
        ((stateful(RuleAction.DROP, port=22),), (), b"ssh", 22, "timeout"),
        ((), (DefaultAction.DROP_STRICT,), b"anything", 443, "timeout"),
        ((stateful(RuleAction.PASS, port=443),), (DefaultAction.DROP_STRICT,), b"anything", 443, "arrived"),
        ((), (), b"anything", 443, "arrived"),
    ],
)  # fmt: skip
def test_first_bytes_of_a_connection(build, rules, defaults, data, port, expected):
    assert outcome(build(firewalled(rules, defaults)), data, port) == expected


def test_connections_that_have_passed_go_on_after_a_change_and_new_ones_do_not(build):
    bench = build(firewalled((stateful(RuleAction.PASS, port=443),), (DefaultAction.DROP_STRICT,)))
    position = bench.thread.run(bench.fabric.positions.interface, "eni-App")
    with bench.thread.run(position.socket, socket.SOCK_STREAM) as client:
        client.settimeout(SECONDS)
        client.connect((str(INTERNET_HOST), 443))
        listening = [door.socket for door in bench.fabric.doors if door.purpose == "https"]
        ready, _, _ = select.select(listening, [], [], SECONDS)
        with ready[0].accept()[0] as server:
            server.settimeout(SECONDS)
            bench.thread.run(bench.fabric.change, firewalled((), (DefaultAction.DROP_STRICT,)))
            client.sendall(b"still here")
            assert server.recv(100) == b"still here"
    assert outcome(bench, b"new", 443) == "timeout"


CLOSED = 8080


def test_a_closed_port_refuses_through_a_firewall(build):
    bench = build(firewalled(()))
    client = bench.thread.run(bench.fabric.positions.internet)
    assert bench.connect(client, elastic_ip(3), CLOSED)[0] == "refused"


@pytest.mark.parametrize("sender", ["10.0.2.50", str(elastic_ip(3))])
def test_a_firewall_refuses_a_host_that_calls_its_own_public_address(build, sender):
    """The packets pass the firewall with the host's own address, and after the gateway with the public one."""
    ports = PortRanges(((CLOSED, CLOSED),))
    header = Header(sources=Addresses((IPv4Network(sender),)), destination_ports=ports, protocols=(TCP,))
    bench = build(firewalled((StatefulRule("rule", RuleAction.REJECT, header),)))
    client = bench.thread.run(bench.fabric.positions.interface, "eni-App")
    assert bench.connect(client, elastic_ip(3), CLOSED)[0] == "refused"
