"""Exports of stacks, and the stacks that import them."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.templates.objects import belongs
from netful.model.cloud import Cloud


def exports(cloud: Cloud) -> Iterator[tuple[str, str, Any]]:
    """Yield each export: its stack, its name and its value."""
    for one in cloud.template.outputs:
        if isinstance(one.export_name, str):
            yield one.stack, one.export_name, one.value


def importers(cloud: Cloud, export: str) -> list[str]:
    """Return the names of the stacks that import an export."""
    return [stack.partition("/")[0] for stack, names in cloud.template.imports.items() if export in names]


def in_use(before: Cloud, after: Cloud, stack: str, how: str) -> Iterator[str]:
    """Yield a sentence for each export of a stack that would change or go while another stack imports it."""
    next_values: Mapping[str, Any] = {name: value for owner, name, value in exports(after) if belongs(owner, stack)}
    for owner, name, value in exports(before):
        if belongs(owner, stack) and next_values.get(name) != value:
            users = [user for user in importers(before, name) if user != stack]
            if users:
                yield f"Export {name} cannot be {how} as it is in use by {', '.join(dict.fromkeys(users))}"


def refuse_taken_exports(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if a stack exports a name that another one exports."""
    others = {name: owner for owner, name, _ in exports(cloud) if not belongs(owner, stack)}
    for owner, name, _ in exports(cloud):
        if belongs(owner, stack) and name in others:
            raise DeploymentError(
                f"Export with name {name} is already exported by stack {others[name]}. Rollback requested by user."
            )


def refuse_missing_imports(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if a stack imports what no stack exports."""
    there = {name for _, name, _ in exports(cloud)}
    for user, names in cloud.template.imports.items():
        missing = next((name for name in names if name not in there), None) if belongs(user, stack) else None
        if missing is not None:
            raise DeploymentError(f"No export named {missing} found. Rollback requested by user.")
