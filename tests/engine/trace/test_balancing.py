from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from netful.engine.load_balancers.error_pages import page
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.access.web_acl import FirewallRule, WebAcl, WebAclAssociation
from netful.model.allocation import allocate
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
from netful.model.core import Resource, Unknown
from netful.model.functions.function import Code, Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.vpc import ZoneSource
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint, VpcEndpointService
from tests.helpers.small_clouds import acl, cloud, eni, entry, group, rule

CLIENT = "10.0.1.0/24"
ADDRESSES = {"A": "10.0.1.50", "B": "10.0.2.50"}


def balancer(kind="network", **more):
    return LoadBalancer("Lb", "Lb", "lb.example.com", LoadBalancerType(kind), internal=True, vpc_id="Vpc", **more)


def made(
    *targets, kind="network", admits=CLIENT, nodes=("A",), target_type="instance", preserve=None, port=8080, **more
):
    return cloud(
        balancer(kind, **more),
        *map(node, nodes),
        Listener("L", "Lb", 80, "TCP" if kind == "network" else "HTTP", (Action("forward", ("Tg",)),)),
        TargetGroup("Tg", target_type, "TCP", port, "Vpc", targets, preserve_client_ip=preserve),
        eni("eni-client", "A", ("Sg",), "10.0.1.10"),
        eni("eni-a", "A", ("Web",), "10.0.1.20"),
        eni("eni-b", "B", ("Web",), "10.0.2.20"),
        eni("eni-closed", "B", ("Closed",), "10.0.2.30"),
        group("Web", ingress=(rule(6, 8080, peer=admits),)),
        group("Closed"),
    )


def node(subnet):
    id_, address = f"eni-Lb-{subnet}", IPv4Address(ADDRESSES[subnet])
    return NetworkInterface(id_, InterfaceOwner.LOAD_BALANCER, "Lb", subnet, private_ip_address=address)


def path(cloud_, to="Lb:tcp/80", from_="client"):
    return trace(cloud_, parse(cloud_, from_, to))


def codes(found):
    return [hop.code for hop in found.hops if hop.verdict == "deny"]


def test_one_target_that_can_be_reached_is_enough():
    found = path(made(Target("closed"), Target("a")))
    assert found.verdict == "reachable"
    (hop,) = [hop for hop in found.hops if hop.kind == "target group"]
    assert "a" in hop.rule.split()


def test_a_healthy_target_is_used_and_others_are_not():
    assert path(made(Target("closed", health="healthy"), Target("a", health="unhealthy"))).verdict == "blocked"


@pytest.mark.parametrize(
    ("weights", "receiving"),
    [((1, 1), ["Tg"]), ((1, 0), ["Tg"]), ((0, 1), ["Other"]), ((0, 0), [])],
)
def test_a_group_without_weight_receives_no_request(weights, receiving):
    base = made(Target("a"))
    both = Action("forward", ("Tg", "Other"), weights)
    listener = replace(base.balancing.listeners["L"], default_actions=(both,))
    other = replace(base.balancing.target_groups["Tg"], id="Other", targets=(Target("b"),))
    found = path(base.having(listeners={"L": listener}, target_groups={**base.balancing.target_groups, "Other": other}))
    assert [hop.component for hop in found.hops if hop.kind == "target group"] == receiving


@pytest.mark.parametrize(
    ("kind", "weight", "verdict"),
    [("network", 0, "reachable"), ("application", 0, "blocked"), ("application", 1, "reachable")],
)
def test_a_group_alone_without_a_weight_receives_no_request_of_an_application_load_balancer(kind, weight, verdict):
    base = made(Target("a"), kind=kind, admits="10.0.0.0/16")
    alone = replace(base.balancing.listeners["L"], default_actions=(Action("forward", ("Tg",), (weight,)),))
    to = "Lb:tcp/80" if kind == "network" else "http://lb.example.com/"
    found = path(base.having(listeners={"L": alone}), to)
    assert (found.verdict, found.symptom.status) == (verdict, 503 if verdict == "blocked" else None)


def test_without_a_healthy_target_all_are_used():
    assert path(made(Target("closed", health="unhealthy"), Target("a", health="unhealthy"))).verdict == "reachable"


def checked(kind, *targets, port="9090"):
    """A load balancer with health checks of port 9090, which one group admits beside 8080: `Checked` of the target `b`."""
    found = made(*map(Target, targets), kind=kind, cross_zone=True)
    admitting = group("Checked", ingress=(rule(6, 8080, peer=CLIENT), rule(6, 9090, peer=CLIENT)))
    tg = replace(found.balancing.target_groups["Tg"], health_check_port=port)
    found = found.having(
        target_groups={"Tg": tg}, security_groups={**found.network.security_groups, "Checked": admitting}
    )
    enis = found.network.network_interfaces
    return found.having(network_interfaces={**enis, "eni-b": replace(enis["eni-b"], security_group_ids=("Checked",))})


@pytest.mark.parametrize(
    ("kind", "targets", "port", "verdict", "symptom"),
    [
        ("classic", ("a",), "9090", "blocked", 503),
        ("classic", ("a", "b"), "9090", "reachable", None),
        ("classic", ("a",), "8080", "reachable", None),
        ("classic", ("a",), "traffic-port", "reachable", None),
        ("application", ("a",), "9090", "reachable", None),
        ("network", ("a",), "9090", "reachable", None),
    ],
)
def test_health_checks_of_another_port_have_to_arrive(kind, targets, port, verdict, symptom):
    found = path(checked(kind, *targets, port=port))
    assert (found.verdict, found.symptom.status) == (verdict, symptom)
    assert ("`Web` admit tcp/9090" in found.hint) is (verdict == "blocked")


def test_health_checks_that_are_off_need_not_arrive():
    with_checks = checked("classic", "a")
    off = replace(with_checks.balancing.target_groups["Tg"], health_check_enabled=False)
    assert path(with_checks.having(target_groups={"Tg": off})).verdict == "reachable"


@pytest.mark.parametrize(("last", "verdict"), [(9090, "reachable"), (8080, "blocked")])
def test_health_checks_have_to_pass_the_network_acls_of_a_target_in_another_subnet(last, verdict):
    narrow = acl("Narrow", ingress=(entry(1, True, TCP, 1024, last),), subnet_ids=("B",))
    with_checks = checked("classic", "b")
    found = path(with_checks.having(network_acls={**with_checks.network.network_acls, "Narrow": narrow}))
    assert (found.verdict, found.symptom.status) == (verdict, 503 if verdict == "blocked" else None)


def test_targets_that_are_draining_receive_nothing():
    found = path(made(Target("a", health="draining"), kind="application"))
    assert (codes(found), found.symptom.status) == (["ELBV2_LISTENER_HAS_NO_TG"], 503)


def test_a_target_whose_health_checks_are_dropped_is_not_used():
    found = path(checked("application", "a", "b"))
    assert [hop.component for hop in found.hops if hop.kind == "sg in"] == ["Checked"]


def test_health_checks_of_a_target_without_groups_arrive():
    found = checked("network", "a", "b")
    enis, groups = found.network.network_interfaces, found.network.security_groups
    inner = replace(enis["eni-a"], owner=InterfaceOwner.LOAD_BALANCER, security_group_ids=())
    only_checks = group("Checked", ingress=(rule(6, 9090, peer=CLIENT),))
    found = found.having(
        network_interfaces={**enis, "eni-a": inner}, security_groups={**groups, "Checked": only_checks}
    )
    assert path(found).verdict == "reachable"


def test_without_cross_zone_a_node_uses_its_own_zone():
    lone = made(Target("b"), cross_zone=False)
    assert codes(path(lone, "10.0.1.50:tcp/80")) == ["ELBV2_NO_TARGETS_IN_AZ"]
    assert path(made(Target("b"))).verdict == "reachable"


@pytest.mark.parametrize(
    ("targets", "options", "expected"),
    [
        (("b",), {}, ["ELB_INSTALLED_AZ_RESTRICTION"]),
        (("b",), {"kind": "application"}, ["ELB_INSTALLED_AZ_RESTRICTION"]),
        (("10.0.2.20",), {"target_type": "ip"}, ["ELB_INSTALLED_AZ_RESTRICTION"]),
        (("b",), {"cross_zone": False}, ["ELB_INSTALLED_AZ_RESTRICTION"]),
        (("b",), {"subnet_ids": ("A", "B")}, []),
        (("b",), {"subnet_ids": ("A", Unknown("a parameter"))}, []),
        (("a", "b"), {}, []),
    ],
)
def test_a_target_in_a_zone_that_is_not_enabled_receives_nothing(targets, options, expected):
    found = path(made(*map(Target, targets), admits="10.0.0.0/16", **{"subnet_ids": ("A",)} | options))
    assert codes(found) == expected
    assert {hop.rule.split()[1] for hop in found.hops if hop.kind == "target group" and not expected} <= {targets[0]}


@pytest.mark.parametrize(
    ("unwritten", "target", "options", "assumed"),
    [
        ("AB", "a", {}, 0),
        ("AB", "b", {}, 2),
        ("AB", "b", {"subnet_ids": ("A", "B")}, 0),
        ("AB", "b", {"subnet_ids": ("A", "B"), "cross_zone": False}, 2),
        ("A", "b", {}, 1),
        ("", "b", {}, 0),
    ],
)
def test_zones_of_targets_that_no_source_names_are_assumptions(unwritten, target, options, assumed):
    lone = made(Target(target), admits="10.0.0.0/16", **{"subnet_ids": ("A",)} | options)
    chosen = {"availability_zone": "us-east-1a", "zone_source": ZoneSource.NONE}
    subnets = {id_: replace(one, **chosen if id_ in unwritten else {}) for id_, one in lone.network.subnets.items()}
    assert len(path(lone.having(subnets=subnets), "10.0.1.50:tcp/80").assumptions) == assumed


def test_a_node_in_a_zone_that_is_not_known_may_have_a_target():
    lone = made(Target("a"), nodes=("A", "B"), cross_zone=False)
    near, enis = lone.network.subnets["A"], lone.network.network_interfaces
    unknown = replace(near, availability_zone=Unknown("a parameter", ("Zone",)))
    moved = lone.having(
        subnets={**lone.network.subnets, "A": unknown, "C": replace(near, id="C")},
        network_interfaces={**enis, "eni-a": replace(enis["eni-a"], subnet_id="C")},
    )
    assert codes(path(moved, "internet:lb.example.com:tcp/80")) == []


def test_the_name_gives_only_nodes_that_have_a_target():
    lone = made(Target("a"), nodes=("A", "B"), cross_zone=False)
    assert path(lone).verdict == path(lone, "internet:lb.example.com:tcp/80").verdict == "reachable"
    assert codes(path(lone, "10.0.2.50:tcp/80")) == ["ELBV2_NO_TARGETS_IN_AZ"]


@pytest.mark.parametrize(
    ("options", "admits", "verdict"),
    [
        ({}, "10.0.1.10/32", "reachable"),
        ({}, "10.0.1.50/32", "blocked"),
        ({"preserve": False}, "10.0.1.50/32", "reachable"),
        ({"preserve": False}, "10.0.1.10/32", "blocked"),
        ({"kind": "application"}, "10.0.1.50/32", "reachable"),
    ],
)
def test_the_address_that_a_target_sees(options, admits, verdict):
    assert path(made(Target("b"), admits=admits, **options)).verdict == verdict


def test_a_target_is_not_its_own_client_while_addresses_are_preserved():
    assert codes(path(made(Target("a")), from_="a")) == ["ELBV2_SOURCE_ADDRESS_PRESERVATION"]
    assert path(made(Target("a"), preserve=False), from_="a").verdict == "reachable"


def test_a_rule_that_rewrites_what_a_question_does_not_tell():
    rewrites = (
        {"Type": "host-header-rewrite", "HostHeaderRewriteConfig": {"Rewrites": [{"Regex": "a", "Replace": "b"}]}},
    )
    one = ListenerRule("R", "L", 1, (RuleCondition("path-pattern", ("/*",)),), (Action("forward", ("Tg",)),), rewrites)
    given = made(Target("a"), kind="application").having(listener_rules={"R": one})
    found = [path(given, to) for to in ("Lb:tcp/80", "http://lb.example.com/a")]
    assert [one.verdict for one in found] == ["reachable", "reachable"]
    assert ["transform" in [hop.kind for hop in one.hops] for one in found] == [False, True]


@pytest.mark.parametrize(
    ("method", "verdict", "notes"), [("POST ", "blocked", 0), ("GET ", "reachable", 0), ("", "reachable", 1)]
)
def test_a_rule_for_a_method(method, verdict, notes):
    refusing = Action("fixed-response", config={"StatusCode": "503"})
    one = ListenerRule("R", "L", 1, (RuleCondition("http-request-method", ("POST",)),), (refusing,))
    found = path(
        made(Target("a"), kind="application").having(listener_rules={"R": one}), f"{method}http://lb.example.com/a"
    )
    assert (found.verdict, len(found.assumptions)) == (verdict, notes)


UNKNOWN = Unknown("no value", ("P",))


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        (Action("forward", config=UNKNOWN), "unknown"),
        (Action("fixed-response", config=UNKNOWN), "unknown"),
        (Action("fixed-response", config={"StatusCode": UNKNOWN}), "unknown"),
        (Action("fixed-response", config={"StatusCode": "200", "MessageBody": UNKNOWN}), "reachable"),
        (Action("redirect", config=UNKNOWN), "unknown"),
        (Action("redirect", config={"StatusCode": "HTTP_301", "Host": UNKNOWN}), "unknown"),
        (Action("redirect", config={"StatusCode": "HTTP_301"}), "reachable"),
    ],
)
def test_an_action_that_is_not_known(action, verdict):
    one = ListenerRule("R", "L", 1, (RuleCondition("path-pattern", ("/*",)),), (action,))
    found = path(made(Target("a"), kind="application").having(listener_rules={"R": one}), "http://lb.example.com/a")
    assert (found.verdict, found.missing) == (verdict, ("P",) if verdict == "unknown" else ())


def test_a_port_without_listener():
    assert codes(path(made(Target("a")), "Lb:tcp/81")) == ["ELBV2_LISTENERS_MISMATCH"]
    assert codes(path(made(Target("a")), "Lb:icmp")) == ["ELBV2_LISTENERS_MISMATCH"]


def test_a_target_by_address():
    assert path(made(Target("10.0.2.20", 8080), target_type="ip")).verdict == "reachable"


def test_the_way_to_an_address_that_nothing_loaded_has_is_judged():
    closed = balancer("application", security_group_ids=("Closed",))
    for target, groups, verdict in (
        ("10.0.2.99", (), "unknown"),
        ("10.0.2.99", ("Closed",), "blocked"),
        ("192.168.7.7", (), "blocked"),
    ):
        made_ = made(Target(target, 8080), kind="application", target_type="ip", nodes=())
        made_.balancing.load_balancers["Lb"] = replace(closed, security_group_ids=groups)
        at = replace(node("A"), security_group_ids=groups)
        made_.network.network_interfaces[at.id] = at
        assert path(made_).verdict == verdict


def test_a_target_that_was_not_loaded_is_unknown():
    found = path(made(Target("i-0"), target_type="instance"))
    assert (found.verdict, found.missing) == ("unknown", ("the interfaces of i-0",))


@pytest.mark.parametrize("target", ["Fn", "shop-fn", "arn:aws:lambda:us-east-1:123456789012:function:shop-fn:live"])
def test_a_function_is_invoked(target):
    with_function = made(Target(target), kind="application", target_type="lambda")
    with_function.compute.functions["Fn"] = Function("Fn", "shop-fn", Code())
    assert path(with_function).hops[-1].component == "Fn"


@pytest.mark.parametrize(
    ("principal", "verdict", "status"),
    [
        ("elasticloadbalancing.amazonaws.com", "reachable", None),
        ("apigateway.amazonaws.com", "blocked", 502),
        (Unknown("no value", ("Principal",)), "unknown", None),
    ],
)
def test_a_function_has_to_permit_load_balancers(principal, verdict, status):
    with_function = made(Target("Fn"), kind="application", target_type="lambda")
    with_function.compute.functions["Fn"] = Function("Fn", "shop-fn", Code())
    permission = {"FunctionName": "shop-fn", "Principal": principal}
    with_function.template.resources["P"] = Resource("P", "AWS::Lambda::Permission", permission)
    found = path(with_function)
    assert (found.verdict, found.symptom.status) == (verdict, status)
    assert codes(found) == (["NETFUL_TARGET_NOT_PERMITTED"] if status else [])


def test_a_group_that_has_no_targets_is_unknown_until_aws_says_so():
    assert path(made()).verdict == "unknown"


@pytest.mark.parametrize(
    ("kind", "targets", "symptom"),
    [
        ("application", ("closed",), ("http", 504)),
        ("application", (), ("http", 503)),
        ("network", ("closed",), ("timeout", None)),
    ],
)
def test_what_the_client_sees(kind, targets, symptom):
    described = made(*map(Target, targets), kind=kind)
    described.balancing.target_groups["Tg"] = replace(
        described.balancing.target_groups["Tg"], arn="arn:aws:elasticloadbalancing:…", empty=not targets
    )
    found = path(described).symptom
    assert (found.kind, found.status) == symptom


def test_an_own_service_is_reached_through_an_endpoint_without_the_clients_address():
    service = VpcEndpointService("Offered", "com.amazonaws.vpce.us-east-1.Offered", ("Lb",))
    endpoint = VpcEndpoint("Ep", "Vpc", service.service_name, "", EndpointType.INTERFACE, ("A",), ("Sg",))
    offered = made(Target("b"), admits="10.0.1.50/32")
    offered = allocate(offered.having(vpc_endpoint_services={"Offered": service}, vpc_endpoints={"Ep": endpoint}))
    told = dict(offered.balancing.target_groups["Tg"].attributes) | {"proxy_protocol_v2.enabled": "true"}
    headed = offered.having(target_groups={"Tg": replace(offered.balancing.target_groups["Tg"], attributes=told)})
    (hop,) = [hop for hop in path(headed, "Ep:tcp/80").hops if hop.kind == "target group"]
    assert "`Ep`" in hop.rule  # the proxy protocol's header names it
    assert path(offered, "Ep:tcp/80").verdict == "reachable"
    assert codes(path(offered, "Ep:tcp/81")) == ["ELBV2_LISTENERS_MISMATCH"]


@pytest.mark.parametrize(
    ("part", "attribute", "value", "assumed"),
    [
        ("load_balancers", "dns_record.client_routing_policy", "availability_zone_affinity", True),
        ("load_balancers", "dns_record.client_routing_policy", "any_availability_zone", False),
        ("load_balancers", "access_logs.s3.enabled", "true", False),
        ("listeners", "tcp.idle_timeout.seconds", "60", True),
        ("target_groups", "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "2", True),
        ("target_groups", "deregistration_delay.timeout_seconds", "0", False),
    ],
)
def test_an_attribute_that_may_change_the_path_is_an_assumption(part, attribute, value, assumed):
    plain = made(Target("a"))
    ((id_, thing),) = plain.part(part).items()
    found = path(plain.having(**{part: {id_: replace(thing, attributes={attribute: value})}}))
    assert found.verdict == "reachable"
    assert any(f"`{attribute}` ({value})" in text for text in found.assumptions) == assumed


def test_a_web_acl_is_named_and_taken_to_let_the_request_through():
    made_ = made(Target("a"), kind="application")
    protected = made_.having(web_acl_associations={"Waf": WebAclAssociation("Waf", "Lb", "arn:of:an/acl")})
    assumed = "the web ACL of Waf lets the request through"
    assert assumed in path(protected).assumptions
    assert assumed not in path(made_).assumptions


def filtered(action, path_="/no"):
    made_ = made(Target("a"), kind="application")
    field = {"FieldToMatch": {"UriPath": {}}, "SearchString": path_, "PositionalConstraint": "EXACTLY"}
    rules = (FirewallRule("r", 0, {"ByteMatchStatement": field}, action),)
    association = WebAclAssociation("Waf", "Lb", "Acl")
    acl = WebAcl("Acl", "acl", rules, default_action={"Allow": {}})
    return made_.having(web_acls={"Acl": acl}, web_acl_associations={"Waf": association})


@pytest.mark.parametrize(
    ("action", "symptom"),
    [({"Block": {}}, (403, page(403))), ({"Block": {"CustomResponse": {"ResponseCode": 429}}}, (429, ""))],
)
def test_a_web_acl_stops_a_request(action, symptom):
    found = path(filtered(action), "http://lb.example.com/no")
    hop = next(hop for hop in found.hops if hop.kind == "waf")
    assert (hop.component, hop.code) == ("Acl", "NETFUL_FILTERED")
    assert (found.symptom.status, found.symptom.body) == symptom
    assert [hop.kind for hop in found.hops][-1] != "waf"  # what comes behind is told all the same
    passed = path(filtered(action, "/other"), "http://lb.example.com/no")
    assert (passed.verdict, passed.symptom.status) == ("reachable", None)
