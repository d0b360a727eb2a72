"""The Extensions and Telemetry APIs, abused by the code of a function: it harms its own environment at most."""

import json

import pytest

from netful.fabric.kernel.thread import NamespaceThread
from netful.functions.sandboxes.extensions_api import About, ExtensionsApi
from netful.functions.sandboxes.sandbox_http import ApiRequest
from netful.functions.sandboxes.telemetry_subscription import subscription
from tests.helpers.lambda_bench import Bench, function_of

ABOUT = About("fn", "$LATEST", "index.handler", "123456789012")
BODIES = [
    b"", b"null", b"[]", b"7", b"{", b"\xff", b'{"events": 7}', b'{"events": {"INVOKE": 1}}', b'{"events": [["INVOKE"]]}',
    b'{"events": [null]}', b'{"events": ["INVOKE\\u0000"]}', b'{"events": ' + b"[" * 3000 + b"]" * 3000 + b"}", b"[" * 100_000,
    b'{"events": ["' + b"x" * 100_000 + b'"]}', b'{"events": [' + b'"INVOKE",' * 50_000 + b'"NAP"]}',
]  # fmt: skip


class Connection:
    """What the API answers."""

    def __init__(self):
        self.answers = []

    def answer(self, status, _body, _headers=""):
        self.answers.append(status)

    def refuse(self, status, _kind, _message):
        self.answers.append(status)


def asked(api, method, path, body=b"", **headers):
    """The statuses that a request is answered with; none where it waits."""
    connection = Connection()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    api.handle(connection, ApiRequest(method, b"/2020-01-01/extension/" + path, names, body))
    return connection.answers


@pytest.fixture
def api():
    return ExtensionsApi(ABOUT, ["external"], lambda: None, lambda _failed: None)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_none_is_answered(api, body):
    [status] = asked(api, b"POST", b"register", body, lambda_extension_name="a")
    assert status in {200, 400}
    assert isinstance(subscription(body, ("2022-07-01",)), str)


def test_a_crowd_of_names_gets_ten_places(api):
    statuses = [asked(api, b"POST", b"register", lambda_extension_name=f"n{n}")[0] for n in range(1000)]
    assert (statuses.count(200), statuses.count(403)) == (10, 990)


def test_strangers_are_refused(api):
    asked(api, b"POST", b"register", lambda_extension_name="a")
    for identifier in ("", "x", "0" * 36, "../../a", "é"):
        assert asked(api, b"GET", b"event/next", lambda_extension_identifier=identifier) == [403]
        assert asked(api, b"POST", b"exit/error", lambda_extension_identifier=identifier) == [403]


# Threads that register, ask and fail at once, with garbage between; the handler answers meanwhile.
ABUSE = """
import json, os, socket, threading
place, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
def tell(data, wait=0.2):
    with socket.create_connection((place, int(port or 80))) as sock:
        sock.settimeout(wait)
        try:
            sock.sendall(data)
            return sock.recv(4096)
        except OSError:
            return b""
def request(method, path, headers="", body=b""):
    return f"{method} /2020-01-01/extension/{path} HTTP/1.1\\r\\nHost: a\\r\\n{headers}Content-Length: {len(body)}\\r\\n\\r\\n".encode() + body
def abuse(n):
    said = tell(request("POST", "register", f"Lambda-Extension-Name: n{n}\\r\\n", b'{"events": ["INVOKE"]}'))
    mine = said.decode().lower().partition("identifier: ")[2].partition("\\r\\n")[0] or "none"
    ask = request("GET", "event/next", f"Lambda-Extension-Identifier: {mine}\\r\\n")
    for data in (ask + ask, ask[:20], b"\\x00" * 999, b"GET / HTTP/9.9\\r\\n\\r\\n", b"POST /2020-01-01/extension/register HTTP/1.1\\r\\nContent-Length: -1\\r\\n\\r\\n",
                 request("POST", "register", "Lambda-Extension-Name: x\\r\\n", b"[" * 100000), request("PUT", "../../runtime")):
        tell(data)
def handler(event, context):
    threads = [threading.Thread(target=abuse, args=(n,)) for n in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return event
"""


@pytest.mark.packets
def test_abuse_from_a_handler_stays_its_own_matter(tmp_path):
    thread = NamespaceThread()
    try:

        async def body(service):
            return [json.loads((await service.invoke("Fn", b"%d" % n)).payload) for n in range(3)]

        assert Bench(tmp_path, thread).run(function_of(ABUSE), body, timeout=30) == [0, 1, 2]
    finally:
        thread.close()
