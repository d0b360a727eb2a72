"""`Domain` of an API: its custom domain name, what it serves under which paths, and the records that lead to it.

SAM names these resources by a hash of what they are made for, so that APIs of one domain name share it, and APIs of one
hosted zone a set of records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.sam.making import Maker, copied, digits, get_att, identifier, marked, members, ref

_EDGE_ZONE = "Z2FDTNDATAQYW2"
_OF_DOMAIN = ("DomainName", "SecurityPolicy", "EndpointAccessMode", "Policy", "OwnershipVerificationCertificateArn")
_OF_CONFIGURATION = {
    "CertificateArn": "CertificateArn",
    "OwnershipVerificationCertificateArn": "OwnershipVerificationCertificateArn",
    "SecurityPolicy": "SecurityPolicy",
}
_OF_RECORD = ("Region", "SetIdentifier")


@dataclass(frozen=True)
class _Kind:
    """How the two generations of API Gateway's API name what a domain needs."""

    domain: str
    mapping: str
    label: str
    domain_key: str = "DomainName"
    api_key: str = "RestApiId"
    path_key: str = "BasePath"
    suffix: str = "BasePathMapping"


_REST = _Kind("AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping", "ApiGatewayDomainName")
_PRIVATE = _Kind(
    "AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::BasePathMappingV2", "ApiGatewayDomainNameV2", "DomainNameArn"
)
_HTTP = _Kind(
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::ApiMapping",
    "ApiGatewayDomainNameV2",
    api_key="ApiId",
    path_key="ApiMappingKey",
    suffix="ApiMapping",
)


def expand_rest(maker: Maker, stage_id: str) -> None:
    """Make the domain of a REST API, which may be private."""
    domain = maker.properties.get("Domain")
    if isinstance(domain, MarkedMap):
        private = maker.literal(domain.get("EndpointConfiguration")) == "PRIVATE"
        _expand(maker, domain, stage_id, _PRIVATE if private else _REST, _rest_properties)


def expand_http(maker: Maker, stage_id: str) -> None:
    """Make the domain of an HTTP API."""
    domain = maker.properties.get("Domain")
    if isinstance(domain, MarkedMap):
        _expand(maker, domain, stage_id, _HTTP, _http_properties)


def _expand(
    maker: Maker, domain: MarkedMap, stage_id: str, kind: _Kind, properties: Callable[[MarkedMap, str], MarkedMap]
) -> None:
    endpoint = str(maker.literal(domain.get("EndpointConfiguration", "REGIONAL")))
    domain_id = kind.label + digits(maker.literal(domain.get("DomainName")))
    maker.make(domain_id, kind.domain, properties(domain, endpoint), domain)
    maker.alias("DomainName", domain_id)
    for path, written in _paths(domain, kind):
        mapping: dict[str, Any] = {kind.domain_key: ref(domain_id), kind.api_key: ref(maker.id), "Stage": ref(stage_id)}
        if path:
            mapping[kind.path_key] = path
        maker.make(f"{maker.id}{identifier(written)}{kind.suffix}", kind.mapping, mapping, domain)
    _make_association(maker, domain, domain_id)
    _make_records(maker, domain, domain_id, endpoint)


def _paths(domain: MarkedMap, kind: _Kind) -> Iterator[tuple[str, str]]:
    """The base paths as they are mapped, and as they are written: without all but letters and digits, by SAM's default."""
    kept = kind is _HTTP or domain.get("NormalizeBasePath", True) is False
    for written in members(domain.get("BasePath") or None) or [""]:
        path = str(written)
        yield (path.strip("/") if kept else "".join(c for c in path if c.isalnum())), path


def _rest_properties(domain: MarkedMap, endpoint: str) -> MarkedMap:
    properties = copied(domain, _OF_DOMAIN)
    configuration: dict[str, Any] = {"Types": [endpoint], **copied(domain, ("IpAddressType",))}
    properties.put("EndpointConfiguration", marked(configuration, domain))
    certificate = "RegionalCertificateArn" if endpoint == "REGIONAL" else "CertificateArn"
    properties.put(certificate, domain.get("CertificateArn"), domain.lines.get("CertificateArn", 0))
    return _with_truststore(domain, properties)


def _http_properties(domain: MarkedMap, endpoint: str) -> MarkedMap:
    properties = copied(domain, ("DomainName",))
    configuration = copied(domain, _OF_CONFIGURATION)
    configuration.put("EndpointType", endpoint)
    properties.put("DomainNameConfigurations", marked([configuration], domain))
    return _with_truststore(domain, properties)


def _with_truststore(domain: MarkedMap, properties: MarkedMap) -> MarkedMap:
    if domain.get("MutualTlsAuthentication") is not None:
        properties.put("MutualTlsAuthentication", domain["MutualTlsAuthentication"])
    return properties


def _make_association(maker: Maker, domain: MarkedMap, domain_id: str) -> None:
    association = domain.get("AccessAssociation")
    if isinstance(association, MarkedMap):
        source = {"AccessAssociationSource": association.get("VpcEndpointId"), "AccessAssociationSourceType": "VPCE"}
        source["DomainNameArn"] = ref(domain_id)
        made = "DomainNameAccessAssociation" + digits([maker.literal(association.get("VpcEndpointId")), domain_id])
        maker.make(made, "AWS::ApiGateway::DomainNameAccessAssociation", source, domain)


def _make_records(maker: Maker, domain: MarkedMap, domain_id: str, endpoint: str) -> None:
    """Add the domain's records to the set of its hosted zone, or to one of its own."""
    route53 = domain.get("Route53")
    if not isinstance(route53, MarkedMap):
        return
    zone = route53.get("HostedZoneId") or route53.get("HostedZoneName")
    apart = route53.get("SeparateRecordSetGroup") is True
    of = [maker.literal(zone), maker.literal(domain.get("DomainName"))] if apart else maker.literal(zone)
    group_id = "RecordSetGroup" + digits(of)
    group = copied(route53, ("HostedZoneId", "HostedZoneName"))
    group.put("RecordSets", MarkedList(route53.file, route53.line))
    maker.make(group_id, "AWS::Route53::RecordSetGroup", group, route53)
    records = maker.template.resources[group_id]["Properties"]["RecordSets"]
    for kind in ("A", "AAAA") if route53.get("IpV6") is True else ("A",):
        target = {**copied(route53, ("EvaluateTargetHealth",)), **_target(route53, domain_id, endpoint)}
        record = {"Name": domain.get("DomainName"), "Type": kind, "AliasTarget": target, **copied(route53, _OF_RECORD)}
        records.put(marked(record, route53))


def _target(route53: MarkedMap, domain_id: str, endpoint: str) -> dict[str, Any]:
    if endpoint == "REGIONAL":
        names = get_att(domain_id, "RegionalHostedZoneId"), get_att(domain_id, "RegionalDomainName")
        return {"HostedZoneId": names[0], "DNSName": names[1]}
    if endpoint == "EDGE":
        default = get_att(domain_id, "DistributionDomainName")
        return {"HostedZoneId": _EDGE_ZONE, "DNSName": route53.get("DistributionDomainName") or default}
    return {"HostedZoneId": route53.get("VpcEndpointHostedZoneId"), "DNSName": route53.get("VpcEndpointDomainName")}
