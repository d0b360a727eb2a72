"""Transit gateways as calls of EC2's API make them: attachments, tables, routes, and what AWS refuses."""

import pytest


def vpc(ec2, number):
    vpc_id = ec2("CreateVpc", CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock=f"10.{number}.1.0/24")["Subnet"]["SubnetId"]
    return vpc_id, subnet


@pytest.fixture
def gateway_id(ec2):
    return ec2("CreateTransitGateway", Description="hub")["TransitGateway"]["TransitGatewayId"]


@pytest.fixture
def attachments(ec2, gateway_id):
    made = []
    for number in (1, 2):
        vpc_id, subnet = vpc(ec2, number)
        asked = {"TransitGatewayId": gateway_id, "VpcId": vpc_id, "SubnetIds": [subnet]}
        made.append(ec2("CreateTransitGatewayVpcAttachment", **asked)["TransitGatewayVpcAttachment"])
        assert ec2("CreateTransitGatewayVpcAttachment", **asked) == "DuplicateTransitGatewayAttachment"
    return [one["TransitGatewayAttachmentId"] for one in made]


def found(ec2, table):
    routes = ec2("SearchTransitGatewayRoutes", TransitGatewayRouteTableId=table,
                 Filters=[{"Name": "state", "Values": ["active", "blackhole"]}])["Routes"]  # fmt: skip
    return {one["DestinationCidrBlock"]: (one["Type"], one["State"]) for one in routes}


def listed(ec2, action, table):
    rows = next(v for v in ec2(action, TransitGatewayRouteTableId=table).values() if isinstance(v, list))
    return [one["TransitGatewayAttachmentId"] for one in rows]


def test_a_gateway_with_its_default_table(ec2, gateway_id, attachments):
    (gateway,) = ec2("DescribeTransitGateways", TransitGatewayIds=[gateway_id])["TransitGateways"]
    assert (gateway["State"], gateway["Description"]) == ("available", "hub")
    default = gateway["Options"]["AssociationDefaultRouteTableId"]
    (table,) = ec2("DescribeTransitGatewayRouteTables")["TransitGatewayRouteTables"]
    assert (table["TransitGatewayRouteTableId"], table["DefaultAssociationRouteTable"]) == (default, True)
    assert found(ec2, default) == {"10.1.0.0/16": ("propagated", "active"), "10.2.0.0/16": ("propagated", "active")}
    for action in ("GetTransitGatewayRouteTableAssociations", "GetTransitGatewayRouteTablePropagations"):
        assert listed(ec2, action, default) == attachments
    both = ec2("DescribeTransitGatewayAttachments")["TransitGatewayAttachments"]
    assert [one["Association"]["TransitGatewayRouteTableId"] for one in both] == [default, default]


def test_an_attachment_moves_to_another_table(ec2, gateway_id, attachments):
    first, second = attachments
    (default,) = ec2("DescribeTransitGatewayRouteTables")["TransitGatewayRouteTables"]
    table = ec2("CreateTransitGatewayRouteTable", TransitGatewayId=gateway_id)["TransitGatewayRouteTable"]
    old, new = default["TransitGatewayRouteTableId"], table["TransitGatewayRouteTableId"]
    of_first = {"TransitGatewayAttachmentId": first}
    there = {**of_first, "TransitGatewayRouteTableId": new}
    here = {**of_first, "TransitGatewayRouteTableId": old}
    assert ec2("AssociateTransitGatewayRouteTable", **there) == "Resource.AlreadyAssociated"
    gone = ec2("DisassociateTransitGatewayRouteTable", **here)["Association"]
    assert (gone["State"], gone["ResourceType"]) == ("disassociated", "vpc")
    assert ec2("DisassociateTransitGatewayRouteTable", **here) == "InvalidAssociation.NotFound"
    assert ec2("AssociateTransitGatewayRouteTable", **there)["Association"]["State"] == "associated"
    ec2("DisableTransitGatewayRouteTablePropagation", **here)
    ec2("EnableTransitGatewayRouteTablePropagation", **{**there, "TransitGatewayAttachmentId": second})
    assert listed(ec2, "GetTransitGatewayRouteTableAssociations", new) == [first]
    assert listed(ec2, "GetTransitGatewayRouteTableAssociations", old) == [second]
    assert listed(ec2, "GetTransitGatewayRouteTablePropagations", old) == [second]
    assert found(ec2, new) == {"10.2.0.0/16": ("propagated", "active")}
    assert ec2("DeleteTransitGatewayRouteTable", TransitGatewayRouteTableId=new) == "IncorrectState"
    ec2("DisassociateTransitGatewayRouteTable", **there)
    ec2("AssociateTransitGatewayRouteTable", **here)
    assert sorted(listed(ec2, "GetTransitGatewayRouteTableAssociations", old)) == sorted(attachments)
    assert ec2("DeleteTransitGatewayRouteTable", TransitGatewayRouteTableId=new)["TransitGatewayRouteTable"]["State"] == "deleted"  # fmt: skip


def test_static_routes(ec2, attachments):
    (default,) = ec2("DescribeTransitGatewayRouteTables")["TransitGatewayRouteTables"]
    table = default["TransitGatewayRouteTableId"]
    asked = {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16"}
    made = ec2("CreateTransitGatewayRoute", **asked, TransitGatewayAttachmentId=attachments[0])["Route"]
    assert made["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"] == attachments[0]
    assert ec2("CreateTransitGatewayRoute", **asked, Blackhole=True) == "RouteAlreadyExists"
    ec2("DeleteTransitGatewayVpcAttachment", TransitGatewayAttachmentId=attachments[0])
    assert found(ec2, table) == {"10.9.0.0/16": ("static", "blackhole"), "10.2.0.0/16": ("propagated", "active")}
    ec2("ReplaceTransitGatewayRoute", **asked, TransitGatewayAttachmentId=attachments[1])
    assert found(ec2, table)["10.9.0.0/16"] == ("static", "active")
    assert ec2("DeleteTransitGatewayRoute", **asked)["Route"]["State"] == "deleted"
    assert ec2("DeleteTransitGatewayRoute", **asked) == "InvalidRoute.NotFound"


def test_a_gateway_is_deleted_after_its_attachments(ec2, running, gateway_id, attachments):
    (default,) = ec2("DescribeTransitGatewayRouteTables")["TransitGatewayRouteTables"]
    tie = {
        "TransitGatewayRouteTableId": default["TransitGatewayRouteTableId"],
        "TransitGatewayAttachmentId": attachments[0],
    }
    ec2("DisassociateTransitGatewayRouteTable", **tie)
    assert ec2("DeleteTransitGateway", TransitGatewayId=gateway_id) == "IncorrectState"
    for one in attachments:
        ec2("DeleteTransitGatewayVpcAttachment", TransitGatewayAttachmentId=one)
    assert ec2("DeleteTransitGateway", TransitGatewayId=gateway_id)["TransitGateway"]["State"] == "deleted"
    missing = ec2("DescribeTransitGateways", TransitGatewayIds=[gateway_id])
    assert missing == "InvalidTransitGatewayID.NotFound"
    types = {one.type for one in running.cloud.template.resources.values()}
    assert types == {"AWS::EC2::VPC", "AWS::EC2::Subnet"}
