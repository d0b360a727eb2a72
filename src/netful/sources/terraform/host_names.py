"""Hosts that an argument names by a part of their name, or by their URL: a plan does not show the text around a reference.

| an argument refers to | the host |
|---|---|
| the URL of an API or of a function | its host |
| an API, or a bucket | the name that its id is a part of; which one is an assumption |
| another attribute | the attribute |
| anything else | not known |
"""

from typing import Any

from netful.sources.terraform.plan.references import AttributeReference
from netful.sources.terraform.template_references import reference_to, region_of
from netful.sources.terraform.types.resource_types import kind_of

ARGUMENTS = {("aws_cloudfront_distribution", "domain_name")}
"""Types and arguments with a host."""

_URLS = {
    ("aws_apigatewayv2_api", "api_endpoint"): "ApiEndpoint",
    ("aws_lambda_function_url", "function_url"): "FunctionUrl",
}
_APIS = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")
_IDS = ("id", "arn")


def host_of(target: AttributeReference) -> dict[str, Any] | None:
    """Return the host that an attribute names, as a value of the template; None if it is not known."""
    address, kind = target.resource.address, kind_of(target.resource.type)
    if url := _URLS.get((kind, target.attribute)):
        return {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": [address, url]}]}]}
    if is_assumed(target):
        if kind not in _APIS:
            return {"Fn::GetAtt": [address, "RegionalDomainName"]}
        rest = [".execute-api.", region_of(target.resource), ".", {"Ref": "AWS::URLSuffix"}]
        return {"Fn::Join": ["", [{"Ref": address}, *rest]]}
    return None if target.attribute in _IDS else reference_to(target)


def is_assumed(target: AttributeReference) -> bool:
    """Return whether an attribute is only a part of a host's name."""
    kind = kind_of(target.resource.type)
    return (kind in _APIS and target.attribute == "id") or (
        kind == "aws_s3_bucket" and target.attribute in ("id", "bucket")
    )
