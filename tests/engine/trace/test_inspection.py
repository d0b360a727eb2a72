from dataclasses import replace

import pytest

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


OF_SERVICE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: ZONE}}
  Gateways: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: gateway, Subnets: [!Ref A]}}
  Service: {Type: AWS::EC2::VPCEndpointService, Properties: {GatewayLoadBalancerArns: [!Ref Gateways]}}
  Ep: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: GatewayLoadBalancer, ServiceName: !Sub 'com.amazonaws.vpce.us-east-1.${Service}', SubnetIds: [!Ref B]}}
  Igw: {Type: AWS::EC2::InternetGateway}
  OfVpc: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref Table}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, VpcEndpointId: !Ref Ep}}
  Host: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A}}
"""


@pytest.mark.parametrize(("zone", "offered"), [("us-east-1a", True), ("us-east-1b", False)])
def test_an_endpoint_of_appliances_is_in_a_zone_of_their_load_balancer(cloud_of, zone, offered):
    found = denials(path(cloud_of(OF_SERVICE.replace("ZONE", zone)), "Host", "192.0.2.9:tcp/80"))
    assert ("VPCE_SERVICE_NOT_INSTALLED_IN_AZ" in found) is not offered
