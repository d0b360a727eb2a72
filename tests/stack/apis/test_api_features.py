"""What stands behind API Gateway besides functions, with real packets; and what `trace` says of the same requests."""

import json
import os
import socket
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import boto3
import pytest

from tests.helpers.ids import api_id
from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
TEMPLATE = TEMPLATES / "api-features" / "template.yaml"
BASE = "execute-api.us-east-1.amazonaws.com"
WEB = "10.0.1.77"
SECONDS = 10


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from Stack(tmp_path_factory.mktemp("api-features"), TEMPLATE).while_up()


@pytest.fixture(scope="module")
def call(status):
    """Call an API of the stack from the host: a status and a body."""
    urls = {
        api["resource"]: api["url"].replace("ws:", "http:") for api in reversed(status["apis"])
    }  # of the first stage

    def call_(api, path, body=None):
        request = urllib.request.Request(f"{urls[api]}{path}", body, method="POST" if body else "GET")
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return call_


def service(status, name):
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x", "region_name": "us-east-1"}
    return boto3.client(name, endpoint_url=status["endpoint_url"], **keys)


def test_a_web_server_on_the_internet(call):
    status, body = call("Rest", "/shop/7?colour=red")
    seen = json.loads(body)
    assert (status, seen["host"], seen["path"], seen["tls"]) == (200, "shop.example.com", "/items/7?colour=red", True)


def test_a_host_that_does_not_exist(call):
    assert call("Rest", "/gone") == (500, '{"message": "Internal server error"}')


def test_an_action_of_a_service_and_an_api_before_an_api(call, status):
    url = service(status, "sqs").get_queue_url(QueueName="sent")["QueueUrl"]
    assert call("Http", "/queue", b'{"text": "by itself"}')[0] == 200
    assert call("Rest", "/other", b'{"text": "through another"}')[0] == 200
    got = [
        message["Body"]
        for _ in range(2)
        for message in service(status, "sqs").receive_message(QueueUrl=url)["Messages"]
    ]
    assert sorted(got) == ["by itself", "through another"]
    assert call("Http", "/queue", b"no text") == (400, '{"message":"Bad Request"}')


@pytest.mark.parametrize(
    ("api", "path", "asked", "host"),
    [
        ("Http", "/network/a?b=c", "/network/a?b=c", f"{api_id('Http')}.{BASE}"),
        ("Http", "/application/a", "/application/a", f"{api_id('Http')}.{BASE}"),
        ("Http", "/service/a", "/service/a", f"{api_id('Http')}.{BASE}"),
        ("Rest", "/inside/9", "/inside/9", None),
        ("Rest", "/balanced", "/balanced", "inside.example.com"),
    ],
    ids=["network load balancer", "application load balancer", "cloud map", "first version", "rest, second version"],
)
def test_behind_a_vpc_link(stack, call, status, api, path, asked, host):
    balancers = {each["resource"]: each["dns_name"] for each in status["load_balancers"]}
    code, body = call(api, path)
    assert code == 200
    seen = json.loads(body)
    assert (seen["path"], seen["headers"]["host"]) == (asked, host or balancers["Network"])
    assert seen["from"].startswith("10.0.")
    predicted = stack.trace("internet", f"https://{api.lower()}.{BASE}{'/live' if api == 'Rest' else ''}{path}")
    assert predicted["verdict"] == "reachable"


def test_the_server_sees_the_node_by_the_first_version_and_the_link_by_the_second(call):
    nodes = {json.loads(call("Rest", "/inside/1")[1])["from"]}
    links = {json.loads(call("Http", path)[1])["from"] for path in ("/network/1", "/service/1")}
    assert len(links) == 1
    assert not nodes & links
    assert WEB not in nodes | links


def test_a_vpc_link_whose_group_is_admitted_nowhere(stack, call):
    code, body = call("Http", "/shut/a")
    symptom = stack.trace("internet", f"https://http.{BASE}/shut/a")["symptom"]
    assert (code, body) == (503, '{"message":"Service Unavailable"}') == (symptom["status"], symptom["body"])


def test_access_logs_reach_their_group(call, status):
    call("Rest", "/gone")
    logs = service(status, "logs")
    deadline = time.monotonic() + SECONDS
    lines = []
    while "GET /live/gone 500" not in lines and time.monotonic() < deadline:  # lines are sent behind the answers
        with_group = logs.describe_log_groups(logGroupNamePrefix="/api/access")["logGroups"]
        events = logs.filter_log_events(logGroupName="/api/access")["events"] if with_group else []
        lines = [event["message"] for event in events]
    assert "GET /live/gone 500" in lines


class Chatting:
    """A client of a WebSocket API, at its URL on the host."""

    def __init__(self, url):
        place = urlsplit(url)
        self._socket = socket.create_connection((place.hostname, place.port), SECONDS)
        self._file = self._socket.makefile("rb")
        self._socket.sendall(
            f"GET {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = b"".join(iter(self._file.readline, b"\r\n"))
        assert head.startswith(b"HTTP/1.1 101 "), head

    def say(self, text):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(text.encode()))
        self._socket.sendall(bytes([0x81, 0x80 | len(masked)]) + mask + masked)

    def hear(self):
        _, size = self._file.read(2)
        assert size < 126
        return self._file.read(size).decode()

    def close(self):
        self._file.close()
        self._socket.close()


def test_a_function_answers_a_websocket_by_its_connection(status):
    url = next(api["url"] for api in status["apis"] if api["resource"] == "Chat")
    one, other = Chatting(url), Chatting(url)
    other.say("hello")
    one.say("good bye")
    assert one.hear() == "GOOD BYE"
    assert other.hear() == "HELLO"
    one.close()
    other.close()


def test_nobody_else_writes_to_a_connection(call):
    status, body = call("Chat", "/@connections/abc=", b"x")
    assert (status, body) == (403, '{"message":"Missing Authentication Token"}')
