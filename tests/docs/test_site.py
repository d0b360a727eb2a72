"""The documentation builds as a site without a warning, with every page."""

import subprocess
import sys

import pytest

from tests.helpers.places import ROOT

pytestmark = pytest.mark.programs


def test_the_site_has_every_page(tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/site", tmp_path / "site"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    html = tmp_path / "site/html"
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT).with_suffix("")
        place = name.parent if page.stem == "index" else name
        assert (html / place / "index.html").is_file(), page
    start = (html / "index.html").read_text(encoding="utf-8")
    assert "docs/guides/ssm-demo" in start
    assert "README.ja" in start
