"""Distributions that CloudFront refuses for their functions: Lambda@Edge runs numbered versions, without most settings of Lambda."""

import re
from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.core import every_part, mapping, texts
from netful.model.functions.function import Function

_ARN = re.compile(r"arn:[^:]+:lambda:([^:]+):\d+:function:[^:]+(?::(.+))?")
_HOME = "us-east-1"


def associations(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield distributions with a function that Lambda@Edge does not run."""
    for distribution in cloud.template.of_type("AWS::CloudFront::Distribution"):
        parts = every_part(distribution.properties)
        for arn in dict.fromkeys(texts([mapping(part).get("LambdaFunctionARN") for part in parts])):
            written = _ARN.fullmatch(arn)
            for reason in _reasons(cloud, arn, *written.groups()) if written else ():
                yield distribution.id, reason


def _reasons(cloud: Cloud, arn: str, region: str, version: str | None) -> Iterator[str]:
    function = cloud.compute.functions.get(cloud.function_of(arn))
    name = function.id if function else arn
    if region != _HOME:
        yield f"`{name}` is in {region}, and functions of CloudFront are in {_HOME}"
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
