"""What the kernel lets through, construct by construct: real packets between namespaces."""

from dataclasses import replace

import pytest

from netful.fabric.doors.door import DoorKind
from netful.model.allocation import allocate
from netful.model.functions.capacity_providers import CapacityProvider
from netful.model.network.addresses import INTERNET_HOST, LAMBDA_SERVICE, elastic_ip, prefix_list_block
from netful.model.network.gateways import NatGateway
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.protocols import UDP
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.transit_gateways import TransitGateway
from netful.model.network.vpc import Subnet
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from tests.helpers.hand_made import (
    TCP,
    IPv4Address,
    IPv4Network,
    acl_entry,
    cloud,
    endpoint,
    function,
    group,
    instance,
    joined_by_transit_gateway,
    nat,
    regional_nat,
    route,
    rule,
)

pytestmark = pytest.mark.packets
EVERYWHERE = IPv4Network("0.0.0.0/0")
HTTPS_FROM_FUNCTION = rule("in", "FnSg", 443, protocol=TCP)


def test_nat_gateway_shows_its_elastic_ip(build):
    bench = build(nat())
    (position,) = bench.positions()
    outcome, source, door = bench.connect(position, INTERNET_HOST, 443)
    assert (outcome, source, door.kind) == ("open", str(elastic_ip(0)), DoorKind.INTERNET)


def test_regional_nat_gateway_shows_the_address_of_the_client_s_zone(build):
    parts = regional_nat()
    bench = build(cloud(**parts, functions={"Fn": function(subnets=("Private", "Public"))}))
    seen = {position.name: bench.connect(position, INTERNET_HOST, 443)[:2] for position in bench.positions()}
    assert sorted(seen.values()) == [("open", str(elastic_ip(0))), ("open", str(elastic_ip(1)))]
    only = replace(parts["nat_gateways"]["NatGw"], zonal_allocation_ids={"eu-west-1a": ("Eipa",)})
    bench = build(cloud(**parts | {"nat_gateways": {"NatGw": only}}, functions={"Fn": function(subnets=("Public",))}))
    assert bench.from_function(INTERNET_HOST, 443) == "timeout"


def test_regional_nat_gateway_without_free_ports_answers_no_one(build):
    bench = build(cloud(**regional_nat()))
    for exhausted, outcome in (({"NatGw"}, "timeout"), ((), "open")):
        bench.thread.run(bench.fabric.impaired.follow, bench.fabric.vpcs, {}, exhausted, (), {})
        assert bench.from_function(INTERNET_HOST, 443) == outcome


def test_internet_answers_on_any_port(build):
    assert build(nat()).from_function(INTERNET_HOST, 5432) == "open"


def test_isolated_subnet_times_out(build):
    assert build(cloud()).from_function(INTERNET_HOST, 443) == "timeout"


def test_managed_instances_in_a_public_subnet_show_their_public_address(build):
    provider = CapacityProvider("Instances", "", ("Public",), ("FnSg",), {"Public": elastic_ip(7)})
    there = replace(function(subnets=("Public",)), capacity_provider="Instances")
    classic = function("Classic", subnets=("Public",))
    bench = build(cloud(functions={"Fn": there, "Classic": classic}, capacity_providers={"Instances": provider}))
    (managed,), (other,) = bench.positions(), bench.positions("Classic")
    assert bench.connect(managed, INTERNET_HOST, 443)[:2] == ("open", str(elastic_ip(7)))
    assert bench.connect(other, INTERNET_HOST, 443)[0] == "timeout"


def test_function_in_a_public_subnet_times_out(build):
    assert build(cloud(functions={"Fn": function(subnets=("Public",))})).from_function(INTERNET_HOST, 443) == "timeout"


@pytest.mark.parametrize("address", [elastic_ip(3), IPv4Address("52.1.2.3")])
def test_public_address_is_seen_outside(build, address):
    stack = cloud(network_interfaces={"i": instance("Web", "Public", "10.0.2.50", ("FnSg",), address)})
    bench = build(stack)
    position = bench.thread.run(bench.fabric.positions.interface, "eni-Web")
    assert bench.connect(position, INTERNET_HOST, 443)[:2] == ("open", str(address))


def test_nat_gateway_in_a_private_subnet_leads_nowhere(build):
    tables = {"Main": RouteTable("Main", "Vpc", (route("Nat", "NatGw", kind=TargetKind.NAT_GATEWAY),), main=True)}
    assert build(nat(route_tables=tables)).from_function(INTERNET_HOST, 443) == "timeout"


def test_blackhole_hides_a_working_default_route(build):
    hole = route("Hole", "gone", IPv4Network("192.0.2.0/26"), TargetKind.NETWORK_INTERFACE, blackhole=True)
    tables = dict(nat().network.route_tables)
    tables["Main"] = replace(tables["Main"], routes=(*tables["Main"].routes, hole))
    bench = build(nat(route_tables=tables))
    assert bench.from_function(INTERNET_HOST, 443) == "timeout"
    assert bench.from_function("198.18.0.10", 443) == "open"


def test_function_outside_a_vpc_has_the_internet_but_no_vpc(build):
    bench = build(endpoint([HTTPS_FROM_FUNCTION], functions={"Fn": function(subnets=(), groups=())}))
    (position,) = bench.positions()
    assert bench.connect(position, INTERNET_HOST, 443)[:2] == ("open", str(LAMBDA_SERVICE))
    assert bench.connect(position, "10.0.1.4", 443)[0] == "timeout"


@pytest.mark.parametrize(
    ("ingress", "outcome"),
    [
        ([HTTPS_FROM_FUNCTION], "open"),
        ([rule("in", IPv4Network("10.0.0.0/16"), 443, protocol=TCP)], "open"),
        ([rule("in", IPv4Network("10.0.9.0/24"), 443, protocol=TCP)], "timeout"),
        ([rule("in", "FnSg", 444, protocol=TCP)], "timeout"),
        ([rule("in", "FnSg", 440, 450, protocol=TCP)], "open"),
        ([rule("in", "FnSg", 443, protocol=UDP)], "timeout"),
        ([rule("in", "EpSg", 443, protocol=TCP)], "timeout"),
        ([], "timeout"),
    ],
)
def test_endpoint_group_decides(build, ingress, outcome):
    assert build(endpoint(ingress)).from_function("10.0.1.4", 443) == outcome


def test_endpoint_sees_the_interface_that_functions_share(build):
    functions = {"Fn": function(), "Other": function("Other")}
    bench = build(endpoint([HTTPS_FROM_FUNCTION], functions=functions))
    (eni,) = bench.fabric.cloud.network.interfaces_of("Other")
    for name in functions:
        (position,) = bench.positions(name)
        _, source, door = bench.connect(position, "10.0.1.4", 443)
        assert (source, door.endpoint_id) == (str(eni.private_ip_address), "Ssm")


@pytest.mark.parametrize(
    ("egress", "outcome"),
    [
        ([], "timeout"),
        ([rule("out", IPv4Network("10.0.0.0/16"), 443, protocol=TCP)], "open"),
        ([rule("out", "EpSg", 443, protocol=TCP)], "open"),
        ([rule("out", "FnSg", 443, protocol=TCP)], "timeout"),
        ([rule("out", IPv4Network("127.0.0.1/32"))], "timeout"),
    ],
)
def test_group_of_the_function_decides_on_the_way_out(build, egress, outcome):
    groups = {"FnSg": group("FnSg", egress=egress), "EpSg": group("EpSg", [HTTPS_FROM_FUNCTION])}
    assert build(endpoint([], security_groups=groups)).from_function("10.0.1.4", 443) == outcome


def gateway_endpoint(tables=("Main",), egress=None):
    to_s3 = Route("S3.route", TargetKind.VPC_ENDPOINT, "S3", destination_prefix_list_id="pl-s3")
    s3 = VpcEndpoint("S3", "Vpc", "com.amazonaws.eu-west-1.s3", "s3", EndpointType.GATEWAY, route_table_ids=tables)
    table = RouteTable("Main", "Vpc", (to_s3,) if "Main" in tables else (), main=True)
    return cloud(
        vpc_endpoints={"S3": s3}, route_tables={"Main": table}, security_groups={"FnSg": group("FnSg", egress=egress)}
    )


S3_ADDRESS = prefix_list_block("s3", "eu-west-1")[10]


def test_gateway_endpoint_sees_the_private_address(build):
    bench = build(gateway_endpoint())
    (position,) = bench.positions()
    outcome, source, door = bench.connect(position, S3_ADDRESS, 443)
    assert (outcome, source, door.endpoint_id) == ("open", "10.0.1.4", "S3")
    assert bench.connect(position, INTERNET_HOST, 443)[0] == "timeout"


def test_gateway_endpoint_without_the_route_table_is_not_reached(build):
    assert build(gateway_endpoint(tables=())).from_function(S3_ADDRESS, 443) == "timeout"


def test_group_by_prefix_list_admits_the_service_alone(build):
    bench = build(gateway_endpoint(egress=[rule("out", "pl-s3", 443, protocol=TCP)]))
    assert bench.from_function(S3_ADDRESS, 443) == "open"
    assert bench.from_function(S3_ADDRESS, 80) == "timeout"


def with_acl(ingress, egress):
    """An endpoint in the public subnet, and an ACL on the private one."""
    stack = endpoint([HTTPS_FROM_FUNCTION])
    ssm = replace(stack.network.vpc_endpoints["Ssm"], subnet_ids=("Public",))
    acl = NetworkAcl("Private.acl", "Vpc", tuple(ingress), tuple(egress), ("Private",))
    return allocate(
        stack.having(vpc_endpoints={"Ssm": ssm}, network_acls=dict(stack.network.network_acls) | {"Private.acl": acl},
            network_interfaces={},
        )
    )  # fmt: skip


ALL = acl_entry(100)


@pytest.mark.parametrize(
    ("ingress", "egress", "outcome"),
    [
        ([ALL], [ALL], "open"),
        ([], [ALL], "timeout"),
        ([ALL], [], "timeout"),
        ([acl_entry(10, first=1024, last=65535, protocol=TCP)], [acl_entry(10, first=443, last=443, protocol=TCP)], "open"),
        ([acl_entry(10, first=443, last=443, protocol=TCP)], [ALL], "timeout"),
        ([ALL], [acl_entry(10, allow=False, block=IPv4Network("10.0.2.0/24")), ALL], "timeout"),
        ([ALL], [ALL, acl_entry(200, allow=False)], "open"),
    ],
)  # fmt: skip
def test_acl_is_stateless_and_ordered(build, ingress, egress, outcome):
    assert build(with_acl(ingress, egress)).from_function("10.0.2.4", 443) == outcome


def test_acl_does_not_apply_inside_a_subnet(build):
    stack = endpoint([HTTPS_FROM_FUNCTION])
    acl = NetworkAcl("Private.acl", "Vpc", (), (), ("Private",))
    bench = build(stack.having(network_acls=dict(stack.network.network_acls) | {"Private.acl": acl}))
    assert bench.from_function("10.0.1.4", 443) == "open"


def test_port_without_a_listener_is_refused_by_the_host_itself(build):
    stack = cloud(network_interfaces={"i": instance("Db", "Public", "10.0.2.50", ("FnSg",))})
    stack = stack.having(security_groups={"FnSg": group("FnSg", [rule("in", "FnSg")])})
    assert build(stack).from_function("10.0.2.50", 5432) == "refused"


def test_address_that_nobody_has_is_silent(build):
    assert build(cloud()).from_function("10.0.2.77", 443) == "timeout"


def test_resolver_that_the_vpc_does_not_have_is_silent(build):
    vpc = replace(cloud().network.vpcs["Vpc"], enable_dns_support=False)
    assert build(cloud(vpcs={"Vpc": vpc})).from_function("10.0.0.2", 53) == "timeout"


def test_nothing_reaches_into_a_function(build):
    stack = cloud(
        security_groups={"FnSg": group("FnSg", [rule("in", EVERYWHERE)])},
        network_interfaces={"i": instance("Web", "Public", "10.0.2.50", ("FnSg",))},
    )
    bench = build(stack)
    (eni,) = bench.fabric.cloud.network.interfaces_of("Fn")
    position = bench.thread.run(bench.fabric.positions.interface, "eni-Web")
    assert bench.connect(position, eni.private_ip_address, 443)[0] == "timeout"


def test_sandboxes_do_not_see_one_another(build):
    bench = build(cloud())
    first, second = bench.positions()[0], bench.positions()[0]
    listener = bench.thread.run(second.netns.listen, "0.0.0.0", 8080)
    with listener:
        assert bench.connect(first, second.address, 8080)[0] == "timeout"


def test_visitor_in_a_subnet_comes_and_goes(build):
    bench = build(endpoint([rule("in", "Visitors", 443, protocol=TCP)], security_groups={
        "FnSg": group("FnSg"), "Visitors": group("Visitors"),
        "EpSg": group("EpSg", [rule("in", "Visitors", 443, protocol=TCP)]),
    }))  # fmt: skip
    for _ in range(2):
        visitor = bench.thread.run(bench.fabric.positions.subnet, "Public", ("Visitors",))
        assert bench.connect(visitor, "10.0.1.4", 443)[0] == "open"
        bench.thread.run(visitor.release)
    stranger = bench.thread.run(bench.fabric.positions.subnet, "Public", ("FnSg",))
    assert bench.connect(stranger, "10.0.1.4", 443)[0] == "timeout"


def nat_instance(*, check, **more):
    """A function's subnet that leads to an instance in the public one."""
    box = replace(instance("Box", "Public", "10.0.2.50", ("Open",), elastic_ip(3)), source_dest_check=check)
    to_box = route("Nat", "Box", kind=TargetKind.INSTANCE)
    tables = dict(cloud().network.route_tables) | {"Main": RouteTable("Main", "Vpc", (to_box,), main=True)}
    groups = {"FnSg": group("FnSg"), "Open": group("Open", [rule("in", EVERYWHERE)])}
    return cloud(**{"route_tables": tables, "security_groups": groups, "network_interfaces": {"i": box}} | more)


def test_nat_instance_forwards_with_its_own_address(build):
    bench = build(nat_instance(check=False))
    (position,) = bench.positions()
    assert bench.connect(position, INTERNET_HOST, 443)[:2] == ("open", str(elastic_ip(3)))


def test_nat_instance_with_its_check_on_forwards_nothing(build):
    assert build(nat_instance(check=True)).from_function(INTERNET_HOST, 443) == "timeout"


def test_group_of_a_nat_instance_must_admit_its_clients(build):
    groups = {"FnSg": group("FnSg"), "Open": group("Open")}
    assert build(nat_instance(check=False, security_groups=groups)).from_function(INTERNET_HOST, 443) == "timeout"


def test_a_route_of_a_whole_subnet_goes_before_the_local_one(build):
    """Through an appliance on the way to a subnet of the VPC itself (vpc-network §1.6)."""
    through = route("Through", "Box", IPv4Network("10.0.3.0/24"), TargetKind.INSTANCE)
    tables = dict(cloud().network.route_tables) | {"Main": RouteTable("Main", "Vpc", (through,), main=True)}
    subnets = dict(cloud().network.subnets) | {"Far": Subnet("Far", "Vpc", IPv4Network("10.0.3.0/24"))}
    narrow = group("Narrow", [rule("in", IPv4Network("10.0.2.50/32"))])
    more = {"security_groups": dict(nat_instance(check=False).network.security_groups) | {"Narrow": narrow}}
    boxes = nat_instance(check=False).network.network_interfaces
    enis = {"box": boxes["eni-Box"], "far": instance("Far", "Far", "10.0.3.50", ("Narrow",))}
    direct = nat_instance(check=False, subnets=subnets, **more | {"network_interfaces": enis})
    assert build(direct).from_function("10.0.3.50", 443) == "timeout"
    assert build(direct.having(route_tables=tables)).from_function("10.0.3.50", 443) == "refused"


@pytest.mark.parametrize(("public", "outcome"), [(True, "open"), (False, "timeout")])
def test_private_nat_gateway_has_no_way_to_the_internet(build, public, outcome):
    gateway = NatGateway("NatGw", "Public", "Vpc", public=public, allocation_ids=("Eip",) if public else ())
    assert build(nat(nat_gateways={"NatGw": gateway})).from_function(INTERNET_HOST, 443) == outcome


def test_private_nat_gateway_shows_its_own_address_inside(build):
    """Its use: what it forwards within reach of the VPC bears its private address (vpc-network §4.3)."""
    gateway = NatGateway("NatGw", "Public", "Vpc", public=False)
    tables = dict(nat().network.route_tables)
    through = route("Through", "NatGw", IPv4Network("10.0.3.0/24"), TargetKind.NAT_GATEWAY)
    tables["Main"] = replace(tables["Main"], routes=(through,))
    groups = {"FnSg": group("FnSg"), "Narrow": group("Narrow", [rule("in", IPv4Network("10.0.2.4/32"))])}
    bench = build(
        nat(
            nat_gateways={"NatGw": gateway},
            route_tables=tables,
            security_groups=groups,
            subnets=dict(cloud().network.subnets) | {"Far": Subnet("Far", "Vpc", IPv4Network("10.0.3.0/24"))},
            network_interfaces={"far": instance("Far", "Far", "10.0.3.50", ("Narrow",))},
        )
    )
    assert bench.from_function("10.0.3.50", 443) == "refused"


def test_spoofed_source_is_dropped(build):
    stack = endpoint(
        [rule("in", EVERYWHERE)], network_interfaces={"i": instance("Web", "Public", "10.0.2.50", ("FnSg",))}
    )
    bench = build(stack)
    position = bench.thread.run(bench.fabric.positions.interface, "eni-Web")
    leaf = bench.fabric.vpcs.owner_of("eni-Web")

    def take_a_foreign_address():
        leaf.rtnetlink.address(IPv4Address("10.0.2.99"), 10)
        leaf.rtnetlink.flush()

    bench.thread.run(take_a_foreign_address)
    sock = bench.thread.run(position.socket, 1)
    sock.bind(("10.0.2.99", 0))
    sock.setblocking(True)
    sock.settimeout(1.0)
    with sock, pytest.raises(TimeoutError):
        sock.connect(("10.0.1.4", 443))


def test_two_clouds_with_the_same_addresses_do_not_meet(build):
    one, other = build(endpoint([HTTPS_FROM_FUNCTION])), build(endpoint([]))
    assert one.from_function("10.0.1.4", 443) == "open"
    assert other.from_function("10.0.1.4", 443) == "timeout"


@pytest.mark.parametrize(
    ("ingress", "egress", "outcome"),
    [
        ([ALL], [ALL], "refused"),
        ([ALL], [], "timeout"),
        ([], [ALL], "timeout"),  # the inbound rules are asked too, with the sender's address
        ([acl_entry(10, block=IPv4Network("10.0.1.0/24"))], [ALL], "refused"),  # and none on the way back
        ([acl_entry(10, block=IPv4Network("10.1.0.0/16"))], [ALL], "timeout"),
    ],
)
def test_acl_of_a_subnet_that_holds_its_own_attachment(build, ingress, egress, outcome):
    assert build(joined_by_transit_gateway(ingress, egress)).from_function("10.1.1.50", 5432) == outcome


@pytest.mark.parametrize(
    ("gateway", "near", "far", "outcome"),
    [
        (True, True, True, "refused"),
        (False, True, True, "timeout"),
        (True, False, True, "timeout"),
        (True, True, False, "timeout"),
    ],
)
def test_references_to_groups_across_a_transit_gateway(build, gateway, near, far, outcome):
    made = joined_by_transit_gateway([ALL], [ALL])
    attachments = made.network.transit_gateway_attachments
    supported = {"A": near, "B": far}
    made = made.having(
        security_groups={**made.network.security_groups, "Db": replace(group("Db", [rule("in", "FnSg")]), vpc_id="W")},
        transit_gateways={"Tgw": TransitGateway("Tgw", security_group_referencing=gateway)},
        transit_gateway_attachments={
            id_: replace(one, security_group_referencing=supported[id_]) for id_, one in attachments.items()
        },
    )
    assert build(made).from_function("10.1.1.50", 5432) == outcome


def test_outbound_rules_refer_to_no_group_behind_a_transit_gateway(build):
    made = joined_by_transit_gateway([ALL], [ALL])
    groups = {**made.network.security_groups, "FnSg": group("FnSg", egress=[rule("out", "Db")])}
    supporting = {"Tgw": TransitGateway("Tgw", security_group_referencing=True)}
    bench = build(made.having(security_groups=groups, transit_gateways=supporting))
    assert bench.from_function("10.1.1.50", 5432) == "timeout"


def test_group_that_is_associated_with_another_vpc_filters_there(build):
    made = joined_by_transit_gateway([ALL], [ALL])
    shared = replace(group("Shared", [rule("in", "FnSg")]), associated_vpc_ids=("W",))
    bench = build(
        made.having(
            security_groups={**made.network.security_groups, "Shared": shared},
            network_interfaces={**made.network.network_interfaces, "i": instance("Db", "W1", "10.1.1.50", ("Shared",))},
            transit_gateways={"Tgw": TransitGateway("Tgw", security_group_referencing=True)},
        )
    )
    assert bench.from_function("10.1.1.50", 5432) == "refused"
