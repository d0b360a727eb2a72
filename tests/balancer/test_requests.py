"""What becomes of requests: answers of the load balancer's own, what targets see, and which target it is."""

import asyncio
import contextlib
import os
import re
import signal
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime

import pytest

from netful.balancer.haproxy.configuration import Configuration
from netful.balancer.health import COMMAND, read
from netful.balancer.process import HaProxy
from netful.balancer.program import find_program, is_recent
from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers.error_pages import page
from netful.engine.load_balancers.transforms import transformed
from netful.model.balancing.load_balancers import Action, ListenerRule, RuleCondition, Target, TargetGroup
from netful.model.core import StackError
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.proxies import (
    ADDRESS,
    BALANCER,
    CLOSED,
    PORT,
    SILENT,
    ask,
    cloud_of,
    configured,
    forward,
    get,
    listener,
    running,
    spawn,
)

pytestmark = pytest.mark.programs

ANY = (RuleCondition("path-pattern", ("*",)),)


class Targets:
    """HTTP servers; each keeps what it was sent and answers with its name. `health` is what a check gets."""

    def __init__(self, names):
        self.seen = []
        self.checks = []
        self.health = dict.fromkeys(names, 200)
        self._ports = {name: PORT + 50 + n for n, name in enumerate(names)}
        self._servers = []

    def target(self, name):
        return Target(str(ADDRESS), self._ports[name])

    async def __aenter__(self):
        for name, port in self._ports.items():
            self._servers.append(await asyncio.start_server(self._serving(name), str(ADDRESS), port))
        return self

    async def __aexit__(self, *_):
        for server in self._servers:
            server.close()

    def _serving(self, name):
        async def serve(reader, writer):
            while True:
                try:
                    head = (await reader.readuntil(b"\r\n\r\n")).decode()
                except (asyncio.IncompleteReadError, ConnectionError):
                    break
                status = 200
                if "ELB-HealthChecker" in head:
                    status = self.health[name]
                    self.checks.append(head)
                else:
                    self.seen.append(head)
                writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(name)}\r\n\r\n{name}".encode())
                await writer.drain()
            writer.close()

        return serve

    def header(self, name, number=-1):
        """Values of a header that a target was sent."""
        return re.findall(rf"^{name}: (.*)\r$", self.seen[number], re.IGNORECASE | re.MULTILINE)

    @property
    def request_line(self):
        return self.seen[-1].partition("\r\n")[0]


def group(id_="Tg", *targets, **more):
    return TargetGroup(id_, "ip", "HTTP", 80, "Vpc", targets, **more)


def happens(folder, scenario, *parts, targets=(), balancer=BALANCER):
    """Run a scenario with HAProxy and targets running."""

    async def run():
        async with Targets(targets) as servers:
            made = [part(servers) if callable(part) else part for part in parts]
            async with running(folder, cloud_of(*made, balancer=balancer)) as proxy:
                return await scenario(servers, proxy)

    return asyncio.run(run())


def group_of(*names, id_="Tg", **more):
    return lambda servers: group(id_, *(servers.target(name) for name in names), **more)


async def asked(request):
    return await ask(PORT, request)


@pytest.mark.parametrize(
    ("config", "path", "location"),
    [
        ({"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}, "/a?b=c", "https://shop.example.com:443/a?b=c"),
        ({"Host": "new.#{host}", "StatusCode": "HTTP_302"}, "/a", f"http://new.shop.example.com:{PORT}/a"),
        ({"Path": "/to/#{path}/100%", "StatusCode": "HTTP_302"}, "/a", f"http://shop.example.com:{PORT}/to/a/100%"),
        ({"Query": "from=#{path}&#{query}", "StatusCode": "HTTP_302"}, "/a?b", f"http://shop.example.com:{PORT}/a?from=a&b"),
        ({"Query": "", "Path": "/x", "StatusCode": "HTTP_302"}, "/a?b=c", f"http://shop.example.com:{PORT}/x"),
    ],
)  # fmt: skip
def test_redirect(tmp_path, config, path, location):
    async def scenario(_servers, _proxy):
        return await asked(get(path))

    answer = happens(tmp_path, scenario, listener(Action("redirect", config=config)))
    assert (answer.status, answer.header("location")) == (int(config["StatusCode"][5:]), location)
    assert answer.header("server") == "awselb/2.0"


def test_fixed_response_is_sent_as_written(tmp_path):
    body = 'it\'s 100% "plain"\nin %[two] lines\n'
    config = {"StatusCode": "503", "ContentType": "application/json", "MessageBody": body}

    async def scenario(_servers, _proxy):
        return await asked(get())

    answer = happens(tmp_path, scenario, listener(Action("fixed-response", config=config)))
    assert (answer.status, answer.body.decode(), answer.header("content-type")) == (503, body, "application/json")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get(method="TRACE"), 405),
        (get("/" + "x" * 17_000), 414),
        (get(x_forwarded_for=", ".join(["10.0.0.1"] * 31)), 463),
        (get(x="a" * 16_400), 400),  # one header
        (get(**{f"x{n}": "a" * 10_000 for n in range(7)}), 400),  # all of them
        (get(), 503),
    ],
)
def test_own_answers(tmp_path, request_, status):
    async def scenario(_servers, _proxy):
        return await asked(request_)

    answer = happens(tmp_path, scenario, listener(*forward("Tg")), group())
    assert (answer.status, answer.body.decode()) == (status, page(status))
    assert (answer.header("server"), answer.header("content-type")) == ("awselb/2.0", "text/html")
    assert parsedate_to_datetime(answer.header("date")).tzinfo is UTC


HSTS = "max-age=60; includeSubDomains; it's 100%"
ATTRIBUTES = {
    "routing.http.response.server.enabled": "false",
    "routing.http.response.strict_transport_security.header_value": HSTS,
    "routing.http.response.x_frame_options.header_value": "DENY",
}


@pytest.mark.parametrize(("groups", "status"), [(("a",), 200), ((), 503)])
def test_attributes_of_a_listener_change_the_headers_of_its_responses(tmp_path, groups, status):
    """Those of its own answers too; other headers of the target stay."""

    async def scenario(_servers, _proxy):
        return await asked(get())

    set_ = replace(listener(*forward("Tg")), attributes=ATTRIBUTES)
    answer = happens(tmp_path, scenario, set_, group_of(*groups), targets=groups)
    assert answer.status == status
    assert (answer.header("strict-transport-security"), answer.header("x-frame-options")) == (HSTS, "DENY")
    assert answer.header("server") is None


@pytest.mark.parametrize(
    ("version", "more"),
    [("HTTP2", {}), ("GRPC", {"method": "POST"}), ("HTTP1", {"content_type": "application/grpc+proto"})],
)
def test_a_version_that_the_group_does_not_take_is_464(tmp_path, version, more):
    async def scenario(_servers, _proxy):
        return await asked(get(**more))

    parts = (listener(*forward("Tg")), group_of("a", protocol_version=version))
    assert happens(tmp_path, scenario, *parts, targets=("a",)).status == 464


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (get()[:-2] + b"Odd name: x\r\n\r\n", 400),
        (get(transfer_encoding="gzip"), 400),
        (get()[:-2], 408),  # the rest does not come
        (b"", 408),
    ],
)
def test_what_is_no_request_is_told_so_and_logged(tmp_path, sent, status):
    async def scenario(_servers, _proxy):
        return (await asked(sent)).status, await logged(tmp_path)

    found = happens(tmp_path, scenario, listener(*forward("Tg")), group(), balancer=IMPATIENT)
    assert found == (status, (str(status), "-"))


IMPATIENT = replace(BALANCER, attributes={**BALANCER.attributes, "idle_timeout.timeout_seconds": "1"})


async def logged(folder):
    """The statuses in the access log's only line: of the load balancer, and of the target."""
    async with asyncio.timeout(ENOUGH_SECONDS):
        while not (line := (folder / "access.log").read_text()):  # noqa: ASYNC110  # a log tells nobody
            await asyncio.sleep(0.02)
    return tuple(line.split()[8:10])


@asynccontextmanager
async def serving(answers):
    """A target that gives each connection's head to `answers`, a function of both streams."""
    server = await asyncio.start_server(answers, str(ADDRESS), SILENT)
    try:
        yield group("Tg", Target(str(ADDRESS), SILENT), health_check_enabled=False)
    finally:
        server.close()


@pytest.mark.parametrize(
    ("told", "recent"),
    [("HAProxy version 2.6.12-1+deb12u3 2025/10/03", False), ("HAProxy version 2.10-dev0", True), ("x", False)],
)
def test_what_an_older_haproxy_cannot_do_is_known_by_its_version(tmp_path, told, recent):
    program = tmp_path / "haproxy"
    program.write_text(f"#!/bin/sh\necho '{told} - https://haproxy.org/'\n")
    program.chmod(0o755)
    assert is_recent(str(program)) is recent


@pytest.mark.skipif(not is_recent(find_program()), reason="an older HAProxy does not tell how requests end")
def test_a_client_that_goes_is_460_in_the_log(tmp_path):
    async def scenario():
        asking, gone = asyncio.Event(), asyncio.Event()

        async def never(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            asking.set()
            with contextlib.suppress(ConnectionError):
                await reader.read()  # the load balancer lets the target go as well
            writer.close()
            gone.set()

        async with serving(never) as target, running(tmp_path, cloud_of(listener(*forward("Tg")), target)):
            _, writer = await asyncio.open_connection(str(ADDRESS), PORT)
            writer.write(get())
            await asking.wait()
            writer.close()
            async with asyncio.timeout(ENOUGH_SECONDS):
                await gone.wait()
            return await logged(tmp_path)

    assert asyncio.run(scenario()) == ("460", "-")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"this is no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: " + b"a" * 33_000 + b"\r\n\r\n",
    ],
    ids=["nothing", "half of it", "nonsense", "too long"],
)
def test_an_answer_that_is_none_is_502(tmp_path, answer):
    async def scenario():
        async def answering(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        async with serving(answering) as target, running(tmp_path, cloud_of(listener(*forward("Tg")), target)):
            found = await asked(get())
            return found.status, found.body.decode(), (await logged(tmp_path))[0]

    assert asyncio.run(scenario()) == (502, page(502), "502")


def test_a_target_that_refuses_is_502(tmp_path):
    async def scenario(_servers, _proxy):
        return await asked(get()), await logged(tmp_path)

    refusing = group("Tg", Target(str(ADDRESS), CLOSED))
    answer, line = happens(tmp_path, scenario, listener(*forward("Tg")), refusing)
    assert (answer.status, answer.body.decode(), line) == (502, page(502), ("502", "-"))


def test_a_target_that_says_nothing_is_504_after_the_idle_time(tmp_path):
    async def scenario(_servers, _proxy):
        held = []  # a stream that nobody holds is closed
        silent = await asyncio.start_server(lambda *streams: held.append(streams), str(ADDRESS), SILENT)
        try:
            return await asked(get())
        finally:
            silent.close()

    silent = group("Tg", Target(str(ADDRESS), SILENT), health_check_enabled=False)
    answer = happens(tmp_path, scenario, listener(*forward("Tg")), silent, balancer=IMPATIENT)
    assert (answer.status, answer.body.decode()) == (504, page(504))


def test_what_a_target_sees(tmp_path):
    async def scenario(servers, _proxy):
        await asked(get("/a?b=%20", x_forwarded_for="192.0.2.1", x_custom="kept"))
        return servers

    servers = happens(tmp_path, scenario, listener(*forward("Tg")), group_of("a"), targets=("a",))
    assert servers.request_line == "GET /a?b=%20 HTTP/1.1"
    assert servers.header("X-Forwarded-For") == ["192.0.2.1, 127.0.0.1"]
    assert servers.header("X-Forwarded-Proto") == ["http"]
    assert servers.header("X-Forwarded-Port") == [str(PORT)]
    assert servers.header("X-Custom") == ["kept"]
    assert servers.header("Host") == [f"shop.example.com:{PORT}"]
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", servers.header("X-Amzn-Trace-Id")[0])
    spelled = {line.partition(":")[0] for line in servers.seen[-1].splitlines()}
    assert {"Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Amzn-Trace-Id"} <= spelled


@pytest.mark.parametrize(
    ("attributes", "name", "seen"),
    [
        ({"routing.http.xff_header_processing.mode": "remove"}, "X-Forwarded-For", []),
        ({"routing.http.xff_header_processing.mode": "preserve"}, "X-Forwarded-For", ["192.0.2.1"]),
        ({"routing.http.preserve_host_header.enabled": "true"}, "Host", ["shop.example.com"]),
        ({"routing.http.drop_invalid_header_fields.enabled": "true"}, "X_Odd", []),
        ({}, "X_Odd", ["1"]),
    ],
)
def test_attributes_that_change_what_a_target_sees(tmp_path, attributes, name, seen):
    async def scenario(servers, _proxy):
        await asked(get(x_forwarded_for="192.0.2.1")[:-2] + b"X_Odd: 1\r\n\r\n")
        return servers.header(name)

    own = replace(BALANCER, attributes=attributes)
    found = happens(tmp_path, scenario, listener(*forward("Tg")), group_of("a"), targets=("a",), balancer=own)
    assert found == seen


def test_a_trace_keeps_its_root(tmp_path):
    async def scenario(servers, _proxy):
        await asked(get(x_amzn_trace_id="Self=1-0-old;Root=1-67891233-abcdef012345678912345678"))
        return servers.header("X-Amzn-Trace-Id")[0]

    seen = happens(tmp_path, scenario, listener(*forward("Tg")), group_of("a"), targets=("a",))
    assert re.fullmatch(r"Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678", seen)


@pytest.mark.parametrize(
    ("transform", "path", "host", "request_line"),
    [
        (("host-header-rewrite", "HostHeaderRewriteConfig", "^(.*)\\.com$", "$1.internal"), "/", "shop.example.internal",
         "GET / HTTP/1.1"),
        (("url-rewrite", "UrlRewriteConfig", "^/orders/?(.*)$", "/prod/$1"), "/orders/7?x=1",
         f"shop.example.com:{PORT}", "GET /prod/7?x=1 HTTP/1.1"),
        (("url-rewrite", "UrlRewriteConfig", "\"it's\",]$", "/\\100%"), "/a\"it's\",]", f"shop.example.com:{PORT}",
         "GET /a/\\100% HTTP/1.1"),
        (("url-rewrite", "UrlRewriteConfig", "^/old/([^?]*)\\?(.*)$", "/new?id=$1&$2"), "/old/7?x=1", f"shop.example.com:{PORT}",
         "GET /new?id=7&x=1 HTTP/1.1"),
        (("url-rewrite", "UrlRewriteConfig", "^/other", "/x"), "/a", f"shop.example.com:{PORT}", "GET /a HTTP/1.1"),
    ],
)  # fmt: skip
def test_transforms_change_what_is_sent_on(tmp_path, transform, path, host, request_line):
    kind, config, regex, replacement = transform
    written = {"Type": kind, config: {"Rewrites": [{"Regex": regex, "Replace": replacement}]}}
    rule = ListenerRule("R", "L", 1, ANY, forward("Tg"), (written,))

    async def scenario(servers, _proxy):
        await asked(get(path))
        return servers

    unused = Action("fixed-response", config={"StatusCode": "404"})
    servers = happens(tmp_path, scenario, listener(unused), rule, group_of("a"), targets=("a",))
    assert (servers.header("Host"), servers.request_line) == ([host], request_line)
    told = transformed((written,), HttpRequest("shop.example.com", path))
    assert (told.host, f"GET {told.path} HTTP/1.1") == (host.partition(":")[0], request_line)


def test_weights_share_the_requests_out(tmp_path):
    async def scenario(_servers, _proxy):
        return [(await asked(get())).body for _ in range(60)]

    parts = (listener(*forward("A", "B", "None", weights=(1, 2, 0))), group_of("a", id_="A"), group_of("b", id_="B"))
    drawn = happens(tmp_path, scenario, *parts, group("None"), targets=("a", "b"))
    assert set(drawn) == {b"a", b"b"}


def test_a_sticky_group_keeps_its_clients(tmp_path):
    config = {"TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60}}

    async def scenario(_servers, _proxy):
        first = await asked(get())
        cookie = first.header("set-cookie").partition(";")[0]
        return first.body, {(await asked(get(cookie=cookie))).body for _ in range(12)}

    parts = (listener(*forward("A", "B", config=config)), group_of("a", id_="A"), group_of("b", id_="B"))
    first, later = happens(tmp_path, scenario, *parts, targets=("a", "b"))
    assert later == {first}


@pytest.mark.parametrize("kind", ["lb_cookie", "app_cookie"])
def test_a_sticky_target_keeps_its_clients(tmp_path, kind):
    attributes = {"stickiness.enabled": "true", "stickiness.type": kind, "stickiness.app_cookie.cookie_name": "session"}

    async def scenario(_servers, _proxy):
        first = await asked(get(cookie="session=one"))
        cookie = "session=one" if kind == "app_cookie" else first.header("set-cookie").partition(";")[0]
        return first.body, {(await asked(get(cookie=cookie))).body for _ in range(6)}

    parts = (listener(*forward("Tg")), group_of("a", "b", attributes=attributes))
    first, later = happens(tmp_path, scenario, *parts, targets=("a", "b"))
    assert later == {first}


def health_of(proxy):
    async def states():
        return {one.target: one for one in read(await proxy.ask(COMMAND))}

    return states


async def until(states, target, state):
    async with asyncio.timeout(ENOUGH_SECONDS):
        while (found := (await states())[target]).state != state:  # noqa: ASYNC110  # checks tell nobody
            await asyncio.sleep(0.05)
    return found


def test_an_unhealthy_target_gets_nothing_until_all_are_unhealthy(tmp_path):
    async def scenario(servers, proxy):
        states, (a, b) = health_of(proxy), (f"{ADDRESS}:{servers.target(name).port}" for name in "ab")
        await until(states, a, "healthy")
        servers.health["a"] = 403
        told = await until(states, a, "unhealthy")
        one = {(await asked(get())).body for _ in range(6)}
        servers.health["b"] = 500
        await until(states, b, "unhealthy")
        return told, one, {(await asked(get())).body for _ in range(6)}

    quick = {"health_check_interval": 1, "unhealthy_threshold": 1, "matcher": "200-299,301"}
    parts = (listener(*forward("Tg")), group_of("a", "b", **quick))
    told, one, all_of_them = happens(tmp_path, scenario, *parts, targets=("a", "b"))
    assert (told.reason, told.description) == (
        "Target.ResponseCodeMismatch", "Health checks failed with these codes: [403]",
    )  # fmt: skip
    assert (one, all_of_them) == ({b"b"}, {b"a", b"b"})


def test_a_target_that_comes_back_is_spared_at_first(tmp_path):
    async def scenario(servers, proxy):
        states, b = health_of(proxy), f"{ADDRESS}:{servers.target('b').port}"
        await until(states, b, "healthy")
        servers.health["b"] = 500
        await until(states, b, "unhealthy")
        servers.health["b"] = 200
        await until(states, b, "healthy")
        return [(await asked(get())).body for _ in range(20)].count(b"a")

    quick = {"health_check_interval": 1, "unhealthy_threshold": 1, "healthy_threshold": 1}
    slow = {"slow_start.duration_seconds": "900"}
    parts = (listener(*forward("Tg")), group_of("a", "b", **quick, attributes=slow))
    assert happens(tmp_path, scenario, *parts, targets=("a", "b")) >= 18


def test_least_outstanding_requests_go_to_who_is_not_busy(tmp_path):
    async def scenario(servers, _proxy):
        async def busy(reader, writer):
            held.append(writer)  # a stream that nobody holds is closed
            await reader.readuntil(b"\r\n\r\n")
            taken.set()

        held, taken = [], asyncio.Event()
        silent = await asyncio.start_server(busy, str(ADDRESS), SILENT)
        try:
            while not taken.is_set():
                _, writer = await asyncio.open_connection(str(ADDRESS), PORT)
                writer.write(get())
                held.append(writer)
                await asyncio.wait([asyncio.create_task(taken.wait())], timeout=0.2)
            before = len(servers.seen)
            return [(await asked(get())).body for _ in range(6)], len(servers.seen) - before
        finally:
            for writer in held:
                writer.close()
            silent.close()

    def both(servers):
        chosen = {"load_balancing.algorithm.type": "least_outstanding_requests"}
        targets = (servers.target("a"), Target(str(ADDRESS), SILENT))
        return group("Tg", *targets, health_check_enabled=False, attributes=chosen)

    assert happens(tmp_path, scenario, listener(*forward("Tg")), both, targets=("a",)) == ([b"a"] * 6, 6)


@pytest.mark.parametrize("port", ["traffic-port", str(PORT + 50)])
def test_a_check_names_the_address_of_its_target(tmp_path, port):
    async def scenario(servers, proxy):
        (target,) = await health_of(proxy)()
        await until(health_of(proxy), target, "healthy")
        return servers.checks[0].split("\r\n")

    parts = (listener(*forward("Tg")), group_of("a", health_check_path="/ok?x", health_check_port=port))
    line, *headers = happens(tmp_path, scenario, *parts, targets=("a",))
    assert line == "GET /ok?x HTTP/1.1"
    assert {f"Host: {ADDRESS}:{PORT + 50}", "user-agent: ELB-HealthChecker/2.0"} <= set(headers)


def test_a_reload_keeps_connections_and_a_kill_is_mended(tmp_path):
    def answering(body):
        return cloud_of(listener(Action("fixed-response", config={"StatusCode": "200", "MessageBody": body})))

    async def scenario():
        async with running(tmp_path, answering("old")) as proxy:
            reader, writer = await asyncio.open_connection(str(ADDRESS), PORT)
            first = proxy.pid
            await proxy.run(configured(answering("new")))
            writer.write(get())
            kept = await reader.read(65536)
            fresh = (await asked(get())).body
            os.kill(proxy.pid, signal.SIGKILL)
            writer.close()
            async with asyncio.timeout(ENOUGH_SECONDS):
                while True:
                    with contextlib.suppress(OSError):
                        return first != proxy.pid, kept, fresh, (await asked(get())).body
                    await asyncio.sleep(0.02)

    renewed, kept, fresh, again = asyncio.run(scenario())
    assert renewed
    assert kept.endswith(b"old")
    assert (fresh, again) == (b"new", b"new")


def test_a_reload_is_not_taken_for_a_crash(tmp_path, caplog):
    """The old process ends as soon as the new one has its sockets, which is before the new one has answered."""
    spawned = []

    async def spawning(*words):
        spawned.append(await spawn(*words))
        return spawned[-1]

    async def scenario():
        proxy = HaProxy(find_program(), tmp_path, spawning)
        for status in range(200, 205):
            await proxy.run(
                configured(cloud_of(listener(Action("fixed-response", config={"StatusCode": str(status)}))))
            )
        codes = await asyncio.gather(*(asyncio.to_thread(process.wait, 20) for process in spawned[:4]))
        assert codes == [0] * 4
        pid = proxy.pid
        await proxy.close()
        return pid

    assert asyncio.run(scenario()) == spawned[-1].pid
    assert not [record for record in caplog.records if "started again" in record.message]


def test_a_reload_waits_for_a_process_that_is_slow_to_hand_over_its_sockets(tmp_path):
    spawned = []

    async def spawning(*words):
        if len(spawned) == 1:
            spawned[0].send_signal(signal.SIGSTOP)
        spawned.append(await spawn(*words))
        return spawned[-1]

    async def scenario():
        proxy = HaProxy(find_program(), tmp_path, spawning)
        for body in ("old", "new"):
            action = Action("fixed-response", config={"StatusCode": "200", "MessageBody": body})
            reload = asyncio.create_task(proxy.run(configured(cloud_of(listener(action)))))
            if body == "new":
                async with asyncio.timeout(ENOUGH_SECONDS):
                    while len(spawned) < 2:  # noqa: ASYNC110  # no event announces it
                        await asyncio.sleep(0.01)
                await asyncio.to_thread(spawned[1].wait, ENOUGH_SECONDS)
                spawned[0].send_signal(signal.SIGCONT)
            await reload
        answered = (await asked(get())).body
        await proxy.close()
        return answered

    assert asyncio.run(scenario()) == b"new"
    assert spawned[1].returncode == 1
    assert len(spawned) == 3


def test_closing_while_it_is_started_again_leaves_no_process(tmp_path):
    spawned, again = [], asyncio.Event()

    async def spawning(*words):
        spawned.append(await spawn(*words))
        if len(spawned) > 1:
            again.set()
        return spawned[-1]

    async def scenario():
        proxy = HaProxy(find_program(), tmp_path, spawning)
        made = cloud_of(listener(Action("fixed-response", config={"StatusCode": "200"})))
        await proxy.run(configured(made))
        os.kill(proxy.pid, signal.SIGKILL)
        async with asyncio.timeout(ENOUGH_SECONDS):
            await again.wait()
        await proxy.close()

    asyncio.run(scenario())
    assert [process.poll() for process in spawned] == [-signal.SIGKILL] * 2


def test_a_configuration_that_is_refused_leaves_the_old_one(tmp_path):
    async def scenario():
        made = cloud_of(listener(Action("fixed-response", config={"StatusCode": "200", "MessageBody": "old"})))
        async with running(tmp_path, made) as proxy:
            with pytest.raises(StackError) as refused:
                await proxy.run(Configuration("frontend nothing\n  bind nowhere"))
            return refused.value, (await asked(get())).body

    refused, body = asyncio.run(scenario())
    assert "bind" in refused.why
    assert body == b"old"


def test_an_upgraded_connection_carries_both_ways(tmp_path):
    async def scenario():
        async def websocket(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            )
            writer.write((await reader.readexactly(4))[::-1])
            writer.close()

        server = await asyncio.start_server(websocket, str(ADDRESS), SILENT)
        to = group("Tg", Target(str(ADDRESS), SILENT), health_check_enabled=False)
        async with running(tmp_path, cloud_of(listener(*forward("Tg")), to)):
            reader, writer = await asyncio.open_connection(str(ADDRESS), PORT)
            writer.write(
                get(
                    connection="Upgrade",
                    upgrade="websocket",
                    sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==",
                    sec_websocket_version="13",
                )
            )
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(b"ping")
            echoed = await reader.readexactly(4)
            writer.close()
            server.close()
            return head, echoed

    head, echoed = asyncio.run(scenario())
    assert b" 101 " in head
    assert echoed == b"gnip"
