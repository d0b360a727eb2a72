"""A program for Reachability Analyzer against the labs' described accounts as stacks: verdicts and codes are those of `trace`.

The program is that of the guide. It asks about every recorded probe of TCP and UDP.
"""

import csv
import io
import json
import subprocess
import sys
from ipaddress import ip_address

import pytest

from netful import sources
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.places import LABS, ROOT
from tests.helpers.stacks import Stack
from tests.recorded.test_lab_predictions import NAMES, rows

pytestmark = pytest.mark.packets
PROGRAM = ROOT / "docs" / "guides" / "aws-analyzers" / "reachability.py"
COLUMNS = ("Source", "SourceIp", "Destination", "DestinationIp", "Protocol", "DestinationPort")
FOUND = {"reachable": True, "blocked": False, "unknown": None}


@pytest.fixture
def analyzed(request, tmp_path):
    """The program's answers about paths of a lab that runs."""
    stack = Stack(tmp_path / "state", LABS / request.param / "describe")
    stack.up()

    def ask(paths):
        table = io.StringIO()
        writer = csv.DictWriter(table, COLUMNS)
        writer.writeheader()
        writer.writerows(paths)
        exports = stack.netful("env", "--stack", "s", check=0).stdout.replace("export ", "").split()
        env = stack.env | dict(line.split("=", 1) for line in exports)
        command = [sys.executable, PROGRAM]
        done = subprocess.run(command, env=env, input=table.getvalue(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    yield request.param, ask
    stack.down()


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
        "DestinationPort": probe["port"],
        **({"Destination": destination.id} if private else {}),
    }


@pytest.mark.parametrize("analyzed", NAMES, indirect=True)
def test_verdicts_and_codes_are_those_of_trace(analyzed):
    lab, ask = analyzed
    cloud = sources.load([LABS / lab / "describe"])
    probes = [probe for probe in rows(LABS / lab / "probes.tsv") if probe["protocol"] != "icmp"]
    blocked = 0
    for probe, answer in zip(probes, ask(path_of(cloud, probe) for probe in probes), strict=True):
        path = trace(
            cloud, parse(cloud, probe["source"], f"{probe['destination']}:{probe['protocol']}/{probe['port']}")
        )
        denied = [str(hop.code) for hop in (*path.hops, *path.return_hops) if hop.verdict == "deny"]
        assert (answer["found"], answer["codes"]) == (FOUND[path.verdict], denied), probe
        blocked += path.verdict == "blocked"
    assert blocked
