"""Load balancing's describe operations are the mirror of the described source: what they return reads back as the same."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from netful.account.ec2.api import Ec2Api
from netful.account.elbv2.api import ElbV2Api
from netful.model.balancing.load_balancers import (
    Action,
    Listener,
    ListenerRule,
    LoadBalancer,
    LoadBalancerType,
    RuleCondition,
    Target,
    TargetGroup,
)
from netful.model.load_balancing_arns import full_name
from netful.model.names.generated.load_balancer_dns import dns_name
from netful.model.network.network_interface import InterfaceOwner
from netful.sources import load
from tests.helpers.account_client import Client, Running, no_bundles
from tests.helpers.examples import examples
from tests.helpers.small_clouds import REGION, cloud, eni

TEXTS = st.text("abcxyz*?-./", min_size=1, max_size=12)
CONDITIONS = st.one_of(
    st.builds(RuleCondition, st.sampled_from(("host-header", "path-pattern", "http-request-method")), st.tuples(TEXTS)),
    st.builds(RuleCondition, st.just("http-header"), st.tuples(TEXTS), st.just("X-Kind")),
    st.builds(RuleCondition, st.just("query-string"), st.tuples(TEXTS, TEXTS.map("a={}".format))),
    st.builds(RuleCondition, st.just("path-pattern"), st.just(()), st.just(""), st.tuples(TEXTS)),
)
OTHER_ACTIONS = st.sampled_from((
    Action("fixed-response", config={"StatusCode": "404", "MessageBody": "<none> & more", "ContentType": "text/plain"}),
    Action("redirect", config={"Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}",
                               "Query": "#{query}", "StatusCode": "HTTP_301"}),
))  # fmt: skip


@st.composite
def forwards(draw, groups):
    ids = tuple(draw(st.lists(st.sampled_from(groups), min_size=1, max_size=2, unique=True)))
    weights = tuple(draw(st.integers(0, 9)) for _ in ids) if len(ids) > 1 else (1,)
    return Action("forward", ids, weights)


@st.composite
def balancings(draw):
    """A load balancer of each kind that is drawn, with groups, listeners and rules, in a small network."""
    things = [eni("eni-Web", address="10.0.1.50")]
    for kind in draw(st.sets(st.sampled_from((LoadBalancerType.APPLICATION, LoadBalancerType.NETWORK)), min_size=1)):
        things += draw(of_kind(kind))
    return cloud(*things)


@st.composite
def of_kind(draw, kind):
    application = kind is LoadBalancerType.APPLICATION
    own, protocol = f"{kind.value.title()}", "HTTP" if application else "TCP"
    groups = [
        TargetGroup(
            f"{own}Group{number}",
            target_type="ip",
            protocol=protocol,
            port=draw(st.sampled_from((80, 8080))),
            vpc_id="Vpc",
            targets=(Target("10.0.1.50", draw(st.sampled_from((80, 8080)))),) if draw(st.booleans()) else (),
            health_check_protocol=protocol,
            health_check_path="/health" if application else "/",
            health_check_interval=draw(st.sampled_from((10, 30))),
            health_check_timeout=4,
            healthy_threshold=draw(st.integers(2, 10)),
            matcher=draw(st.sampled_from(("200", "200-299"))) if application else "200",
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    groups = [replace(group, empty=not group.targets) for group in groups]
    ids = [group.id for group in groups]
    actions = (
        forwards(ids) | OTHER_ACTIONS
        if application
        else st.builds(Action, st.just("forward"), st.just((ids[0],)), st.just((1,)))
    )
    listeners = [
        Listener(f"{own}Listener{port}", own, port, protocol, (draw(actions),))
        for port in draw(st.sets(st.sampled_from((80, 81, 82)), max_size=2))
    ]
    rules = [
        ListenerRule(f"{listener.id}Rule{number}", listener.id, number, tuple(draw(st.lists(CONDITIONS, min_size=1, max_size=2))), (draw(actions),))
        for listener in listeners if application
        for number in sorted(draw(st.sets(st.integers(1, 50), max_size=2)))
    ]  # fmt: skip
    internal = draw(st.booleans())
    balancer = LoadBalancer(
        own, own.lower(), dns_name(own, REGION, kind, internal=internal, name=own.lower()), kind, internal, "Vpc",
        ("A", "B"), ("Sg",), cross_zone=application,
    )  # fmt: skip
    nodes = [eni(f"eni-{own}-{s}", s, owner=InterfaceOwner.LOAD_BALANCER) for s in "AB"]
    return [balancer, *groups, *listeners, *rules, *(replace(node, owner_id=own) for node in nodes)]


def answers(drawn, folder):
    """Write the answers of all describe operations into a folder, as a user does by the AWS CLI."""
    elb = Client("elbv2", ElbV2Api(Running(drawn), dict, no_bundles).handle)
    ec2 = Client("ec2", Ec2Api(Running(drawn), ()).handle)
    found = [ec2(f"Describe{kind}") for kind in ("Vpcs", "Subnets", "SecurityGroups", "NetworkInterfaces")]
    balancers, groups = elb("DescribeLoadBalancers"), elb("DescribeTargetGroups")
    found += [balancers, groups]
    for one in balancers["LoadBalancers"]:
        arn = {"LoadBalancerArn": one["LoadBalancerArn"]}
        listeners = elb("DescribeListeners", **arn)
        found += [listeners, {**arn, "LoadBalancerAttributes": arn | elb("DescribeLoadBalancerAttributes", **arn)}]
        found += [elb("DescribeRules", ListenerArn=each["ListenerArn"]) for each in listeners["Listeners"]]
    for one in groups["TargetGroups"]:
        arn = {"TargetGroupArn": one["TargetGroupArn"]}
        found.append({"LoadBalancerTargetHealth": [arn | elb("DescribeTargetHealth", **arn)]})
    region = folder / "describe" / REGION
    region.mkdir(parents=True, exist_ok=True)
    for number, answer in enumerate(found):
        answer.pop("ResponseMetadata", None)
        (region / f"{number}.json").write_text(json.dumps(answer, default=str))
    return balancers, folder / "describe"


def shape(actions):
    """Actions without the members that AWS adds to them."""
    return [(one.type, [str(i) for i in one.target_group_ids], one.weights,
             None if one.type == "forward" else one.config) for one in actions]  # fmt: skip


@examples(40)
@given(balancings())
def test_what_is_described_reads_back_as_the_same_load_balancing(tmp_path_factory, drawn):
    balancers, folder = answers(drawn, tmp_path_factory.mktemp("described"))
    found, own, ids = load([folder]), drawn.balancing, drawn.aws_ids
    names = {one.id: one.name for one in own.load_balancers.values()}
    read = found.balancing
    for balancer in own.load_balancers.values():
        same = read.load_balancers[balancer.name]
        assert (same.dns_name, same.type, same.internal, same.cross_zone) == (
            balancer.dns_name, balancer.type, balancer.internal, balancer.cross_zone)  # fmt: skip
        assert same.subnet_ids == tuple(ids[one] for one in balancer.subnet_ids)
        assert {str(e.private_ip_address) for e in found.network.interfaces_of(same.id)} == {
            str(e.private_ip_address) for e in drawn.network.interfaces_of(balancer.id)}  # fmt: skip
    for group in own.target_groups.values():
        same = read.target_groups[group.id]
        left_out = {"vpc_id": None, "arn": "", "origin": None, "targets": (), "health_check_enabled": None}
        assert replace(same, **left_out) == replace(group, **left_out)
        assert [(one.id, one.port) for one in same.targets] == [(one.id, one.port) for one in group.targets]
    assert {one.id: (one.protocol, shape(one.default_actions)) for one in read.listeners.values()} == {
        f"{names[one.load_balancer_id]}/{one.port}": (one.protocol, shape(one.default_actions))
        for one in own.listeners.values()
    }
    ports = {one.id: f"{names[one.load_balancer_id]}/{one.port}" for one in own.listeners.values()}
    assert sorted((one.listener_id, one.priority, one.conditions, shape(one.actions)) for one in read.listener_rules.values()) == sorted(
        (ports[one.listener_id], one.priority, one.conditions, shape(one.actions)) for one in own.listener_rules.values())  # fmt: skip
    descriptions = {eni["Description"] for eni in Client("ec2", Ec2Api(Running(drawn), ()).handle)("DescribeNetworkInterfaces")["NetworkInterfaces"]}  # fmt: skip
    assert {f"ELB {full_name(one['LoadBalancerArn'])}" for one in balancers["LoadBalancers"]} <= descriptions
