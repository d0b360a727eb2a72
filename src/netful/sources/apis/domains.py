"""Custom domain names with their mappings, and VPC links (spec: api-gateway §2.4, §5.1)."""

from collections.abc import Mapping

from netful.model.apis.api import ApiEndpointType
from netful.model.apis.domain import (
    BasePathMapping,
    DomainName,
    DomainNameAccessAssociation,
    HeaderGlob,
    RoutingCondition,
    RoutingMode,
    RoutingRule,
    VpcLink,
)
from netful.model.core import Maybe, Unknown
from netful.model.network.vpc import Subnet
from netful.sources.apis.policy import resource_policy
from netful.sources.apis.values import endpoint_type
from netful.sources.parts import PartReader, of_each
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
        types = [one.text("IpAddressType") for one in reader.parts("DomainNameConfigurations")]
        found[reader.id] = DomainName(
            reader.id,
            name,
            ApiEndpointType.REGIONAL,
            None,
            mutual,
            store,
            _routing_mode(reader),
            ip_address_type=next((one for one in types if one), "ipv4"),
            origin=reader.origin,
        )
    return found


def _routing_mode(reader: Reader) -> Maybe[RoutingMode]:
    written = reader.text("RoutingMode")
    if written is None or isinstance(written, Unknown):
        return RoutingMode.MAPPING_ONLY if written is None else written
    name = written.replace("API_MAPPING", "MAPPING").replace("BASE_PATH_MAPPING", "MAPPING")
    unknown = Unknown(f"`RoutingMode: {written}` is not known", (f"what `RoutingMode: {written}` of {reader.id} does",))
    return RoutingMode(name) if name in [*RoutingMode] else unknown


def _mutual_tls(reader: Reader) -> tuple[bool, Maybe[str] | None]:
    uri = reader.part("MutualTlsAuthentication").text("TruststoreUri")
    return uri is not None and uri != "", uri  # an empty URI turns it off


def _domain(reader: Reader, inventory: Inventory) -> DomainName:
    private = reader.type == _DOMAINS[1]
    kind = endpoint_type(reader, ApiEndpointType.PRIVATE if private else ApiEndpointType.EDGE)
    mutual, store = _mutual_tls(reader)
    return DomainName(
        id=reader.id,
        domain_name=reader.required("DomainName"),
        endpoint_type=ApiEndpointType.PRIVATE if private and isinstance(kind, Unknown) else kind,
        ip_address_type=reader.part("EndpointConfiguration").text("IpAddressType") or "ipv4",
        policy=resource_policy(reader, "Policy", _ANY_API, inventory),
        mutual_tls=mutual,
        strict=str(reader.text("EndpointAccessMode")) == "STRICT",
        truststore_uri=store,
        routing_mode=_routing_mode(reader),
        origin=reader.origin,
    )


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


def _rule(reader: Reader) -> RoutingRule:
    actions = [action.part("InvokeApi") for action in reader.parts("Actions")]
    invoked = actions[0] if actions else None
    return RoutingRule(
        id=reader.id,
        domain=reader.required("DomainNameArn"),
        priority=either(reader.number("Priority"), Unknown(f"`{reader.id}` has no `Priority`")),
        api_id=invoked.required("ApiId") if invoked else Unknown(f"the action of `{reader.id}` is not known"),
        stage_name=invoked.required("Stage") if invoked else None,
        conditions=tuple(map(_condition, reader.each("Conditions"))),
        strip_base_path=invoked is not None and invoked.flag("StripBasePath", default=False),
        origin=reader.origin,
    )


def _condition(reader: Reader | Unknown) -> RoutingCondition:
    if isinstance(reader, Unknown):
        return RoutingCondition(base_paths=(reader,))
    headers = reader.part("MatchHeaders").parts("AnyOf")
    return RoutingCondition(
        headers=tuple(HeaderGlob(each.required("Header"), each.required("ValueGlob")) for each in headers),
        base_paths=tuple(map(_base, reader.part("MatchBasePaths").known_texts("AnyOf"))),
    )


def _access_association(reader: Reader) -> DomainNameAccessAssociation:
    domain, endpoint = reader.required("DomainNameArn"), reader.required("AccessAssociationSource")
    return DomainNameAccessAssociation(reader.id, domain, endpoint, origin=reader.origin)


def vpc_links(inventory: Inventory, subnets: Mapping[str, Subnet]) -> dict[str, VpcLink]:
    """Return the VPC links of both versions. One without groups has its VPC's default group, as any interface has."""
    found = {
        reader.id: VpcLink(reader.id, 1, target_arns=reader.known_texts("TargetArns"), origin=reader.origin)
        for reader in inventory.of("AWS::ApiGateway::VpcLink")
    }
    for reader in inventory.of("AWS::ApiGatewayV2::VpcLink"):
        places, groups = reader.known_texts("SubnetIds"), reader.known_texts("SecurityGroupIds")
        groups = groups or (default_groups(places[0], subnets) if places else ())
        found[reader.id] = VpcLink(reader.id, 2, (), places, groups, origin=reader.origin)
    return found


READERS = (
    PartReader("domain_names", domain_names),
    of_each("base_path_mappings", _mapping, *_MAPPINGS),
    of_each("routing_rules", _rule, "AWS::ApiGatewayV2::RoutingRule"),
    of_each("domain_name_access_associations", _access_association, "AWS::ApiGateway::DomainNameAccessAssociation"),
    PartReader("vpc_links", vpc_links, needs=("subnets",)),
)
