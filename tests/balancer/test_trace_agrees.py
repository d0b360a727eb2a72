"""Requests to an application load balancer: HAProxy answers with the status and the body that `trace` predicts."""

import asyncio
import json
import random

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.sources import load
from tests.helpers.proxies import ask, cloud_of, get, running

pytestmark = pytest.mark.programs

FIRST_PORT, LISTENERS, SEED = 21700, 16, 7
CONDITIONS = (
    {"Field": "host-header", "HostHeaderConfig": {"Values": ["shop.example.com"]}},
    {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.EXAMPLE.com"]}},
    {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/orders/*"]}},
    {"Field": "path-pattern", "PathPatternConfig": {"Values": ["*.php", "/orders/?"]}},
    {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/orders/[0-9]{2,}$", "(?i)\\.PHP$"]}},
    {"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^(shop|store)\\.example\\.com$"]}},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Mode", "RegexValues": ["^b.t.$"]}},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Mode", "Values": ["be*"]}},
    {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "sort", "Value": "u*"}]}},
    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Value": "flag"}]}},
)
ACTIONS = (
    *({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status, "MessageBody": f"says {status}"}} for status in ("200", "404", "503")),
    {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Path": "/moved"}},
    {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", "Host": "other.#{host}", "Path": "/x#{path}", "Query": "#{query}&a=1"}},
    {"Type": "forward", "TargetGroupArn": {"Ref": "Empty"}},
    {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": {"Ref": "Empty"}, "Weight": 0}]}},
    {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": {"Ref": name}, "Weight": weight} for name, weight in (("Empty", 1), ("Unused", 0))]}},
)  # fmt: skip
REQUESTS = [
    (host, path, headers)
    for host in ("shop.example.com", "SHOP.example.com", "store.example.com", "example.com")
    for path in ("/", "/orders/7", "/orders/77", "/x.php", "/?sort=up", "/a?flag", "/orders/?SORT=Up&x=1")
    for headers in ({}, {"X-Mode": "beta"})
]
NETWORK = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Igw": {"Type": "AWS::EC2::InternetGateway"},
    "Attached": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Igw"}}},
    "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
    "Out": {"Type": "AWS::EC2::Route", "DependsOn": "Attached", "Properties": {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "Igw"}}},
    "A": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"}},
    "OfTable": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"SubnetId": {"Ref": "A"}, "RouteTableId": {"Ref": "Table"}}},
    "Sg": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "all", "VpcId": {"Ref": "Vpc"}, "SecurityGroupIngress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]}},
    "Lb": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Subnets": [{"Ref": "A"}], "SecurityGroups": [{"Ref": "Sg"}]}},
    "Empty": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Protocol": "HTTP", "Port": 80, "VpcId": {"Ref": "Vpc"}, "TargetType": "ip"}},
    "Unused": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Protocol": "HTTP", "Port": 80, "VpcId": {"Ref": "Vpc"}, "TargetType": "ip"}},
}  # fmt: skip


def template(drawn):
    """Listeners with drawn rules on ports of their own."""
    found = dict(NETWORK)
    for number in range(LISTENERS):
        listener = f"L{number}"
        own = {"LoadBalancerArn": {"Ref": "Lb"}, "Port": FIRST_PORT + number, "Protocol": "HTTP"}
        found[listener] = {
            "Type": "AWS::ElasticLoadBalancingV2::Listener",
            "Properties": own | {"DefaultActions": [drawn.choice(ACTIONS)]},
        }
        for priority in range(1, 4):
            conditions = {one["Field"]: one for one in drawn.sample(CONDITIONS, drawn.randint(1, 2))}
            rule = {"ListenerArn": {"Ref": listener}, "Priority": priority, "Conditions": [*conditions.values()]}
            found[f"{listener}R{priority}"] = {
                "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
                "Properties": rule | {"Actions": [drawn.choice(ACTIONS)]},
            }
    return {"Resources": found}


def test_haproxy_answers_what_trace_predicts(tmp_path):
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template(random.Random(SEED))))  # the same rules in each run
    cloud = load([file])
    balancing = cloud.balancing
    here = cloud_of(
        *balancing.listeners.values(), *balancing.listener_rules.values(), *balancing.target_groups.values()
    )
    name = balancing.load_balancers["Lb"].dns_name
    asked = [(FIRST_PORT + number, *request) for number in range(LISTENERS) for request in REQUESTS]

    async def every():
        async with running(tmp_path, here):
            return [
                await ask(port, get(path, host, **{key.replace("-", "_"): value for key, value in headers.items()}))
                for port, host, path, headers in asked
            ]

    wrong, statuses = [], set()
    for (port, host, path, headers), found in zip(asked, asyncio.run(every()), strict=True):
        words = " ".join(f"{key}: {value}" for key, value in ({"Host": host} | headers).items())
        to = f"http://{name}:{port}{path} {words}"
        predicted = trace_as_sent(cloud, parse(cloud, "203.0.113.9", to))
        symptom, body = predicted.symptom, found.body.decode()
        statuses.add(found.status)
        if predicted.verdict == "blocked":
            agree = (found.status, body) == (symptom.status, symptom.body)
        else:
            own = predicted.hops[-1].rule.partition("fixed-response ")[2]  # `trace` names it, also where it allows
            agree = predicted.verdict == "unknown" or found.status in ((int(own),) if own else (301, 302))
        if not agree:
            wrong.append((to, predicted.verdict, symptom, found.status, body))
    assert not wrong, "\n".join(map(str, wrong))
    assert statuses == {200, 301, 302, 404, 503}
