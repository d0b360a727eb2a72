"""The documentation builds as a site without a warning, with every page."""

import json
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

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


class _Links(HTMLParser):
    """The links of a page, and the places that links may lead to."""

    def __init__(self, page):
        super().__init__()
        self.links, self.places = [], {""}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, _tag, attributes):
        found = dict(attributes)
        self.links += [found[name] for name in ("href", "src") if found.get(name)]
        self.places |= {found[name] for name in ("id", "name") if found.get(name)}


def test_every_link_leads_to_a_page_and_a_place(html):
    pages = {page: _Links(page) for page in (html / VERSION).rglob("index.html")}
    wrong = []
    for page, found in pages.items():
        for link in found.links:
            url = urlsplit(urljoin(page.as_uri(), link))
            if url.scheme != "file":
                continue
            target = Path(unquote(url.path))
            target = target / "index.html" if target.is_dir() else target
            there = target.is_file() and (target not in pages or unquote(url.fragment) in pages[target].places)
            wrong += [] if there else [(page.relative_to(html).as_posix(), link)]
    assert wrong == []


def test_the_site_has_every_page(html):
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT).with_suffix("")
        place = name.parent if page.stem == "index" else name
        assert (html / VERSION / place / "index.html").is_file(), page
    start = (html / VERSION / "index.html").read_text(encoding="utf-8")
    assert "docs/guides/ssm-demo" in start
    assert "README.ja" in start


def test_japanese_pages_lead_to_japanese_pages_by_japanese_words(html):
    page = (html / VERSION / "docs/ja/guides/python/index.html").read_text(encoding="utf-8")
    assert 'aria-label="次へ: pytest"' in page
    assert "On this page" not in page
    assert "Previous" not in page


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
