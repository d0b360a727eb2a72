"""Route 53 Resolver's API of a running stack: DNS Firewall judges the queries in the VPC after the call."""

import pytest

from tests.helpers.stacks import EXAMPLES, Stack

pytestmark = pytest.mark.packets


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    one = Stack(tmp_path_factory.mktemp("state"), EXAMPLES / "ssm-demo" / "endpoint.yaml")
    one.up()
    yield one
    one.down()


def resolves(stack, name):
    words = ("getent", "ahostsv4", name)
    done = stack.netful("exec", "--stack", "s", "subnet:PrivateSubnet+FunctionSg", "--", *words)
    return bool(done.stdout)


def test_the_firewall_blocks_what_the_api_lists(stack):
    resolver, vpc = stack.client("route53resolver"), stack.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    name = "ssm.us-east-1.amazonaws.com"
    assert resolves(stack, name)
    listed = resolver.create_firewall_domain_list(Name="bad", CreatorRequestId="l")["FirewallDomainList"]["Id"]
    resolver.update_firewall_domains(FirewallDomainListId=listed, Operation="ADD", Domains=[name])
    group = resolver.create_firewall_rule_group(Name="g", CreatorRequestId="g")["FirewallRuleGroup"]["Id"]
    place = {"FirewallRuleGroupId": group, "FirewallDomainListId": listed}
    resolver.create_firewall_rule(
        **place, Name="r", Priority=1, Action="BLOCK", BlockResponse="NXDOMAIN", CreatorRequestId="r"
    )
    asked = {"FirewallRuleGroupId": group, "VpcId": vpc, "Priority": 101, "Name": "n", "CreatorRequestId": "a"}
    made = resolver.associate_firewall_rule_group(**asked)["FirewallRuleGroupAssociation"]
    assert not resolves(stack, name)
    resolver.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=made["Id"])
    assert resolves(stack, name)


def test_a_profile_is_shared_by_calls(stack):
    profiles, vpc = stack.client("route53profiles"), stack.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    profile = profiles.create_profile(Name="p", ClientToken="p")["Profile"]["Id"]
    made = profiles.associate_profile(ProfileId=profile, ResourceId=vpc, Name="n")["ProfileAssociation"]
    assert profiles.list_profile_associations(ResourceId=vpc)["ProfileAssociations"][0]["Id"] == made["Id"]
    profiles.disassociate_profile(ProfileId=profile, ResourceId=vpc)
    profiles.delete_profile(ProfileId=profile)
