"""Predictions against probes that were recorded in real AWS networks (`$NETFUL_SHARED/labs`, else beside the checkout).

A lab has what the AWS CLI described and what `nmap` and `ping` saw: *open* and *answered* are reachable, *closed* is
reachable and refused, *filtered* and *lost* are blocked. A probe that cannot be predicted from what was described
stands in `EXPLAINED` with its reason; every other disagreement counts as wrong. `pytest -s` prints the scores.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from netful import sources
from netful.engine.flows.path import Path as Answer
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.places import LABS

NAMES = ("aws_demo", "aws_nlb_targets_instance", "aws_tgw_multi_az_intra_region", "aws_vpc_endpoints")
ENOUGH = 0.98
EXPECTED = {"open": "reachable", "answered": "reachable", "closed": "refused", "filtered": "blocked", "lost": "blocked"}
EXPLAINED: dict[tuple[str, str, str], str] = {}


@dataclass(frozen=True)
class Disagreement:
    source: str
    destination: str
    observed: str
    predicted: str
    via: str
    reason: str

    def __str__(self) -> str:
        seen = f"{self.source} → {self.destination}: observed {self.observed}, predicted {self.predicted}"
        return f"{seen} ({self.reason or 'unexplained'}) {self.via}"


def probes(lab: str) -> list[dict[str, str]]:
    with (LABS / lab / "probes.tsv").open(newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def service_of(probe: dict[str, str]) -> str:
    return "icmp" if probe["protocol"] == "icmp" else f"{probe['protocol']}/{probe['port']}"


def prediction(path: Answer) -> str:
    return "refused" if path.verdict == "reachable" and path.symptom.kind == "refused" else path.verdict


def disagreements(lab: str) -> Iterator[Disagreement]:
    cloud = sources.load([LABS / lab / "describe"])
    for probe in probes(lab):
        source, destination = probe["source"], f"{probe['destination']}:{service_of(probe)}"
        path = trace(cloud, parse(cloud, source, destination))
        predicted = prediction(path)
        if predicted != EXPECTED[probe["observed"]]:
            via = " > ".join(hop.component for hop in path.hops)
            reason = EXPLAINED.get((lab, source, destination), "")
            yield Disagreement(source, destination, probe["observed"], predicted, via, reason)


@pytest.mark.parametrize("lab", NAMES)
def test_predictions_agree_with_what_was_observed(lab):
    total, wrong = len(probes(lab)), list(disagreements(lab))
    score = f"{lab}: {total - len(wrong)} of {total} as observed, {(total - len(wrong)) / total:.1%}"
    print("", score, *wrong, sep="\n  ")  # noqa: T201 (the score is what this is run for)
    unexplained = [disagreement for disagreement in wrong if not disagreement.reason]
    assert 1 - len(unexplained) / total >= ENOUGH, "\n".join(map(str, unexplained))
