"""APIs as text: one line for each API, then its URLs, its routes with authorization and throttles, and its usage plans."""

from collections.abc import Iterator
from typing import Any

from netful.render.columns import columns
from netful.render.language import spoken

_INDENT = "    "


def apis_text(apis: list[dict[str, Any]]) -> Iterator[str]:
    """Return the lines for all APIs."""
    for api in apis:
        yield from _api(api)


def _api(api: dict[str, Any]) -> Iterator[str]:
    kind = api["protocol"] if api["protocol"] != "REST" else f"REST {_shown(api['endpoint_type'])}"
    yield f"{api['id']}  {kind} API, {spoken(api['exposure'])}"
    yield from (f"  {url}" for url in api["invoke_urls"])
    if not api["stages"]:
        yield "  " + spoken("no stage: nothing is deployed")
    if api["definition"]:
        yield f"  {spoken('routes unknown')}: {api['definition']['unknown']}"
    yield from columns((_route(route) for route in api["routes"]), _INDENT)
    for plan in api["usage_plans"]:
        yield f"  {spoken('usage plan')} {plan['id']}: {_plan(plan)}"


def _route(route: dict[str, Any]) -> tuple[str, ...]:
    return (
        _shown(route["stage"]) if route["stage"] is not None else "-",
        route["method"],
        route["path"],
        _shown(route["authorization"]) + (f" + {spoken('API key')}" if route["api_key_required"] else ""),
        _behind(route["integration"]),
        _buckets(route["limits"]) + _per(route["quota"]),
        spoken(f"cached {_shown(route['cache']['ttl'])} s") if route["cache"]["enabled"] else "",
    )


def _behind(integration: dict[str, Any] | None) -> str:
    if integration is None:
        return spoken("no integration")
    service = f"{integration['service']}:{integration['action'] or '?'}" if integration["service"] else None
    named = integration["function"] or service or _named(integration["vpc_link"]) or _named(integration["uri"])
    return f"{_shown(integration['type'])} → {named}" if named else _shown(integration["type"])


def _named(value: Any) -> str | None:
    return None if value is None else _shown(value)


def _plan(plan: dict[str, Any]) -> str:
    limits = _bucket(plan["throttle"]) if plan["throttle"] else spoken("no throttle")
    methods = "".join(f", {key} {_bucket(bucket)}" for key, bucket in plan["methods"].items())
    keys = ", ".join(_shown(key) for key in plan["keys"]) or spoken("no keys")
    return f"{limits}{_per(plan['quota'])}{methods}; {keys}"


def _buckets(limits: list[dict[str, Any]]) -> str:
    """Return the first limit of a route, and each later one that is lower: a request needs a token of all."""
    first, *later = limits
    shown = [first]
    for limit in later:
        if any(_is_lower(limit[number], shown[-1][number]) for number in ("rate", "burst")):
            shown.append(limit)
    return spoken(", then ").join(f"{_bucket(limit)} ({spoken(limit['source'])})" for limit in shown)


def _is_lower(one: Any, other: Any) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float) and one < other


def _bucket(bucket: dict[str, Any]) -> str:
    return spoken(f"{_number(bucket['rate'])}/s burst {_number(bucket['burst'])}")


def _per(quota: dict[str, Any] | None) -> str:
    return spoken(f", {_number(quota['limit'])} a {_shown(quota['period']).lower()}") if quota else ""


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else _shown(value)


def _shown(value: Any) -> str:
    return spoken("unknown") if isinstance(value, dict) else "-" if value is None else str(value)
