"""Permission of an AWS service to invoke a function: an `AWS::Lambda::Permission` of the template."""

from netful.engine.authorization.permissions import function_of
from netful.engine.flows.truth import some
from netful.engine.iam.texts import like
from netful.model.balancing.load_balancers import TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.load_balancing_arns import GROUPS, arns

_BALANCERS = "elasticloadbalancing.amazonaws.com"


def permits(cloud: Cloud, principal: str, source_arn: str, function_arn: str) -> bool | None:
    """Return whether a service may invoke a function for one of its resources; None if that depends on an unknown value."""
    name = function_of(cloud, function_arn)
    return some(_permits(cloud, one, principal, source_arn, name) for one in cloud.template.resources.values())


def may_be_target(cloud: Cloud, group: TargetGroup, function_id: str) -> bool | None:
    """Return whether load balancers may invoke a function for a group; None if that depends on an unknown value (§7.6)."""
    return permits(cloud, _BALANCERS, arns(cloud)[GROUPS][group.id], function_id)


def _permits(cloud: Cloud, resource: Resource, principal: str, source_arn: str, name: str) -> bool | None:
    given = resource.properties
    if resource.type != "AWS::Lambda::Permission" or isinstance(given.get("Qualifier"), Unknown):
        return False
    function, named = given.get("FunctionName"), given.get("Principal")
    if isinstance(function, Unknown) or isinstance(named, Unknown):
        return None
    if named not in (principal, "*") or function_of(cloud, str(function)) != name:
        return False
    conditions = (given.get("SourceArn"), source_arn), (given.get("SourceAccount"), cloud.account_of(resource.id))
    if any(isinstance(wanted, Unknown) for wanted, _ in conditions):
        return None
    return all(wanted is None or like(str(wanted), own) for wanted, own in conditions)
