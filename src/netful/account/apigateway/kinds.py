"""Kinds of things that have a resource each: parts of APIs, mappings, VPC links. Their creation, change and deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from botocore.model import StructureShape
from msgspec import field

from netful.account.apigateway.edits import PART_ID, edit, is_newer, new_id, rewritten, tag_list
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site
from netful.account.apigateway.operations.patches import Patch, patches
from netful.account.apigateway.patching import patched
from netful.account.apigateway.shapes import Names, input_shape, merged, properties
from netful.account.changes import new, removal
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource

Properties = dict[str, Any]


def _as_given(_site: Site, _wanted: OperationRequest, own: Properties, _id: str) -> Properties:
    return own


def _alone(_site: Site, _one: Resource) -> Iterable[Resource]:
    return ()


def _patch(kind: Kind, _cloud: Cloud, one: Resource, patch: Patch) -> Properties:
    return kind.patched(one, patch)


class Kind(Frozen):
    """A kind of things: its noun in the names of operations, the type of its resources, and its name in requests.

    `get` answers about one, `find` returns the resource of one, `owner` the properties that name what one belongs to.
    `check` returns the properties of a request as the resource has them, for one with an id, or "" for a new one. `along`
    returns the resources that are deleted along with one. `key` is the property that is the name of one in paths, if that
    is not its id. `patch` returns the properties of one after a patch, and `names` are the properties that are not the
    member with a capital letter. All raise ApiError where AWS refuses a request.
    """

    noun: str
    type: str
    name: str
    get: Callable[[Site, OperationRequest], Any]
    find: Callable[[Site, OperationRequest], Resource]
    owner: Callable[[Site, OperationRequest], Properties]
    check: Callable[[Site, OperationRequest, Properties, str], Properties] = _as_given
    along: Callable[[Site, Resource], Iterable[Resource]] = _alone
    key: str = ""
    verb: str = "Create"
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
        return properties(self.shape(self.verb), wanted.body, self.names)

    def patched(self, one: Resource, patch: Patch) -> Properties:
        """Return the properties of one after a patch of a member of the request that creates it."""
        return patched(self.shape(self.verb), one.properties, (patch,), self.names)

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

    def operations(self) -> tuple[Change, Change, Change]:
        """Return the operations that change them."""
        return (
            Change(self.create, named=f"Create{self.noun}"),
            Change(self.update, named=f"Update{self.noun}"),
            Change(self.delete, named=f"Delete{self.noun}"),
        )
