"""Documents of `netful forecast` and `netful load`."""

from typing import Any

from msgspec import Struct


class ForecastDocument(Struct):
    """`netful forecast`."""

    loads: list[dict[str, Any]]
    functions: list[dict[str, Any]]
    subnets: list[dict[str, Any]]
    nat_gateways: list[dict[str, Any]]
    databases: list[dict[str, Any]]
    monthly_cost_usd: dict[str, Any]
    missing: list[str]


class ComparedLoadDocument(Struct):
    """A load of a step: its counts as forecast, and as measured."""

    load: str
    rate: float
    duration_ms: float
    seconds: float
    forecast: dict[str, Any]
    measured: dict[str, Any]


class ComparedPartDocument(Struct):
    """A function or a NAT gateway under a load: its counts as forecast, and as measured."""

    resource: str
    forecast: dict[str, Any]
    measured: dict[str, Any]


class LoadDocument(Struct):
    """`netful load`."""

    steps: list[list[ComparedLoadDocument]]
    functions: list[ComparedPartDocument]
    nat_gateways: list[ComparedPartDocument]
