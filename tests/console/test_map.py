"""The map of the page, in a browser: what it shows, and what a question lights on it."""

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.helpers.page import browsing
from tests.helpers.places import EXAMPLES, ROOT

pytestmark = pytest.mark.programs
NETFUL = str(Path(sys.executable).with_name("netful"))

SMALL = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
"""


@contextlib.contextmanager
def served(template):
    """The address of a page of a template."""
    process = subprocess.Popen([NETFUL, "console", "-t", str(template)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        process.stdout.close()


@pytest.fixture(scope="module")
def everywhere():
    with served(EXAMPLES / "private-api-everywhere/template.yaml") as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with browsing(tmp_path_factory.mktemp("browser")) as page:
        yield page
        assert page.errors == []


def post(address, path, **asked):
    url = urlsplit(address)
    with contextlib.closing(http.client.HTTPConnection(url.netloc, timeout=60)) as connection:
        token = re.fullmatch("token=(.*)", url.fragment)[1]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(asked), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def test_it_has_what_the_template_has(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    ids = set(browser.run("[...document.querySelectorAll('#map .node')].map((node) => node.dataset.id)"))
    assert {"Vpc", "SubnetA", "Routes", "PeerInternet", "TransitGateway", "Orders", "RegionApp", "internet"} <= ids
    owners = browser.run("[...document.querySelectorAll('#map .node.leaf .name')].map((name) => name.textContent)")
    assert {"ApiEndpoint", "Balancer", "VpcApp", "PeerNat"} <= set(owners)


def test_a_question_in_the_address_is_lit_with_the_hop_that_denies(browser, everywhere):
    browser.open(f"{everywhere}&from=SpokeApp&to=internet:tcp/443")
    browser.until("return document.querySelector('#map .stop.deny')")
    assert "NO_ROUTE_TO_DESTINATION" in browser.run("document.querySelector('#map .callout').textContent")
    assert "blocked" in browser.run("document.querySelector('#answer').textContent")


def test_a_node_opens_by_the_keyboard(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    key = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}))"
    browser.run("document.querySelector('#map [data-id^=eni-ApiEndpoint]').focus()")
    browser.run(key % "Enter")
    details = browser.run("document.querySelector('#details').textContent")
    assert "security group EndpointSg" in details
    assert "tcp/443" in details
    browser.run(key % "ArrowRight")
    assert browser.run("document.activeElement.dataset.id") not in (None, "eni-ApiEndpoint-SubnetA")


def test_a_search_fades_the_rest(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    browser.run(
        "(() => { const field = document.querySelector('#search'); field.value = 'spokeapp'; field.dispatchEvent(new Event('input')); })()"
    )
    faded = "document.querySelector('#map [data-id=\"%s\"]').classList.contains('faded')"
    assert browser.run(faded % "RegionApp") is True
    assert browser.run(
        "[...document.querySelectorAll('#map .leaf:not(.faded) .name')].map((name) => name.textContent)"
    ) == ["SpokeApp"]


def test_what_reaches_a_node_is_listed_and_lit(browser, everywhere):
    status, found = post(everywhere, "/reach", position="ReverseProxy")
    assert (status, found["to"]["internet"]) == (200, "blocked")
    browser.open(everywhere)
    browser.until("return document.querySelector('#map [data-id^=eni-ReverseProxy]')")
    browser.run(
        "document.querySelector('#map [data-id^=eni-ReverseProxy]').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    browser.run("[...document.querySelectorAll('#details button')].at(-1).click()")
    assert browser.until("return document.querySelectorAll('#map .is-blocked').length")


def test_a_load_is_forecast(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    browser.run("document.querySelector('#load').value = 'VpcApp=20/50'")
    browser.run("document.querySelector('#forecast').requestSubmit()")
    text = browser.until("return document.querySelector('#forecasted').textContent.slice(1)")
    assert "VpcApp" in text
    assert post(everywhere, "/forecast", loads=["Nobody=1"])[0] == 422


def test_many_interfaces_begin_as_closed_vpcs(browser, tmp_path):
    vpcs = "".join(
        f"  V{v}: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.{v}.0.0/16}}}}\n"
        f"  S{v}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref V{v}, CidrBlock: 10.{v}.0.0/24}}}}\n"
        + "".join(
            f"  I{v}x{i}: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref S{v}}}}}\n"
            for i in range(50)
        )
        for v in range(3)
    )
    (tmp_path / "many.yaml").write_text(f"Resources:\n{vpcs}")
    with served(tmp_path / "many.yaml") as address:
        browser.open(address)
        browser.until("return document.querySelector('#map .node.vpc')")
        assert browser.run("document.querySelectorAll('#map .node.leaf:not(.world)').length") == 0
        browser.run("document.querySelector('#fold').click()")
        assert browser.run("document.querySelectorAll('#map .node.leaf:not(.world)').length") >= 150


def test_a_changed_template_is_read_again_and_a_broken_one_told(browser, tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(SMALL)
    with served(file) as address:
        browser.open(address)
        browser.until("return document.querySelector('#map [data-id=Subnet]')")
        file.write_text(
            SMALL + "  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}\n"
        )
        browser.until("return document.querySelector('#map [data-id=Other]')")
        browser.until(
            "return document.querySelector('#changes').textContent.includes('nothing changes for the network')"
        )
        file.write_text("Resources: [")
        browser.until("return document.querySelector('#state.gone')")
        assert browser.run("document.querySelectorAll('#map .node').length") > 0


def test_templates_have_findings_and_run_nothing(everywhere):
    status, found = post(everywhere, "/findings")
    assert status == 200
    assert {"id", "severity", "resource", "message"} <= found["findings"][0].keys()
    assert post(everywhere, "/invoke", function="VpcApp")[0] == 422
    assert post(everywhere, "/probe", **{"from": "VpcApp", "to": "internet"})[0] == 422


def test_a_page_needs_a_template_that_can_be_read(tmp_path):
    (tmp_path / "t.yaml").write_text("Resources: [")
    done = subprocess.run(
        [NETFUL, "console", "-t", str(tmp_path / "t.yaml")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
