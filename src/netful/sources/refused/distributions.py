"""Distributions and VPC origins that CloudFront refuses: for headers that it keeps, certificates, functions and load balancers.

Lambda@Edge runs numbered versions, without most settings of Lambda (newer-aws §12).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import every_part, is_true, known_in, mapping, mappings, texts
from netful.model.functions.function import Function
from netful.sources.refused.refused_value import RefusedValue

_OWN_HEADERS = re.compile(
    r"cache-control|connection|content-length|cookie|host|if-.+|max-forwards|pragma|proxy-.+|range|request-range|te|trailer"
    r"|transfer-encoding|upgrade|via|x-amz-.+|x-edge-.+|x-real-ip",
    re.IGNORECASE,
)
HOME = "us-east-1"
"""The Region with the certificates and the functions of distributions, and the certificates of edge-optimized domains."""
_ARGUMENT = "InvalidArgument"
_FUNCTION = re.compile(r"arn:[^:]+:lambda:([^:]+):\d+:function:[^:]+(?::(.+))?")


def values(own: Mapping[str, Any]) -> Iterator[RefusedValue]:
    """Yield the properties that CloudFront refuses."""
    config = mapping(own.get("DistributionConfig"))
    for origin in mappings(config.get("Origins")):
        names = (str(one.get("HeaderName")) for one in mappings(origin.get("OriginCustomHeaders")))
        for name in filter(_OWN_HEADERS.fullmatch, names):
            reason = f"origin `{origin.get('Id')}` adds the header `{name}`"
            yield RefusedValue("DistributionConfig", _ARGUMENT, reason, "add a header with another name")
    shown = config.get("ViewerCertificate")
    arn = shown.get("AcmCertificateArn") if isinstance(shown, Mapping) else None
    parts = arn.split(":") if isinstance(arn, str) else []
    region = parts[3] if parts[1:3] == ["aws", "acm"] and len(parts) > 3 else HOME
    if region != HOME:
        reason = f"the viewers' certificate is in {region}"
        hint = f"use a certificate of ACM in {HOME}"
        yield RefusedValue("DistributionConfig", "InvalidViewerCertificate", reason, hint)
    uncertified = shown is None or is_true(mapping(shown).get("CloudFrontDefaultCertificate"))
    if texts(config.get("Aliases")) and uncertified:
        reason, hint = "it has aliases, and no certificate for them", f"name a certificate of ACM in {HOME}"
        yield RefusedValue("DistributionConfig", "InvalidViewerCertificate", reason, hint)


def edge_functions(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield distributions with a function that Lambda@Edge does not run."""
    for distribution in cloud.template.of_type("AWS::CloudFront::Distribution"):
        parts = every_part(distribution.properties)
        for arn in dict.fromkeys(texts([mapping(part).get("LambdaFunctionARN") for part in parts])):
            written = _FUNCTION.fullmatch(arn)
            for reason in _of_function(cloud, arn, *written.groups()) if written else ():
                yield distribution.id, reason


def _of_function(cloud: Cloud, arn: str, region: str, version: str | None) -> Iterator[str]:
    function = cloud.compute.functions.get(cloud.function_of(arn))
    name = function.id if function else arn
    if region != HOME:
        yield f"`{name}` is in {region}, and functions of CloudFront are in {HOME}"
    if version is None or not version.isdecimal():
        yield f"`{name}` is named without the number of a version"
    for what in _settings(function) if function else ():
        yield f"`{name}` has {what}, which Lambda@Edge does not support"


def _settings(function: Function) -> Iterator[str]:
    found = {
        "`VpcConfig`": function.in_vpc,
        "`Environment`": function.environment,
        "`Layers`": function.layers,
        "`DeadLetterConfig`": function.dead_letter_arn,
        "a container image": function.package_type == "Image",
        "the architecture arm64": "arm64" in function.architectures,
    }
    return (what for what, there in found.items() if there)


def vpc_origins(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield VPC origins with a load balancer that CloudFront does not support."""
    for origin in cloud.names.vpc_origins.values():
        balancer = known_in(cloud.balancing.load_balancers, origin.arn)
        for reason in _of_origin(cloud, balancer) if balancer is not None else ():
            yield origin.id, reason


def _of_origin(cloud: Cloud, balancer: LoadBalancer) -> Iterator[str]:
    if balancer.type is LoadBalancerType.GATEWAY:
        yield f"`{balancer.id}` is a gateway load balancer"
    if balancer.type is not LoadBalancerType.NETWORK:
        return
    if not balancer.security_group_ids:
        yield f"`{balancer.id}` has no security group"
    if any(one.protocol == "TLS" for one in cloud.balancing.listeners_of(balancer.id)):
        yield f"`{balancer.id}` has a listener of TLS"
    if balancer.ip_address_type.startswith("dualstack"):
        yield f"`{balancer.id}` is dual-stack"
