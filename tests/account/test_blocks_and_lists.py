"""Blocks of VPCs and subnets, DHCP options, prefix lists and virtual private gateways as calls of EC2's API change them."""


def described(ec2, action, **more):
    found = ec2(action, **more)
    return found if isinstance(found, str) else next(value for key, value in found.items() if isinstance(value, list))


def test_a_further_block_comes_and_goes(ec2, vpc_id):
    made = ec2("AssociateVpcCidrBlock", VpcId=vpc_id, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]
    (vpc,) = described(ec2, "DescribeVpcs", VpcIds=[vpc_id])
    first, second = vpc["CidrBlockAssociationSet"]
    assert second == made == {**made, "CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}}
    assert ec2("AssociateVpcCidrBlock", VpcId=vpc_id, CidrBlock="10.1.128.0/17") == "CidrConflict"
    assert ec2("DisassociateVpcCidrBlock", AssociationId=first["AssociationId"]) == "OperationNotPermitted"
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    gone = {"AssociationId": second["AssociationId"]}
    assert ec2("DisassociateVpcCidrBlock", **gone) == "InvalidCidrBlock.InUse"
    ec2("DeleteSubnet", SubnetId=subnet)
    assert ec2("DisassociateVpcCidrBlock", **gone)["CidrBlockAssociation"]["CidrBlockState"]["State"] == "disassociated"
    assert ec2("DisassociateVpcCidrBlock", **gone) == "InvalidVpcCidrBlockAssociationID.NotFound"


def test_ipv6_blocks_of_vpcs_and_subnets(ec2, vpc_id):
    other = ec2("CreateVpc", CidrBlock="10.2.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    made = ec2("AssociateVpcCidrBlock", VpcId=vpc_id, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
    block = made["Ipv6CidrBlock"]
    ec2("DeleteVpc", VpcId=other)
    (vpc,) = described(ec2, "DescribeVpcs", VpcIds=[vpc_id])
    assert [one["Ipv6CidrBlock"] for one in vpc["Ipv6CidrBlockAssociationSet"]] == [block]
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    assert ec2("AssociateSubnetCidrBlock", SubnetId=subnet, Ipv6CidrBlock="2001:db8:ffff::/64") == "InvalidSubnet.Range"
    part = block.replace("/56", "/64")
    given = ec2("AssociateSubnetCidrBlock", SubnetId=subnet, Ipv6CidrBlock=part)["Ipv6CidrBlockAssociation"]
    (found,) = described(ec2, "DescribeSubnets", SubnetIds=[subnet])
    assert found["Ipv6CidrBlockAssociationSet"] == [given]
    assert ec2("DisassociateVpcCidrBlock", AssociationId=made["AssociationId"]) == "InvalidCidrBlock.InUse"
    ec2("DisassociateSubnetCidrBlock", AssociationId=given["AssociationId"])
    (found,) = described(ec2, "DescribeSubnets", SubnetIds=[subnet])
    assert found["Ipv6CidrBlockAssociationSet"] == []
    again = {"AssociationId": given["AssociationId"]}
    assert ec2("DisassociateSubnetCidrBlock", **again) == "InvalidSubnetCidrBlockAssociationID.NotFound"


def test_dhcp_options_of_a_vpc(ec2, vpc_id):
    servers = {"Key": "domain-name-servers", "Values": ["10.0.0.53", "10.0.0.54"]}
    asked = [servers, {"Key": "domain-name", "Values": ["corp.internal"]}]
    made = ec2("CreateDhcpOptions", DhcpConfigurations=asked)["DhcpOptions"]
    id_ = made["DhcpOptionsId"]
    assert {one["Key"]: [v["Value"] for v in one["Values"]] for one in made["DhcpConfigurations"]} == {
        "domain-name": ["corp.internal"], "domain-name-servers": ["10.0.0.53", "10.0.0.54"],
    }  # fmt: skip
    ec2("AssociateDhcpOptions", VpcId=vpc_id, DhcpOptionsId=id_)
    assert described(ec2, "DescribeVpcs", VpcIds=[vpc_id])[0]["DhcpOptionsId"] == id_
    assert ec2("DeleteDhcpOptions", DhcpOptionsId=id_) == "DependencyViolation"
    ec2("AssociateDhcpOptions", VpcId=vpc_id, DhcpOptionsId="default")
    ec2("DeleteDhcpOptions", DhcpOptionsId=id_)
    assert described(ec2, "DescribeDhcpOptions", DhcpOptionsIds=[id_]) == "InvalidDhcpOptionID.NotFound"
    assert described(ec2, "DescribeVpcs", VpcIds=[vpc_id])[0]["DhcpOptionsId"] == "default"


def test_a_prefix_list_as_terraform_changes_it(ec2, vpc_id):
    entries = [{"Cidr": "10.1.0.0/16", "Description": "office"}]
    made = ec2("CreateManagedPrefixList", PrefixListName="offices", AddressFamily="IPv4", MaxEntries=2, Entries=entries)
    id_ = made["PrefixList"]["PrefixListId"]
    assert (made["PrefixList"]["State"], made["PrefixList"]["Version"]) == ("create-complete", 1)
    assert ec2("GetManagedPrefixListEntries", PrefixListId=id_)["Entries"] == entries
    more = {"PrefixListId": id_, "AddEntries": [{"Cidr": "10.2.0.0/16"}], "CurrentVersion": 1}
    changed = ec2("ModifyManagedPrefixList", **more)["PrefixList"]
    assert (changed["State"], changed["Version"]) == ("modify-complete", 2)
    assert ec2("ModifyManagedPrefixList", **more) == "PrefixListVersionMismatch"
    entries = ec2("GetManagedPrefixListEntries", PrefixListId=id_, TargetVersion=2)["Entries"]
    assert len(entries) == 2
    assert ec2("GetManagedPrefixListEntries", PrefixListId=id_, TargetVersion=1) == "UnsupportedOperation"
    assert ec2("ModifyManagedPrefixList", **{**more, "CurrentVersion": 2, "AddEntries": [{"Cidr": "10.3.0.0/16"}]}) == (
        "PrefixListMaxEntriesExceeded"
    )
    group = ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc_id)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": id_}]}
    ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[rule])
    assert ec2("DeleteManagedPrefixList", PrefixListId=id_) == "DependencyViolation"
    ec2("RevokeSecurityGroupIngress", GroupId=group, IpPermissions=[rule])
    assert ec2("DeleteManagedPrefixList", PrefixListId=id_)["PrefixList"]["State"] == "delete-complete"
    assert ec2("GetManagedPrefixListEntries", PrefixListId=id_) == "InvalidPrefixListID.NotFound"
    (s3,) = [one for one in described(ec2, "DescribeManagedPrefixLists") if one["PrefixListName"].endswith(".s3")]
    assert ec2("DeleteManagedPrefixList", PrefixListId=s3["PrefixListId"]) == "OperationNotPermitted"


def test_a_virtual_private_gateway(ec2, vpc_id):
    id_ = ec2("CreateVpnGateway", Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    table = described(ec2, "DescribeRouteTables")[0]["RouteTableId"]
    learns = {"GatewayId": id_, "RouteTableId": table}
    assert ec2("EnableVgwRoutePropagation", **learns) == "Gateway.NotAttached"
    assert ec2("AttachVpnGateway", VpnGatewayId=id_, VpcId=vpc_id)["VpcAttachment"]["State"] == "attached"
    assert ec2("AttachVpnGateway", VpnGatewayId=id_, VpcId=vpc_id) == "VpnGatewayAttachmentLimitExceeded"
    ec2("EnableVgwRoutePropagation", **learns)
    assert described(ec2, "DescribeRouteTables")[0]["PropagatingVgws"] == [{"GatewayId": id_}]
    ec2("DisableVgwRoutePropagation", **learns)
    assert described(ec2, "DescribeRouteTables")[0]["PropagatingVgws"] == []
    assert ec2("DeleteVpnGateway", VpnGatewayId=id_) == "IncorrectState"
    ec2("DetachVpnGateway", VpnGatewayId=id_, VpcId=vpc_id)
    assert ec2("DetachVpnGateway", VpnGatewayId=id_, VpcId=vpc_id) == "InvalidVpnGatewayAttachment.NotFound"
    ec2("DeleteVpnGateway", VpnGatewayId=id_)
    assert described(ec2, "DescribeVpnGateways") == []


def test_options_of_a_peering(ec2, vpc_id):
    peer = ec2("CreateVpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = ec2("CreateVpcPeeringConnection", VpcId=vpc_id, PeerVpcId=peer)["VpcPeeringConnection"]
    id_, resolves = made["VpcPeeringConnectionId"], {"AllowDnsResolutionFromRemoteVpc": True}
    given = {"AccepterPeeringConnectionOptions": resolves}
    answer = ec2("ModifyVpcPeeringConnectionOptions", VpcPeeringConnectionId=id_, **given)
    assert answer["AccepterPeeringConnectionOptions"] == resolves
    (found,) = described(ec2, "DescribeVpcPeeringConnections")
    sides = [found[f"{side}VpcInfo"]["PeeringOptions"] for side in ("Requester", "Accepter")]
    assert sides == [{"AllowDnsResolutionFromRemoteVpc": False}, resolves]


def test_services_of_endpoints(ec2):
    name = "com.amazonaws.eu-west-1.s3"
    found = ec2("DescribeVpcEndpointServices", ServiceNames=[name])
    assert {one["ServiceType"][0]["ServiceType"] for one in found["ServiceDetails"]} == {"Gateway", "Interface"}
    assert found["ServiceNames"] == [name]
    gateways = ec2("DescribeVpcEndpointServices", Filters=[{"Name": "service-type", "Values": ["Gateway"]}])
    assert len(gateways["ServiceDetails"]) == 2
    assert ec2("DescribeVpcEndpointServices", ServiceNames=["x"]) == "InvalidServiceName"
