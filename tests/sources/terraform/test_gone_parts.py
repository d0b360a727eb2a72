"""Plans that delete or update parts which the deployed resources list still: rules, routes, entries, associations."""

import json

import pytest

from netful.sources import load
from tests.helpers.terraform_plans import Plan

GROUP, OTHER, TABLE, ACL = (
    "sg-0aaaaaaaaaaaaaaa1",
    "sg-0aaaaaaaaaaaaaaa2",
    "rtb-0aaaaaaaaaaaaaaa1",
    "acl-0aaaaaaaaaaaaaaa1",
)
VPC, ENDPOINT, GATEWAY = "vpc-0aaaaaaaaaaaaaaa1", "vpce-0aaaaaaaaaaaaaaa1", "igw-0aaaaaaaaaaaaaaa1"
VPN_GATEWAY = "vgw-0aaaaaaaaaaaaaaa1"
HTTPS = {"from_port": 443, "to_port": 443}
RULE = {"security_group_id": GROUP, "ip_protocol": "tcp", "cidr_ipv4": "10.1.0.0/16", **HTTPS}
OLD_RULE = {"security_group_id": GROUP, "type": "ingress", "protocol": "tcp", "cidr_blocks": ["10.1.0.0/16"], **HTTPS}
OF_GROUP = {
    "security_group_id": GROUP,
    "type": "ingress",
    "protocol": "tcp",
    "source_security_group_id": OTHER,
    **HTTPS,
}
INLINE = [{"protocol": "tcp", "cidr_blocks": ["10.1.0.0/16", "10.2.0.0/16"], "security_groups": [OTHER], **HTTPS}]
PEERS = {"10.1.0.0/16", "10.2.0.0/16", "aws_security_group.other"}
NEW = "aws_vpc_security_group_ingress_rule"


def deployed(plan, address, written=(), **values):
    plan.add(address, {name: {} for name in written}, **values)
    plan.changes[-1]["change"] = {"actions": ["no-op"], "after_unknown": {}}
    return plan


def gone(plan, address, before, *actions):
    change = {"actions": [*actions], "before": before, "after_unknown": {}}
    plan.changes.append({"address": address, "type": address.partition(".")[0], "name": "part", "change": change})
    return plan


@pytest.fixture
def plan():
    found = deployed(Plan(), "aws_vpc.main", id=VPC, cidr_block="10.0.0.0/16")
    deployed(found, "aws_security_group.other", id=OTHER, name="other")
    return deployed(found, "aws_internet_gateway.igw", id=GATEWAY)


@pytest.mark.parametrize(
    ("kind", "before", "actions", "left"),
    [
        (NEW, RULE, ["delete"], PEERS - {"10.1.0.0/16"}),
        (NEW, RULE, ["no-op"], PEERS),
        (NEW, {**RULE, "to_port": 444}, ["delete"], PEERS),
        (NEW, {**RULE, "security_group_id": OTHER}, ["delete"], PEERS),
        (NEW, RULE, ["update"], PEERS - {"10.1.0.0/16"} | {"10.9.0.0/16"}),
        ("aws_security_group_rule", OLD_RULE, ["delete", "create"], PEERS - {"10.1.0.0/16"} | {"10.9.0.0/16"}),
        ("aws_security_group_rule", OF_GROUP, ["delete"], PEERS - {"aws_security_group.other"}),
        ("aws_vpc_security_group_egress_rule", RULE, ["delete"], PEERS),
    ],
)
def test_rules_of_a_group(plan, tmp_path, kind, before, actions, left):
    deployed(plan, "aws_security_group.web", id=GROUP, name="web", vpc_id=VPC, ingress=INLINE)
    gone(plan, f"{kind}.part", before, *actions)
    if "10.9.0.0/16" in left:
        deployed(plan, f"{NEW}.part", id="sgr-1", **{**RULE, "cidr_ipv4": "10.9.0.0/16"})
    rules = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.web"].ingress
    assert {str(rule.peer) for rule in rules} == left


def test_a_rule_that_moves_to_another_resource_stays(plan, tmp_path):
    deployed(plan, "aws_security_group.web", id=GROUP, name="web", vpc_id=VPC, ingress=INLINE)
    gone(plan, f"{NEW}.part", RULE, "delete").add(f"{NEW}.moved", {name: {} for name in RULE}, **RULE)
    rules = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.web"].ingress
    assert {str(rule.peer) for rule in rules} == PEERS


def test_rules_that_the_configuration_of_the_group_writes_stay(plan, tmp_path):
    deployed(plan, "aws_security_group.web", ["ingress"], id=GROUP, name="web", vpc_id=VPC, ingress=INLINE)
    gone(plan, f"{NEW}.part", RULE, "delete")
    rules = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.web"].ingress
    assert {str(rule.peer) for rule in rules} == PEERS


@pytest.mark.parametrize(("destination", "left"), [("0.0.0.0/0", []), ("10.9.0.0/16", ["0.0.0.0/0"])])
def test_routes_of_a_table(plan, tmp_path, destination, left):
    listed = {"cidr_block": "0.0.0.0/0", "gateway_id": GATEWAY, "nat_gateway_id": ""}
    deployed(plan, "aws_route_table.main", id=TABLE, vpc_id=VPC, route=[listed])
    before = {"route_table_id": TABLE, "destination_cidr_block": destination, "gateway_id": GATEWAY}
    gone(plan, "aws_route.part", before, "delete")
    routes = load([plan.write(tmp_path)]).network.route_tables["aws_route_table.main"].routes
    assert [str(route.destination_cidr_block) for route in routes] == left


@pytest.mark.parametrize(("table", "left"), [(TABLE, False), ("rtb-0aaaaaaaaaaaaaaa9", True)])
def test_what_gateways_propagate_to_a_table(plan, tmp_path, table, left):
    deployed(plan, "aws_vpn_gateway.vgw", id=VPN_GATEWAY)
    deployed(plan, "aws_route_table.main", id=TABLE, vpc_id=VPC, propagating_vgws=[VPN_GATEWAY])
    before = {"route_table_id": table, "vpn_gateway_id": VPN_GATEWAY}
    gone(plan, "aws_vpn_gateway_route_propagation.part", before, "delete")
    made = load([plan.write(tmp_path)]).template.resources
    assert any(one.type == "AWS::EC2::VPNGatewayRoutePropagation" for one in made.values()) is left


@pytest.mark.parametrize(("number", "left"), [(50, [100]), (60, [50, 100])])
def test_entries_of_an_acl(plan, tmp_path, number, left):
    entry = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}
    listed = [{"rule_no": 50, "action": "deny", **entry}, {"rule_no": 100, "action": "allow", **entry}]
    deployed(plan, "aws_network_acl.main", id=ACL, vpc_id=VPC, ingress=listed)
    before = {"network_acl_id": ACL, "rule_number": number, "rule_action": "deny", "egress": False, **entry}
    gone(plan, "aws_network_acl_rule.part", before, "delete")
    entries = load([plan.write(tmp_path)]).network.network_acls["aws_network_acl.main"].ingress
    assert [one.rule_number for one in entries if one.rule_number < 32767] == left


@pytest.mark.parametrize(("written", "left"), [([], ("aws_security_group.web",)), (["security_group_ids"], None)])
def test_groups_of_an_endpoint(plan, tmp_path, written, left):
    deployed(plan, "aws_security_group.web", id=GROUP, name="web", vpc_id=VPC)
    deployed(plan, "aws_vpc_endpoint.e", written, id=ENDPOINT, vpc_id=VPC, vpc_endpoint_type="Interface",
             service_name="com.amazonaws.eu-west-1.ssm", security_group_ids=[OTHER, GROUP])  # fmt: skip
    before = {"vpc_endpoint_id": ENDPOINT, "security_group_id": OTHER}
    gone(plan, "aws_vpc_endpoint_security_group_association.part", before, "delete")
    found = load([plan.write(tmp_path)]).network.vpc_endpoints["aws_vpc_endpoint.e"].security_group_ids
    assert found == (left or ("aws_security_group.other", "aws_security_group.web"))


READ, WRITE = "arn:aws:iam::aws:policy/Read", "arn:aws:iam::aws:policy/Write"
DOCUMENT = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


@pytest.mark.parametrize(
    ("kind", "before", "written", "left"),
    [
        ("aws_iam_role_policy_attachment", {"policy_arn": READ}, (), ((WRITE,), ["s3"])),
        ("aws_iam_role_policy_attachment", {"policy_arn": READ}, ("managed_policy_arns",), ((READ, WRITE), ["s3"])),
        ("aws_iam_role_policy", {"name": "s3", "policy": "{}"}, (), ((READ, WRITE), [])),
        ("aws_iam_role_policy", {"name": "s3", "policy": "{}"}, ("inline_policy",), ((READ, WRITE), ["s3"])),
        ("aws_iam_role_policy", {"name": "other", "policy": "{}"}, (), ((READ, WRITE), ["s3"])),
    ],
)
def test_policies_of_a_role(plan, tmp_path, kind, before, written, left):
    inline = [{"name": "s3", "policy": json.dumps(DOCUMENT)}]
    deployed(plan, "aws_iam_role.r", written, id="r", name="r", managed_policy_arns=[READ, WRITE], inline_policy=inline)
    gone(plan, f"{kind}.part", {"role": "r", **before}, "delete")
    role = load([plan.write(tmp_path)]).template.resources["aws_iam_role.r"].properties
    assert (tuple(role["ManagedPolicyArns"]), [one["PolicyName"] for one in role["Policies"]]) == left
