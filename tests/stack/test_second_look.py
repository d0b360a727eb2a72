"""Probes on a machine under load: an attempt without an answer that was predicted is made again, with more time."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from netful.sources import load
from netful.stack.network.attempt import Target
from netful.stack.probe_outcome import Attempt
from netful.stack.verbs import probe
from tests.helpers.stacks import EXAMPLES

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 10.0.0.0/16}]}
  A: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group], ImageId: ami-1}}
  B: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group], ImageId: ami-1}}
"""


@pytest.mark.parametrize(
    ("to", "method", "answers_after", "faults", "agree", "looks"),
    [
        ("B:tcp/443", "GET", 1, [], True, [1]),
        ("B:tcp/443", "GET", 4, [], True, [1, 4]),
        ("B:tcp/443", "GET", 9, [], False, [1, 4]),
        ("B:tcp/443", "GET", 4, [{"kind": "hang"}], False, [1]),
        ("B:tcp/443", "POST", 4, [], False, [1]),
        ("internet:tcp/443", "GET", 1, [], False, [1]),
    ],
    ids=[
        "at once",
        "late",
        "never",
        "with a fault in force",
        "a request that may change something",
        "an answer that was not predicted",
    ],
)
def test_what_may_be_late_is_tried_again(monkeypatch, cloud_of, to, method, answers_after, faults, agree, looks):
    def outcome(patience):
        late = patience < answers_after
        return Attempt("A", "blocked" if late else "reachable", "timeout" if late else "none", "", 1.0)

    cloud, target = cloud_of(TEMPLATE), Target("10.0.1.5", 443, method=method)
    assert looked(monkeypatch, cloud, "A", to, target, outcome, faults) == (agree, looks)


@pytest.mark.parametrize(("last", "agree"), [(200, True), (500, True), (504, False)])
def test_a_504_before_the_function_is_of_who_asks_it(monkeypatch, last, agree):
    """nginx and a load balancer stand between: they answer so where nothing came in their time."""

    def outcome(patience):
        return Attempt("PeerApp", "reachable", "none", "", 1.0, 504 if patience == 1 else last)

    cloud, url = load([EXAMPLES / "private-api-everywhere"]), "https://api.corp.example/orders/17"
    target = Target("api.corp.example", 443, "https", "/orders/17")
    assert looked(monkeypatch, cloud, "PeerApp", url, target, outcome) == (agree, [1, 4])


BALANCED = """
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref Subnet], SecurityGroups: [!Ref Group]}
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: HTTP, Targets: [{Id: !Ref B}]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      {LoadBalancerArn: !Ref Front, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
"""


@pytest.mark.parametrize(
    ("runs", "status", "agree"),
    [("", 502, True), ("", 503, False), ("", 504, False), ('[hosts.B]\ncommand = "serve"', 502, False)],
)
def test_a_502_is_of_a_target_at_which_nothing_answers(monkeypatch, write, runs, status, agree):
    write(runs, "netful.toml")
    cloud = load([write(TEMPLATE + BALANCED)])
    url = f"http://{cloud.balancing.load_balancers['Front'].dns_name}/"
    target = Target("10.0.1.6", 80, "http")
    assert (
        looked(monkeypatch, cloud, "A", url, target, lambda _: Attempt("A", "reachable", "none", "", 1.0, status))[0]
        is agree
    )


def looked(monkeypatch, cloud, source, to, target, outcome, faults=()):
    """Return whether a probe agrees, and the patience of its looks, whose outcomes are given."""
    tried = []

    async def attempt(_networks, _place, _target, _trust, patience):
        tried.append(patience)
        return outcome(patience)

    @asynccontextmanager
    async def position(_stack, _start):
        yield None

    monkeypatch.setattr(probe, "target_of", lambda *_: target)
    monkeypatch.setattr(probe, "attempt", attempt)
    monkeypatch.setattr(probe, "position", position)
    in_force = SimpleNamespace(left=lambda cloud: cloud, status=lambda: faults)
    stack = SimpleNamespace(cloud=cloud, faults=in_force, networks=None)
    return asyncio.run(probe.probe(stack, source, to, None)).agree, tried
