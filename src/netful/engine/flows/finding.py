"""Findings: what one component says of a packet or a request, before it becomes a hop of a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import GatewayAnswer
from netful.model.apis.integration import Integration
from netful.model.core.origin import DEFAULT, Origin


@dataclass(frozen=True, slots=True)
class Finding:
    """Ruling of one component on what it was asked.

    `answer` is what the client gets where it denies. `link` is an integration by a VPC link, which leads on; `host` the
    web server that one asks by its public name: `answer` is then for when nothing is reached there.
    """

    kind: HopKind
    asks: object
    ruling: Ruling
    answer: GatewayAnswer | None = None
    link: Integration | None = None
    host: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that a path takes for granted."""

    text: str


Found: TypeAlias = Finding | Assumption


class Described(Protocol):
    """Anything of the model that has an id and an origin."""

    @property
    def id(self) -> str:
        """Its logical id, or that of AWS."""

    @property
    def origin(self) -> Origin:
        """Where it is described."""


def allowed(kind: HopKind, asks: object, by: Described, rule: str) -> Finding:
    """Return a finding that lets through."""
    return Finding(kind, asks, Ruling("allow", by.id, rule, origin=by.origin))


def denied(kind: HopKind, asks: object, by: Described, rule: str, code: Code) -> Finding:
    """Return a finding that refuses."""
    return Finding(kind, asks, Ruling("deny", by.id, rule, code, by.origin))


def unknown(
    kind: HopKind, asks: object, component: str, rule: str, missing: tuple[str, ...], origin: Origin = DEFAULT
) -> Finding:
    """Return a finding that hangs on something that is missing."""
    return Finding(kind, asks, Ruling("unknown", component, rule, None, origin, missing))
