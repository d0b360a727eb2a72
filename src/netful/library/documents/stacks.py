"""Documents of `netful status` and `netful ps`."""

from typing import Any, Literal

from msgspec import Struct


class RunningFunctionDocument(Struct):
    """A function of a running stack."""

    resource: str
    name: str
    state: str
    why: str
    hint: str
    environments: int
    counts: dict[str, int]
    interfaces: list[str]
    url: str | None


class StatusDocument(Struct):
    """`netful status`. A stack that is stopped has no members but these."""

    state: Literal["running", "stopped"]
    stack: str
    folder: str | None
    empty: bool
    endpoint_url: str | None
    deployments: list[dict[str, Any]]
    apis: list[dict[str, Any]]
    functions: list[RunningFunctionDocument]
    hosts: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    state_machines: list[dict[str, Any]]
    load_balancers: list[dict[str, Any]]
    nat_gateways: list[dict[str, Any]]
    gateway: dict[str, Any] | None
    calls: dict[str, int]
    construct_paths: dict[str, str]
    debugger: dict[str, str] | None
    console: str | None


class ListedStackDocument(Struct):
    """A stack of `netful ps`."""

    stack: str
    state: str
    endpoint_url: str
    folder: str
