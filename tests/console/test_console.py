"""The page of a running stack: its address, what it tells, and to whom."""

import contextlib
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.helpers.page import browsing
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A running stack with its page; the page's address."""
    stack = Stack(tmp_path_factory.mktemp("console") / "state", EXAMPLES / "ssm-demo" / "endpoint.yaml")
    stack.up()
    try:
        yield stack, stack.netful("console", "--stack", "s", check=0).stdout.strip()
    finally:
        stack.down()


def connected(address):
    return contextlib.closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=ENOUGH_SECONDS))


def bearer(address):
    """The header with the token of an address."""
    return {"Authorization": f"Bearer {urlsplit(address).fragment.removeprefix('token=')}"}


def ask(address, method, path, body=None, **headers):
    with connected(address) as connection:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, bearer(address) | given)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def answers(address):
    """Whether anybody listens there."""
    try:
        ask(address, "GET", "/")
    except ConnectionRefusedError:
        return False
    except (ConnectionResetError, http.client.RemoteDisconnected):
        pass
    return True


def post(address, path, **asked):
    status, body = ask(address, "POST", path, json.dumps(asked), content_type="application/json")
    return status, json.loads(body)


def test_its_address_is_told_and_stays(page):
    stack, address = page
    assert address.startswith("http://127.0.0.1:")
    assert stack.netful("console", "--stack", "s", check=0).stdout.strip() == address
    assert stack.json("status", "--stack", "s")["console"] == address


@pytest.mark.parametrize(
    "path", ["/", "/page/page.js", "/page/map.js", "/page/style.css", "/page/map.css", "/page/icon.svg"]
)
def test_the_page_is_there(page, path):
    assert ask(page[1], "GET", path)[0] == 200


@pytest.mark.parametrize("path", ["/page/site.py", "/page/%2e%2e%2fsite.py", "/page/none.js"])
def test_nothing_else_is(page, path):
    assert ask(page[1], "GET", path)[0] == 404


def test_what_it_shows(page):
    found = json.loads(ask(page[1], "GET", "/stack")[1])
    assert [vpc["id"] for vpc in found["cloud"]["vpcs"]] == ["Vpc"]
    assert [one["resource"] for one in found["functions"]] == ["ReadParameter"]
    assert "aws:ssm" in found["destinations"]
    assert found["gateway"]["buckets"] == []


def test_questions(page):
    question = {"from": "ReadParameter", "to": "aws:ssm"}
    status, path = post(page[1], "/trace", **question)
    assert (status, path["verdict"], path["hops"][0]["component"]) == (200, "reachable", "SsmEndpoint")
    status, tried = post(page[1], "/probe", **question)
    assert (status, tried["agree"]) == (200, True)
    status, refused = post(page[1], "/trace", **question | {"from": "Nobody"})
    assert status == 422
    assert "Nobody" in refused["error"]
    assert post(page[1], "/trace", **{"from": "ReadParameter"})[0] == 400


def test_events_tell_what_is_there_and_what_is_logged(page):
    with connected(page[1]) as connection:
        connection.request("GET", f"/events?{urlsplit(page[1]).fragment}")
        answer = connection.getresponse()
        status, done = post(page[1], "/invoke", function="ReadParameter", payload="{}")
        assert (status, json.loads(done["payload"])) == (200, {"value": "hello from Parameter Store"})
        kinds = set()
        while kinds < {"look", "log"}:
            kind, data = answer.readline().decode().strip(), answer.readline().decode().strip()
            answer.readline()
            kinds.add(kind.removeprefix("event: "))
            assert json.loads(data.removeprefix("data: "))


def test_counters_of_functions_are_told(page):
    def counts():
        return json.loads(ask(page[1], "GET", "/stack")[1])["functions"][0]["counts"]

    before = counts()
    post(page[1], "/invoke", function="ReadParameter", payload="{}")
    assert counts()["invocations"] == before["invocations"] + 1
    assert (counts()["cold_starts"] >= 1, counts()["throttles"]) == (True, 0)


@pytest.mark.parametrize("body", ["[]", "1", "[" * 10_000], ids=["a list", "a number", "deep"])
def test_a_body_that_is_not_an_object_is_refused(page, body):
    assert ask(page[1], "POST", "/invoke", body, content_type="application/json")[0] == 400


def test_a_page_of_another_site_is_refused(page):
    assert ask(page[1], "GET", "/stack", Host="evil.example")[0] == 400
    body = json.dumps({"function": "ReadParameter"})
    assert ask(page[1], "POST", "/invoke", body, content_type="text/plain")[0] == 415


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer wrong", "Bearer \xe9"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/stack"), ("GET", "/events"), ("GET", "/events?token=x"), ("POST", "/trace"), ("POST", "/invoke")],
)
def test_data_and_actions_need_the_token(page, method, path, token):
    status, body = ask(page[1], method, path, "{}", Authorization=token, content_type="application/json")
    assert status == 403
    assert "ReadParameter" not in body


def test_a_port_that_is_taken_is_told(page, tmp_path):
    stack = Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "isolated.yaml")
    stack.up()
    try:
        port = str(urlsplit(page[1]).port)
        refused = stack.netful("console", "--stack", "s", "--port", port, check=2)
        assert f"port {port}: Address already in use" in refused.stderr
    finally:
        stack.down()


def test_it_ends_with_the_stack(tmp_path):
    stack = Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "isolated.yaml")
    stack.up()
    address = stack.netful("console", "--stack", "s", check=0).stdout.strip()
    with connected(address) as connection:
        connection.request("GET", "/events")
        answer = connection.getresponse()
        stack.down()
        answer.read()  # until the page closes it
    deadline = time.monotonic() + 20
    while answers(address):
        assert time.monotonic() < deadline
    assert "not running" in stack.netful("console", "--stack", "s", check=2).stderr


def test_faults_in_force_are_on_the_page_and_end_there(page):
    stack, address = page
    stack.netful("fault", "throttle", "ReadParameter", "-d", "--stack", "s", check=0)
    (one,) = json.loads(ask(address, "GET", "/stack")[1])["faults"]
    assert (one["kind"], one["target"]) == ("throttle", "ReadParameter")
    assert post(address, "/mend", number=one["number"]) == (200, {"ended": 1})
    assert json.loads(ask(address, "GET", "/stack")[1])["faults"] == []


@contextlib.contextmanager
def probing(address):
    """Send packets again and again: the first ones may come before the routers count."""
    enough = threading.Event()

    def probe():
        while not enough.is_set():
            assert post(address, "/probe", **{"from": "ReadParameter", "to": "aws:ssm"})[0] == 200

    with ThreadPoolExecutor(1) as pool:
        probes = pool.submit(probe)
        try:
            yield
        finally:
            enough.set()
        probes.result(ENOUGH_SECONDS)


def test_refused_packets_are_told_with_the_rule_that_refuses(tmp_path):
    stack = Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "closed-endpoint.yaml")
    stack.up()
    try:
        address = stack.netful("console", "--stack", "s", check=0).stdout.strip()
        with connected(address) as connection:
            connection.request("GET", f"/events?{urlsplit(address).fragment}")
            answer = connection.getresponse()
            lines = iter(answer.readline, b"")
            with probing(address):
                next(line for line in lines if line == b"event: refused\n")
            flow = json.loads(next(lines).removeprefix(b"data: "))
    finally:
        stack.down()
    assert (flow["source"], flow["destination"], flow["destination_port"]) == ("ReadParameter", "SsmEndpoint", 443)
    assert flow["why"][0]["component"] == "EndpointSg"


MANY = "Resources:\n" + "".join(
    f"""  Fn{n}:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/r
      Code: {{ZipFile: "def handler(event, context): return event"}}
"""
    for n in range(40)
)


@pytest.mark.programs
def test_the_result_of_an_invocation_is_seen_beside_many_functions(tmp_path):
    (tmp_path / "template.yaml").write_text(MANY)
    stack = Stack(tmp_path / "state", tmp_path / "template.yaml")
    stack.up()
    try:
        address = stack.netful("console", "--stack", "s", check=0).stdout.strip()
        with browsing(tmp_path) as page:
            page.look(1440, "light")
            page.open(f"{address}&tab=tab-running")
            page.until("return document.querySelector('#functions [data-key=Fn0]')")
            page.run("document.querySelector('#payload').value = '[42]'")
            page.run("document.querySelector('#functions [data-key=Fn0]').click()")
            page.until("return document.querySelector('#invoked').textContent.includes('[42]')")
            for shown in ("#payload", "#functions [data-key=Fn0]", "#invoked"):
                assert page.run(f"""(() => {{
                  const {{left, bottom}} = document.querySelector('{shown}').getBoundingClientRect();
                  return Boolean(document.elementFromPoint(left + 5, bottom - 5)?.closest('{shown}'));
                }})()"""), shown
    finally:
        stack.down()
