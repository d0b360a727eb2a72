"""The cloud as EC2's API sees it: AWS's ids of things, and the tags and times that the API adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.identity import ec2_ids


@dataclass(frozen=True, slots=True)
class View:
    """A cloud, and AWS's ids of its things by their names in it."""

    cloud: Cloud
    aws_ids: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, cloud: Cloud) -> View:
        """Return the view of a cloud under the ids that AWS would give."""
        return cls(cloud, cloud.derived("ids of EC2", lambda: ec2_ids(cloud)))

    def id(self, name: object) -> str | None:
        """Return the id that AWS gives to what the model calls `name`; None where the name is not known."""
        return None if name is None or isinstance(name, Unknown) else self.aws_ids.get(str(name), str(name))

    def ids(self, names: object) -> list[str]:
        """Return the ids of all known names."""
        return [id_ for name in names if (id_ := self.id(name)) is not None]  # type: ignore[attr-defined]

    def tags(self, name: str) -> list[Mapping[str, str]]:
        """Return the tags of a resource: its own, and those of CloudFormation."""
        resource = self.cloud.template.resources.get(name)
        if resource is None:
            return []
        own = resource.properties.get("Tags")
        return [_tag(one) for one in own if _is_tag(one)] if isinstance(own, list) else []


def _is_tag(one: Any) -> bool:
    return isinstance(one, Mapping) and all(isinstance(one.get(key), str) for key in ("Key", "Value"))


def _tag(one: Mapping[str, Any]) -> Mapping[str, str]:
    return {"Key": str(one["Key"]), "Value": str(one["Value"])}
