"""The map of the page, in a browser: what it shows, and what a question lights on it."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.helpers.page import browsing
from tests.helpers.places import EXAMPLES, ROOT
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.programs
NETFUL = str(Path(sys.executable).with_name("netful"))

SMALL = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
"""


TWO_BLOCKERS = (
    SMALL
    + """
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16}]
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/r
      Code: {ZipFile: "def handler(event, context): pass"}
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}
"""
)
PRESS = (
    "(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}))"
)
INSIDE = """(() => {
  const [map, node] = ['#map', '%s'].map((one) => document.querySelector(one).getBoundingClientRect());
  return map.left <= node.left && node.right <= map.right && map.top <= node.top && node.bottom <= map.bottom;
})()"""


def write(field, text):
    """A script that types a text into a field."""
    return f"(() => {{ const field = document.querySelector('{field}'); field.value = '{text}'; field.dispatchEvent(new Event('input')); }})()"


@contextlib.contextmanager
def served(template, **environment):
    """The address of a page of a template. Its command ends without a word, also while a browser has the page open."""
    process = subprocess.Popen(
        [NETFUL, "console", "-t", str(template)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=ENOUGH_SECONDS)
        assert (process.returncode, *said) == (0, "", "")


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
    return ask(address, "POST", path, **asked)


def ask(address, method, path, accepted="en", **asked):
    url = urlsplit(address)
    with contextlib.closing(http.client.HTTPConnection(url.netloc, timeout=ENOUGH_SECONDS)) as connection:
        token = re.fullmatch("token=(.*)", url.fragment)[1]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept-Language": accepted}
        connection.request(method, path, json.dumps(asked), headers)
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


def test_an_address_of_the_same_page_is_opened_in_its_tab(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    token = urlsplit(everywhere).fragment
    browser.run("sessionStorage.setItem('token', 'of the stack before'); 0")
    browser.run(f"location.hash = '#{token}&from=SpokeApp&to=internet:tcp/443'; 0")
    answer = "return document.querySelector('#answer ol')?.parentNode.textContent"
    try:
        told = browser.until(answer)
    except AssertionError:  # the page that was asked went away
        told = browser.until(answer)
    assert "blocked" in told
    assert browser.run("document.querySelector('#gone').hidden") is True


def test_a_node_opens_by_the_keyboard(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    browser.run("document.querySelector('#map [data-id^=eni-ApiEndpoint]').focus()")
    browser.run(PRESS % "Enter")
    details = browser.run("document.querySelector('#details').textContent")
    assert "security group EndpointSg" in details
    assert "tcp/443" in details
    browser.run(PRESS % "ArrowRight")
    assert browser.run("document.activeElement.dataset.id") not in (None, "eni-ApiEndpoint-SubnetA")


def test_a_question_is_asked_and_ended_by_keys_alone(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    browser.run("document.querySelector('#map [aria-label*=\"SpokeApp \"]').focus()")
    browser.run(PRESS % "f")
    browser.run("document.querySelector('#map [data-id=internet]').focus()")
    browser.run(PRESS % "t")
    assert browser.until("return document.querySelector('#answer p.no')?.textContent") == (
        "SpokeApp → internet: blocked, timeout"
    )
    browser.run(PRESS % "Escape")
    assert browser.run("document.querySelectorAll('#answer > *, #map .stop').length") == 0
    browser.run(PRESS % "?")
    assert browser.run("document.querySelector('#help').open") is True
    browser.run("document.querySelector('#help').close()")
    browser.run(PRESS % "/")
    assert browser.run("document.activeElement.id") == "search"


def test_a_hop_and_a_second_node_are_asked_by_clicks(browser, everywhere):
    click = "document.querySelector('#map [%s]').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    browser.run(click % 'aria-label*="SpokeApp "')
    browser.run(
        "[...document.querySelectorAll('#details button')].find((one) => one.textContent === 'from here').click()"
    )
    browser.run(click % "data-id=internet")
    browser.until("return document.querySelector('#map .stop.deny')")
    browser.run("document.querySelector('#answer li.deny .hop').click()")
    assert browser.run("document.querySelector('#map .pulse').dataset.id") == "SpokeRoutes"


def test_every_denying_hop_has_a_callout_of_its_own_room(browser, tmp_path):
    (tmp_path / "two.yaml").write_text(TWO_BLOCKERS)
    with served(tmp_path / "two.yaml") as address:
        browser.open(f"{address}&from=Fn&to=internet:tcp/443")
        browser.until("return document.querySelector('#map .callout')")
        one, other = browser.run(
            "[...document.querySelectorAll('#map .callout rect')].map((one) => one.getBoundingClientRect().toJSON())"
        )
    assert one["bottom"] < other["top"] or other["bottom"] < one["top"]


def test_a_construct_is_lit_by_its_full_path(browser, tmp_path):
    metadata = "    Metadata: {'aws:cdk:path': shop/Fn/Resource}\n"
    (tmp_path / "shop.yaml").write_text(TWO_BLOCKERS + metadata)
    with served(tmp_path / "shop.yaml") as address:
        browser.open(f"{address}&from=shop/Fn&to=internet:tcp/443")
        browser.until("return document.querySelector('#map .stop')")
        assert "Fn" in browser.run("document.querySelector('#map .lambda:not(.faded)').textContent")


def test_a_failed_question_stays_in_its_fields_and_address(browser, everywhere):
    browser.open(f"{everywhere}&from=VpcApp&to=https://abc")
    error = browser.until("return document.querySelector('#answer .error')?.textContent")
    assert "abc is not a host name" in error
    assert browser.run("[document.querySelector('#to').value, location.hash.includes('abc')]") == ["https://abc", True]


def test_a_search_fades_the_rest(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    browser.run(write("#search", "spokeapp"))
    assert browser.run("document.querySelector('#found').textContent") == "1 found"
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
    browser.run(
        "[...document.querySelectorAll('#details button')].find((one) => one.textContent.includes('what reaches it')).click()"
    )
    assert browser.until("return document.querySelectorAll('#map .is-blocked').length")


def test_a_load_is_forecast(browser, everywhere):
    browser.open(everywhere)
    browser.until("return document.querySelector('#map .node')")
    browser.run("document.querySelector('#load').value = 'VpcApp=20/50'")
    browser.run("document.querySelector('#forecast').requestSubmit()")
    assert browser.until("return document.querySelector('#forecasted').textContent.includes('VpcApp')")
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
        browser.run(write("#search", "I2x40"))
        browser.run("document.querySelector('#search').focus()")
        browser.run(PRESS % "Enter")
        assert "I2x40" in browser.run("document.querySelector('#details h2').textContent")
        assert browser.run(INSIDE % "#map [data-id=eni-I2x40], #map .node.chosen") is True
        browser.run("document.querySelector('#fold').click()")
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
        assert browser.run("document.querySelector('#warnings').checkVisibility()") is True
        assert "not valid YAML" in browser.run("document.querySelector('#warnings').textContent")


def test_many_findings_stand_together_by_rule_and_are_filtered(browser, tmp_path):
    groups = "".join(
        f"  G{n}: {{Type: AWS::EC2::SecurityGroup, Properties: {{VpcId: !Ref Vpc, GroupDescription: g, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}}]}}}}\n"
        for n in range(500)
    )
    (tmp_path / "many.yaml").write_text(SMALL + groups)
    with served(tmp_path / "many.yaml") as address:
        browser.open(f"{address}&tab=tab-findings")
        browser.until("return document.querySelector('#findings .rule')")
        assert "(500)" in browser.run("document.querySelector('#tab-findings').textContent")
        assert browser.run("document.querySelectorAll('#findings .finding').length") == 0
        browser.run(write("#findings-filter", "G499"))
        assert "G499" in browser.until("return document.querySelector('#findings .finding')?.textContent")
        browser.run(write("#findings-filter", "nothing like it"))
        assert browser.run("document.querySelector('#findings').textContent") == "no finding has this text"


def test_names_that_differ_at_their_end_differ_on_the_map(browser, tmp_path):
    long = "CustomerFacingOrderFulfilmentNotificationSubnetOfZone"
    subnets = "".join(
        f"  {long}{n}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.{n}.0/24}}}}\n"
        for n in range(1, 4)
    )
    (tmp_path / "long.yaml").write_text(SMALL + subnets)
    with served(tmp_path / "long.yaml") as address:
        browser.open(address)
        browser.until("return document.querySelector('#map .node')")
        names = browser.run("[...document.querySelectorAll('#map .subnet .name')].map((one) => one.textContent)")
    assert len({*names}) == len(names) == 4


def test_a_template_without_a_network_says_so(browser, tmp_path):
    (tmp_path / "empty.yaml").write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    with served(tmp_path / "empty.yaml") as address:
        browser.open(address)
        assert browser.until("return document.querySelector('#nothing')?.checkVisibility()")
        assert browser.until("return document.querySelector('#findings').textContent.startsWith('no findings')")


def test_a_map_that_grows_is_seen_whole(browser, tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    with served(file) as address:
        browser.open(address)
        browser.until("return document.querySelector('#nothing')?.checkVisibility()")
        file.write_text(SMALL)
        browser.until("return document.querySelector('#map [data-id=Subnet]')")
        assert browser.until(f"return {INSIDE % '#map [data-id=Vpc]'}") is True
        assert browser.until(f"return {INSIDE % '#map [data-id=internet]'}") is True


def test_the_node_with_the_whole_name_is_found_first(browser, tmp_path):
    interfaces = "".join(
        f"  I{n}: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref Subnet}}}}\n" for n in (71, 70, 7)
    )
    (tmp_path / "template.yaml").write_text(SMALL + interfaces)
    with served(tmp_path / "template.yaml") as address:
        browser.open(address)
        browser.until("return document.querySelector('#map .node')")
        browser.run(write("#search", "i7"))
        browser.run("document.querySelector('#search').focus()")
        browser.run(PRESS % "Enter")
        assert browser.run("document.querySelector('#found').textContent") == "3 found"
        assert browser.run("document.querySelector('#details h2').firstChild.data") == "I7"


def test_names_stay_in_their_boxes(browser, tmp_path):
    long = "OfTheOrdersAndInvoicesTeamInProduction"
    named = SMALL.replace("  Vpc:", f"  Vpc{long}:").replace("!Ref Vpc", f"!Ref Vpc{long}")
    (tmp_path / "long.yaml").write_text(named.replace("  Subnet:", f"  Subnet{long}:"))
    with served(tmp_path / "long.yaml") as address:
        browser.open(address)
        browser.until("return document.querySelector('#map .node')")
        assert (
            browser.run("""[...document.querySelectorAll('#map .node text')].filter((text) => {
          const [box, frame] = [text.getBBox(), text.parentNode.querySelector('rect').getBBox()];
          return box.x + box.width > frame.width - 4;
        }).map((text) => text.textContent)""")
            == []
        )


def test_paper_has_the_whole_answer_and_no_fields(browser, everywhere):
    browser.look(1440, "light", "print")
    try:
        browser.open(f"{everywhere}&from=SpokeApp&to=internet:tcp/443")
        browser.until("return document.querySelector('#answer ol')")
        assert browser.run("document.querySelector('#ask').checkVisibility()") is False
        assert browser.run("getComputedStyle(document.querySelector('#answer')).overflowY") == "visible"
        assert browser.run("getComputedStyle(document.querySelector('#details')).overflowY") == "visible"
    finally:
        browser.look(1440, "light")


def test_the_page_speaks_japanese_and_keeps_its_names(browser):
    with served(EXAMPLES / "ssm-demo/closed-endpoint.yaml", NETFUL_LANG="ja") as address:
        browser.open(f"{address}&from=ReadParameter&to=aws:ssm")
        answer = browser.until(
            "return document.querySelector('#answer ol') && document.querySelector('#answer').textContent"
        )
        assert "ReadParameter → aws:ssm: 遮断, タイムアウト" in answer
        assert "ヒント: " in answer
        assert browser.run("document.documentElement.lang") == "ja"
        assert browser.run("document.querySelector('#tab-findings').textContent").startswith("検出結果")
        assert browser.run("document.querySelector('#search').placeholder").startswith("検索")
        room = "(one) => one.getBoundingClientRect().right <= one.parentNode.querySelector('rect').getBoundingClientRect().right"
        assert browser.run(f"[...document.querySelectorAll('#map .leaf text')].every({room})") is True


@pytest.mark.parametrize(("accepted", "spoken"), [("ja,en;q=0.9", "ja"), ("en-GB,ja;q=0.5", "en"), ("xx", "en")])
def test_the_language_of_the_browser_is_that_of_the_page(accepted, spoken):
    with (
        served(EXAMPLES / "ssm-demo/endpoint.yaml", NETFUL_LANG="") as address,
        contextlib.closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=ENOUGH_SECONDS)) as connection,
    ):
        connection.request("GET", "/", headers={"Accept-Language": accepted})
        assert f'<html lang="{spoken}">' in connection.getresponse().read().decode()


def test_what_changed_and_what_broke_is_told_in_the_language_of_the_browser(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(SMALL)
    with served(file, NETFUL_LANG="", LC_ALL="C") as address:
        assert post(address, "/changes")[1]["text"] == ""
        file.write_text(TWO_BLOCKERS)
        for accepted, word in (("ja", "検出結果"), ("en", "finding")):
            assert word in ask(address, "POST", "/changes", accepted)[1]["text"]
        file.write_text(SMALL.replace("CidrBlock", "CidrBlok"))
        for accepted, word in (("ja", "のことですか"), ("en", "did you mean")):
            assert word in ask(address, "GET", "/stack", accepted)[1]["warnings"][0]


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
