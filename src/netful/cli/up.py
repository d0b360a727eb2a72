"""`netful up`: build the stack in the kernel and run it, in the foreground or detached.

`up` is a long function because its options and their help are part of it.
"""

import re
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from netful.cli.options.consent import agrees
from netful.cli.options.options import ModelOptions, Quiet, parameter_values
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions
from netful.cli.options.up_options import (
    GatewayOptions,
    LambdaOptions,
    NetworkOptions,
    StateOptions,
    TraceOptions,
    gateway_settings,
    lambda_settings,
    network_settings,
    state_folder,
    state_server,
    trace_settings,
)
from netful.cli.watch import Stamp, follow, sources
from netful.model.core import StackError
from netful.render.columns import counted
from netful.render.construct_paths import renamed
from netful.render.language import spoken
from netful.render.running import running_lines
from netful.render.visible import visible, visible_output
from netful.stack.consent import with_consent
from netful.stack.control.client import Client
from netful.stack.control.ending import end
from netful.stack.control.folder import StackFolder, name_for
from netful.stack.control.launch import launch
from netful.stack.control.settings import Settings

_LINE = re.compile(r":\d+(?=: )")


def up(
    *,
    model: ModelOptions = ModelOptions(),  # noqa: B008  # frozen
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    detach: Annotated[bool, Parameter(name=("--detach", "-d"), negative=())] = False,
    network: NetworkOptions = NetworkOptions(),  # noqa: B008  # frozen
    functions: LambdaOptions = LambdaOptions(),  # noqa: B008  # frozen
    gateway: GatewayOptions = GatewayOptions(),  # noqa: B008  # frozen
    state: StateOptions = StateOptions(),  # noqa: B008  # frozen
    traces: TraceOptions = TraceOptions(),  # noqa: B008  # frozen
    empty: Annotated[bool, Parameter(negative=())] = False,
    port: Annotated[int, Parameter(least=0, most=65535)] = 0,
    rights: Annotated[bool, Parameter(negative=())] = False,
    yes: Annotated[bool, Parameter(name=("--yes", "-y"), negative=())] = False,
    timings: Annotated[bool, Parameter(negative=())] = False,
    watch: Annotated[bool, Parameter(negative=())] = False,
    quiet: Quiet = False,
) -> int:
    """Build the stack in the kernel and run it. Without -d it runs until Ctrl-C and shows the functions' logs.

    If the stack is running already, it is updated in place to the current templates. Unchanged parts go on running, and the
    changes are printed. Templates, parameters and the region are updated. All other options are fixed when a stack starts;
    `up` names those that come too late.

    Parameters
    ----------
    detach:
        Return when the stack is ready and let it run; end it with `netful down`.
    empty:
        Start an account without a template: a default VPC, and an endpoint to deploy to.
    port:
        The port of the local endpoint. An account has the same one at each start, where it is free.
    rights:
        Only report what this machine allows.
    yes:
        Agree to the commands of netful.toml, for this folder and this content. Setting NETFUL_YES=1 agrees to everything.
    timings:
        Print what the start of the stack did when, and how long that took.
    watch:
        Apply each edit of the templates, netful.toml and what they name at once. What cannot be applied leaves the stack as it is.
    quiet:
        Print nothing but errors, and without -d the functions' logs.
    """
    if rights:
        return _print_rights()
    if empty and model.template:
        raise StackError("`--empty` is an account without a template", hint="leave out `--empty`, or `-t`")
    if watch and detach:
        raise StackError("`--watch` prints what each edit changes: it needs a terminal", hint="leave out `-d`")
    name = name_for(model.template[0] if model.template else None, stack.stack)
    settings = Settings(
        name=name,
        cwd=str(Path.cwd()),
        templates=tuple(str(path) for path in model.template),
        parameters=tuple(parameter_values(model).items()),
        parameter_files=tuple(str(path) for path in model.params),
        region=model.region,
        allow_outside=model.allow_outside,
        empty=empty,
        port=port,
        stack_name=stack.stack or "",
        state_folder=state_folder(state),
        gateway=gateway_settings(gateway, state_server(state)),
        **network_settings(network),
        **lambda_settings(functions, empty=empty),
        **trace_settings(traces),
    )
    asked = (lambda _: True) if yes else agrees
    warned: dict[str, str] = {}
    change = partial(_change, settings, warned, named=stack.stack is not None, quiet=quiet)
    edits = partial(with_consent, change, lambda _: yes)  # nothing asks meanwhile
    if StackFolder(name).owned():
        before = sources(name) if watch else {}  # an edit from here on is not missed
        with_consent(change, asked)
        if watch:
            known = {**sources(name), **before}
            print(spoken(f"watching the sources of {name}; Ctrl-C ends the watch, and not the stack"), file=sys.stderr)
            follow(name, edits, known)
        return 0
    shown = _Shown(warned, detach=detach, quiet=quiet, timings=timings, edits=edits if watch else None)
    return with_consent(partial(_start, settings, shown), asked)


@dataclass(frozen=True)
class _Shown:
    """The output of a start, the warnings that it had, and the function that applies the edits of its sources."""

    warned: dict[str, str]
    detach: bool
    quiet: bool
    timings: bool
    edits: Callable[[], None] | None


def _timings(pieces: list[dict[str, Any]], begun: float) -> Iterator[str]:
    """Yield a line for each piece of work of the start: when it begins, and how long it takes, in milliseconds."""
    process = {"name": "daemon's process", "begun": begun, "ended": pieces[0]["begun"]}
    width = max(len(one["name"]) for one in (process, *pieces))
    yield f"{'':<{width}}  {'begins':>7}  {'takes':>7}  ms"
    for one in (process, *pieces):
        begins, takes = ((one[end] - start) * 1000 for end, start in (("begun", begun), ("ended", one["begun"])))
        yield f"{one['name']:<{width}}  {begins:>7.0f}  {takes:>7.0f}"


def _start(settings: Settings, shown: _Shown) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # process 1 of a container would ignore it
    begun, launched = time.perf_counter(), time.monotonic()
    status = launch(settings, progress=_progress(quiet=shown.quiet))
    stamp = sources(settings.name) if shown.edits else {}
    if shown.timings:
        print(*_timings(status["start"], launched), sep="\n", file=sys.stderr)
    try:
        if not shown.quiet:
            _warn(status, shown.warned)
            print(_ready(status, time.perf_counter() - begun), flush=True)
        if not shown.detach:
            _stay(settings.name, shown, stamp)
    finally:
        if not shown.detach:
            end(settings.name)
    return 0


def _change(settings: Settings, warned: dict[str, str], *, named: bool, quiet: bool) -> None:
    """Update the running stack to the current templates, and print the changes; of warnings, what differs from those before."""
    begun = time.perf_counter()
    with Client(settings.name) as client:
        done = client.call("change", settings=settings.to_json(), named=named)
    if quiet:
        return
    _warn(done["status"], warned)
    for change in renamed(done["changes"], done["status"]["construct_paths"]):
        print(f"  {spoken(visible(change))}")
    seconds, count = time.perf_counter() - begun, len(done["changes"])
    print(spoken(f"{settings.name} changed in {seconds:.2f} s: {counted(count, 'change')}"), flush=True)
    if not count:
        print(spoken("functions run their code as it is now"), flush=True)


def _warn(status: dict[str, Any], warned: dict[str, str]) -> None:
    """Print the warnings that are new, and those that no longer hold; `warned` becomes the present ones.

    One that an edit only moved to another line is the same.
    """
    found = {_LINE.sub("", text): text for text in renamed(status["warnings"], status["construct_paths"])}
    for word, these, others in ((spoken("warning"), found, warned), (spoken("no longer"), warned, found)):
        for text in (text for key, text in these.items() if key not in others):
            print(f"{word}: {spoken(visible(text))}", file=sys.stderr)
    warned.clear()
    warned.update(found)


def _progress(*, quiet: bool) -> Any:
    shown = sys.stderr.isatty() and not quiet
    return (lambda text: print(f"{spoken(visible(text))} …", file=sys.stderr)) if shown else (lambda _text: None)


def _ready(status: dict[str, Any], seconds: float) -> str:
    status = spoken(visible(renamed(status, status["construct_paths"])))
    lines = [spoken(f"{status['stack']} is up in {seconds:.2f} s ({status['mode']})"), *running_lines(status)]
    if status["internet"] == "real":
        lines.append("  " + spoken("the internet is real: names that are not AWS's lead to their hosts"))
    chosen = () if name_for(None) == status["stack"] else ("--stack", status["stack"])
    export = ["export", f"AWS_ENDPOINT_URL={status['endpoint_url']}"]
    commands = [*status["next"], export, ["netful", "status"], ["netful", "down"]]
    return "\n".join([
        *lines, f"{spoken('next')}:",
        *(f"  {shlex.join(_of_stack(words, chosen))}" for words in commands),
    ])  # fmt: skip


def _of_stack(words: list[str], chosen: tuple[str, ...]) -> list[str]:
    """Return a command with the name of its stack, before the words that it passes on."""
    end = words.index("--") if "--" in words else len(words)
    return [*words[:end], *chosen, *words[end:]] if words[0] == "netful" else words


def _stay(name: str, shown: _Shown, stamp: Stamp) -> None:
    """Show logs until Ctrl-C, SIGTERM or the end of the stack, and apply edits meanwhile."""
    try:
        if not shown.quiet:
            print(spoken("Ctrl-C ends it"), file=sys.stderr)
        if shown.edits is not None:
            threading.Thread(target=follow, args=(name, shown.edits, stamp), daemon=True).start()
        with Client(name) as client:
            for message in client.stream("logs", follow=True, owner=True):
                if "event" in message:
                    sys.stdout.write(visible_output(message["event"]["text"]))
                    sys.stdout.flush()
    except KeyboardInterrupt:
        print(file=sys.stderr)


def _print_rights() -> int:
    from netful.fabric.kernel.rights import Mode, find_rights  # noqa: PLC0415  # only when it is asked for

    found = find_rights()
    modes = {Mode.ROOT: "packets as root", Mode.ROOTLESS: "packets as an ordinary user", Mode.NONE: "no packets"}
    print(spoken(modes[found.mode]))
    for what, fix in found.problems:
        print(f"  {spoken(what)}\n  {spoken('hint')}: {spoken(fix)}")
    return 1 if found.problems else 0
