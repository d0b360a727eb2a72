"""Databases, caches and subnet groups of the cloud as their services see them: identifiers, ARNs, places in the network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from netful.account.creation_times import CreationTimes
from netful.account.ec2.view import View as Ec2View
from netful.account.reading import Paging
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Resource, Unknown, is_true
from netful.model.names.generated.managed_names import label_of, managed_name
from netful.model.network import managed_ports
from netful.model.network.vpc import Subnet

_NOT_IN_IDENTIFIERS = re.compile(r"[^a-z0-9-]")


class Kind(Frozen):
    """A kind of things: its types of resources, the property that names one, its ARN, and the error for an unknown one.

    `arn` is the service and the end of the ARN, with `{}` for the identifier.
    """

    types: tuple[str, ...]
    name: str
    arn: str
    code: str
    text: str
    status: int = 404


class View(Frozen):
    """A cloud, EC2's view of it, and the times of creation by ARN."""

    cloud: Cloud
    ec2: Ec2View
    created: CreationTimes

    @classmethod
    def of(cls, cloud: Cloud, created: CreationTimes) -> View:
        """Return the view of a cloud."""
        return cls(cloud, Ec2View(cloud), created)

    def of_kind(self, kind: Kind) -> Iterator[Resource]:
        """Yield the resources of a kind."""
        return self.cloud.template.of_type(*kind.types)

    def identifier(self, kind: Kind, resource: Resource) -> str:
        """Return the identifier of a resource: as written, else one that follows from its id."""
        written = resource.properties.get(kind.name)
        if isinstance(written, str):
            return written.lower()
        return _NOT_IN_IDENTIFIERS.sub("-", resource.id.lower()).strip("-")

    def arn(self, kind: Kind, resource: Resource) -> str:
        """Return the ARN of a resource."""
        return self.arn_of(kind, self.identifier(kind, resource))

    def arn_of(self, kind: Kind, identifier: str) -> str:
        """Return the ARN of what has an identifier."""
        service, _, end = kind.arn.partition(":")
        return self.cloud.arn(service, end.format(identifier))

    def found(self, kind: Kind, asked: object) -> Resource:
        """Return the resource with an identifier, an ARN or an id in the cloud. Raises ApiError for an unknown one."""
        text = str(asked)
        for one in self.of_kind(kind):
            if text.lower() in (self.identifier(kind, one), one.id.lower()) or text == self.arn(kind, one):
                return one
        raise ApiError(kind.code, kind.text.format(text), kind.status)

    def groups(self, resource: Resource) -> list[str]:
        """Return the ids of the security groups of a resource's interfaces."""
        interfaces = self.cloud.network.interfaces_of(resource.id)
        return self.ec2.ids(dict.fromkeys(one for eni in interfaces for one in eni.security_group_ids))

    def zones(self, resource: Resource) -> list[str]:
        """Return the Availability Zones of a resource's interfaces."""
        interfaces = self.cloud.network.interfaces_of(resource.id)
        return [*dict.fromkeys(zone for eni in interfaces if (zone := self.cloud.network.zone_of_interface(eni)))]

    def subnets(self, group: Resource) -> list[Subnet]:
        """Return the subnets of a subnet group."""
        names = (self.ec2.names.get(str(one), str(one)) for one in plain(group, "SubnetIds") or ())
        return [subnet for name in names if (subnet := self.cloud.network.subnets.get(name)) is not None]

    def address(self, resource: Resource, *attributes: str) -> str | None:
        """Return the DNS name in the first attribute that the type has."""
        named = (
            managed_name(resource.type, one, label_of(resource), self.cloud.region_of(resource.id))
            for one in attributes
        )
        return next((name for name in named if name is not None), None)

    def port(self, resource: Resource) -> int:
        """Return the port of a resource."""
        return managed_ports.port_of(resource.type, resource.properties)

    def tags(self, resource: Resource) -> list[dict[str, str]]:
        """Return the tags of a resource."""
        return self.ec2.tags(resource.id)


def plain(resource: Resource, *names: str) -> Any:
    """Return the first of some properties that is written and known."""
    values = (resource.properties.get(name) for name in names)
    return next((value for value in values if value is not None and not isinstance(value, Unknown)), None)


def flag(resource: Resource, name: str, *, default: bool = False) -> Maybe[bool]:
    """Return a boolean property; one that is not written has the default."""
    written = resource.properties.get(name)
    return written if isinstance(written, Unknown) else default if written is None else is_true(written)


page = Paging("Marker", "Marker", "MaxRecords", 100, "InvalidParameterValue", "The marker '{}' is not valid").page
