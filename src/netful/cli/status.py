"""`netful status`: the status of the running stack."""

from __future__ import annotations

import sys
from typing import Any

from netful.cli.gateway_status import gateway_lines
from netful.cli.options.options import ReportOptions
from netful.cli.options.stacks import StackOptions, stack_name
from netful.model.core.errors import StackError
from netful.render.json import dumps
from netful.render.visible import visible
from netful.stack.control.client import Client
from netful.stack.control.folder import StackFolder

STOPPED: dict[str, Any] = {
    "state": "stopped",
    "endpoint_url": None,
    "deployments": [],
    "apis": [],
    "functions": [],
    "hosts": [],
    "answers": [],
    "state_machines": [],
    "distributions": [],
    "load_balancers": [],
    "gateway": None,
    "calls": {},
    "faults": [],
    "console": None,
}


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
    except StackError:
        found = STOPPED | {"stack": name}
        if StackFolder(name).owned():
            print(f"`{name}` is still starting", file=sys.stderr)
    print(dumps(found) if report.format == "json" else _text(visible(found)))
    return 0 if found["state"] == "running" else 1


_WITHOUT_URL = {
    "endpoints": "private: by its endpoints alone",
    "custom domains": "without its own endpoint: by its custom domains alone",
}


def place(function: dict[str, Any]) -> str:
    """Return the interfaces of a function, or the reason why it has none."""
    interfaces, why = ", ".join(function["interfaces"]), function["why"]
    return ": ".join(part for part in (interfaces, why) if part) or "outside any VPC"


def host_place(host: dict[str, Any]) -> str:
    """Return the address of a host, with the engine of a database or cache."""
    return f"{host['address']:<15} {host['engine']}".rstrip()


def api_line(api: dict[str, Any]) -> str:
    """Return the stage of an API, with its URL on the host."""
    return f"  {api['resource']:<20} {api['stage']:<8} {api['url'] or _WITHOUT_URL[api['reached_by']]}"


def distribution_line(distribution: dict[str, Any]) -> str:
    """Return a distribution, with its URL on the host."""
    return f"  {distribution['resource']:<20} {distribution['domain_name']}  {distribution['url']}"


def answer_lines(answers: list[dict[str, Any]]) -> list[str]:
    """Return a line for each attached host, and one for those at which nothing answers for the same reason."""
    lines = [f"  {one['resource']:<20} port {one['what']}" for one in answers if one["kind"] == "attachment"]
    silent: dict[str, list[dict[str, Any]]] = {}
    for one in answers:
        if one["kind"] == "nothing":
            silent.setdefault(one["why"], []).append(one)
    for why, ones in silent.items():
        names = ", ".join(one["resource"] for one in ones)
        lines.append(f"  nothing answers at {names}" + (f": {why}" if why else ""))
        lines += [f"  hint: {ones[0]['hint']}"] if ones[0]["hint"] else []
    return lines


def machine_line(machine: dict[str, Any]) -> str:
    """Return a state machine with its executions."""
    executions = ", ".join(f"{count} {state}" for state, count in machine["executions"].items()) or "no executions"
    return f"  {machine['resource']:<20} {machine['type']:<10} {executions}"


def fault_line(fault: dict[str, Any]) -> str:
    """Return a fault that is in force."""
    scope = f" --scope {fault['scope']}" if fault["scope"] else ""
    return f"  fault {fault['number']}: {fault['kind']} {fault['target']}{scope}, {fault['seconds_left']:.0f} s left"


def _text(found: dict[str, Any]) -> str:
    lines = [f"{found['stack']}: {found['state']}"]
    if found["endpoint_url"]:
        lines.append(f"  AWS_ENDPOINT_URL={found['endpoint_url']}")
    lines += [f"  {one['name']:<20} {one['status']}" for one in found["deployments"]]
    for function in found["functions"]:
        where = place(function)
        environments = f"{function['environments']} environment" + "s" * (function["environments"] != 1)
        lines.append(f"  {function['resource']:<20} {function['state']:<8} {environments:<16} {where}")
    for host in found["hosts"]:
        restarts = f"{host['restarts']} restart" + "s" * (host["restarts"] != 1)
        why = f": {host['why']}" if host["why"] else ""
        lines.append(f"  {host['resource']:<20} {host['state']:<10} {restarts:<14} {host_place(host)}{why}")
    lines += answer_lines(found["answers"])
    lines += map(machine_line, found["state_machines"])
    for balancer in found["load_balancers"]:
        states = [target["state"] for target in balancer["targets"]]
        counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) or "no targets"
        lines.append(f"  {balancer['resource']:<20} {balancer['url'] or balancer['dns_name']}  {counted}")
    lines += map(fault_line, found["faults"])
    lines += map(distribution_line, found["distributions"])
    lines += map(api_line, found["apis"])
    lines += gateway_lines(found["gateway"]) if found["gateway"] else ()
    return "\n".join(lines)
