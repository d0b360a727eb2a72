"""Reachability Analyzer's answers about the labs' described accounts: the same verdicts and codes as `trace`, for every probe."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from netful import sources
from netful.account.ec2.insights.analysis import analysed
from netful.account.ec2.view import View
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.places import LABS
from tests.recorded.test_lab_predictions import NAMES, rows

VERDICTS = {True: "reachable", False: "blocked", None: "unknown"}


def interface(cloud, address):
    return next(iter(cloud.network.interfaces_with(ip_address(address))), None)


def path_of(cloud, probe):
    """The path of a probe: from its interface, or from the internet gateway of its destination's VPC."""
    source, destination = (interface(cloud, probe[end]) for end in ("source", "destination"))
    if source is None:
        vpc = cloud.network.vpc_of_interface(destination)
        source = next(one for one in cloud.network.internet_gateways.values() if one.vpc_id == vpc.id)
    private = destination is not None and str(destination.private_ip_address) == probe["destination"]
    return {
        "Source": source.id,
        "SourceIp": probe["source"],
        "DestinationIp": probe["destination"],
        "Protocol": probe["protocol"],
        "DestinationPort": int(probe["port"]),
        **({"Destination": destination.id} if private else {}),
    }


@pytest.mark.parametrize("lab", NAMES)
def test_verdicts_and_codes_are_those_of_trace(lab):
    cloud = sources.load([LABS / lab / "describe"])
    blocked = 0
    for probe in rows(LABS / lab / "probes.tsv"):
        if probe["protocol"] == "icmp":
            continue
        answer = analysed(View(cloud), path_of(cloud, probe))
        path = trace(
            cloud, parse(cloud, probe["source"], f"{probe['destination']}:{probe['protocol']}/{probe['port']}")
        )
        denied = [str(hop.code) for hop in (*path.hops, *path.return_hops) if hop.verdict == "deny"]
        assert VERDICTS[answer.get("NetworkPathFound")] == path.verdict, probe
        assert [one["ExplanationCode"] for one in answer.get("Explanations", ())] == denied, probe
        blocked += path.verdict == "blocked"
    assert blocked
