"""The cloud as EC2's API sees it: AWS's ids of things, and the tags and times that the API adds."""

from collections.abc import Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core.frozen import Frozen
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown
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

    def association_of(self, type_: str, **properties: str) -> Resource | None:
        """Return the association resource of a type that has these properties."""
        named = {name: self.id(value) for name, value in properties.items()}
        resources = (one for one in self.cloud.template.resources.values() if one.type == type_)
        return next(
            (one for one in resources if all(self.id(one.properties.get(name)) == id_ for name, id_ in named.items())),
            None,
        )

    def association(self, type_: str, **properties: str) -> str | None:
        """Return the id of the association resource of a type that has these properties."""
        found = self.association_of(type_, **properties)
        return self.cloud.aws_ids.get(found.id) if found else None

    def flag(self, name: str, property_: str) -> bool:
        """Return whether a property of a resource is set that only its describe operation shows."""
        resource = self.cloud.template.resources.get(name)
        return resource is not None and resource.properties.get(property_) is True

    def is_default(self, name: str) -> bool:
        """Return whether a resource is one that AWS makes for an account."""
        resource = self.cloud.template.resources.get(name)
        return resource is not None and resource.stack == DEFAULT_STACK

    def tags(self, name: str) -> list[Mapping[str, str]]:
        """Return the tags of a resource: its own, and those of CloudFormation."""
        resources = self.cloud.template.resources
        resource = resources.get(name) or resources.get(f"{name}.tags")
        if resource is None:
            return []
        own = resource.properties.get("Tags")
        return [_tag(one) for one in own if _is_tag(one)] if isinstance(own, list) else []


def _is_tag(one: Any) -> bool:
    return isinstance(one, Mapping) and all(isinstance(one.get(key), str) for key in ("Key", "Value"))


def _tag(one: Mapping[str, Any]) -> Mapping[str, str]:
    return {"Key": str(one["Key"]), "Value": str(one["Value"])}
