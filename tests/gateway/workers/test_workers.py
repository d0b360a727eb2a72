"""Several gateway processes, real ones, at doors on the loopback, with a daemon that is the test's own."""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import ssl
import struct
import textwrap
import threading
import time
from functools import partial
from pathlib import Path

import pytest
import uvloop

from netful.fabric.doors.door import Door, DoorKind
from netful.functions.invocations.invocation import Invocation, InvokeRefused, Usage
from netful.gateway.integrations.web_connection import UnreachableError
from netful.gateway.service import Gateway
from netful.gateway.shared.state import State
from netful.gateway.workers.worker_pool import WorkerPool, joined
from netful.gateway.workers.worker_requests import WorkerRequests
from netful.gateway.workers.worker_settings import WorkerSettings
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.services.front.reception import Reception
from netful.services.http.message import Response
from netful.services.tls.authority import Authority
from netful.sources import load
from tests.helpers.processes import ENOUGH_SECONDS, told, wait_until
from tests.helpers.socket_client import Client
from tests.helpers.texts import replaced
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.programs

API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, InlineCode: x}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {Service: apigateway.amazonaws.com}}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:*", Resource: "*"}]}}]
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      AccessLogSetting: {DestinationArn: arn:aws:logs:us-east-1:123456789012:log-group:access, Format: $context.path $context.status}
      MethodSettings:
        - {HttpMethod: "*", ResourcePath: "/*", CachingEnabled: false}
        - {HttpMethod: GET, ResourcePath: /cached, CachingEnabled: true}
        - {HttpMethod: GET, ResourcePath: /changed, CachingEnabled: false, ThrottlingRateLimit: RATE, ThrottlingBurstLimit: 20}
        - {HttpMethod: GET, ResourcePath: /narrow, CachingEnabled: false, ThrottlingRateLimit: RATE, ThrottlingBurstLimit: 20}
      DefinitionBody:
        swagger: "2.0"
        paths:
          /mock: {get: &mock {x-amazon-apigateway-integration: {type: mock, responses: {default: {statusCode: 200}}}}}
          /narrow: {get: *mock}
          /changed: {get: *mock}
          /fn/{how}: {post: &fn {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
          /cached: {get: *fn}
          /web/{how}: {get: {parameters: [{name: how, in: path, required: true, type: string}], x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "http://web.example/{how}", requestParameters: {integration.request.path.how: method.request.path.how}}}}
          /later: {post: {x-amazon-apigateway-integration: {type: aws, httpMethod: POST, uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations", requestParameters: {integration.request.header.X-Amz-Invocation-Type: "'Event'"}, responses: {default: {statusCode: 202}}}}}
          /queue: {post: {x-amazon-apigateway-integration: {type: aws, httpMethod: POST, uri: "arn:aws:apigateway:us-east-1:sqs:path/1/q", credentials: !GetAtt Role.Arn, responses: {default: {statusCode: 202}}}}}
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Chat, StageName: live, AutoDeploy: true}}
  Lambda: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Chat, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Fn.Arn}}
  Said: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Chat, RouteKey: $default, Target: !Sub "integrations/${Lambda}"}}
  SaidAnswer: {Type: AWS::ApiGatewayV2::RouteResponse, Properties: {ApiId: !Ref Chat, RouteId: !Ref Said, RouteResponseKey: $default}}
  Ended: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Chat, RouteKey: $disconnect, Target: !Sub "integrations/${Lambda}"}}
"""
SIZE = 4
HOST = "api.execute-api.us-east-1.amazonaws.com"
INTERNET, LOCAL = Door(DoorKind.INTERNET), Door(DoorKind.LOCAL)
BUCKETS = Door(DoorKind.GATEWAY_ENDPOINT, "Vpc", "S3Endpoint")


class Daemon:
    """What a stack's daemon has beside its workers: plain Python in the place of functions, servers and services."""

    def __init__(self, folder, server):
        self.folder = folder
        self.events, self.asked = [], asyncio.Queue()
        self.cloud = self.load(rate=5)
        self.authority = Authority(folder)
        self.state = State.at(server.url, "workers", SIZE + 1)
        self.gateway = Gateway(self.cloud, self, state=self.state)
        requests = partial(WorkerRequests, self, self.answer, self.gateway.logs)
        others = Reception(self.cloud, self.authority, self.answer)
        self.crew = WorkerPool(
            SIZE, self.cloud, WorkerSettings("workers", server.url, SIZE + 1, folder), requests, others
        )

    def load(self, rate):
        path = self.folder / "template.yaml"
        path.write_text(replaced(textwrap.dedent(API), {"RATE": str(rate)}))
        return load([Path(path)])

    def invoke_later(self, function_id, event, qualifier, _tenant_id=""):
        self.events.append((function_id, json.loads(event), qualifier))

    async def invoke(self, function_id, event, _trace_id, _qualifier, _tenant_id=""):
        event = json.loads(event)
        self.events.append(event)
        how = (event.get("pathParameters") or {}).get("how")
        if how == "large":
            raise InvokeRefused(413, "RequestEntityTooLargeException", "too large")
        if how == "broken":
            raise StackError("there is no sandbox")
        said = event.get("body") or ""
        result = {"statusCode": 200, "body": f"{function_id} heard {said}"}
        return Invocation("id", json.dumps(result).encode(), None, b"", Usage(1.5, None, 1))

    async def send(self, request):
        if request.target == "/nobody":
            raise UnreachableError("nobody is there")
        return Response(200, (("X-Web", request.host),), request.target.encode())

    async def call_host(self, host, request):
        self.events.append((host, request.body))
        return Response(200, (), b"{}")

    def answer(self, request):
        """What the stack's front does: WebSocket APIs, and everything that is for no API."""
        if "chat" in request.host:
            return self.gateway.answer(request)
        if request.path == "/streamed":
            return self._streamed()
        if request.path == "/for-ever":
            return self._for_ever()
        at = request.connection
        seen = [str(at.door.kind), at.client[0], at.tls, at.sni, request.method, request.target, len(request.body)]
        return Response(200, (), json.dumps(seen).encode(), (("X-Own", "1"),))

    async def _streamed(self):
        async def pieces():
            yield b"first"
            assert await self.asked.get() == "second"
            yield b"second"

        return Response(200, (), stream=pieces())

    async def _for_ever(self):
        self.events.append("asked")
        try:
            await asyncio.Event().wait()
        finally:
            self.events.append("abandoned")


class Running:
    """The daemon and its workers, on a loop in a thread; requests from the test's own."""

    def __init__(self, folder, server):
        self.server = server
        self.loop = uvloop.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.daemon = self.run(self._begin(folder, server))
        self.crew = self.daemon.crew
        self.plain, self.tls = self.open(INTERNET), self.open(INTERNET, tls=True)

    async def _begin(self, folder, server):
        daemon = Daemon(folder, server)
        daemon.crew.start()
        await daemon.crew.ready()
        return daemon

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(ENOUGH_SECONDS)

    def open(self, door, *, tls=False):
        """The port of a door that is served."""
        sock = socket.create_server(("127.0.0.1", 0), backlog=512)
        sock.setblocking(False)
        self.listening = self.run(self.crew.listen(door, sock, tls=tls))
        return sock.getsockname()[1]

    @contextlib.contextmanager
    def asked(self, method, path, host=HOST, port=None, body=b"", tls=False):
        """The answer to a request by a connection of its own."""
        if tls:
            trust = ssl.create_default_context(cafile=str(self.daemon.authority.bundle))
            connection = http.client.HTTPSConnection(
                "127.0.0.1", port or self.tls, timeout=ENOUGH_SECONDS, context=trust
            )
            raw = socket.create_connection(("127.0.0.1", port or self.tls), timeout=ENOUGH_SECONDS)
            connection.sock = trust.wrap_socket(raw, server_hostname=host)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port or self.plain, timeout=ENOUGH_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"Host": host})
            yield connection.getresponse()

    def call(self, method, path, **more):
        with self.asked(method, path, **more) as response:
            return response.status, response.read().decode()

    def status(self):
        return joined(self.run(self.crew.status()))

    def stop(self):
        self.run(self.crew.close())
        self.run(self.daemon.state.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    try:
        stack = Running(tmp_path_factory.mktemp("workers"), server)
        yield stack
        stack.stop()
    finally:
        server.kill()


@pytest.mark.parametrize("tls", [False, True])
def test_worker_answers_for_apis_by_itself(running, tls):
    assert running.call("GET", "/live/mock", tls=tls) == (200, "")
    assert running.call("GET", "/live/nothing", tls=tls) == (403, '{"message":"Missing Authentication Token"}')


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("POST", "/live/fn/well", 200, "Fn heard hello"),
        ("POST", "/live/fn/large", 413, None),
        ("POST", "/live/fn/broken", 502, '{"message": "Internal server error"}'),
        ("GET", "/live/web/there", 200, "/there"),
        ("GET", "/live/web/nobody", 504, None),
        ("POST", "/live/queue", 202, "{}"),
    ],
)
def test_daemon_runs_what_stands_behind_an_api(running, method, path, status, body):
    got = running.call(method, path, body=b"hello")
    assert got[0] == status
    if body is not None:
        assert got[1] == body


def test_function_that_is_called_asynchronously_runs_some_time(running):
    assert running.call("POST", "/live/later", body=b'{"n": 1}') == (202, "")
    wait_until(lambda: ("Fn", {"n": 1}, "") in running.daemon.events)


def test_what_is_for_no_api_is_answered_by_the_daemon(running):
    body = os.urandom(300_000)
    told = json.loads(running.call("PUT", "/a?b=%20c", host="www.example.com", tls=True, body=body)[1])
    assert told == ["internet", "127.0.0.1", True, "www.example.com", "PUT", "/a?b=%20c", len(body)]


def test_doors_where_no_api_is_asked_for_stay_with_the_daemon(running):
    port = running.open(BUCKETS)
    assert json.loads(running.call("GET", "/mock", port=port)[1])[0] == "gateway-endpoint"
    running.listening.close()


def test_streamed_answer_comes_piece_by_piece(running):
    with running.asked("GET", "/streamed", host="www.example.com") as response:
        assert response.read(5) == b"first"
        running.loop.call_soon_threadsafe(running.daemon.asked.put_nowait, "second")
        assert response.read() == b"second"


def test_what_nobody_waits_for_is_abandoned(running):
    events = running.daemon.events
    with socket.create_connection(("127.0.0.1", running.plain)) as client:
        client.sendall(b"GET /for-ever HTTP/1.1\r\nHost: www.example.com\r\n\r\n")
        wait_until(lambda: "asked" in events)
        assert "abandoned" not in events
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not a half-close
    wait_until(lambda: "abandoned" in events)


def test_answers_are_kept_for_all_workers(running):
    assert {running.call("GET", "/live/cached")[0] for _ in range(12)} == {200}
    assert sum(isinstance(e, dict) and e.get("resource") == "/cached" for e in running.daemon.events) == 1
    cache = running.status()["caches"][0]
    assert (cache["CacheHitCount"], cache["CacheMissCount"]) == (11, 1)


def test_access_log_has_the_lines_of_all_workers(running):
    paths = [f"/live/logged-{n}" for n in range(8)]
    for path in paths:
        assert running.call("GET", path)[0] == 403
    assert running.call("POST", "/live/fn/logged")[0] == 200
    wait_until(lambda: "/live/fn/logged 200" in running.daemon.gateway.logs.of("Api").text)


def test_socket_lives_in_the_daemon_and_ends_with_its_client(running):
    events = running.daemon.events

    async def talk():
        reader, writer = await asyncio.open_connection("127.0.0.1", running.plain)
        client = Client(reader, writer)
        status = await client.handshake(Host="chat.execute-api.us-east-1.amazonaws.com")
        client.send("hello" * 6000)
        said = await client.text()
        open_ = running.daemon.gateway.sockets.count()
        writer.close()
        return status, said, open_

    assert asyncio.run(talk()) == (101, "Fn heard " + "hello" * 6000, 1)
    wait_until(lambda: running.daemon.gateway.sockets.count() == 0)
    wait_until(
        lambda: any(isinstance(e, dict) and e["requestContext"].get("eventType") == "DISCONNECT" for e in events)
    )


def test_socket_that_the_gateway_ends(running):
    async def talk():
        reader, writer = await asyncio.open_connection("127.0.0.1", running.plain)
        client = Client(reader, writer)
        await client.handshake(Host="chat.execute-api.us-east-1.amazonaws.com")
        client.send("never masked", mask=False)
        code = await client.closed()
        rest = await reader.read()
        writer.close()
        return code, rest

    assert asyncio.run(talk()) == (1002, b"")


def test_change_holds_for_all_workers(running):
    def rates():
        assert {running.call("GET", "/live/changed")[0] for _ in range(6)} == {200}
        return [b["rate"] for b in running.status()["buckets"] if b["of"] == "ApiliveStage /changed GET"]

    for rate in (5, 7):
        running.run(running.crew.change(running.daemon.load(rate)))
        assert rates() == [rate]


def test_never_more_than_burst_and_rate_allow(running):
    """Keep-alive connections, so that every worker has some, ask until they are refused, and some time longer."""
    began = time.monotonic()
    statuses = []

    def client():
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", running.plain, timeout=ENOUGH_SECONDS)
        ) as connection:
            while 429 not in statuses or time.monotonic() < began + 0.5:
                connection.request("GET", "/live/narrow", headers={"Host": HOST})
                response = connection.getresponse()
                response.read()
                statuses.append(response.status)

    running.run(running.crew.change(running.daemon.load(rate=5)))
    threads = [threading.Thread(target=client) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - began
    assert set(statuses) == {200, 429}
    assert statuses.count(200) <= 20 + 5 * elapsed + 1


def test_one_that_stands_still_does_not_hold_the_others_up(running):
    stuck = running.crew.pids[0]
    os.kill(stuck, signal.SIGSTOP)
    try:
        wait_until(lambda: ") T " in told(stuck, "stat"))
        assert {running.call("GET", "/live/mock")[0] for _ in range(5)} == {200}
    finally:
        os.kill(stuck, signal.SIGCONT)


def test_one_that_stands_still_is_replaced_when_the_cloud_changes(running, monkeypatch):
    monkeypatch.setattr("netful.gateway.workers.worker_pool.CHANGE_SECONDS", 0.5)
    stuck = running.crew.pids[0]
    os.kill(stuck, signal.SIGSTOP)
    running.run(running.crew.change(running.daemon.load(rate=5)))
    wait_until(lambda: stuck not in running.crew.pids and len(running.crew.pids) == SIZE)


def test_worker_that_is_killed_is_started_again(running):
    before, restarts = running.crew.pids, running.crew.restarts
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: before[0] not in running.crew.pids)
    assert running.call("POST", "/live/fn/others")[0] == 200
    for pid in before[1:]:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not set(before) & set(running.crew.pids))
    assert running.call("POST", "/live/fn/new")[0] == 200
    wait_until(lambda: len(running.crew.pids) == SIZE)
    assert running.crew.restarts == restarts + SIZE


def test_gateway_goes_on_while_the_server_is_away(running):
    running.server.kill()
    assert {running.call("GET", "/live/mock")[0] for _ in range(8)} == {200}
    assert {running.call("GET", "/live/cached")[0] for _ in range(3)} == {200}
    assert running.status()["away"]
    running.server.start()
    wait_until(lambda: running.call("GET", "/live/mock")[0] == 200 and "away" not in running.status())


def test_door_that_is_shut_takes_no_more(running):
    port = running.open(LOCAL)
    assert running.call("GET", "/_execute-api/Api/live/mock", host="localhost", port=port)[0] == 200
    running.loop.call_soon_threadsafe(running.listening.close)

    def refused():
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except ConnectionResetError:  # it was in the queue of what is shut
            return False
        except ConnectionRefusedError:
            return True
        return False

    wait_until(refused)


def test_workers_that_cannot_begin_are_an_error(tmp_path):
    async def scenario():
        nothing = partial(WorkerRequests, None, None, None)
        crew = WorkerPool(1, Cloud(), WorkerSettings("workers", "nowhere://", 2, tmp_path), nothing, None)
        try:
            crew.start()
            await crew.ready()
        finally:
            await crew.close()

    with pytest.raises(StackError, match="workers do not start"):
        uvloop.run(asyncio.wait_for(scenario(), ENOUGH_SECONDS))


def test_reports_of_several_gateways_are_joined():
    bucket = {"level": "stage", "of": "b", "rate": 2.0, "burst": 1, "tokens": 0.5}
    cache = {"stage": "S", "entries": None, "bytes": None, "CacheHitCount": 1, "CacheMissCount": 2}
    one = {"buckets": [bucket], "quotas": [], "caches": [cache]}
    whole = joined([one, one])
    assert whole == {"buckets": [bucket], "quotas": [], "caches": [cache | {"CacheHitCount": 2, "CacheMissCount": 4}]}
    alone = joined([one | {"away": True}, one | {"away": True}])
    assert alone["away"]
    assert alone["buckets"] == [bucket | {"rate": 4.0, "burst": 2, "tokens": 1.0}]
