"""Load balancers of templates and plans beside the account in which they are deployed: each stands there once."""

import json

import pytest

from netful.sources import load
from tests.helpers.described_answers import ANSWERS, BALANCER, GROUP, LISTENER, OWNER, save
from tests.helpers.paths import path
from tests.helpers.terraform_plans import Plan

RULE = f"{LISTENER.replace(':listener/', ':listener-rule/')}/70"
SUBNET, OTHER_SUBNET, TARGET = "subnet-1", "subnet-2", {"Id": "i-1", "Port": 8080}
NAME = "front-1.eu-west-1.elb.amazonaws.com"
ELB = "AWS::ElasticLoadBalancingV2::"
IDS = {"Front": BALANCER, "Door": LISTENER, "Closed": RULE, "Web": GROUP}
ACL = f"arn:aws:wafv2:eu-west-1:{OWNER}:regional/webacl/shut/11111111-2222-3333-4444-555555555555"
KINDS = {"Front": "LoadBalancer", "Door": "Listener", "Closed": "ListenerRule", "Web": "TargetGroup"}
PARTS = ("load_balancers", "listeners", "listener_rules", "target_groups")


def fixed(code):
    return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": str(code)}}


def on_path(text):
    return [{"Field": "path-pattern", "Values": [text]}]


def rule(arn, priority, text, code):
    return {"RuleArn": arn, "Priority": str(priority), "Conditions": on_path(text), "Actions": [fixed(code)]}


@pytest.fixture
def properties():
    forward = [{"Type": "forward", "TargetGroupArn": {"Ref": "Web"}}]
    return {
        "Front": {"Name": "front", "Scheme": "internal", "Subnets": [SUBNET, OTHER_SUBNET], "SecurityGroups": ["sg-1"]},
        "Web": {"Port": 8080, "Protocol": "HTTP", "VpcId": "vpc-1", "Targets": [TARGET]},
        "Door": {"LoadBalancerArn": {"Ref": "Front"}, "Port": 80, "Protocol": "HTTP", "DefaultActions": forward},
        "Closed": {"ListenerArn": {"Ref": "Door"}, "Priority": 5, "Conditions": on_path("/closed"), "Actions": [fixed(404)]},
    }  # fmt: skip


@pytest.fixture
def answers():
    """The account, with its stack, and a security group that has the name of the load balancer, which is in one of two subnets."""
    subnet = ANSWERS["subnets"]["Subnets"][0]
    keys = ("StackName", "LogicalResourceId", "PhysicalResourceId", "ResourceType")
    rows = [dict(zip(keys, ("prod", name, id_, ELB + KINDS[name]), strict=True)) for name, id_ in IDS.items()]
    balancer = ANSWERS["balancers"]["LoadBalancers"][0] | {"DNSName": NAME}
    default = ANSWERS["rules"]["Rules"][0] | {"RuleArn": RULE.replace("/70", "/71")}
    return json.loads(json.dumps(ANSWERS | {
        "subnets": {"Subnets": [subnet, subnet | {"SubnetId": OTHER_SUBNET, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1b"}]},
        "groups": {"SecurityGroups": [ANSWERS["groups"]["SecurityGroups"][0] | {"GroupName": "front"}]},
        "balancers": {"LoadBalancers": [balancer]},
        "rules": {"Rules": [default, rule(RULE, 5, "/closed", 404)]},
        "stack": {"StackResources": rows},
    }))  # fmt: skip


def loaded(folder, properties, answers, **others):
    file = folder / "template.json"
    resources = {name: {"Type": ELB + KINDS[name], "Properties": one} for name, one in properties.items()} | others
    file.write_text(json.dumps({"Resources": resources}))
    save(folder / "account" / "eu-west-1", answers)
    return load([file, folder / "account"], stack_name="prod")


def status(cloud, text):
    return path(cloud, "i-2", f"http://{NAME}{text}")


def nodes(cloud):
    enis = [one for one in cloud.network.network_interfaces.values() if one.owner == "load-balancer"]
    return {(one.owner_id, one.subnet_id): str(one.private_ip_address) for one in enis}


def test_each_stands_there_once(tmp_path, properties, answers):
    cloud = loaded(tmp_path, properties, answers)
    assert [[*cloud.part(name)] for name in PARTS] == [["Front"], ["Door"], ["Closed"], ["Web"]]
    assert {name: cloud.aws_id(name) for name in IDS} == IDS
    assert nodes(cloud) == {("Front", SUBNET): "10.0.0.12", ("Front", OTHER_SUBNET): "10.0.1.4"}
    assert [one.group_name for one in cloud.network.security_groups.values()] == ["front"]
    assert (status(cloud, "/x").verdict, status(cloud, "/closed").hops[-1].component) == ("reachable", "Front")
    assert not cloud.template.warnings
    assert not {one.resource_id for one in cloud.template.unread} & {*IDS}


def test_a_load_balancer_without_a_name_has_that_of_its_account(tmp_path, properties, answers):
    del properties["Front"]["Name"]
    (balancer,) = loaded(tmp_path, properties, answers).balancing.load_balancers.values()
    assert (balancer.name, balancer.dns_name, balancer.arn or BALANCER) == ("front", NAME, BALANCER)


def test_what_calls_made_stays(tmp_path, properties, answers):
    """A rule of the template's listener, and the targets of a group whose template registers none."""
    answers["rules"]["Rules"].append(rule(RULE.replace("/70", "/72"), 1, "/by-call", 410))
    del properties["Web"]["Targets"]
    cloud = loaded(tmp_path, properties, answers)
    assert [(one.id, one.listener_id) for one in cloud.balancing.rules_of("Door")] == [
        ("72", "Door"),
        ("Closed", "Door"),
    ]
    assert [hop.component for hop in status(cloud, "/by-call").hops][-2:] == ["72", "Front"]
    found = status(cloud, "/x")
    assert (found.verdict, len(found.assumptions), cloud.balancing.target_groups["Web"].targets[0].id) == (
        "reachable",
        1,
        "i-1",
    )


@pytest.mark.parametrize("targets", [[], [{"Id": "i-2"}]])
def test_the_template_s_targets_count(tmp_path, properties, answers, targets):
    properties["Web"]["Targets"] = targets
    group = loaded(tmp_path, properties, answers).balancing.target_groups["Web"]
    assert [one.id for one in group.targets] == [one["Id"] for one in targets]


def test_what_the_template_leaves_out_is_deleted(tmp_path, properties, answers):
    del properties["Closed"]
    cloud = loaded(tmp_path, properties, answers)
    assert [*cloud.balancing.listener_rules] == []
    assert any("`Closed`" in one for one in cloud.template.warnings)


def test_all_parts_go_with_their_load_balancer(tmp_path, properties, answers):
    cloud = loaded(tmp_path, {"Web": properties["Web"]}, answers)
    assert [[*cloud.part(name)] for name in PARTS] == [[], [], [], ["Web"]]
    assert nodes(cloud) == {}


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"Subnets": [SUBNET]}, True),
        ({"Scheme": "internet-facing"}, False),
        ({"Subnets": None, "SubnetMappings": [{"SubnetId": SUBNET, "PrivateIPv4Address": "10.0.0.99"}]}, False),
    ],
)
def test_nodes_keep_their_addresses(tmp_path, properties, answers, changed, kept):
    """One that the template places otherwise has another address."""
    properties["Front"] = {key: one for key, one in (properties["Front"] | changed).items() if one is not None}
    cloud = loaded(tmp_path, properties, answers)
    assert (nodes(cloud)["Front", SUBNET] == "10.0.0.12") == kept
    assert len(nodes(cloud)) == len(cloud.balancing.load_balancers["Front"].subnet_ids)


def protected(answers, resource):
    """Let a web ACL that blocks everything protect a resource of the account."""
    acl = {"Name": "shut", "Id": ACL.rpartition("/")[2], "ARN": ACL, "DefaultAction": {"Block": {}}, "Rules": []}
    return answers | {"acl": {"WebACL": acl, "LockToken": "x"}, "protected-shut": {"ResourceArns": [resource]}}


@pytest.mark.parametrize(("own", "deployed", "verdict"), [(False, False, "blocked"), (True, True, "reachable"), (False, True, "reachable")])  # fmt: skip
def test_a_web_acl(tmp_path, properties, answers, own, deployed, verdict):
    """Another stack's protects the load balancer, unless the template protects it, or did and does not any more."""
    acl = {"Name": "open", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": {}, "Rules": []}
    joined = {"ResourceArn": {"Ref": "Front"}, "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}}
    others = {"Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": acl},
              "Joined": {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": joined}}  # fmt: skip
    if deployed:
        answers["stack"]["StackResources"].append({
            "StackName": "prod", "LogicalResourceId": "Joined", "PhysicalResourceId": f"{ACL}|WAFv2|{BALANCER}",
            "ResourceType": "AWS::WAFv2::WebACLAssociation",
        })  # fmt: skip
    cloud = loaded(tmp_path, properties, protected(answers, BALANCER), **(others if own else {}))
    assert status(cloud, "/x").verdict == verdict


def test_a_web_acl_of_a_stage(tmp_path, properties, answers):
    """The account has the stage as `API/STAGE`, the template by its logical id."""
    keys = ("StackName", "LogicalResourceId", "PhysicalResourceId", "ResourceType")
    rows = (
        ("prod", "Api", "rest123456", "AWS::ApiGateway::RestApi"),
        ("prod", "Stage", "prod", "AWS::ApiGateway::Stage"),
    )
    answers["stack"]["StackResources"] += [dict(zip(keys, row, strict=True)) for row in rows]
    integration = {"Type": "HTTP_PROXY", "IntegrationHttpMethod": "GET", "Uri": "https://example.com/"}
    api = {"RestApiId": {"Ref": "Api"}}
    method = {"ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "HttpMethod": "GET", "AuthorizationType": "NONE"}
    kinds = {
        "Api": ("RestApi", {"Name": "a", "EndpointConfiguration": {"Types": ["REGIONAL"]}}),
        "Get": ("Method", api | method | {"Integration": integration}),
        "Deployment": ("Deployment", api), "Stage": ("Stage", api | {"DeploymentId": {"Ref": "Deployment"}, "StageName": "prod"}),
    }  # fmt: skip
    others = {name: {"Type": f"AWS::ApiGateway::{kind}", "Properties": one} for name, (kind, one) in kinds.items()}
    others["Deployment"]["DependsOn"] = "Get"
    stage = "arn:aws:apigateway:eu-west-1::/restapis/rest123456/stages/prod"
    answers["rest-stages"]["item"][0]["webAclArn"] = ACL
    cloud = loaded(tmp_path, properties, protected(answers, stage), **others)
    assert path(cloud, "internet", "Api GET /prod/").verdict == "blocked"


@pytest.mark.parametrize("owned", [True, False])
def test_targets_that_a_plan_removes(tmp_path, answers, owned):
    """The account lists them still."""
    del answers["stack"]
    plan, group = (
        Plan(),
        {"name": "web", "port": 8080, "protocol": "HTTP", "vpc_id": "vpc-1", "target_type": "instance"},
    )
    own = [("aws_lb_target_group.x", {"id": GROUP, "arn": GROUP, **group})] if owned else []
    for address, values in (*own, ("aws_sqs_queue.q", {"name": "q", "id": "q"})):
        plan.add(address, {key: {} for key in values if key not in ("id", "arn")}, **values)
        plan.changes[-1]["change"] = {"actions": ["no-op"], "before": values, "after_unknown": {}}
    change = {"actions": ["delete"], "before": {"target_group_arn": GROUP, "target_id": "i-1", "port": 8080}}
    attachment = {
        "address": "aws_lb_target_group_attachment.x",
        "type": "aws_lb_target_group_attachment",
        "change": change,
    }
    plan.changes.append(attachment)
    save(tmp_path / "account" / "eu-west-1", answers)
    assert status(load([plan.write(tmp_path), tmp_path / "account"]), "/x").verdict == "unknown"


@pytest.mark.parametrize(("actions", "gone"), [(["no-op"], False), (["delete"], True)])
def test_a_plan(tmp_path, answers, actions, gone):
    """Terraform's ids of load balancing are ARNs."""
    del answers["stack"]
    plan, kinds = Plan(), {"Front": "lb", "Door": "lb_listener", "Closed": "lb_listener_rule", "Web": "lb_target_group"}
    forward = [{"type": "forward", "target_group_arn": GROUP}]
    answer = [{"type": "fixed-response", "fixed_response": [{"status_code": "404", "content_type": "text/plain"}]}]
    condition = [{"path_pattern": [{"values": ["/closed"]}]}]
    values = {
        "Front": {"name": "front", "internal": True, "subnets": [SUBNET, OTHER_SUBNET], "security_groups": ["sg-1"], "dns_name": NAME,
                  "load_balancer_type": "application"},
        "Door": {"load_balancer_arn": BALANCER, "port": 80, "protocol": "HTTP", "default_action": forward},
        "Closed": {"listener_arn": LISTENER, "priority": 5, "condition": condition, "action": answer},
        "Web": {"name": "web", "port": 8080, "protocol": "HTTP", "vpc_id": "vpc-1", "target_type": "instance"},
    }  # fmt: skip
    for name, own in values.items():
        address, known = f"aws_{kinds[name]}.x", {"id": IDS[name], "arn": IDS[name], **own}
        if name == "Closed" and gone:
            plan.changes.append(
                {"address": address, "type": f"aws_{kinds[name]}", "change": {"actions": actions, "before": known}}
            )
            continue
        plan.add(address, {key: {} for key in own if key != "dns_name"}, **known)
        plan.changes[-1]["change"] = {"actions": ["no-op"], "before": known, "after_unknown": {}}
    save(tmp_path / "account" / "eu-west-1", answers)
    cloud = load([plan.write(tmp_path), tmp_path / "account"])
    rules = [] if gone else ["aws_lb_listener_rule.x"]
    assert [[*cloud.part(name)] for name in PARTS] == [
        ["aws_lb.x"],
        ["aws_lb_listener.x"],
        rules,
        ["aws_lb_target_group.x"],
    ]
    assert cloud.account_id == OWNER
    assert (status(cloud, "/x").verdict, len(status(cloud, "/x").assumptions)) == ("reachable", 1)
