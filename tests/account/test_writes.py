"""EC2's writes as deployment tools use them: create, read back, change, delete (control-plane §4.2, §4.3)."""

import asyncio

import pytest

from netful.account.ec2.api import WRITES, Ec2Api
from netful.account.wire.service_model import service_model
from netful.account.writing import Change, Writer
from tests.helpers.account_client import Client, Running


def test_a_vpc_comes_with_its_table_acl_and_group(ec2, vpc_id):
    (vpc,) = ec2("DescribeVpcs", VpcIds=[vpc_id])["Vpcs"]
    assert (vpc["CidrBlock"], vpc["State"], vpc["IsDefault"]) == ("10.0.0.0/16", "available", False)
    of_vpc = {"Name": "vpc-id", "Values": [vpc_id]}
    (acl,) = ec2("DescribeNetworkAcls", Filters=[of_vpc, {"Name": "default", "Values": ["true"]}])["NetworkAcls"]
    (table,) = ec2("DescribeRouteTables", Filters=[of_vpc, {"Name": "association.main", "Values": ["true"]}])[
        "RouteTables"
    ]
    (group,) = ec2("DescribeSecurityGroups", Filters=[of_vpc, {"Name": "group-name", "Values": ["default"]}])[
        "SecurityGroups"
    ]
    assert [route["GatewayId"] for route in table["Routes"]] == ["local"]
    assert acl["NetworkAclId"].startswith("acl-")
    assert group["GroupId"].startswith("sg-")


@pytest.mark.parametrize("ipv6", [False, True])
def test_a_default_acl_lists_ipv6_where_the_vpc_has_a_block(ec2, vpc_id, ipv6):
    if ipv6:
        ec2("AssociateVpcCidrBlock", VpcId=vpc_id, AmazonProvidedIpv6CidrBlock=True)
    (acl,) = ec2("DescribeNetworkAcls", Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["NetworkAcls"]
    own = [(one["RuleNumber"], one.get("Ipv6CidrBlock")) for one in acl["Entries"] if not one["Egress"]]
    families = [(101, "::/0"), (32768, "::/0")] if ipv6 else []
    assert sorted(own, key=str) == sorted([(100, None), (32767, None), *families], key=str)


def test_attributes_of_a_vpc(ec2, vpc_id):
    ec2("ModifyVpcAttribute", VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    ec2("ModifyVpcAttribute", VpcId=vpc_id, EnableDnsSupport={"Value": False})
    found = [
        ec2("DescribeVpcAttribute", VpcId=vpc_id, Attribute=f"enableDns{name}") for name in ("Hostnames", "Support")
    ]
    assert [found[0]["EnableDnsHostnames"], found[1]["EnableDnsSupport"]] == [{"Value": True}, {"Value": False}]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.1.128/25", "InvalidSubnet.Conflict"),
        ("x", "InvalidParameterValue"),
    ],
)
def test_subnets_that_do_not_fit(ec2, vpc_id, block, code):
    ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")
    assert ec2("CreateSubnet", VpcId=vpc_id, CidrBlock=block) == code


def test_a_subnet_is_created_changed_and_deleted(ec2, vpc_id):
    tags = [{"ResourceType": "subnet", "Tags": [{"Key": "Name", "Value": "a"}]}]
    subnet = ec2(
        "CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24", AvailabilityZone="eu-west-1b", TagSpecifications=tags
    )["Subnet"]
    assert (subnet["AvailabilityZone"], subnet["AvailableIpAddressCount"]) == ("eu-west-1b", 251)
    ec2("ModifySubnetAttribute", SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    (found,) = ec2("DescribeSubnets", Filters=[{"Name": "tag:Name", "Values": ["a"]}])["Subnets"]
    assert found["MapPublicIpOnLaunch"]
    assert ec2("DeleteVpc", VpcId=vpc_id) == "DependencyViolation"
    ec2("DeleteSubnet", SubnetId=subnet["SubnetId"])
    ec2("DeleteVpc", VpcId=vpc_id)
    assert ec2("DescribeVpcs", VpcIds=[vpc_id]) == "InvalidVpcID.NotFound"


def test_a_subnet_is_in_a_zone_of_the_region(ec2, vpc_id):
    made = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24", AvailabilityZoneId="euw1-az2")["Subnet"]
    assert made["AvailabilityZone"] == "eu-west-1b"
    for zone in ({"AvailabilityZone": "eu-west-1z"}, {"AvailabilityZoneId": "use1-az1"}):
        assert ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.2.0/24", **zone) == "InvalidParameterValue"


def test_reserved_tags_are_refused(ec2, vpc_id):
    assert ec2("CreateTags", Resources=[vpc_id], Tags=[{"Key": "aws:x", "Value": "1"}]) == "InvalidParameterValue"


HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


def test_a_rule_refers_to_a_group_that_exists_or_is_of_another_account(ec2, vpc_id):
    group = ec2("CreateSecurityGroup", GroupName="web", Description="d", VpcId=vpc_id)["GroupId"]
    missing = {**HTTPS, "UserIdGroupPairs": [{"GroupId": "sg-0123456789abcdef0"}]}
    found = ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[missing])
    assert found == "InvalidGroup.NotFound"
    missing["UserIdGroupPairs"][0]["UserId"] = "999999999999"
    assert ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[missing])["Return"]


def test_a_rule_keeps_its_tags(ec2, vpc_id):
    group = ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc_id)["GroupId"]
    peers = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    first, second = [{"Key": "Name", "Value": "web"}], [{"Key": "Env", "Value": "dev"}]
    of_rules = [{"ResourceType": "security-group-rule", "Tags": first}]
    asked = {"GroupId": group, "IpPermissions": peers, "TagSpecifications": of_rules}
    (made,) = ec2("AuthorizeSecurityGroupIngress", **asked)["SecurityGroupRules"]
    rule = made["SecurityGroupRuleId"]
    ec2("CreateTags", Resources=[rule], Tags=second)
    changed = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIpv4": "10.0.0.0/8"}
    rules = [{"SecurityGroupRuleId": rule, "SecurityGroupRule": changed}]
    ec2("ModifySecurityGroupRules", GroupId=group, SecurityGroupRules=rules)
    (found,) = ec2("DescribeSecurityGroupRules", SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
    assert (made["Tags"], found["FromPort"], found["Tags"]) == (first, 80, [*first, *second])


def test_rules_for_the_same_ports_are_one_permission(ec2, vpc_id):
    group = ec2("CreateSecurityGroup", GroupName="web", Description="d", VpcId=vpc_id)["GroupId"]
    for block in ("10.0.0.0/8", "192.168.0.0/16"):
        ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[{**HTTPS, "IpRanges": [{"CidrIp": block}]}])
    (found,) = ec2("DescribeSecurityGroups", GroupIds=[group])["SecurityGroups"]
    (permission,) = found["IpPermissions"]
    assert [one["CidrIp"] for one in permission["IpRanges"]] == ["10.0.0.0/8", "192.168.0.0/16"]


@pytest.mark.parametrize(
    ("permission", "answer"),
    [
        ({"IpProtocol": "xyz", "FromPort": 1, "ToPort": 2}, "InvalidParameterValue"),
        ({"IpProtocol": "tcp", "FromPort": 22}, "InvalidParameterValue"),
        ({"IpProtocol": "udp", "FromPort": -1, "ToPort": -1}, "InvalidParameterValue"),
        ({"IpProtocol": "6", "FromPort": 443, "ToPort": 443}, "InvalidPermission.Duplicate"),
        ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.1.1.1/8"}]}, "InvalidPermission.Duplicate"),
        ({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}] * 2}, "InvalidParameterValue"),
        ({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0/8"}]}, "InvalidParameterValue"),
    ],
)  # fmt: skip
def test_a_rule_that_ec2_refuses(ec2, vpc_id, permission, answer):
    """Protocols and blocks are compared as EC2 stores them."""
    group = ec2("CreateSecurityGroup", GroupName="web", Description="d", VpcId=vpc_id)["GroupId"]
    ranges = {"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[{**HTTPS, **ranges}])
    assert ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[{**ranges, **permission}]) == answer


def test_rules_of_a_group_as_terraform_makes_them(ec2, vpc_id):
    group = ec2("CreateSecurityGroup", GroupName="web", Description="d", VpcId=vpc_id)["GroupId"]
    assert ec2("CreateSecurityGroup", GroupName="web", Description="d", VpcId=vpc_id) == "InvalidGroup.Duplicate"
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    assert ec2("RevokeSecurityGroupEgress", GroupId=group, IpPermissions=[everything])["Return"]
    assert ec2("RevokeSecurityGroupEgress", GroupId=group, IpPermissions=[everything]) == "InvalidPermission.NotFound"
    asked = {
        **HTTPS,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}],
        "UserIdGroupPairs": [{"GroupId": group}],
    }
    rules = ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[asked])["SecurityGroupRules"]
    assert {rule.get("CidrIpv4") or rule["ReferencedGroupInfo"]["GroupId"] for rule in rules} == {"10.0.0.0/8", group}
    assert ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[asked]) == "InvalidPermission.Duplicate"
    by_id = [{"Name": "group-id", "Values": [group]}]
    assert len(ec2("DescribeSecurityGroupRules", Filters=by_id)["SecurityGroupRules"]) == 2
    ec2(
        "RevokeSecurityGroupIngress",
        GroupId=group,
        SecurityGroupRuleIds=[rule["SecurityGroupRuleId"] for rule in rules],
    )
    (found,) = ec2("DescribeSecurityGroups", GroupIds=[group])["SecurityGroups"]
    assert (found["IpPermissions"], found["IpPermissionsEgress"]) == ([], [])
    ec2("DeleteSecurityGroup", GroupId=group)
    assert ec2("DescribeSecurityGroups", GroupIds=[group]) == "InvalidGroup.NotFound"


def test_the_default_group_is_changed_and_stays(ec2, vpc_id):
    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    (group,) = ec2("DescribeSecurityGroups", Filters=of_vpc)["SecurityGroups"]
    ec2("RevokeSecurityGroupIngress", GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    (found,) = ec2("DescribeSecurityGroups", Filters=of_vpc)["SecurityGroups"]
    assert found["IpPermissions"] == []
    assert found["IpPermissionsEgress"] == group["IpPermissionsEgress"]
    assert ec2("DeleteSecurityGroup", GroupId=group["GroupId"]) == "CannotDelete"


def test_a_way_to_the_internet(ec2, running, vpc_id):
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    gateway = ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    table = ec2("CreateRouteTable", VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    assert ec2("CreateRoute", **route) == "InvalidParameterValue"
    ec2("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc_id)
    assert ec2("CreateRoute", **route)["Return"]
    assert ec2("CreateRoute", **route) == "RouteAlreadyExists"
    association = ec2("AssociateRouteTable", RouteTableId=table, SubnetId=subnet)["AssociationId"]
    assert ec2("AssociateRouteTable", RouteTableId=table, SubnetId=subnet) == "Resource.AlreadyAssociated"
    by_association = [{"Name": "association.route-table-association-id", "Values": [association]}]
    (found,) = ec2("DescribeRouteTables", Filters=by_association)["RouteTables"]
    assert [one.get("GatewayId") for one in found["Routes"]] == ["local", gateway]
    assert ec2("DeleteRouteTable", RouteTableId=table) == "DependencyViolation"
    allocation = ec2("AllocateAddress", Domain="vpc")["AllocationId"]
    nat = ec2("CreateNatGateway", SubnetId=subnet, AllocationId=allocation)["NatGateway"]
    assert nat["NatGatewayAddresses"][0]["IsPrimary"]
    assert ec2("ReleaseAddress", AllocationId=allocation) == "InvalidIPAddress.InUse"
    assert ec2("DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc_id) == "DependencyViolation"
    assert ec2("DeleteSubnet", SubnetId=subnet) == "DependencyViolation"
    ec2("DeleteNatGateway", NatGatewayId=nat["NatGatewayId"])
    (deleted,) = ec2("DescribeNatGateways", NatGatewayIds=[nat["NatGatewayId"]])["NatGateways"]
    assert (deleted["State"], deleted["VpcId"]) == ("deleted", vpc_id)
    ec2("ReleaseAddress", AllocationId=allocation)
    ec2("DisassociateRouteTable", AssociationId=association)
    ec2("DeleteRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    for action, asked in (
        ("DeleteRouteTable", {"RouteTableId": table}),
        ("DetachInternetGateway", {"InternetGatewayId": gateway, "VpcId": vpc_id}),
        ("DeleteInternetGateway", {"InternetGatewayId": gateway}),
        ("DeleteSubnet", {"SubnetId": subnet}),
        ("DeleteVpc", {"VpcId": vpc_id}),
    ):
        assert not isinstance(ec2(action, **asked), str), action
    assert running.cloud.template.resources == {}


def test_an_endpoint(ec2, vpc_id):
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    asked = {
        "VpcId": vpc_id,
        "ServiceName": "com.amazonaws.eu-west-1.ssm",
        "VpcEndpointType": "Interface",
        "SubnetIds": [subnet],
        "SubnetConfigurations": [{"SubnetId": subnet, "Ipv4": "10.0.1.50"}],
    }
    assert ec2("CreateVpcEndpoint", **asked) == "InvalidParameter"  # names of its instances are off
    ec2("ModifyVpcAttribute", VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    endpoint = ec2("CreateVpcEndpoint", **asked)["VpcEndpoint"]
    assert (endpoint["State"], endpoint["PrivateDnsEnabled"], len(endpoint["NetworkInterfaceIds"])) == (
        "available",
        True,
        1,
    )
    (eni,) = ec2("DescribeNetworkInterfaces", NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert eni["Description"] == f"VPC Endpoint Interface {endpoint['VpcEndpointId']}"
    assert eni["PrivateIpAddress"] == "10.0.1.50"
    ec2("ModifyVpcEndpoint", VpcEndpointId=endpoint["VpcEndpointId"], PrivateDnsEnabled=False)
    (found,) = ec2("DescribeVpcEndpoints", VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"]
    assert not found["PrivateDnsEnabled"]
    gone = ec2("DeleteVpcEndpoints", VpcEndpointIds=[endpoint["VpcEndpointId"], "vpce-0123456789abcdef0"])
    assert [one["ResourceId"] for one in gone["Unsuccessful"]] == ["vpce-0123456789abcdef0"]
    assert ec2("DescribeVpcEndpoints", VpcEndpointIds=[endpoint["VpcEndpointId"]]) == "InvalidVpcEndpointId.NotFound"


@pytest.mark.usefixtures("vpc_id")
def test_entries_of_the_default_acl(ec2):
    acl = ec2("DescribeNetworkAcls")["NetworkAcls"][0]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 100, "Egress": False}
    asked = {
        **entry,
        "Protocol": "6",
        "RuleAction": "allow",
        "CidrBlock": "10.0.0.0/8",
        "PortRange": {"From": 443, "To": 443},
    }
    assert ec2("CreateNetworkAclEntry", **asked) == "NetworkAclEntryAlreadyExists"
    ec2("DeleteNetworkAclEntry", **entry)
    ec2("CreateNetworkAclEntry", **asked)
    (found,) = ec2("DescribeNetworkAcls")["NetworkAcls"]
    inbound = {one["RuleNumber"]: one for one in found["Entries"] if not one["Egress"]}
    assert inbound[100]["PortRange"] == {"From": 443, "To": 443}
    assert len([one for one in found["Entries"] if one["Egress"] and one["RuleAction"] == "allow"]) == 2
    assert ec2("DeleteNetworkAclEntry", **{**entry, "RuleNumber": 7}) == "InvalidNetworkAclEntry.NotFound"


def test_tags_come_and_go(ec2, vpc_id):
    ec2("CreateTags", Resources=[vpc_id], Tags=[{"Key": "Name", "Value": "x"}, {"Key": "Team", "Value": "y"}])
    ec2("DeleteTags", Resources=[vpc_id], Tags=[{"Key": "Team"}])
    found = ec2("DescribeTags", Filters=[{"Name": "resource-id", "Values": [vpc_id]}])["Tags"]
    assert found == [{"Key": "Name", "Value": "x", "ResourceId": vpc_id, "ResourceType": "vpc"}]


def test_a_dry_run_changes_nothing(ec2):
    assert ec2("CreateVpc", CidrBlock="10.0.0.0/16", DryRun=True) == "DryRunOperation"
    assert ec2("DescribeVpcs")["Vpcs"] == []


def test_a_token_makes_one_thing(ec2, vpc_id):
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    asked = {"SubnetId": subnet, "ConnectivityType": "private", "ClientToken": "t"}
    first, second = (ec2("CreateNatGateway", **asked)["NatGateway"]["NatGatewayId"] for _ in range(2))
    assert first == second
    assert len(ec2("DescribeNatGateways")["NatGateways"]) == 1


def test_calls_at_once_with_one_token_make_one_thing():
    class Slow(Running):
        async def become(self, step):
            await asyncio.sleep(0)  # the other call has its turn
            return await super().become(step)

    made = []

    def make(_view, asked):
        made.append(asked)
        return Change()

    async def both():
        call = Writer(Slow(), lambda cloud: cloud).operations({"Make": make})["Make"]
        return await asyncio.gather(*(call({"ClientToken": "t"}) for _ in range(2)))

    first, second = asyncio.run(both())
    assert first == second
    assert len(made) == 1


def test_an_unknown_filter_is_refused(ec2):
    assert ec2("DescribeVpcs", Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"


@pytest.mark.parametrize("action", sorted(WRITES))
def test_every_write_refuses_what_is_not_there(ec2, action):
    """No write ends in an error of its own, whatever ids it is given."""
    shape = service_model("ec2").operation_model(action).input_shape
    asked = {name: "x-0123456789abcdef0" for name, member in shape.members.items() if member.type_name == "string"}
    lists = {n: ["x-1"] for n, m in shape.members.items() if m.type_name == "list" and m.member.type_name == "string"}
    blobs = {n: b"x" for n in shape.required_members if shape.members[n].type_name == "blob"}
    required = {n: 1 for n in shape.required_members if shape.members[n].type_name == "integer"}
    listed = {
        n: [{"SecurityGroupRuleId": "sgr-1"}] if n == "SecurityGroupRules" else []
        for n in shape.required_members
        if shape.members[n].type_name == "list" and n not in lists
    }
    flags = {n: False for n in shape.required_members if shape.members[n].type_name == "boolean"}
    within = {n: {} for n in shape.required_members if shape.members[n].type_name == "structure"}
    answer = ec2(action, **asked, **lists, **required, **flags, **listed, **within, **blobs)
    assert isinstance(answer, (str, dict))


def main_table(ec2, vpc_id):
    """The main table of a VPC, and the id of its association."""
    wanted = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "association.main", "Values": ["true"]}]
    (table,) = ec2("DescribeRouteTables", Filters=wanted)["RouteTables"]
    return table["RouteTableId"], next(one["RouteTableAssociationId"] for one in table["Associations"] if one["Main"])


def test_another_main_table_as_terraform_chooses_it(ec2, vpc_id):
    first, association = main_table(ec2, vpc_id)
    table = ec2("CreateRouteTable", VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    assert ec2("DisassociateRouteTable", AssociationId=association) == "InvalidParameterValue"
    answer = ec2("ReplaceRouteTableAssociation", AssociationId=association, RouteTableId=table)
    assert main_table(ec2, vpc_id) == (table, answer["NewAssociationId"])
    assert ec2("DeleteRouteTable", RouteTableId=table) == "DependencyViolation"
    back = ec2("ReplaceRouteTableAssociation", AssociationId=answer["NewAssociationId"], RouteTableId=first)
    assert main_table(ec2, vpc_id) == (first, back["NewAssociationId"])
    ec2("ReplaceRouteTableAssociation", AssociationId=back["NewAssociationId"], RouteTableId=table)
    ec2("DeleteVpc", VpcId=vpc_id)
    assert ec2("DescribeRouteTables", RouteTableIds=[table]) == "InvalidRouteTableID.NotFound"


def test_routes_that_are_not_there(ec2, vpc_id):
    table, _ = main_table(ec2, vpc_id)
    other = {"RouteTableId": table, "DestinationCidrBlock": "192.0.2.0/24"}
    assert ec2("DeleteRoute", RouteTableId=table, DestinationCidrBlock="10.0.0.0/16") == "InvalidParameterValue"
    assert ec2("DeleteRoute", **other) == "InvalidRoute.NotFound"
    gateway = ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    ec2("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc_id)
    assert ec2("ReplaceRoute", **other, GatewayId=gateway) == "InvalidParameterValue"


def test_names_of_instances_on_launch(ec2, vpc_id):
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]
    assert subnet["AvailabilityZoneId"].startswith("euw1-az")
    ec2("ModifySubnetAttribute", SubnetId=subnet["SubnetId"], PrivateDnsHostnameTypeOnLaunch="resource-name")
    ec2("ModifySubnetAttribute", SubnetId=subnet["SubnetId"], EnableResourceNameDnsARecordOnLaunch={"Value": True})
    (found,) = ec2("DescribeSubnets", SubnetIds=[subnet["SubnetId"]])["Subnets"]
    assert found["PrivateDnsNameOptionsOnLaunch"] == {
        "HostnameType": "resource-name", "EnableResourceNameDnsARecord": True, "EnableResourceNameDnsAAAARecord": False,
    }  # fmt: skip
    both = {"MapPublicIpOnLaunch": {"Value": True}, "EnableDns64": {"Value": True}}
    assert ec2("ModifySubnetAttribute", SubnetId=subnet["SubnetId"], **both) == "InvalidParameterCombination"


NAME = {"Key": "Name", "Value": "a"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "MissingParameter"),
        ({"CidrBlock": "10.0.0.0"}, "InvalidParameterValue"),
        ({"TagSpecifications": [{"ResourceType": "subnet", "Tags": [NAME]}]}, "InvalidParameterValue"),
        ({"TagSpecifications": [{"ResourceType": "vpc", "Tags": [NAME, NAME]}]}, "InvalidParameterValue"),
    ],
)
def test_vpcs_that_are_refused(ec2, asked, code):
    given = {"CidrBlock": "10.0.0.0/16", **asked} if "TagSpecifications" in asked else asked
    assert ec2("CreateVpc", **given) == code


def test_a_revoked_rule_is_in_the_answer(ec2, vpc_id):
    group = ec2("CreateSecurityGroup", VpcId=vpc_id, GroupName="web", Description="d")["GroupId"]
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    (rule,) = ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[permission])["SecurityGroupRules"]
    answer = ec2("RevokeSecurityGroupIngress", GroupId=group, IpPermissions=[permission])
    (gone,) = answer["RevokedSecurityGroupRules"]
    members = ("SecurityGroupRuleId", "GroupId", "IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4")
    assert [gone[name] for name in members] == [rule[name] for name in members]


def test_a_description_of_a_group_is_ascii(ec2, vpc_id):
    refused = ec2("CreateSecurityGroup", VpcId=vpc_id, GroupName="web", Description="d\u00e9mo")
    assert refused == "InvalidParameterValue"


def test_a_route_to_what_was_deleted_is_a_black_hole(ec2, running, vpc_id, subnet_id):
    """In the answer, in `trace` and in the kernel, which read the same cloud."""
    other = ec2("CreateVpc", CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    asked = {"VpcId": vpc_id, "PeerVpcId": other}
    peering = ec2("CreateVpcPeeringConnection", **asked)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    gateway = ec2("CreateNatGateway", SubnetId=subnet_id, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    table = ec2("CreateRouteTable", VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2("CreateRoute", RouteTableId=table, DestinationCidrBlock="10.1.0.0/16", VpcPeeringConnectionId=peering)
    ec2("CreateRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
    assert not any(one.blackhole for one in running.cloud.network.route_tables[table].routes)
    ec2("DeleteVpcPeeringConnection", VpcPeeringConnectionId=peering)
    ec2("DeleteNatGateway", NatGatewayId=gateway)
    (found,) = ec2("DescribeRouteTables", RouteTableIds=[table])["RouteTables"]
    assert [one["State"] for one in found["Routes"]] == ["active", "blackhole", "blackhole"]
    assert all(one.blackhole for one in running.cloud.network.route_tables[table].routes)


def test_an_address_in_use_is_refused(ec2, vpc_id, subnet_id):
    gateway = ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    ec2("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc_id)
    address = ec2("AllocateAddress")["AllocationId"]
    asked = {"SubnetId": subnet_id, "AllocationId": address}
    first = ec2("CreateNatGateway", **asked, ClientToken="a")
    assert (first["ClientToken"], ec2("CreateNatGateway", **asked)) == ("a", "Resource.AlreadyAssociated")


def test_a_dedicated_vpc_becomes_a_shared_one(ec2):
    vpc = ec2("CreateVpc", CidrBlock="10.0.0.0/16", InstanceTenancy="dedicated")["Vpc"]["VpcId"]
    assert ec2("ModifyVpcTenancy", VpcId=vpc, InstanceTenancy="dedicated") == "InvalidParameterValue"
    assert ec2("ModifyVpcTenancy", VpcId=vpc, InstanceTenancy="default")["ReturnValue"]
    assert ec2("DescribeVpcs", VpcIds=[vpc])["Vpcs"][0]["InstanceTenancy"] == "default"


@pytest.mark.parametrize("ipv6", [False, True])
def test_the_default_group_lets_out_what_its_vpc_has(ec2, ipv6):
    made = ec2("CreateVpc", CidrBlock="10.8.0.0/16", AmazonProvidedIpv6CidrBlock=ipv6)["Vpc"]
    of_vpc = [{"Name": "vpc-id", "Values": [made["VpcId"]]}]
    (group,) = ec2("DescribeSecurityGroups", Filters=of_vpc)["SecurityGroups"]
    (permission,) = group["IpPermissionsEgress"]
    assert bool(permission["Ipv6Ranges"]) == ipv6


OF_TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, ConnectivityType: private}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  Far: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 9.0.0.0/8, NatGatewayId: nat-0aaaaaaaaaaaaaaa1}}
"""


def test_a_template_s_route_to_a_gateway_that_a_call_deleted_is_a_black_hole(cloud_of):
    """It stays so over further calls. That to a gateway which the account never had is not known to be one."""
    running = Running(cloud_of(OF_TEMPLATE))
    ec2 = Client("ec2", Ec2Api(running, ()).handle)
    ec2("DeleteNatGateway", NatGatewayId="Nat")
    for _ in range(2):
        routes = {
            str(one.destination_cidr_block): one.blackhole for one in running.cloud.network.route_tables["Table"].routes
        }
        assert routes == {"0.0.0.0/0": True, "9.0.0.0/8": False}
        ec2("CreateSubnet", VpcId="Vpc", CidrBlock="10.0.9.0/24")
