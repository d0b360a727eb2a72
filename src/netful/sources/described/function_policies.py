"""Policies of described functions, as the permissions of a template.

A permission is for one principal and one value of each condition, so a statement with several is as many permissions. A statement
with anything else, such as `NotPrincipal` or an operator that no permission has, depends on what is not known.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from netful.model.core import Unknown
from netful.model.functions.compute import qualified
from netful.sources.described.apis.parts import policy

_EQUAL, _LIKE = ("stringequals",), ("arnlike", "arnequals", "stringlike")
_CONDITIONS = {
    "aws:sourcearn": ("SourceArn", _LIKE),
    "aws:sourceaccount": ("SourceAccount", _EQUAL),
    "aws:principalorgid": ("PrincipalOrgID", _EQUAL),
    "lambda:eventsourcetoken": ("EventSourceToken", _EQUAL),
    "lambda:functionurlauthtype": ("FunctionUrlAuthType", _EQUAL),
    "lambda:invokedviafunctionurl": ("InvokedViaFunctionUrl", ("bool",)),
}
"""Condition keys that permissions have: the property of each, and its operators."""

_MEMBERS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


def grants(text: str) -> Iterator[dict[str, Any]]:
    """Yield the properties of the permissions in a policy. A Deny may refuse what any of them admits."""
    document = policy(text)
    if not isinstance(document, Mapping):
        yield _unknown("it is not JSON")
        return
    statements = [each for each in _listed(document.get("Statement")) if isinstance(each, Mapping)]
    denied = any(each.get("Effect") != "Allow" for each in statements)
    for statement in statements:
        if statement.get("Effect") == "Allow":
            for grant in _of_statement(statement):
                yield grant | (_unknown("it has a Deny") if denied else {})


def _of_statement(statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    conditions = list(_conditions(statement.get("Condition")))
    actions = {"Action": statement.get("Action"), "StatementId": statement.get("Sid")}
    for resource in _listed(statement.get("Resource")) or [""]:
        qualifier = qualified(str(resource))[1]
        own = actions | ({"Qualifier": qualifier} if qualifier else {})
        if not _MEMBERS.issuperset(statement) or None in conditions:
            yield own | _unknown("netful does not read all of a statement")
            continue
        values = [[(name, value) for value in values] for name, values in filter(None, conditions)]
        for principal, *given in product(_principals(statement.get("Principal")), *values):
            yield own | {"Principal": principal} | dict(given)


def _conditions(written: Any) -> Iterator[tuple[str, list[Any]] | None]:
    """Yield the property and the values of each condition; None for one that no permission has."""
    for operator, operands in written.items() if isinstance(written, Mapping) else ():
        for key, values in operands.items() if isinstance(operands, Mapping) else ():
            name, operators = _CONDITIONS.get(key.lower(), ("", ()))
            yield (name, _listed(values)) if operator.lower() in operators else None


def _principals(written: Any) -> list[Any]:
    return [each for one in written.values() for each in _listed(one)] if isinstance(written, Mapping) else [written]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _unknown(why: str) -> dict[str, Any]:
    return {"Principal": Unknown(f"a policy of a function: {why}")}
