"""The stacks of an account: found by name or id, and refused in CloudFormation's words where they are not there."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.account.cloudformation.records import IN_REVIEW, ChangeSet, StackMember, StackRecord
from netful.account.cloudformation.templates.template_text import invalid
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*")
MOST_DELETED = 100
"""The number of deleted stacks that are remembered; AWS remembers them for 90 days."""
MOST_EVENTS = 2000
"""The number of events of a stack that are remembered."""
_UPDATABLE = re.compile(
    r"CREATE_COMPLETE|UPDATE_COMPLETE|UPDATE_ROLLBACK_COMPLETE|IMPORT_(ROLLBACK_)?COMPLETE|CREATE_FAILED|UPDATE_FAILED"
)


def arn(cloud: Cloud, kind: str, name: str) -> str:
    """Return a new ARN of CloudFormation, with a UUID at its end."""
    return cloud.arn("cloudformation", f"{kind}/{name}/{uuid.uuid4()}")


class Stacks:
    """All stacks: those that exist by name, and deleted ones by id."""

    def __init__(self) -> None:
        self.by_name: dict[str, StackRecord] = {}
        self._by_id: dict[str, StackRecord] = {}
        self.tokens: dict[tuple[str, str], str] = {}

    def __iter__(self) -> Iterator[StackRecord]:
        """Yield all stacks, deleted ones included, the newest first."""
        return reversed([*self._by_id.values()])

    def add(self, record: StackRecord) -> StackRecord:
        """Add a stack."""
        self._by_id[record.id] = record
        if record.deleted is None:
            self.by_name[record.name] = record
        return record

    def drop(self, record: StackRecord) -> None:
        """Forget a stack that never was more than a change set."""
        self.by_name.pop(record.name, None)
        self._by_id.pop(record.id, None)

    def forget(self) -> None:
        """Forget the oldest deleted stacks and the oldest events, so that an account does not grow for ever."""
        deleted = [one for one in self._by_id.values() if one.deleted is not None]
        for one in deleted[:-MOST_DELETED]:
            del self._by_id[one.id]
        for one in self._by_id.values():
            del one.events[:-MOST_EVENTS]

    def find(self, name: str) -> StackRecord | None:
        """Return a stack by its name or its id."""
        return self._by_id.get(name) if name.startswith("arn:") else self.by_name.get(name)

    def get(self, asked: Mapping[str, Any], text: str = "Stack with id {} does not exist") -> StackRecord:
        """Return the stack that a request names. Raises ApiError if it does not exist."""
        name = require_name(asked.get("StackName"))
        found = self.find(name)
        if found is None:
            raise invalid(text.format(name))
        return found

    def member(self, asked: Mapping[str, Any]) -> tuple[StackRecord, StackMember]:
        """Return the resource that a request names, with its stack. Raises ApiError if one of them does not exist."""
        record, name = self.get(asked), str(asked.get("LogicalResourceId") or "")
        found = record.members.get(name)
        if found is None:
            raise invalid(f"Resource {name} does not exist for stack {record.name}")
        return record, found

    def live(self, asked: Mapping[str, Any]) -> StackRecord:
        """Return the stack that a request names, if it has been created. Raises ApiError."""
        record = self.get(asked, "Stack [{}] does not exist")
        if not record.live:
            raise invalid(f"Stack [{asked['StackName']}] does not exist")
        return record

    def updatable(self, asked: Mapping[str, Any]) -> StackRecord:
        """Return the stack that a request names, if it can be updated now. Raises ApiError."""
        record = self.live(asked)
        if not _UPDATABLE.fullmatch(record.status):
            raise invalid(f"Stack:{record.id} is in {record.status} state and can not be updated.")
        return record

    def change_set(self, asked: Mapping[str, Any]) -> tuple[StackRecord, ChangeSet]:
        """Return the change set that a request names, with its stack. Raises ApiError if it does not exist."""
        name = str(asked.get("ChangeSetName") or "")
        found = next(self._sets(asked.get("StackName"), name), None)
        if found is None:
            raise ApiError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)
        return found

    def _sets(self, stack: object, name: str) -> Iterator[tuple[StackRecord, ChangeSet]]:
        named = self.find(str(stack)) if stack and not name.startswith("arn:") else None
        if not name.startswith("arn:") and named is None:
            return
        records: Iterable[StackRecord] = [named] if named is not None else self._by_id.values()
        for record in records:
            for key in (name, *reversed(record.change_sets)):  # one that was executed has its id as its key
                one = record.change_sets.get(key)
                if one is not None and name in (one.name, one.id):
                    yield record, one


def require_name(name: object) -> str:
    """Return a stack's name or id. Raises ApiError for any other text."""
    text = str(name or "")
    if not _NAME.fullmatch(text):
        raise invalid(
            f"1 validation error detected: Value '{text}' at 'stackName' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"
        )
    return text


def is_in_review(record: StackRecord | None) -> bool:
    """Return whether a stack has only change sets yet."""
    return record is not None and record.status == IN_REVIEW
