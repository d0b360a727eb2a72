"""A forecast as text: loads, functions, shortages, cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netful.render.columns import block
from netful.render.visible import visible


def forecast_text(found: dict[str, Any]) -> str:
    """Return the text of `netful forecast`."""
    return "\n".join(_lines(visible(found)))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield from block("loads", map(_load, found["loads"]))
    if found["functions"]:
        yield from block(
            "functions",
            [("", "environments", "interfaces", "cold start p50 / p99", "", ""), *map(_function, found["functions"])],
        )
    yield from block("subnets", map(_subnet, found["subnets"]))
    yield from block("NAT gateways", map(_nat, found["nat_gateways"]))
    yield from block("databases", map(_database, found["databases"]))
    yield from block("a month", _cost(found["monthly_cost_usd"]))
    yield from block("missing", ((name,) for name in found["missing"]))


def _load(load: dict[str, Any]) -> tuple[str, ...]:
    throttle, concurrency = load["throttle"], load["concurrency"]
    said = []
    if throttle and throttle["refused"]:
        said.append(f"API Gateway refuses {throttle['refused']:g}/s: {throttle['source']} {throttle['rate']:g}/s")
    if concurrency:
        said.append(f"{concurrency['needed']} environments of {concurrency['limit']}")
        if concurrency["throttled"]:
            said.append(f"Lambda refuses {concurrency['throttled']:g}/s")
        if concurrency["seconds_to_scale"]:
            said.append(f"there after {concurrency['seconds_to_scale']:g} s")
    return load["load"], f"{load['rate']:g}/s", f"{load['duration_ms']:g} ms", "; ".join(said) or "nothing refused"


def _function(function: dict[str, Any]) -> tuple[str, ...]:
    interfaces, starts = function["interfaces"], function["cold_start_ms"]
    now, before = starts["hyperplane"], starts["per_sandbox"]
    shared = "?" if interfaces["hyperplane"] is None else str(interfaces["hyperplane"])
    return (
        function["resource"],
        str(function["environments"]),
        f"{shared} shared",
        f"{now['p50']:g} / {now['p99']:g} ms",
        f"before 2019: {interfaces['per_sandbox']}",
        f"{before['p50']:g} / {before['p99']:g} ms",
    )


def _subnet(subnet: dict[str, Any]) -> tuple[str, ...]:
    return (
        subnet["subnet_id"],
        f"{subnet['free']} addresses for functions",
        f"takes {subnet['hyperplane']}{_short(subnet['hyperplane'], subnet['free'])}",
        f"before 2019: {subnet['per_sandbox']}{_short(subnet['per_sandbox'], subnet['free'])}",
    )


def _nat(nat: dict[str, Any]) -> tuple[str, ...]:
    open_, limit = nat["connections"], nat["limit"]
    return nat["nat_gateway_id"], f"{open_} connections to one destination of {limit}{_short(open_, limit)}"


def _database(database: dict[str, Any]) -> tuple[str, ...]:
    open_, limit = database["connections"], database["limit"]
    accepted = "an unknown number" if limit is None else f"about {limit}"
    return database["resource"], f"{open_} connections of {accepted}{_short(open_, open_ if limit is None else limit)}"


def _short(wanted: int, there: int) -> str:
    return f", {wanted - there} too many" if wanted > there else ""


def _cost(cost: dict[str, Any]) -> list[tuple[str, ...]]:
    rows = {"functions": cost["functions"], "APIs": cost["apis"], **cost["network"]}
    shown = [(name.replace("_", " "), f"{usd:,.2f} USD") for name, usd in rows.items()]
    return [*shown, ("in all", f"{sum(rows.values()):,.2f} USD")]
