"""Policies of roles."""

from collections.abc import Mapping

from netful.sources.terraform.plan.blocks import several
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Maker, Translation


def _role_policy(making: Translation, resource: Planned) -> None:
    role = making.value(resource, "role")
    properties = {"PolicyName": resource.address, "PolicyDocument": making.value(resource, "policy"), "Roles": [role]}
    making.put(resource, "AWS::IAM::Policy", properties)


def _attachment(making: Translation, resource: Planned) -> None:
    """Attach a policy to several roles."""
    arn = making.value(resource, "policy_arn")
    for role in several(making.value(resource, "roles")):
        holder = making.holder(role)
        if holder is not None:
            making.extend(holder, "ManagedPolicyArns", [arn], resource)


MAKERS: Mapping[str, Maker] = {"aws_iam_policy_attachment": _attachment, "aws_iam_role_policy": _role_policy}
