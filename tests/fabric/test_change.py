"""A running network takes another cloud: what changed follows at once, what did not keeps its connections."""

import select
import socket
from dataclasses import replace

import pytest

from netful.model.allocation import allocate
from netful.model.network.addresses import INTERNET_HOST, elastic_ip, prefix_list_block
from netful.model.network.gateways import VpcPeeringConnection
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.vpc import Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from tests.helpers.hand_made import (
    EVERYWHERE,
    TCP,
    IPv4Network,
    acl_entry,
    cloud,
    endpoint,
    function,
    group,
    instance,
    nat,
    route,
    rule,
)
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets
ADMITTED, CLOSED = [rule("in", "FnSg", 443, protocol=TCP)], []
ENDPOINT = ("10.0.1.4", 443)
S3_ADDRESS = prefix_list_block("s3", "eu-west-1")[10]


def change(bench, new):
    bench.thread.run(bench.fabric.change, new)


def established(bench, address, port):
    """A connection that stands: both its ends."""
    (position,) = bench.positions()
    client = bench.thread.run(position.socket, socket.SOCK_STREAM)
    client.setblocking(True)
    client.connect((address, port))
    listening = [d.socket for d in bench.fabric.doors if d.purpose == "https"]
    ready, _, _ = select.select(listening, [], [], ENOUGH_SECONDS)
    server, _ = ready[0].accept()
    bench.held += [client, server]
    return client, server


def carries(client, server):
    """Whether a byte still gets from one end to the other."""
    try:
        client.send(b"x")
    except OSError:
        return False
    ready, _, _ = select.select([server], [], [], 0.7)
    return bool(ready) and server.recv(1) == b"x"


def test_group_rule_that_goes_stops_new_connections_and_keeps_the_old(build):
    bench = build(endpoint(ADMITTED))
    ends = established(bench, *ENDPOINT)
    change(bench, endpoint(CLOSED))
    assert bench.from_function(*ENDPOINT) == "timeout"
    assert carries(*ends)
    change(bench, endpoint(ADMITTED))
    assert bench.from_function(*ENDPOINT) == "open"


def test_acl_cuts_what_stands(build):
    everything, far = endpoint(ADMITTED), {}
    ssm = replace(everything.network.vpc_endpoints["Ssm"], subnet_ids=("Public",))
    before = allocate(everything.having(vpc_endpoints={"Ssm": ssm}, network_interfaces={}))
    bench = build(before)
    ends = established(bench, "10.0.2.4", 443)
    assert carries(*ends)
    far["Wall"] = NetworkAcl("Wall", "Vpc", (acl_entry(10, allow=False),), (acl_entry(10),), ("Public",))
    change(bench, before.having(network_acls=dict(before.network.network_acls) | far))
    assert not carries(*ends)


def test_endpoint_that_goes_takes_its_connections_along_and_may_come_back(build):
    bench = build(endpoint(ADMITTED))
    ends = established(bench, *ENDPOINT)
    doors = len([*bench.fabric.doors])
    change(bench, cloud(security_groups=endpoint(ADMITTED).network.security_groups))
    assert len([*bench.fabric.doors]) == doors - 2
    assert not carries(*ends)
    for end in ends:
        end.close()
    change(bench, endpoint(ADMITTED))
    assert bench.from_function(*ENDPOINT) == "open"


def s3_by_gateway(policy=None, tables=("Main",)):
    """`nat`, whose function reaches S3 by a gateway endpoint where its table has the route."""
    to_s3 = Route("S3.route", TargetKind.VPC_ENDPOINT, "S3", destination_prefix_list_id="pl-s3")
    routes = {
        n: replace(t, routes=(*t.routes, to_s3)) if n in tables else t for n, t in nat().network.route_tables.items()
    }
    service = "com.amazonaws.eu-west-1.s3"
    s3 = VpcEndpoint(
        "S3", "Vpc", service, "s3", EndpointType.GATEWAY, route_table_ids=tables, policy_document=policy
    )  # fmt: skip
    return nat(vpc_endpoints={"S3": s3}, route_tables=routes)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (nat(), s3_by_gateway()),
        (s3_by_gateway(), nat()),
        (s3_by_gateway(), s3_by_gateway({"Statement": []})),
        (s3_by_gateway(), s3_by_gateway(tables=("Main", "PublicTable"))),
    ],
    ids=["made", "withdrawn", "another policy", "another table"],
)
def test_gateway_endpoint_that_changes_cuts_what_stands(build, before, after):
    bench = build(before)
    ends = established(bench, str(S3_ADDRESS), 443)
    assert carries(*ends)
    change(bench, after)
    assert not carries(*ends)
    assert bench.from_function(S3_ADDRESS, 443) == "open"


def test_gateway_endpoint_that_stays_keeps_its_connections(build):
    bench = build(s3_by_gateway())
    ends = established(bench, str(S3_ADDRESS), 443)
    change(bench, s3_by_gateway().having(security_groups={"FnSg": group("FnSg", [rule("in", EVERYWHERE)])}))
    assert carries(*ends)


def test_secondary_block_comes_and_goes_and_keeps_connections(build):
    """Only the primary block is for ever (vpc-network §1.1)."""
    more = IPv4Network("100.64.0.0/16")
    wide = {"Vpc": replace(cloud().network.vpcs["Vpc"], cidr_blocks=(*cloud().network.vpcs["Vpc"].cidr_blocks, more))}
    subnets = dict(cloud().network.subnets) | {"More": Subnet("More", "Vpc", IPv4Network("100.64.1.0/24"))}
    enis = {"i": instance("Web", "More", "100.64.1.50", ("Open",))}
    groups = dict(endpoint(ADMITTED).network.security_groups) | {"Open": group("Open", [rule("in", EVERYWHERE)])}
    narrow = endpoint(ADMITTED, security_groups=groups)
    widened = endpoint(ADMITTED, security_groups=groups, vpcs=wide, subnets=subnets, network_interfaces=enis)
    bench = build(narrow)
    ends = established(bench, *ENDPOINT)
    assert bench.from_function("100.64.1.50", 443) == "timeout"
    change(bench, widened)
    assert bench.from_function("100.64.1.50", 443) == "refused"
    assert bench.from_function("100.64.1.51", 443) == "timeout"
    change(bench, narrow)
    assert bench.from_function("100.64.1.50", 443) == "timeout"
    assert carries(*ends)


def test_unrelated_change_keeps_connections(build):
    bench = build(endpoint(ADMITTED))
    ends = established(bench, *ENDPOINT)
    more = endpoint(ADMITTED, functions={"Fn": function(), "Other": function("Other", subnets=("Public",))})
    change(bench, more)
    assert carries(*ends)
    (position,) = bench.positions("Other")
    assert bench.connect(position, *ENDPOINT)[:2] == ("open", "10.0.2.4")


def test_nat_gateway_comes_and_goes(build):
    bench = build(cloud())
    assert bench.from_function(INTERNET_HOST, 443) == "timeout"
    change(bench, nat())
    assert bench.from_function(INTERNET_HOST, 443) == "open"
    change(bench, cloud())
    assert bench.from_function(INTERNET_HOST, 443) == "timeout"


def test_internet_gateway_is_detached_and_attached(build):
    bench = build(nat())
    change(bench, nat(internet_gateways={}))
    assert bench.from_function(INTERNET_HOST, 443) == "timeout"
    change(bench, nat())
    (position,) = bench.positions()
    assert bench.connect(position, INTERNET_HOST, 443)[:2] == ("open", str(elastic_ip(0)))


def test_route_that_changes_its_target(build):
    bench = build(nat())
    hole = (route("Nat", "gone", kind=TargetKind.NETWORK_INTERFACE, blackhole=True),)
    tables = dict(nat().network.route_tables) | {"Main": RouteTable("Main", "Vpc", hole, main=True)}
    change(bench, nat(route_tables=tables))
    assert bench.from_function(INTERNET_HOST, 443) == "timeout"
    change(bench, nat(route_tables=dict(tables) | {"Main": RouteTable("Main", "Vpc", (), main=True)}))
    assert bench.from_function(INTERNET_HOST, 443) == "timeout"
    change(bench, nat())
    assert bench.from_function(INTERNET_HOST, 443) == "open"


def test_name_server_follows_the_dns_attribute(build):
    def resolvers(bench):
        return [door for door in bench.fabric.doors if door.purpose == "dns" and door.door.vpc_id == "Vpc"]

    bench = build(cloud())
    assert len(resolvers(bench)) == 2
    silent = {"Vpc": replace(cloud().network.vpcs["Vpc"], enable_dns_support=False)}
    gone = resolvers(bench)
    change(bench, cloud(vpcs=silent))
    assert resolvers(bench) == []
    for door in gone:
        door.close()
    assert bench.from_function("10.0.0.2", 53) == "timeout"
    change(bench, cloud())
    assert len(resolvers(bench)) == 2


def test_peering_is_made_and_withdrawn(build):
    other = {
        "vpcs": dict(cloud().network.vpcs) | {"W": Vpc("W", (IPv4Network("10.1.0.0/16"),), region="eu-west-1")},
        "subnets": dict(cloud().network.subnets) | {"W1": Subnet("W1", "W", IPv4Network("10.1.1.0/24"))},
        "network_acls": dict(cloud().network.network_acls)
        | {"W.acl": NetworkAcl("W.acl", "W", (acl_entry(100),), (acl_entry(100),), default=True)},
        "security_groups": {"FnSg": group("FnSg"), "Wg": replace(group("Wg", [rule("in", "FnSg")]), vpc_id="W")},
        "network_interfaces": {"i": instance("Db", "W1", "10.1.1.50", ("Wg",))},
    }
    peered = {
        "vpc_peering_connections": {"Pcx": VpcPeeringConnection("Pcx", "Vpc", "W")},
        "route_tables": {
            "Main": RouteTable("Main", "Vpc", (to_peer("10.1.0.0/16"),), main=True),
            "W.main": RouteTable("W.main", "W", (to_peer("10.0.0.0/16"),), main=True),
        },
    }
    bench = build(cloud())
    change(bench, cloud(**other))
    assert bench.from_function("10.1.1.50", 5432) == "timeout"
    change(bench, cloud(**other | peered))
    assert bench.from_function("10.1.1.50", 5432) == "refused"
    change(bench, cloud(**other))
    assert bench.from_function("10.1.1.50", 5432) == "timeout"
    change(bench, cloud())
    assert bench.from_function("10.1.1.50", 5432) == "timeout"


def to_peer(block):
    return route(f"to-{block}", "Pcx", IPv4Network(block), TargetKind.PEERING)
