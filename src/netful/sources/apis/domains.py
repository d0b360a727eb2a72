"""Custom domain names with their mappings, and VPC links (spec: api-gateway §2.4, §5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netful.model.apis.api import ApiEndpointType
from netful.model.apis.domain import BasePathMapping, DomainName, DomainNameAccessAssociation, VpcLink
from netful.model.core.unknown import Maybe, Unknown
from netful.model.network.vpc import Subnet
from netful.sources.apis.policy import resource_policy
from netful.sources.apis.values import endpoint_type
from netful.sources.parts import PartReader
from netful.sources.readers.managed import default_groups
from netful.sources.template.reading import Inventory, Reader, either

_DOMAINS = ("AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2")
_MAPPINGS = ("AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::BasePathMappingV2", "AWS::ApiGatewayV2::ApiMapping")

_ANY_API = "*"  # a domain's policy applies to every API behind the domain


def domain_names(inventory: Inventory) -> dict[str, DomainName]:
    """Return the custom domain names, private ones included."""
    found = {reader.id: _domain(reader, inventory) for reader in inventory.of(*_DOMAINS)}
    for reader in inventory.of("AWS::ApiGatewayV2::DomainName"):
        name, (mutual, store) = reader.required("DomainName"), _mutual_tls(reader)
        found[reader.id] = DomainName(reader.id, name, ApiEndpointType.REGIONAL, None, mutual, store, reader.origin)
    return found


def _mutual_tls(reader: Reader) -> tuple[bool, Maybe[str] | None]:
    uri = reader.part("MutualTlsAuthentication").text("TruststoreUri")
    return uri is not None and uri != "", uri  # an empty URI turns it off


def _domain(reader: Reader, inventory: Inventory) -> DomainName:
    private = reader.type == _DOMAINS[1]
    default = ApiEndpointType.PRIVATE if private else ApiEndpointType.EDGE
    mutual, store = _mutual_tls(reader)
    return DomainName(
        id=reader.id,
        domain_name=reader.required("DomainName"),
        endpoint_type=endpoint_type(reader, default),
        policy=resource_policy(reader, "Policy", _ANY_API, inventory),
        mutual_tls=mutual,
        truststore_uri=store,
        origin=reader.origin,
    )


def base_path_mappings(inventory: Inventory) -> dict[str, BasePathMapping]:
    """Return the mappings of paths to APIs."""
    found = {reader.id: _mapping(reader) for reader in inventory.of(*_MAPPINGS)}
    for reader in inventory.of("AWS::ApiGatewayV2::RoutingRule"):
        found.update((mapping.id, mapping) for mapping in _of_rule(reader))
    return found


def _mapping(reader: Reader) -> BasePathMapping:
    domain = either(reader.text("DomainNameArn"), reader.text("DomainName"))
    path = either(reader.text("BasePath"), reader.text("ApiMappingKey"))
    return BasePathMapping(
        id=reader.id,
        domain=domain if domain is not None else reader.required("DomainName"),
        api_id=either(reader.text("RestApiId"), reader.text("ApiId")),
        base_path=_base(path),
        stage_name=reader.text("Stage"),
        origin=reader.origin,
    )


def _base(path: Maybe[str] | None) -> Maybe[str]:
    """Return a base path without slashes; `(none)` means the empty one."""
    if path is None or path == "(none)":
        return ""
    return path if isinstance(path, Unknown) else path.strip("/")


def _of_rule(reader: Reader) -> Iterator[BasePathMapping]:
    """Yield the mappings of a routing rule; a rule by headers serves the whole domain to requests that have them."""
    paths = [p for c in reader.parts("Conditions") for p in c.part("MatchBasePaths").known_texts("AnyOf")] or [""]
    for number, action in enumerate(reader.parts("Actions")):
        invoked = action.part("InvokeApi")
        for path in paths if invoked.has("ApiId") else ():
            yield BasePathMapping(
                id=f"{reader.id}.{number}.{path}",
                domain=either(reader.text("DomainNameArn"), reader.text("DomainName")) or "",
                api_id=invoked.text("ApiId"),
                base_path=_base(path),
                stage_name=invoked.text("Stage"),
                origin=reader.origin,
            )


def access_associations(inventory: Inventory) -> dict[str, DomainNameAccessAssociation]:
    """Return the associations of endpoints with private domain names."""
    return {
        reader.id: DomainNameAccessAssociation(
            reader.id, reader.required("DomainNameArn"), reader.required("AccessAssociationSource"), reader.origin
        )
        for reader in inventory.of("AWS::ApiGateway::DomainNameAccessAssociation")
    }


def vpc_links(inventory: Inventory, subnets: Mapping[str, Subnet]) -> dict[str, VpcLink]:
    """Return the VPC links of both versions. One without groups has its VPC's default group, as any interface has."""
    found = {
        reader.id: VpcLink(reader.id, 1, target_arns=reader.known_texts("TargetArns"), origin=reader.origin)
        for reader in inventory.of("AWS::ApiGateway::VpcLink")
    }
    for reader in inventory.of("AWS::ApiGatewayV2::VpcLink"):
        places, groups = reader.known_texts("SubnetIds"), reader.known_texts("SecurityGroupIds")
        groups = groups or (default_groups(places[0], subnets) if places else ())
        found[reader.id] = VpcLink(reader.id, 2, (), places, groups, reader.origin)
    return found


READERS = (
    PartReader("domain_names", domain_names),
    PartReader("base_path_mappings", base_path_mappings),
    PartReader("domain_name_access_associations", access_associations),
    PartReader("vpc_links", vpc_links, needs=("subnets",)),
)
