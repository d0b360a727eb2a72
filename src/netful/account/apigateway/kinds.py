"""Kinds of things that have a resource each, and the operations that list, read, create, change and delete them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from typing import Any

from botocore.model import StructureShape
from msgspec import field

from netful.account.apigateway.edits import PART_ID, edit, is_newer, new_id, resource, rewritten, tag_list
from netful.account.apigateway.operations.faults import not_found
from netful.account.apigateway.operations.operation import (
    Change,
    Operation,
    OperationRequest,
    Site,
    page,
    page_of,
    reads,
)
from netful.account.apigateway.operations.patches import Patch, patches
from netful.account.apigateway.patching import patched
from netful.account.apigateway.shapes import Names, input_shape, merged, properties
from netful.account.changes import new, removal
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource

Properties = dict[str, Any]


def _ids(cloud: Cloud, one: Any) -> tuple[object, ...]:
    return one.id, cloud.part_id(one.id)


def _resource(site: Site, _wanted: OperationRequest, one: Any) -> Resource:
    return resource(site.cloud, one.id)


def _as_given(_site: Site, _wanted: OperationRequest, own: Properties, _id: str) -> Properties:
    return own


def _alone(_site: Site, _one: Resource) -> Iterable[Resource]:
    return ()


def _patch(kind: Kind, _cloud: Cloud, one: Resource, patch: Patch) -> Properties:
    return kind.patched(one, patch)


class Kind(Frozen):
    """A kind of things: its noun in the names of operations, the type of its resources, and its name in requests.

    `things` returns those that a path may name, `show` one as answers have it, and `owner` the properties that name what one
    belongs to, after the body of an API became resources. `missing` is the text of the error for an unknown one.
    `check` returns the properties of a request as the resource has them, for one with an id, or "" for a new one. `along`
    returns the resources that are deleted along with one. `key` is the property that is the name of one in paths, if that
    is not its id, and `ids` returns all names by which a path may name one. `resource` returns the resource of one, `listed`
    the things that a list has, if not all, and `patch` the properties of one after a patch. `names` are the properties that
    are not the member with a capital letter. All raise ApiError where AWS refuses a request.
    """

    noun: str
    type: str
    name: str
    things: Callable[[Site, OperationRequest], Iterable[Any]]
    show: Callable[[Site, OperationRequest, Any], Any]
    owner: Callable[[Site, OperationRequest], Properties] = lambda _site, _wanted: {}
    missing: str = ""
    check: Callable[[Site, OperationRequest, Properties, str], Properties] = _as_given
    along: Callable[[Site, Resource], Iterable[Resource]] = _alone
    key: str = ""
    ids: Callable[[Cloud, Any], Container[object]] = _ids
    resource: Callable[[Site, OperationRequest, Any], Resource] = _resource
    listed: Callable[[Site, OperationRequest], Iterable[Any]] | None = None
    id_length: int = PART_ID
    patch: Callable[[Kind, Cloud, Resource, Patch], Properties] = _patch
    names: Names = field(default_factory=dict)

    @property
    def newer(self) -> bool:
        """True for things of the newer API, whose updates have properties; others have patches."""
        return is_newer(self.type)

    def shape(self, verb: str) -> StructureShape:
        """Return the shape of the request of an operation."""
        return input_shape("apigatewayv2" if self.newer else "apigateway", verb + self.noun)

    def given(self, wanted: OperationRequest) -> Properties:
        """Return the properties that a request for a new one sets."""
        return properties(self.shape("Create"), wanted.body, self.names)

    def patched(self, one: Resource, patch: Patch) -> Properties:
        """Return the properties of one after a patch of a member of the request that creates it."""
        return patched(self.shape("Create"), one.properties, (patch,), self.names)

    def of(self, site: Site, wanted: OperationRequest) -> Any:
        """Return the one that a path names."""
        named = wanted.names[self.name]
        found = next((one for one in self.things(site, wanted) if named in self.ids(site.cloud, one)), None)
        if found is None:
            missing = self.missing or f"Unable to find {self.noun} by ID {{}} within the provided API"
            raise not_found(missing.format(named))
        return found

    def get(self, site: Site, wanted: OperationRequest) -> Any:
        """Answer about one."""
        return self.show(site, wanted, self.of(site, wanted))

    def find(self, site: Site, wanted: OperationRequest) -> Resource:
        """Return the resource of the one that a path names, after the body of its API became resources."""
        self.owner(site, wanted)
        return self.resource(site, wanted, self.of(site, wanted))

    def every(self, site: Site, wanted: OperationRequest) -> Iterator[Any]:
        """Yield the answers about all that a request lists."""
        return (self.show(site, wanted, one) for one in (self.listed or self.things)(site, wanted))

    def create(self, site: Site, wanted: OperationRequest) -> Any:
        """Create one."""
        id_, owner = new_id(self.id_length), self.owner(site, wanted)
        own = self.check(site, wanted, {**owner, **self.given(wanted)}, "")
        edit(site, new(self.type, id_, own if self.newer else tag_list(own)))
        return self.get(site, wanted.naming(**{self.name: str(own[self.key]) if self.key else id_}))

    def update(self, site: Site, wanted: OperationRequest) -> Any:
        """Change one."""
        one = self.find(site, wanted)
        if self.newer:
            one = replace(one, properties=merged(one.properties, properties(self.shape("Update"), wanted.body)))
        else:
            for patch in patches(wanted):
                one = replace(one, properties=self.patch(self, site.cloud, one, patch))
        edit(site, rewritten(one, self.check(site, wanted, {**one.properties}, one.id)))
        return self.get(site, wanted)

    def delete(self, site: Site, wanted: OperationRequest) -> None:
        """Delete one."""
        one = self.find(site, wanted)
        edit(site, *removal((one, *self.along(site, one))))

    def operations(self) -> tuple[Operation, ...]:
        """Return the operations. One of the same name that follows them in a table takes the place of theirs."""
        return (
            *reads(self.noun, self.every, self.get, page_of if self.newer else page),
            Change(self.create, named=f"Create{self.noun}"),
            Change(self.update, named=f"Update{self.noun}"),
            Change(self.delete, named=f"Delete{self.noun}"),
        )
