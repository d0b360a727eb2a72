"""Host names and hosted zones that AWS gives to a custom domain name, as DNS records point to them."""

from typing import Any

from netful.account.apigateway.operations.representation import known
from netful.model.apis.api import ApiEndpointType
from netful.model.apis.domain import DomainName
from netful.model.cloud import Cloud
from netful.model.names.generated.custom_domains import distribution_host, regional_host

_OF_DISTRIBUTIONS = "Z2FDTNDATAQYW2"
_ZONES = {
    "ap-northeast-1": "Z1YSHQZHG15GKL",
    "ap-northeast-2": "Z20JF4UZKIW1U8",
    "ap-south-1": "Z3VO1THU9YC4UR",
    "ap-southeast-1": "ZL327KTPIQFUL",
    "ap-southeast-2": "Z2RPCDW04V8134",
    "ca-central-1": "Z19DQILCV0OWEC",
    "eu-central-1": "Z1U9ULNL0V5AJ3",
    "eu-north-1": "Z3UWIKFBOOGXPP",
    "eu-west-1": "ZLY8HYME6SFDD",
    "eu-west-2": "ZJ5UAJN8Y3Z2Q",
    "eu-west-3": "Z3KY65QIEKYHQQ",
    "sa-east-1": "ZCMLWB8V5SYIT",
    "us-east-1": "Z1UJRXOUMOOFQ8",
    "us-east-2": "ZOJJZC49E0EPZ",
    "us-west-1": "Z2MUQ32089INYE",
    "us-west-2": "Z2OJLYMUO9EFXC",
}
"""The hosted zones of API Gateway's hosts, by region."""


def target(cloud: Cloud, one: DomainName) -> tuple[str, str | None]:
    """Return the host that a domain name points to, and its hosted zone, if that is known."""
    edge = one.endpoint_type is ApiEndpointType.EDGE
    host = distribution_host(one.id) if edge else regional_host(one.id, cloud.region)
    return host, _OF_DISTRIBUTIONS if edge else _ZONES.get(cloud.region)


def shown_target(cloud: Cloud, one: DomainName) -> dict[str, Any]:
    """Return the members of a domain name of the first version that say where it points to."""
    if one.endpoint_type is ApiEndpointType.PRIVATE:
        return {}
    host, zone = target(cloud, one)
    prefix = "distribution" if one.endpoint_type is ApiEndpointType.EDGE else "regional"
    return known(**{f"{prefix}DomainName": host, f"{prefix}HostedZoneId": zone})
