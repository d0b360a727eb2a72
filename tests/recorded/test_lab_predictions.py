"""Predictions against probes that were recorded in real AWS networks.

A lab has what the AWS CLI described and what `nmap` and `ping` saw: *open* and *answered* are reachable, *closed* is
reachable and refused, *filtered* and *lost* are blocked. The probes that are predicted otherwise are those of
`disagreements.tsv`, each with its reason, and no others. `pytest -s` prints the scores.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from netful import sources
from netful.engine.flows.path import Path as Answer
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.places import LABS

NAMES = ("aws_demo", "aws_nlb_targets_instance", "aws_tgw_multi_az_intra_region", "aws_vpc_endpoints")
EXPECTED = {"open": "reachable", "answered": "reachable", "closed": "refused", "filtered": "blocked", "lost": "blocked"}
KNOWN = Path(__file__).with_name("disagreements.tsv")


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def prediction(path: Answer) -> str:
    return "refused" if path.verdict == "reachable" and path.symptom.kind == "refused" else path.verdict


def disagreements(lab: str, probes: list[dict[str, str]]) -> Iterator[tuple[str, ...]]:
    cloud = sources.load([LABS / lab / "describe"])
    for probe in probes:
        service = "icmp" if probe["protocol"] == "icmp" else f"{probe['protocol']}/{probe['port']}"
        source, destination = probe["source"], f"{probe['destination']}:{service}"
        predicted = prediction(trace(cloud, parse(cloud, source, destination)))
        if predicted != EXPECTED[probe["observed"]]:
            yield source, destination, probe["observed"], predicted


@pytest.mark.parametrize("lab", NAMES)
def test_predictions_agree_with_what_was_observed(lab):
    probes = rows(LABS / lab / "probes.tsv")
    wrong = {*disagreements(lab, probes)}
    print(f"\n  {lab}: {len(probes) - len(wrong)} of {len(probes)} as observed")  # noqa: T201 (asked for by `-s`)
    names = ("source", "destination", "observed", "predicted")
    assert wrong == {tuple(row[name] for name in names) for row in rows(KNOWN) if row["lab"] == lab}
