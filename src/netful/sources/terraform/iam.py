"""Policies of roles."""

from collections.abc import Mapping

from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Maker, Translation


def _role_policy(making: Translation, resource: Planned) -> None:
    role = making.value(resource, "role")
    properties = {"PolicyName": resource.address, "PolicyDocument": making.value(resource, "policy"), "Roles": [role]}
    making.put(resource, "AWS::IAM::Policy", properties)


MAKERS: Mapping[str, Maker] = {"aws_iam_role_policy": _role_policy}
