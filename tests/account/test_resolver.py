"""Route 53 Resolver's API as deployment tools use it: endpoints, rules, DNS Firewall; names in the VPCs follow."""

import re

import pytest

from netful.account.changes import Remove, changed, new
from netful.account.ec2.api import Ec2Api
from netful.account.resolver.api import ResolverApi
from netful.account.route53.api import Route53Api
from netful.engine.names.resolution import resolve
from tests.helpers.account_client import Client, Running

SYSTEM = "rslvr-autodefined-rr-internet-resolver"


class Account:
    def __init__(self):
        self.running = Running()
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.resolver = Client("route53resolver", ResolverApi(self.running).handle)
        self.vpc = self.ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2("CreateSubnet", VpcId=self.vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"]
            for number in (1, 2)
        ]
        self.group = self.ec2("CreateSecurityGroup", GroupName="dns", Description="d", VpcId=self.vpc)["GroupId"]

    def endpoint(self, direction="OUTBOUND", **more):
        asked = {
            "CreatorRequestId": direction, "Direction": direction, "SecurityGroupIds": [self.group], "Name": "corp",
            "IpAddresses": [{"SubnetId": one} for one in self.subnets],
        }  # fmt: skip
        made = self.resolver("CreateResolverEndpoint", **asked | more)
        return made if isinstance(made, str) else made["ResolverEndpoint"]

    def rule(self, domain="corp.example", **more):
        targets = {"TargetIps": [{"Ip": "192.0.2.53", "Port": 53}]} if more.get("RuleType") != "SYSTEM" else {}
        asked = {"CreatorRequestId": domain, "RuleType": "FORWARD", "DomainName": domain, **targets}
        made = self.resolver("CreateResolverRule", **asked | more)
        return made if isinstance(made, str) else made["ResolverRule"]

    def addresses(self, endpoint):
        return self.resolver("ListResolverEndpointIpAddresses", ResolverEndpointId=endpoint)["IpAddresses"]

    def is_blocked(self, name):
        return self.answer(name).rule_group_id is not None

    def answer(self, name):
        return resolve(self.running.cloud, self.running.cloud.names_by_id[self.vpc], name)


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def resolver(account):
    return account.resolver


def test_an_endpoint_has_interfaces(account, resolver):
    made = account.endpoint("INBOUND")
    assert re.fullmatch("rslvr-in-[0-9a-f]{17}", made["Id"])
    assert (made["Status"], made["HostVPCId"], made["IpAddressCount"]) == ("OPERATIONAL", account.vpc, 2)
    assert made["SecurityGroupIds"] == [account.group]
    assert resolver("GetResolverEndpoint", ResolverEndpointId=made["Id"])["ResolverEndpoint"] == made
    interfaces = account.ec2("DescribeNetworkInterfaces", Filters=[{"Name": "vpc-id", "Values": [account.vpc]}])
    listed = account.addresses(made["Id"])
    assert {one["Ip"] for one in listed} == {one["PrivateIpAddress"] for one in interfaces["NetworkInterfaces"]}
    assert {one["SubnetId"] for one in listed} == {*account.subnets}
    assert account.ec2("DeleteSubnet", SubnetId=account.subnets[0]) == "DependencyViolation"
    assert resolver("DeleteResolverEndpoint", ResolverEndpointId=made["Id"])["ResolverEndpoint"]["Status"] == "DELETING"
    assert resolver("GetResolverEndpoint", ResolverEndpointId=made["Id"]) == "ResourceNotFoundException"
    assert account.ec2("DescribeNetworkInterfaces")["NetworkInterfaces"] == []


def test_addresses_of_an_endpoint_come_and_go_and_the_others_stay(account, resolver):
    id_ = account.endpoint("INBOUND")["Id"]
    before = {one["IpId"]: one["Ip"] for one in account.addresses(id_)}
    more = {"SubnetId": account.subnets[0], "Ip": "10.0.1.77"}
    made = resolver("AssociateResolverEndpointIpAddress", ResolverEndpointId=id_, IpAddress=more)["ResolverEndpoint"]
    assert made["IpAddressCount"] == 3
    after = {one["IpId"]: one["Ip"] for one in account.addresses(id_)}
    assert before.items() < after.items()
    assert resolver("AssociateResolverEndpointIpAddress", ResolverEndpointId=id_, IpAddress=more) == (
        "ResourceExistsException"
    )
    first = next(iter(before))
    resolver("DisassociateResolverEndpointIpAddress", ResolverEndpointId=id_, IpAddress={"IpId": first})
    assert {one["IpId"] for one in account.addresses(id_)} == after.keys() - {first}
    assert resolver("DisassociateResolverEndpointIpAddress", ResolverEndpointId=id_, IpAddress=more) == (
        "InvalidRequestException"
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"IpAddresses": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]}, "InvalidParameterException"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "ResourceNotFoundException"),
        ({"SecurityGroupIds": ["sg-1"] * 11}, "InvalidParameterException"),
        ({"Direction": "SIDEWAYS"}, "ValidationException"),
    ],
)
def test_endpoints_that_are_refused(account, more, code):
    assert account.endpoint(**more) == code


@pytest.mark.parametrize("address", ["10.0.2.9", "10.0.1.3", "10.0.1.255", "not-one"])
def test_an_address_must_be_one_of_its_subnet(account, address):
    places = [{"SubnetId": account.subnets[0], "Ip": address}, {"SubnetId": account.subnets[1]}]
    assert account.endpoint(IpAddresses=places) == "InvalidRequestException"


def test_an_endpoint_is_in_one_vpc(account):
    other = account.ec2("CreateVpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    away = account.ec2("CreateSubnet", VpcId=other, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    places = [{"SubnetId": account.subnets[0]}, {"SubnetId": away}]
    assert account.endpoint(IpAddresses=places) == "InvalidRequestException"


def test_a_rule_forwards_the_names_of_its_vpcs(account, resolver):
    outbound = account.endpoint()["Id"]
    rule = account.rule(ResolverEndpointId=outbound)
    assert (rule["DomainName"], rule["Status"], rule["ResolverEndpointId"]) == ("corp.example.", "COMPLETE", outbound)
    assert rule["TargetIps"] == [{"Ip": "192.0.2.53", "Port": 53, "Protocol": "Do53"}]
    before = account.answer("db.corp.example")
    made = resolver("AssociateResolverRule", ResolverRuleId=rule["Id"], VPCId=account.vpc, Name="n")
    assert re.fullmatch("rslvr-rrassoc-[0-9a-f]{17}", made["ResolverRuleAssociation"]["Id"])
    assert account.answer("db.corp.example") != before
    assert resolver("DeleteResolverEndpoint", ResolverEndpointId=outbound) == "InvalidRequestException"
    assert resolver("DeleteResolverRule", ResolverRuleId=rule["Id"]) == "ResourceInUseException"
    twin = account.rule(ResolverEndpointId=outbound, CreatorRequestId="twin")["Id"]
    assert resolver("AssociateResolverRule", ResolverRuleId=twin, VPCId=account.vpc) == "InvalidRequestException"
    config = {"TargetIps": [{"Ip": "192.0.2.54", "Port": 5353}], "Name": "other"}
    changed = resolver("UpdateResolverRule", ResolverRuleId=rule["Id"], Config=config)["ResolverRule"]
    assert (changed["Name"], changed["TargetIps"][0]["Port"]) == ("other", 5353)
    resolver("DisassociateResolverRule", ResolverRuleId=rule["Id"], VPCId=account.vpc)
    assert account.answer("db.corp.example") == before
    assert resolver("DisassociateResolverRule", ResolverRuleId=rule["Id"], VPCId=account.vpc) == (
        "ResourceNotFoundException"
    )
    assert resolver("DeleteResolverRule", ResolverRuleId=rule["Id"])["ResolverRule"]["Status"] == "DELETING"


def test_rules_that_are_refused(account, resolver):
    inbound = account.endpoint("INBOUND")["Id"]
    assert account.rule(ResolverEndpointId=inbound) == "InvalidRequestException"
    assert account.rule() == "InvalidRequestException"
    assert account.rule(RuleType="SYSTEM", ResolverEndpointId=inbound) == "InvalidRequestException"
    assert account.rule(ResolverEndpointId="rslvr-out-0") == "ResourceNotFoundException"
    assert resolver("AssociateResolverRule", ResolverRuleId="rslvr-rr-0", VPCId=account.vpc) == (
        "ResourceNotFoundException"
    )
    system = account.rule(RuleType="SYSTEM")["Id"]
    assert resolver("AssociateResolverRule", ResolverRuleId=system, VPCId="vpc-0") == "InvalidParameterException"


def test_the_rule_of_every_account_is_listed(account, resolver):
    (rule,) = resolver("ListResolverRules")["ResolverRules"]
    assert (rule["Id"], rule["DomainName"], rule["RuleType"]) == (SYSTEM, ".", "RECURSIVE")
    assert resolver("GetResolverRule", ResolverRuleId=SYSTEM)["ResolverRule"]["OwnerId"] == "Route 53 Resolver"
    (association,) = resolver("ListResolverRuleAssociations")["ResolverRuleAssociations"]
    assert (association["ResolverRuleId"], association["VPCId"]) == (SYSTEM, account.vpc)


def test_the_same_token_makes_one_thing(account):
    first = account.endpoint()
    assert account.endpoint()["Id"] == first["Id"]
    assert account.endpoint(Name="other") == "ResourceExistsException"


def test_lists_are_filtered_and_in_pages(account, resolver):
    for domain in ("a.example", "b.example", "c.example"):
        account.rule(domain, RuleType="SYSTEM")
    pages, token = [], {}
    while True:
        page = resolver("ListResolverRules", MaxResults=3, **token)
        pages.append([one["DomainName"] for one in page["ResolverRules"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [[".", "a.example.", "b.example."], ["c.example."]]
    found = resolver("ListResolverRules", Filters=[{"Name": "TYPE", "Values": ["RECURSIVE"]}])["ResolverRules"]
    assert [one["Id"] for one in found] == [SYSTEM]
    named = resolver("ListResolverRules", Filters=[{"Name": "DomainName", "Values": ["b.example."]}])
    assert len(named["ResolverRules"]) == 1
    assert resolver("ListResolverRules", Filters=[{"Name": "Colour", "Values": ["x"]}]) == "InvalidParameterException"
    assert resolver("ListResolverRules", NextToken="x") == "InvalidNextTokenException"


def firewall(resolver, *domains):
    domain_list = resolver("CreateFirewallDomainList", Name="bad", CreatorRequestId="l")["FirewallDomainList"]["Id"]
    asked = {"FirewallDomainListId": domain_list, "Operation": "ADD", "Domains": [*domains]}
    assert resolver("UpdateFirewallDomains", **asked)["Status"] == "COMPLETE"
    group = resolver("CreateFirewallRuleGroup", Name="g", CreatorRequestId="g")["FirewallRuleGroup"]["Id"]
    return domain_list, group


BLOCK = {"Action": "BLOCK", "BlockResponse": "NXDOMAIN", "Name": "r", "Priority": 10, "CreatorRequestId": "r"}


def test_the_firewall_judges_the_queries_of_its_vpcs(account, resolver):
    domain_list, group = firewall(resolver, "bad.example", "*.worse.example")
    rule = resolver("CreateFirewallRule", FirewallRuleGroupId=group, FirewallDomainListId=domain_list, **BLOCK)
    assert rule["FirewallRule"]["FirewallDomainListId"] == domain_list
    assert not account.is_blocked("bad.example")
    asked = {"FirewallRuleGroupId": group, "VpcId": account.vpc, "Priority": 101, "Name": "n", "CreatorRequestId": "a"}
    made = resolver("AssociateFirewallRuleGroup", **asked)["FirewallRuleGroupAssociation"]
    assert account.is_blocked("bad.example")
    assert account.is_blocked("x.worse.example")
    update = {"FirewallDomainListId": domain_list, "Operation": "REMOVE", "Domains": ["bad.example."]}
    resolver("UpdateFirewallDomains", **update)
    assert not account.is_blocked("bad.example")
    assert resolver("ListFirewallDomains", FirewallDomainListId=domain_list)["Domains"] == ["*.worse.example."]
    allow = {"FirewallRuleGroupId": group, "FirewallDomainListId": domain_list, "Action": "ALLOW"}
    assert "BlockResponse" not in resolver("UpdateFirewallRule", **allow)["FirewallRule"]
    assert not account.is_blocked("x.worse.example")
    assert resolver("DeleteFirewallDomainList", FirewallDomainListId=domain_list) == "ConflictException"
    assert resolver("DeleteFirewallRuleGroup", FirewallRuleGroupId=group) == "ConflictException"
    resolver("DisassociateFirewallRuleGroup", FirewallRuleGroupAssociationId=made["Id"])
    resolver("DeleteFirewallRule", FirewallRuleGroupId=group, FirewallDomainListId=domain_list)
    assert resolver("ListFirewallRules", FirewallRuleGroupId=group)["FirewallRules"] == []
    resolver("DeleteFirewallDomainList", FirewallDomainListId=domain_list)
    assert resolver("DeleteFirewallRuleGroup", FirewallRuleGroupId=group)["FirewallRuleGroup"]["Id"] == group


def test_firewall_rules_that_are_refused(account, resolver):
    domain_list, group = firewall(resolver, "bad.example")
    place = {"FirewallRuleGroupId": group, "FirewallDomainListId": domain_list, "Name": "n"}

    def rule(**more):
        return resolver("CreateFirewallRule", **place | BLOCK | {"CreatorRequestId": repr(more)} | more)

    assert rule(BlockResponse="OVERRIDE") == "ValidationException"
    assert rule(Action="ALLOW") == "ValidationException"
    assert rule(FirewallDomainListId="rslvr-fdl-0") == "ResourceNotFoundException"
    assert rule(DnsThreatProtection="DGA", ConfidenceThreshold="HIGH") == "ValidationException"
    assert rule()["FirewallRule"]["Priority"] == 10
    assert rule(Priority=11) == "ValidationException"
    assert rule(Qtype="AAAA") == "ValidationException"
    assert rule(Qtype="AAAA", Priority=11)["FirewallRule"]["Qtype"] == "AAAA"
    asked = {"FirewallRuleGroupId": group, "VpcId": account.vpc, "Name": "n", "CreatorRequestId": "a"}
    assert resolver("AssociateFirewallRuleGroup", Priority=100, **asked) == "ValidationException"
    resolver("AssociateFirewallRuleGroup", Priority=200, **asked)
    again = {**asked, "CreatorRequestId": "b"}
    assert resolver("AssociateFirewallRuleGroup", Priority=300, **again) == "ConflictException"


def test_lists_that_aws_manages_can_be_used_and_not_changed(account, resolver):
    listed = resolver("ListFirewallDomainLists")["FirewallDomainLists"]
    malware = next(one for one in listed if one["Name"] == "AWSManagedDomainsMalwareDomainList")
    group = resolver("CreateFirewallRuleGroup", Name="g", CreatorRequestId="g")["FirewallRuleGroup"]["Id"]
    place = {"FirewallRuleGroupId": group, "FirewallDomainListId": malware["Id"]}
    resolver("CreateFirewallRule", **place, **BLOCK)
    asked = {"FirewallRuleGroupId": group, "VpcId": account.vpc, "Priority": 101, "Name": "n", "CreatorRequestId": "a"}
    resolver("AssociateFirewallRuleGroup", **asked)
    tested = "controldomain1.malwarelist.firewall.route53resolver.us-east-1.amazonaws.com"
    assert account.is_blocked(tested)
    assert resolver("ListFirewallDomainLists")["FirewallDomainLists"] == listed
    assert resolver("DeleteFirewallDomainList", FirewallDomainListId=malware["Id"]) == "AccessDeniedException"


def test_query_logging_is_recorded(account, resolver):
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:dns"
    asked = {"Name": "q", "DestinationArn": arn, "CreatorRequestId": "q"}
    config = resolver("CreateResolverQueryLogConfig", **asked)["ResolverQueryLogConfig"]
    place = {"ResolverQueryLogConfigId": config["Id"], "ResourceId": account.vpc}
    made = resolver("AssociateResolverQueryLogConfig", **place)["ResolverQueryLogConfigAssociation"]
    listed = resolver("ListResolverQueryLogConfigAssociations")
    assert (listed["TotalCount"], listed["ResolverQueryLogConfigAssociations"]) == (1, [made])
    again = resolver("GetResolverQueryLogConfig", ResolverQueryLogConfigId=config["Id"])["ResolverQueryLogConfig"]
    assert (again["AssociationCount"], again["DestinationArn"]) == (1, arn)
    assert resolver("AssociateResolverQueryLogConfig", **place) == "ResourceExistsException"
    assert resolver("DeleteResolverQueryLogConfig", ResolverQueryLogConfigId=config["Id"]) == "InvalidRequestException"
    resolver("DisassociateResolverQueryLogConfig", **place)
    resolver("DeleteResolverQueryLogConfig", ResolverQueryLogConfigId=config["Id"])
    assert resolver("ListResolverQueryLogConfigs")["ResolverQueryLogConfigs"] == []


@pytest.mark.parametrize(
    ("name", "member", "asked", "shown"),
    [
        ("FirewallConfig", "FirewallConfig", {"FirewallFailOpen": "ENABLED"}, ("DISABLED", "ENABLED")),
        ("ResolverConfig", "ResolverConfig", {"AutodefinedReverseFlag": "DISABLE"}, ("ENABLED", "DISABLED")),
        ("ResolverDnssecConfig", "ResolverDNSSECConfig", {"Validation": "ENABLE"}, ("DISABLED", "ENABLED")),
    ],
)
def test_each_vpc_has_settings(account, resolver, name, member, asked, shown):
    before = resolver(f"Get{name}", ResourceId=account.vpc)[member]
    assert shown[0] in before.values()
    after = resolver(f"Update{name}", ResourceId=account.vpc, **asked)[member]
    assert shown[1] in after.values()
    assert after["Id"] == before["Id"]
    assert resolver(f"Get{name}", ResourceId=account.vpc)[member] == after
    assert resolver(f"Get{name}", ResourceId="vpc-0") == "ResourceNotFoundException"


def test_tags(account, resolver):
    arn = account.endpoint(Tags=[{"Key": "team", "Value": "net"}])["Arn"]
    resolver("TagResource", ResourceArn=arn, Tags=[{"Key": "stage", "Value": "dev"}])
    resolver("UntagResource", ResourceArn=arn, TagKeys=["team"])
    assert resolver("ListTagsForResource", ResourceArn=arn)["Tags"] == [{"Key": "stage", "Value": "dev"}]
    assert resolver("ListTagsForResource", ResourceArn=f"{arn}0") == "ResourceNotFoundException"


TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Bad: {Type: AWS::Route53Resolver::FirewallDomainList, Properties: {Name: bad, Domains: [bad.example]}}
  Group:
    Type: AWS::Route53Resolver::FirewallRuleGroup
    Properties:
      FirewallRules: [{Priority: 1, Action: BLOCK, BlockResponse: NODATA, FirewallDomainListId: !Ref Bad}]
  Here:
    Type: AWS::Route53Resolver::FirewallRuleGroupAssociation
    Properties: {FirewallRuleGroupId: !Ref Group, VpcId: !Ref Vpc, Priority: 101}
"""


def test_things_of_a_template_have_ids_of_aws(cloud_of):
    resolver = Client("route53resolver", ResolverApi(Running(cloud_of(TEMPLATE))).handle)
    (group,) = resolver("ListFirewallRuleGroups")["FirewallRuleGroups"]
    assert re.fullmatch("rslvr-frg-[0-9a-f]{17}", group["Id"])
    (rule,) = resolver("ListFirewallRules", FirewallRuleGroupId=group["Id"])["FirewallRules"]
    assert re.fullmatch("rslvr-fdl-[0-9a-f]{17}", rule["FirewallDomainListId"])
    (association,) = resolver("ListFirewallRuleGroupAssociations", FirewallRuleGroupId=group["Id"])[
        "FirewallRuleGroupAssociations"
    ]
    assert re.fullmatch("vpc-[0-9a-f]{17}", association["VpcId"])
    assert resolver("GetFirewallRuleGroup", FirewallRuleGroupId="Group")["FirewallRuleGroup"]["Id"] == group["Id"]


def test_a_delegated_subdomain_is_asked_of_its_servers(account):
    dns = Client("route53", Route53Api(account.running).handle)
    account.ec2("ModifyVpcAttribute", VpcId=account.vpc, EnableDnsHostnames={"Value": True})
    where = {"VPCId": account.vpc, "VPCRegion": "eu-west-1"}
    zone = dns("CreateHostedZone", Name="corp.example", CallerReference="z", VPC=where)["HostedZone"]["Id"].rpartition(
        "/"
    )[2]
    record = {"Name": "lab.corp.example", "Type": "NS", "TTL": 60, "ResourceRecords": [{"Value": "ns1.dc.example."}]}
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    dns("ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    assert resolve(account.running.cloud, account.vpc, "host.lab.corp.example").status == "NXDOMAIN"
    refused = account.resolver(
        "CreateResolverRule", CreatorRequestId="a", RuleType="DELEGATE", DelegationRecord="dc.example"
    )
    assert refused == "InvalidRequestException"
    made = account.resolver("CreateResolverRule", CreatorRequestId="b", RuleType="DELEGATE", DelegationRecord="dc.example",
                            ResolverEndpointId=account.endpoint()["Id"])["ResolverRule"]  # fmt: skip
    assert (made["RuleType"], made["DelegationRecord"]) == ("DELEGATE", "dc.example")
    account.resolver("AssociateResolverRule", ResolverRuleId=made["Id"], VPCId=account.vpc)
    answer = resolve(account.running.cloud, account.vpc, "host.lab.corp.example")
    assert (answer.status, made["Id"] in answer.zone) == ("UNKNOWN", True)
    assert resolve(account.running.cloud, account.vpc, "other.corp.example").status == "NXDOMAIN"


def test_a_target_that_is_not_read_leaves_with_its_rule(account):
    running = account.running
    target = {"Ip": "192.0.2.53", "Ipv6": "2001:db8::53"}
    running.cloud = changed(
        running.cloud,
        [
            new(
                "AWS::Route53Resolver::ResolverRule",
                "Rule",
                {"RuleType": "FORWARD", "DomainName": "x.", "TargetIps": [target]},
            )
        ],
    )
    assert [one.what for one in running.cloud.template.unread] == ["TargetIps.Ipv6"]
    running.cloud = changed(running.cloud, [Remove("Rule")])
    assert running.cloud.template.unread == ()
