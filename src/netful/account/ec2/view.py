"""The cloud as EC2's API sees it: AWS's ids of things, and the tags and times that the API adds."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.tags import tag_list
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown
from netful.model.identity import ec2_id
from netful.model.network.vpc import DEFAULT_STACK

TAGS = "Netful::Tags"
"""The type of what has the tags of a thing without a resource, `NAME.tags`."""


class View(Frozen):
    """A cloud under the ids that AWS would give."""

    cloud: Cloud

    @property
    def aws_ids(self) -> Mapping[str, str]:
        """AWS's ids, by the names in the cloud."""
        return self.cloud.aws_ids

    def id(self, name: object) -> str | None:
        """Return the id that AWS gives to what the model calls `name`; None where the name is not known."""
        return None if name is None or isinstance(name, Unknown) else self.aws_ids.get(str(name), str(name))

    def interface_id(self, name: str) -> str:
        """Return the id of a network interface, also of one that Lambda added to the template's or has yet to delete."""
        return self.aws_ids.get(name) or ec2_id("eni", self.cloud.account_id, self.cloud.region, name)

    @property
    def names(self) -> Mapping[str, str]:
        """The names in the cloud, by AWS's ids."""
        return self.cloud.names_by_id

    def name(self, aws_id: object) -> str:
        """Return the name in the cloud of what has an id; an unknown id is returned unchanged."""
        return self.names.get(str(aws_id), str(aws_id))

    def arn(self, type_: str, name: object) -> str:
        """Return the ARN of a thing of EC2; `type_` is its part before the id (`subnet`)."""
        return self.cloud.arn("ec2", f"{type_}/{self.id(name)}")

    def known(self, asked: Mapping[str, Any], ids: str) -> Mapping[str, Any]:
        """Return the parameters of a describe operation, with ids in place of names of the template."""
        known = dict(asked)
        if asked.get(ids):
            known[ids] = [self.aws_ids.get(one, one) for one in asked[ids]]
        if asked.get("Filters"):
            known["Filters"] = [
                {**one, "Values": [self.aws_ids.get(v, v) for v in one.get("Values") or ()]} for one in asked["Filters"]
            ]
        return known

    def has(self, aws_id: str) -> bool:
        """Return whether something has an id."""
        return aws_id in self.names

    def ids(self, names: object) -> list[str]:
        """Return the ids of all known names."""
        return [id_ for name in names if (id_ := self.id(name)) is not None]  # type: ignore[attr-defined]

    def resource(self, name: str) -> Resource | None:
        """Return the resource of a name; what AWS makes by itself, such as a default group, has none."""
        return self.cloud.template.resources.get(name)

    def said(self, name: object) -> Mapping[str, Any]:
        """Return the properties of the resource of a name; none for a thing without a resource."""
        resource = self.resource(str(name))
        return resource.properties if resource is not None else {}

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types."""
        return self.cloud.template.of_type(*types)

    def referring(self, *types: str, **properties: object) -> list[Resource]:
        """Return the resources of some types that have these properties; ids and names are the same."""
        wanted = [(key, self.name(value)) for key, value in properties.items()]
        return [
            one
            for one in self.of_type(*types)
            if all(self.name(one.properties.get(key)) == name for key, name in wanted)
        ]

    def association_of(self, type_: str, **properties: object) -> Resource | None:
        """Return the association resource of a type that has these properties."""
        return next(iter(self.referring(type_, **properties)), None)

    def association(self, type_: str, **properties: object) -> str | None:
        """Return the id of the association resource of a type that has these properties."""
        found = self.association_of(type_, **properties)
        return self.id(found.id) if found else None

    def flag(self, name: str, property_: str) -> bool:
        """Return whether a property of a resource is set that only its describe operation shows."""
        return self.said(name).get(property_) is True

    def is_default(self, name: str) -> bool:
        """Return whether a resource is one that AWS makes for an account."""
        resource = self.resource(name)
        return resource is not None and resource.stack == DEFAULT_STACK

    def tags(self, name: str) -> list[dict[str, str]]:
        """Return the known tags of a resource: its own, and those of CloudFormation."""
        return tag_list(self.written_tags(name))

    def written_tags(self, name: str) -> object:
        """Return the property with the tags of a resource."""
        return self.said(name if self.resource(name) is not None else f"{name}.tags").get("Tags")
