"""Parsers of what clients, functions and templates write: each raises its declared error only, and takes linear time.

A text is a beginning, a middle that repeats itself, and an end, of tokens of the language. Short ones search for errors, long
ones for time: a text of eight times the length may take eight times the time, and something more.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from netful.dns import wire
from netful.engine.authorization import tokens
from netful.engine.effort.allowance import BeyondAllowanceError, of_turn
from netful.engine.events.event_patterns import PatternError as EventPatternError
from netful.engine.events.event_patterns import parse as event_pattern
from netful.engine.iam import policies, texts
from netful.engine.patterns.pattern import java_pattern, schema_pattern
from netful.engine.patterns.spelling import PatternError
from netful.engine.vtl import RenderError, Scope, TemplateError, compile_template
from netful.engine.waf import transformations
from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.firewalls.client_hello import server_name
from netful.functions.sandboxes.sandbox_http import SandboxConnection
from netful.gateway.sockets.socket import Socket, SocketLimits
from netful.model.core import SourceError
from netful.services.http.head import RefusedError, RequestReader
from netful.services.http.limits import DEFAULT_LIMITS
from netful.services.http.message import ClientConnection
from netful.sources.files import document

_SHORT, _LONG, _TIMES = 8 * 1024, 64 * 1024, 8
_TOLERANCE, _NOTICED = 4, 0.2
_EVERY = 25  # a long text after so many short ones


@dataclass(frozen=True)
class Target:
    """A parser: the tokens of its language, separated by blanks or given as bytes, and the errors that it declares."""

    read: Callable[[Any], Any]
    tokens: tuple[Any, ...]
    errors: tuple[type[Exception], ...] = ()


@dataclass
class Report:
    """Results of a target. A fault is an input with what it caused."""

    inputs: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


def _words(text: str) -> tuple[str, ...]:
    return (*text.split(), " ", "\n")


def _render(text: str) -> None:
    compile_template.__wrapped__(text).render(Scope('{"a": [1, {"b": null}]}'), of_turn())  # without the cache
    compile_template("#evaluate($input.body)").render(Scope(text), of_turn())


def _path(text: str) -> None:
    compile_template("$input.path($input.params('p'))$input.json($input.body)").render(Scope(text), of_turn())


def _pattern(text: str) -> None:
    for compiled in (java_pattern, schema_pattern):
        compiled(text, of_turn()).finds(text, of_turn())


def _policy(text: str) -> None:
    value = text[::-1]
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": text[:64],
        "Resource": [text[:2048]],
        "Condition": {"StringLike": {"aws:UserAgent": text[:512]}},
    }
    policies.evaluate({"Version": "2012-10-17", "Statement": [statement]}, policies.PolicyRequest("a:b", value))
    texts.like(text[:512], value)


def _event(text: str) -> None:
    try:
        matches = event_pattern(text)
    except EventPatternError:
        matches = event_pattern(json.dumps({"a": [{"wildcard": text}]}))
    matches({"a": text, "b": {"a": [text]}})


def _waf(data: bytes) -> None:
    for name in transformations.CHANGES:
        transformations.transformed(data, [{"Priority": 0, "Type": name}])


def _http(data: bytes) -> None:
    connection = ClientConnection(Door(DoorKind.INTERNET), ("127.0.0.1", 1), ("127.0.0.1", 2), tls=False)
    reader = RequestReader(connection, DEFAULT_LIMITS, lambda _request, _open: None, lambda: None)
    for at in range(0, len(data), 4096):
        reader.feed(data[at : at + 4096])


class _Transport:
    """Transport without a peer, which knows whether it is read and open."""

    reads, closing = True, False

    def pause_reading(self):
        self.reads = False

    def resume_reading(self):
        self.reads = True

    def is_closing(self):
        return self.closing

    def close(self):
        self.closing = True

    abort = close

    def __getattr__(self, _name: str) -> Any:
        return lambda *_arguments, **_more: self


def _feed(protocol: Callable[[], asyncio.Protocol], data: bytes) -> None:
    """Give a protocol bytes as fast as it reads; raise what its turns of the event loop raise."""

    async def feed() -> None:
        faults: list[Exception] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context["exception"]))
        connection, transport = protocol(), _Transport()
        connection.connection_made(transport)
        for at in range(0, len(data), 4096):
            connection.data_received(data[at : at + 4096])
            while not (transport.reads or transport.closing or faults):  # noqa: ASYNC110  # a piece each turn
                await asyncio.sleep(0)
            if transport.closing or faults:
                break
        connection.connection_lost(None)
        if faults:
            raise faults[0]

    asyncio.run(feed())


class _Api:
    """Runtime API that answers every request at once."""

    def opened(self, _connection):
        pass

    closed = opened

    def awaits(self, _connection):
        return False

    def handle(self, connection, request):
        connection.answer(200, request.body or b"")

    def stream(self, _connection, _request):
        return None


def _sandbox(data: bytes) -> None:
    _feed(lambda: SandboxConnection(_Api()), data)


def _websocket(data: bytes) -> None:
    _feed(lambda: Socket(SocketLimits(), lambda _message: None, lambda _code, _reason: None), data)


_RULE = {
    "a": [{"wildcard": "a*b"}, {"prefix": "x"}, {"numeric": ["<", 1]}, {"cidr": "10.0.0.0/8"}, {"anything-but": ["a"]}]
}
_FRAMES = tuple(bytes.fromhex(frame) for frame in (
    "818200000000", "018100000000", "808000000000", "89fd00000000", "888000000000", "82fe7fff00000000", "c1", "80", "81ff", "6161",
    "00", "ff", "8a8000000000",
))  # fmt: skip
TARGETS = {
    "templates": Target(lambda text: document.parse(text, "t.yaml"), _words("Resources: a: - [ ] { } & * &a *a !Ref !Sub !GetAtt << : ' \" | > # ${a} \\u0061 ? , --- ... % @ 0x1 1e9 é \t \0"), (SourceError,)),
    "VTL": Target(_render, _words("# $ \\ ## #* *# #set( #if( #elseif( #else #end #foreach( $i in #macro(m #m( #define( #evaluate( $a ${ $!{a} .b( [ ] { } ( ) , : .. 1 'x' \" = + - && ! #[[ ]]# $input.path('$..a') $util.urlEncode($input.body)"), (TemplateError, RenderError, BeyondAllowanceError)),
    "JSONPath": Target(_path, _words("$ . .. * [ ] [* ] ['a'] ['a', \" ' ? ( ) ?(@.a == 'x') @ , : -1 0 a \\"), (TemplateError, RenderError, BeyondAllowanceError)),
    "patterns": Target(_pattern, _words(r"a b ( ) [ ] [^ * + ? {2} {1,900} | . ^ $ \ \d \s \p{Alpha} (?= (?! (?< (?: (?> \1 \Q \E \u0061 && - , { }"), (PatternError, BeyondAllowanceError)),
    "event patterns": Target(_event, (*_words('{ } [ ] " : , * \\* \\ a {"a": [ {"wildcard": "a*b"} ] null 1e999'), json.dumps(_RULE)), (EventPatternError,)),
    "policies": Target(_policy, _words("a b * ? ${ } ${aws:username} ${*} ${$} , ' : arn:aws:s3:::x /")),
    "tokens": Target(tokens.parts_of, _words("eyJhbGciOiJub25lIn0 . e30 = a - _ é")),
    "WAF transformations": Target(_waf, (b" ", b"  /", b"(", b"/*", b"*/", b"%41", b"%", b"&amp;", b"&#", b"9", b"&#x", b"f", b";", b"\\", b"/", b"../", b"\0", b"\xff", b"=", b"A", b"+", b",")),
    "HTTP": Target(_http, (b"GET / HTTP/1.1\r\n", b"POST /a?b HTTP/1.1\r\n", b"Host: a\r\n", b"\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"5;a=b\r\n", b"0\r\n", b"a", b": ", b"\0", b"\xff", b"Upgrade: x\r\nConnection: upgrade\r\n", b"Expect: 100-continue\r\n", b"http://a@b:1/"), (RefusedError,)),
    "Runtime API": Target(_sandbox, (b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n", b"POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\n", b"Host: a\r\n", b"\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Lambda-Runtime-Function-Response-Mode: streaming\r\n", b"5\r\n", b"0\r\n", b"a", b"\xff")),
    "WebSocket": Target(_websocket, _FRAMES),
    "DNS": Target(wire.parse, (b"\0\1\1\0\0\1\0\0\0\0\0\0", b"\1a", b"\0", b"\xc0\x0c", b"\x3f", b"\0\1\0\1", b"\0\0\x29\x10\0\0\0\0\0\0\0", b"\xff", b"a"), (wire.MalformedError,)),
    "TLS hello": Target(server_name, (b"\x16\3\1\0\5", b"\1\0\0\x40", b"\3\3", b"\0" * 32, b"\0", b"\0\0\0\7\0\5\0\0\2aa", b"\xff", b"\x16\3\1\0\1\1")),
}  # fmt: skip


def search(target: Target, seed: str, seconds: float, most: int = 1 << 60) -> Report:
    """Return the results of drawn inputs."""
    report, end = Report(), time.monotonic() + seconds
    while time.monotonic() < end and report.inputs < most:
        place = f"{seed}/{report.inputs}"
        report.inputs += 1
        length = _LONG if report.inputs % _EVERY == 0 else 0
        fault = _slow(target, place, report) if length else _wrong(target, drawn(target, place, 0))
        if fault:
            report.faults.append(f"{place}: {fault}")
    return report


def drawn(target: Target, place: str, length: int) -> Any:
    """Return the input of a place, with a middle of about a length; 0 for a short one."""
    rng = random.Random(place)
    empty = target.tokens[0][:0]
    begin, middle, end = (empty.join(rng.choices(target.tokens, k=rng.randint(least, 6))) for least in (0, 1, 0))
    times = length // len(middle) if length else rng.choice([0, 1, 1, 2, 9])
    return begin + middle * times + end


def _wrong(target: Target, given: Any) -> str:
    try:
        target.read(given)
    except target.errors:
        pass
    except Exception as error:  # noqa: BLE001  # that is what is searched for
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def _slow(target: Target, place: str, report: Report) -> str:
    short, long = drawn(target, place, _SHORT), drawn(target, place, _LONG)
    times = [*_times(target, long, 1)]
    report.slowest = max(report.slowest, times[0])
    if times[0] > _NOTICED:
        ratio = min(_times(target, long, 2)) / max(min(_times(target, short, 3)), 1e-4)
        if ratio > _TIMES * _TOLERANCE:
            return f"{len(long)} in {times[0]:.2f} s, {ratio:.0f} times that of {len(short)}"
    return _wrong(target, long)


def _times(target: Target, given: Any, number: int) -> Iterator[float]:
    for _ in range(number):
        began = time.process_time()
        _wrong(target, given)
        yield time.process_time() - began
