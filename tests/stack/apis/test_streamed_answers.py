"""Answers that are sent as they come, in a running stack: by one process, and by workers."""

import contextlib
import http.client
import json
from urllib.parse import urlsplit

import pytest

from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.packets
TEMPLATE = TEMPLATES / "streamed-answers.yaml"
SECONDS = 60


@pytest.fixture(params=[1, 2], ids=["one process", "two workers"], scope="module")
def url(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("streamed")
    stack, server = Stack(folder / "state", TEMPLATE), ValkeyServer(folder) if request.param > 1 else None
    try:
        stack.up(*(("--workers", "2", "--state", server.url) if server else ()))
        yield urlsplit(stack.json("status", "--stack", "s")["apis"][0]["url"])
    finally:
        stack.down()
        if server:
            server.kill()


@pytest.fixture
def get(url):
    with contextlib.closing(http.client.HTTPConnection(url.netloc, timeout=SECONDS)) as connection:

        def ask(path):
            connection.request("GET", url.path + path)
            return connection.getresponse()

        yield ask


def test_function_streams_more_than_10_megabytes(get):
    answer = get("/pieces")
    body = answer.read()
    assert (answer.status, answer.headers["X-Path"], answer.headers["Content-Type"]) == (201, "/pieces", "text/plain")
    assert (len(body), body[-5:]) == ((11 << 20) + 4, b"xlast")


def test_function_that_fails_on_the_way_breaks_the_connection(get):
    answer = get("/pieces?fail=1")
    assert answer.status == 201
    with pytest.raises(http.client.IncompleteRead):
        answer.read()


def test_web_server_s_answer_is_handed_on(get):
    answer = get("/web")
    assert (answer.status, json.loads(answer.read())["path"]) == (200, "/items")
    assert answer.headers["Transfer-Encoding"] == "chunked"
