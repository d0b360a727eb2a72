"""Stack policies: the updates of resources that a stack allows. A stack without a policy allows all."""

from collections.abc import Iterable, Mapping
from typing import Any

from netful.account.cloudformation.deployments.changes import ResourceChange
from netful.account.cloudformation.templates.template_text import invalid
from netful.account.wire.json_texts import decoded
from netful.engine.iam.texts import like

_ACTIONS = {"Remove": "Update:Delete", "Modify": "Update:Modify"}


def checked(text: str) -> str:
    """Return a policy as it is kept. Raises ApiError for one that cannot be read."""
    try:
        statements = decoded(text)["Statement"]
        valid = isinstance(statements, list | dict)
    except (ValueError, KeyError, TypeError):
        valid = False
    if not valid:
        raise invalid("Error validating stack policy: Invalid stack policy")
    return text


def denial(policy: str, changes: Iterable[ResourceChange]) -> tuple[str, str]:
    """Return why a policy denies an update, and the resource; "" twice if it allows all changes."""
    statements = _statements(policy)
    for change in changes if policy else ():
        if change.action == "Add":
            continue
        action = "Update:Replace" if change.replaces else _ACTIONS[change.action]
        matching = [(n, one) for n, one in enumerate(statements, 1) if _matches(one, action, change)]
        denying = next((n for n, one in matching if one.get("Effect") == "Deny"), None)
        if denying is not None:
            text = f"Statement [#{denying}] does not allow [{action}] for resource [{change.logical_id}]"
            return f"Action denied by stack policy: {text}", change.logical_id
        if not any(one.get("Effect") == "Allow" for _, one in matching):
            text = f"no statement allows [{action}] for resource [{change.logical_id}]"
            return f"Action denied by stack policy: {text}", change.logical_id
    return "", ""


def _statements(policy: str) -> list[Mapping[str, Any]]:
    written = decoded(policy)["Statement"] if policy else []
    return [written] if isinstance(written, Mapping) else [one for one in written if isinstance(one, Mapping)]


def _matches(statement: Mapping[str, Any], action: str, change: ResourceChange) -> bool:
    named = f"LogicalResourceId/{change.logical_id}"
    return (
        _in(statement, "Action", action)
        and _in(statement, "Resource", named)
        and all(_holds(statement, operator, change.type) for operator in statement.get("Condition") or {})
    )


def _in(statement: Mapping[str, Any], member: str, text: str) -> bool:
    """Return whether a text is among the patterns of a member, or is not among those of its opposite."""
    if f"Not{member}" in statement:
        return not _fits(statement[f"Not{member}"], text)
    return _fits(statement.get(member, ()), text)


def _holds(statement: Mapping[str, Any], operator: str, type_: str) -> bool:
    return _fits(statement["Condition"][operator].get("ResourceType", ()), type_)


def _fits(patterns: Any, text: str) -> bool:
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(like(str(one), text) for one in listed)
