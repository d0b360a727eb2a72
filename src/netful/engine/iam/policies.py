"""Policy documents: whether a policy lets a request through (vpc-network §5.4).

The order is IAM's: an explicit denial wins, else any allowance, else it is denied. Three-valued: a statement that
hangs on something the request does not tell (a condition key, a value that is missing) may or may not apply.
A request that names no resource is judged by whether *any* resource would do.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Literal

from netful.model.core.unknown import Unknown

Outcome = Literal["allow", "deny", "unknown"]

_WILDCARD = {"*": ".*", "?": "."}


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """What is asked.

    A context key that is absent from `context` but listed in `absent` is known not to be set; one that has a name of its
    own (`aws:PrincipalTag/team`) is listed without it.

    `account` is set for a caller who is some identity of that account: a statement for one of its identities may then be
    for this one. `principals` is set for a caller who is known: every name that a statement may have for it.
    `alike` are further ARNs of the resource, where it has more than one.
    """

    action: str
    resource: str = ""
    principal: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    account: str = ""
    principals: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, with the statement that decided it ("" when none did)."""

    outcome: Outcome
    statement: str = ""


def evaluate(document: Mapping[str, Any], request: PolicyRequest) -> Decision:
    """How a policy rules on a request."""
    doubts = False
    allowed = ""
    for number, statement in enumerate(_listed(document.get("Statement")), start=1):
        if not isinstance(statement, Mapping):
            doubts = True
            continue
        applies, name = _applies(statement, request), str(statement.get("Sid") or f"statement {number}")
        if applies and statement.get("Effect") == "Deny":
            return Decision("deny", name)
        if applies:
            allowed = allowed or name
        doubts = doubts or applies is None
    if doubts:
        return Decision("unknown")
    return Decision("allow", allowed) if allowed else Decision("deny")


def _applies(statement: Mapping[str, Any], request: PolicyRequest) -> bool | None:
    return _all(
        (
            _element(statement, "Action", request.action.lower(), str.lower),
            _resource(statement, request),
            _principal(statement, request),
            *_conditions(statement.get("Condition"), request),
        )
    )


def _all(answers: Iterable[bool | None]) -> bool | None:
    given = tuple(answers)
    return False if False in given else None if None in given else True


def _element(statement: Mapping[str, Any], name: str, value: str, fold: Callable[[str], str] = str) -> bool | None:
    """Whether a statement's `Action` or `Resource`, or their `Not` forms, cover a value."""
    if name in statement:
        return _covered(statement[name], value, fold)
    if f"Not{name}" in statement:
        covered = _covered(statement[f"Not{name}"], value, fold)
        return None if covered is None else not covered
    return True


def _resource(statement: Mapping[str, Any], request: PolicyRequest) -> bool | None:
    if request.resource:
        answers = [_element(statement, "Resource", arn) for arn in (request.resource, *request.alike)]
        return True if True in answers else None if None in answers else False
    denies = statement.get("Effect") == "Deny"
    narrow = "NotResource" in statement or "*" not in _listed(statement.get("Resource", "*"))
    return not (denies and narrow)


def _covered(patterns: Any, value: str, fold: Callable[[str], str]) -> bool | None:
    if isinstance(patterns, Unknown):
        return None
    answers = [None if isinstance(p, Unknown) else like(fold(str(p)), value) for p in _listed(patterns)]
    return True if True in answers else None if None in answers else False


def _principal(statement: Mapping[str, Any], request: PolicyRequest) -> bool | None:
    if "NotPrincipal" in statement:
        named = _named(statement["NotPrincipal"])
        return None if not request.principals else not any(name in named for name in request.principals)
    named = _named(statement.get("Principal", "*"))
    if "*" in named:
        return True
    if request.principals:
        answers = [None if isinstance(name, Unknown) else name in request.principals for name in named]
        return True if True in answers else None if None in answers else False
    if request.account:
        whole = (request.account, f"arn:aws:iam::{request.account}:root")
        own = [name for name in named if isinstance(name, Unknown) or f"::{request.account}:" in str(name)]
        return True if any(name in whole for name in named) else None if own else False
    return None if request.principal == "*" and named else request.principal in named


def _named(principal: Any) -> list[Any]:
    return _listed(principal.get("AWS", ()) if isinstance(principal, Mapping) else principal)


def _conditions(condition: Any, request: PolicyRequest) -> Iterable[bool | None]:
    if isinstance(condition, Unknown):
        yield None
    elif isinstance(condition, Mapping):
        for name, keys in condition.items():
            for key, wanted in keys.items() if isinstance(keys, Mapping) else ():
                yield _condition(str(name), str(key), _listed(wanted), request)


def _condition(asked: str, key: str, wanted: list[Any], request: PolicyRequest) -> bool | None:
    context = {name.lower(): value for name, value in request.context.items()}
    given = context.get(key.lower())
    absent = key.lower().partition("/")[0] in {name.lower() for name in request.absent}
    base = asked.removesuffix("IfExists").rpartition(":")[2]
    if base == "Null":
        return None if given is None and not absent else (str(wanted[0]).lower() == "true") == absent
    if given is None:
        negative = "Not" in base
        return (negative or asked.endswith("IfExists")) if absent else None
    plain = base.replace("Not", "")
    compare = _OPERATORS.get(plain) or _numeric(plain)
    if compare is None or any(isinstance(value, Unknown) for value in wanted):
        return None
    return any(compare(str(value), given) for value in wanted) != ("Not" in base)


def like(pattern: str, value: str) -> bool:
    """IAM's wildcards: `*` for any text, `?` for one character."""
    return _expression(pattern).fullmatch(value) is not None


@lru_cache(4096)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_WILDCARD.get(character, re.escape(character)) for character in pattern), re.DOTALL)


def _numeric(name: str) -> Callable[[str, str], bool] | None:
    compare = _COMPARISONS.get(name.removeprefix("Numeric")) if name.startswith("Numeric") else None
    if compare is None:
        return None

    def compared(wanted: str, given: str) -> bool:
        try:
            return compare(float(given), float(wanted))
        except ValueError:
            return False

    return compared


def _in_block(block: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(block, strict=False)
    except ValueError:
        return False


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.lower() == given.lower(),
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "IpAddress": _in_block,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
