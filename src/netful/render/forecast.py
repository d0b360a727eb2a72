"""A forecast as text: loads, functions, shortages, cost."""

from collections.abc import Iterator
from typing import Any

from netful.render.columns import block
from netful.render.language import spoken
from netful.render.visible import visible

_COLUMNS = ("environments", "interfaces", "cold start p50 / p99")


def forecast_text(found: dict[str, Any]) -> str:
    """Return the text of `netful forecast`."""
    return "\n".join(_lines(visible(found)))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield from block("loads", map(_load, found["loads"]))
    if found["functions"]:
        yield from block("functions", [("", *map(spoken, _COLUMNS), "", ""), *map(_function, found["functions"])])
    yield from block("subnets", map(_subnet, found["subnets"]))
    yield from block("NAT gateways", map(_nat, found["nat_gateways"]))
    yield from block("databases", map(_database, found["databases"]))
    yield from block("a month", _cost(found["monthly_cost_usd"]))
    yield from block("missing", ((name,) for name in found["missing"]))


def _load(load: dict[str, Any]) -> tuple[str, ...]:
    throttle, concurrency = load["throttle"], load["concurrency"]
    said = []
    if throttle and throttle["refused"]:
        refused = spoken(f"API Gateway refuses {throttle['refused']:g}/s")
        said.append(f"{refused}: {spoken(throttle['source'])} {throttle['rate']:g}/s")
    if concurrency:
        said.append(spoken(f"{concurrency['needed']} environments of {concurrency['limit']}"))
        if concurrency["together"] > max(concurrency["needed"], concurrency["limit"]):
            said.append(spoken(f"{concurrency['together']} with the other loads"))
        if concurrency["throttled"]:
            said.append(spoken(f"Lambda refuses {concurrency['throttled']:g}/s"))
        if concurrency["seconds_to_scale"]:
            said.append(spoken(f"there after {concurrency['seconds_to_scale']:g} s"))
    return (
        load["load"],
        f"{load['rate']:g}/s",
        f"{load['duration_ms']:g} ms",
        "; ".join(said) or spoken("nothing refused"),
    )


def _function(function: dict[str, Any]) -> tuple[str, ...]:
    interfaces, starts = function["interfaces"], function["cold_start_ms"]
    now, before = starts["hyperplane"], starts["per_sandbox"]
    shared = "?" if interfaces["hyperplane"] is None else str(interfaces["hyperplane"])
    return (
        function["resource"],
        str(function["environments"]),
        spoken(f"{shared} shared"),
        f"{now['p50']:g} / {now['p99']:g} ms",
        spoken(f"before 2019: {interfaces['per_sandbox']}"),
        f"{before['p50']:g} / {before['p99']:g} ms",
    )


def _subnet(subnet: dict[str, Any]) -> tuple[str, ...]:
    return (
        subnet["subnet_id"],
        spoken(f"{subnet['free']} addresses for functions"),
        spoken(f"takes {subnet['hyperplane']}") + _short(subnet["hyperplane"], subnet["free"]),
        spoken(f"before 2019: {subnet['per_sandbox']}") + _short(subnet["per_sandbox"], subnet["free"]),
    )


def _nat(nat: dict[str, Any]) -> tuple[str, ...]:
    open_, limit = nat["connections"], nat["limit"]
    return nat["nat_gateway_id"], spoken(f"{open_} connections to one destination of {limit}") + _short(open_, limit)


def _database(database: dict[str, Any]) -> tuple[str, ...]:
    open_, limit = database["connections"], database["limit"]
    accepted = spoken("an unknown number") if limit is None else spoken(f"about {limit}")
    short = _short(open_, open_ if limit is None else limit)
    return database["resource"], spoken(f"{open_} connections of {accepted}") + short


def _short(wanted: int, there: int) -> str:
    return ", " + spoken(f"{wanted - there} too many") if wanted > there else ""


def _cost(cost: dict[str, Any]) -> list[tuple[str, ...]]:
    rows = {"functions": cost["functions"], "APIs": cost["apis"], **cost["network"]}
    shown = [(spoken(name.replace("_", " ")), f"{usd:,.2f} USD") for name, usd in rows.items()]
    return [*shown, (spoken("in all"), f"{sum(rows.values()):,.2f} USD")]
