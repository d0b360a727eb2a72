"""Names as resource gateways of VPC Lattice resolve them: by public DNS, unless their property says within the VPC (newer-aws §6.2)."""

from dataclasses import replace

from netful.engine.flows.ruling import needs
from netful.engine.names import resolution
from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.network_interface import NetworkInterface

_GATEWAY, _PROPERTY = "AWS::VpcLattice::ResourceGateway", "ResourceConfigDnsResolution"
_USUAL, _IN_VPC = "PUBLIC", "IN_VPC"


def public_answer(cloud: Cloud, eni: NetworkInterface, host: str) -> DnsAnswer | None:
    """Return the answer that a gateway with an interface has from public DNS; None for what asks the resolver of its VPC."""
    gateway = cloud.template.resources.get(eni.owner_id)
    if gateway is None or gateway.type != _GATEWAY:
        return None
    asked = gateway.properties.get(_PROPERTY, _USUAL)
    if asked == _IN_VPC:
        return None
    if isinstance(asked, Unknown):
        missing = needs(asked, f"`{_PROPERTY}` of {gateway.id}")
        return DnsAnswer(host, status="UNKNOWN", zone=f"the resolver of `{gateway.id}`", missing=missing)
    answer = resolution.resolve(cloud, None, host)
    if answer.status != "NXDOMAIN":
        return answer
    remedy = f"set `{_PROPERTY}: {_IN_VPC}` in `{gateway.id}`, if a zone or a resolver of its VPC has the name"
    return replace(answer, zone=f"`{gateway.id}` asks public DNS", remedy=remedy)
