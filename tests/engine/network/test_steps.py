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
from netful.engine.network import outside_destinations, steps, targets, walk
from netful.engine.network.packet import Journey, Packet
from netful.engine.network.route_targets import internet_gateways, nat_gateways
from netful.engine.network.steps import Cross, Done, Fork, Leave, Lost, Meet, Step
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown
from netful.model.network.gateways import ElasticIp, InternetGateway, NatGateway, VpcPeeringConnection
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import TCP, UDP
from netful.model.network.route_tables import Route, TargetKind
from netful.model.network.vpc import PrefixList, Vpc
from tests.helpers.small_clouds import REGION, cloud, eni, main_table, net, route

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


def test_a_nat_gateway_accepts_no_connection():
    found = trace(CLOUD, parse(CLOUD, "Host", "10.0.2.9:tcp/443"))
    assert [(hop.verdict, hop.code) for hop in found.hops if hop.code] == [("deny", Code.NETFUL_NAT_NO_INBOUND)]


TO_IGW = route("198.18.0.0/15", TargetKind.INTERNET_GATEWAY, "Igw")


@pytest.mark.parametrize(
    ("way", "to", "verdict", "missing", "assumed"),
    [
        (replace(TO_IGW, target_id=Unknown("an import", ("nat",))), "198.18.1.1", "unknown", ("nat",), True),
        (TO_IGW, "198.18.1.1", "reachable", (), True),
        (TO_IGW, "10.0.1.50", "reachable", (), False),
    ],
)
def test_routes_of_which_a_part_is_not_known(way, to, verdict, missing, assumed):
    unknown = Route("r", TargetKind.NAT_GATEWAY, "Nat", destination_cidr_block=Unknown("an import", ("block",)))
    host = replace(SENDER, public_ip=IPv4Address("203.0.113.7"))
    made = cloud(
        host, InternetGateway("Igw", "Vpc"), main_table(way, unknown), eni("eni-Other", "B", address="10.0.2.50")
    )
    found = trace(made, parse(made, "10.0.2.50" if to.startswith("10.") else "Host", f"{to}:tcp/443"))
    assert (found.verdict, found.missing) == (verdict, missing)
    assert any("has no more specific route" in text for text in found.assumptions) is assumed


@pytest.mark.parametrize(("returning", "code"), [(False, [Code.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR]), (True, [])])
def test_a_peering_takes_nothing_from_further_away(returning, code):
    made = cloud(SENDER, Vpc("Far", (net("198.18.0.0/15"),)), VpcPeeringConnection("Pcx", "Vpc", "Far"))
    from_afar = packet(returning=returning)
    from_afar = from_afar.having(replace(from_afar.flow, source=End(network_of(IPv4Address("10.7.1.1")))))
    step = targets.meet(made, Meet(from_afar, route("198.18.0.0/15", TargetKind.PEERING, "Pcx")))
    assert codes(step) == code


@pytest.mark.parametrize(
    ("protocol", "port", "code"),
    [(TCP, 443, []), (TCP, 80, []), (TCP, 22, [Code.PROTOCOL_RESTRICTION]), (UDP, 22, [])],
)
def test_services_of_aws_answer_on_their_ports_alone(protocol, port, code):
    made = cloud(SENDER, PrefixList("pl-s3", f"com.amazonaws.{REGION}.s3", (net("198.18.0.0/15"),)))
    flow = replace(packet().flow, protocol=protocol, destination=End(FAR, Ports(port, port)))
    assert codes(outside_destinations.leave(made, Leave(packet().having(flow)))) == code


@pytest.mark.parametrize("kind", [*targets.TARGETS, TargetKind.LOCAL])
def test_a_target_that_was_not_loaded_is_unknown_and_a_blackhole_says_nothing_more(kind):
    gone = route("0.0.0.0/0", kind, "gone")
    lost = targets.meet(CLOUD, Meet(packet(), gone))
    assert isinstance(lost, Lost)
    modelled = kind in targets.TARGETS
    assert [each.ruling.missing for each in lost.found] == [("what is behind gone",) if modelled else ()]
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
