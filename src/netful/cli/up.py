"""`netful up`: build the stack in the kernel and run it, in the foreground or detached."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

from netful.cli.options.consent import agrees
from netful.cli.options.gateway_options import GatewayOptions, gateway_settings
from netful.cli.options.lambda_options import LambdaOptions, lambda_settings
from netful.cli.options.network_options import NetworkOptions, network_settings
from netful.cli.options.options import ModelOptions, parameter_values
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, stack_name
from netful.cli.options.state_options import StateOptions, state_folder, state_server
from netful.cli.status import answer_lines, api_line, distribution_line, host_place, place
from netful.fabric.kernel.rights import Mode, find_rights
from netful.model.core.errors import StackError
from netful.render.visible import visible, visible_output
from netful.stack.consent import with_consent
from netful.stack.control.client import Client
from netful.stack.control.ending import end
from netful.stack.control.folder import StackFolder, name_for
from netful.stack.control.launch import launch
from netful.stack.control.settings import Settings


def up(
    *,
    model: ModelOptions = ModelOptions(),  # noqa: B008  # frozen
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    detach: Annotated[bool, Parameter(name=("--detach", "-d"), negative=())] = False,
    network: NetworkOptions = NetworkOptions(),  # noqa: B008  # frozen
    functions: LambdaOptions = LambdaOptions(),  # noqa: B008  # frozen
    gateway: GatewayOptions = GatewayOptions(),  # noqa: B008  # frozen
    state: StateOptions = StateOptions(),  # noqa: B008  # frozen
    empty: Annotated[bool, Parameter(negative=())] = False,
    port: int = 0,
    rights: Annotated[bool, Parameter(negative=())] = False,
    yes: Annotated[bool, Parameter(name=("--yes", "-y"), negative=())] = False,
    timings: Annotated[bool, Parameter(negative=())] = False,
    quiet: Annotated[bool, Parameter(negative=())] = False,
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
    quiet:
        Print no progress.
    """
    if rights:
        return _print_rights()
    if empty and model.template:
        raise StackError("`--empty` is an account without a template", hint="leave out `--empty`, or `-t`")
    name = stack_name(stack, model.template or (Path(),))
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
        **lambda_settings(functions),
    )
    asked = (lambda _: True) if yes else agrees
    if StackFolder(name).owned():
        change = partial(_change, settings, time.perf_counter(), named=stack.stack is not None)
        return with_consent(change, asked)
    return with_consent(partial(_start, settings, detach=detach, timings=timings, quiet=quiet), asked)


def _timings(pieces: list[dict[str, Any]], begun: float) -> Iterator[str]:
    """Yield a line for each piece of work of the start: when it begins, and how long it takes, in milliseconds."""
    process = {"name": "daemon's process", "begun": begun, "ended": pieces[0]["begun"]}
    width = max(len(one["name"]) for one in (process, *pieces))
    yield f"{'':<{width}}  {'begins':>7}  {'takes':>7}  ms"
    for one in (process, *pieces):
        begins, takes = ((one[end] - start) * 1000 for end, start in (("begun", begun), ("ended", one["begun"])))
        yield f"{one['name']:<{width}}  {begins:>7.0f}  {takes:>7.0f}"


def _start(settings: Settings, *, detach: bool, timings: bool, quiet: bool) -> int:
    begun, launched = time.perf_counter(), time.monotonic()
    status = launch(settings, progress=_progress(quiet=quiet))
    if timings:
        print(*_timings(status["start"], launched), sep="\n", file=sys.stderr)
    if detach:
        _tell(status, begun)
    else:
        _stay(settings.name, status, begun)
    return 0


def _change(settings: Settings, begun: float, *, named: bool) -> int:
    """Update the running stack to the current templates, and print the changes."""
    with Client(settings.name) as client:
        done = client.call("change", settings=settings.to_json(), named=named)
    _warn(done["status"])
    for change in done["changes"]:
        print(f"  {visible(change)}")
    count = len(done["changes"])
    print(f"{settings.name} changed in {time.perf_counter() - begun:.2f} s: {count} change{'s' * (count != 1)}")
    return 0


def _warn(status: dict[str, Any]) -> None:
    for warning in status["warnings"]:
        print(f"warning: {visible(warning)}", file=sys.stderr)


def _progress(*, quiet: bool) -> Any:
    shown = sys.stderr.isatty() and not quiet
    return (lambda text: print(f"{visible(text)} …", file=sys.stderr)) if shown else (lambda _text: None)


def _ready(status: dict[str, Any], seconds: float) -> str:
    status = visible(status)
    lines = [f"{status['stack']} is up in {seconds:.2f} s ({status['mode']})"]
    lines += [f"  {f['resource']:<20} {f['state']:<8} {place(f)}" for f in status["functions"]]
    lines += [f"  {h['resource']:<20} {h['state']:<8} {host_place(h)}" for h in status["hosts"]]
    lines += answer_lines(status["answers"])
    lines += map(distribution_line, status["distributions"])
    lines += [f"  {b['resource']:<20} {'active':<8} {b['url'] or b['dns_name']}" for b in status["load_balancers"]]
    lines += map(api_line, status["apis"])
    if status["internet"] == "real":
        lines.append("  the internet is real: names that are not AWS's lead to their hosts")
    active = [f["resource"] for f in status["functions"] if f["state"] == "Active"]
    chosen = "" if name_for(None) == status["stack"] else f" --stack {quote(status['stack'])}"
    lines.append("next:")
    if active:
        lines.append(f"  netful invoke {quote(active[0])}{chosen}")
        lines.append(f"  netful exec {quote(active[0])}{chosen} -- curl -sS --max-time 5 https://example.com")
    lines.append(f"  export AWS_ENDPOINT_URL={status['endpoint_url']}")
    return "\n".join([*lines, f"  netful status{chosen}", f"  netful down{chosen}"])


def _tell(status: dict[str, Any], begun: float) -> None:
    _warn(status)
    print(_ready(status, time.perf_counter() - begun), flush=True)


def _stay(name: str, status: dict[str, Any], begun: float) -> None:
    """Show logs until Ctrl-C or the end of the stack, then end it."""
    try:
        _tell(status, begun)
        print("Ctrl-C ends it", file=sys.stderr)
        with Client(name) as client:
            for message in client.stream("logs", follow=True, owner=True):
                if "event" in message:
                    sys.stdout.write(visible_output(message["event"]["text"]))
                    sys.stdout.flush()
    except KeyboardInterrupt:
        print(file=sys.stderr)
    finally:
        end(name)


def _print_rights() -> int:
    found = find_rights()
    print(
        {Mode.ROOT: "packets as root", Mode.ROOTLESS: "packets as an ordinary user", Mode.NONE: "no packets"}[
            found.mode
        ]
    )
    for what, fix in found.problems:
        print(f"  {what}\n  hint: {fix}")
    return 1 if found.problems else 0
