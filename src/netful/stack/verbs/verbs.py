"""Handlers of the daemon for each verb of the command line."""

import asyncio
import base64
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import asdict
from functools import partial
from importlib import import_module
from typing import Any

import yaml

from netful.account.export import template_of
from netful.account.model_json import encoded
from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import destinations_in_use, sources
from netful.engine.overview.inventory import inventory
from netful.engine.trace.ends.source_words import sources_of
from netful.engine.trace.question import parse, region_of
from netful.engine.trace.trace import trace
from netful.functions.code import missing_modules
from netful.functions.code.versions import LATEST
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.logs import LogEvent, LogGroup
from netful.model.cloud import Cloud
from netful.model.core import QuestionError, StackError
from netful.sources.files import read_files
from netful.stack.control.control import ControlRequest, Handler
from netful.stack.control.settings import Settings
from netful.stack.control.tasks import end
from netful.stack.network.exec_namespace import Streams, environment, kill, spawn, write_resolver
from netful.stack.sample_events.sample_event import KINDS, sample_event
from netful.stack.stack import Stack
from netful.stack.status import debugger, status
from netful.stack.verbs.positions import position
from netful.stack.verbs.traces import recent

_IMPORTED_LATER = {
    "flows": "netful.stack.verbs.flows:flows",
    "traces": "netful.stack.verbs.traces:traces",
    "capture": "netful.stack.verbs.capture:capture",
    "fault": "netful.stack.verbs.fault:fault",
    "mend": "netful.stack.verbs.fault:mend",
    "probe": "netful.stack.verbs.sent_packets:one",
    "probe-matrix": "netful.stack.verbs.sent_packets:matrix",
    "witness": "netful.stack.verbs.sent_packets:witnessed",
}
"""Verbs that are imported by their first request: most stacks never receive one."""

Messages = AsyncGenerator[dict[str, Any]]


def handlers(stack: Stack) -> dict[str, Handler]:
    """Return the handlers by verb."""
    verbs: dict[str, Callable[..., Messages]] = {
        "own": _own,
        "status": _status,
        "look": _look,
        "console": _console,
        "change": _change,
        "sources": _sources,
        "down": _down,
        "invoke": _invoke,
        "sample-event": _sample_event,
        "logs": _logs,
        "exec": _exec,
        "trace": _trace,
        "cloud": _cloud,
        "export": _export,
        "database": _database,
        **{verb: partial(_imported, path) for verb, path in _IMPORTED_LATER.items()},
    }
    return {verb: partial(handler, stack) for verb, handler in verbs.items()}


async def _imported(path: str, stack: Stack, request: ControlRequest) -> Messages:
    module, _, name = path.partition(":")
    verb = getattr(await asyncio.to_thread(import_module, module), name)
    async with aclosing(verb(stack, request)) as messages:
        async for message in messages:
            yield message


async def _own(stack: Stack, request: ControlRequest) -> Messages:
    """Let the stack live for as long as the client stays connected."""
    yield {"event": True}
    await request.over(stack.ended)
    stack.ended.set()


async def _status(stack: Stack, _request: ControlRequest) -> Messages:
    yield {"result": {**status(stack), "gateway": await stack.gateway.status()}}


async def _look(stack: Stack, _request: ControlRequest) -> Messages:
    """Return the data of the console's page: the resources, and their running state."""
    running = {**status(stack), "gateway": await stack.gateway.status()}
    yield {
        "result": {
            **running,
            "cloud": inventory(stack.cloud),
            "destinations": list(destinations_in_use(Facts(stack.cloud))),
            "traces": recent(stack),
        }
    }


async def _console(stack: Stack, request: ControlRequest) -> Messages:
    """Keep the URL of the page for as long as its process stays connected and the stack runs."""
    stack.console = request.arguments["url"]
    try:
        yield {"event": True}
        await request.over(stack.ended)
        yield {"result": True}
    finally:
        stack.console = None


async def _change(stack: Stack, request: ControlRequest) -> Messages:
    settings = Settings.from_json(request.arguments["settings"])
    if not request.arguments["named"]:
        stack.must_be_at(settings.home)
    done = await stack.change(settings)
    current = status(stack)
    current["warnings"] += stack.late(settings)
    yield {"result": {"changes": [str(one) for one in done], "status": current}}


async def _sources(_stack: Stack, _request: ControlRequest) -> Messages:
    """Return the files that the stack was read from, and those that were looked for."""
    yield {"result": sorted(map(str, read_files.seen()))}


async def _down(stack: Stack, _request: ControlRequest) -> Messages:
    yield {"result": True}
    stack.ended.set()


async def _invoke(stack: Stack, request: ControlRequest) -> Messages:
    function_id, qualifier = _qualified(stack.cloud, request.arguments["function"])
    function = stack.cloud.compute.functions[function_id]
    payload = base64.b64decode(request.arguments["payload"])
    try:
        qualifier = qualifier or (LATEST if function.durable else "")
        cold = bool(request.arguments.get("cold"))
        invoked = asyncio.create_task(stack.functions.invoke(function_id, payload, qualifier=qualifier, cold=cold))
        async for waited in _debugger_waited_for(stack, function_id, invoked):
            yield {"event": waited}
        done = await invoked
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
            "hint": missing_modules.hint(function, done.payload) if done.function_error else "",
        }
    }


async def _debugger_waited_for(
    stack: Stack, function_id: str, invoked: asyncio.Task[Invocation]
) -> AsyncGenerator[dict[str, str] | None]:
    """Yield the debugger that an invocation waits for, if it does."""
    door = stack.debug_door
    if door is None or door.debugging.function_id != function_id:
        return
    waiting = asyncio.create_task(door.debugging.waits.wait())
    try:
        await asyncio.wait((invoked, waiting), return_when=asyncio.FIRST_COMPLETED)
        if not invoked.done():
            yield debugger(stack)
    finally:
        await end(waiting)


async def _sample_event(stack: Stack, request: ControlRequest) -> Messages:
    """Return the event of a service for a function."""
    (function_id, _), kind = _qualified(stack.cloud, request.arguments["function"]), request.arguments["kind"]
    if kind not in KINDS:
        raise QuestionError(f"`{kind}` is not a kind of event", hint=f"choose one of {', '.join(KINDS)}")
    yield {"result": sample_event(stack.cloud, function_id, kind, request.arguments["payload"])}


async def _logs(stack: Stack, request: ControlRequest) -> Messages:
    groups = _log_groups(stack, request.arguments.get("function"))
    if not request.arguments.get("follow"):
        events = sorted((e.timestamp_ms, n, e.message) for g in groups for n, e in enumerate(g.events))
        yield {"event": {"text": "".join(message for _, _, message in events)}}
        yield {"result": True}
        return
    queue: asyncio.Queue[LogEvent | None] = asyncio.Queue(1)  # a slow reader misses events, as each log decides

    async def pump(group: LogGroup) -> None:
        async with aclosing(group.follow()) as events:
            async for event in events:
                await queue.put(event)

    async def watch() -> None:
        await request.over(stack.ended)
        await queue.put(None)

    tasks = [asyncio.create_task(pump(group)) for group in groups]
    tasks.append(asyncio.create_task(watch()))
    try:
        while (event := await queue.get()) is not None:
            yield {"event": {"text": event.message}}
        yield {"result": True}
    finally:
        if request.arguments.get("owner"):  # `up` in the foreground has ended, and the stack ends with it
            stack.ended.set()
        await end(*tasks)


def _log_groups(stack: Stack, named: str | None) -> list[LogGroup]:
    """Return the log of a function, a task, a state machine, a host that runs a program, or of access to an API; without a name, all."""
    if named is None:
        functions = [stack.functions.logs(function_id) for function_id in stack.cloud.compute.functions]
        access = [stack.gateway.logs.of(api_id) for api_id in stack.cloud.apis.by_id]
        return [*functions, *stack.hosts.logs.values(), *stack.tasks.logs(), *stack.state_machines.logs(), *access]
    id_ = stack.cloud.named(named)
    if id_ in stack.cloud.apis.by_id:
        return [stack.gateway.logs.of(id_)]
    found = stack.tasks.logs(id_) or stack.state_machines.logs(id_)
    if found:
        return found
    host = stack.hosts.log(named) or stack.hosts.log(id_)
    return [host] if host is not None else [stack.functions.logs(_function_id(stack.cloud, named))]


async def _exec(stack: Stack, request: ControlRequest) -> Messages:
    source, command = request.arguments["source"], request.arguments["command"]
    if not command:
        raise QuestionError("no command was given", hint=f"netful exec {source} -- curl https://example.com")
    sources = sources_of(stack.cloud, source)
    async with position(stack, sources[0]) as place:
        resolv_conf = stack.folder.path / f"resolv-{place.netns.fd}.conf"
        given = environment(request.arguments["env"], region_of(stack.cloud, sources), stack.authority.bundle)
        start = partial(
            spawn, place, command, Streams(*request.fds), given,
            resolv_conf=resolv_conf, bundle=stack.authority.bundle, cwd=request.arguments["cwd"],
        )  # fmt: skip
        try:
            write_resolver(resolv_conf, place)
            process = await stack.networks.make(lambda _fabric: start(), kill)
            for fd in request.fds:
                os.close(fd)
            request.fds.clear()
            yield {"result": await _attend(process, request)}
        finally:
            resolv_conf.unlink(missing_ok=True)


async def _attend(process: subprocess.Popen[bytes], request: ControlRequest) -> int:
    """Pass the client's signals on until the command ends. The command is ended when the client disconnects."""
    signals = asyncio.create_task(_pass_signals_on(process, request))
    try:
        return await asyncio.to_thread(process.wait)
    finally:
        if process.poll() is None:
            await asyncio.to_thread(kill, process)
        await end(signals)


async def _pass_signals_on(process: subprocess.Popen[bytes], request: ControlRequest) -> None:
    while True:
        message = await request.further.get()
        with suppress(ProcessLookupError, KeyError, ValueError):  # the command has ended, or it is not a signal
            process.send_signal(signal.SIGKILL if message is None else signal.Signals(message["signal"]))


async def _trace(stack: Stack, request: ControlRequest) -> Messages:
    question = parse(stack.cloud, request.arguments["source"], request.arguments["destination"])
    yield {"result": trace(stack.cloud, question).to_json()}


async def _database(stack: Stack, request: ControlRequest) -> Messages:
    """Return the client of a database or cache, and a position from which it reaches it."""
    name = stack.cloud.named(request.arguments["database"])
    client = await stack.hosts.client(name)
    source = request.arguments["source"] or _caller_of(stack.cloud, name)
    yield {"result": {**asdict(client), "source": source}}


def _caller_of(cloud: Cloud, name: str) -> str:
    """Return the first function, instance or service that reaches a database or cache."""
    for source in sources(Facts(cloud)):
        if trace(cloud, parse(cloud, source, name)).verdict == "reachable":
            return source
    raise QuestionError(
        f"nothing of the template reaches `{name}`", hint="name a position: `--from subnet:SubnetId+SecurityGroupId`"
    )


async def _cloud(stack: Stack, _request: ControlRequest) -> Messages:
    """Return the cloud that runs, with the origins of its parts, as JSON of the model."""
    yield {"result": await asyncio.to_thread(encoded, stack.cloud)}


async def _export(stack: Stack, _request: ControlRequest) -> Messages:
    """Write the account as a template to a file of the stack's folder, and return its path."""
    text = yaml.safe_dump(template_of(stack.cloud), sort_keys=False, allow_unicode=True, width=120)
    file = stack.account.folder / f"{stack.folder.name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    yield {"result": {"path": str(file)}}


def _qualified(cloud: Cloud, name: str) -> tuple[str, str]:
    """Return the function that a name or ARN means, with the version or alias behind it, "" for none."""
    text, _, qualifier = name.rpartition(":")
    has_more = cloud.compute.function_id(cloud.named(text)) in cloud.compute.functions
    return (_function_id(cloud, text), qualifier) if has_more else (_function_id(cloud, name), "")


def _function_id(cloud: Cloud, name: str) -> str:
    name = cloud.named(name)
    for function in cloud.compute.functions.values():
        if name in {function.id, function.function_name}:
            return function.id
    known = ", ".join(f"`{function_id}`" for function_id in cloud.compute.functions)
    hint = f"the stack's functions: {known}" if known else "the stack has no functions"
    raise QuestionError(f"there is no function `{name}`", hint=hint)
