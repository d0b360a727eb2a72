"""Kinds of things that have a resource each: parts of APIs, mappings, VPC links. Their creation, change and deletion."""

from collections.abc import Callable, Iterable
from typing import Any

from botocore.model import StructureShape

from netful.account.apigateway.edits import PART_ID, edit, new_id, removal, rewritten, tag_list
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.patching import patched
from netful.account.apigateway.shapes import input_shape, merged, properties
from netful.account.changes import new
from netful.model.core import Frozen, Resource

Properties = dict[str, Any]


def _as_given(_site: Site, _wanted: OperationRequest, own: Properties, _id: str) -> Properties:
    return own


def _alone(_site: Site, _one: Resource) -> Iterable[Resource]:
    return ()


class Kind(Frozen):
    """A kind of things: its noun in the names of operations, the type of its resources, its path, and its name in paths.

    `get` answers about one, `find` returns the resource of one, `owner` the properties that name what one belongs to.
    `check` returns the properties of a request as the resource has them, for one with an id, or "" for a new one. `along`
    returns the resources that are deleted along with one. `key` is the property that is the name of one in paths, if that
    is not its id. All raise ApiError where AWS refuses a request.
    """

    noun: str
    type: str
    path: str
    name: str
    get: Callable[[Site, OperationRequest], Any]
    find: Callable[[Site, OperationRequest], Resource]
    owner: Callable[[Site, OperationRequest], Properties]
    check: Callable[[Site, OperationRequest, Properties, str], Properties] = _as_given
    along: Callable[[Site, Resource], Iterable[Resource]] = _alone
    key: str = ""
    verb: str = "Create"
    id_length: int = PART_ID

    @property
    def newer(self) -> bool:
        """True for things of the newer API, whose updates have properties; others have patches."""
        return self.path.startswith("/v2/")

    def shape(self, verb: str) -> StructureShape:
        """Return the shape of the request of an operation."""
        return input_shape("apigatewayv2" if self.newer else "apigateway", verb + self.noun)

    def create(self, site: Site, wanted: OperationRequest) -> Any:
        """Create one."""
        id_, owner = new_id(self.id_length), self.owner(site, wanted)
        own = self.check(site, wanted, {**owner, **properties(self.shape(self.verb), wanted.body)}, "")
        edit(site, new(self.type, id_, own if self.newer else tag_list(own)))
        return self.get(site, wanted.naming(**{self.name: str(own[self.key]) if self.key else id_}))

    def update(self, site: Site, wanted: OperationRequest) -> Any:
        """Change one."""
        one = self.find(site, wanted)
        own = (
            merged(one.properties, properties(self.shape("Update"), wanted.body))
            if self.newer
            else patched(self.shape(self.verb), one.properties, patches(wanted))
        )
        edit(site, rewritten(one, self.check(site, wanted, own, one.id)))
        return self.get(site, wanted)

    def delete(self, site: Site, wanted: OperationRequest) -> None:
        """Delete one."""
        one = self.find(site, wanted)
        edit(site, *removal((one, *self.along(site, one))))

    def operations(self, created: int = 201, deleted: int = 204) -> tuple[Change, Change, Change]:
        """Return the operations, with the statuses of created and deleted ones."""
        one = f"{self.path}/{{{self.name}}}"
        return (
            Change("POST", self.path, self.create, created, named=f"Create{self.noun}"),
            Change("PATCH", one, self.update, named=f"Update{self.noun}"),
            Change("DELETE", one, self.delete, deleted, named=f"Delete{self.noun}"),
        )
