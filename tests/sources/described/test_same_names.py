"""Functions, databases and load balancers of one name in several places: each keeps its own network."""

import json
import re

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError
from netful.sources import load
from tests.helpers.described_answers import ANSWERS, OWNER, save

IDS = re.compile(r"\b(vpc|subnet|rtb|acl|sg|i|eni|r)-(\d+)\b(?![-.])")
URL = {"FunctionUrl": "https://abc.lambda-url.eu-west-1.on.aws/", "AuthType": "NONE"}
FUNCTION = {
    "FunctionName": "fn", "FunctionArn": f"arn:aws:lambda:eu-west-1:{OWNER}:function:fn",
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"},
}  # fmt: skip
DATABASE = {
    "DBInstanceIdentifier": "orders", "Engine": "postgres", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
    "DBSubnetGroup": {"Subnets": [{"SubnetIdentifier": "subnet-1"}]},
}  # fmt: skip
CLASSIC = {
    "LoadBalancerName": "old", "DNSName": "old-1.eu-west-1.elb.amazonaws.com", "Scheme": "internal", "Subnets": ["subnet-1"],
    "SecurityGroups": ["sg-1"], "Instances": [{"InstanceId": "i-1"}],
    "ListenerDescriptions": [{"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}}],
}  # fmt: skip
WHOLE = ANSWERS | {
    "functions": {"Functions": [FUNCTION]}, "urls": {"FunctionUrlConfigs": [URL | {"FunctionArn": FUNCTION["FunctionArn"]}]},
    "databases": {"DBInstances": [DATABASE]}, "classic": {"LoadBalancerDescriptions": [CLASSIC]},
}  # fmt: skip
SHUT = {"IpProtocol": "tcp", "FromPort": 9, "ToPort": 9, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
QUESTIONS = (("fn{}", "front{}:tcp/80"), ("fn{}", "orders{}"), ("fn{}", "old{}:tcp/80"))


def elsewhere(answers, region, account):
    """Return answers of another place, whose groups admit nothing that is asked for."""
    text = IDS.sub(r"\1-9\2", json.dumps(answers)).replace("eu-west-1", region).replace(OWNER, account)
    found = json.loads(text)
    found["groups"]["SecurityGroups"][0]["IpPermissions"] = [SHUT]
    return found


@pytest.mark.parametrize(
    ("places", "suffixes"),
    [
        (("eu-west-1", "us-east-1"), ("@eu-west-1", "@us-east-1")),
        (
            (f"{OWNER}/eu-west-1", "222222222222/eu-west-1"),
            (f"@{OWNER}.eu-west-1", "@222222222222.eu-west-1"),
        ),
    ],
)
@pytest.mark.parametrize(("source", "destination"), QUESTIONS)
def test_each_place_has_its_own(tmp_path, places, suffixes, source, destination):
    other = places[1].split("/")
    save(tmp_path / places[0], WHOLE)
    save(tmp_path / places[1], elsewhere(WHOLE, other[-1], other[0] if len(other) > 1 else OWNER))
    cloud = load([tmp_path])
    asked = [(source.format(suffix), destination.format(suffix)) for suffix in suffixes]
    assert [trace(cloud, parse(cloud, *each)).verdict for each in asked] == ["reachable", "blocked"]


@pytest.mark.parametrize(
    ("source", "destination"), [("fn", "10.0.0.10:tcp/80"), ("i-2", "front:tcp/80"), ("i-2", "orders")]
)
def test_a_name_of_several_places_is_asked_back(tmp_path, source, destination):
    save(tmp_path / "eu-west-1", WHOLE)
    save(tmp_path / "us-east-1", elsewhere(WHOLE, "us-east-1", OWNER))
    cloud = load([tmp_path])
    with pytest.raises(QuestionError, match=r"may be `[a-z]+@eu-west-1`, `[a-z]+@us-east-1`"):
        trace(cloud, parse(cloud, source, destination))


def test_a_name_of_one_place_stays(tmp_path):
    save(tmp_path / "eu-west-1", WHOLE)
    save(tmp_path / "us-east-1", {"vpcs": {"Vpcs": []}})
    assert [*load([tmp_path]).compute.functions] == ["fn"]


def test_each_function_has_its_own_url(tmp_path):
    save(tmp_path / "eu-west-1", WHOLE)
    save(tmp_path / "us-east-1", elsewhere(WHOLE, "us-east-1", OWNER))
    cloud = load([tmp_path])
    urls = {one.id for one in cloud.template.resources.values() if one.type == "AWS::Lambda::Url"}
    assert urls == {"fn@eu-west-1/url", "fn@us-east-1/url"}


@pytest.mark.parametrize(
    ("balancer", "group", "ids"),
    [
        ("shop", "shop", ("shop", "shop@targetgroup")),
        ("fn", "web", ("fn@loadbalancer", "web")),
        ("orders", "fn", ("orders@loadbalancer", "fn@targetgroup")),
    ],
)
def test_a_name_of_several_kinds_stays_with_the_first(tmp_path, balancer, group, ids):
    """A load balancer often has the name of its target group, or of a function."""
    names = {"front/50": f"{balancer}/50", '"front"': f'"{balancer}"', "/web/1": f"/{group}/1", '"web"': f'"{group}"'}
    text = json.dumps({name: answer for name, answer in WHOLE.items() if name != "health-web"})
    for old, new in names.items():
        text = text.replace(old, new)
    save(tmp_path / "eu-west-1", {**json.loads(text), "health": WHOLE["health-web"]})
    cloud = load([tmp_path])
    assert set(ids) <= {*cloud.balancing.load_balancers, *cloud.balancing.target_groups}
    assert trace(cloud, parse(cloud, "fn", f"{ids[0]}:tcp/80")).verdict == "reachable"
    assert trace(cloud, parse(cloud, "fn", "orders")).verdict == "reachable"
    assert not [id_ for id_ in cloud.aws_ids.values() if "@" in id_]
