"""Forecast for loads on a cloud."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from netful.engine.overview.prices import HOURS
from netful.forecast.cold_starts import cold_starts
from netful.forecast.concurrency import ACCOUNT, Demand, concurrency, demands
from netful.forecast.costs import cost
from netful.forecast.database_connections import database_connections
from netful.forecast.interfaces import per_sandbox, shared, subnets, unknown_places
from netful.forecast.load import Load
from netful.forecast.nat_ports import nat_ports
from netful.model.cloud import Cloud
from netful.model.core import Frozen


class Circumstances(Frozen):
    """Assumptions besides the loads.

    `account`: concurrency of the account. `connections`: open connections of one environment. `hours`: hours of a month with load.
    """

    account: int = ACCOUNT
    connections: int = 1
    hours: float = HOURS


def forecast(cloud: Cloud, loads: list[Load], circumstances: Circumstances | None = None) -> dict[str, Any]:
    """Return the document of `netful forecast --format json`."""
    given = circumstances or Circumstances()
    by_function = demands(cloud, loads, given.account)
    environments = {id_: demand.environments for id_, demand in by_function.items()}
    interfaces = shared(cloud, environments, given.connections)
    return {
        "loads": [_load(load, by_function) for load in loads],
        "functions": [_function(cloud, id_, count, interfaces) for id_, count in environments.items()],
        "subnets": [asdict(one) for one in subnets(cloud, environments, given.connections)],
        "nat_gateways": [asdict(one) for one in nat_ports(cloud, environments, given.connections)],
        "databases": [asdict(one) for one in database_connections(cloud, environments, given.connections)],
        "monthly_cost_usd": asdict(cost(cloud, loads, given.hours, given.account)),
        "missing": [
            *dict.fromkeys(need for id_ in environments for need in unknown_places(cloud.compute.functions[id_]))
        ],
    }


def _load(load: Load, by_function: Mapping[str, Demand]) -> dict[str, Any]:
    found = concurrency(load, by_function[load.function.id]) if load.function else None
    return {
        "load": load.name,
        "rate": load.rate,
        "duration_ms": load.duration_ms,
        "function": load.function.id if load.function else None,
        "throttle": _throttle(load),
        "concurrency": asdict(found) if found else None,
    }


def _throttle(load: Load) -> dict[str, Any] | None:
    """Return the requests that API Gateway throttles in a second, and the level of its ladder that does."""
    limit = load.throttle
    return {"source": limit.source, "rate": limit.rate, "refused": load.rate - load.admitted} if limit else None


def _function(cloud: Cloud, function_id: str, environments: int, interfaces: Counter[str]) -> dict[str, Any]:
    function = cloud.compute.functions[function_id]
    known = not unknown_places(function)
    own = sum(interfaces[eni.id] for eni in cloud.network.interfaces_of(function_id))
    return {
        "resource": function_id,
        "environments": environments,
        "interfaces": {
            "hyperplane": own if known else None,
            "per_sandbox": per_sandbox(function, environments) if function.in_vpc else 0,
        },
        "cold_start_ms": asdict(cold_starts(function)),
    }


def short(found: dict[str, Any]) -> bool:
    """Return whether requests are throttled, or addresses, ports or connections are missing, in today's design."""
    refused = (
        (load["throttle"] or {}).get("refused") or (load["concurrency"] or {}).get("throttled")
        for load in found["loads"]
    )
    full = (subnet["hyperplane"] > subnet["free"] for subnet in found["subnets"])
    spent = (nat["connections"] > nat["limit"] for nat in found["nat_gateways"])
    stormed = (one["limit"] is not None and one["connections"] > one["limit"] for one in found["databases"])
    return any(refused) or any(full) or any(spent) or any(stormed)
