"""Whether a caller may do something: the policies of the endpoint, of the resource and of the caller, put together.

IAM's rules within one account (vpc-network §5.4):

| | |
|---|---|
| any policy denies it | no |
| the endpoint's policy does not allow it | no: an endpoint's policy only narrows |
| the caller's policies allow it, or the resource's policy allows it to this caller | yes |
| a key's policy allows it to nobody, not to the account either | no, whatever the caller's policies say |
| nobody's policy does | no |

A policy that names the account, and not the caller, leaves the decision to the caller's own. What cannot be told is not
refused. A request without a caller has the resource's policy only; a caller without names is some identity of the
account, whatever its policies say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from netful.engine.iam import policies

Document = Mapping[str, Any] | None
"""A policy; None where there is none, or none that is known."""

_ENDPOINT, _RESOURCE, _IDENTITY = "VPC endpoint policy", "resource-based policy", "identity-based policy"


@dataclass(frozen=True, slots=True)
class Caller:
    """An identity: its ARN, every ARN that a policy may name it by, and its own policies.

    `document` is None where some of its policies' text is not known; `denials` then are the statements that are.
    """

    arn: str
    names: tuple[str, ...]
    account_id: str
    document: Document = None
    denials: Document = None

    @property
    def delegates(self) -> tuple[str, ...]:
        """The names of the account, which stand for the caller and leave the decision to its own policies."""
        return self.account_id, f"arn:aws:iam::{self.account_id}:root"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in AWS's words: with an explicit deny in, or because nothing allows it in, a kind of policy."""

    kind: str
    explicit: bool


def refusal(
    request: policies.PolicyRequest, caller: Caller | None, endpoint: Document, resource: Document, *, key: bool = False
) -> Refusal | None:
    """Why a request is refused; None where it is not. `key`: the resource's policy has the last word, as a key's has."""
    known = replace(request, principals=(*caller.names, *caller.delegates)) if caller and caller.names else request
    rulings = {
        _ENDPOINT: _ruling(endpoint, known),
        _RESOURCE: _ruling(resource, known),
        _IDENTITY: _ruling(_own(caller), known),
    }
    denied = next(
        (kind for kind, ruling in rulings.items() if ruling and ruling.outcome == "deny" and ruling.statement), ""
    )
    if denied:
        return Refusal(denied, explicit=True)
    if _denies(rulings[_ENDPOINT]):
        return Refusal(_ENDPOINT, explicit=False)
    if caller is None:
        return Refusal(_RESOURCE, explicit=False) if _denies(rulings[_RESOURCE]) else None
    if key and _denies(rulings[_RESOURCE]):
        return Refusal(_RESOURCE, explicit=False)
    if caller.document is None or not _denies(rulings[_IDENTITY]):
        return None
    direct = _ruling(resource, replace(request, principals=caller.names))
    return Refusal(_IDENTITY, explicit=False) if direct is None or direct.outcome == "deny" else None


def _own(caller: Caller | None) -> Document:
    if caller is None:
        return None
    return caller.document if caller.document is not None else caller.denials


def _ruling(document: Document, request: policies.PolicyRequest) -> policies.Decision | None:
    return None if document is None else policies.evaluate(document, request)


def _denies(ruling: policies.Decision | None) -> bool:
    return ruling is not None and ruling.outcome == "deny"
