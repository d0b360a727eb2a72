"""The cloud as the API of a service sees it: things found by their ids, their ARNs, tags and times of creation."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from netful.account.creation_times import CreationTimes
from netful.account.tags import tag_list
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown, instant
from netful.model.names.generated.id_forms import form_of, formed
from netful.model.names.partitions import partition
from netful.model.network.network_interface import NetworkInterface


class Kind(Frozen):
    """A kind of things: the type of its resources.

    `member` is its member of answers (`ResolverRule`), `noun` its name in texts of errors. `arn` follows account and region
    in its ARN, before the id; "" for a kind without ARNs. `missing` is the code of the error for an unknown one.
    """

    type: str
    member: str
    noun: str
    arn: str = ""
    missing: str = "ResourceNotFoundException"

    @property
    def id_member(self) -> str:
        """The member of requests that names one."""
        return f"{self.member}Id"


class View(Frozen):
    """A cloud, and the times of creation by id."""

    cloud: Cloud
    created: CreationTimes

    def of_kind(self, kind: Kind) -> Iterator[Resource]:
        """Yield the resources of a kind."""
        return self.cloud.template.of_type(kind.type)

    def id(self, resource: Resource) -> str:
        """Return AWS's id of a resource."""
        return self.cloud.aws_id(resource.id)

    def new_id(self, kind: Kind, direction: object = None) -> str:
        """Return a new id for a kind; `direction` is a resolver endpoint's."""
        form = form_of(kind.type, direction)
        assert form is not None
        return formed(form, self.cloud.account_id, self.cloud.region, secrets.token_hex())

    def name(self, aws_id: object) -> str:
        """Return the name in the cloud of what has an id; an unknown id is returned unchanged."""
        return self.cloud.names_by_id.get(str(aws_id), str(aws_id))

    def ids(self, values: object) -> list[str]:
        """Return AWS's ids of known names."""
        known = (one for one in values or () if not isinstance(one, Unknown))  # type: ignore[attr-defined]
        return [self.cloud.aws_id(str(one)) for one in known]

    def found(self, kind: Kind, asked: object) -> Resource:
        """Return the resource with an id, or a name in the cloud. Raises ApiError for an unknown one."""
        resource = self.cloud.template.resources.get(self.name(asked))
        if resource is None or resource.type != kind.type:
            raise ApiError(kind.missing, f"{kind.noun} with ID '{asked}' does not exist")
        return resource

    def referring(self, kind: Kind, property_: str, resource: Resource) -> list[Resource]:
        """Return the resources of a kind whose property names a resource."""
        return [one for one in self.of_kind(kind) if self.name(one.properties.get(property_)) == resource.id]

    def arn(self, kind: Kind, resource: Resource) -> str:
        """Return the ARN of a resource."""
        region, account = self.cloud.region, self.cloud.account_id
        return f"arn:{partition(region)}:{kind.arn.format(r=region, a=account)}/{self.id(resource)}"

    def with_arn(self, kinds: Sequence[Kind], arn: str) -> Resource:
        """Return the resource with an ARN. Raises ApiError for an unknown one."""
        for kind in kinds:
            found = next((one for one in self.of_kind(kind) if self.arn(kind, one) == arn), None) if kind.arn else None
            if found is not None:
                return found
        raise ApiError("ResourceNotFoundException", f"The resource '{arn}' does not exist")

    def interfaces(self, resource: Resource) -> Sequence[NetworkInterface]:
        """Return the interfaces of a resource."""
        return self.cloud.network.interfaces_of(resource.id)

    def time(self, resource: Resource) -> str:
        """Return the time of creation of a resource (ISO 8601)."""
        return instant(self.created.of(self.id(resource)))

    def tags(self, resource: Resource) -> list[dict[str, str]]:
        """Return the known tags of a resource."""
        return tag_list(resource.properties.get("Tags"))


def plain(resource: Resource, name: str) -> Any:
    """Return a property that is written and known; None for another."""
    value = resource.properties.get(name)
    return None if isinstance(value, Unknown) else value
