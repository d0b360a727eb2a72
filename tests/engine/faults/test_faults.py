"""Faults: what each denies or breaks, and the targets that there are not."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from netful.engine.faults.disruption import disrupted, left_by, throttled
from netful.engine.faults.effects import effects
from netful.engine.faults.fault import Fault, FaultKind, Scope, checked
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.apis.stage import MethodSetting, Stage
from netful.model.core import QuestionError, Resource
from netful.model.network.addresses import prefix_list_block
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import TCP
from netful.model.network.vpc import Subnet
from tests.helpers.hand_made import cloud, endpoint, nat, regional_nat, rule

SUBNETS = {
    "Private": Subnet("Private", "Vpc", IPv4Network("10.0.1.0/24"), availability_zone="eu-west-1b"),
    "Public": Subnet("Public", "Vpc", IPv4Network("10.0.2.0/24"), availability_zone="eu-west-1a"),
}
CLOUD = nat(subnets=SUBNETS)
S3 = str(prefix_list_block("s3", "eu-west-1")[10])


def verdict(cloud, destination):
    return trace(cloud, parse(cloud, "Fn", destination)).to_json()["verdict"]


def denied(scope, address, **more):
    """Whether the subnet's ACL denies an address in both directions, by the fault's own entries."""
    broken = disrupted(CLOUD, [Fault(FaultKind.CONNECTIVITY, "Private", scope, **more)])
    acl = broken.network.network_acl_of("Private")
    own = [{e.cidr_block for e in entries if not e.allow} for entries in (acl.ingress, acl.egress)]
    assert own[0] == own[1]
    return any(IPv4Address(address) in block for block in own[0])


@pytest.mark.parametrize(
    ("scope", "denies"),
    [
        # the internet, S3, the other zone's subnet, the own subnet
        (Scope.ALL, (True, True, True, True)),
        (Scope.VPC, (True, True, False, False)),
        (Scope.S3, (False, True, False, False)),
        (Scope.DYNAMODB, (False, False, False, False)),
        (Scope.AVAILABILITY_ZONE, (False, False, True, False)),
    ],
)
def test_scopes_deny_what_fis_denies(scope, denies):
    addresses = ("192.0.2.1", S3, "10.0.2.9", "10.0.1.9")
    assert tuple(denied(scope, address) for address in addresses) == denies


def test_a_prefix_list_is_denied():
    assert denied(Scope.PREFIX_LIST, S3, prefix_list="pl-s3")
    assert not denied(Scope.PREFIX_LIST, "192.0.2.1", prefix_list="pl-s3")


def test_only_the_subnet_gets_the_clone_and_its_rules_stay_below():
    broken = disrupted(CLOUD, [Fault(FaultKind.CONNECTIVITY, "Private")])
    assert broken.network.network_acl_of("Public") == CLOUD.network.network_acl_of("Public")
    clone = broken.network.network_acl_of("Private")
    assert clone.ingress[-1] == CLOUD.network.network_acl_of("Private").ingress[-1]
    path = trace(broken, parse(broken, "Fn", "internet:tcp/443")).to_json()
    assert path["hops"][path["blockers"][0] - 1]["component"] == "fault connectivity Private --scope all"


def test_an_endpoint_has_groups_that_admit_nothing():
    cloud = endpoint([rule("EndpointSg.https", "FnSg", 443, protocol=TCP)])
    assert verdict(cloud, "aws:ssm") == "reachable"
    broken = disrupted(cloud, [Fault(FaultKind.ENDPOINT, "Ssm")])
    assert verdict(broken, "aws:ssm") == "blocked"
    before, after = cloud.network.network_interfaces, broken.network.network_interfaces
    assert {after[name].owner_id for name in before if after[name] != before[name]} == {"Ssm"}


def test_a_target_that_is_gone_changes_nothing():
    gone = [Fault(kind, "Gone") for kind in FaultKind]
    assert disrupted(CLOUD, gone) == CLOUD
    assert effects(CLOUD, gone).losses == {}


def of(owner):
    return next(eni.id for eni in CLOUD.network.network_interfaces.values() if eni.owner is owner)


def test_a_zone_is_all_its_interfaces():
    assert effects(CLOUD, [Fault(FaultKind.ZONE, "eu-west-1a")]).losses == {of(InterfaceOwner.NAT_GATEWAY): 100}


def test_losses_of_an_interface_are_the_greatest():
    faults = [Fault(FaultKind.LOSS, "Fn", percent=20), Fault(FaultKind.LOSS, "Private", percent=40)]
    assert effects(CLOUD, faults).losses == {of(InterfaceOwner.LAMBDA): 40}


def test_latencies_of_an_interface_are_the_greatest():
    faults = [Fault(FaultKind.LATENCY, "Fn", delay_ms=20), Fault(FaultKind.LATENCY, "Private", delay_ms=40)]
    assert effects(CLOUD, faults).delays == {of(InterfaceOwner.LAMBDA): 40}


def test_a_resolver_is_slow_or_silent():
    assert effects(CLOUD, [Fault(FaultKind.DNS, "Vpc")]).silent == {"Vpc"}
    assert effects(CLOUD, [Fault(FaultKind.DNS, "Vpc", delay_ms=250)]).slow == {"Vpc": 0.25}


@pytest.mark.parametrize(
    "wrong",
    [
        *(Fault(kind, "Gone", delay_ms=1) for kind in FaultKind),
        Fault(FaultKind.CONNECTIVITY, "Private", Scope.PREFIX_LIST),
        Fault(FaultKind.CONNECTIVITY, "Private", Scope.PREFIX_LIST, prefix_list="pl-gone"),
        Fault(FaultKind.LOSS, "Fn", percent=0),
        Fault(FaultKind.LOSS, "Fn", percent=101),
        Fault(FaultKind.LAMBDA_DELAY, "Fn"),
        Fault(FaultKind.LATENCY, "Fn"),
        Fault(FaultKind.LATENCY, "Fn", delay_ms=60_001),
        Fault(FaultKind.DNS, "Vpc", delay_ms=-1),
    ],
    ids=str,
)
def test_a_fault_that_cannot_be_is_refused_with_a_hint(wrong):
    with pytest.raises(QuestionError) as refused:
        checked(CLOUD, wrong)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("kind", "there"), [(FaultKind.CONNECTIVITY, "`Private`, `Public`"), (FaultKind.ENDPOINT, "none")]
)
def test_the_hint_names_what_there_is(kind, there):
    with pytest.raises(QuestionError) as refused:
        checked(CLOUD, Fault(kind, "Gone"))
    assert refused.value.hint == f"there are: {there}"


@pytest.mark.parametrize(
    ("word", "what"), [("Topic", "`Topic` has no interface"), ("Gone", "`Gone` is not in the network")]
)
def test_a_word_without_an_interface(word, what):
    made = CLOUD.having(resources={"Topic": Resource("Topic", "AWS::SNS::Topic")})
    with pytest.raises(QuestionError) as refused:
        checked(made, Fault(FaultKind.LOSS, word, percent=1))
    assert refused.value.what == what


def test_targets_have_the_names_of_the_cloud():
    by_id = Fault(FaultKind.CONNECTIVITY, CLOUD.aws_id("Private"), Scope.PREFIX_LIST, CLOUD.aws_id("pl-s3"))
    assert checked(CLOUD, by_id) == replace(by_id, target="Private", prefix_list="pl-s3")


@pytest.mark.parametrize(("whole", "name"), [(CLOUD, "Igw"), (cloud(**regional_nat()), "NatGw")])
def test_a_gateway_without_interfaces_drops_what_is_routed_to_it(whole, name):
    fault = checked(whole, Fault(FaultKind.HANG, name))
    assert effects(whole, [fault]).losses == {}
    assert verdict(whole, "internet:tcp/443") == "reachable"
    assert verdict(disrupted(whole, [fault]), "internet:tcp/443") == "blocked"


def test_clients_are_led_away_from_what_has_failed():
    fault = checked(CLOUD, Fault(FaultKind.HANG, "NatGw"))
    assert {*effects(CLOUD, [fault]).losses} == {"eni-NatGw"}
    assert disrupted(CLOUD, [fault]) == CLOUD
    assert verdict(left_by(CLOUD, [fault]), "internet:tcp/443") == "blocked"


def test_a_zone_may_be_named_as_for_trace():
    assert checked(CLOUD, Fault(FaultKind.HANG, "az:eu-west-1a")) == Fault(FaultKind.ZONE, "eu-west-1a")


def test_a_throttled_api_admits_nothing_on_any_rung_of_its_stages():
    stage = Stage("Prod", "Api", "prod", method_settings=(MethodSetting("/slow", "GET", throttling_burst_limit=5),))
    cloud = CLOUD.having(stages={"Prod": stage, "Other": Stage("Other", "OtherApi", "prod")})
    closed = throttled(cloud, [Fault(FaultKind.THROTTLE, "Api")]).apis.stages
    limits = {
        (one.resource_path, one.throttling_rate_limit, one.throttling_burst_limit)
        for one in closed["Prod"].method_settings
    }
    assert limits == {("*", 0, 0), ("/slow", 0, 0)}
    assert closed["Other"] == cloud.apis.stages["Other"]
