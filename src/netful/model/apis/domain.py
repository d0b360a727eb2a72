"""Custom domain names of APIs, and the links from API Gateway into a VPC (spec: api-gateway §2.4, §5.1; newer-aws §4.1)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from netful.model.apis.api import ApiEndpointType
from netful.model.core import Frozen, Identified, Maybe, Unknown


class RoutingMode(StrEnum):
    """Way of a domain's requests to APIs: mappings of base paths, routing rules, or rules and then mappings.

    The two versions of API Gateway's API have other names for `MAPPING_ONLY` and `ROUTING_RULE_THEN_MAPPING`.
    """

    MAPPING_ONLY = "MAPPING_ONLY"
    ROUTING_RULE_ONLY = "ROUTING_RULE_ONLY"
    ROUTING_RULE_THEN_MAPPING = "ROUTING_RULE_THEN_MAPPING"


class DomainName(Identified):
    """A custom domain name. A private one has its own `policy` and is reached only through associated endpoints.

    `truststore_uri` is the object with the certificate authorities of clients, if `mutual_tls` requires certificates. A `strict` one asks
    that the TLS server name is the Host.
    """

    domain_name: Maybe[str]
    endpoint_type: Maybe[ApiEndpointType] = ApiEndpointType.EDGE
    policy: Mapping[str, Any] | Unknown | None = None
    mutual_tls: bool = False
    truststore_uri: Maybe[str] | None = None
    routing_mode: Maybe[RoutingMode] = RoutingMode.MAPPING_ONLY
    strict: bool = False
    ip_address_type: Maybe[str] = "ipv4"


class BasePathMapping(Identified):
    """The API and stage of a domain's base path ("" matches all requests that no other mapping matches).

    `domain` is the domain's id, or its name if the domain is not in the template. Without a stage the caller names it.
    """

    domain: Maybe[str]
    api_id: Maybe[str] | None
    base_path: Maybe[str] = ""
    stage_name: Maybe[str] | None = None


class HeaderGlob(Frozen):
    """A header and the glob that its value has to match."""

    header: Maybe[str]
    value_glob: Maybe[str]


class RoutingCondition(Frozen):
    """A condition of a routing rule: one of its headers matches, or one of its base paths leads the path."""

    headers: tuple[HeaderGlob, ...] = ()
    base_paths: tuple[Maybe[str], ...] = ()


class RoutingRule(Identified):
    """A rule that leads a domain's requests to a stage of an API if all of its conditions hold (newer-aws §4.1)."""

    domain: Maybe[str]
    priority: Maybe[int]
    api_id: Maybe[str]
    stage_name: Maybe[str] | None
    conditions: tuple[RoutingCondition, ...] = ()
    strip_base_path: bool = False

    @property
    def base_path(self) -> Maybe[str]:
        """The base path that the rule asks for; "" if it asks for none."""
        return next((base for condition in self.conditions for base in condition.base_paths), "")

    @property
    def needs_headers(self) -> bool:
        """True if no request without certain headers meets the rule."""
        return any(condition.headers for condition in self.conditions)


class DomainNameAccessAssociation(Identified):
    """The association that lets a VPC endpoint reach a private domain name."""

    domain: Maybe[str]
    vpc_endpoint_id: Maybe[str]


class VpcLink(Identified):
    """A link into a VPC. The first version leads to `target_arns` (NLBs), the second has interfaces in subnets."""

    version: int
    target_arns: tuple[Maybe[str], ...] = ()
    subnet_ids: tuple[Maybe[str], ...] = ()
    security_group_ids: tuple[Maybe[str], ...] = ()
