"""The order in which resources are created, as Terraform has it."""

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import all_rules, rule_named
from netful.sources import load
from tests.helpers.facts import facts_of
from tests.helpers.terraform_plans import Plan, refers
from tests.helpers.texts import replaced

METHODS = ("aws_api_gateway_method.get", "aws_api_gateway_method.put")


def found(folder, plan, rule_id):
    facts = Facts(load([plan.write(folder)]))
    return {problem.resource for problem in rule_named(rule_id).find(facts)}


def api(*, triggers=None, depends_on=None):
    """An API with two methods and a deployment."""
    plan = Plan()
    of_api = {"rest_api_id": refers("aws_api_gateway_rest_api.api.id")}
    plan.add("aws_api_gateway_rest_api.api", name="api", endpoint_configuration=[{"types": ["REGIONAL"]}])
    for address in METHODS:
        at = {**of_api, "resource_id": refers("aws_api_gateway_rest_api.api.root_resource_id")}
        verb = address.rpartition(".")[2]
        method = {"http_method": verb.upper(), "authorization": "AWS_IAM"}
        plan.add(address, at, rest_api_id=..., resource_id=..., **method)
        plan.add(
            f"aws_api_gateway_integration.{verb}", {**at, "http_method": refers(f"{address}.http_method")},
            rest_api_id=..., resource_id=..., http_method=verb.upper(), type="MOCK",
        )  # fmt: skip
    written = {**of_api, **({"triggers": refers(*triggers)} if triggers else {})}
    plan.add("aws_api_gateway_deployment.now", written, rest_api_id=...)
    if depends_on:
        plan.configuration["resources"][-1]["depends_on"] = depends_on
    return plan


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, {"aws_api_gateway_deployment.now"}),
        ({"triggers": [f"{name}.id" for name in METHODS]}, set()),
        ({"triggers": [f"{METHODS[0]}.id"]}, {"aws_api_gateway_deployment.now"}),
        ({"triggers": ["aws_api_gateway_integration.get.id", "aws_api_gateway_integration.put.id"]}, set()),
        ({"depends_on": ["aws_api_gateway_integration.get", "aws_api_gateway_integration.put"]}, set()),
    ],
)
def test_a_deployment_waits_for_all_that_it_refers_to(tmp_path, order, expected):
    assert found(tmp_path, api(**order), "NF703") == expected


OF_API = {
    "api": "Resources:\n  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\nOutputs: {Id: {Value: !Ref Api, Export: {Name: api}}, Root: {Value: !GetAtt Api.RootResourceId, Export: {Name: root}}}\n",
    "method": "  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !ImportValue api, ResourceId: !ImportValue root, HttpMethod: GET, AuthorizationType: NONE, Integration: {Type: MOCK}}}\n",
    "deployment": "  Live: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !ImportValue api}}\n",
}


@pytest.mark.parametrize("apart", [True, False])
def test_a_deployment_waits_for_no_method_of_another_stack(tmp_path, apart):
    texts = {"api": OF_API["api"], "later": f"Resources:\n{OF_API['method']}{OF_API['deployment']}"}
    if apart:
        texts = {"api": OF_API["api"]} | {name: f"Resources:\n{OF_API[name]}" for name in ("method", "deployment")}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    facts = Facts(load(sorted(tmp_path.glob("*.yaml"))))
    assert {one.resource for one in rule_named("NF703").find(facts)} == (set() if apart else {"Live"})


@pytest.mark.parametrize("inline", [True, False])
def test_terraform_attaches_a_gateway_before_its_id_is_known(tmp_path, inline):
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    of_vpc = {"vpc_id": refers("aws_vpc.main.id")}
    plan.add("aws_internet_gateway.igw", of_vpc, vpc_id=...)
    gateway = {"gateway_id": refers("aws_internet_gateway.igw.id")}
    if inline:
        route = {"route": gateway["gateway_id"]}
        plan.add("aws_route_table.out", {**of_vpc, **route}, vpc_id=..., route=[{"cidr_block": "0.0.0.0/0"}])
    else:
        plan.add("aws_route_table.out", of_vpc, vpc_id=...)
        at = {"route_table_id": refers("aws_route_table.out.id"), **gateway}
        plan.add("aws_route.out", at, route_table_id=..., gateway_id=..., destination_cidr_block="0.0.0.0/0")
    assert found(tmp_path, plan, "NF702") == set()


DYNAMIC = """
resource "aws_route_table" "out" {
  dynamic "route" {
    for_each = [aws_internet_gateway.igw.id]
    content {
      cidr_block = "0.0.0.0/0"
      gateway_id = route.value
    }
  }
}
"""


def test_terraform_attaches_a_gateway_before_a_dynamic_block_names_it(tmp_path):
    """A plan does not have the references of such a block."""
    plan, of_vpc = Plan().add("aws_vpc.main", cidr_block="10.0.0.0/16"), {"vpc_id": refers("aws_vpc.main.id")}
    plan.add("aws_internet_gateway.igw", of_vpc, vpc_id=...)
    plan.add("aws_route_table.out", of_vpc, vpc_id=..., route=[{"cidr_block": "0.0.0.0/0"}])
    plan.changes[-1]["change"]["after_unknown"]["route"] = [{"gateway_id": True}]
    (tmp_path / "main.tf").write_text(DYNAMIC)
    assert found(tmp_path, plan, "NF702") == set()


@pytest.mark.parametrize("waits", [True, False])
def test_a_separate_attachment_must_be_waited_for(tmp_path, waits):
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    of_vpc = {"vpc_id": refers("aws_vpc.main.id")}
    plan.add("aws_internet_gateway.igw")
    gateway = refers("aws_internet_gateway.igw.id")
    plan.add(
        "aws_internet_gateway_attachment.to",
        {**of_vpc, "internet_gateway_id": gateway},
        vpc_id=...,
        internet_gateway_id=...,
    )
    plan.add("aws_route_table.out", of_vpc, vpc_id=...)
    at = {"route_table_id": refers("aws_route_table.out.id"), "gateway_id": gateway}
    plan.add("aws_route.out", at, route_table_id=..., gateway_id=..., destination_cidr_block="0.0.0.0/0")
    if waits:
        plan.configuration["resources"][-1]["depends_on"] = ["aws_internet_gateway_attachment.to"]
    assert found(tmp_path, plan, "NF702") == (set() if waits else {"aws_route.out"})


@pytest.mark.parametrize("waits", [True, False])
def test_a_service_waits_for_the_listener_of_its_target_group(tmp_path, waits):
    plan = Plan()
    group = {"target_group_arn": refers("aws_lb_target_group.web.arn")}
    plan.add("aws_lb.front", name="front", load_balancer_type="application")
    plan.add("aws_lb_target_group.web", name="web", port=80, protocol="HTTP", target_type="ip")
    plan.add(
        "aws_lb_listener.http",
        {"load_balancer_arn": refers("aws_lb.front.arn"), "default_action": [group]},
        load_balancer_arn=...,
        port=80,
        protocol="HTTP",
        default_action=[{"type": "forward"}],
    )
    of_group = {"container_name": "web", "container_port": 80}
    plan.add("aws_ecs_service.web", {"load_balancer": [group]}, name="web", load_balancer=[of_group])
    if waits:
        plan.configuration["resources"][-1]["depends_on"] = ["aws_lb_listener.http"]
    assert found(tmp_path, plan, "NF736") == (set() if waits else {"aws_ecs_service.web"})
    hints = [one.hint for one in rule_named("NF736").find(Facts(load([plan.write(tmp_path)])))]
    assert all(one.startswith("add `depends_on = [aws_") for one in hints)


TASK = all_rules()["NF736"].example("good")
RULE = """\
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 1
      Conditions: [{Field: path-pattern, Values: [/shop/*]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref Group}]
"""
FORWARD = "DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]"
NOTHING = {FORWARD: "DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: '200'}}]"}
ELSEWHERE = {FORWARD: "DefaultActions: [{Type: forward, TargetGroupArn: !ImportValue other}]"}


@pytest.mark.parametrize(
    ("changes", "more", "expected"),
    [
        ({}, "", set()),
        ({"DependsOn: Listener": "DependsOn: Balancer"}, "", {"Service"}),
        ({"DependsOn: Listener": "DependsOn: Rule"}, RULE, set()),
        ({"DependsOn: Listener": "DependsOn: Signal"}, "  Signal: {Type: AWS::CloudFormation::WaitConditionHandle, DependsOn: Listener}\n", set()),
        ({"DependsOn: Listener": "DependsOn: Balancer", "ContainerPort: 8080, TargetGroupArn: !Ref Group": "ContainerPort: 8080, TargetGroupArn: !ImportValue group"}, "", set()),
        (NOTHING, "", {"Service"}),
        (ELSEWHERE, "", set()),
        (NOTHING, "Outputs: {Group: {Value: !Ref Group, Export: {Name: group}}}\n", set()),
        (NOTHING, "  Name: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Group}}\n", set()),
    ],
)  # fmt: skip
def test_the_target_group_of_a_service_has_a_load_balancer(tmp_path, changes, more, expected):
    facts = facts_of(tmp_path, replaced(TASK, changes) + more)
    assert {problem.resource for problem in rule_named("NF736").find(facts)} == expected


TO_GATEWAYS = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref PLACE, CidrBlock: 10.0.1.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Tgw: {Type: AWS::EC2::TransitGateway}
  Joined: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref PLACE, SubnetIds: [!Ref Subnet]}}
  Vgw: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref PLACE, VpnGatewayId: !Ref Vgw}}
  Way: {Type: AWS::EC2::Route, WAITSProperties: {RouteTableId: TABLE, DestinationCidrBlock: 10.9.0.0/16, TransitGatewayId: !Ref Tgw}}
  Learned: {Type: AWS::EC2::VPNGatewayRoutePropagation, WAITSProperties: {RouteTableIds: [!Ref Table], VpnGatewayId: !Ref Vgw}}
"""


@pytest.mark.parametrize(
    ("place", "waits", "table", "expected"),
    [
        ("Vpc", "", "!Ref Table", {"Way", "Learned"}),
        ("Vpc", "DependsOn: [Joined, Attached], ", "!Ref Table", set()),
        ("Other", "DependsOn: Attached, ", "!Ref Table", set()),
        ("Vpc", "DependsOn: Attached, ", "!ImportValue table-of-any-vpc", set()),
    ],
)
def test_routes_wait_for_the_attachment_of_their_gateway(tmp_path, place, waits, table, expected):
    text = TO_GATEWAYS.replace("PLACE", place).replace("WAITS", waits).replace("TABLE", table)
    (tmp_path / "t.yaml").write_text(text)
    facts = Facts(load([tmp_path / "t.yaml"]))
    assert {one.resource for one in rule_named("NF702").find(facts)} == expected
