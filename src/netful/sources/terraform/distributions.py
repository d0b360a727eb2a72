"""CloudFront distributions of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netful.sources.terraform.blocks import Block, blocks_in, blocks_of
from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Completion, Translation

_ORIGIN = {"origin_id": "Id", "domain_name": "DomainName", "origin_path": "OriginPath"}
_HEADER = {"name": "HeaderName", "value": "HeaderValue"}
_CUSTOM = {"http_port": "HTTPPort", "https_port": "HTTPSPort", "origin_protocol_policy": "OriginProtocolPolicy"}
_BEHAVIOR = {
    "path_pattern": "PathPattern",
    "target_origin_id": "TargetOriginId",
    "viewer_protocol_policy": "ViewerProtocolPolicy",
    "origin_request_policy_id": "OriginRequestPolicyId",
    "trusted_key_groups": "TrustedKeyGroups",
    "trusted_signers": "TrustedSigners",
}
_FUNCTION = {"event_type": "EventType", "function_arn": "FunctionARN"}
_LAMBDA = {"event_type": "EventType", "lambda_arn": "LambdaFunctionARN"}
"""CloudFormation's names of the arguments of each block."""


def _distribution(making: Translation, resource: Planned) -> dict[str, Any]:
    behaviors = [_behavior(making, resource, one) for one in blocks_of(resource, "default_cache_behavior")]
    config = {
        "Enabled": resource.values.get("enabled"),
        "Aliases": resource.values.get("aliases"),
        "WebACLId": making.value(resource, "web_acl_id"),
        "Origins": [_origin(making, resource, one) for one in blocks_of(resource, "origin")],
        "OriginGroups": {"Items": list(_groups(making, resource))},
        "CacheBehaviors": [_behavior(making, resource, one) for one in blocks_of(resource, "ordered_cache_behavior")],
        "DefaultCacheBehavior": behaviors[0] if behaviors else None,
        "Restrictions": {"GeoRestriction": {"RestrictionType": _restriction(making, resource)}},
    }
    return {"DistributionConfig": _known(config)}


def _restriction(making: Translation, resource: Planned) -> Any:
    return making.value(resource, "restrictions.geo_restriction.restriction_type") or "none"


def _origin(making: Translation, resource: Planned, block: Block) -> dict[str, Any]:
    custom = [_renamed(making, resource, one, _CUSTOM) for one in blocks_in(block, "custom_origin_config")]
    vpc = [
        _renamed(making, resource, one, {"vpc_origin_id": "VpcOriginId"})
        for one in blocks_in(block, "vpc_origin_config")
    ]
    return _known(
        {
            **_renamed(making, resource, block, _ORIGIN),
            "OriginCustomHeaders": [
                _renamed(making, resource, one, _HEADER) for one in blocks_in(block, "custom_header")
            ],
            "CustomOriginConfig": custom[0] if custom else None,
            "VpcOriginConfig": vpc[0] if vpc else None,
        }
    )


def _groups(making: Translation, resource: Planned) -> Iterator[dict[str, Any]]:
    for block in blocks_of(resource, "origin_group"):
        members = [_renamed(making, resource, one, {"origin_id": "OriginId"}) for one in blocks_in(block, "member")]
        yield {"Id": making.argument(resource, "origin_id", *block), "Members": {"Items": members}}


def _behavior(making: Translation, resource: Planned, block: Block) -> dict[str, Any]:
    forwarded = [{"Headers": one[0].get("headers") or []} for one in blocks_in(block, "forwarded_values")]
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


def _policy(making: Translation, resource: Planned) -> dict[str, Any]:
    for block in blocks_of(resource, "headers_config"):
        named = [name for one in blocks_in(block, "headers") for name in one[0].get("items") or ()]
        headers = {**_renamed(making, resource, block, {"header_behavior": "HeaderBehavior"}), "Headers": named}
        return {"OriginRequestPolicyConfig": {"HeadersConfig": headers}}
    return {}


COMPLETIONS: Mapping[str, Completion] = {
    "aws_cloudfront_distribution": _distribution,
    "aws_cloudfront_origin_request_policy": _policy,
}
