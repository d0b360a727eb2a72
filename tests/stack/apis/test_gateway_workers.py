"""A stack whose APIs are answered by several processes, with what they count at a Valkey server."""

import json
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.helpers.ids import ec2_id
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import (
    ENOUGH_SECONDS,
    assert_nothing_left,
    daemon_of,
    descendants,
    host_state,
    inside_of,
    wait_until,
)
from tests.helpers.stacks import WITHOUT_ROOT, Stack
from tests.helpers.texts import replaced
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.packets
BASE = "execute-api.us-east-1.amazonaws.com"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    yield running
    running.kill()


@pytest.fixture(scope="module")
def stack(tmp_path_factory, server):
    yield from Stack(tmp_path_factory.mktemp("workers"), EXAMPLES / "private-api" / "template.yaml").while_up(
        "--workers", "2", "--state", server.url
    )


def call(stack, caller, url):
    """What a function of the stack gets."""
    return stack.invoke(caller, json.dumps({"url": url}))["payload"]


def get(url):
    """The status and the body that a client on the host gets."""
    try:
        with urllib.request.urlopen(url, timeout=ENOUGH_SECONDS) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def gateway(stack):
    return stack.json("status", "--stack", "s")["gateway"]


def url(stack, api):
    return next(a["url"] for a in stack.json("status", "--stack", "s")["apis"] if a["resource"] == api)


def test_door_that_a_client_comes_through_is_its_identity(stack):
    got = call(stack, "Caller", f"https://orders.{BASE}/prod/orders/17")
    assert (got["status"], json.loads(got["body"])["through"]) == (200, ec2_id("vpce", "ApiEndpoint"))
    got = call(stack, "OtherCaller", f"https://orders-vpce-otherendpoint.{BASE}/prod/orders/17")
    assert (got["status"], "with an explicit deny" in got["body"]) == (403, True)


def test_worker_that_is_killed_is_replaced(stack):
    orders = f"{url(stack, 'Public')}/orders/3"
    before = gateway(stack)
    pids = {worker["pid"] for worker in before["workers"]}
    assert (len(pids), get(orders)[0]) == (2, 200)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)

    def replaced():
        now = {worker["pid"] for worker in gateway(stack)["workers"]}
        return len(now) == 2 and not now & pids

    wait_until(replaced, "the workers were not started again")
    assert get(orders)[0] == 200
    assert gateway(stack)["restarts"] == before["restarts"] + 2
    assert (
        f"API Gateway: 2 workers, state at {gateway(stack)['state']}" in stack.netful("status", "--stack", "s").stdout
    )


def test_stacks_of_one_name_count_together_and_leave_nothing(tmp_path, server):
    """One as root, whose daemon is killed; one as an ordinary user, which is ended."""
    before, began = host_state(), time.monotonic()
    folder = tmp_path / "throttling"
    shutil.copytree(EXAMPLES / "throttling", folder)
    first = Stack(tmp_path / "first", folder / "template.yaml")
    second = Stack(tmp_path / "second", EXAMPLES / "throttling" / "template.yaml", prefix=WITHOUT_ROOT)
    try:
        for stack in (first, second):
            stack.up("--workers", "2", "--state", server.url)
        urls = [f"{url(stack, 'Api')}/open" for stack in (first, second)]
        statuses = [get(urls[n % 2])[0] for n in range(16)]
        assert 8 <= statuses.count(200) <= 8 + 0.01 * (time.monotonic() - began) + 1

        text, now = first.template.read_text(), "RateLimit: 0.01, ThrottlingBurstLimit: 8"
        first.template.write_text(replaced(text, {now: "RateLimit: 0, ThrottlingBurstLimit: 0"}))
        first.up()
        assert {get(urls[0])[0] for _ in range(8)} == {429}

        pid, other = (daemon_of(Path(stack.env["NETFUL_STATE"])) for stack in (first, second))
        family, others = descendants(pid), descendants(other)
        inside, insides = inside_of(family), inside_of(others)
        assert {worker["pid"] for worker in gateway(first)["workers"]} <= {member for member, _ in family}
        os.kill(pid, signal.SIGKILL)
        assert_nothing_left(family, before, inside)
        second.down()
        assert_nothing_left(others, before, insides)
    finally:
        first.down()
        second.down()


def test_several_workers_need_a_place_to_count(tmp_path):
    stack = Stack(tmp_path / "state", EXAMPLES / "throttling" / "template.yaml")
    assert "needs `--state`" in stack.netful("up", "--workers", "2", check=2).stderr
    assert "names no Valkey server" in stack.netful("up", "--state", "127.0.0.1:6379", check=2).stderr


def test_without_the_server_a_stack_goes_on_and_says_so(tmp_path):
    server = ValkeyServer(tmp_path)
    server.kill()
    stack = Stack(tmp_path / "state", EXAMPLES / "throttling" / "template.yaml")
    try:
        assert "does not answer" in stack.up("--state", server.url).stderr
        open_ = f"{url(stack, 'Api')}/open"
        statuses = [get(open_)[0] for _ in range(12)]
        assert 429 in statuses
        assert statuses.count(200) >= 8
        assert "(away)" in stack.netful("status", "--stack", "s").stdout
        assert "a running stack keeps its `--state`" in stack.up("--state", "valkey://elsewhere").stderr
    finally:
        stack.down()
