"""The labs in the kernel: four real AWS networks built from their descriptions, and every recorded probe run for real.

A refusal comes from a host that was reached, so `open`, `answered` and `closed` are one outcome here: what listens on a
host is not the network's to know. What cannot be here: the recorded client on the internet was 8.8.8.8, an address that the
emulated internet gives to nobody. Where a load balancer shows its clients to a target that admits this one alone, two
probes in all, they are counted apart.
"""

import csv
import sys

import pytest

from netful import sources
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.thread import NamespaceThread
from tests.helpers.kernel import outcomes
from tests.helpers.places import LABS

pytestmark = pytest.mark.packets
NAMES = ("aws_demo", "aws_nlb_targets_instance", "aws_tgw_multi_az_intra_region", "aws_vpc_endpoints")
OPEN = {"open", "refused"}
OBSERVED = {"open": "open", "answered": "open", "closed": "open", "filtered": "timeout", "lost": "timeout"}
AT_ONCE = 40
LOOK_SECONDS, LONG_LOOK_SECONDS = 0.6, 3.0
RECORDED_CLIENT = "8.8.8.8"


@pytest.fixture(scope="module")
def thread():
    namespaces = NamespaceThread()
    yield namespaces
    namespaces.close()


def probes(lab, cloud):
    with (LABS / lab / "probes.tsv").open(newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            source = "internet" if row["source"] == RECORDED_CLIENT else row["source"]
            port = "" if row["protocol"] == "icmp" else f"/{row['port']}"
            yield parse(cloud, source, f"{row['destination']}:{row['protocol']}{port}"), OBSERVED[row["observed"]]


def run(fabric, thread, asked, seconds):
    """What happened, question by question; the asked ones are tried some at a time."""
    for first in range(0, len(asked), AT_ONCE):
        yield from outcomes(fabric, thread, [question for question, _ in asked[first : first + AT_ONCE]], seconds)


def outcomes_of(ways):
    return {"open" if way.outcome in OPEN else way.outcome for way in ways}


@pytest.mark.parametrize("lab", NAMES)
def test_packets_do_what_was_recorded(lab, thread, capsys):
    cloud = sources.load([LABS / lab / "describe"])
    fabric = thread.run(Fabric, cloud, thread.limbo)
    try:
        asked = [*probes(lab, cloud)]
        total, wrong = len(asked), asked
        for seconds in (LOOK_SECONDS, LONG_LOOK_SECONDS):  # a machine under load gets a second, longer look
            ended = [*run(fabric, thread, wrong, seconds)]
            wrong = [one for one, ways in zip(wrong, ended, strict=True) if outcomes_of(ways) != {one[1]}]
    finally:
        for door in fabric.doors:
            door.close()
        thread.run(fabric.close)
    apart = [
        q for q, _ in wrong if any(f"from {RECORDED_CLIENT}/32" in hop.rule for hop in trace_as_sent(cloud, q).hops)
    ]
    unexplained = [f"{q.source} → {q.destination}: recorded {want}" for q, want in wrong if q not in apart]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{lab:<32} {total - len(wrong):>4} of {total:>4}, {len(apart)} of {RECORDED_CLIENT} alone\n"
        )
    assert not unexplained, "\n".join(unexplained)
