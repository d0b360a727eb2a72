"""The supply chain: what is installed is what the locks name, the bill of materials says so, and weaknesses are reported."""

import json
import re
import subprocess
import sys

import pytest

from tests.helpers.places import ROOT

pytestmark = pytest.mark.programs

LOCKS = ("requirements.lock", "scripts/audit.lock")
PINNED = re.compile(r"^([a-z0-9.-]+)(?:\[.*\])?==([^ ;\\]+)", re.MULTILINE)


def script(name, *words):
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / name, *words], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_its_hashes(lock):
    blocks = re.split(r"\n(?=[a-z])", (ROOT / lock).read_text())
    assert all(PINNED.match(block) and "--hash=sha256:" in block for block in blocks)


def test_the_bill_of_materials_names_what_is_locked():
    bill = json.loads(script("sbom").stdout)
    found = {(one["name"], one["version"]): one for one in bill["components"]}
    assert {*found} == {*PINNED.findall((ROOT / "requirements.lock").read_text())}
    scopes = {name: one["scope"] for (name, _), one in found.items()}
    assert {scopes[name] for name in ("boto3", "uvloop", "urllib3", "cffi")} == {"required"}
    assert {scopes[name] for name in ("pytest", "hypothesis", "uv")} == {"excluded"}
    assert all(one["hashes"] for one in found.values())
    refs = {one["bom-ref"] for one in bill["components"]}
    assert all({*one["dependsOn"]} <= refs for one in bill["dependencies"])


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}]}', 1, "X-1, fixed in 2"),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', 0, "1 packages audited"),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', 0, "nothing was audited"),
        ("", 0, "nothing was audited"),
    ],
)  # fmt: skip
def test_only_an_advisory_fails_the_audit(tmp_path, answer, code, said):
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    done = script("audit", str(program))
    assert (done.returncode, said in done.stdout) == (code, True), done
