"""Findings: statements of one component about a packet or a request, before they become hops of a path."""

from typing import TypeAlias

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import GatewayAnswer
from netful.engine.http.http_request import HttpRequest
from netful.model.apis.integration import Integration
from netful.model.core import DEFAULT, Frozen, Identified, Origin


class Finding(Frozen):
    """Ruling of one component on a flow or request (`asks`).

    `answer` is the client's response if the finding denies. `link` is an integration through a VPC link, where the path
    continues with the request `sent`, None if it is not known. `host` is a web server that an integration calls by its public name; `answer` then applies if it is unreachable.
    `service_refuses`: the service that an integration calls denies the call itself; `answer` is what the API makes of that.
    """

    kind: HopKind
    asks: object
    ruling: Ruling
    answer: GatewayAnswer | None = None
    link: Integration | None = None
    host: str = ""
    sent: HttpRequest | None = None
    service_refuses: bool = False


class Assumption(Frozen):
    """An assumption of a path."""

    text: str


Found: TypeAlias = Finding | Assumption
_Answer: TypeAlias = GatewayAnswer | None


def allowed(kind: HopKind, asks: object, by: Identified, rule: str) -> Finding:
    """Return a finding that allows."""
    return Finding(kind, asks, Ruling("allow", by.id, rule, origin=by.origin))


def denied(
    kind: HopKind, asks: object, by: Identified, rule: str, code: Code, remedy: str = "", answer: _Answer = None
) -> Finding:
    """Return a finding that denies, with the client's response if it gets one."""
    return Finding(kind, asks, Ruling("deny", by.id, rule, code, by.origin, remedy=remedy), answer)


def unknown(
    kind: HopKind, asks: object, component: str, rule: str, missing: tuple[str, ...], origin: Origin = DEFAULT
) -> Finding:
    """Return a finding that depends on missing input."""
    return Finding(kind, asks, Ruling("unknown", component, rule, None, origin, missing))
