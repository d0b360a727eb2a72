"""Evaluation of a policy document for a request (vpc-network §5.4, newer-aws §9).

The order is IAM's: an explicit denial wins, else any allowance, else the request is denied. The logic is three-valued: a
statement may or may not apply if it depends on something that the request lacks (a condition key, a missing value).
A request without a resource is allowed if *any* resource would be allowed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from msgspec import field

from netful.engine.flows.truth import every, opposite, some
from netful.engine.iam import conditions, texts
from netful.engine.iam.request_context import Context
from netful.model.core import Frozen, Unknown, listed
from netful.model.names.arns import account_root

Outcome = Literal["allow", "deny", "unknown"]

OF_REQUEST = " of the request"
"""End of the names of missing condition keys."""
_WITH_VARIABLES = "2012-10-17"


class PolicyRequest(Frozen):
    """A request to a policy.

    A context key that is absent from `context` but listed in `absent` is known to be unset. Keys with an own name
    (`aws:PrincipalTag/team`) are listed without that name.
    `account` is set for a caller that is some identity of that account: a statement for one of its identities may apply to it.
    `principals` is set for a known caller: every name that a statement may use for it.
    `alike` are further ARNs of the resource, if it has several.
    `parties` is set for a caller that is no identity of an account, such as an AWS service: its names, under any kind of principal.
    """

    action: str
    resource: str = ""
    principal: str = "*"
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    account: str = ""
    principals: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()


class Decision(Frozen):
    """Outcome, with the statement that decided it; "" if no statement did.

    `keys` are what an unknown one depends on. `may_deny`: a Deny statement may apply.
    """

    outcome: Outcome
    statement: str = ""
    keys: tuple[str, ...] = ()
    may_deny: bool = False

    def remedy(self, component: str) -> str:
        """Return the change of a component's policy that lifts an explicit denial, which no Allow overrides; "" without one."""
        hint = f"narrow {self.statement} in the policy of `{component}`: it denies this, whatever else allows it"
        return hint if self.outcome == "deny" and self.statement else ""

    def doubt(self, component: str) -> tuple[str, tuple[str, ...]]:
        """Return the rule of an unknown outcome of a component's policy, and what would settle it."""
        if not self.keys:
            rule = "it depends on the caller"
            missing = (f"what the policy of {component} asks of the caller",)
            return rule, missing
        keys = " and ".join(f"`{key}`" for key in self.keys)
        rule = f"it depends on {keys} of the request"
        return rule, (f"{keys}{OF_REQUEST}",)


def evaluate(document: Mapping[str, Any], request: PolicyRequest) -> Decision:
    """Return the decision of a policy on a request."""
    allowed, may_be_allowed, may_be_denied = "", False, False
    keys: dict[str, None] = {}
    whole = Context.of(request.context, request.absent, variables=_variables(document.get("Version")))
    for number, statement in enumerate(listed(document.get("Statement")), start=1):
        if not isinstance(statement, Mapping):
            may_be_allowed = may_be_denied = True
            continue
        context = replace(whole, variables=_variables(statement["Version"])) if "Version" in statement else whole
        effect, applies = statement.get("Effect"), every(_parts(statement, request, context))
        name = str(statement.get("Sid") or f"statement {number}")
        if applies and effect == "Deny":
            return Decision("deny", name)
        if applies and effect == "Allow":
            allowed = allowed or name
        elif applies is not False:
            may_be_allowed = True
            may_be_denied = may_be_denied or effect != "Allow"
            keys |= dict.fromkeys(_open_keys(statement.get("Condition"), context))
    if may_be_denied or (may_be_allowed and not allowed):
        return Decision("unknown", keys=tuple(keys), may_deny=may_be_denied)
    return Decision("allow", allowed) if allowed else Decision("deny")


def _variables(version: Any) -> bool | None:
    return None if version is None or isinstance(version, Unknown) else version == _WITH_VARIABLES


def _parts(statement: Mapping[str, Any], request: PolicyRequest, context: Context) -> Iterator[bool | None]:
    """Yield whether each part of a statement applies to a request: all of them must."""
    yield _element(statement, "Action", lambda pattern: texts.like(pattern.lower(), request.action.lower()))
    yield _resource(statement, request, context)
    yield _principal(statement, request)
    yield from _conditions(statement.get("Condition"), context)


def _element(
    statement: Mapping[str, Any], name: str, covers: Callable[[str], bool | None], *, missing: bool | None = None
) -> bool | None:
    """Return whether a statement's `Action` or `Resource` (or `Not…`) element covers a value; `missing` if it has neither."""
    if name in statement:
        return _covered(statement[name], covers)
    if f"Not{name}" in statement:
        return opposite(_covered(statement[f"Not{name}"], covers))
    return missing


def _covered(patterns: Any, covers: Callable[[str], bool | None]) -> bool | None:
    return some(covers(one) if isinstance(one, str) else None for one in listed(patterns))


def _resource(statement: Mapping[str, Any], request: PolicyRequest, context: Context) -> bool | None:
    if request.resource:

        def covers(arn: str) -> bool | None:
            return _element(statement, "Resource", lambda pattern: texts.matches(pattern, arn, context), missing=True)

        return some(map(covers, (request.resource, *request.alike)))
    denies = statement.get("Effect") == "Deny"
    narrow = "NotResource" in statement or "*" not in listed(statement.get("Resource", "*"))
    return not (denies and narrow)


def _principal(statement: Mapping[str, Any], request: PolicyRequest) -> bool | None:
    if request.parties:
        return _party(statement, request.parties)
    if "NotPrincipal" in statement:
        return opposite(_excepted(_named(statement["NotPrincipal"]), request))
    named = _named(statement.get("Principal", "*"))
    if "*" in named:
        return True
    if request.principals:
        return _one_of(named, request.principals)
    if request.account:
        whole = (request.account, account_root(request.account, request.resource))
        own = [name for name in named if isinstance(name, Unknown) or f"::{request.account}:" in str(name)]
        return True if any(name in whole for name in named) else None if own else False
    return None if request.principal == "*" and named else _one_of(named, (request.principal,))


def _party(statement: Mapping[str, Any], parties: tuple[str, ...]) -> bool | None:
    element = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    principal = statement.get(element, "*")
    kinds = principal.values() if isinstance(principal, Mapping) else (principal,)
    found = _one_of([one for kind in kinds for one in listed(kind)], ("*", *parties))
    return found if element == "Principal" else opposite(found)


def _excepted(named: list[Any], request: PolicyRequest) -> bool | None:
    """Return whether `NotPrincipal` excepts the caller: by its account and by each of its own names (newer-aws §9.2)."""
    if "*" in named:
        return True
    if not request.principals:
        return None if request.account or request.principal == "*" else False
    account = tuple(name for name in request.principals if name.isdigit() or name.endswith(":root"))
    own = [(name,) for name in request.principals if name not in account]
    return every(_one_of(named, names) for names in (*own, *((account,) if account else ())))


def _one_of(named: list[Any], principals: tuple[str, ...]) -> bool | None:
    return some(name in principals if isinstance(name, str) else None for name in named)


def _named(principal: Any) -> list[Any]:
    return listed(principal.get("AWS", ()) if isinstance(principal, Mapping) else principal)


def _open_keys(condition: Any, context: Context) -> Iterator[str]:
    """Yield the keys of conditions that may or may not hold."""
    for name, keys in condition.items() if isinstance(condition, Mapping) else ():
        for key, wanted in keys.items() if isinstance(keys, Mapping) else ():
            if conditions.holds(str(name), str(key), listed(wanted), context) is None:
                yield str(key)


def _conditions(condition: Any, context: Context) -> Iterator[bool | None]:
    if condition is None:
        return
    if not isinstance(condition, Mapping):
        yield None
        return
    for name, keys in condition.items():
        if not isinstance(keys, Mapping):
            yield None
            continue
        for key, wanted in keys.items():
            yield conditions.holds(str(name), str(key), listed(wanted), context)
