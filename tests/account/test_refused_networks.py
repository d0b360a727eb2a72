"""Parts of networks that EC2's API refuses: blocks, routes, endpoints, peerings, gateways and groups (vpc-network §1, §2, §4, §5, §7)."""

import pytest


def vpc(ec2, block="10.2.0.0/16"):
    return ec2("CreateVpc", CidrBlock=block)["Vpc"]["VpcId"]


def subnet(ec2, vpc_id, block="10.2.1.0/24", zone="a"):
    return ec2("CreateSubnet", VpcId=vpc_id, CidrBlock=block, AvailabilityZone=f"eu-west-1{zone}")["Subnet"]["SubnetId"]


def main_table(ec2, vpc_id):
    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    return ec2("DescribeRouteTables", Filters=of_vpc)["RouteTables"][0]["RouteTableId"]


@pytest.mark.parametrize(
    ("first", "further", "code"),
    [
        ("10.2.0.0/16", "10.3.0.0/16", None),
        ("10.2.0.0/16", "100.64.0.0/16", None),
        ("10.2.0.0/16", "54.0.0.0/16", None),
        ("10.2.0.0/16", "10.2.0.0/24", "CidrConflict"),
        ("10.2.0.0/16", "172.16.0.0/16", "InvalidVpc.Range"),
        ("10.2.0.0/16", "192.168.0.0/16", "InvalidVpc.Range"),
        ("10.2.0.0/16", "198.19.0.0/16", "InvalidVpc.Range"),
        ("10.1.0.0/16", "10.0.0.0/16", "InvalidVpc.Range"),
        ("172.20.0.0/16", "172.31.0.0/16", "InvalidVpc.Range"),
        ("172.20.0.0/16", "172.21.0.0/16", None),
        ("100.64.0.0/16", "10.0.0.0/16", "InvalidVpc.Range"),
        ("54.0.0.0/16", "192.168.0.0/16", "InvalidVpc.Range"),
        ("54.0.0.0/16", "100.64.0.0/16", None),
    ],
)
def test_further_block_of_a_vpc(ec2, first, further, code):
    answer = ec2("AssociateVpcCidrBlock", VpcId=vpc(ec2, first), CidrBlock=further)
    assert (answer if isinstance(answer, str) else None) == code


def test_further_block_beside_routes_and_peers(ec2):
    one, other = vpc(ec2), vpc(ec2, "10.9.0.0/16")
    peering = ec2("CreateVpcPeeringConnection", VpcId=one, PeerVpcId=other)["VpcPeeringConnection"]
    route = {"RouteTableId": main_table(ec2, one), "VpcPeeringConnectionId": peering["VpcPeeringConnectionId"]}
    ec2("CreateRoute", **route, DestinationCidrBlock="10.5.0.0/24")
    further = [
        ec2("AssociateVpcCidrBlock", VpcId=one, CidrBlock=block)
        for block in ("10.9.4.0/24", "10.5.0.0/16", "10.5.0.0/24")
    ]
    assert further == ["CidrConflict"] * 3
    assert not isinstance(ec2("AssociateVpcCidrBlock", VpcId=one, CidrBlock="10.5.0.0/25"), str)


@pytest.mark.parametrize(
    ("destination", "gateway", "interface"),
    [
        ("10.2.1.0/24", "InvalidParameterValue", None),  # a whole subnet: to an interface alone
        ("10.2.1.0/25", "InvalidParameterValue", "InvalidParameterValue"),
        ("10.2.7.0/24", "InvalidParameterValue", "InvalidParameterValue"),
        ("169.254.168.0/24", "InvalidParameterValue", "InvalidParameterValue"),
        ("169.254.0.0/16", None, None),
        ("10.0.0.0/8", None, None),
    ],
)
def test_destination_of_a_route(ec2, destination, gateway, interface):
    vpc_id = vpc(ec2)
    place = subnet(ec2, vpc_id)
    igw = ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    ec2("AttachInternetGateway", InternetGatewayId=igw, VpcId=vpc_id)
    eni = ec2("CreateNetworkInterface", SubnetId=place)["NetworkInterface"]["NetworkInterfaceId"]
    table = main_table(ec2, vpc_id)
    for target, code in (({"GatewayId": igw}, gateway), ({"NetworkInterfaceId": eni}, interface)):
        answer = ec2("CreateRoute", RouteTableId=table, DestinationCidrBlock=destination, **target)
        assert (answer if isinstance(answer, str) else None) == code
        ec2("DeleteRoute", RouteTableId=table, DestinationCidrBlock=destination)


def test_destination_that_is_an_address_in_its_block(ec2):
    vpc_id = vpc(ec2)
    eni = ec2("CreateNetworkInterface", SubnetId=subnet(ec2, vpc_id))["NetworkInterface"]["NetworkInterfaceId"]
    table = main_table(ec2, vpc_id)
    ec2("CreateRoute", RouteTableId=table, DestinationCidrBlock="198.51.100.7/24", NetworkInterfaceId=eni)
    routes = ec2("DescribeRouteTables", RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert routes[-1]["DestinationCidrBlock"] == "198.51.100.0/24"
    wrong = ec2("CreateRoute", RouteTableId=table, DestinationCidrBlock="anywhere", NetworkInterfaceId=eni)
    assert wrong == "InvalidParameterValue"


@pytest.fixture
def endpoint(ec2):
    vpc_id = vpc(ec2)
    ec2("ModifyVpcAttribute", VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    places = [subnet(ec2, vpc_id), subnet(ec2, vpc_id, "10.2.2.0/24"), subnet(ec2, vpc_id, "10.2.3.0/24", "b")]

    def create(service, *which, **more):
        asked = {"VpcEndpointType": "Interface", "SubnetIds": [places[n] for n in which], **more}
        answer = ec2("CreateVpcEndpoint", VpcId=vpc_id, ServiceName=f"com.amazonaws.eu-west-1.{service}", **asked)
        return answer if isinstance(answer, str) else answer["VpcEndpoint"]["VpcEndpointId"]

    create.table = main_table(ec2, vpc_id)
    create.places = places
    return create


NO_SERVICES = (
    "ssm",
    "com.amazonaws.us-east-1.ssm",
    "com.amazonaws.vpce.us-east-1.vpce-svc-1",
    "com.amazonaws.eu-west-1.secretmanager",
)


@pytest.mark.parametrize("name", NO_SERVICES)
def test_a_service_that_cannot_be_is_refused(ec2, name):
    asked = {"VpcId": vpc(ec2), "ServiceName": name, "VpcEndpointType": "Interface"}
    assert ec2("CreateVpcEndpoint", **asked) == "InvalidServiceName"


@pytest.mark.parametrize("service", ["data-servicediscovery", "elasticfilesystem-fips", "ds-data", "brand-new"])
def test_a_service_that_may_be_is_taken(endpoint, service):
    assert endpoint(service, 0).startswith("vpce-")


def test_private_dns_of_a_service_is_one_endpoint_s(ec2, endpoint):
    first = endpoint("sqs", 0)
    assert first.startswith("vpce-")
    assert endpoint("sqs", 2) == "InvalidParameter"
    second = endpoint("sqs", 2, PrivateDnsEnabled=False)
    assert ec2("ModifyVpcEndpoint", VpcEndpointId=second, PrivateDnsEnabled=True) == "InvalidParameter"
    ec2("ModifyVpcEndpoint", VpcEndpointId=first, PrivateDnsEnabled=False)
    assert ec2("ModifyVpcEndpoint", VpcEndpointId=second, PrivateDnsEnabled=True)["Return"]
    assert endpoint("sns", 2).startswith("vpce-")


def test_endpoint_has_one_subnet_in_a_zone(ec2, endpoint):
    assert endpoint("sqs", 0, 1) == "DuplicateSubnetsInSameZone"
    id_ = endpoint("sqs", 0, 2)
    assert (
        ec2("ModifyVpcEndpoint", VpcEndpointId=id_, AddSubnetIds=[endpoint.places[1]]) == "DuplicateSubnetsInSameZone"
    )


def test_gateway_endpoints_of_a_table_are_for_different_services(endpoint):
    gateway = {"VpcEndpointType": "Gateway", "RouteTableIds": [endpoint.table]}
    answers = [endpoint(service, **gateway) for service in ("s3", "s3", "dynamodb")]
    assert [answer.partition("-")[0] for answer in answers] == ["vpce", "RouteAlreadyExists", "vpce"]


def test_private_dns_for_inbound_resolvers_needs_a_gateway_endpoint(ec2, endpoint):
    inbound_only = {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True}}
    assert endpoint("s3", 0, **inbound_only) == endpoint("s3", 0) == "InvalidParameter"
    endpoint("s3", VpcEndpointType="Gateway", RouteTableIds=[endpoint.table])
    (found,) = ec2("DescribeVpcEndpoints", VpcEndpointIds=[endpoint("s3", 0, **inbound_only)])["VpcEndpoints"]
    assert found["DnsOptions"]["PrivateDnsOnlyForInboundResolverEndpoint"]


def test_vpcs_are_peered_once_and_with_blocks_of_their_own(ec2):
    one, same, other = vpc(ec2), vpc(ec2, "10.2.128.0/20"), vpc(ec2, "10.9.0.0/16")
    assert ec2("CreateVpcPeeringConnection", VpcId=one, PeerVpcId=one) == "InvalidParameterValue"
    failed = ec2("CreateVpcPeeringConnection", VpcId=one, PeerVpcId=same)["VpcPeeringConnection"]
    assert failed["Status"]["Code"] == "failed"
    options = {"RequesterPeeringConnectionOptions": {"AllowDnsResolutionFromRemoteVpc": True}}
    id_ = failed["VpcPeeringConnectionId"]
    assert ec2("ModifyVpcPeeringConnectionOptions", VpcPeeringConnectionId=id_, **options) == "OperationNotPermitted"
    made = ec2("CreateVpcPeeringConnection", VpcId=one, PeerVpcId=other)["VpcPeeringConnection"]
    assert made["Status"]["Code"] == "active"
    assert ec2("CreateVpcPeeringConnection", VpcId=other, PeerVpcId=one) == "VpcPeeringConnectionAlreadyExists"


def test_a_peering_with_another_account_waits_for_it(ec2):
    own, peer = vpc(ec2), "vpc-0123456789abcdef0"
    assert ec2("CreateVpcPeeringConnection", VpcId=own, PeerVpcId=peer) == "InvalidVpcID.NotFound"
    asked = {"VpcId": own, "PeerVpcId": peer, "PeerOwnerId": "210987654321"}
    made = ec2("CreateVpcPeeringConnection", **asked)["VpcPeeringConnection"]
    assert made["Status"]["Code"] == "pending-acceptance"
    accepter = made["AccepterVpcInfo"]
    assert (accepter["VpcId"], accepter["OwnerId"]) == (peer, "210987654321")


def test_public_nat_gateway_needs_an_internet_gateway(ec2):
    place = subnet(ec2, vpc(ec2))
    allocation = ec2("AllocateAddress", Domain="vpc")["AllocationId"]
    assert ec2("CreateNatGateway", SubnetId=place, AllocationId=allocation) == "Gateway.NotAttached"
    assert ec2("CreateNatGateway", SubnetId=place, ConnectivityType="private")["NatGateway"]["State"] == "available"


@pytest.mark.parametrize(("name", "code"), [("sg-mine", "InvalidParameterValue"), ("WEB", "InvalidGroup.Duplicate")])
def test_name_of_a_group(ec2, name, code):
    vpc_id = vpc(ec2)
    ec2("CreateSecurityGroup", VpcId=vpc_id, GroupName="web", Description="d")
    assert ec2("CreateSecurityGroup", VpcId=vpc_id, GroupName=name, Description="d") == code


@pytest.mark.parametrize(
    "block", ["0.0.0.0/16", "127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "10.0.0.0/15", "10.0.0.0/29"]
)
def test_block_of_a_vpc(ec2, block):
    assert ec2("CreateVpc", CidrBlock=block) in {"InvalidParameterValue", "InvalidVpc.Range"}


@pytest.mark.parametrize(("number", "refused"), [(0, True), (1, False), (32_766, False), (32_767, True)])
def test_number_of_an_acl_entry(ec2, number, refused):
    acl = ec2("CreateNetworkAcl", VpcId=vpc(ec2))["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": number, "Egress": False, "Protocol": "-1", "RuleAction": "allow"}
    assert isinstance(ec2("CreateNetworkAclEntry", **entry, CidrBlock="10.0.0.0/8"), str) == refused


@pytest.fixture
def two(ec2):
    """Two VPCs, each with a subnet and a group."""
    ids = [vpc(ec2), vpc(ec2, "10.9.0.0/16")]
    places = [subnet(ec2, ids[0]), subnet(ec2, ids[1], "10.9.1.0/24")]
    groups = [ec2("CreateSecurityGroup", VpcId=id_, GroupName="web", Description="d")["GroupId"] for id_ in ids]
    return ids, places, groups


def test_a_subnet_has_the_table_and_the_acl_of_its_vpc(ec2, two):
    (_, other), (place, _), _ = two
    table = ec2("CreateRouteTable", VpcId=other)["RouteTable"]["RouteTableId"]
    assert ec2("AssociateRouteTable", RouteTableId=table, SubnetId=place) == "InvalidParameterValue"
    assert ec2("DescribeRouteTables", RouteTableIds=[table])["RouteTables"][0]["Associations"] == []
    acl = ec2("CreateNetworkAcl", VpcId=other)["NetworkAcl"]["NetworkAclId"]
    of_subnet = [{"Name": "association.subnet-id", "Values": [place]}]
    (before,) = ec2("DescribeNetworkAcls", Filters=of_subnet)["NetworkAcls"]
    association = next(one for one in before["Associations"] if one["SubnetId"] == place)["NetworkAclAssociationId"]
    refused = ec2("ReplaceNetworkAclAssociation", AssociationId=association, NetworkAclId=acl)
    assert refused == "InvalidParameterValue"


def _eni(ec2, place):
    return ec2("CreateNetworkInterface", SubnetId=place)["NetworkInterface"]["NetworkInterfaceId"]


def _nat(ec2, place):
    return ec2("CreateNatGateway", SubnetId=place, ConnectivityType="private")["NatGateway"]["NatGatewayId"]


def _gateway(ec2, _place):
    return ec2("CreateVpnGateway", Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]


def _peering(ec2, place):
    other = ec2("DescribeSubnets", SubnetIds=[place])["Subnets"][0]["VpcId"]
    ends = {"VpcId": other, "PeerVpcId": vpc(ec2, "10.40.0.0/16")}
    return ec2("CreateVpcPeeringConnection", **ends)["VpcPeeringConnection"]["VpcPeeringConnectionId"]


def _transit(ec2, _place):
    return ec2("CreateTransitGateway")["TransitGateway"]["TransitGatewayId"]


@pytest.mark.parametrize(
    ("member", "make", "code"),
    [
        ("NetworkInterfaceId", _eni, "InvalidParameterValue"),
        ("NatGatewayId", _nat, "InvalidParameterValue"),
        ("GatewayId", _gateway, "InvalidParameterValue"),
        ("VpcPeeringConnectionId", _peering, "InvalidParameterValue"),
        ("TransitGatewayId", _transit, "InvalidTransitGatewayID.NotFound"),
    ],
)
def test_a_route_leads_to_what_its_vpc_has(ec2, two, member, make, code):
    (own, _), (_, place), _ = two
    route = {"RouteTableId": main_table(ec2, own), "DestinationCidrBlock": "0.0.0.0/0"}
    assert ec2("CreateRoute", **route, **{member: make(ec2, place)}) == code


def test_an_egress_only_gateway_is_for_ipv6(ec2, two):
    (own, _), _, _ = two
    made = ec2("CreateEgressOnlyInternetGateway", VpcId=own)["EgressOnlyInternetGateway"]
    route = {"RouteTableId": main_table(ec2, own), "EgressOnlyInternetGatewayId": made["EgressOnlyInternetGatewayId"]}
    assert ec2("CreateRoute", **route, DestinationCidrBlock="0.0.0.0/0") == "InvalidParameterValue"
    assert ec2("CreateRoute", **route, DestinationIpv6CidrBlock="::/0")["Return"]


def test_an_address_needs_an_internet_gateway(ec2, two):
    (own, _), (place, _), _ = two
    asked = {"AllocationId": ec2("AllocateAddress")["AllocationId"], "NetworkInterfaceId": _eni(ec2, place)}
    assert ec2("AssociateAddress", **asked) == "Gateway.NotAttached"
    igw = ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    ec2("AttachInternetGateway", InternetGatewayId=igw, VpcId=own)
    assert ec2("AssociateAddress", **asked)["AssociationId"]


@pytest.mark.parametrize("peered", [False, True])
def test_a_rule_refers_to_a_group_of_a_peer(ec2, two, peered):
    ids, _, (group, other) = two
    if peered:
        ec2("CreateVpcPeeringConnection", VpcId=ids[0], PeerVpcId=ids[1])
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": other}]}
    answer = ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[permission])
    assert answer == "InvalidGroup.NotFound" if not peered else answer["Return"]


def test_a_rule_stays_without_its_peering(ec2, two):
    ids, _, (group, other) = two
    made = ec2("CreateVpcPeeringConnection", VpcId=ids[0], PeerVpcId=ids[1])["VpcPeeringConnection"]
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    pairs = {"UserIdGroupPairs": [{"GroupId": other}]}
    ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[{**permission, **pairs}])
    ec2("DeleteVpcPeeringConnection", VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
    further = {**permission, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    assert ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[further])["Return"]


def test_an_endpoint_has_groups_of_its_vpc(ec2, two):
    (own, _), (place, _), (group, other) = two
    asked = {"VpcId": own, "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.eu-west-1.sqs",
             "SubnetIds": [place], "PrivateDnsEnabled": False}  # fmt: skip
    assert ec2("CreateVpcEndpoint", **asked, SecurityGroupIds=[other]) == "InvalidParameter"
    assert ec2("CreateVpcEndpoint", **asked, SecurityGroupIds=[group])["VpcEndpoint"]


def test_a_route_has_one_target(ec2, two):
    (own, _), (place, _), _ = two
    targets = {"NetworkInterfaceId": _eni(ec2, place), "NatGatewayId": _nat(ec2, place)}
    route = {"RouteTableId": main_table(ec2, own), "DestinationCidrBlock": "192.0.2.0/24"}
    assert ec2("CreateRoute", **route, **targets) == "InvalidParameterCombination"


@pytest.mark.parametrize(("interfaces", "refused"), [(1, False), (2, True)])
def test_a_route_to_an_instance_names_its_only_interface(ec2, two, interfaces, refused):
    (own, _), (place, _), _ = two
    wanted = [{"DeviceIndex": number, "SubnetId": place} for number in range(interfaces)]
    made = ec2("RunInstances", ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, NetworkInterfaces=wanted)[
        "Instances"
    ][0]
    route = {"RouteTableId": main_table(ec2, own), "DestinationCidrBlock": "192.0.2.0/24"}
    assert (ec2("CreateRoute", **route, InstanceId=made["InstanceId"]) == "InvalidInstanceID") is refused


def test_a_call_changes_one_attribute_of_an_interface(ec2, two):
    eni = _eni(ec2, two[1][0])
    both = {"Description": {"Value": "x"}, "SourceDestCheck": {"Value": False}}
    assert ec2("ModifyNetworkInterfaceAttribute", NetworkInterfaceId=eni, **both) == "InvalidParameterCombination"
    assert ec2("ModifyNetworkInterfaceAttribute", NetworkInterfaceId=eni) == "InvalidParameterCombination"
    public = {"AssociatePublicIpAddress": True}
    assert ec2("ModifyNetworkInterfaceAttribute", NetworkInterfaceId=eni, **public) == "UnsupportedOperation"


def test_secondary_addresses_of_a_nat_gateway(ec2, two):
    (own, _), (place, _), _ = two
    more = {"SecondaryPrivateIpAddressCount": 2}
    assert ec2("CreateNatGateway", SubnetId=place, ConnectivityType="private", **more) == "UnsupportedOperation"
    igw = ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    ec2("AttachInternetGateway", InternetGatewayId=igw, VpcId=own)
    ids = [ec2("AllocateAddress")["AllocationId"] for _ in range(2)]
    made = ec2("CreateNatGateway", SubnetId=place, AllocationId=ids[0], SecondaryAllocationIds=ids[1:])["NatGateway"]
    assert [one["AllocationId"] for one in made["NatGatewayAddresses"]] == ids


def test_an_address_is_associated_with_something(ec2):
    assert ec2("AssociateAddress", AllocationId=ec2("AllocateAddress")["AllocationId"]) == "MissingParameter"


def test_an_acl_entry_has_one_block(ec2):
    acl = ec2("CreateNetworkAcl", VpcId=vpc(ec2))["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 7, "Egress": False, "Protocol": "-1", "RuleAction": "allow"}
    both = {"CidrBlock": "10.0.0.0/8", "Ipv6CidrBlock": "::/0"}
    assert ec2("CreateNetworkAclEntry", **entry, **both) == "InvalidParameterCombination"


def test_a_rule_is_described_by_its_id(ec2, two):
    group = two[2][0]
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    made = ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[permission])
    id_ = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    operation = "UpdateSecurityGroupRuleDescriptionsIngress"
    texts = [{"SecurityGroupRuleId": id_, "Description": "new"}]
    ec2(operation, GroupId=group, SecurityGroupRuleDescriptions=texts)
    (rule,) = ec2("DescribeSecurityGroupRules", SecurityGroupRuleIds=[id_])["SecurityGroupRules"]
    assert rule["Description"] == "new"
    texts = [{"SecurityGroupRuleId": "sgr-0123456789abcdef0", "Description": "new"}]
    refused = ec2(operation, GroupId=group, SecurityGroupRuleDescriptions=texts)
    assert refused == "InvalidSecurityGroupRuleId.NotFound"


def test_the_local_route_has_another_target_and_its_own_again(ec2, two):
    (own, _), (place, _), _ = two
    table, eni = main_table(ec2, own), _eni(ec2, place)
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.2.0.0/16"}

    def targets():
        (found,) = ec2("DescribeRouteTables", RouteTableIds=[table])["RouteTables"]
        return [one.get("NetworkInterfaceId") or one["GatewayId"] for one in found["Routes"]]

    assert ec2("CreateRoute", **route, NetworkInterfaceId=eni) == "RouteAlreadyExists"
    ec2("ReplaceRoute", **route, NetworkInterfaceId=eni)
    assert targets() == [eni]
    ec2("ReplaceRoute", **route, LocalTarget=True)
    assert targets() == ["local"]
    other = {**route, "DestinationCidrBlock": "192.0.2.0/24"}
    ec2("CreateRoute", **other, NetworkInterfaceId=eni)
    assert ec2("ReplaceRoute", **other, LocalTarget=True) == "InvalidParameterValue"
