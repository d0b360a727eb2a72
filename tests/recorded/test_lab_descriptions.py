"""Recorded accounts of the labs, read as the AWS CLI described them."""

from ipaddress import ip_address, ip_network

import pytest

from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.route_tables import TargetKind
from netful.model.network.transit_gateways import AttachmentKind
from netful.sources import load
from tests.helpers.places import LABS


def described(lab: str):
    return load([LABS / lab / "describe"])


@pytest.fixture(scope="module")
def demo():
    return described("aws_demo")


def test_regions_stand_together(demo):
    assert {vpc.region for vpc in demo.network.vpcs.values()} == {"us-east-1", "us-west-1"}
    assert len(demo.network.vpc_peering_connections) == 3


def test_what_is_deleted_is_left_out(demo):
    assert set(demo.network.nat_gateways) == {"nat-044f518facb617e97", "nat-0cad0aa2f7c20bced"}
    assert len(demo.network.transit_gateways) == 2


def test_routes_and_their_targets(demo):
    table = demo.network.route_table_of("subnet-05a2c4fd6af8ce732")
    kinds = {str(route.destination_cidr_block): route.target_kind for route in table.routes}
    assert kinds == {"10.1.0.0/16": TargetKind.TRANSIT_GATEWAY, "10.4.0.0/16": TargetKind.PEERING}


def test_transit_gateway_tables_know_who_is_associated_and_who_is_learned(demo):
    table = demo.network.transit_gateway_route_tables["tgw-rtb-0c2a84950694f93cf"]
    assert (
        set(table.associations)
        == set(table.propagations)
        == {"tgw-attach-035955f2e5cf4acf4", "tgw-attach-095da4bf1808714f7"}
    )
    attachment = demo.network.transit_gateway_attachments["tgw-attach-095da4bf1808714f7"]
    assert (attachment.kind, attachment.resource_id) == (AttachmentKind.VPC, "vpc-0ccd2155f545b45f9")
    assert attachment.subnet_ids == ("subnet-05a2c4fd6af8ce732",)


def test_interfaces_belong_to_somebody(demo):
    owners = {eni.owner for eni in demo.network.network_interfaces.values()}
    assert owners == {
        InterfaceOwner.INSTANCE,
        InterfaceOwner.NAT_GATEWAY,
        InterfaceOwner.LOAD_BALANCER,
        InterfaceOwner.OTHER,
    }
    (node,) = demo.network.interfaces_of("nlb-web-hr-east")
    assert (node.private_ip_address, node.public_ip) == (ip_address("10.1.201.110"), ip_address("54.208.181.211"))
    assert node.origin.file.endswith("us-east-1/NetworkInterfaces.json")
    assert node.origin.line == 96


def test_load_balancers_with_their_targets(demo):
    listener = demo.balancing.listeners["nlb-fin-east/443"]
    (group_id,) = listener.default_actions[0].target_group_ids
    group = demo.balancing.target_groups[group_id]
    assert [target.id for target in group.targets] == ["i-0a3bbdb3a3c97aa2b", "i-0086746dbfa18e750"]
    assert not demo.balancing.load_balancers["nlb-fin-east"].cross_zone


def test_filters(demo):
    acl = demo.network.network_acl_of("subnet-033702acc23cb08f3")
    assert [(entry.rule_number, entry.allow) for entry in acl.ingress] == [(1000, True)]
    group = demo.network.default_security_group_of("vpc-0ccd2155f545b45f9")
    assert [rule.peer for rule in group.ingress] == [group.id]


def test_endpoints_and_the_prefix_lists_that_lead_to_them():
    cloud = described("aws_vpc_endpoints")
    interface, gateway = (
        cloud.network.vpc_endpoints["vpce-0c84758dae8076c02"],
        cloud.network.vpc_endpoints["vpce-0532038c44e8de847"],
    )
    assert (interface.service, interface.private_dns_enabled, gateway.service) == ("ec2", True, "s3")
    assert cloud.network.vpcs[interface.vpc_id].enable_dns_hostnames
    (eni,) = cloud.network.interfaces_of(interface.id)
    assert eni.owner is InterfaceOwner.ENDPOINT
    (route,) = cloud.network.route_tables[gateway.route_table_ids[0]].routes
    assert ip_network("52.216.0.0/15") in cloud.network.prefix_lists[route.destination_prefix_list_id].cidr_blocks


def test_a_template_on_top_of_an_account(write):
    template = write("""
        Parameters: {Subnet: {Type: String}, Group: {Type: String}}
        Resources:
          Fn:
            Type: AWS::Lambda::Function
            Properties: {Code: {ZipFile: pass}, VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}}
    """)
    values = {"Subnet": "subnet-05a2c4fd6af8ce732", "Group": "sg-02d171313b8faad49"}
    cloud = load([template, LABS / "aws_demo" / "describe"], parameters=values)
    (eni,) = cloud.network.interfaces_of("Fn")
    assert cloud.network.vpc_of(eni.subnet_id).id == "vpc-0ccd2155f545b45f9"
    assert eni.private_ip_address is not None
