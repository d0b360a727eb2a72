"""The cloud as the API of load balancing sees it: ARNs of its things, EC2's ids of all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.account.creation_times import CreationTimes
from netful.account.ec2.view import View as Ec2View
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown
from netful.model.load_balancing_arns import Arns, arns

SERVICE = "elbv2"


class View(Frozen):
    """A cloud, EC2's view of it, the ARNs in load balancing, and the times of creation by ARN."""

    cloud: Cloud
    ec2: Ec2View
    arns: Arns
    created: CreationTimes

    @classmethod
    def of(cls, cloud: Cloud, created: CreationTimes) -> View:
        """Return the view of a cloud."""
        return cls(cloud, Ec2View(cloud), arns(cloud), created)

    def arn(self, part: str, name: object) -> str | None:
        """Return the ARN of what the model calls `name` in a part; None where it is not known."""
        return None if name is None or isinstance(name, Unknown) else self.arns[part].get(str(name))

    def name(self, part: str, arn: object) -> str | None:
        """Return the name in the model of what has an ARN, or already is a name; None if nothing is."""
        own = self.arns[part]
        if arn in own:
            return str(arn)
        names: Mapping[str, str] = self.cloud.derived(("names by ARN", part), lambda: {a: n for n, a in own.items()})
        return names.get(str(arn))

    def resource(self, name: str) -> Resource | None:
        """Return the resource of a name; a described thing has none."""
        return self.cloud.template.resources.get(name)

    def written(self, name: str, property_: str) -> Any:
        """Return a property of a resource; None if it is not written."""
        resource = self.resource(name)
        return None if resource is None else resource.properties.get(property_)

    def certificate_arn(self, written: object) -> str | None:
        """Return the ARN of a certificate: as written, or of one of the template."""
        if isinstance(written, Unknown):
            return None
        return self.cloud.aws_id(str(written))

    def certificate(self, arn: str) -> str:
        """Return the template's name of a certificate; another ARN is returned unchanged."""
        return self.cloud.names_by_id.get(arn, arn)

    def tags(self, name: str) -> list[dict[str, str]]:
        """Return the tags of a resource."""
        return self.ec2.tags(name)
