"""An account of which one answer was not saved: no verdict turns without a word."""

import json
from functools import cache

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError, SourceError
from netful.sources import load
from tests.helpers.described_answers import ANSWERS, account, save

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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where an account is written, as a whole for each question: what is said of the same one again is kept."""
    return tmp_path_factory.mktemp("account")


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
def test_no_verdict_turns_without_a_word(folder, without):
    whole, found = told(folder, ""), told(folder, without)
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
def test_no_member_is_missed_without_a_word(folder, name, member):
    """An answer of which somebody kept a part."""
    whole = told(folder, "")
    try:
        found = told(folder, name, member)
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
def test_the_command_of_a_missing_answer_is_named(folder, without, question, command):
    path = told(folder, without)[question]
    assert path.verdict == "unknown"
    assert command in str(path.missing)


def test_a_stage_that_was_not_described_is_assumed(folder):
    path = told(folder, "rest-stages")[2]
    assert path.verdict == "reachable"
    assert ["`StageName` of rest123456/stages" in one for one in path.assumptions] == [True]


def test_endpoints_that_were_not_described_are_assumed_not_to_be_there(folder):
    path = told(folder, "endpoints")[1]
    assert "vpc-1 has no endpoint: no file has the output of `aws ec2 describe-vpc-endpoints`" in path.assumptions


def of_network(kind, path, **more):
    arn = f"arn:aws:elasticloadbalancing:eu-west-1:111111111111:{path}/abc"
    return {f"{kind}s": [{f"{kind}Arn": arn, f"{kind}Name": "front-2", "VpcId": "vpc-1", "Protocol": "TCP", "Type": "network", "Port": 80, **more}]}  # fmt: skip


@pytest.mark.parametrize(
    ("listed", "name", "answer"),
    [
        (of_network("LoadBalancer", "loadbalancer/net/front-2"), "front-2", {"Attributes": [{"Key": "deletion_protection.enabled", "Value": "false"}]}),
        (of_network("TargetGroup", "targetgroup/front-2"), "front-2", {"Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "false"}]}),
        ({"TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "ResourceId": "vpc-1"}]},
         "tgw-attach-1", {"TransitGatewayVpcAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]}),
    ],
)  # fmt: skip
def test_options_of_an_answer_that_is_not_there_are_an_assumption(tmp_path, listed, name, answer):
    assumed = []
    for described in ({}, {f"own-{name}": answer}):
        cloud = account(tmp_path, listed=listed, **described)
        assumed.append(
            any(one.what in ("Attributes", "Options") and name in one.touches for one in cloud.template.unread)
        )
    assert assumed == [True, False]


@pytest.mark.parametrize(
    ("answers", "verdict"), [({}, "unknown"), ({"a": {"TransitGatewayAttachments": []}}, "blocked")]
)
def test_attachments_that_were_not_described_are_unknown(tmp_path, answers, verdict):
    gateways = {"TransitGateways": [{"TransitGatewayId": "tgw-1", "State": "available"}]}
    tables = json.loads(json.dumps(ANSWERS["tables"]))
    tables["RouteTables"][0]["Routes"] = [
        {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1", "State": "active"}
    ]
    cloud = account(tmp_path, tables=tables, gateways=gateways, **answers)
    assert trace(cloud, parse(cloud, "i-2", "10.9.0.1:tcp/22")).verdict == verdict


@pytest.mark.parametrize(("owner", "verdict"), [("111111111111", "blocked"), ("222222222222", "unknown")])
def test_only_the_owner_of_a_transit_gateway_sees_its_route_tables(tmp_path, owner, verdict):
    tables = json.loads(json.dumps(ANSWERS["tables"]))
    tables["RouteTables"][0]["Routes"] = [
        {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1", "State": "active"}
    ]
    attached = {
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "TransitGatewayId": "tgw-1",
        "VpcId": "vpc-1",
        "SubnetIds": ["subnet-1"],
    }
    changed = {
        "tables": tables, "gateways": {"TransitGateways": [{"TransitGatewayId": "tgw-1", "OwnerId": owner}]},
        "attachments": {"TransitGatewayVpcAttachments": [attached]}, "transit": {"TransitGatewayRouteTables": []},
    }  # fmt: skip
    save(tmp_path / "111111111111" / "eu-west-1", {**ANSWERS, **changed})
    cloud = load([tmp_path])
    assert trace(cloud, parse(cloud, "i-2", "10.9.0.1:tcp/22")).verdict == verdict


@pytest.mark.parametrize("owner", ["111111111111", "222222222222"])
def test_the_endpoints_and_interfaces_of_a_shared_vpc_are_its_owners(tmp_path, owner):
    vpcs = {"Vpcs": [ANSWERS["vpcs"]["Vpcs"][0] | {"OwnerId": owner}]}
    save(tmp_path / "111111111111" / "eu-west-1", {**ANSWERS, "vpcs": vpcs})
    cloud = load([tmp_path])
    path = trace(cloud, parse(cloud, "i-2", "10.0.0.99:tcp/22"))
    assert path.verdict == "blocked"
    assert len([one for one in path.assumptions if "vpc-1" in one]) == (0 if owner == "111111111111" else 2)
