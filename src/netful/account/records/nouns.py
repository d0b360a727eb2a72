"""Nouns of a service: a kind of things with its record, and the operations on it that follow from both."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.account.changes import Remove, new, updated
from netful.account.operations.query_api import Parameters
from netful.account.records.looks import Look, RecordOf, get, listing
from netful.account.records.view import Kind, View
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.core import Frozen, Resource

_COMMON = ("Name", "Tags", "CreatorRequestId")


class Noun(Frozen):
    """A kind of things of a service, and its record. `gone` is the status of a deleted one."""

    service: str
    kind: Kind
    record: RecordOf
    gone: str = "DELETING"

    def looks(self) -> dict[str, Look]:
        """Return the looks at one and at all of them, by the names of their operations."""
        name = f"List{self.kind.member}s"
        every = listing(self.service, name, lambda view: (self.record(view, one) for one in view.of_kind(self.kind)))
        return {f"Get{self.kind.member}": get(self.kind, self.record), name: every}

    def found(self, view: View, asked: Parameters) -> Resource:
        """Return the one that a request names. Raises ApiError for an unknown one."""
        return view.found(self.kind, asked[self.kind.id_member])

    def added(self, view: View, asked: Parameters, properties: Mapping[str, Any]) -> Change[View]:
        """Return the change that adds one with the name, the tags and the token that a request has."""
        own = {**{name: asked.get(name) for name in _COMMON}, **properties}
        given = {name: value for name, value in own.items() if value is not None}
        put = new(self.kind.type, view.new_id(self.kind, given.get("Direction")), given)
        return Change((put,), self.answered(put.resource.id))

    def answered(self, id_: str) -> Callable[[View], Mapping[str, Any]]:
        """Return the answer that has the record of one after the change."""
        return lambda after: {self.kind.member: self.record(after, after.found(self.kind, id_))}

    def changed(self, resource: Resource, **properties: Any) -> Change[View]:
        """Return the change that gives one other properties."""
        return Change((updated(resource, **properties),), self.answered(resource.id))

    def update(self, *names: str) -> Write[View]:
        """Return the operation that sets the properties of some names."""
        return lambda view, asked: self.changed(
            self.found(view, asked), **{name: asked[name] for name in names if name in asked}
        )

    def removed(self, view: View, resource: Resource) -> Change[View]:
        """Return the change that removes one: the answer has its last record."""
        last = {**self.record(view, resource), "Status": self.gone}
        return Change((Remove(resource.id),), lambda _after: {self.kind.member: last})

    def disassociate(self, of: "Noun", member: str, text: str) -> Write[View]:
        """Return the operation that removes the one that ties a thing of another kind to what the parameter `member` names.

        The text is that of the error without one, with both parameters.
        """

        def write(view: View, asked: Parameters) -> Change[View]:
            for one in view.referring(self.kind, of.kind.id_member, of.found(view, asked)):
                if view.name(one.properties.get(member)) == view.name(asked[member]):
                    return self.removed(view, one)
            raise ApiError("ResourceNotFoundException", text.format(asked[of.kind.id_member], asked[member]))

        return write

    def delete(self, code: str, text: str, *users: Kind) -> Write[View]:
        """Return the operation that deletes one, but not while others refer to it; the code and the text are the error then."""
        return partial(self._delete, code, text, users)

    def _delete(self, code: str, text: str, users: tuple[Kind, ...], view: View, asked: Parameters) -> Change[View]:
        resource = self.found(view, asked)
        if any(view.referring(kind, self.kind.id_member, resource) for kind in users):
            raise ApiError(code, text.format(view.id(resource)))
        return self.removed(view, resource)
