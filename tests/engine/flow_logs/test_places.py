"""Names of flows' ends, words that choose flows, and the rules that rejected one."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from netful.engine.flow_logs.places import Ends, place_name
from netful.engine.flow_logs.refusals import refusals
from netful.model.core import QuestionError
from netful.model.names.service_names import service
from netful.model.network.addresses import INTERNET_HOST, service_address
from netful.model.network.flow_logs import Action, FlowRecord, RejectReason, SeenFlow
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import TCP
from tests.helpers.hand_made import acl_entry, endpoint, nat, rule

HTTPS = rule("EndpointSg.https", "FnSg", 443, protocol=TCP)
CLOUD = nat()
FN = next(eni for eni in CLOUD.network.network_interfaces.values() if eni.owner is InterfaceOwner.LAMBDA)
SSM = service_address(service("ssm"), "eu-west-1")


def test_ends_have_names():
    names = [place_name(CLOUD, "Vpc", address) for address in (FN.private_ip_address, SSM, INTERNET_HOST)]
    assert names == ["Fn", "aws:ssm", ""]


@pytest.mark.parametrize(
    ("word", "included"),
    [
        ("Fn", (True, False, False)),
        ("NatGw", (False, False, False)),
        ("10.0.1.0/24", (True, False, False)),
        ("internet", (False, True, True)),
        (str(INTERNET_HOST), (False, False, True)),
        ("aws:ssm", (False, True, False)),
    ],
)
def test_words_choose_ends(word, included):
    ends = Ends(CLOUD, word)
    assert tuple(ends.include("Vpc", address) for address in (FN.private_ip_address, SSM, INTERNET_HOST)) == included


@pytest.mark.parametrize("word", ["Fm", "aws:nothing", "10.0.0.0/99"])
def test_a_word_without_an_end_is_refused(word):
    with pytest.raises(QuestionError):
        Ends(CLOUD, word)


def rejected(cloud, owner, *, egress, source, destination, flags=2, **more):
    eni = next(one for one in cloud.network.network_interfaces.values() if one.owner is owner)
    ports = (443, 40000) if flags & 16 else (40000, 443)
    flow = SeenFlow("Vpc", eni.id, egress, Action.REJECT, source, destination, TCP, *ports)
    return refusals(cloud, FlowRecord(replace(flow, **more), 1, 60, 0, 0, flags), eni)


def test_the_group_that_does_not_admit_is_named():
    cloud = endpoint([])
    (found,) = rejected(
        cloud, InterfaceOwner.ENDPOINT, egress=False, source=FN.private_ip_address, destination=IPv4Address("10.0.1.4")
    )
    assert (found.component, found.code) == ("EpSg", "SG_HAS_NO_RULES")


def test_an_answer_is_rejected_by_an_acl_and_never_by_a_group():
    every = (acl_entry(100),)
    wall = NetworkAcl(
        "Wall", "Vpc", every, (acl_entry(7, allow=False, block=IPv4Network("10.0.1.0/24")), *every), ("Public",)
    )
    cloud = nat()
    cloud = cloud.having(network_acls={**cloud.network.network_acls, "Wall": wall})
    (found,) = rejected(
        cloud,
        InterfaceOwner.NAT_GATEWAY,
        egress=True,
        source=INTERNET_HOST,
        destination=FN.private_ip_address,
        flags=18,
    )
    assert found.component == "Wall"
    assert "rule 7" in found.rule


def test_block_public_access_is_named():
    (found,) = rejected(
        CLOUD,
        InterfaceOwner.LAMBDA,
        egress=True,
        source=FN.private_ip_address,
        destination=INTERNET_HOST,
        reason=RejectReason.BLOCK_PUBLIC_ACCESS,
    )
    assert found.code == "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"


def test_a_packet_that_every_filter_admits_belongs_to_no_connection():
    (found,) = rejected(
        CLOUD, InterfaceOwner.LAMBDA, egress=True, source=FN.private_ip_address, destination=INTERNET_HOST
    )
    assert found.component == "connection tracking"
