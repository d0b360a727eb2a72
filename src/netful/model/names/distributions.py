"""CloudFront distributions: their names, behaviours and origins (spec: newer-aws §12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netful.model.core.origin import DEFAULT, Origin
from netful.model.core.unknown import Maybe
from netful.model.names.service_names import name_matches


@dataclass(frozen=True, slots=True)
class DistributionOrigin:
    """Server that a distribution asks. `headers` are added to its requests; a VPC origin is reached through `vpc_origin_id`."""

    id: Maybe[str]
    domain_name: Maybe[str]
    path: Maybe[str] = ""
    protocol_policy: str = ""
    http_port: Maybe[int] = 80
    https_port: Maybe[int] = 443
    headers: Mapping[str, Maybe[str]] = field(default_factory=dict)
    vpc_origin_id: Maybe[str] | None = None


@dataclass(frozen=True, slots=True)
class CacheBehavior:
    """Treatment of the requests that a pattern matches. `forwards_host`: the origin gets the viewer's Host; None if unknown.

    `runs` is whether functions may change the request.
    """

    pattern: Maybe[str]
    target_origin_id: Maybe[str]
    viewer_protocol_policy: str = "allow-all"
    forwards_host: bool | None = False
    runs: bool = False
    is_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution. `behaviors` are in their order, the default one last; `groups` are the first origins of origin groups."""

    id: str
    domain_name: str
    aliases: tuple[Maybe[str], ...] = ()
    enabled: bool = True
    origins: tuple[DistributionOrigin, ...] = ()
    behaviors: tuple[CacheBehavior, ...] = ()
    groups: Mapping[str, Maybe[str]] = field(default_factory=dict)
    has_web_acl: bool = False
    origin: Origin = DEFAULT

    def is_named(self, host: str) -> bool:
        """Return whether a host name is its own domain or one of its aliases, which may begin with `*.`."""
        name = host.lower().rstrip(".")
        aliases = [one.lower() for one in self.aliases if isinstance(one, str)]
        return name == self.domain_name or any(name_matches(alias, name) for alias in aliases)
