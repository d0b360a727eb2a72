"""The calls of Terraform's AWS provider for EC2, in its order and with its waiters: create, read back, delete (control-plane §4.2).

| section of the specification | tests |
|---|---|
| provider, aws_vpc, aws_subnet, aws_security_group and its rules | here |
| aws_route_table, aws_route, associations, aws_internet_gateway, aws_eip, aws_nat_gateway, aws_vpc_endpoint | here |
| aws_lb, listeners, rules, aws_lb_target_group | `test_terraform_services.py` |
| aws_lambda_function and its interfaces | `test_terraform_services.py` |
| aws_api_gateway_rest_api and its parts, aws_apigatewayv2_api | `test_terraform_services.py` |
| §4.1 IAM roles, Route 53, RDS; besides ElastiCache, ECS, and tags of each | `test_terraform_services.py` |
| §4.3 codes | in each test, for what is missing, in use, or twice there |
| §4.4 filters | `tests/account/test_describe.py` |
| §5 waiters | in each test that has one |

The provider reads every attribute back after it has set it, takes an answer of exactly one thing by id, and waits on
deletion for the code of a missing thing.
"""

import pytest

from tests.helpers.terraform import missing

pytestmark = pytest.mark.packets


@pytest.fixture(scope="module")
def ec2(account):
    assert account.client("sts").get_caller_identity()["Account"] == "123456789012"  # the provider's first call
    return account.client("ec2")


def tagged(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


@pytest.fixture(scope="module")
def vpc_id(ec2):
    made = ec2.create_vpc(CidrBlock="10.70.0.0/16", InstanceTenancy="default", TagSpecifications=tagged("vpc", "tf"))[
        "Vpc"
    ]
    ec2.get_waiter("vpc_available").wait(VpcIds=[made["VpcId"]])
    for name in ("EnableDnsHostnames", "EnableNetworkAddressUsageMetrics"):
        ec2.modify_vpc_attribute(VpcId=made["VpcId"], **{name: {"Value": True}})
    return made["VpcId"]


def test_a_vpc_is_read_back_attribute_by_attribute(ec2, vpc_id):
    read = {
        name: ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)[name[0].upper() + name[1:]]["Value"]
        for name in ("enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics")
    }
    assert read == {"enableDnsHostnames": True, "enableDnsSupport": True, "enableNetworkAddressUsageMetrics": True}
    of_vpc = {"Name": "vpc-id", "Values": [vpc_id]}
    assert len(ec2.describe_network_acls(Filters=[of_vpc, {"Name": "default", "Values": ["true"]}])["NetworkAcls"]) == 1
    main = [of_vpc, {"Name": "association.main", "Values": ["true"]}]
    assert len(ec2.describe_route_tables(Filters=main)["RouteTables"]) == 1
    default = [of_vpc, {"Name": "group-name", "Values": ["default"]}]
    assert len(ec2.describe_security_groups(Filters=default)["SecurityGroups"]) == 1
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    assert vpc["Tags"] == [{"Key": "Name", "Value": "tf"}]


@pytest.fixture(scope="module")
def subnet_id(ec2, vpc_id):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.70.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]
    ec2.get_waiter("subnet_available").wait(SubnetIds=[made["SubnetId"]])
    return made["SubnetId"]


def test_a_subnet_takes_one_attribute_a_call(ec2, subnet_id):
    ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": True})
    (subnet,) = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"]
    assert subnet["MapPublicIpOnLaunch"] is True
    assert {"PrivateDnsNameOptionsOnLaunch", "Ipv6CidrBlockAssociationSet", "SubnetArn"} <= {*subnet}


@pytest.fixture(scope="module")
def group_id(ec2, vpc_id):
    made = ec2.create_security_group(GroupName="tf", Description="Managed by Terraform", VpcId=vpc_id)["GroupId"]
    for _ in range(3):
        assert len(ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"]) == 1
    everywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.revoke_security_group_egress(GroupId=made, IpPermissions=[everywhere])
    everywhere6 = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    missing(ec2.revoke_security_group_egress, "InvalidPermission.NotFound", GroupId=made, IpPermissions=[everywhere6])
    return made


def test_a_rule_has_an_id_from_its_creation_to_its_end(ec2, group_id):
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.70.0.0/16"}]}
    made = ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[https])
    rule_id = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    ec2.create_tags(Resources=[rule_id], Tags=[{"Key": "Name", "Value": "https"}])
    (rule,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])["SecurityGroupRules"]
    assert (rule["FromPort"], rule["CidrIpv4"], rule["IsEgress"]) == (443, "10.70.0.0/16", False)
    changed = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": "10.70.0.0/16"}
    ec2.modify_security_group_rules(
        GroupId=group_id, SecurityGroupRules=[{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": changed}]
    )
    (rule,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])["SecurityGroupRules"]
    assert rule["FromPort"] == 8443
    ec2.revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=[rule_id])
    missing(ec2.describe_security_group_rules, "InvalidSecurityGroupRuleId.NotFound", SecurityGroupRuleIds=[rule_id])


@pytest.fixture(scope="module")
def gateway_id(ec2, vpc_id):
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc_id)
    (gateway,) = ec2.describe_internet_gateways(InternetGatewayIds=[made])["InternetGateways"]
    assert gateway["Attachments"] == [{"State": "available", "VpcId": vpc_id}]
    return made


def test_a_table_its_routes_and_associations(ec2, vpc_id, subnet_id, gateway_id):
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id)
    missing(
        ec2.create_route, "RouteAlreadyExists",
        RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id,
    )  # fmt: skip
    made = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_id)
    (read,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    (association,) = read["Associations"]
    assert association["RouteTableAssociationId"] == made["AssociationId"]
    assert association["AssociationState"]["State"] == "associated"
    (route,) = [one for one in read["Routes"] if one["DestinationCidrBlock"] == "0.0.0.0/0"]
    assert (route["GatewayId"], route["Origin"], route["State"]) == (gateway_id, "CreateRoute", "active")
    ec2.disassociate_route_table(AssociationId=made["AssociationId"])
    missing(ec2.disassociate_route_table, "InvalidAssociationID.NotFound", AssociationId=made["AssociationId"])
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    missing(ec2.delete_route, "InvalidRoute.NotFound", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    ec2.delete_route_table(RouteTableId=table)
    missing(ec2.describe_route_tables, "InvalidRouteTableID.NotFound", RouteTableIds=[table])


def test_an_address_and_a_nat_gateway(ec2, subnet_id, gateway_id):
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    assert len(ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]) == 1
    (read,) = ec2.describe_addresses_attribute(AllocationIds=[allocation], Attribute="domain-name")["Addresses"]
    assert read["AllocationId"] == allocation
    made = ec2.create_nat_gateway(SubnetId=subnet_id, AllocationId=allocation, ClientToken="t")["NatGateway"][
        "NatGatewayId"
    ]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[made])
    (nat,) = ec2.describe_nat_gateways(NatGatewayIds=[made])["NatGateways"]
    (address,) = nat["NatGatewayAddresses"]
    assert (address["AllocationId"], address["IsPrimary"]) == (allocation, True)
    (interface,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[address["NetworkInterfaceId"]])[
        "NetworkInterfaces"
    ]
    assert interface["Description"] == f"Interface for NAT Gateway {made}"
    ec2.delete_nat_gateway(NatGatewayId=made)
    ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[made])
    ec2.release_address(AllocationId=allocation)
    missing(ec2.describe_addresses, "InvalidAllocationID.NotFound", AllocationIds=[allocation])
    assert gateway_id


def test_an_endpoint_with_its_interfaces(ec2, vpc_id, subnet_id, group_id):
    made = ec2.create_vpc_endpoint(
        VpcId=vpc_id, ServiceName="com.amazonaws.us-east-1.ssm", VpcEndpointType="Interface",
        SubnetIds=[subnet_id], SecurityGroupIds=[group_id], PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]  # fmt: skip
    (endpoint,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[made])["VpcEndpoints"]
    assert (endpoint["State"], endpoint["PrivateDnsEnabled"]) == ("available", True)
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert [one["SubnetId"] for one in found] == [subnet_id]
    missing(ec2.delete_subnet, "DependencyViolation", SubnetId=subnet_id)
    missing(ec2.delete_security_group, "DependencyViolation", GroupId=group_id)
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[made])["Unsuccessful"] == []
    missing(ec2.describe_vpc_endpoints, "InvalidVpcEndpointId.NotFound", VpcEndpointIds=[made])


def test_everything_goes_in_the_order_of_the_dependencies(ec2, vpc_id, subnet_id, group_id, gateway_id):
    missing(ec2.delete_vpc, "DependencyViolation", VpcId=vpc_id)
    ec2.delete_security_group(GroupId=group_id)
    missing(ec2.describe_security_groups, "InvalidGroup.NotFound", GroupIds=[group_id])
    of_subnet = [{"Name": "subnet-id", "Values": [subnet_id]}]
    assert ec2.describe_network_interfaces(Filters=of_subnet)["NetworkInterfaces"] == []
    ec2.delete_subnet(SubnetId=subnet_id)
    missing(ec2.describe_subnets, "InvalidSubnetID.NotFound", SubnetIds=[subnet_id])
    ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    missing(ec2.detach_internet_gateway, "Gateway.NotAttached", InternetGatewayId=gateway_id, VpcId=vpc_id)
    ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
    ec2.delete_vpc(VpcId=vpc_id)
    missing(ec2.describe_vpcs, "InvalidVpcID.NotFound", VpcIds=[vpc_id])
