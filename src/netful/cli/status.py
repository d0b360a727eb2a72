"""`netful status`: the status of the running stack."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_origin

from msgspec.structs import fields

from netful.cli.options.options import ReportOptions
from netful.cli.options.stacks import StackOptions, stack_name
from netful.library.documents.running import StatusDocument
from netful.model.core import StackError
from netful.render.columns import counted
from netful.render.construct_paths import renamed
from netful.render.json import dumps
from netful.render.language import spoken
from netful.render.running import running_lines
from netful.render.visible import visible
from netful.stack.control.client import Client, NoAnswerError, others_hint
from netful.stack.control.folder import StackFolder

_NO_LIMIT = 1e15
_EMPTY: Mapping[Any, Any] = {list: [], dict: {}, bool: False}
STOPPED: dict[str, Any] = {one.name: _EMPTY.get(get_origin(one.type) or one.type) for one in fields(StatusDocument)} | {
    "state": "stopped"
}
"""The status of a stack that is stopped: every member of the document, without a value."""


def status(
    *,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    report: ReportOptions = ReportOptions(),  # noqa: B008  # frozen
) -> int:
    """Show the status of the running stack: deployments, functions, hosts, load balancers, throttles and quotas.

    Exit 1 if it is not running.
    """
    name = stack_name(stack)
    try:
        with Client(name) as client:
            found: dict[str, Any] = client.call("status")
    except NoAnswerError:
        raise
    except StackError:
        found = STOPPED | {"stack": name}
        if StackFolder(name).owned():
            print(spoken(f"`{name}` is still starting"), file=sys.stderr)
        elif (hint := others_hint()) and not report.quiet:
            print(f"{spoken('hint')}: {spoken(hint)}", file=sys.stderr)
    if report.format == "json":
        print(dumps(found))
    else:
        shown = spoken(visible(renamed(found, found["construct_paths"])))
        for warning in () if report.quiet else shown["warnings"]:
            print(f"{spoken('warning')}: {warning}", file=sys.stderr)
        print(_text(shown))
    return 0 if found["state"] == "running" else 1


def fault_line(fault: dict[str, Any]) -> str:
    """Return a fault that is in force."""
    scope = f" --scope {fault['scope']}" if fault["scope"] else ""
    left = spoken(f"{fault['seconds_left']:.0f} s left")
    return f"  {spoken('fault')} {fault['number']}: {fault['kind']} {fault['target']}{scope}, {left}"


def _text(found: dict[str, Any]) -> str:
    elsewhere = f"  {found['folder']}" if found["folder"] not in {None, str(Path.cwd())} else ""
    lines = [f"{found['stack']}: {spoken(found['state'])}{elsewhere}"]
    if found["endpoint_url"]:
        lines.append(f"  AWS_ENDPOINT_URL={found['endpoint_url']}")
    lines += [f"  {one['name']:<20} {one['status']}" for one in found["deployments"]]
    lines += running_lines(found, counters=True)
    lines += map(fault_line, found["faults"])
    lines += gateway_lines(found["gateway"]) if found["gateway"] else ()
    return "\n".join(lines)


def gateway_lines(status: dict[str, Any]) -> Iterator[str]:
    """Return the lines; buckets and quotas without a request so far are left out."""
    if status["state"] is not None:
        count = len(status["workers"])
        who = counted(count, "worker") + ", " if count else ""
        restarts = ", " + spoken(f"{status['restarts']} started again") if status["restarts"] else ""
        state = spoken(f"state at {status['state']}") + (f" ({spoken('away')})" if status.get("away") else "")
        yield f"  API Gateway: {who}{state}{restarts}"
    for bucket in status["buckets"]:
        left = spoken(f"{bucket['tokens']:.1f} of {bucket['burst']:g} tokens, {bucket['rate']:g}/s")
        left = left if bucket["burst"] < _NO_LIMIT else spoken("no limit")
        yield f"  throttle  {bucket['of']:<30} {bucket['level']:<17} {left}"
    for quota in status["quotas"]:
        limit = spoken("no limit") if quota["limit"] is None else quota["limit"]
        of = f"{quota['usage_plan']} {quota['api_key']}"
        yield f"  quota     {of:<30} {quota['period']:<17} {quota['used']} of {limit}"
    for cache in status["caches"]:
        size = "" if cache["entries"] is None else spoken(f"{cache['entries']} entries") + ", "
        hits = spoken(f"{cache['CacheHitCount']} hits, {cache['CacheMissCount']} misses")
        yield f"  cache     {cache['stage']:<48} {size}{hits}"
