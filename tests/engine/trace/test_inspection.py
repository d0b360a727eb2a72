from dataclasses import replace

from netful.engine.network.route_targets.inspection import is_on, not_run
from netful.model.network.gateways import InternetGateway
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from tests.helpers.paths import denials, path
from tests.helpers.small_clouds import cloud, eni, group, main_table, net, route, rule

TO_APPLIANCES = route("0.0.0.0/0", TargetKind.VPC_ENDPOINT, "Ep")
ENDPOINT = VpcEndpoint("Ep", "Vpc", "com.amazonaws.vpce.x", "", EndpointType.OTHER, ("B",))
HOST = eni("eni-Host", address="10.0.1.50", public_ip=net("203.0.113.9/32").network_address)


def network(*more):
    return cloud(
        group("Sg", ingress=(rule(ALL_PROTOCOLS, -1),)),
        main_table(TO_APPLIANCES),
        ENDPOINT,
        HOST,
        InternetGateway("Igw", "Vpc"),
        *more,
    )


def test_tables_that_send_it_to_appliances_in_a_circle():
    made = network(
        VpcEndpoint("Ep2", "Vpc", "x", "", EndpointType.OTHER, ("A",)),
        RouteTable("T", "Vpc", (route("0.0.0.0/0", TargetKind.VPC_ENDPOINT, "Ep2"),), ("B",)),
    )
    assert "NETFUL_APPLIANCE_LOOP" in denials(path(made, "10.0.1.50", "internet"))


def test_the_appliances_own_subnet_needs_a_way_out():
    assert denials(path(network(), "10.0.1.50", "internet"))[0] == "NO_ROUTE_TO_DESTINATION"


def test_what_a_gateway_brings_in_goes_by_the_gateway_s_own_table():
    out = RouteTable("Out", "Vpc", (route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw"),), ("B",))
    edge = RouteTable("Edge", "Vpc", (route("10.0.1.0/24", TargetKind.VPC_ENDPOINT, "Ep"),), gateway_ids=("Igw",))
    made = network(out, edge, replace(ENDPOINT, id="Idle"))
    for source, destination in (("internet", "203.0.113.9:tcp/80"), ("10.0.1.50", "internet")):
        found = path(made, source, destination)
        assert found.verdict == "reachable"
        both = [[hop.component for hop in hops].count("Ep") for hops in (found.hops, found.return_hops)]
        assert both == [1, 1]
        assert is_on(made, found)
    assert [text.split("`")[1] for text in not_run(made)] == ["Ep"]
    plain = network(out)
    assert [hop.component for hop in path(plain, "internet", "203.0.113.9:tcp/80").hops].count("Ep") == 0


def test_a_blackhole_in_the_gateway_s_own_table_loses_what_comes_in_and_what_answers():
    out = RouteTable("Out", "Vpc", (route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw"),), ("A", "B"))
    gone = replace(route("10.0.1.0/24", TargetKind.VPC_ENDPOINT, "Ep"), blackhole=True)
    made = network(out, RouteTable("Edge", "Vpc", (gone,), gateway_ids=("Igw",)))
    for source, destination in (("internet", "203.0.113.9:tcp/80"), ("10.0.1.50", "internet")):
        found = path(made, source, destination)
        assert (found.verdict, denials(found)) == ("blocked", ["BAD_STATE_ROUTE"])
