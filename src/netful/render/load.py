"""A load on a running stack as text: each count as it was forecast, and as it was measured."""

from collections.abc import Iterator
from typing import Any

from netful.render.columns import block
from netful.render.language import spoken
from netful.render.visible import visible


def load_text(found: dict[str, Any]) -> str:
    """Return the text of `netful load`."""
    return "\n".join(_lines(visible(found)))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for number, step in enumerate(found["steps"], 1):
        rows = [row for load in step for row in _rows(f"{load['load']}  {load['rate']:g}/s", load)]
        yield from block(f"step {number}: {step[0]['seconds']:g} s", [_head(), *rows])
    for title, part in (("functions", "functions"), ("NAT gateways", "nat_gateways")):
        rows = [row for one in found[part] for row in _rows(one["resource"], one)]
        if rows:
            yield from block(title, [_head(), *rows])


def _head() -> tuple[str, ...]:
    return "", "", spoken("forecast"), spoken("measured")


def _rows(name: str, part: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    foreseen, measured = part["forecast"], part["measured"]
    for count, value in measured.items():
        if count not in {"p50", "p99", "seconds"} and (value or foreseen[count]):
            yield name, spoken(count.replace("_", " ").removesuffix(" ms")), _cell(foreseen[count]), _cell(value)
            name = ""
    if "p50" in measured:
        yield name, spoken("answered after, p50 / p99"), f"{part['duration_ms']:g} ms", _cell(measured)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "-" if value["p50"] is None else f"{value['p50']:g} ms / {value['p99']:g} ms"
    return "-" if value is None else str(value)
