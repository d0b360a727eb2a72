"""Probes on a machine under load: an attempt without an answer that was predicted is made again, with more time."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from netful.stack.network.attempt import Target
from netful.stack.probe_outcome import Attempt
from netful.stack.verbs import probe

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
    tried = []

    async def attempt(_networks, _place, _target, _trust, patience):
        tried.append(patience)
        late = patience < answers_after
        return Attempt("A", "blocked" if late else "reachable", "timeout" if late else "none", "", 1.0)

    @asynccontextmanager
    async def position(_stack, _start):
        yield None

    monkeypatch.setattr(probe, "target_of", lambda *_: Target("10.0.1.5", 443, method=method))
    monkeypatch.setattr(probe, "attempt", attempt)
    monkeypatch.setattr(probe, "position", position)
    in_force = SimpleNamespace(left=lambda cloud: cloud, status=lambda: faults)
    stack = SimpleNamespace(cloud=cloud_of(TEMPLATE), faults=in_force, networks=None)
    found = asyncio.run(probe.probe(stack, "A", to, None))
    assert (found.agree, tried) == (agree, looks)
