"""What calls of other APIs made and changed, over updates and deletions of the stacks that it belongs to."""

import json

import pytest

from netful.account.elbv2.api import ElbV2Api
from tests.account.cloudformation.conftest import network
from tests.helpers.query_client import QueryClient


def in_vpc(type_, **properties):
    return {"Type": f"AWS::EC2::{type_}", "Properties": {"VpcId": {"Ref": "Vpc"}, **properties}}


VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
TARGETS = {
    "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "Properties": {"Protocol": "TCP", "Port": 80, "VpcId": {"Ref": "Vpc"}},
}
BALANCER = {
    "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "Properties": {"Scheme": "internal", "Type": "network", "Subnets": [{"Ref": "Subnet"}]},
}
OWNERS = network(
    Acl=in_vpc("NetworkAcl"),
    Balancer=BALANCER,
    Group=in_vpc("SecurityGroup", GroupDescription="g"),
    Targets=TARGETS,
    Table=in_vpc("RouteTable"),
    Vpn={"Type": "AWS::EC2::VPNGateway", "Properties": {"Type": "ipsec.1"}},
    Attachment=in_vpc("VPCGatewayAttachment", VpnGatewayId={"Ref": "Vpn"}),
)


def permission(port):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}


def made_by_calls(cloud):
    return {one.type.rpartition("::")[2] for one in cloud.template.resources.values() if one.origin.file == "API call"}


def made_below_owners(clients, stack):
    ids, ec2 = clients.ids(stack), clients.ec2
    ec2("CreateRoute", RouteTableId=ids["Table"], DestinationCidrBlock="9.0.0.0/8", GatewayId=ids["Vpn"])
    ec2("AuthorizeSecurityGroupIngress", GroupId=ids["Group"], IpPermissions=[permission(22)])
    entry = {"RuleNumber": 50, "Protocol": "-1", "RuleAction": "deny", "Egress": False, "CidrBlock": "9.0.0.0/8"}
    ec2("CreateNetworkAclEntry", NetworkAclId=ids["Acl"], **entry)
    (main,) = ec2("DescribeNetworkAcls", Filters=[{"Name": "vpc-id", "Values": [ids["Vpc"]]},
                                                  {"Name": "default", "Values": ["true"]}])["NetworkAcls"]  # fmt: skip
    ec2("CreateNetworkAclEntry", NetworkAclId=main["NetworkAclId"], **entry)
    elb = QueryClient("elbv2", ElbV2Api(clients.account.running, dict, None).handle, clients.runner.run)
    forward = [{"Type": "forward", "TargetGroupArn": ids["Targets"]}]
    elb("CreateListener", LoadBalancerArn=ids["Balancer"], Protocol="TCP", Port=81, DefaultActions=forward)


def in_network_of_calls(ids, vpc):
    config = {"SubnetIds": [ids["Subnet"]], "SecurityGroupIds": [ids["Group"]]}
    code = {"Runtime": "python3.13", "Handler": "i.h", "Code": {"ZipFile": "h = print"}, "VpcConfig": config}
    role = "arn:aws:iam::123456789012:role/reader"
    return json.dumps({"Resources": {
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": vpc, "CidrBlock": "10.5.2.0/24"}},
        "Fn": {"Type": "AWS::Lambda::Function", "Properties": {**code, "Role": role}},
    }})  # fmt: skip


@pytest.fixture
def ids_of_calls(clients):
    vpc = clients.ec2("CreateVpc", CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"]
    subnet = clients.ec2("CreateSubnet", VpcId=vpc, CidrBlock="10.5.1.0/24")["Subnet"]["SubnetId"]
    group = clients.ec2("CreateSecurityGroup", VpcId=vpc, GroupName="g", Description="g")["GroupId"]
    return {"Vpc": vpc, "Subnet": subnet, "Group": group}


def test_a_stack_is_made_in_the_network_of_calls(clients, cloudformation, ids_of_calls):
    cloudformation("CreateStack", StackName="app", TemplateBody=in_network_of_calls(ids_of_calls, ids_of_calls["Vpc"]))
    assert clients.status("app") == "CREATE_COMPLETE"
    of_vpc = [{"Name": "vpc-id", "Values": [ids_of_calls["Vpc"]]}]
    blocks = {one["CidrBlock"] for one in clients.ec2("DescribeSubnets", Filters=of_vpc)["Subnets"]}
    assert blocks == {"10.5.1.0/24", "10.5.2.0/24"}
    (function,) = clients.account.cloud.compute.functions.values()
    assert {one.subnet_id for one in clients.account.cloud.network.interfaces_of(function.id)} == {
        ids_of_calls["Subnet"]
    }


def test_a_stack_is_not_made_in_a_network_that_is_gone(clients, cloudformation, ids_of_calls):
    clients.ec2("DeleteSecurityGroup", GroupId=ids_of_calls["Group"])
    cloudformation("CreateStack", StackName="app", TemplateBody=in_network_of_calls(ids_of_calls, ids_of_calls["Vpc"]))
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert ids_of_calls["Group"] in clients.reason("app", "Fn", "CREATE_FAILED")


def test_a_stack_is_made_in_the_network_that_a_parameter_names(clients, cloudformation, ids_of_calls):
    clients.account.parameters["/network/vpc"] = ids_of_calls["Vpc"]
    template = in_network_of_calls(ids_of_calls, "{{resolve:ssm:/network/vpc}}")
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    assert clients.status("app") == "CREATE_COMPLETE"
    (subnet,) = clients.ec2("DescribeSubnets", SubnetIds=[clients.ids("app")["Subnet"]])["Subnets"]
    assert subnet["VpcId"] == ids_of_calls["Vpc"]


def test_what_calls_made_goes_with_its_owner(clients, cloudformation):
    cloudformation("CreateStack", StackName="one", TemplateBody=OWNERS)
    written = clients.account.cloud
    made_below_owners(clients, "one")
    assert made_by_calls(clients.account.cloud) >= {"Route", "SecurityGroupIngress", "NetworkAclEntry", "Listener"}
    cloudformation("DeleteStack", StackName="one")
    assert made_by_calls(clients.account.cloud) == set()
    cloudformation("CreateStack", StackName="two", TemplateBody=OWNERS)
    assert clients.account.cloud.network.route_tables["Table"] == written.network.route_tables["Table"]


AUTHORIZE, REVOKE = "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"


def admitting(*ports, description="g", separate=()):
    inline = [{"IpProtocol": "tcp", "FromPort": n, "ToPort": n, "CidrIp": "10.0.0.0/8"} for n in ports]
    rules = {
        f"Rule{n}": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "FromPort": n, "ToPort": n,
                           "CidrIp": "10.0.0.0/8"},
        }
        for n in separate
    }  # fmt: skip
    group = in_vpc("SecurityGroup", GroupDescription=description, SecurityGroupIngress=inline)
    return network(Group=group, **rules)


@pytest.mark.parametrize(
    ("call", "port", "update", "ports"),
    [
        (AUTHORIZE, 22, admitting(81), [22, 81]),
        (AUTHORIZE, 22, admitting(79, 80), [22, 79, 80]),
        (AUTHORIZE, 81, admitting(81), [81]),
        (AUTHORIZE, 22, admitting(), [22]),
        (AUTHORIZE, 22, admitting(80, separate=[443]), [22, 80, 443]),
        (AUTHORIZE, 22, admitting(separate=[80]), [22, 80]),
        (AUTHORIZE, 22, admitting(81, description="another"), [81]),  # another group
        (REVOKE, 80, admitting(81), [81]),
        (REVOKE, 80, admitting(80, 81), [81]),
    ],
)
def test_a_group_that_a_call_touched_gets_the_rules_that_its_template_changes(
    clients, cloudformation, call, port, update, ports
):
    cloudformation("CreateStack", StackName="app", TemplateBody=admitting(80))
    clients.ec2(call, GroupId=clients.ids("app")["Group"], IpPermissions=[permission(port)])
    cloudformation("UpdateStack", StackName="app", TemplateBody=update)
    assert clients.status("app") == "UPDATE_COMPLETE"
    (group,) = clients.ec2("DescribeSecurityGroups", GroupIds=[clients.ids("app")["Group"]])["SecurityGroups"]
    assert sorted(one["FromPort"] for one in group["IpPermissions"]) == ports


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
@pytest.mark.parametrize("without", [json.dumps({"Resources": {"Vpc": VPC}}), None], ids=["updated", "deleted"])
def test_a_retained_resource_stays_as_it_was(clients, cloudformation, policy, without):
    function = {"Runtime": "python3.12", "Handler": "index.h", "Role": "arn:aws:iam::123456789012:role/x",
                "Code": {"ZipFile": "def h(e, c): return 1"}}  # fmt: skip
    kinds = {
        "Fn": ("Lambda::Function", function),
        "Parameter": ("SSM::Parameter", {"Type": "String", "Value": "x", "Name": "/kept"}),
        "Api": ("ApiGateway::RestApi", {"Name": "kept"}),
    }
    resources = {
        name: {"Type": f"AWS::{type_}", "DeletionPolicy": policy, "Properties": properties}
        for name, (type_, properties) in kinds.items()
    }
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps({"Resources": {"Vpc": VPC, **resources}}))
    before = clients.account.cloud
    if without:
        cloudformation("UpdateStack", StackName="app", TemplateBody=without)
        assert clients.status("app") == "UPDATE_COMPLETE"
    cloudformation("DeleteStack", StackName="app")
    cloudformation("CreateStack", StackName="other", TemplateBody=network())
    after = clients.account.cloud
    for part, name in (("functions", "Fn"), ("ssm_parameters", "Parameter"), ("rest_apis", "Api")):
        assert after.part(part)[name] == before.part(part)[name]
