"""An account of which one answer was not saved: no verdict turns without a word."""

import json
from functools import cache

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError, SourceError
from netful.sources import load

OWNER = "111111111111"
ELB = f"arn:aws:elasticloadbalancing:eu-west-1:{OWNER}"
BALANCER, GROUP, LISTENER = (
    f"{ELB}:loadbalancer/app/front/50",
    f"{ELB}:targetgroup/web/1",
    f"{ELB}:listener/app/front/50/60",
)
EVERYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
PROXY = {"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "https://example.com/"}
METHOD = {"httpMethod": "GET", "authorizationType": "NONE", "apiKeyRequired": False, "methodIntegration": PROXY}


def interface(number, instance):
    return {
        "NetworkInterfaceId": f"eni-{number}", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Status": "in-use", "InterfaceType": "interface",
        "PrivateIpAddress": f"10.0.0.{number}", "PrivateIpAddresses": [{"PrivateIpAddress": f"10.0.0.{number}", "Primary": True}],
        "Groups": [{"GroupId": "sg-1"}], "Attachment": {"InstanceId": instance, "Status": "attached"},
    }  # fmt: skip


def instance(number, id_):
    return {"InstanceId": id_, "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": {"Name": "running"}, "PrivateIpAddress": f"10.0.0.{number}"}  # fmt: skip


ENTRY = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
ANSWERS = {
    "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": OWNER}]},
    "subnets": {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"}]},
    "tables": {"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}], "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]}]},
    "acls": {"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Associations": [{"SubnetId": "subnet-1"}], "Entries": [ENTRY | {"Egress": True}, ENTRY | {"Egress": False}]}]},
    "groups": {"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "GroupName": "all", "IpPermissions": [EVERYWHERE], "IpPermissionsEgress": [EVERYWHERE]}]},
    "interfaces": {"NetworkInterfaces": [interface(10, "i-1"), interface(11, "i-2"), interface(12, "i-3") | {"InterfaceType": "load_balancer", "Description": "ELB app/front/50", "Attachment": {"Status": "attached"}}]},
    "instances": {"Reservations": [{"ReservationId": "r-1", "Instances": [instance(10, "i-1"), instance(11, "i-2")]}]},
    "endpoints": {"VpcEndpoints": []},
    "balancers": {"LoadBalancers": [{"LoadBalancerArn": BALANCER, "LoadBalancerName": "front", "Type": "application", "Scheme": "internal", "VpcId": "vpc-1", "SecurityGroups": ["sg-1"], "DNSName": "front.example", "AvailabilityZones": [{"SubnetId": "subnet-1", "ZoneName": "eu-west-1a"}]}]},
    "listeners": {"Listeners": [{"ListenerArn": LISTENER, "LoadBalancerArn": BALANCER, "Port": 80, "Protocol": "HTTP", "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}]}]},
    "rules": {"Rules": [{"RuleArn": f"{LISTENER.replace(':listener/', ':listener-rule/')}/70", "Priority": "default", "IsDefault": True, "Actions": [{"Type": "forward", "TargetGroupArn": GROUP}]}]},
    "target-groups": {"TargetGroups": [{"TargetGroupArn": GROUP, "TargetGroupName": "web", "Port": 8080, "Protocol": "HTTP", "VpcId": "vpc-1", "TargetType": "instance"}]},
    "health-web": {"TargetHealthDescriptions": [{"Target": {"Id": "i-1", "Port": 8080}, "TargetHealth": {"State": "healthy"}}]},
    "rest-apis": {"items": [{"id": "rest123456", "name": "a", "endpointConfiguration": {"types": ["REGIONAL"]}}]},
    "resources": {"items": [{"id": "r00000", "path": "/", "resourceMethods": {"GET": METHOD}}]},
    "rest-stages": {"item": [{"stageName": "prod", "deploymentId": "d"}]},
    "http-apis": {"Items": [{"ApiId": "http123456", "Name": "b", "ProtocolType": "HTTP"}]},
    "routes": {"Items": [{"RouteId": "r1", "RouteKey": "GET /x", "Target": "integrations/i1", "AuthorizationType": "NONE"}]},
    "integrations": {"Items": [{"IntegrationId": "i1", "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://example.com", "IntegrationMethod": "GET"}]},
    "http-stages": {"Items": [{"StageName": "$default", "AutoDeploy": True}]},
}  # fmt: skip
QUESTIONS = (
    ("i-2", "front:tcp/80"),
    ("i-2", "10.0.0.10:tcp/22"),
    ("internet", "rest123456 GET /prod/"),
    ("internet", "http123456 GET /x"),
    ("internet", "http123456 GET /y"),
)


def members(value, way=()):
    """Yield the ways to all members of objects within an answer."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ((*way, name), *members(inner, (*way, name)))
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, way)


def lacking(value, way):
    """Return an answer without a member of its objects."""
    if isinstance(value, list):
        return [lacking(inner, way) for inner in value]
    if not isinstance(value, dict):
        return value
    name, *rest = way
    return {
        key: lacking(inner, rest) if key == name and rest else inner
        for key, inner in value.items()
        if key != name or rest
    }


@cache
def told(folder, without, member=()):
    """The verdict of each question without an answer, or one of its members, with everything that is said beside it."""
    place = folder / "eu-west-1"
    place.mkdir(exist_ok=True)
    for name, answer in ANSWERS.items():
        left = lacking(answer, member) if member else ""
        (place / f"{name}.json").write_text(json.dumps(answer) if name != without else left and json.dumps(left))
    cloud = load([folder])
    paths = []
    for source, destination in QUESTIONS:
        try:
            paths.append(trace(cloud, parse(cloud, source, destination)))
        except QuestionError:  # the source or the destination is not there
            paths.append(None)
    return paths


@pytest.mark.parametrize("without", ANSWERS)
def test_no_verdict_turns_without_a_word(tmp_path, without):
    whole, found = told(tmp_path, ""), told(tmp_path, without)
    assert [path.verdict for path in whole] == ["reachable"] * 4 + ["blocked"]
    for before, after in zip(whole, found, strict=True):
        if after is None or after.verdict in (before.verdict, "unknown"):
            continue
        assert {*after.assumptions} - {*before.assumptions}, (
            str(after),
            [str(h) for h in after.hops],
        )


ABSENT = (
    "interfaces.NetworkInterfaces.PrivateIpAddress", "resources.items.resourceMethods", "resources.items.resourceMethods.GET",
    "resources.items.resourceMethods.GET.methodIntegration", "resources.items.resourceMethods.GET.methodIntegration.httpMethod",
    "routes.Items.Target", "http-stages.Items.AutoDeploy",
)  # fmt: skip
"""Members that AWS leaves out of an object that does not have them."""

MEMBERS = [
    (name, way)
    for name, answer in ANSWERS.items()
    for way in dict.fromkeys(members(answer))
    if len(way) > 1 and ".".join((name, *way)) not in ABSENT
]


@pytest.mark.parametrize(("name", "member"), MEMBERS, ids=lambda one: one if isinstance(one, str) else ".".join(one))
def test_no_member_is_missed_without_a_word(tmp_path, name, member):
    """An answer of which somebody kept a part."""
    whole = told(tmp_path, "")
    try:
        found = told(tmp_path, name, member)
    except SourceError:
        return
    for before, after in zip(whole, found, strict=True):
        if after is not None and after.verdict not in (before.verdict, "unknown"):
            assert {*after.assumptions} - {*before.assumptions}, (str(after), [str(hop) for hop in after.hops])


@pytest.mark.parametrize(
    ("without", "question", "command"),
    [
        ("health-web", 0, "aws elbv2 describe-target-health"),
        ("listeners", 0, "aws elbv2 describe-listeners"),
        ("resources", 2, "aws apigateway get-resources"),
        ("routes", 3, "aws apigatewayv2 get-routes"),
        ("routes", 4, "aws apigatewayv2 get-routes"),
        ("integrations", 3, "aws apigatewayv2 get-integrations"),
        ("http-stages", 3, "aws apigatewayv2 get-stages"),
    ],
)
def test_the_command_of_a_missing_answer_is_named(tmp_path, without, question, command):
    path = told(tmp_path, without)[question]
    assert path.verdict == "unknown"
    assert command in str(path.missing)


def test_a_stage_that_was_not_described_is_assumed(tmp_path):
    path = told(tmp_path, "rest-stages")[2]
    assert path.verdict == "reachable"
    assert ["`StageName` of rest123456/stages" in one for one in path.assumptions] == [True]


def test_endpoints_that_were_not_described_are_assumed_not_to_be_there(tmp_path):
    path = told(tmp_path, "endpoints")[1]
    assert "vpc-1 has no endpoint: no file has the output of `aws ec2 describe-vpc-endpoints`" in path.assumptions
