"""Permission of an AWS service to invoke a function, or its version or alias: an `AWS::Lambda::Permission` of the template."""

from netful.engine.authorization.permissions import INVOKE, fits_service, function_of, grants, is_of
from netful.engine.flows.truth import every, some
from netful.engine.iam.texts import like
from netful.model.balancing.load_balancers import TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.functions.compute import qualified
from netful.model.load_balancing_arns import GROUPS, arns

_BALANCERS = "elasticloadbalancing.amazonaws.com"


def permits(
    cloud: Cloud,
    principal: str,
    source_arn: str | None,
    function_arn: str,
    action: str = INVOKE,
    *,
    by_url: bool = False,
) -> bool | None:
    """Return whether a service may invoke a function, or its URL, for one of its resources (None: for any); None if not known."""
    called = function_of(cloud, function_arn), qualified(function_arn)[1]
    return some(
        every((grants(one, action, by_url=by_url), _permits(cloud, one, principal, source_arn, called)))
        for one in cloud.template.resources.values()
    )


def may_be_target(cloud: Cloud, group: TargetGroup, function: str) -> bool | None:
    """Return whether load balancers may invoke a function for a group; None if that depends on an unknown value (§7.6)."""
    return permits(cloud, _BALANCERS, arns(cloud)[GROUPS][group.id], function)


def _permits(
    cloud: Cloud, resource: Resource, principal: str, source_arn: str | None, called: tuple[str, str]
) -> bool | None:
    given, own = resource.properties, is_of(cloud, resource, *called)
    named = given.get("Principal")
    if own is False or (isinstance(named, str) and named not in (principal, "*")):
        return False
    if own is None or isinstance(named, Unknown):
        return None
    wanted = given.get("SourceArn")
    any_source = wanted is None or source_arn is None
    from_source = None if isinstance(wanted, Unknown) else any_source or like(str(wanted), str(source_arn))
    return every((from_source, fits_service(resource, cloud.account_of(resource.id))))
