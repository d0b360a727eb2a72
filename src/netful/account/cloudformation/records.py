"""Stacks, resources, events and change sets, as CloudFormation keeps and describes them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netful.model.core import Frozen, instant

STACK = "AWS::CloudFormation::Stack"
IN_REVIEW = "REVIEW_IN_PROGRESS"
DELETED, SKIPPED = "DELETE_COMPLETE", "DELETE_SKIPPED"
_ENDED = "The account ended during the deployment."


_INTERRUPTED = {
    "CREATE": ("ROLLBACK", {"CREATE_IN_PROGRESS": DELETED, "CREATE_COMPLETE": DELETED}),
    "ROLLBACK": ("ROLLBACK", {"CREATE_IN_PROGRESS": DELETED, "CREATE_COMPLETE": DELETED, "CREATE_FAILED": DELETED}),
    "UPDATE": ("UPDATE_ROLLBACK", {"CREATE_IN_PROGRESS": DELETED, "UPDATE_IN_PROGRESS": "UPDATE_COMPLETE"}),
    "DELETE": ("DELETE", {"DELETE_IN_PROGRESS": "DELETE_FAILED"}),
}
"""By the work that was interrupted: the work that ends it, and the states of the resources after it."""


def now() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Content:
    """The part of a stack that a deployment sets, and a rollback restores.

    `body` is the template, after the macros of the account, `file` the same on the disk, and `original` the template as it was
    sent if macros changed it. `parameters` are values as they were given;
    `resolved` are the values of those that name a Systems Manager parameter. `imported` are the ids in the cloud of the resources
    that an import takes into the stack, by logical id; "" for one that only its service has.
    """

    body: str
    file: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    resolved: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[Mapping[str, str], ...] = ()
    capabilities: tuple[str, ...] = ()
    original: str = ""
    imported: Mapping[str, str] = field(default_factory=dict)

    @property
    def sent(self) -> str:
        """The template as it was sent."""
        return self.original or self.body


@dataclass(slots=True)
class StackMember:
    """A resource of a stack."""

    logical_id: str
    type: str
    physical_id: str = ""
    status: str = ""
    reason: str = ""
    time: datetime = field(default_factory=now)

    @property
    def there(self) -> bool:
        """True if the stack has the resource: not one that was deleted, or that stays without it."""
        return self.status not in ("", DELETED, SKIPPED)


class Event(Frozen):
    """One event of a stack; `properties` is the JSON text of the resource's resolved properties."""

    id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    properties: str
    time: datetime
    token: str


@dataclass(slots=True)
class ChangeSet:
    """A change set: the content that it would deploy, and the changes that this would make.

    `refused` are the reasons why resources cannot be imported, by logical id.
    """

    name: str
    id: str
    kind: str
    content: Content
    changes: list[Mapping[str, Any]]
    status: str
    execution: str
    reason: str = ""
    description: str = ""
    time: datetime = field(default_factory=now)
    on_failure: str = ""
    client_token: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class StackRecord:
    """A stack. `content` is what was deployed last; `options` are members of the request that DescribeStacks repeats.

    `former` is what an update that failed, and that kept what it made, has to go back to.
    """

    name: str
    id: str
    content: Content | None = None
    status: str = IN_REVIEW
    reason: str = ""
    created: datetime = field(default_factory=now)
    updated: datetime | None = None
    deleted: datetime | None = None
    description: str = ""
    outputs: list[Mapping[str, Any]] = field(default_factory=list)
    members: dict[str, StackMember] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    change_set_id: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    protected: bool = False
    disable_rollback: bool = False
    policy: str = ""
    parent_id: str = ""
    root_id: str = ""
    drift: str = "NOT_CHECKED"
    former: Content | None = None

    @property
    def busy(self) -> bool:
        """True while a deployment is at work."""
        return self.status.endswith("_IN_PROGRESS") and self.status != IN_REVIEW

    @property
    def live(self) -> bool:
        """True if the stack has been created and not deleted."""
        return self.status not in (IN_REVIEW, DELETED)

    def interrupted(self) -> None:
        """Roll back a deployment that was at work when the account ended."""
        if self.busy:
            work, states = _INTERRUPTED.get(self.status.partition("_")[0], _INTERRUPTED["UPDATE"])
            if work == "DELETE":  # the stack is still there
                self.set("DELETE_FAILED", _ENDED)
            else:
                self.set(f"{work}_IN_PROGRESS", _ENDED)
            for member in [*self.members.values()]:
                if member.status in states:
                    self.move(member.logical_id, states[member.status])
            if work != "DELETE":
                self.set(f"{work}_COMPLETE")
        for one in self.change_sets.values():
            if one.execution == "EXECUTE_IN_PROGRESS":
                one.execution = "EXECUTE_FAILED"

    def set(self, status: str, reason: str = "", token: str = "") -> None:
        """Set the stack's status, with its event."""
        self.status, self.reason = status, reason
        moment = now()
        self.events.append(Event(str(uuid.uuid4()), self.name, self.id, STACK, status, reason, "", moment, token))

    def member_status(self, logical_id: str) -> str:
        """Return the status of a resource; "" for one that the stack never had."""
        return self.members[logical_id].status if logical_id in self.members else ""

    def move(self, logical_id: str, *statuses: str) -> None:
        """Set one status after another of a resource that the stack has."""
        for status in statuses:
            self.set_member(logical_id, self.members[logical_id].type, status)

    def tell_deletion(self, logical_id: str, physical_id: str, states: Iterable[str]) -> None:
        """Add the events of what a resource was before its replacement, as it is deleted or left."""
        type_ = self.members[logical_id].type
        for status in states:
            id_, moment = f"{logical_id}-{status}-{uuid.uuid4()}", now()
            self.events.append(Event(id_, logical_id, physical_id, type_, status, "", "", moment, ""))

    def set_member(
        self, logical_id: str, type_: str, status: str, reason: str = "", physical_id: str = "", properties: str = ""
    ) -> None:
        """Set the status of a resource, with its event."""
        moment = now()
        member = self.members.setdefault(logical_id, StackMember(logical_id, type_))
        member.status, member.reason, member.time, member.type = status, reason, moment, type_
        member.physical_id = physical_id or member.physical_id
        id_ = f"{logical_id}-{status}-{instant(moment)}"
        self.events.append(Event(id_, logical_id, member.physical_id, type_, status, reason, properties, moment, ""))
