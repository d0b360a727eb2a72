"""What the daemon does for each verb of the command line."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any

from netful.checks.destinations import destinations_in_use, sources
from netful.checks.facts import Facts
from netful.functions.invocation import InvokeRefused
from netful.functions.logs import LogEvent
from netful.model.cloud import Cloud
from netful.model.errors import NetfulError, QuestionError, StackError
from netful.stack.control import Handler, Request
from netful.stack.places import positions
from netful.stack.probe import probe
from netful.stack.settings import Settings
from netful.stack.stack import Stack
from netful.stack.witness import witness

log = logging.getLogger(__name__)

_PROBES_AT_ONCE = 32

Messages = AsyncIterator[dict[str, Any]]

# Proxies and certificate settings of the host would lead a command out of its position, or past netful's authority.
_LEFT_OUT = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "curl_ca_bundle", "requests_ca_bundle",
             "ssl_cert_file", "ssl_cert_dir", "aws_ca_bundle", "node_extra_ca_certs", "aws_profile",
             "aws_endpoint_url", "aws_config_file", "aws_shared_credentials_file")  # fmt: skip
_TRUST = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


def handlers(stack: Stack) -> dict[str, Handler]:
    """The handlers by verb."""
    verbs = {
        "status": _status,
        "change": _change,
        "down": _down,
        "invoke": _invoke,
        "logs": _logs,
        "exec": _exec,
        "probe": _probe,
        "probe-matrix": _probe_matrix,
        "witness": _witness,
    }
    return {verb: partial(handler, stack) for verb, handler in verbs.items()}


async def _status(stack: Stack, _request: Request) -> Messages:
    yield {"result": stack.status()}


async def _change(stack: Stack, request: Request) -> Messages:
    done = await stack.change(Settings.from_json(request.arguments["settings"]))
    yield {"result": {"changes": [str(one) for one in done], "status": stack.status()}}


async def _down(stack: Stack, _request: Request) -> Messages:
    yield {"result": True}
    stack.ended.set()


async def _invoke(stack: Stack, request: Request) -> Messages:
    function_id = _function_id(stack.cloud, request.arguments["function"])
    payload = base64.b64decode(request.arguments["payload"])
    try:
        done = await stack.functions.invoke(function_id, payload, cold=bool(request.arguments.get("cold")))
    except InvokeRefused as refusal:
        raise StackError(f"{refusal.code}: {refusal.message}", why=refusal.reason) from None
    yield {
        "result": {
            "status_code": done.status,
            "payload": base64.b64encode(done.payload).decode(),
            "function_error": done.function_error,
            "log_tail": done.log_tail.decode(errors="replace"),
            "duration_ms": done.usage.duration_ms,
            "init_ms": done.usage.init_ms,
            "request_id": done.request_id,
        }
    }


async def _logs(stack: Stack, request: Request) -> Messages:
    named = request.arguments.get("function")
    function_ids = [_function_id(stack.cloud, named)] if named else [*stack.cloud.functions]
    groups = {function_id: stack.functions.logs(function_id) for function_id in function_ids}
    if not request.arguments.get("follow"):
        events = sorted((e.timestamp_ms, n, e.message) for g in groups.values() for n, e in enumerate(g.events))
        yield {"event": {"text": "".join(message for _, _, message in events)}}
        yield {"result": True}
        return
    queue: asyncio.Queue[LogEvent | None] = asyncio.Queue()

    async def pump(function_id: str) -> None:
        async for event in groups[function_id].follow():
            queue.put_nowait(event)

    async def watch() -> None:
        """End when the client goes or the stack ends."""
        gone = asyncio.create_task(request.further.get())
        ended = asyncio.create_task(stack.ended.wait())
        await asyncio.wait([gone, ended], return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        ended.cancel()
        queue.put_nowait(None)

    tasks = [asyncio.create_task(pump(function_id)) for function_id in groups]
    tasks.append(asyncio.create_task(watch()))
    try:
        while (event := await queue.get()) is not None:
            yield {"event": {"text": event.message}}
        yield {"result": True}
    finally:
        for task in tasks:
            task.cancel()
        if request.arguments.get("owner"):  # `up` in the foreground has gone: the stack goes with it
            stack.ended.set()


async def _exec(stack: Stack, request: Request) -> Messages:
    source, command = request.arguments["source"], request.arguments["command"]
    if not command:
        raise QuestionError("no command was given", hint=f"netful exec {source} -- curl https://example.com")
    stood = await positions(stack, source)
    position, *others = stood
    for other in others:
        await stack.networks.release(other)
    resolv_conf = stack.folder.path / f"resolv-{position.netns.fd}.conf"
    spec = {
        "netns": position.netns.fd, "parent": os.getpid(), "resolv_conf": str(resolv_conf),
        "ca_bundle": str(stack.authority.bundle), "cwd": request.arguments["cwd"],
    }  # fmt: skip
    environment = _environment(request.arguments["env"], stack)
    try:
        resolv_conf.write_text(f"nameserver {position.resolver}\noptions timeout:2 attempts:2\n", encoding="ascii")
        process = await stack.networks.on_thread(lambda _fabric: _spawn(spec, command, request.fds, environment))
        for fd in request.fds:
            os.close(fd)
        request.fds.clear()
        yield {"result": await _attend(process, request)}
    finally:
        resolv_conf.unlink(missing_ok=True)
        await stack.networks.release(position)


def _spawn(spec: dict[str, Any], command: list[str], fds: list[int], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the command. On the namespace thread: the command dies with the thread that started it, and that one stays."""
    program = [sys.executable, "-I", "-m", "netful.fabric.enter", json.dumps(spec), "--", *command]
    stdin, stdout, stderr = fds
    return subprocess.Popen(
        program, stdin=stdin, stdout=stdout, stderr=stderr, pass_fds=[spec["netns"]], env=env, start_new_session=True
    )


async def _attend(process: subprocess.Popen[bytes], request: Request) -> int:
    """Pass the client's signals on until the command ends; it is ended when the client goes."""
    ended = asyncio.create_task(asyncio.to_thread(process.wait))
    try:
        while True:
            message = asyncio.create_task(request.further.get())
            await asyncio.wait([ended, message], return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                message.cancel()
                return ended.result()
            said = message.result()
            number = signal.SIGKILL if said is None else signal.Signals(said["signal"])
            with suppress(ProcessLookupError):
                process.send_signal(number)
    finally:
        if process.poll() is None:
            process.kill()
        await ended


def _environment(given: dict[str, str], stack: Stack) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if name.lower() not in _LEFT_OUT}
    region = stack.cloud.region
    # Made-up credentials: the user's own must not be sent anywhere, not even here.
    keys = {"AWS_ACCESS_KEY_ID": "AKIANETFULEXAMPLE000", "AWS_SECRET_ACCESS_KEY": "netful", "AWS_SESSION_TOKEN": ""}
    return kept | dict.fromkeys(_TRUST, str(stack.authority.bundle)) | keys | {
        "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip


async def _probe(stack: Stack, request: Request) -> Messages:
    trust = ssl.create_default_context(cafile=str(stack.authority.bundle))
    found = await probe(stack, request.arguments["source"], request.arguments["destination"], trust)
    yield {"result": asdict(found)}


async def _probe_matrix(stack: Stack, _request: Request) -> Messages:
    """Every source against every destination in use, some at a time; what cannot be tried is told as such."""
    trust = ssl.create_default_context(cafile=str(stack.authority.bundle))
    facts = Facts(stack.cloud)
    pairs = [(source, destination) for source in sources(facts) for destination in destinations_in_use(facts)]
    at_once = asyncio.Semaphore(_PROBES_AT_ONCE)

    async def one(source: str, destination: str) -> dict[str, Any]:
        async with at_once:
            try:
                return asdict(await probe(stack, source, destination, trust))
            except NetfulError as refusal:
                return {"source": source, "destination": destination, "untried": refusal.what}

    for done in asyncio.as_completed([one(*pair) for pair in pairs]):
        yield {"event": await done}
    yield {"result": len(pairs)}


async def _witness(stack: Stack, request: Request) -> Messages:
    trust = ssl.create_default_context(cafile=str(stack.authority.bundle))
    seen = await witness(stack, request.arguments["source"], request.arguments["destination"], trust)
    yield {"result": [asdict(one) for one in seen]}


def _function_id(cloud: Cloud, name: str) -> str:
    for function in cloud.functions.values():
        if name in {function.id, function.function_name}:
            return function.id
    known = ", ".join(f"`{function_id}`" for function_id in cloud.functions) or "none"
    raise QuestionError(f"there is no function `{name}`", hint=f"the stack's functions: {known}")
