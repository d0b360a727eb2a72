"""The page for people who read it by other means: axe finds nothing in any view; on a phone it fits and its map is legible.

axe is a program for browsers, from npm: `make test` gets it, or `scripts/clients .clients axe`.
"""

import os

import pytest

from tests.clients.conftest import TOOLS
from tests.console.test_map import served
from tests.helpers.page import browsing
from tests.helpers.places import EXAMPLES
from tests.helpers.stacks import Stack

AXE = TOOLS / "axe/node_modules/axe-core/axe.min.js"
BLOCKED = "&from=SpokeApp&to=internet:tcp/443"
OPENED = ("eni-ReverseProxy", "Orders", "SubnetA", "Routes", "Vpc")  # a node of each kind with details of its own
PHONE, TABLET, SCREEN = 390, 768, 1440
LOOKS = ((PHONE, "light"), (TABLET, "dark"), (SCREEN, "light"))  # neither sizes nor places depend on the colours
LEAST_PIXELS = 7  # of a letter of 12 in a map of its own size
_VIOLATIONS = """axe.run({resultTypes: ['violations']}).then((found) => found.violations.map(
  (one) => [one.id, one.nodes.map((node) => node.target.join(' '))]))"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with browsing(tmp_path_factory.mktemp("browser")) as page:
        yield page
        assert page.errors == []


@pytest.fixture(scope="module")
def axe():
    if not AXE.is_file():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no axe: scripts/clients .clients axe")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def template():
    with served(EXAMPLES / "private-api-everywhere/template.yaml") as address:
        yield address


def opened(page, address, width, scheme="light"):
    page.look(width, scheme)
    page.open(address)
    page.until("return document.querySelector('#map .node')")


def violations(page, axe, views):
    """What axe finds in each view that the page has."""
    page.run(f"{axe}; 0")
    found = {}
    for view in views:
        page.run(f"document.querySelector('#tab-{view}').click()")
        assert page.run(f"document.querySelector('#tab-{view}').getAttribute('aria-selected')") == "true"
        found[view] = page.run(_VIOLATIONS)
    return {view: said for view, said in found.items() if said}


@pytest.mark.programs
@pytest.mark.long
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_page_of_a_template_has_no_violation(page, axe, template, width, scheme):
    opened(page, template + BLOCKED, width, scheme)
    page.until("return document.querySelector('#map .stop.deny')")
    page.until("return document.querySelector('#findings .finding')")
    assert violations(page, axe, ["findings", "changes", "forecast"]) == {}
    for node in OPENED:
        page.run(
            f"document.querySelector('#map [data-id^={node}]').dispatchEvent(new MouseEvent('click', {{bubbles: true}}))"
        )
        page.run("document.querySelector('#details details')?.setAttribute('open', '')")
        assert violations(page, axe, ["details"]) == {}
        assert page.run("document.documentElement.scrollWidth") <= width
    page.run("document.querySelector('#help-button').click()")
    assert page.run(_VIOLATIONS) == []
    assert page.run("document.querySelector('#help').getBoundingClientRect().right") <= width


@pytest.mark.packets
@pytest.mark.long
def test_the_page_of_a_stack_has_no_violation(page, axe, tmp_path):
    stack = Stack(tmp_path / "state", EXAMPLES / "ssm-demo/endpoint.yaml")
    stack.up("--sample", "100%")
    try:
        stack.invoke()
        address = stack.netful("console", "--stack", "s", check=0).stdout.strip()
        for width, scheme in LOOKS:
            opened(page, address, width, scheme)
            page.until("return document.querySelector('#traces tr, #traces li, #traces button')")
            assert violations(page, axe, ["findings", "running", "log"]) == {}
    finally:
        stack.down()


@pytest.mark.programs
@pytest.mark.parametrize("width", [PHONE, TABLET, SCREEN])
def test_the_map_begins_legible_and_a_path_is_brought_near(page, template, width):
    smallest = "Math.min(...[...document.querySelectorAll('#map .node .name')].map((one) => one.getBoundingClientRect().height))"
    opened(page, template, width)
    assert page.run(smallest) >= LEAST_PIXELS
    assert page.run("document.documentElement.scrollWidth") <= width
    opened(page, template + BLOCKED, width)
    page.until("return document.querySelector('#map .callout')")
    around, callout, text = page.run(
        "['', ' .callout', ' .callout text'].map((part) => document.querySelector(`#map${part}`).getBoundingClientRect().toJSON())"
    )
    assert text["height"] >= LEAST_PIXELS
    assert around["left"] <= callout["left"]
    assert callout["right"] <= around["right"]
    assert around["top"] <= callout["top"]
    assert callout["bottom"] <= around["bottom"]
