"""Public templates that others wrote: every one is read, or refused with one clear message where AWS refuses it too."""

import re
from pathlib import Path

import pytest
import yaml

from netful.sources import load
from tests.helpers.places import CORPUS

# Refers to a parameter that the template does not declare; CloudFormation refuses it as well.
REFUSED = {"o40-sar-vpc-import/vpc-import-value.yaml"}


def _templates() -> list[str]:
    files = sorted(file for file in CORPUS.rglob("*") if file.suffix in (".yaml", ".yml", ".json"))
    is_template = re.compile(r'^\s?\s?"?Resources"?:', re.MULTILINE)
    return [str(file.relative_to(CORPUS)) for file in files if is_template.search(file.read_text(errors="replace"))]


def _checks(*kinds: str) -> list[tuple[Path, dict, dict]]:
    found = []
    for file in sorted(CORPUS.glob("*/expect.yaml")):
        expect = yaml.safe_load(file.read_text())
        found += [(file.parent, expect, check) for check in expect["checks"] if check["kind"] in kinds]
    return found


def _cloud(folder: Path, expect: dict, check: dict, *, values: bool = True):
    names = check.get("stacks") or [check.get("template", expect["template"])]
    given = check.get("parameters", expect.get("parameters") or {}) if values else check.get("parameters", {})
    given = {name: str(value) for name, value in {**given, **check.get("parameters_add", {})}.items()}
    return load([folder / name for name in names], parameters=given, region=expect.get("region"))


def _ids(value):
    return f"{value[0].name}-{value[2]['id']}"


def test_the_corpus_is_there():
    assert len({name.split("/")[0] for name in _templates()}) == 40, f"no corpus in {CORPUS}; set NETFUL_SHARED"


@pytest.mark.parametrize("name", [name for name in _templates() if name not in REFUSED])
def test_it_is_read(name):
    assert load([CORPUS / name]).template.resources


@pytest.mark.parametrize("case", _checks("params_missing", "imports_missing"), ids=_ids)
def test_what_is_missing(case):
    folder, expect, check = case
    cloud = _cloud(folder, expect, check, values=False)
    missing = cloud.template.missing_parameters if check["kind"] == "params_missing" else cloud.template.missing_imports
    assert sorted(missing) == sorted(check["answer"])


@pytest.mark.parametrize("case", _checks("load", "resource_absent", "resource_present"), ids=_ids)
def test_what_is_there(case):
    folder, expect, check = case
    cloud = _cloud(folder, expect, check)
    match check["kind"]:
        case "load":
            assert bool(cloud.template.warnings) == (check["answer"] == "warning")
        case "resource_absent":
            assert not set(check["answer"]) & set(cloud.template.resources)
        case "resource_present":
            assert set(check["answer"]) <= set(cloud.template.resources)


@pytest.mark.parametrize("case", _checks("eni_count"), ids=_ids)
def test_how_many_interfaces_lambda_makes(case):
    folder, expect, check = case
    cloud = _cloud(folder, expect, check)
    assert sum(eni.owner == "lambda" for eni in cloud.network.network_interfaces.values()) == check["answer"]


@pytest.mark.parametrize("case", _checks("resolve"), ids=_ids)
def test_what_values_resolve_to(case):
    folder, expect, check = case
    cloud = _cloud(folder, expect, check)
    if "of" in check:
        _, name, _, key = check["of"].split(".")
        assert cloud.template.resources[name].properties[key] == check["answer"]
    else:
        assert {name: str(cloud.network.subnets[name].cidr_block) for name in check["answer"]} == check["answer"]
