"""Links inside the documentation lead somewhere, and the index leads to every page."""

import re
import shlex
import xml.etree.ElementTree as ET

import pytest

from netful.cli.app import run
from tests.helpers.places import ROOT
from tests.helpers.translations import READMES, TRANSLATED
from tests.helpers.walkthrough import PAGES

INDEX = ROOT / "docs" / "index.md"
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
_SVG = "{http://www.w3.org/2000/svg}"
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def links(page):
    """The targets of a page's links into the project: a path and an anchor."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    for found in _LINK.finditer(text):
        target = found[1] or found[2]
        if "://" not in target:
            path, _, anchor = target.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target, anchor in links(page):
        assert target.exists(), target
        assert not anchor or anchor in anchors(target), f"{target}#{anchor}"


@pytest.mark.parametrize(
    ("page", "english"), (TRANSLATED | READMES).items(), ids=lambda page: str(page.relative_to(ROOT))
)
def test_a_translation_leads_to_translations(page, english):
    translated = {*TRANSLATED.values()} - {english}
    assert translated.isdisjoint(target for target, _ in links(page))


def test_the_index_leads_to_every_page():
    reached, waiting = set(), [INDEX]
    while waiting:
        page = waiting.pop()
        if page not in reached and page in PAGES:
            reached.add(page)
            waiting += [target for target, _ in links(page)]
    folders = ROOT / "docs", ROOT / "examples"
    assert {page for page in PAGES if any(map(page.is_relative_to, folders))} - reached == set()


@pytest.mark.parametrize("image", sorted((ROOT / "docs" / "images").glob("*.svg")), ids=lambda image: image.name)
def test_image_is_well_formed_and_tells_what_it_shows(image):
    root = ET.parse(image).getroot()  # the project's own file
    names = {child.tag.rpartition("}")[2] for child in root}
    assert {"title", "desc"} <= names


def test_picture_of_the_demo_says_what_trace_says(monkeypatch, capsys):
    monkeypatch.chdir(ROOT / "examples" / "ssm-demo")
    run(["trace", "-t", "endpoint.yaml", "ReadParameter", "internet:tcp/443"])
    said = " ".join(capsys.readouterr().out.split())
    root = ET.parse(ROOT / "docs" / "images" / "ssm-demo.svg").getroot()  # the project's own file
    shown = [
        " ".join("".join(text.itertext()).split()) for text in root.iter(f"{_SVG}text") if text.get("class") == "mono"
    ]
    assert len(shown) == 5
    assert [line for line in shown if line not in said] == []


def test_demo_in_the_terminal_says_what_trace_says(monkeypatch, capsys):
    monkeypatch.chdir(ROOT / "examples" / "ssm-demo")
    root = ET.parse(ROOT / "docs" / "images" / "demo.svg").getroot()  # the project's own file
    shown = ["".join(text.itertext()) for text in root.iter(f"{_SVG}text")]
    command = next(line for line in shown if line.startswith("$ netful trace"))
    end = next(number for number, line in enumerate(shown) if line.startswith("hint: "))
    run(shlex.split(command)[2:])
    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert [" ".join(line.split()) for line in shown[shown.index(command) + 1 : end + 1]] == said
