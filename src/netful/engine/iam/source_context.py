"""Condition keys of a request that follow from its way and its moment (newer-aws §9.1).

| key | present |
|---|---|
| `aws:SourceIp` | past endpoints |
| `aws:SourceVpce`, `aws:SourceVpc`, `aws:VpcSourceIp` | through an endpoint; ids are those that AWS gives |
| `aws:SourceVpcArn`, `aws:VpceAccount` | through an endpoint of a service that supports them |
| `aws:VpceOrgID`, `aws:VpceOrgPaths` | the same, if the endpoint's owner is in an organization, which is not known |
| `aws:ViaAWSService`, `aws:PrincipalIsAWSService` | always: no service makes the request for the caller |
| `aws:CalledVia…`, `aws:SourceArn`, `aws:SourceAccount` | only in requests that a service makes |
| `aws:CurrentTime`, `aws:EpochTime` | always |

Services support the keys one by one. For a service that is not listed here, whether they are present is not known.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import known_in
from netful.model.names.arns import aws_arn
from netful.model.network.vpc_endpoints import VpcEndpoint

_OF_SUPPORTING = frozenset({"aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"})
_SUPPORTING = frozenset(
    {"s3", "dynamodb", "kms", "lambda", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "iam"}
)
_OF_SERVICES = frozenset(
    {"aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:SourceArn", "aws:SourceAccount"}
)

BY_ITSELF = {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}
"""Keys of a request that its caller sends itself."""

ABSENT_THROUGH_ENDPOINT = frozenset({"aws:SourceIp"}) | _OF_SERVICES
ABSENT_PAST_ENDPOINT = frozenset({"aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"}) | _OF_SUPPORTING | _OF_SERVICES


_MOMENT = ("aws:currenttime", "aws:epochtime")


def is_time_asked(policies: Iterable[Any]) -> bool:
    """Return whether policies look at the moment of a request: what they decide differs from second to second."""
    written = " ".join(map(str, policies)).lower()
    return any(key in written for key in _MOMENT)


def at(seconds: float) -> dict[str, str]:
    """Return the keys of a request's moment, which is in seconds since 1970."""
    when = int(seconds)
    return {
        "aws:CurrentTime": datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(when),
    }


def through(cloud: Cloud, endpoint: VpcEndpoint) -> dict[str, str]:
    """Return the keys of a request through an endpoint with their values; those of an unknown VPC are left out."""
    context = {"aws:SourceVpce": cloud.aws_id(endpoint.id)}
    if not isinstance(endpoint.vpc_id, str):
        return context
    vpc, id_ = known_in(cloud.network.vpcs, endpoint.vpc_id), cloud.aws_id(endpoint.vpc_id)
    context["aws:SourceVpc"] = id_
    if vpc is not None and endpoint.service in _SUPPORTING:
        region, owner = vpc.region or cloud.region, vpc.owner_id or cloud.account_id
        context["aws:SourceVpcArn"] = aws_arn("ec2", region, owner, f"vpc/{id_}")
        context["aws:VpceAccount"] = owner
    return context
