"""Web ACLs of REST API stages. No other kind of API can have one (api-gateway §6.1).

Application load balancers can have one too. They let a web ACL inspect 8 KB of a body, whatever its settings for API Gateway.
"""

import re

from netful.model.access.web_acl import WebAcl, WebAclAssociation
from netful.model.apis.stage import Stage
from netful.model.balancing.load_balancers import LoadBalancer
from netful.model.cloud import Cloud
from netful.model.names.arns import aws_arn

_STAGE = re.compile(r"arn:[\w-]+:apigateway:[^:]*::/restapis/(?P<api>.+)/stages/(?P<stage>[^/]+)")


def association_of(cloud: Cloud, stage: Stage) -> WebAclAssociation | None:
    """Return the protection of a stage, if it has one."""
    return cloud.derived(("web acl of", stage.id), lambda: _association_of(cloud, stage))


def _association_of(cloud: Cloud, stage: Stage) -> WebAclAssociation | None:
    for one in cloud.access.web_acl_associations.values():
        found = _STAGE.fullmatch(str(one.resource_arn))
        if one.resource_arn == stage.id or (
            found and (cloud.named(found["api"]), found["stage"]) == (stage.api_id, stage.stage_name)
        ):
            return one
    return None


def protected_arn(cloud: Cloud, resource_arn: str) -> str:
    """Return AWS's ARN of the resource of an association: of a stage, or of another resource that AWS gives an ARN."""
    found = _STAGE.fullmatch(resource_arn)
    named = (cloud.named(found["api"]), found["stage"]) if found else None
    for stage in cloud.apis.stages.values():
        if isinstance(stage.api_id, str) and (stage.id == resource_arn or (stage.api_id, stage.stage_name) == named):
            path = f"/restapis/{cloud.aws_id(stage.api_id)}/stages/{stage.stage_name}"
            return aws_arn("apigateway", cloud.region_of(stage.api_id), "", path)
    return cloud.aws_id(resource_arn)


def before_balancer(cloud: Cloud, balancer: LoadBalancer) -> WebAclAssociation | None:
    """Return the protection of a load balancer, if it has one."""
    return next((one for one in cloud.access.web_acl_associations.values() if one.resource_arn == balancer.id), None)


BALANCER_BODY_LIMIT = 8 * 1024


def acl_of(cloud: Cloud, association: WebAclAssociation) -> WebAcl | None:
    """Return the web ACL of an association; None if it was not loaded."""
    return cloud.access.web_acls.get(str(association.web_acl_arn))
