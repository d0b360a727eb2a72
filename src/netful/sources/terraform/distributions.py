"""CloudFront distributions of a plan."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.sources.terraform.blocks import Block, blocks_in, blocks_of
from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Completion, Translation

_ORIGIN = {
    "origin_id": "Id",
    "domain_name": "DomainName",
    "origin_path": "OriginPath",
    "origin_access_control_id": "OriginAccessControlId",
}
_HEADER = {"name": "HeaderName", "value": "HeaderValue"}
_CUSTOM = {"http_port": "HTTPPort", "https_port": "HTTPSPort", "origin_protocol_policy": "OriginProtocolPolicy"}
_VPC = {"vpc_origin_id": "VpcOriginId"}
_BUCKET = {"origin_access_identity": "OriginAccessIdentity"}
_BEHAVIOR = {
    "path_pattern": "PathPattern",
    "target_origin_id": "TargetOriginId",
    "viewer_protocol_policy": "ViewerProtocolPolicy",
    "allowed_methods": "AllowedMethods",
    "cache_policy_id": "CachePolicyId",
    "origin_request_policy_id": "OriginRequestPolicyId",
    "trusted_key_groups": "TrustedKeyGroups",
    "trusted_signers": "TrustedSigners",
}
_FORWARDED = {"headers": "Headers", "query_string": "QueryString"}
_COOKIES = {"forward": "Forward", "whitelisted_names": "WhitelistedNames"}
_FUNCTION = {"event_type": "EventType", "function_arn": "FunctionARN"}
_LAMBDA = {"event_type": "EventType", "lambda_arn": "LambdaFunctionARN"}
_ERROR = {"error_code": "ErrorCode", "response_code": "ResponseCode", "response_page_path": "ResponsePagePath"}
_VPC_ORIGIN = {**_CUSTOM, "arn": "Arn", "name": "Name"}
"""CloudFormation's names of the arguments of each block."""

_SELECTIONS = {
    "headers_config": ("HeadersConfig", "header_behavior", "HeaderBehavior", "headers", "Headers"),
    "cookies_config": ("CookiesConfig", "cookie_behavior", "CookieBehavior", "cookies", "Cookies"),
    "query_strings_config": (
        "QueryStringsConfig",
        "query_string_behavior",
        "QueryStringBehavior",
        "query_strings",
        "QueryStrings",
    ),
}
"""Blocks of policies: CloudFormation's name, the behaviour's two names, and those of the list."""


def _distribution(making: Translation, resource: Planned) -> dict[str, Any]:
    behaviors = [_behavior(making, resource, one) for one in blocks_of(resource, "default_cache_behavior")]
    config = {
        "Enabled": resource.values.get("enabled"),
        "Aliases": resource.values.get("aliases"),
        "DefaultRootObject": resource.values.get("default_root_object"),
        "HttpVersion": resource.values.get("http_version") or "http2",
        "WebACLId": making.value(resource, "web_acl_id"),
        "Origins": [_origin(making, resource, one) for one in blocks_of(resource, "origin")],
        "OriginGroups": {"Items": list(_groups(making, resource))},
        "CacheBehaviors": [_behavior(making, resource, one) for one in blocks_of(resource, "ordered_cache_behavior")],
        "DefaultCacheBehavior": behaviors[0] if behaviors else None,
        "CustomErrorResponses": [
            _renamed(making, resource, one, _ERROR) for one in blocks_of(resource, "custom_error_response")
        ],
        "Restrictions": {"GeoRestriction": {"RestrictionType": _restriction(making, resource)}},
    }
    return {"DistributionConfig": _known(config)}


def _restriction(making: Translation, resource: Planned) -> Any:
    return making.value(resource, "restrictions.geo_restriction.restriction_type") or "none"


def _origin(making: Translation, resource: Planned, block: Block) -> dict[str, Any]:
    def first(name: str, names: Mapping[str, str]) -> dict[str, Any] | None:
        return next((_renamed(making, resource, one, names) for one in blocks_in(block, name)), None)

    return _known(
        {
            **_renamed(making, resource, block, _ORIGIN),
            "OriginCustomHeaders": [
                _renamed(making, resource, one, _HEADER) for one in blocks_in(block, "custom_header")
            ],
            "CustomOriginConfig": first("custom_origin_config", _CUSTOM),
            "VpcOriginConfig": first("vpc_origin_config", _VPC),
            "S3OriginConfig": first("s3_origin_config", _BUCKET),
        }
    )


def _groups(making: Translation, resource: Planned) -> Iterator[dict[str, Any]]:
    for block in blocks_of(resource, "origin_group"):
        members = [_renamed(making, resource, one, {"origin_id": "OriginId"}) for one in blocks_in(block, "member")]
        codes = [code for one in blocks_in(block, "failover_criteria") for code in one[0].get("status_codes") or ()]
        yield {
            "Id": making.argument(resource, "origin_id", *block),
            "Members": {"Items": members},
            "FailoverCriteria": {"StatusCodes": {"Items": codes}},
        }


def _behavior(making: Translation, resource: Planned, block: Block) -> dict[str, Any]:
    forwarded = [
        _renamed(making, resource, one, _FORWARDED)
        | {"Cookies": next((_renamed(making, resource, inner, _COOKIES) for inner in blocks_in(one, "cookies")), {})}
        for one in blocks_in(block, "forwarded_values")
    ]
    return _known(
        {
            **_renamed(making, resource, block, _BEHAVIOR),
            "ForwardedValues": forwarded[0] if forwarded else None,
            "FunctionAssociations": [
                _renamed(making, resource, one, _FUNCTION) for one in blocks_in(block, "function_association")
            ],
            "LambdaFunctionAssociations": [
                _renamed(making, resource, one, _LAMBDA) for one in blocks_in(block, "lambda_function_association")
            ],
        }
    )


def _renamed(making: Translation, resource: Planned, block: Block, names: Mapping[str, str]) -> dict[str, Any]:
    return _known({key: making.argument(resource, name, *block) for name, key in names.items()})


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _request_policy(making: Translation, resource: Planned) -> dict[str, Any]:
    blocks = {name: [*blocks_of(resource, name)] for name in _SELECTIONS}
    return {"OriginRequestPolicyConfig": _selections(making, resource, blocks)}


def _cache_policy(making: Translation, resource: Planned) -> dict[str, Any]:
    for block in blocks_of(resource, "parameters_in_cache_key_and_forwarded_to_origin"):
        blocks = {name: [*blocks_in(block, name)] for name in _SELECTIONS}
        selections = _selections(making, resource, blocks)
        return {"CachePolicyConfig": {"ParametersInCacheKeyAndForwardedToOrigin": selections}}
    return {}


def _selections(making: Translation, resource: Planned, blocks: Mapping[str, list[Block]]) -> dict[str, Any]:
    """Return the selections of a policy, by the blocks of each."""
    found = {}
    for name, (config, behavior, own, holder, key) in _SELECTIONS.items():
        for block in blocks[name]:
            listed = [item for one in blocks_in(block, holder) for item in one[0].get("items") or ()]
            found[config] = {**_renamed(making, resource, block, {behavior: own}), key: listed}
    return found


def _vpc_origin(making: Translation, resource: Planned) -> dict[str, Any]:
    for block in blocks_of(resource, "vpc_origin_endpoint_config"):
        return {"VpcOriginEndpointConfig": _renamed(making, resource, block, _VPC_ORIGIN)}
    return {}


COMPLETIONS: Mapping[str, Completion] = {
    "aws_cloudfront_distribution": _distribution,
    "aws_cloudfront_cache_policy": _cache_policy,
    "aws_cloudfront_origin_request_policy": _request_policy,
    "aws_cloudfront_vpc_origin": _vpc_origin,
}
