"""Calls that add a statement to the policy of a resource, or remove one, by its label: the `Sid`.

| service | adds by | statement |
|---|---|---|
| SQS, SNS | `AddPermission` | accounts, and actions without their prefix |
| EventBridge | `PutPermission` with a `StatementId` | an account or `*`, one action, perhaps a condition |
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from netful.model.core import Frozen, listed
from netful.model.names.arns import account_root

_Content = Mapping[str, Any]


class StatementChange(Frozen):
    """Change of a policy: the statement with a label comes or goes; without a label, all go."""

    label: str
    added: Mapping[str, Any] | None = None

    def of(self, statements: Sequence[Any]) -> list[Any]:
        """Return the statements after the change."""
        others = (one for one in statements if not isinstance(one, Mapping) or one.get("Sid") != self.label)
        kept = [*others] if self.label else []
        return kept if self.added is None else [*kept, self.added]


def _of_accounts(content: _Content, arn: str, *, prefix: str) -> StatementChange:
    """Return the change of an `AddPermission`: lists in JSON, or in the numbered members of a form."""
    accounts = [*listed(content.get("AWSAccountIds")), *_numbered(content, "AWSAccountId.")]
    actions = [*listed(content.get("Actions")), *_numbered(content, "ActionName.")]
    return _added(content.get("Label"), accounts, [f"{prefix}:{one}" for one in actions], arn)


def _numbered(content: _Content, before: str) -> Iterator[Any]:
    return (value for name, value in content.items() if name.startswith(before))


def _of_bus(content: _Content, arn: str) -> StatementChange:
    change = _added(content.get("StatementId"), [content.get("Principal")], [content.get("Action")], arn)
    limit = content.get("Condition")
    if not isinstance(limit, Mapping) or change.added is None:
        return change
    return StatementChange(
        change.label, {**change.added, "Condition": {limit.get("Type"): {limit.get("Key"): limit.get("Value")}}}
    )


def _added(label: Any, accounts: Sequence[Any], actions: Sequence[Any], arn: str) -> StatementChange:
    names = ["*" if one == "*" else account_root(str(one), arn) for one in accounts]
    statement = {"Sid": str(label), "Effect": "Allow", "Principal": {"AWS": names}, "Action": actions, "Resource": arn}
    return StatementChange(str(label), statement)


def _off_queue_or_topic(content: _Content, _arn: str) -> StatementChange:
    return StatementChange(str(content.get("Label")))


def _off_bus(content: _Content, _arn: str) -> StatementChange:
    return StatementChange("" if content.get("RemoveAllPermissions") else str(content.get("StatementId")))


CHANGES: Mapping[str, Callable[[_Content, str], StatementChange]] = {
    "sqs:AddPermission": partial(_of_accounts, prefix="sqs"),
    "sqs:RemovePermission": _off_queue_or_topic,
    "sns:AddPermission": partial(_of_accounts, prefix="sns"),
    "sns:RemovePermission": _off_queue_or_topic,
    "events:PutPermission": _of_bus,
    "events:RemovePermission": _off_bus,
}
