"""What a packet meets returns the next step, and the loop takes it: without a walk, and with one."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding
from netful.engine.flows.flow import End, Flow, Ports, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.flows.trail import Trail
from netful.engine.network import steps, targets, walk
from netful.engine.network.packet import Journey, Packet
from netful.engine.network.route_targets import internet_gateways, nat_gateways
from netful.engine.network.steps import Cross, Done, Fork, Leave, Lost, Meet, Step
from netful.model.network.gateways import ElasticIp, InternetGateway, NatGateway
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import TCP
from netful.model.network.route_tables import TargetKind
from tests.helpers.small_clouds import cloud, eni, route

FAR = network_of(IPv4Address("198.18.1.1"))
SENDER = eni("eni-Host", address="10.0.1.50")
NAT = NatGateway("Nat", "B", allocation_ids=("Eip",))
OF_NAT = eni("eni-Nat", "B", groups=(), address="10.0.2.9", owner=InterfaceOwner.NAT_GATEWAY)
CLOUD = cloud(SENDER, InternetGateway("Igw", "Vpc"), NAT, OF_NAT, ElasticIp("Eip", IPv4Address("203.0.113.9")))


def packet(**journey):
    source = End(network_of(SENDER.private_ip_address), Ports(40000, 40000), SENDER)
    return Packet(SENDER, Flow(TCP, source, End(FAR, Ports(443, 443))), Journey(**journey))


def codes(step):
    return [each.ruling.code for each in step.found if isinstance(each, Finding) and each.ruling.verdict == "deny"]


def test_a_nat_gateway_returns_the_translated_packet_as_a_step():
    step = nat_gateways.nat_gateway(CLOUD, packet(), route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "Nat"))
    assert isinstance(step, Cross)
    assert (step.packet.sender.owner_id, str(step.packet.flow.source)) == ("Nat", "10.0.2.9")
    assert [leg.end.owner_id for leg in step.packet.journey.legs] == ["Nat"]
    assert [each.kind for each in step.found] == [HopKind.NACL_IN, HopKind.NAT]


def test_a_nat_gateway_refuses_an_answer_that_it_has_no_connection_for():
    step = nat_gateways.nat_gateway(CLOUD, packet(returning=True), route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "Nat"))
    assert isinstance(step, Done)
    assert codes(step) == [Code.NETFUL_RETURN_PATH_NO_ROUTE]


@pytest.mark.parametrize(
    ("address", "code"), [("203.0.113.7", []), (None, [Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS])]
)
def test_an_internet_gateway_lets_out_what_has_a_public_address_and_reports_what_has_none(address, code):
    sender = replace(SENDER, public_ip=IPv4Address(address) if address else None)
    way = route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw")
    step = internet_gateways.internet_gateway(CLOUD, packet().sent_by(sender), way)
    assert isinstance(step, Leave)
    assert codes(step) == code
    assert str(step.packet.flow.source) == (address or "an unknown address")


@pytest.mark.parametrize("kind", [*targets.TARGETS, TargetKind.LOCAL])
def test_a_target_that_was_not_loaded_is_unknown_and_a_blackhole_says_nothing_more(kind):
    gone = route("0.0.0.0/0", kind, "gone")
    lost = targets.meet(CLOUD, Meet(packet(), gone))
    assert isinstance(lost, Lost)
    assert [each.ruling.missing for each in lost.found] == [("what is behind gone",)]
    if kind in targets.TARGETS:
        assert targets.meet(CLOUD, Meet(packet(), replace(gone, blackhole=True))) == Lost(packet())


def test_every_kind_of_step_is_taken():
    kinds = {each for each in vars(steps).values() if isinstance(each, type) and issubclass(each, Step)}
    assert kinds - {Step} == {*walk.TAKEN_BY, Fork, Done}


def ended(*verdicts, name=""):
    found = (Finding(HopKind.TARGET, name, Ruling(verdict, name, "")) for verdict in verdicts)
    return Done(packet(), found=tuple(found))


@pytest.mark.parametrize(
    ("best", "ways", "chosen"),
    [
        (True, [("deny",), ("allow",), ("allow",)], "1"),
        (True, [("deny", "deny"), ("deny", "unknown"), ("deny",)], "2"),
        (False, [("allow",), ("unknown",), ("deny",), ("deny",)], "2"),
        (False, [("allow",), ("allow",)], "0"),
    ],
)
def test_of_a_fork_the_best_way_counts_or_the_worst(best, ways, chosen):
    walked = walk.Walk(CLOUD, Journey(), Trail())
    begun = (Finding(HopKind.RULE, "", Ruling("allow", "before", "")),)
    forks = tuple(ended(*verdicts, name=str(number)) for number, verdicts in enumerate(ways))
    walked.take(Fork(packet(), forks, best=best, found=begun))
    assert [hop.component for hop in walked.trail.hops] == ["before"] + [chosen] * len(ways[int(chosen)])
