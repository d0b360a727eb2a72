"""CloudFront distributions and VPC origins."""

from collections.abc import Iterator, Mapping

from netful.model.core import Maybe, Unknown, known_in, whole_number
from netful.model.names.distributions import (
    CacheBehavior,
    CustomErrorResponse,
    Distribution,
    DistributionOrigin,
    OriginAccess,
    OriginGroup,
    VpcOrigin,
)
from netful.sources.parts import PartReader, of_each
from netful.sources.readers.origin_policies import Policies, forwarded, policies
from netful.sources.template.reading import Inventory, Reader, either, known_or

_TYPE = "AWS::CloudFront::Distribution"
_IDENTITY = "origin-access-identity/cloudfront/"
_MATCH_VIEWER = "match-viewer"


def distributions(inventory: Inventory) -> dict[str, Distribution]:
    """Return the distributions."""
    found, ids, accesses = policies(inventory), inventory.aws_ids, _accesses(inventory)
    return {one.id: _distribution(one, ids[one.id], found, accesses) for one in inventory.of(_TYPE)}


def _vpc_origin(reader: Reader) -> VpcOrigin:
    config = reader.part("VpcOriginEndpointConfig")
    return VpcOrigin(
        id=reader.id,
        arn=_target(config),
        protocol_policy=known_or(config.text("OriginProtocolPolicy"), _MATCH_VIEWER),
        http_port=either(config.number("HTTPPort"), 80),
        https_port=either(config.number("HTTPSPort"), 443),
        origin=reader.origin,
    )


def _target(config: Reader) -> Maybe[str]:
    """Return the name of the load balancer or instance that an ARN means; an ARN that was not loaded itself."""
    arn = config.required("Arn")
    return config.named(arn.rpartition("instance/")[2]) if isinstance(arn, str) and ":instance/" in arn else arn


def _accesses(inventory: Inventory) -> dict[str, OriginAccess]:
    found = {}
    for reader in inventory.of("AWS::CloudFront::OriginAccessControl"):
        signing = reader.part("OriginAccessControlConfig").text("SigningBehavior")
        found[reader.id] = OriginAccess(reader.id, known_or(signing, "always"))
    return found


def _distribution(
    reader: Reader, id_: str, known: tuple[Policies, Policies], accesses: Mapping[str, OriginAccess]
) -> Distribution:
    config = reader.part("DistributionConfig")
    ordered = ((one, one.required("PathPattern")) for one in config.parts("CacheBehaviors"))
    default = (config.part("DefaultCacheBehavior"), "*")
    acl = config.text("WebACLId")
    return Distribution(
        id=reader.id,
        domain_name=f"d{id_.lower()}.cloudfront.net",
        aws_id=id_,
        aliases=config.known_texts("Aliases"),
        enabled=config.flag("Enabled", default=True),
        root_object=known_or(config.text("DefaultRootObject"), "").removeprefix("/"),
        origins=tuple(_origin(one, reader.names, accesses) for one in config.parts("Origins")),
        behaviors=tuple(_behavior(one, pattern, known) for one, pattern in (*ordered, default)),
        groups=dict(_groups(config)),
        errors=dict(_errors(config)),
        web_acl=acl or None,
        http_version=known_or(config.text("HttpVersion"), "http1.1").lower(),
        origin=reader.origin,
    )


def _groups(config: Reader) -> Iterator[tuple[str, OriginGroup]]:
    for group in config.part("OriginGroups").parts("Items"):
        codes = group.part("FailoverCriteria").part("StatusCodes").known_texts("Items")
        members = tuple(one.required("OriginId") for one in group.part("Members").parts("Items"))
        statuses = frozenset(number for code in codes if (number := whole_number(code)) is not None)
        unknown = next((code for code in codes if isinstance(code, Unknown)), None)
        yield str(group.text("Id")), OriginGroup(members, statuses, unknown)


def _errors(config: Reader) -> Iterator[tuple[int, CustomErrorResponse]]:
    for one in config.parts("CustomErrorResponses"):
        code, status, path = one.number("ErrorCode"), one.number("ResponseCode"), one.text("ResponsePagePath")
        if isinstance(code, int):
            yield code, CustomErrorResponse(known_or(path, ""), status if isinstance(status, int) else None)


def _origin(reader: Reader, names: Mapping[str, str], accesses: Mapping[str, OriginAccess]) -> DistributionOrigin:
    custom, vpc = reader.part("CustomOriginConfig"), reader.part("VpcOriginConfig")
    headers = {str(one.text("HeaderName")): one.required("HeaderValue") for one in reader.parts("OriginCustomHeaders")}
    is_bucket = reader.has("S3OriginConfig") or not (custom.properties or vpc.properties)
    return DistributionOrigin(
        id=reader.required("Id"),
        domain_name=reader.required("DomainName"),
        path=either(reader.text("OriginPath"), ""),
        protocol_policy=_MATCH_VIEWER if is_bucket else known_or(custom.text("OriginProtocolPolicy"), ""),
        http_port=either(custom.number("HTTPPort"), 80),
        https_port=either(custom.number("HTTPSPort"), 443),
        headers=headers,
        vpc_origin_id=vpc.text("VpcOriginId"),
        access=_access(reader, names, accesses),
    )


def _access(
    reader: Reader, names: Mapping[str, str], accesses: Mapping[str, OriginAccess]
) -> Maybe[OriginAccess] | None:
    control = reader.text("OriginAccessControlId")
    if control:
        missing = (f"the origin access control {control}",)
        return known_in(accesses, control) or (
            control if isinstance(control, Unknown) else Unknown("not loaded", missing)
        )
    identity = reader.part("S3OriginConfig").literal("OriginAccessIdentity")
    if not identity or isinstance(identity, Unknown):
        return identity if isinstance(identity, Unknown) else None
    id_ = identity.removeprefix(_IDENTITY)
    return OriginAccess(names.get(id_, id_), identity=id_)


def _behavior(reader: Reader, pattern: Maybe[str], known: tuple[Policies, Policies]) -> CacheBehavior:
    methods = [one for one in reader.known_texts("AllowedMethods") if isinstance(one, str)]
    return CacheBehavior(
        pattern=pattern,
        target_origin_id=reader.required("TargetOriginId"),
        viewer_protocol_policy=known_or(reader.text("ViewerProtocolPolicy"), "allow-all"),
        forwards=forwarded(reader, *known),
        by_default=not reader.has("CachePolicyId"),
        methods=frozenset(methods) or frozenset({"GET", "HEAD"}),
        runs=any([*reader.parts("FunctionAssociations"), *reader.parts("LambdaFunctionAssociations")]),
        sets_headers=reader.has("ResponseHeadersPolicyId"),
        is_restricted=bool(reader.known_texts("TrustedKeyGroups") or reader.known_texts("TrustedSigners")),
    )


READERS = (
    PartReader("distributions", distributions),
    of_each("vpc_origins", _vpc_origin, "AWS::CloudFront::VpcOrigin"),
)
