"""CloudFront distributions."""

from __future__ import annotations

from collections.abc import Iterator

from netful.model.core.unknown import Maybe, Unknown
from netful.model.names.distributions import CacheBehavior, Distribution, DistributionOrigin
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, known_or

_TYPE, _POLICY = "AWS::CloudFront::Distribution", "AWS::CloudFront::OriginRequestPolicy"
_KEEPS_HOST = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": True,  # AllViewer
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": True,  # AllViewerAndCloudFrontHeaders-2022-06
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": False,  # AllViewerExceptHostHeader
    "59781a5b-3903-41f3-afcb-af62929ccde1": False,  # CORS-CustomOrigin
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": False,  # CORS-S3Origin
    "acba4595-bd28-49b8-b9fe-13317c0390fa": False,  # UserAgentRefererHeaders
}
"""AWS's own origin request policies: whether the origin gets the viewer's Host."""


def distributions(inventory: Inventory) -> dict[str, Distribution]:
    """Return the distributions."""
    policies = {reader.id: _policy(reader.part("OriginRequestPolicyConfig")) for reader in inventory.of(_POLICY)}
    ids = inventory.aws_ids
    return {one.id: _distribution(one, ids[one.id], policies) for one in inventory.of(_TYPE)}


def _policy(config: Reader) -> bool | None:
    """Return whether an origin request policy passes on the viewer's Host."""
    headers = config.part("HeadersConfig")
    behavior = headers.text("HeaderBehavior")
    named = {name.lower() for name in headers.known_texts("Headers") if isinstance(name, str)}
    table = {"none": False, "whitelist": "host" in named, "allViewer": True, "allExcept": "host" not in named,
             "allViewerAndWhitelistCloudFront": True}  # fmt: skip
    return table.get(behavior) if isinstance(behavior, str) else None


def _distribution(reader: Reader, id_: str, policies: dict[str, bool | None]) -> Distribution:
    config = reader.part("DistributionConfig")
    ordered = ((one, one.required("PathPattern")) for one in config.parts("CacheBehaviors"))
    default = (config.part("DefaultCacheBehavior"), "*")
    return Distribution(
        id=reader.id,
        domain_name=f"d{id_.lower()}.cloudfront.net",
        aliases=config.known_texts("Aliases"),
        enabled=config.flag("Enabled", default=True),
        origins=tuple(map(_origin, config.parts("Origins"))),
        behaviors=tuple(_behavior(one, pattern, policies) for one, pattern in (*ordered, default)),
        groups=dict(_groups(config)),
        has_web_acl=config.text("WebACLId") not in (None, ""),
        origin=reader.origin,
    )


def _groups(config: Reader) -> Iterator[tuple[str, Maybe[str]]]:
    for group in config.part("OriginGroups").parts("Items"):
        first = next((one.required("OriginId") for one in group.part("Members").parts("Items")), "")
        yield str(group.text("Id")), first


def _origin(reader: Reader) -> DistributionOrigin:
    custom, vpc = reader.part("CustomOriginConfig"), reader.part("VpcOriginConfig")
    http, https = custom.number("HTTPPort"), custom.number("HTTPSPort")
    headers = {str(one.text("HeaderName")): one.required("HeaderValue") for one in reader.parts("OriginCustomHeaders")}
    path = reader.text("OriginPath")
    return DistributionOrigin(
        id=reader.required("Id"),
        domain_name=reader.required("DomainName"),
        path="" if path is None else path,
        protocol_policy=known_or(custom.text("OriginProtocolPolicy"), ""),
        http_port=80 if http is None else http,
        https_port=443 if https is None else https,
        headers=headers,
        vpc_origin_id=vpc.text("VpcOriginId"),
    )


def _behavior(reader: Reader, pattern: Maybe[str], policies: dict[str, bool | None]) -> CacheBehavior:
    return CacheBehavior(
        pattern=pattern,
        target_origin_id=reader.required("TargetOriginId"),
        viewer_protocol_policy=known_or(reader.text("ViewerProtocolPolicy"), "allow-all"),
        forwards_host=_forwards_host(reader, policies),
        runs=any([*reader.parts("FunctionAssociations"), *reader.parts("LambdaFunctionAssociations")]),
        is_restricted=bool(reader.known_texts("TrustedKeyGroups") or reader.known_texts("TrustedSigners")),
    )


def _forwards_host(reader: Reader, policies: dict[str, bool | None]) -> bool | None:
    policy = reader.text("OriginRequestPolicyId")
    if isinstance(policy, Unknown):
        return None
    if policy is not None:
        return policies[policy] if policy in policies else _KEEPS_HOST.get(policy)
    named = reader.part("ForwardedValues").known_texts("Headers")
    return any(isinstance(name, str) and name.lower() in ("*", "host") for name in named)


READERS = (PartReader("distributions", distributions),)
