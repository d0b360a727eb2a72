"""The `finding` answers of the public templates beside the checkout, when they are there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from netful import sources
from netful.checks.facts.cloud_facts import Facts
from netful.checks.run import check
from tests.helpers.corpus_rules import RULE_OF_PROSE
from tests.helpers.places import CORPUS


def _rows() -> Iterator[Any]:
    for file in sorted(CORPUS.glob("*/expect.yaml")):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        for expected in document["checks"]:
            if expected["kind"] == "finding":
                yield pytest.param(file.parent, document, expected, id=f"{file.parent.name}-{expected['id']}")


@pytest.mark.parametrize(("folder", "document", "expected"), [*_rows()])
def test_finding(folder: Path, document: dict[str, Any], expected: dict[str, Any]) -> None:
    given = expected.get("parameters", document.get("parameters")) or {}
    given = {name: str(value) for name, value in {**given, **expected.get("parameters_add", {})}.items()}
    stacks = expected.get("stacks") or [expected.get("template", document.get("template"))]
    region = expected.get("region", document.get("region"))
    cloud = sources.load([folder / name for name in stacks], parameters=given, region=region)
    rule = RULE_OF_PROSE[expected["rule"]]
    found = [f for f in check(Facts(cloud)) if f.id == rule and f.resource == expected["resource"]]
    assert bool(found) == (expected["answer"] == "present")
