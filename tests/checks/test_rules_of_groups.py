"""NF737: rules of a security group are counted for each direction and family, prefix lists as their entries."""

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of

TEMPLATE = """
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  List: {{Type: AWS::EC2::PrefixList, Properties: {{PrefixListName: l, AddressFamily: {family}, MaxEntries: {most}, Entries: [{{Cidr: "{block}"}}]}}}}
  Other: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: o, VpcId: !Ref Vpc}}}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupIngress:
{rules}
"""
RULE = "        - {{IpProtocol: tcp, FromPort: {0}, ToPort: {0}, {1}}}"
FOUR, SIX = "CidrIp: 10.0.0.0/8", 'CidrIpv6: "2001:db8::/32"'
OF_GROUP, OF_LIST, OF_CLOUDFRONT = (
    "SourceSecurityGroupId: !Ref Other",
    "SourcePrefixListId: !Ref List",
    "SourcePrefixListId: pl-3b927c52",
)


@pytest.mark.parametrize(
    ("peers", "most", "family", "found"),
    [
        ([FOUR] * 60 + [SIX] * 60, 1, 4, False),
        ([FOUR] * 61, 1, 4, True),
        ([SIX] * 61, 1, 4, True),
        ([FOUR] * 60 + [OF_GROUP], 1, 4, True),
        ([SIX] * 60 + [OF_GROUP], 1, 4, True),
        ([FOUR] * 5 + [OF_CLOUDFRONT], 1, 4, False),
        ([FOUR] * 6 + [OF_CLOUDFRONT], 1, 4, True),
        ([OF_LIST] * 2, 30, 4, False),
        ([OF_LIST] * 2, 31, 4, True),
        ([FOUR] * 60 + [OF_LIST], 1, 6, False),
    ],
)  # fmt: skip
def test_rules_above_the_quota(tmp_path, peers, most, family, found):
    rules = "\n".join(RULE.format(number, peer) for number, peer in enumerate(peers, 1))
    block = "10.9.0.0/16" if family == 4 else "2001:db8::/32"
    facts = facts_of(tmp_path, TEMPLATE.format(rules=rules, most=most, family=f"IPv{family}", block=block))
    assert [one.resource for one in rule_named("NF737").find(facts)] == ["Group"] * found


def test_a_list_without_entries_has_its_family(tmp_path):
    rules = "\n".join(RULE.format(number, peer) for number, peer in enumerate([FOUR] * 60 + [OF_LIST], 1))
    text = TEMPLATE.format(rules=rules, most=30, family="IPv6", block="").replace(', Entries: [{Cidr: ""}]', "")
    assert [*rule_named("NF737").find(facts_of(tmp_path, text))] == []


RULE_IF = """\
  Of{0}: {{Type: AWS::EC2::SecurityGroupIngress, Condition: {1}, Properties: {{GroupId: !Ref Group, IpProtocol: tcp, FromPort: {0}, ToPort: {0}, CidrIp: 10.0.0.0/8}}}}
"""
CONDITIONS = "Parameters: {{Stage: {{Type: String{0}}}}}\nConditions: {{Live: !Equals [!Ref Stage, live], Test: !Not [!Condition Live]}}\n"


@pytest.mark.parametrize(
    ("default", "conditions", "found"),
    [
        ("", ("Live", "Test"), []),
        (", Default: live", ("Live", "Test"), []),
        (", Default: live", ("Live", "Live"), ["Group"]),
    ],
)
def test_rules_of_conditions_that_are_not_known_do_not_count(tmp_path, default, conditions, found):
    some = "".join(RULE_IF.format(number, conditions[number % 2]) for number in range(100, 180))
    text = CONDITIONS.format(default) + TEMPLATE.format(rules=RULE.format(1, FOUR), most=1, family="IPv4", block="10.9.0.0/16") + some  # fmt: skip
    assert [one.resource for one in rule_named("NF737").find(facts_of(tmp_path, text))] == found
