"""Text of a running stack: each function, host, load balancer and API, with its state and where it is."""

from collections.abc import Iterator
from typing import Any

from netful.render.columns import columns, counted
from netful.render.language import spoken

Row = tuple[str, str, str, str]
"""Name, state, counters, place."""

_WITHOUT_URL = {
    "endpoints": "private: by its endpoints alone",
    "custom domains": "without its own endpoint: by its custom domains alone",
}


def running_lines(status: dict[str, Any], *, counters: bool = False) -> Iterator[str]:
    """Yield a line for each part of a stack's status, and what makes silent hosts answer; `counters` adds their column."""
    rows = [*_functions(status), *_hosts(status), *_silent(status), *_machines(status)]
    rows += [*_balancers(status), *_distributions(status)]
    rows += [
        (api["resource"], api["stage"], "", api["url"] or spoken(_WITHOUT_URL[api["reached_by"]]))
        for api in status["apis"]
    ]
    if rows:
        yield from columns(row if counters else (row[0], row[1], row[3]) for row in rows)
    yield from _failures(status["functions"])
    yield from _hints(status["answers"])
    if status["debugger"]:
        yield "  " + spoken(debugger_line(status["debugger"]))


def debugger_line(one: dict[str, str]) -> str:
    """Return where a debugger attaches to a function, which ones can, and where the code is for it."""
    name, address, clients, code = (one[key] for key in ("resource", "address", "clients", "code"))
    message = f"`{name}` waits for a debugger: attach to {address} ({clients}); {code} is /var/task there"
    return message if code else message.partition(";")[0]


def _functions(status: dict[str, Any]) -> Iterator[Row]:
    for one in status["functions"]:
        place = ": ".join(part for part in (", ".join(one["interfaces"]), one["why"]) if part) or spoken(
            "outside any VPC"
        )
        yield one["resource"], one["state"], counted(one["environments"], "environment"), place
        if one["url"]:
            yield one["resource"], spoken("function URL"), "", one["url"]


def _hosts(status: dict[str, Any]) -> Iterator[Row]:
    for host in status["hosts"]:
        place = f"{host['address']:<15} {host['engine']}".rstrip() + (f": {host['why']}" if host["why"] else "")
        yield host["resource"], spoken(host["state"]), counted(host["restarts"], "restart"), place


def _silent(status: dict[str, Any]) -> Iterator[Row]:
    """Yield the hosts at which netful runs nothing: attached ones, mount targets, and those at which nothing answers."""
    placed = {host["resource"] for host in status["hosts"]}
    for one in status["answers"]:
        if one["kind"] == "attachment":
            yield one["resource"], spoken("attached"), "", f"port {one['what']}"
        elif one["kind"] == "files":
            yield one["resource"], spoken("files"), "", one["what"]
        elif one["kind"] == "nothing":
            yield one["resource"], spoken("nothing answers here"), "", one["why"]
        elif one["resource"] not in placed and one["kind"] != "engine":  # a reader is at its cluster's server
            yield one["resource"], spoken("not running"), "", one["why"] or one["what"]


def _failures(functions: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each hint about functions once: those that share a role lack the same rights."""
    by_hint: dict[str, list[str]] = {}
    for one in functions:
        if one["hint"]:
            by_hint.setdefault(one["hint"], []).append(one["resource"])
    for hint, (first, *others) in by_hint.items():
        names = spoken(f"`{first}` and {len(others)} more") if others else f"`{first}`"
        yield f"  {spoken('hint')}: {names}: {hint}"


def _hints(answers: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a hint for the silent hosts of each reason."""
    by_reason: dict[str, list[dict[str, Any]]] = {}
    for one in answers:
        if one["kind"] == "nothing" and one["hint"]:
            by_reason.setdefault(one["why"], []).append(one)
    for first, *others in by_reason.values():
        more = spoken("so for 1 other host" if len(others) == 1 else f"so for {len(others)} other hosts")
        more = f"; {more}" if others else ""
        yield f"  {spoken('hint')}: " + spoken(f"`{first['resource']}` answers with {spoken(first['hint'])}") + more


def _machines(status: dict[str, Any]) -> Iterator[Row]:
    for one in status["state_machines"]:
        executions = ", ".join(f"{count} {state}" for state, count in one["executions"].items()) or spoken(
            "no executions"
        )
        yield one["resource"], one["type"], executions, ""


def _balancers(status: dict[str, Any]) -> Iterator[Row]:
    for one in status["load_balancers"]:
        if one["state"] != "running":
            yield one["resource"], spoken("not running"), "", one["dns_name"]
            continue
        states = [target["state"] for target in one["targets"]]
        counters = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) or spoken(
            "no checked targets"
        )
        yield one["resource"], spoken("running"), counters, one["url"] or one["dns_name"]


def _distributions(status: dict[str, Any]) -> Iterator[Row]:
    for one in status["distributions"]:
        yield one["resource"], spoken("running"), "", f"{one['domain_name']}  {one['url']}"
