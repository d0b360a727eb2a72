"""The forecast against the numbers of AWS's documentation and of the old design's users (lambda §1.2, §1.3, §10.4)."""

from dataclasses import replace

import pytest

from netful.cli.app import run
from netful.forecast.cold_starts import cold_starts
from netful.forecast.forecast import Circumstances, forecast, short
from netful.forecast.interfaces import per_sandbox
from netful.forecast.load import parse
from netful.model.core import QuestionError
from netful.model.functions.function import Code, Function
from netful.sources import load
from tests.helpers.places import EXAMPLES
from tests.helpers.texts import replaced

VPC = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: g}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/26}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      MemorySize: 1536
      Role: arn:aws:iam::123456789012:role/r
      Code: {ZipFile: "def handler(event, context): pass"}
      VpcConfig: {SubnetIds: [SUBNET], SecurityGroupIds: [!Ref Group]}
  Other: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: index.handler, Role: arn:aws:iam::123456789012:role/r, ReservedConcurrentExecutions: 400, Code: {ZipFile: "x = 1"}}}
  Third: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: index.handler, Role: arn:aws:iam::123456789012:role/r, Code: {ZipFile: "x = 1"}}}
Parameters: {Elsewhere: {Type: String}}
"""


@pytest.fixture
def cloud(cloud_of):
    def of(subnet="!Ref Subnet"):
        return cloud_of(replaced(VPC, {"SUBNET": subnet}))

    return of


def foreseen(cloud, *loads, **given):
    return forecast(cloud, [parse(cloud, text) for text in loads], Circumstances(**given))


def function(**more):
    return Function("Fn", "fn", Code(inline="x"), runtime="python3.12", **more)


@pytest.mark.parametrize(("memory", "expected"), [(128, 42), (512, 167), (1024, 334), (1536, 500), (3008, 1000)])
def test_interfaces_of_the_old_design_for_a_thousand_environments(memory, expected):
    assert per_sandbox(function(memory_size=memory), 1000) == expected


def test_a_burst_of_200_in_a_small_subnet(cloud):
    found = foreseen(cloud(), "Fn=200/1000")
    (subnet,) = found["subnets"]
    assert (subnet["free"], subnet["hyperplane"], subnet["per_sandbox"]) == (59, 1, 100)
    assert not short(found)  # it was short before 2019


def test_connections_that_do_not_fit_take_another_interface(cloud):
    assert foreseen(cloud(), "Fn=600/1000", connections=100)["functions"][0]["interfaces"]["hyperplane"] == 1
    assert foreseen(cloud(), "Fn=600/1000", connections=120)["functions"][0]["interfaces"]["hyperplane"] == 2


@pytest.mark.parametrize(
    ("text", "needed", "limit", "served", "throttled"),
    [
        ("Fn=100/250", 25, 600, 100, 0),
        ("Fn=1000/1000", 1000, 600, 600, 400),  # what others have not reserved
        ("Other=1000/800", 800, 400, 500, 500),
        ("Other=5000/10", 50, 400, 4000, 1000),  # ten a second for each of its concurrency
    ],
)
def test_what_lambda_takes(cloud, text, needed, limit, served, throttled):
    found = foreseen(cloud(), text)
    told = found["loads"][0]["concurrency"]
    assert (told["needed"], told["limit"], told["served"], told["throttled"]) == (needed, limit, served, throttled)
    assert short(found) == (throttled > 0)


@pytest.mark.parametrize(
    ("first", "second", "served", "environments"),
    [
        ("Fn=600/1000", "Fn=600/1000", (300, 300), {"Fn": 600}),
        ("Fn=600/1000", "Third=300/1000", (400, 200), {"Fn": 400, "Third": 200}),
        ("Fn=600/1000", "Other=400/1000", (600, 400), {"Fn": 600, "Other": 400}),  # a concurrency of its own
        ("Fn=4000/10", "Third=4000/10", (3000, 3000), {"Fn": 40, "Third": 40}),  # ten a second for each environment
    ],
)
def test_loads_share_the_concurrency_of_their_functions(cloud, first, second, served, environments):
    found = foreseen(cloud(), first, second)
    assert tuple(one["concurrency"]["served"] for one in found["loads"]) == pytest.approx(served)
    assert {one["resource"]: one["environments"] for one in found["functions"]} == environments
    assert short(found) == (sum(served) < sum(one["rate"] for one in found["loads"]))


def test_three_thousand_environments_are_not_there_at_once(cloud):
    for loads in (["Fn=3000/1000"], ["Fn=1500/1000", "Fn=1500/1000"]):
        told = foreseen(cloud(), *loads, account=10_000)["loads"][0]["concurrency"]
        assert told["seconds_to_scale"] == 20


def test_cold_starts_before_and_after():
    in_vpc = cold_starts(function(memory_size=1536, subnet_ids=("Subnet",)))
    assert in_vpc.hyperplane.p99 < 600
    assert 9_000 < in_vpc.per_sandbox.p99 < 20_000
    outside = cold_starts(function())
    assert outside.hyperplane == outside.per_sandbox
    assert cold_starts(function()) == outside  # the same every time


def test_unknown_subnets_are_named(cloud):
    found = foreseen(cloud("!Ref Elsewhere"), "Fn=10")
    assert found["missing"] == ["Elsewhere"]
    assert found["functions"][0]["interfaces"]["hyperplane"] is None


def test_throttle_of_a_route():
    cloud = load([EXAMPLES / "throttling"])
    (told,) = foreseen(cloud, "Api GET /prod/open=5")["loads"]
    throttle = told["throttle"]
    assert (throttle["source"], throttle["refused"]) == ("stage default", 5 - throttle["rate"])
    assert throttle["refused"] > 4


def test_function_behind_a_route_gets_what_passes():
    api = load([EXAMPLES / "private-api-everywhere"])
    found = foreseen(api, "Regional GET /orders/{id}=20000/10")
    (told,) = found["loads"]
    assert (told["function"], told["throttle"]["refused"]) == ("Backend", 10_000)
    assert told["concurrency"]["needed"] == 100


def test_what_is_loaded_is_named_as_elsewhere():
    api = load([EXAMPLES / "private-api-everywhere"])
    assert parse(api, f"{api.aws_id('Regional')} GET /orders/{{id}}=1").function.id == "Backend"
    assert parse(api, f"{api.compute.functions['Backend'].function_name}=1").function.id == "Backend"


def test_ports_of_a_nat_gateway():
    cloud = load([EXAMPLES / "ssm-demo" / "nat.yaml"])
    (nat,) = foreseen(cloud, "ReadParameter=1000/1000", connections=60)["nat_gateways"]
    assert (nat["connections"], nat["limit"]) == (60_000, 55_000)


def test_cost(cloud):
    made = cloud()
    # 1536 MB for 100 ms, a million times in an hour
    found = foreseen(made, f"Fn={1_000_000 / 3600}/100", hours=1)["monthly_cost_usd"]
    assert found["functions"] == round(0.20 + 1.5 * 0.1 * 1_000_000 * 0.0000166667, 2)
    arm = made.having(
        functions={**made.compute.functions, "Fn": replace(made.compute.functions["Fn"], architectures=("arm64",))}
    )
    assert foreseen(arm, f"Fn={1_000_000 / 3600}/100", hours=1)["monthly_cost_usd"]["functions"] < found["functions"]


@pytest.mark.parametrize("text", ["Fn", "Fn=x", "Nobody=1", "Api GET /x=1", "Fn GET /x=1"])
def test_loads_that_are_none(cloud, text):
    with pytest.raises(QuestionError):
        parse(cloud(), text)


def test_the_verb(capsys):
    template = str(EXAMPLES / "ssm-demo" / "nat.yaml")
    assert run(["forecast", "-t", template, "--load", "ReadParameter=2000/150"]) == 0
    told = capsys.readouterr().out
    assert "300 environments of 1000" in told
    assert "before 2019: 25" in told
    assert run(["forecast", "-t", template]) == 2
    assert run(["forecast", "-t", template, "--load", "ReadParameter=20000/150"]) == 1
