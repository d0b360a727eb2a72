"""CloudFront distributions: their names, behaviours and origins (spec: newer-aws §12)."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen, Identified, Maybe, Unknown
from netful.model.names.service_names import name_matches

SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG"
"""Name of the security group that CloudFront makes in a VPC with the first VPC origin there."""

ORIGIN_FACING = "com.amazonaws.global.cloudfront.origin-facing"
"""Name of the managed prefix list with the addresses from which CloudFront calls origins."""


class Selection(Frozen):
    """Names of headers (in lower case), cookies or query parameters: those listed, or all but those."""

    names: frozenset[str] = frozenset()
    excluding: bool = False


NOTHING = Selection()
EVERYTHING = Selection(excluding=True)


class Forwarding(Frozen):
    """The parts of a viewer's request that a policy, or the older settings of a behaviour, send to the origin.

    `added` are headers of CloudFront's own that a policy names beside all of the viewer's.
    """

    headers: Selection = NOTHING
    cookies: Selection = NOTHING
    query: Selection = NOTHING
    added: frozenset[str] = frozenset()


class OriginAccess(Frozen):
    """CloudFront's signature on requests to an origin: an origin access control, or the identity before it (`identity`).

    `signing` is `always`, `never` or `no-override`, which leaves a viewer's own `Authorization` alone.
    """

    id: str
    signing: str = "always"
    identity: str = ""


class DistributionOrigin(Frozen):
    """Server that a distribution asks. `headers` are added to its requests; a VPC origin is reached through `vpc_origin_id`.

    `access` is Unknown if its origin access control was not loaded.
    """

    id: Maybe[str]
    domain_name: Maybe[str]
    path: Maybe[str] = ""
    protocol_policy: str = ""
    http_port: Maybe[int] = 80
    https_port: Maybe[int] = 443
    headers: Mapping[str, Maybe[str]] = field(default_factory=dict)
    vpc_origin_id: Maybe[str] | None = None
    access: Maybe[OriginAccess] | None = None


class VpcOrigin(Identified):
    """A load balancer or an instance in a VPC that distributions reach by an interface of CloudFront there."""

    arn: Maybe[str]
    protocol_policy: str = "match-viewer"
    http_port: Maybe[int] = 80
    https_port: Maybe[int] = 443


class OriginGroup(Frozen):
    """Origins that are asked in turn: the next one if one answers with a status of `fails_over_on`, or not at all.

    `unknown_status`: the group has a further status, or several, which are not known.
    """

    members: tuple[Maybe[str], ...]
    fails_over_on: frozenset[int] = frozenset()
    unknown_status: Unknown | None = None


class CacheBehavior(Frozen):
    """Treatment of the requests that a pattern matches.

    `forwards` are the policies that send parts of the viewer's request to the origin, None for one that was not loaded.
    Without a cache policy (`by_default`) most headers reach it. `runs` is whether functions may change the request, `sets_headers`
    whether a policy changes the headers of responses.
    """

    pattern: Maybe[str]
    target_origin_id: Maybe[str]
    viewer_protocol_policy: str = "allow-all"
    forwards: tuple[Forwarding | None, ...] = (Forwarding(),)
    by_default: bool = True
    methods: frozenset[str] = frozenset({"GET", "HEAD"})
    runs: bool = False
    sets_headers: bool = False
    is_restricted: bool = False


class CustomErrorResponse(Frozen):
    """Page that a viewer gets instead of an origin's error; without a path, the error itself."""

    path: str = ""
    status: int | None = None


class Distribution(Identified):
    """A distribution. `behaviors` are in their order, the default one last; `groups` are origin groups by id.

    `errors` are its own pages by the status that they replace. `web_acl` is the ARN or the name of its web ACL.
    `http_version` is the newest version of HTTP for viewers.
    """

    domain_name: str
    aliases: tuple[Maybe[str], ...] = ()
    enabled: bool = True
    root_object: str = ""
    origins: tuple[DistributionOrigin, ...] = ()
    behaviors: tuple[CacheBehavior, ...] = ()
    groups: Mapping[str, OriginGroup] = field(default_factory=dict)
    errors: Mapping[int, CustomErrorResponse] = field(default_factory=dict)
    web_acl: Maybe[str] | None = None
    http_version: str = "http1.1"
    aws_id: str = ""

    @property
    def speaks_http2(self) -> bool:
        """Return whether viewers may use HTTP/2: `http2`, or `http2and3`."""
        return self.http_version.startswith("http2")

    def is_named(self, host: str) -> bool:
        """Return whether a host name is its own domain or one of its aliases, which may begin with `*.`."""
        name = host.lower().rstrip(".")
        aliases = [one.lower() for one in self.aliases if isinstance(one, str)]
        return name == self.domain_name or any(name_matches(alias, name) for alias in aliases)
