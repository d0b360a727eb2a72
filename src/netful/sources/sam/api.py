"""`AWS::Serverless::Api` → the REST API with its body, its deployment, stage, usage plan and domain."""

from __future__ import annotations

from typing import Any

from netful.sources.marked import MarkedMap
from netful.sources.sam import authorization, routes, usage_plan
from netful.sources.sam.making import Maker, copied, identifier, marked, ref

_API = {
    "BinaryMediaTypes": "BinaryMediaTypes",
    "Description": "Description",
    "DisableExecuteApiEndpoint": "DisableExecuteApiEndpoint",
    "FailOnWarnings": "FailOnWarnings",
    "MinimumCompressionSize": "MinimumCompressionSize",
    "Mode": "Mode",
    "Name": "Name",
    "ApiKeySourceType": "ApiKeySourceType",
    "SecurityPolicy": "SecurityPolicy",
    "Policy": "Policy",
}
_STAGE = {
    "AccessLogSetting": "AccessLogSetting",
    "CacheClusterEnabled": "CacheClusterEnabled",
    "CacheClusterSize": "CacheClusterSize",
    "CanarySetting": "CanarySetting",
    "MethodSettings": "MethodSettings",
    "TracingEnabled": "TracingEnabled",
    "Variables": "Variables",
    "StageName": "StageName",
}

_DOMAIN = {
    "DomainName": "DomainName",
    "SecurityPolicy": "SecurityPolicy",
    "Policy": "Policy",
    "MutualTlsAuthentication": "MutualTlsAuthentication",
}


def expand(maker: Maker) -> None:
    """Make what SAM makes of a REST API."""
    written = maker.properties
    body = routes.body_of(maker.template.file, maker.resource)
    written = maker.properties = maker.resource["Properties"]
    properties = copied(written, _API)
    if body is not None:
        authorization.apply(maker, body)
        properties.put("Body", body, written.lines.get("DefinitionBody", 0))
    elif "DefinitionBody" in written:
        properties.put("Body", written["DefinitionBody"], written.lines["DefinitionBody"])
    elif "DefinitionUri" in written:
        properties.put("BodyS3Location", written["DefinitionUri"], written.lines["DefinitionUri"])
    endpoint = endpoint_configuration(written)
    if endpoint is not None:
        properties.put("EndpointConfiguration", endpoint, written.lines.get("EndpointConfiguration", 0))
    stage_id = _make_stage(maker)
    usage_plan.expand(maker, stage_id)
    _make_domain(maker, stage_id)
    maker.become("AWS::ApiGateway::RestApi", properties)


def endpoint_configuration(written: MarkedMap) -> Any:
    """SAM's `EndpointConfiguration` as CloudFormation's."""
    value = written.get("EndpointConfiguration")
    if isinstance(value, MarkedMap) and "Type" in value:
        out = copied(value, {"VPCEndpointIds": "VpcEndpointIds", "VpcEndpointIds": "VpcEndpointIds"})
        out.put("Types", marked([value["Type"]], value), value.lines.get("Type", 0))
        return out
    if value is None or (isinstance(value, MarkedMap) and "Types" in value):
        return value
    return marked({"Types": [value]}, written)


def _make_stage(maker: Maker) -> str:
    """The deployment and the stage; the stage's id holds its name when that is written out."""
    deployment_id = maker.id + "Deployment"
    name = maker.properties.get("StageName")
    stage_id = f"{maker.id}{identifier(name) if isinstance(name, str) else ''}Stage"
    maker.make(deployment_id, "AWS::ApiGateway::Deployment", {"RestApiId": ref(maker.id)})
    stage = copied(maker.properties, _STAGE)
    stage.put("RestApiId", marked(ref(maker.id), stage))
    stage.put("DeploymentId", marked(ref(deployment_id), stage))
    maker.make(stage_id, "AWS::ApiGateway::Stage", stage)
    maker.alias("Deployment", deployment_id)
    maker.alias("Stage", stage_id)
    return stage_id


def _make_domain(maker: Maker, stage_id: str) -> None:
    domain = maker.properties.get("Domain")
    if not isinstance(domain, MarkedMap):
        return
    kind = domain.get("EndpointConfiguration", "REGIONAL")
    private = kind == "PRIVATE"
    domain_id = maker.id + "DomainName"
    certificate = "CertificateArn" if private or kind == "EDGE" else "RegionalCertificateArn"
    properties = copied(domain, _DOMAIN)
    properties.put("EndpointConfiguration", marked({"Types": [kind]}, domain))
    properties.put(certificate, domain.get("CertificateArn"), domain.lines.get("CertificateArn", 0))
    suffix = "V2" if private else ""
    maker.make(domain_id, f"AWS::ApiGateway::DomainName{suffix}", properties, domain)
    maker.alias("DomainName", domain_id)
    domain_key, domain_ref = ("DomainNameArn", domain_id) if private else ("DomainName", domain_id)
    base = domain.get("BasePath")
    for path in base if isinstance(base, list) else [base]:
        mapping: dict[str, Any] = {domain_key: ref(domain_ref), "RestApiId": ref(maker.id), "Stage": ref(stage_id)}
        if path not in (None, "/"):
            mapping["BasePath"] = str(path).strip("/")
        mapping_id = f"{maker.id}{identifier(str(path or ''))}BasePathMapping"
        maker.make(mapping_id, f"AWS::ApiGateway::BasePathMapping{suffix}", mapping, domain)
    association = domain.get("AccessAssociation")
    if isinstance(association, MarkedMap):
        source = {"AccessAssociationSource": association.get("VpcEndpointId"), "AccessAssociationSourceType": "VPCE"}
        source["DomainNameArn"] = ref(domain_id)
        maker.make(
            maker.id + "DomainNameAccessAssociation", "AWS::ApiGateway::DomainNameAccessAssociation", source, domain
        )
