"""The documentation builds as a site without a warning, with every page."""

import json
import subprocess
import sys
import tomllib

import pytest

from tests.helpers.places import ROOT

pytestmark = pytest.mark.programs


VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"].rpartition(".")[0]


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The site, built beside an older version."""
    folder = tmp_path_factory.mktemp("site")
    older = folder / "html" / "0.1"
    older.mkdir(parents=True)
    (older / "index.html").write_text("0.1")
    (folder / "html/versions.json").write_text('[{"version": "0.1", "title": "0.1", "aliases": ["latest"]}]')
    done = subprocess.run([sys.executable, ROOT / "scripts/site", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "html"


def test_the_site_has_every_page(html):
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT).with_suffix("")
        place = name.parent if page.stem == "index" else name
        assert (html / VERSION / place / "index.html").is_file(), page
    start = (html / VERSION / "index.html").read_text(encoding="utf-8")
    assert "docs/guides/ssm-demo" in start
    assert "README.ja" in start


@pytest.mark.parametrize("page", ["README.ja", "docs/ja/guides/troubleshooting"])
def test_japanese_pages_say_their_language(html, page):
    text = (html / VERSION / page / "index.html").read_text(encoding="utf-8")
    assert '<html lang="ja"' in text
    assert '<article lang="ja"' in text
    assert '<code lang="en"' in text


def test_a_japanese_heading_has_the_anchor_that_github_gives_it(html):
    text = (html / VERSION / "docs/ja/guides/running-stack/index.html").read_text(encoding="utf-8")
    assert 'id="クライアント証明書を提示する"' in text


def test_readers_choose_among_versions(html):
    versions = json.loads((html / "versions.json").read_text())
    assert [(one["version"], one["aliases"]) for one in versions] == [(VERSION, ["latest"]), ("0.1", [])]
    assert (html / "0.1/index.html").read_text() == "0.1"
    assert f"url={VERSION}/" in (html / "index.html").read_text()
    assert '"provider":"mike"' in (html / VERSION / "index.html").read_text(encoding="utf-8").replace(" ", "")


def test_the_first_page_has_the_demo_in_a_terminal_and_the_map(html):
    start = (html / VERSION / "index.html").read_text(encoding="utf-8")
    for picture in ("docs/images/demo.svg", "docs/images/console-blocked.webp"):
        assert picture in start
        assert (html / VERSION / picture).is_file()
