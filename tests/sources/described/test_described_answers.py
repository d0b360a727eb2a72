"""The answers of the AWS CLI as people keep them: in whatever files, in pages, in YAML, without the id that was asked for."""

import json
from ipaddress import ip_network

import pytest
import yaml

from netful.engine.authorization.permissions import execute_api_arn, permits
from netful.engine.integrations.integration_targets import Callee
from netful.engine.names.hosted_zones import chosen
from netful.engine.names.resolution import resolve
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import SourceError, Unknown
from netful.sources import load

VPC = {
    "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111111111111"}],
    "VpcEndpoints": [],
    "NetworkInterfaces": [],
}
SUBNETS = [
    {
        "SubnetId": f"subnet-{zone}",
        "VpcId": "vpc-1",
        "CidrBlock": f"10.0.{n}.0/24",
        "AvailabilityZone": f"eu-west-1{zone}",
    }
    for n, zone in enumerate("ab")
]


@pytest.fixture
def described(tmp_path):
    """The cloud of a folder: a path in it → what the file holds (a text as it is, all else as JSON)."""

    def described_(**files):
        write(tmp_path, files)
        return load([tmp_path])

    return described_


def write(folder, files):
    for name, content in files.items():
        file = folder / (name if "." in name else f"{name}.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))


IN = "eu-west-1/"


def test_a_file_may_hold_nothing_several_answers_or_yaml(described):
    pages = json.dumps({"Subnets": SUBNETS[:1], "NextToken": "x"}) + "\n" + json.dumps({"Subnets": SUBNETS[1:]})
    cloud = described(**{
        f"{IN}empty": "", f"{IN}blank": " \n", f"{IN}subnets": pages, f"{IN}vpcs.yaml": yaml.safe_dump(VPC),
        f"{IN}deeper/more/stream.yml": yaml.safe_dump([{"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1"}]}]),
    })  # fmt: skip
    assert (list(cloud.network.vpcs), sorted(cloud.network.subnets), list(cloud.network.route_tables)) == (
        ["vpc-1"],
        ["subnet-a", "subnet-b"],
        ["rtb-1"],
    )
    assert cloud.template.warnings == ()
    assert cloud.network.vpcs["vpc-1"].origin.line == yaml.safe_dump(VPC).split("\n").index("  VpcId: vpc-1") + 1


def test_a_page_without_the_last_one_is_a_warning(described):
    cloud = described(**{f"{IN}vpcs": VPC, f"{IN}subnets": {"Subnets": SUBNETS[:1], "NextToken": "x"}})
    (warning,) = cloud.template.warnings
    assert "subnets.json: is one of several pages, and the last page of `Subnets` is missing" in warning


@pytest.mark.parametrize("content", ["[]", "[1]", '"text"', '[{"Vpcs": []}, 1]'])
def test_what_is_no_answer_is_said_so(described, content):
    with pytest.raises(SourceError, match="not output of the AWS CLI") as caught:
        described(**{f"{IN}Some": content})
    assert "--query" in caught.value.hint


def test_a_folder_of_files_alone_has_the_regions_that_they_tell(described):
    cloud = described(
        vpcs=VPC,
        subnets={"Subnets": SUBNETS},
        **{"us-east-2-vpcs": {"Vpcs": [{"VpcId": "vpc-2", "CidrBlock": "10.9.0.0/16"}]}, "notes.json": {"x": 1}},
    )
    assert cloud.region == "eu-west-1"
    assert {vpc.id: vpc.region for vpc in cloud.network.vpcs.values()} == {"vpc-1": "eu-west-1", "vpc-2": "us-east-2"}


@pytest.mark.parametrize(
    "region",
    ["eu-west-1", "us-gov-east-1", "us-isob-east-1", "ap-southeast-5", "cn-northwest-1", "us-east-1", "eusc-de-east-1"],
)
@pytest.mark.parametrize("name", ["{}/vpcs", "{}", "rs-{}", "my-vpcs-{}", "{}-vpcs", "sg_of_{}"])
def test_the_region_in_a_file_s_name(described, region, name):
    cloud = described(**{name.format(region): VPC})
    assert {vpc.region for vpc in cloud.network.vpcs.values()} == {region}


def test_a_folder_with_a_template_stays_a_template(tmp_path):
    write(tmp_path, {"vpcs": VPC, "template.yaml": "Resources: {T: {Type: AWS::SNS::Topic}}"})
    assert list(load([tmp_path]).template.resources) == ["T"]


def test_what_several_accounts_see_is_as_its_owner_sees_it(described):
    group = {"GroupId": "sg-1", "VpcId": "vpc-1", "GroupName": "g", "OwnerId": "222222222222"}
    whole = group | {"IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}
    cloud = described(**{
        "111111111111/eu-west-1/a": VPC | {"SecurityGroups": [group]},
        "222222222222/eu-west-1/a": {"SecurityGroups": [whole]},
    })  # fmt: skip
    assert len(cloud.network.security_groups["sg-1"].ingress) == 1


def test_the_attributes_of_a_vpc_are_answers_of_their_own(described):
    cloud = described(**{
        f"{IN}vpcs": VPC,
        f"{IN}support": {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": False}},
        f"{IN}hostnames": {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}},
    })  # fmt: skip
    vpc = cloud.network.vpcs["vpc-1"]
    assert (vpc.enable_dns_support, vpc.enable_dns_hostnames) == (False, True)


def test_entries_of_a_prefix_list_are_known_by_the_file_s_name(described):
    lists = [{"PrefixListId": f"pl-{n}", "PrefixListName": f"list{n}"} for n in (1, 2)]
    cloud = described(**{
        f"{IN}vpcs": VPC,
        f"{IN}lists": {"PrefixLists": lists},
        f"{IN}get-managed-prefix-list-entries-pl-2": {"Entries": [{"Cidr": "10.8.0.0/16"}]},
    })  # fmt: skip
    assert cloud.network.prefix_lists["pl-2"].cidr_blocks == (ip_network("10.8.0.0/16"),)
    assert isinstance(cloud.network.prefix_lists["pl-1"].cidr_blocks[0], Unknown)


def test_an_answer_whose_subject_is_not_told_is_a_warning(described):
    lists = [{"PrefixListId": f"pl-{n}", "PrefixListName": f"list{n}"} for n in (1, 2)]
    cloud = described(**{
        f"{IN}vpcs": VPC,
        f"{IN}lists": {"PrefixLists": lists},
        f"{IN}entries": {"Entries": [{"Cidr": "10.8.0.0/16"}]},
    })  # fmt: skip
    (warning,) = cloud.template.warnings
    assert "entries.json: does not show which of the `PrefixLists` it describes" in warning


def attached(id_, vpc_id):
    return {
        "TransitGatewayAttachmentId": id_,
        "TransitGatewayId": "tgw-1",
        "State": "available",
        "VpcId": vpc_id,
        "SubnetIds": [],
    }


TABLE = {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "State": "available"}
ATTACHED = {"TransitGatewayVpcAttachments": [attached("tgw-attach-1", "vpc-1"), attached("tgw-attach-2", "vpc-2")]}


def leading(id_, block, kind, **more):
    to = {"TransitGatewayAttachmentId": id_, "ResourceType": "vpc", "ResourceId": "vpc-2"}
    return {"DestinationCidrBlock": block, "Type": kind, "State": "active", "TransitGatewayAttachments": [to]} | more


@pytest.mark.parametrize(
    "answer",
    [
        {"Rules": [{"Name": "nightly", "Arn": "arn:aws:events:eu-west-1:111111111111:rule/nightly"}]},
        {"Listeners": [{"ListenerArn": "arn:aws:globalaccelerator::111111111111:accelerator/a/listener/b"}]},
        {"Routes": [{"DestinationCidrBlock": "10.9.0.0/16", "LocalGatewayRouteTableId": "lgw-rtb-1", "State": "active"}]},
        {"Routes": [{"ClientVpnEndpointId": "cvpn-1", "DestinationCidr": "10.9.0.0/16"}]},
        {"Routes": [{"RouteServerPeerId": "rsp-1", "Prefix": "10.9.0.0/16"}]},
        {"Associations": [{"TransitGatewayPolicyTableId": "tgw-ptb-1", "TransitGatewayAttachmentId": "tgw-attach-1", "State": "associated"}]},
        {"Associations": [{"Name": "AWS-RunPatchBaseline", "AssociationId": "a"}]},
        {"Domains": [{"DomainId": "d-1"}]},
    ],
)  # fmt: skip
def test_answers_of_other_services_with_the_same_key_are_ignored(described, answer):
    tables = {"TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1"}]}
    lists = {"FirewallDomainLists": [{"Id": "rslvr-fdl-1"}]}
    without = described(**{f"{IN}vpcs": VPC, f"{IN}tables": tables, f"{IN}lists": lists})
    assert described(**{f"{IN}other": answer}) == without


def test_a_transit_gateway_s_table_as_three_answers_about_it(described):
    part = {"TransitGatewayAttachmentId": "tgw-attach-1", "ResourceType": "vpc", "ResourceId": "vpc-1"}
    cloud = described(**{
        f"{IN}vpcs": VPC | ATTACHED | {"TransitGateways": [{"TransitGatewayId": "tgw-1"}]},
        f"{IN}tables": {"TransitGatewayRouteTables": [TABLE, TABLE | {"TransitGatewayRouteTableId": "tgw-rtb-2"}]},
        f"{IN}associations-tgw-rtb-1": {"Associations": [part | {"State": "associated"}]},
        f"{IN}propagations-tgw-rtb-1": {"TransitGatewayRouteTablePropagations": [part | {"State": "enabled"}]},
        f"{IN}routes-tgw-rtb-1": {"Routes": [leading("tgw-attach-2", "10.2.0.0/16", "static")]},
        f"{IN}routes-tgw-rtb-2": {"Routes": [
            leading("tgw-attach-1", "10.2.0.0/16", "propagated"), leading("tgw-attach-2", "10.2.0.0/16", "static"),
            leading("tgw-attach-1", "10.1.0.0/16", "propagated"),
        ]},
    })  # fmt: skip
    one, two = (cloud.network.transit_gateway_route_tables[f"tgw-rtb-{n}"] for n in (1, 2))
    assert (one.associations, one.propagations) == (("tgw-attach-1",), ("tgw-attach-1",))
    assert [(str(r.destination_cidr_block), r.attachment_id) for r in one.routes] == [("10.2.0.0/16", "tgw-attach-2")]
    assert [(str(r.destination_cidr_block), r.attachment_id) for r in two.routes] == [
        ("10.2.0.0/16", "tgw-attach-2"),
        ("10.1.0.0/16", "tgw-attach-1"),
    ]


def test_what_was_not_asked_of_a_transit_gateway_is_as_its_options_have_it(described):
    options = {
        "AssociationDefaultRouteTableId": "tgw-rtb-1", "DefaultRouteTableAssociation": "enable",
        "PropagationDefaultRouteTableId": "tgw-rtb-1", "DefaultRouteTablePropagation": "enable",
    }  # fmt: skip
    gateway = {"TransitGateways": [{"TransitGatewayId": "tgw-1", "Options": options}]}
    cloud = described(**{f"{IN}all": VPC | ATTACHED | gateway | {"TransitGatewayRouteTables": [TABLE]}})
    both = ("tgw-attach-1", "tgw-attach-2")
    table = cloud.network.transit_gateway_route_tables["tgw-rtb-1"]
    assert (table.associations, table.propagations) == (both, both)


def test_a_transit_gateway_s_table_that_refers_to_a_prefix_list(described):
    to = {"TransitGatewayAttachmentId": "tgw-attach-2", "ResourceType": "vpc", "ResourceId": "vpc-2"}
    reference = {"TransitGatewayRouteTableId": "tgw-rtb-1", "PrefixListId": "pl-1", "TransitGatewayAttachment": to}
    cloud = described(**{
        f"{IN}all": VPC | ATTACHED | {"TransitGatewayRouteTables": [TABLE]},
        f"{IN}lists": {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "corp", "Entries": [{"Cidr": "10.7.0.0/16"}, {"Cidr": "10.8.0.0/16"}]}]},
        f"{IN}references": {"TransitGatewayPrefixListReferences": [reference, reference | {"PrefixListId": "pl-9"}]},
    })  # fmt: skip
    *known, unknown = cloud.network.transit_gateway_route_tables["tgw-rtb-1"].routes
    assert [(str(r.destination_cidr_block), r.attachment_id) for r in known] == [
        ("10.7.0.0/16", "tgw-attach-2"),
        ("10.8.0.0/16", "tgw-attach-2"),
    ]
    assert unknown.destination_cidr_block.needs == ("prefix list pl-9",)


def test_zones_rules_and_dhcp_options(described):
    records = [
        {"Name": "corp.internal.", "Type": "SOA", "TTL": 900, "ResourceRecords": [{"Value": "ns. x. 1 2 3 4 5"}]},
        {"Name": "\\052.corp.internal.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.9"}]},
        {
            "Name": "lb.corp.internal.",
            "Type": "A",
            "AliasTarget": {"DNSName": "x.elb.amazonaws.com.", "HostedZoneId": "Z9"},
        },
    ]
    zone = {"Id": "/hostedzone/Z1", "Name": "corp.internal.", "Config": {"PrivateZone": True}}
    other = {"Id": "/hostedzone/Z2", "Name": "other.internal.", "Config": {"PrivateZone": True}}
    cloud = described(**{
        f"{IN}all": {"Vpcs": [VPC["Vpcs"][0] | {"DhcpOptionsId": "dopt-1"}]},
        "global/zones": {"HostedZones": [zone, other]},
        "global/zone": {"HostedZone": zone, "VPCs": [{"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}]},
        "global/records": {"ResourceRecordSets": records},
        f"{IN}rules": {"ResolverRules": [{"Id": "rslvr-rr-1", "DomainName": "on.prem.", "RuleType": "FORWARD", "TargetIps": [{"Ip": "192.168.0.2", "Port": 53}], "ResolverEndpointId": "rslvr-out-1"}]},
        f"{IN}associations": {"ResolverRuleAssociations": [{"Id": "rslvr-rrassoc-1", "ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-1"}]},
        f"{IN}endpoints": {"ResolverEndpoints": [{"Id": "rslvr-out-1", "Direction": "OUTBOUND", "SecurityGroupIds": ["sg-1"]}]},
        f"{IN}dhcp": {"DhcpOptions": [{"DhcpOptionsId": "dopt-1", "DhcpConfigurations": [{"Key": "domain-name-servers", "Values": [{"Value": "10.0.0.53"}]}, {"Key": "domain-name", "Values": [{"Value": "x.y"}]}]}]},
    })  # fmt: skip
    found = cloud.names.hosted_zones["Z1"]
    assert (found.name, found.vpc_ids) == ("corp.internal", ("vpc-1",))
    assert [(r.name, r.type, r.values or r.alias) for r in found.records[1:]] == [
        ("*.corp.internal", "A", ("10.0.0.9",)),
        ("lb.corp.internal", "A", "x.elb.amazonaws.com."),
    ]
    (unknown,) = cloud.names.hosted_zones["Z2"].vpc_ids
    assert "aws route53 get-hosted-zone --id Z2" in unknown.needs[0]
    rule = cloud.names.resolver_rules["rslvr-rr-1"]
    assert (rule.domain_name, rule.vpc_ids, str(rule.targets[0].ip)) == ("on.prem", ("vpc-1",), "192.168.0.2")
    options = cloud.names.dhcp_options["dopt-1"]
    assert (options.domain_name_servers, options.vpc_ids) == (("10.0.0.53",), ("vpc-1",))


@pytest.mark.parametrize(
    ("owner", "name", "status"),
    [
        ({"OwningAccount": "222222222222"}, "db.corp.internal", "UNKNOWN"),
        ({"OwningAccount": "222222222222"}, "www.example.com", "NOERROR"),
        ({"OwningService": "vpce.amazonaws.com"}, "db.corp.internal", "NXDOMAIN"),
    ],
)
def test_a_zone_of_another_account_that_a_vpc_sees_is_unknown(described, owner, name, status):
    zones = {
        "HostedZoneSummaries": [{"HostedZoneId": "Z9", "Name": "corp.internal.", "Owner": owner}],
        "MaxItems": "100",
    }
    hostnames = {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}}
    seen = {f"{IN}vpcs": VPC, f"{IN}hostnames": hostnames, f"{IN}zones-vpc-1": zones}
    assert resolve(described(**seen), "vpc-1", name).status == status
    whole = {"HostedZone": {"Id": "/hostedzone/Z9", "Name": "corp.internal."}, "VPCs": [{"VPCId": "vpc-1"}]}
    records = {
        "ResourceRecordSets": [{"Name": "db.corp.internal.", "Type": "A", "ResourceRecords": [{"Value": "10.0.0.9"}]}]
    }
    cloud = described(**{"global/zone": whole, "global/records-Z9": records})
    assert resolve(cloud, "vpc-1", "db.corp.internal").status == "NOERROR"


@pytest.mark.parametrize("forwards", [False, True])
def test_the_rule_for_the_internet_that_every_account_has(described, forwards):
    recursive = {"Id": "rslvr-autodefined-rr-internet-resolver", "DomainName": ".", "RuleType": "RECURSIVE"}
    own = {"Id": "rslvr-rr-1", "DomainName": ".", "RuleType": "FORWARD", "TargetIps": [{"Ip": "192.168.0.2"}]}
    rules = [recursive, own] if forwards else [recursive]
    associations = [{"Id": f"a-{rule['Id']}", "ResolverRuleId": rule["Id"], "VPCId": "vpc-1"} for rule in rules]
    cloud = described(
        **{
            f"{IN}all": VPC | {"Subnets": SUBNETS},
            f"{IN}rules": {"ResolverRules": rules},
            f"{IN}associations": {"ResolverRuleAssociations": associations},
        }
    )
    found = chosen(cloud, cloud.network.vpcs["vpc-1"], "example.com")
    assert (found.id if found else None) == ("rslvr-rr-1" if forwards else None)
    assert not cloud.template.unread


@pytest.mark.parametrize(
    "answers",
    [
        {"ResolverRules": [{"Id": "rslvr-rr-1", "DomainName": "example.com.", "RuleType": "FORWARD", "TargetIps": [{"Ip": "10.0.0.9"}]}]},
        {
            "FirewallRuleGroups": [{"Id": "rslvr-frg-1"}],
            "FirewallRules": [{"FirewallRuleGroupId": "rslvr-frg-1", "FirewallDomainListId": "rslvr-fdl-1", "Priority": 1, "Action": "BLOCK", "BlockResponse": "NODATA"}],
            "FirewallDomainLists": [{"Id": "rslvr-fdl-1"}],
            "Domains": ["example.com."],
        },
    ],
)  # fmt: skip
def test_what_may_be_associated_with_a_vpc_makes_its_names_unknown(described, answers):
    cloud = described(**{f"{IN}vpcs": VPC, **{f"{IN}{key}": {key: answer} for key, answer in answers.items()}})
    statuses = [resolve(cloud, "vpc-1", f"{name}.com").status for name in ("example", "example-2")]
    assert statuses == ["UNKNOWN", "NOERROR"]


POLICY = '{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Deny\\",\\"Principal\\":\\"*\\",\\"Action\\":\\"execute-api:Invoke\\",\\"Resource\\":\\"*\\"}]}'
API = {
    "id": "abcde12345", "name": "orders", "policy": POLICY, "apiKeySource": "HEADER",
    "endpointConfiguration": {"types": ["PRIVATE"], "vpcEndpointIds": ["vpce-1"]},
}  # fmt: skip
URI = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111111111111:function:Fn/invocations"
RESOURCES = [
    {"id": "root000000", "path": "/"},
    {"id": "items00000", "parentId": "root000000", "pathPart": "orders", "path": "/orders", "resourceMethods": {"GET": {
        "httpMethod": "GET", "authorizationType": "AWS_IAM", "apiKeyRequired": True,
        "methodIntegration": {"type": "AWS_PROXY", "httpMethod": "POST", "uri": URI, "timeoutInMillis": 29000},
    }}},
]  # fmt: skip
STAGE = {
    "stageName": "prod", "deploymentId": "dep123", "cacheClusterEnabled": False, "variables": {"a": "b"},
    "methodSettings": {"~1orders/GET": {"throttlingRateLimit": 7.0, "throttlingBurstLimit": 3}, "*/*": {"throttlingRateLimit": 50.0, "throttlingBurstLimit": 20}},
}  # fmt: skip
PLAN = {
    "id": "plan01", "name": "gold", "throttle": {"rateLimit": 5.0, "burstLimit": 2}, "quota": {"limit": 100, "period": "DAY", "offset": 0},
    "apiStages": [{"apiId": "abcde12345", "stage": "prod"}],
}  # fmt: skip


def rest_api(**more):
    return {
        f"{IN}all": VPC | {"Functions": [{"FunctionName": "Fn"}]},
        f"{IN}get-rest-apis": {"items": [API, API | {"id": "zzzzz99999", "policy": "", "name": "other"}]},
        f"{IN}get-resources-abcde12345": {"items": RESOURCES},
        f"{IN}get-stages-abcde12345": {"item": [STAGE]},
        f"{IN}get-usage-plans": {"items": [PLAN, PLAN | {"id": "plan02"}]},
        f"{IN}get-api-keys": {"items": [{"id": "key01", "name": "k", "enabled": True, "createdDate": "2024-01-01"}]},
        f"{IN}get-usage-plan-keys-plan01": {"items": [{"id": "key01", "type": "API_KEY", "value": "v", "name": "k"}]},
        f"{IN}get-vpc-links": {"items": [{"id": "link01", "name": "l", "targetArns": ["arn:x"]}]},
    } | more


def test_a_rest_api_with_its_stages_plans_and_keys(described):
    cloud = described(**rest_api())
    api = cloud.apis.rest_apis["abcde12345"]
    assert (api.endpoint_type, api.vpc_endpoint_ids, api.policy["Statement"][0]["Effect"]) == (
        "PRIVATE",
        ("vpce-1",),
        "Deny",
    )
    (route,) = api.routes
    assert (route.http_method, route.path, route.authorization_type, route.api_key_required) == (
        "GET",
        "/orders",
        "AWS_IAM",
        True,
    )
    assert route.integration.type == "AWS_PROXY"
    (stage,) = cloud.apis.stages_of("abcde12345")
    assert {(s.resource_path, s.http_method): s.throttling_rate_limit for s in stage.method_settings} == {
        ("/orders", "GET"): 7.0,
        ("*", "*"): 50.0,
    }
    plan = cloud.apis.usage_plans["plan01"]
    assert (plan.throttle.rate_limit, plan.quota.limit, plan.key_ids) == (5.0, 100, ("key01",))
    assert isinstance(cloud.apis.usage_plans["plan02"].key_ids[0], Unknown)
    assert list(cloud.apis.vpc_links) == ["link01"]
    assert isinstance(cloud.apis.rest_apis["zzzzz99999"].definition, Unknown)


ACL, ADDRESSES = (f"arn:aws:wafv2:eu-west-1:111111111111:regional/{kind}/one/1" for kind in ("webacl", "ipset"))


def web_acl(statement):
    rule = {"Name": "no", "Priority": 0, "Statement": statement, "Action": {"Block": {}}}
    return {"WebACL": {"Name": "one", "ARN": ACL, "DefaultAction": {"Allow": {}}, "Rules": [rule]}, "LockToken": "x"}


BY_PATH = {"ByteMatchStatement": {"SearchString": "L29yZGVycw==", "FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "ENDS_WITH",
                                  "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}  # fmt: skip
BY_ADDRESS = {"IPSetReferenceStatement": {"ARN": ADDRESSES}}


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({}, "assumed"),
        ({"get-web-acl": web_acl(BY_PATH)}, "deny"),
        ({"get-web-acl": web_acl(BY_ADDRESS), "get-ip-set": {"IPSet": {"Name": "one", "ARN": ADDRESSES, "Addresses": ["198.51.100.0/24"]}}}, "allow"),
        ({"get-web-acl": web_acl(BY_ADDRESS), "get-ip-set": {"IPSet": {"Name": "one", "ARN": ADDRESSES, "Addresses": ["192.0.2.0/24"]}}}, "deny"),
    ],
)  # fmt: skip
def test_a_stage_has_the_web_acl_that_it_names(described, answers, verdict):
    stage = {f"{IN}get-stages-abcde12345": {"item": [STAGE | {"webAclArn": ACL}]}}
    public = API | {"policy": "", "endpointConfiguration": {"types": ["REGIONAL"]}}
    acl = {f"{IN}{name}": answer for name, answer in answers.items()}
    cloud = described(**(rest_api() | stage | {f"{IN}get-rest-apis": {"items": [public]}} | acl))
    [hop] = [
        one for one in trace(cloud, parse(cloud, "internet", "abcde12345 GET /prod/orders")).hops if one.kind == "waf"
    ]
    assert ("assumed" if not answers and hop.component != ACL else hop.verdict) == verdict


OLDER = {"items": [{"domainName": "api.example.com", "endpointConfiguration": {"types": ["REGIONAL"]}}]}
NEWER = {"Items": [{"DomainName": "api.example.com", "DomainNameConfigurations": [{"EndpointType": "REGIONAL"}]}]}
MAPPING = {"Items": [{"ApiId": "http123456", "ApiMappingId": "m1", "ApiMappingKey": "v1", "Stage": "$default"}]}


@pytest.mark.parametrize(
    ("domains", "mappings", "path", "verdict"),
    [
        ([OLDER, NEWER], MAPPING, "/v1/a", "reachable"),
        ([NEWER], MAPPING, "/v1/a", "reachable"),
        ([OLDER], MAPPING, "/v2/a", "blocked"),
        ([NEWER], None, "/v1/a", "unknown"),
        ([OLDER], None, "/v1/a", "unknown"),
    ],
)
def test_a_domain_name_of_an_http_api_with_its_mappings(described, domains, mappings, path, verdict):
    of_api = "http123456"
    answers = {
        "get-apis": {"Items": [{"ApiId": of_api, "Name": "h", "ProtocolType": "HTTP"}]},
        f"get-routes-{of_api}": {"Items": [{"RouteId": "r1", "RouteKey": "GET /a", "Target": "integrations/i1"}]},
        f"get-integrations-{of_api}": {"Items": [{"IntegrationId": "i1", "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://e.org", "IntegrationMethod": "GET"}]},
        f"get-stages-{of_api}": {"Items": [{"StageName": "$default", "AutoDeploy": True}]},
        **{f"domains-{number}": one for number, one in enumerate(domains)},
        **({"get-api-mappings": mappings} if mappings else {}),
    }  # fmt: skip
    cloud = described(**{f"{IN}all": VPC, **{f"{IN}{name}": answer for name, answer in answers.items()}})
    assert trace(cloud, parse(cloud, "internet", f"https://api.example.com{path}")).verdict == verdict


URL = {
    "FunctionUrl": "https://abcdefghijklmnopqrstuvwxyz234567.lambda-url.eu-west-1.on.aws/", "AuthType": "NONE", "InvokeMode": "BUFFERED",
    "FunctionArn": "arn:aws:lambda:eu-west-1:111111111111:function:Fn",
}  # fmt: skip
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": "*"}


def of_auth_type(kind):
    return OPEN | {"Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": kind}}}


@pytest.mark.parametrize(
    ("url", "statements", "verdict"),
    [
        (URL, [of_auth_type("NONE")], "reachable"),
        (URL, [of_auth_type("AWS_IAM")], "blocked"),
        (URL, [], "blocked"),
        (URL | {"AuthType": "AWS_IAM"}, [], "blocked"),
        (None, [], "assumed"),
    ],
)
@pytest.mark.parametrize("listed", [True, False])
def test_a_function_url(described, url, statements, verdict, listed):
    answer = {"FunctionUrlConfigs": [url]} if listed and url else url or {}
    cloud = described(
        **{
            f"{IN}all": VPC | {"Functions": [{"FunctionName": "Fn", "FunctionArn": URL["FunctionArn"]}]},
            f"{IN}get-policy-Fn": {"Policy": json.dumps({"Statement": statements}), "RevisionId": "1"},
            f"{IN}url": answer,
        }
    )
    path = trace(cloud, parse(cloud, "internet", URL["FunctionUrl"]))
    assert ("assumed" if "is a function URL" in str(path.assumptions) else path.verdict) == verdict
    assert not cloud.template.unread


@pytest.mark.parametrize(("default", "status"), [(False, 418), (True, 403)])
def test_gateway_responses_of_an_api(described, default, status):
    public = API | {"policy": "", "endpointConfiguration": {"types": ["REGIONAL"]}}
    response = {"responseType": "MISSING_AUTHENTICATION_TOKEN", "statusCode": "418", "defaultResponse": default}
    cloud = described(**(rest_api() | {
        f"{IN}get-rest-apis": {"items": [public]},
        f"{IN}get-gateway-responses-abcde12345": {"items": [response]},
    }))  # fmt: skip
    path = trace(cloud, parse(cloud, "internet", "abcde12345 GET /prod/nothing"))
    assert (path.verdict, path.symptom.status) == ("blocked", status)


ARN = "arn:aws:apigateway:eu-west-1::/domainnames/api.example.com"
RULE = {
    "RoutingRuleId": "rule01", "RoutingRuleArn": f"{ARN}/routingrules/rule01", "Priority": 1, "Conditions": [{"MatchBasePaths": {"AnyOf": ["v1"]}}],
    "Actions": [{"InvokeApi": {"ApiId": "http123456", "Stage": "$default", "StripBasePath": True}}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "rules", "path", "verdict"),
    [
        ("ROUTING_RULE_ONLY", [RULE], "/v1/a", "reachable"),
        ("ROUTING_RULE_ONLY", [RULE], "/v2/a", "blocked"),
        ("ROUTING_RULE_ONLY", None, "/v1/a", "unknown"),
        ("ROUTING_RULE_THEN_API_MAPPING", None, "/v1/a", "unknown"),
        ("ROUTING_RULE_THEN_API_MAPPING", [], "/v1/a", "blocked"),
        ("API_MAPPING_ONLY", None, "/v1/a", "blocked"),
    ],
)
def test_a_domain_name_with_routing_rules(described, mode, rules, path, verdict):
    of_api = "http123456"
    domain = NEWER["Items"][0] | {"RoutingMode": mode, "DomainNameArn": ARN}
    answers = {
        "get-apis": {"Items": [{"ApiId": of_api, "Name": "h", "ProtocolType": "HTTP"}]},
        f"get-routes-{of_api}": {"Items": [{"RouteId": "r1", "RouteKey": "GET /a", "Target": "integrations/i1"}]},
        f"get-integrations-{of_api}": {"Items": [{"IntegrationId": "i1", "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://e.org", "IntegrationMethod": "GET"}]},
        f"get-stages-{of_api}": {"Items": [{"StageName": "$default", "AutoDeploy": True}]},
        "get-domain-names": {"Items": [domain]},
        "get-api-mappings": {"Items": [MAPPING["Items"][0] | {"ApiMappingKey": "other"}]},
        **({"list-routing-rules": {"RoutingRules": rules}} if rules is not None else {}),
    }  # fmt: skip
    cloud = described(**{f"{IN}all": VPC, **{f"{IN}{name}": answer for name, answer in answers.items()}})
    assert trace(cloud, parse(cloud, "internet", f"https://api.example.com{path}")).verdict == verdict


@pytest.mark.parametrize(
    ("effect", "endpoints", "wanted"),
    [
        ("Allow", ["vpce-1"], "allow"),
        ("Deny", ["vpce-1"], "NETFUL_API_DOMAIN_POLICY_DENY"),
        ("Allow", ["vpce-2"], "NETFUL_API_NOT_ASSOCIATED"),
        ("Allow", [], "unknown"),
    ],
)
def test_a_private_domain_name_with_its_policy_and_associations(described, effect, endpoints, wanted):
    arn = "arn:aws:apigateway:eu-west-1:111111111111:/domainnames/shop.corp+abc1234567"
    policy = {"Statement": [{"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}]}
    domain = {"domainName": "shop.corp", "domainNameId": "abc1234567", "domainNameArn": arn, "policy": json.dumps(policy),
              "endpointConfiguration": {"types": ["PRIVATE"]}, "domainNameStatus": "AVAILABLE"}  # fmt: skip
    associations = [
        {"domainNameArn": arn, "accessAssociationSourceType": "VPCE", "accessAssociationSource": one,
         "domainNameAccessAssociationArn": f"arn:aws:apigateway:eu-west-1:111111111111:/domainnameaccessassociations/domainname/shop.corp+abc1234567/vpcesource/{one}"}
        for one in endpoints
    ]  # fmt: skip
    via = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*",
           "Condition": {"StringNotEquals": {"execute-api:viaDomainArn": arn.replace("apigateway", "execute-api", 1)}}}  # fmt: skip
    open_ = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
    cloud = described(**rest_api(**{
        f"{IN}get-rest-apis": {"items": [API | {"policy": json.dumps({"Statement": [open_, via]})}]},
        f"{IN}get-domain-names": {"items": [domain]},
        f"{IN}get-base-path-mappings": {"items": [{"basePath": "(none)", "restApiId": "abcde12345", "stage": "prod"}]},
        **({f"{IN}get-domain-name-access-associations": {"items": associations}} if associations else {}),
    }))  # fmt: skip
    path = trace(cloud, parse(cloud, "endpoint:vpce-1", "https://shop.corp/orders"))
    found = [hop.code or hop.verdict for hop in path.hops if hop.kind in ("host", "policy") and hop.verdict != "allow"]
    assert (found or ["allow"]) == [wanted]


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (None, "unknown"),
        ('{"Statement": [{"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": "*"}]}', "reachable"),
        ('{"Statement": []}', "blocked"),
    ],
)  # fmt: skip
def test_whether_an_api_may_invoke_a_function_is_in_the_function_s_policy(described, policy, verdict):
    public = API | {"policy": "", "endpointConfiguration": {"types": ["REGIONAL"]}}
    method = RESOURCES[1]["resourceMethods"]["GET"] | {"authorizationType": "NONE", "apiKeyRequired": False}
    files = {
        f"{IN}get-rest-apis": {"items": [public]},
        f"{IN}get-resources": {"items": [RESOURCES[0], RESOURCES[1] | {"resourceMethods": {"GET": method}}]},
        f"{IN}get-policy-Fn": {"Policy": policy, "RevisionId": "1"} if policy else {},
    }
    cloud = described(**(rest_api() | files))
    path = trace(cloud, parse(cloud, "internet", "abcde12345 GET /prod/orders"))
    assert path.verdict == verdict
    if policy is None:
        assert path.missing == ("whether API Gateway may invoke Fn",)


@pytest.mark.parametrize(
    ("functions", "vpcs", "account_id", "warned"),
    [
        ([{"FunctionName": "Fn", "FunctionArn": "arn:aws:lambda:eu-west-1:111111111111:function:Fn"}], {}, "111111111111", False),
        ([{"FunctionName": "Fn", "FunctionArn": "arn:aws:lambda:eu-west-1:111111111111:function:Fn"}],
         {"Vpcs": [VPC["Vpcs"][0] | {"OwnerId": "222222222222"}]}, "111111111111", False),
        ([{"FunctionName": "Fn"}], VPC, "111111111111", False),
        ([{"FunctionName": "Fn"}], {}, "111111111111", True),
    ],
)  # fmt: skip
def test_the_account_of_answers_in_a_folder_without_its_id(described, functions, vpcs, account_id, warned):
    source = "arn:aws:execute-api:eu-west-1:111111111111:abcde12345/*/GET/orders"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": "*",
        "Condition": {"ArnLike": {"AWS:SourceArn": source}},
    }
    public = API | {"policy": "", "endpointConfiguration": {"types": ["REGIONAL"]}}
    method = RESOURCES[1]["resourceMethods"]["GET"] | {"authorizationType": "NONE", "apiKeyRequired": False}
    files = {
        f"{IN}all": {"Functions": functions},
        f"{IN}vpcs": vpcs,
        f"{IN}get-rest-apis": {"items": [public]},
        f"{IN}get-resources": {"items": [RESOURCES[0], RESOURCES[1] | {"resourceMethods": {"GET": method}}]},
        f"{IN}get-policy-Fn": {"Policy": json.dumps({"Statement": [statement]}), "RevisionId": "1"},
    }
    cloud = described(**(rest_api() | files))
    assert cloud.account_id == account_id
    assert any("taken to be 111111111111" in warning for warning in cloud.template.warnings) is warned
    assert trace(cloud, parse(cloud, "internet", "abcde12345 GET /prod/orders")).verdict == "reachable"


@pytest.mark.parametrize(
    ("qualifier", "answer", "permitted"),
    [
        (None, {"Policy": '{"Statement": []}', "RevisionId": "1"}, False),
        ("live", {"Policy": '{"Statement": []}', "RevisionId": "1"}, None),
        (None, {}, None),
        ("live", {}, None),
    ],
)
def test_policies_of_versions_and_aliases_are_not_described(described, qualifier, answer, permitted):
    cloud = described(**(rest_api() | {f"{IN}get-policy-Fn": answer}))
    called = Callee(None, function="Fn", qualifier=qualifier)
    assert (
        permits(cloud, [f"{execute_api_arn(cloud, cloud.apis.by_id['abcde12345'])}/prod/GET/orders"], called)
        is permitted
    )


def test_an_http_api(described):
    cloud = described(**{
        f"{IN}all": VPC,
        f"{IN}v2-get-apis": {"Items": [{"ApiId": "h1", "Name": "web", "ProtocolType": "HTTP", "DisableExecuteApiEndpoint": False}]},
        f"{IN}v2-get-routes-h1": {"Items": [{"RouteId": "r1", "RouteKey": "GET /x", "Target": "integrations/i1", "AuthorizationType": "NONE"}]},
        f"{IN}v2-get-integrations-h1": {"Items": [{"IntegrationId": "i1", "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://example.com", "IntegrationMethod": "GET"}]},
        f"{IN}v2-get-stages-h1": {"Items": [{"StageName": "$default", "AutoDeploy": True}]},
    })  # fmt: skip
    (route,) = cloud.apis.http_apis["h1"].routes
    assert (route.path, route.integration.uri) == ("/x", "https://example.com")
    assert [stage.stage_name for stage in cloud.apis.stages_of("h1")] == ["$default"]


ELB = "arn:aws:elasticloadbalancing:eu-west-1:111111111111"


def test_load_balancers_and_databases_whose_interfaces_were_not_listed(described):
    balancer = {
        "LoadBalancerArn": f"{ELB}:loadbalancer/net/front/50", "LoadBalancerName": "front", "Type": "network", "Scheme": "internal",
        "AvailabilityZones": [{"SubnetId": "subnet-a", "LoadBalancerAddresses": [{"PrivateIPv4Address": "10.0.0.77"}]}, {"SubnetId": "subnet-b"}],
    }  # fmt: skip
    database = {
        "DBInstanceIdentifier": "orders", "AvailabilityZone": "eu-west-1b", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
        "DBSubnetGroup": {"Subnets": [{"SubnetIdentifier": "subnet-a"}, {"SubnetIdentifier": "subnet-b"}]},
    }  # fmt: skip
    cloud = described(
        **{f"{IN}all": VPC | {"Subnets": SUBNETS, "LoadBalancers": [balancer], "DBInstances": [database]}}
    )
    assert next((str(e.private_ip_address), e.subnet_id) for e in cloud.network.interfaces_of("front")) == (
        "10.0.0.77",
        "subnet-a",
    )
    assert len(cloud.network.interfaces_of("front")) == 2
    assert [(e.subnet_id, e.security_group_ids) for e in cloud.network.interfaces_of("orders")] == [
        ("subnet-b", ("sg-1",))
    ]


def test_a_classic_load_balancer(described):
    old = {
        "LoadBalancerName": "old", "DNSName": "old-1.eu-west-1.elb.amazonaws.com", "Scheme": "internal", "Subnets": ["subnet-a"], "SecurityGroups": ["sg-1"],
        "Instances": [{"InstanceId": "i-1"}], "HealthCheck": {"Target": "HTTP:80/up"},
        "ListenerDescriptions": [{"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 8080}}],
    }  # fmt: skip
    node = {
        "NetworkInterfaceId": "eni-1",
        "SubnetId": "subnet-a",
        "PrivateIpAddress": "10.0.0.9",
        "Description": "ELB old",
        "Groups": [{"GroupId": "sg-1"}],
    }
    cloud = described(
        **{f"{IN}all": VPC | {"Subnets": SUBNETS, "LoadBalancerDescriptions": [old], "NetworkInterfaces": [node]}}
    )
    assert [eni.id for eni in cloud.network.interfaces_of("old")] == ["eni-1"]
    assert cloud.balancing.load_balancers["old"].dns_name == "old-1.eu-west-1.elb.amazonaws.com"
    (listener,), (group,) = cloud.balancing.listeners.values(), cloud.balancing.target_groups.values()
    assert (listener.port, group.port, [target.id for target in group.targets]) == (80, 8080, ["i-1"])


def test_health_and_attributes_are_of_what_the_file_is_named_after(described):
    groups = [
        {"TargetGroupArn": f"{ELB}:targetgroup/{name}/1", "TargetGroupName": name, "Port": 80}
        for name in ("web", "web-2")
    ]
    balancer = {"LoadBalancerArn": f"{ELB}:loadbalancer/net/front/50", "LoadBalancerName": "front", "Type": "network"}
    cloud = described(**{
        f"{IN}all": VPC | {"TargetGroups": groups, "LoadBalancers": [balancer]},
        f"{IN}health-web": {"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}, "TargetHealth": {"State": "healthy"}}]},
        f"{IN}health-web-2": {"TargetHealthDescriptions": [{"Target": {"Id": "i-2"}, "TargetHealth": {"State": "unhealthy"}}]},
        f"{IN}attributes-web-2": {"Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "false"}, {"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]},
        f"{IN}listener-web-2": {"Attributes": [{"Key": "tcp.idle_timeout.seconds", "Value": "350"}]},
        f"{IN}attributes-front": {"Attributes": [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]},
    })  # fmt: skip
    assert [[t.id for t in cloud.balancing.target_groups[name].targets] for name in ("web", "web-2")] == [
        ["i-1"],
        ["i-2"],
    ]
    assert cloud.balancing.target_groups["web-2"].preserve_client_ip is False
    assert cloud.balancing.target_groups["web"].preserve_client_ip is None
    assert cloud.balancing.load_balancers["front"].cross_zone


def test_the_public_address_of_a_nat_gateway_is_known_without_the_list_of_addresses(described):
    nat = {
        "NatGatewayId": "nat-1",
        "SubnetId": "subnet-a",
        "VpcId": "vpc-1",
        "State": "available",
        "NatGatewayAddresses": [
            {
                "AllocationId": "eipalloc-1",
                "PublicIp": "203.0.113.9",
                "PrivateIp": "10.0.0.20",
                "NetworkInterfaceId": "eni-1",
            }
        ],
    }
    cloud = described(**{f"{IN}all": VPC | {"Subnets": SUBNETS, "NatGateways": [nat]}})
    assert [str(eni.public_ip) for eni in cloud.network.interfaces_of("nat-1")] == ["203.0.113.9"]


def test_a_gateway_s_own_route_table_and_associations_that_are_on_their_way_out(described):
    own = [
        {"GatewayId": "igw-1", "AssociationState": {"State": "associated"}},
        {"SubnetId": "subnet-a", "AssociationState": {"State": "disassociating"}},
        {"SubnetId": "subnet-b", "AssociationState": {"State": "associated"}},
    ]
    routes = [{"DestinationCidrBlock": "10.0.1.0/24", "GatewayId": "vpce-1", "State": "active"}]
    tables = [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": own, "Routes": routes}]
    cloud = described(**{f"{IN}all": VPC | {"Subnets": SUBNETS, "RouteTables": tables}})
    assert cloud.network.edge_table_of("igw-1").routes[0].target_id == "vpce-1"
    assert cloud.network.route_tables["rtb-1"].subnet_ids == ("subnet-b",)


def test_a_zone_that_two_accounts_name_differently_is_one(described):
    def subnet(number, name):
        return SUBNETS[0] | {"SubnetId": f"subnet-{number}", "AvailabilityZone": name, "AvailabilityZoneId": "euw1-az3"}

    cloud = described(**{
        "111111111111/eu-west-1/a": {"Subnets": [subnet(1, "eu-west-1a")]},
        "222222222222/eu-west-1/a": {"Subnets": [subnet(2, "eu-west-1c")]},
    })  # fmt: skip
    assert {subnet.availability_zone for subnet in cloud.network.subnets.values()} == {"eu-west-1a"}


def test_a_target_that_is_not_known_is_named(described):
    routes = [
        {"DestinationCidrBlock": "10.9.0.0/16", "OdbNetworkArn": "arn:x", "State": "active"},
        {"DestinationCidrBlock": "10.8.0.0/16", "State": "active"},
    ]
    cloud = described(
        **{f"{IN}all": VPC | {"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": routes}]}}
    )
    assert [(route.target_kind, route.target_id) for route in cloud.network.route_tables["rtb-1"].routes] == [
        ("other", "arn:x"),
        ("other", "nothing"),
    ]


def test_what_was_not_described_of_a_transit_gateway_s_table_is_unknown(described):
    gateway = {
        "TransitGateways": [{"TransitGatewayId": "tgw-1", "Options": {"DefaultRouteTableAssociation": "disable"}}]
    }
    one = described(**{f"{IN}all": VPC | ATTACHED | gateway | {"TransitGatewayRouteTables": [TABLE]}})
    table = one.network.transit_gateway_route_tables["tgw-rtb-1"]
    unknown = [table.routes[0].destination_cidr_block, *table.associations]
    assert [type(each) for each in unknown] == [Unknown, Unknown]
    assert all("tgw-rtb-1" in need for each in unknown for need in each.needs)


def test_a_transit_gateway_s_table_that_was_described_as_empty_is_known(described):
    cloud = described(**{
        f"{IN}all": VPC | ATTACHED | {"TransitGateways": [{"TransitGatewayId": "tgw-1"}], "TransitGatewayRouteTables": [TABLE]},
        f"{IN}associations-tgw-rtb-1": {"Associations": []},
        f"{IN}routes-tgw-rtb-1": {"Routes": []},
    })  # fmt: skip
    table = cloud.network.transit_gateway_route_tables["tgw-rtb-1"]
    assert (table.routes, table.associations) == ((), ())


def test_host_names_that_were_not_described_are_in_doubt(described):
    for attribute, doubted in (({}, True), ({"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": False}}, False)):
        cloud = described(**{f"{IN}all": VPC, **({f"{IN}attribute": attribute} if attribute else {})})
        vpc = cloud.network.vpcs["vpc-1"]
        assert (vpc.enable_dns_hostnames, vpc.hostnames_doubt is not None) == (False, doubted)


@pytest.mark.parametrize("kind", ["ipv4", "dualstack"])
def test_address_types_of_apis_and_their_domains(described, kind):
    regional = {"types": ["REGIONAL"], "ipAddressType": kind}
    domain = {
        "DomainName": "b.example.com",
        "DomainNameConfigurations": [{"EndpointType": "REGIONAL", "IpAddressType": kind}],
    }
    apis = described(**{
        f"{IN}get-rest-apis": {"items": [{"id": "aaaaa11111", "name": "a", "endpointConfiguration": regional}]},
        f"{IN}get-apis": {"Items": [{"ApiId": "bbbbb22222", "Name": "b", "ProtocolType": "HTTP", "IpAddressType": kind}]},
        f"{IN}get-domain-names": {"items": [{"domainName": "a.example.com", "endpointConfiguration": regional}]},
        f"{IN}newer/get-domain-names": {"Items": [domain]},
    }).apis  # fmt: skip
    every = (*apis.by_id.values(), *apis.domain_names.values())
    assert [one.ip_address_type for one in every] == [kind] * 4
