"""Calls that set, change or delete the policy of a resource: the cloud has it before the call is answered, so requests are judged by it.

These add a statement, or remove one, by its label, the `Sid`:

| service | adds by | statement |
|---|---|---|
| SQS, SNS | `AddPermission` | accounts, and actions without their prefix |
| EventBridge | `PutPermission` with a `StatementId` | an account or `*`, one action, perhaps a condition |
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from netful.engine.iam.resource_policies import documents, policy_of, with_policy
from netful.engine.iam.role_sessions import UNREAD
from netful.model.cloud import Cloud
from netful.model.core import Frozen, listed
from netful.model.names.arns import account_root
from netful.model.steps import Step
from netful.services.front.actions import asked, content_of
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request

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


_Text = Callable[[Request], Any]


def _member(*names: str) -> _Text:
    """Return the function that reads a member of a request, which may be within another one."""

    def text(request: Request) -> Any:
        found: Any = content_of(request)
        for name in names:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    return text


def _of_topic(request: Request) -> Any:
    content = content_of(request)
    return content.get("AttributeValue") if content.get("AttributeName") == "Policy" else None


def _of_deleted_secret(request: Request) -> Any:
    return "" if content_of(request).get("ForceDeleteWithoutRecovery") else None


_SET: Mapping[str, _Text] = {
    "s3:PutBucketPolicy": lambda request: request.body.decode(errors="replace"),
    "sqs:SetQueueAttributes": _member("Attributes", "Policy"),
    "sns:SetTopicAttributes": _of_topic,
    "secretsmanager:PutResourcePolicy": _member("ResourcePolicy"),
    "secretsmanager:DeleteSecret": _of_deleted_secret,
    "kms:PutKeyPolicy": _member("Policy"),
    "dynamodb:PutResourcePolicy": _member("Policy"),
    "kinesis:PutResourcePolicy": _member("Policy"),
    "ecr:SetRepositoryPolicy": _member("policyText"),
    "events:PutPermission": _member("Policy"),
}
_DELETED = frozenset({
    "s3:DeleteBucketPolicy", "s3:DeleteBucket", "sqs:DeleteQueue", "sns:DeleteTopic", "secretsmanager:DeleteResourcePolicy",
    "dynamodb:DeleteResourcePolicy", "dynamodb:DeleteTable", "kinesis:DeleteResourcePolicy", "kinesis:DeleteStream",
    "ecr:DeleteRepositoryPolicy", "ecr:DeleteRepository", "events:DeleteEventBus",
})  # fmt: skip
_CODES = frozenset({"s3", "sqs", "sns", "secretsmanager", "kms", "dynamodb", "kinesis-streams", "ecr.api", "events"})


def step_of(found: ServiceRoute, request: Request, cloud: Cloud) -> Step | None:
    """Return the step to the cloud after an answered call; None for a call that leaves all policies as they are."""
    if found.service.code not in _CODES or not _may_be(request):
        return None
    what = next(iter(asked(found, request, cloud.account_id)), None)
    step = _step(what.action, what.resource, request) if what is not None and what.resource else None
    return step if step is not None and documents(step(cloud)) != documents(cloud) else None


def _step(action: str, arn: str, request: Request) -> Step | None:
    text = "" if action in _DELETED else _SET[action](request) if action in _SET else None
    if isinstance(text, str):
        return partial(with_policy, arn=arn, document=_document(text))
    return partial(_changed, arn, CHANGES[action](content_of(request), arn)) if action in CHANGES else None


def _changed(arn: str, change: StatementChange, cloud: Cloud) -> Cloud:
    """Return the cloud with a change of the policy that a resource has."""
    own = change.of(listed((policy_of(arn, documents(cloud)) or {}).get("Statement")))
    return with_policy(cloud, arn, {"Statement": own} if own else None)


def _may_be(request: Request) -> bool:
    """Return whether a request may be such a call; most are not, and need no closer look."""
    target = request.header("x-amz-target")
    if "ermission" in target or b"Permission" in request.body:
        return True
    deletes = request.method == "DELETE" or ".Delete" in target or b"Action=Delete" in request.body
    return deletes or "olicy" in request.target or "olicy" in target or b"olicy" in request.body


def _document(text: str) -> Mapping[str, Any] | None:
    """Return a policy from its text, None for an empty one; one that cannot be read may allow and deny anything."""
    try:
        found = msgspec.json.decode(text) if text else None
    except ValueError:
        return UNREAD
    return found if isinstance(found, dict) or found is None else UNREAD
