"""Names of collections of OpenSearch Serverless: an endpoint of their own makes a private hosted zone for all of them in its VPC."""

from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.names.partitions import in_region
from netful.model.network.vpc import Vpc

ENDPOINT = "AWS::OpenSearchServerless::VpcEndpoint"
_ZONE = ".{region}.aoss.amazonaws.com"


def of_endpoint(cloud: Cloud, vpc: Vpc, name: str, host: str) -> DnsAnswer | None:
    """Return the addresses of the endpoint in a VPC that the name of a collection has there; None if there is no such endpoint."""
    zone = in_region(_ZONE, vpc.region).format(region=vpc.region)
    if not host.endswith(zone) or not vpc.enable_dns_hostnames:
        return None
    for endpoint in cloud.template.of_type(ENDPOINT):
        own = [one for one in cloud.network.places_of(endpoint.id) if cloud.network.vpc_of_interface(one) == vpc]
        given = tuple(one.private_ip_address for one in own if one.private_ip_address is not None)
        if given:
            return DnsAnswer(name, given, zone=f"the private zone of {endpoint.id}", origin=endpoint.origin)
    return None
