"""Requests for a Region that the account does not have.

Networks, functions, APIs and stacks of CloudFormation are in the account's own Region, and in those that its templates name. An
answer for another one would be that of the wrong Region, so it is refused, as where an organization permits one Region alone. The
back ends answer for every Region, and global services are not refused.
"""

from netful.model.cloud import Cloud
from netful.services.front.refusals import denied
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request, Response

_OF_THE_CLOUD = frozenset({
    "apigateway", "autoscaling", "cloudcontrolapi", "cloudformation", "dax", "ec2", "ecs", "elasticache", "elasticfilesystem",
    "elasticloadbalancing", "lambda", "memory-db", "rds", "rds-data", "redshift", "route53profiles", "route53resolver",
    "servicediscovery", "tagging", "wafv2",
})  # fmt: skip
"""The services that answer from the cloud."""


def refusal(cloud: Cloud, found: ServiceRoute, request: Request) -> Response | None:
    """Return the answer to a request for a Region that a service of the cloud does not have, None for any other."""
    code, region = found.service.code, found.region
    there = {cloud.region} if code == "cloudformation" else cloud.derived(_regions, lambda: _regions(cloud))
    if code not in _OF_THE_CLOUD or region in there or _is_of_cloudfront(found, request):
        return None
    return denied(
        found,
        request,
        f"the request is for `{code}` in {region}, but this account is in {cloud.region}; send it to {cloud.region}, or start "
        f"netful with `--region {region}`",
    )


def _regions(cloud: Cloud) -> frozenset[str]:
    """Return the Regions in which a cloud has anything."""
    parts = (cloud.template.resources, cloud.network.vpcs, cloud.apis.by_id)
    return frozenset({cloud.region, *(one.region for part in parts for one in part.values())})


def _is_of_cloudfront(found: ServiceRoute, request: Request) -> bool:
    """Return whether a request is for a firewall of CloudFront: they all are in us-east-1."""
    return found.service.code == "wafv2" and found.region == "us-east-1" and b'"REGIONAL"' not in request.body
