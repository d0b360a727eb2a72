"""The AWS Parameters and Secrets extension: a cache of Parameter Store and Secrets Manager at localhost (lambda §7.4).

It is a process of the sandbox like any extension: its calls use the function's network and keys, and its cache belongs
to one environment. It serves from the first invocation on, not during init.

| setting (environment) | default |
|---|---|
| PARAMETERS_SECRETS_EXTENSION_HTTP_PORT | 2773 |
| PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED, _CACHE_SIZE | true, 1000 |
| SSM_PARAMETER_STORE_TTL, SECRETS_MANAGER_TTL | 300 s, which is also the maximum; 0 for no cache |
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import select
import socket
import socketserver
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

PATH = "/opt/extensions/AWSParametersAndSecretsLambdaExtension"
CLIENTS = ("ssm", "secretsmanager")
_NAME = PATH.rpartition("/")[2]
_KEY_HEADER = "X-Aws-Parameters-Secrets-Token"
_LONGEST_TTL = 300
_SEPARATORS = (",", ":")

Query = Mapping[str, str]


def run(variables: dict[str, str]) -> NoReturn:
    """Register, then serve until the end."""
    os.environ.clear()
    os.environ.update(variables)
    host, _, port = variables["AWS_LAMBDA_RUNTIME_API"].rpartition(":")
    lambda_api = http.client.HTTPConnection(host, int(port))
    body = json.dumps({"events": ["INVOKE", "SHUTDOWN"]})
    lambda_api.request("POST", "/2020-01-01/extension/register", body, {"Lambda-Extension-Name": _NAME})
    response = lambda_api.getresponse()
    response.read()
    identifier = {"Lambda-Extension-Identifier": response.headers["Lambda-Extension-Identifier"]}
    server = _Server(variables)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        lambda_api.request("GET", "/2020-01-01/extension/event/next", headers=identifier)
        if server.next_event(lambda_api)["eventType"] == "SHUTDOWN":
            os._exit(0)


class Cache:
    """Answers by request: each for `ttl` seconds, at most the newest `size` of them."""

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._kept: OrderedDict[tuple[object, ...], tuple[float, bytes]] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> bytes | None:
        """Return the answer if it is cached and not expired."""
        ends, answer = self._kept.get(key, (0.0, b""))
        return answer if ends > self._clock() else None

    def put(self, key: tuple[object, ...], answer: bytes, ttl: float) -> None:
        """Cache an answer."""
        if ttl <= 0 or not self._size:
            return
        self._kept[key] = (self._clock() + ttl, answer)
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, variables: Mapping[str, str]) -> None:
        port = _number(variables, "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", 2773)
        super().__init__(("127.0.0.1", port), _Handler)
        enabled = variables.get("PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED", "true").lower() != "false"
        self.token = variables["AWS_SESSION_TOKEN"]
        self.cache = Cache(_number(variables, "PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE", 1000) if enabled else 0)
        self.ttl = {
            "ssm": min(_number(variables, "SSM_PARAMETER_STORE_TTL", _LONGEST_TTL), _LONGEST_TTL),
            "secretsmanager": min(_number(variables, "SECRETS_MANAGER_TTL", _LONGEST_TTL), _LONGEST_TTL),
        }
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._events: socket.socket | None = None
        self._reading = threading.Lock()
        self._invoked = threading.Event()

    def next_event(self, lambda_api: http.client.HTTPConnection) -> dict[str, Any]:
        """Wait for the next event that Lambda sends."""
        self._events = lambda_api.sock
        select.select([self._events], [], [])
        with self._reading:
            event: dict[str, Any] = json.loads(lambda_api.getresponse().read())
            self._invoked.set()
        return event

    def serves(self) -> bool:
        """Return whether the first invocation has begun. Its event arrives before the function's own, but may not have been read yet."""
        with self._reading:
            arrived = self._events is not None and bool(select.select([self._events], [], [], 0)[0])
            if not arrived:
                return self._invoked.is_set()
        return self._invoked.wait()

    def client(self, service: str) -> Any:
        """Return a service's client; two threads must not use the session that makes it at once."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = importlib.import_module("boto3").client(service)
            return self._clients[service]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one packet: a second packet would wait for the first one's acknowledgement
    server: _Server

    def do_GET(self) -> None:
        """Answer a look-up."""
        parts = urlsplit(self.path)
        lookup = _LOOKUPS.get(parts.path)
        if self.headers.get(_KEY_HEADER) != self.server.token:
            self._answer(401, b"unauthorized")
        elif not self.server.serves():
            self._answer(400, b"not ready to serve traffic, please wait")
        elif lookup is None:
            self._answer(404, b"404 page not found")
        else:
            self._look_up(*lookup, dict(parse_qsl(parts.query)))

    def _look_up(self, service: str, call: Callable[[Any, Query], dict[str, Any]], query: Query) -> None:
        key = (service, *sorted(query.items()))
        kept = self.server.cache.get(key)
        if kept is not None:
            self._answer(200, kept)
            return
        try:
            found = call(self.server.client(service), query)
        except Exception as problem:  # noqa: BLE001  # whatever the SDK raises is the answer
            response = getattr(problem, "response", {})
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
            self._answer(status, str(problem).encode())
            return
        found["ResultMetadata"] = {}
        found.pop("ResponseMetadata", None)
        answer = json.dumps(found, default=_plain, separators=_SEPARATORS).encode()
        self.server.cache.put(key, answer, self.server.ttl[service])
        self._answer(200, answer)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Log nothing: the function's log contains only the function's lines."""


def _parameter(client: Any, query: Query) -> dict[str, Any]:
    selector = query.get("version") or query.get("label")
    name = f"{query['name']}:{selector}" if selector else query["name"]
    found: dict[str, Any] = client.get_parameter(
        Name=name, WithDecryption=query.get("withDecryption", "").lower() == "true"
    )
    return found


def _secret(client: Any, query: Query) -> dict[str, Any]:
    arguments = {"SecretId": query["secretId"]}
    arguments |= {"VersionId": query["versionId"]} if "versionId" in query else {}
    arguments |= {"VersionStage": query["versionStage"]} if "versionStage" in query else {}
    found: dict[str, Any] = client.get_secret_value(**arguments)
    return found


_LOOKUPS: dict[str, tuple[str, Callable[[Any, Query], dict[str, Any]]]] = {
    "/systemsmanager/parameters/get": ("ssm", _parameter),
    "/systemsmanager/parameters/get/": ("ssm", _parameter),
    "/secretsmanager/get": ("secretsmanager", _secret),
}


def _plain(value: Any) -> str:
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _number(variables: Mapping[str, str], name: str, default: int) -> int:
    text = variables.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() else default
