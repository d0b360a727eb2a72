"""DNS Firewall, as templates, plans and described accounts write it."""

import json

import pytest

from netful.engine.names.resolution import resolve
from netful.sources import load
from tests.helpers.terraform_plans import network, refers

TEMPLATE = """
Parameters:
  Action: {Type: String}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Own: {Type: AWS::Route53Resolver::FirewallDomainList, Properties: {Domains: [example.org]}}
  Filed: {Type: AWS::Route53Resolver::FirewallDomainList, Properties: {DomainFileUrl: s3://bucket/file}}
  All: {Type: AWS::Route53Resolver::FirewallDomainList, Properties: {Domains: ['*']}}
  Group:
    Type: AWS::Route53Resolver::FirewallRuleGroup
    Properties:
      FirewallRules:
        - {Priority: 9, Action: BLOCK, BlockResponse: NODATA, FirewallDomainListId: !Ref All}
        - {Priority: 1, Action: ALLOW, FirewallDomainListId: !Ref Own, FirewallDomainRedirectionAction: TRUST_REDIRECTION_DOMAIN}
  Of:
    Type: AWS::Route53Resolver::FirewallRuleGroupAssociation
    Properties: {FirewallRuleGroupId: !GetAtt Group.Id, VpcId: !Ref Vpc, Priority: 101}
"""


def statuses(made, vpc_id="Vpc"):
    return [resolve(made, vpc_id, name).status for name in ("example.org", "example.com")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ["NOERROR", "NODATA"]),
        ("NODATA", "NXDOMAIN", ["NOERROR", "NXDOMAIN"]),
        ("!Ref Own", "!Ref Filed", ["UNKNOWN", "UNKNOWN"]),
        ("Action: ALLOW", "Action: !Ref Action", ["UNKNOWN", "NODATA"]),
        ("Action: ALLOW", "Action: HOLD", ["UNKNOWN", "NODATA"]),
        ("NODATA, F", "NODATA, Qtype: TYPE16, F", ["NOERROR", "NOERROR"]),
        ("VpcId: !Ref Vpc", "VpcId: vpc-1", ["NOERROR", "NOERROR"]),
    ],
)
def test_a_template(cloud_of, old, new, expected):
    assert statuses(cloud_of(TEMPLATE.replace(old, new))) == expected


def test_a_plan(tmp_path):
    plan, kind = network(), "aws_route53_resolver_firewall"
    plan.add(f"{kind}_domain_list.all", name="all", domains=["*."])
    plan.add(f"{kind}_rule_group.group", name="group")
    plan.add(
        f"{kind}_rule.block", {
            "firewall_rule_group_id": refers(f"{kind}_rule_group.group.id"),
            "firewall_domain_list_id": refers(f"{kind}_domain_list.all.id"),
        }, firewall_rule_group_id=..., firewall_domain_list_id=..., priority=100, action="BLOCK", block_response="NXDOMAIN",
    )  # fmt: skip
    plan.add(
        f"{kind}_rule_group_association.of", {
            "firewall_rule_group_id": refers(f"{kind}_rule_group.group.id"), "vpc_id": refers("aws_vpc.main.id"),
        }, firewall_rule_group_id=..., vpc_id=..., priority=101,
    )  # fmt: skip
    plan.add(
        f"{kind}_config.open", {"resource_id": refers("aws_vpc.main.id")}, resource_id=..., firewall_fail_open="ENABLED"
    )
    assert statuses(load([plan.write(tmp_path)]), "aws_vpc.main") == ["NXDOMAIN", "NXDOMAIN"]


RULE = {
    "FirewallRuleGroupId": "rslvr-frg-1", "FirewallDomainListId": "rslvr-fdl-1", "Priority": 1, "Action": "BLOCK",
    "BlockResponse": "NXDOMAIN",
}  # fmt: skip
OWN = {"Id": "rslvr-fdl-1", "Name": "own"}
MANAGED = {
    "Id": "rslvr-fdl-1",
    "Name": "AWSManagedDomainsAggregateThreatList",
    "ManagedOwnerName": "Route 53 Resolver DNS Firewall",
}


@pytest.mark.parametrize(
    ("rules", "lists", "domains", "expected"),
    [
        ([RULE], [OWN], ["example.com."], ["NOERROR", "NXDOMAIN"]),
        ([RULE], [OWN], None, ["UNKNOWN", "UNKNOWN"]),
        (None, [OWN], ["example.com."], ["UNKNOWN", "UNKNOWN"]),
        ([RULE], [MANAGED], None, ["NOERROR", "NOERROR"]),
    ],
)
def test_a_described_account(tmp_path, rules, lists, domains, expected):
    association = {"Id": "rslvr-frgassoc-1", "FirewallRuleGroupId": "rslvr-frg-1", "VpcId": "vpc-1", "Priority": 101}
    answers = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "groups": {"FirewallRuleGroups": [{"Id": "rslvr-frg-1", "Name": "group"}]},
        "rules": {"FirewallRules": rules},
        "lists": {"FirewallDomainLists": lists},
        "domains-rslvr-fdl-1": {"Domains": domains},
        "associations": {"FirewallRuleGroupAssociations": [association]},
    }
    for name, answer in answers.items():
        file = tmp_path / "us-east-1" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(answer))
    assert statuses(load([tmp_path]), "vpc-1") == expected
