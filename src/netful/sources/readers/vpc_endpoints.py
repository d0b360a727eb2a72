"""VPC endpoints, and endpoint services (spec: vpc-network §5)."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeVar

from netful.model.core import Maybe, Unknown
from netful.model.json_texts import json_or
from netful.model.names.service_names import CROSS_REGION_SERVICES, EXPRESS, GATEWAY_SERVICES, REGIONS, service_code
from netful.model.network.vpc_endpoints import ADDRESS_TYPES, EndpointType, VpcEndpoint, VpcEndpointService
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, known_or

_Address = TypeVar("_Address", IPv4Address, IPv6Address)
_TYPES = {kind.value: kind for kind in EndpointType}
_RESOLVERS = {"OnlyInboundResolver": True, "AllResolvers": False, "NotSpecified": False}
_DEFAULT_GROUP = "`{id}` names no security group, so it has the default group of its VPC"
_NO_PRIVATE_DNS = "`PrivateDnsEnabled` of `{id}` is left out and taken to be false, as CloudFormation's schema says"

_ACCEPTED = "the owner of `{service}` accepts the connection of `{id}`"


def vpc_endpoints(
    inventory: Inventory, vpc_endpoint_services: Mapping[str, VpcEndpointService]
) -> dict[str, VpcEndpoint]:
    """Return the endpoints; gateway ones get their routes in `route_tables`."""
    awaited = {each.service_name: each.id for each in vpc_endpoint_services.values() if each.acceptance_required}
    return {reader.id: _endpoint(inventory, reader, awaited) for reader in inventory.of("AWS::EC2::VPCEndpoint")}


def _endpoint(inventory: Inventory, reader: Reader, awaited: Mapping[str, str]) -> VpcEndpoint:
    """Return an endpoint; `awaited` are the names and ids of services whose owners have to accept it."""
    kind = _type(reader, described=inventory.described)
    service_name, vpc_id = _service_name(reader), reader.required("VpcId")
    service = "" if isinstance(service_name, Unknown) else service_code(service_name)
    if (
        kind is EndpointType.GATEWAY
        and not isinstance(service_name, Unknown)
        and service not in (*GATEWAY_SERVICES, EXPRESS)
    ):
        hint = "add `VpcEndpointType: Interface`; only S3, S3 Express and DynamoDB have gateway endpoints"
        fail(f"`{reader.id}` is a gateway endpoint for `{service_name}`", reader.origin_of("ServiceName"), hint=hint)
    groups, assumptions = reader.known_texts("SecurityGroupIds"), []
    if kind is EndpointType.INTERFACE and not inventory.described:
        if not groups:
            groups = (vpc_id if isinstance(vpc_id, Unknown) else f"{vpc_id}.default",)
            assumptions.append(_DEFAULT_GROUP.format(id=reader.id))
        if not reader.has("PrivateDnsEnabled") and (service or isinstance(service_name, Unknown)):
            assumptions.append(_NO_PRIVATE_DNS.format(id=reader.id))
        if isinstance(service_name, str) and service_name in awaited:
            assumptions.append(_ACCEPTED.format(id=reader.id, service=awaited[service_name]))
        assumptions += _of_other_region(reader.region, reader, service_name)
    if kind is EndpointType.GATEWAY and _address_type(reader) == "ipv6":
        assumptions.append(f"`{reader.id}` routes IPv4 addresses of its service, though its `IpAddressType` is `ipv6`")
    places = [*reader.parts("SubnetConfigurations")]
    own = [known_or(place.text("SubnetId"), "") for place in places]
    return VpcEndpoint(
        id=reader.id,
        vpc_id=vpc_id,
        service_name=service_name,
        service=service,
        type=kind,
        subnet_ids=reader.known_texts("SubnetIds") or tuple(filter(None, own)),
        security_group_ids=groups if kind is EndpointType.INTERFACE else (),
        route_table_ids=() if service == EXPRESS else reader.known_texts("RouteTableIds"),
        private_dns_enabled=reader.flag("PrivateDnsEnabled", default=False),
        private_dns_only_for_inbound_resolver=_only_for_inbound(reader, kind, service),
        ip_address_type=_address_type(reader),
        service_region=known_or(reader.text("ServiceRegion"), ""),
        dns_record_ip_type=_record_type(reader.part("DnsOptions")),
        policy_document=policy_document(reader, "PolicyDocument"),
        dns_names=tuple(known_or(one.text("DnsName"), "").lower() for one in reader.parts("DnsEntries")),
        ipv4_addresses=_fixed(own, [place.ipv4_address("Ipv4") for place in places]),
        ipv6_addresses=_fixed(own, [place.ipv6_address("Ipv6") for place in places]),
        assumptions=tuple(assumptions),
        origin=reader.origin,
    )


def _fixed(subnet_ids: Iterable[str], addresses: Iterable[_Address | None]) -> dict[str, _Address]:
    """Return the addresses that a plan fixes, by subnet."""
    return {id_: address for id_, address in zip(subnet_ids, addresses, strict=True) if address is not None}


def _of_other_region(region: str, reader: Reader, service_name: Maybe[str]) -> list[str]:
    """Return the assumptions about an endpoint of a service in another Region (§5.7)."""
    named = next((r for r in REGIONS if isinstance(service_name, str) and f".{r}." in service_name), None)
    there = known_or(reader.text("ServiceRegion"), region)
    if named not in (None, there):
        return [f"AWS accepts `{reader.id}`, whose service is in {named} and whose `ServiceRegion` is {there}"]
    code = service_code(service_name) if isinstance(service_name, str) else ""
    if there == region or not code:
        return []
    offered = [] if code in CROSS_REGION_SERVICES else [f"AWS offers {code} of {there} to endpoints in {region}"]
    return [*offered, f"the private DNS of `{reader.id}` covers the names of {code} in {there}"]


def _type(reader: Reader, *, described: bool) -> EndpointType:
    """Return the type; the likely one where it is unknown, or a type that netful does not know."""
    written = reader.text("VpcEndpointType")
    if written is None:
        return EndpointType.GATEWAY
    if isinstance(written, str) and (written in _TYPES or described or not reader.has("ServiceName")):
        return _TYPES.get(written, EndpointType.OTHER)
    return EndpointType.GATEWAY if reader.has("RouteTableIds") else EndpointType.INTERFACE


def _address_type(reader: Reader) -> str:
    """Return the address type of an endpoint; "" for that of its subnets."""
    written = reader.text("IpAddressType")
    return written if isinstance(written, str) and written in ADDRESS_TYPES else ""


def _record_type(options: Reader) -> str:
    """Return the type of the addresses that an endpoint's names have; "" for that of the endpoint."""
    written = options.text("DnsRecordIpType")
    return written if isinstance(written, str) and written in ADDRESS_TYPES else ""


def _only_for_inbound(reader: Reader, kind: EndpointType, service: str) -> bool:
    """Return whether private DNS answers inbound resolver endpoints alone: the default for S3 (§5.6).

    CloudFormation has words for it, EC2 a boolean.
    """
    name, options = "PrivateDnsOnlyForInboundResolverEndpoint", reader.part("DnsOptions")
    written = options.text(name)
    here = known_or(reader.text("ServiceRegion"), reader.region) == reader.region
    default = kind is EndpointType.INTERFACE and service == "s3" and here
    default = default and reader.flag("PrivateDnsEnabled", default=False)
    return _RESOLVERS[written] if written in _RESOLVERS else options.flag(name, default=default)


def _service_name(reader: Reader) -> Maybe[str]:
    name = reader.text("ServiceName")
    if isinstance(name, str) and "${" in name:
        origin = reader.origin_of("ServiceName")
        fail(
            f"`ServiceName` of `{reader.id}` is `{name}`", origin, hint="write `!Sub` before it, which fills `${…}` in"
        )
    if name is None and (reader.has("ResourceConfigurationArn") or reader.has("ServiceNetworkArn")):
        return ""
    return reader.required("ServiceName") if name is None else name


def policy_document(reader: Reader, name: str) -> dict[str, Any] | Unknown | None:
    """Return a policy, written as a mapping or as JSON text; an empty text means no policy."""
    value = reader.get(name) or None
    if value is None or isinstance(value, (dict, Unknown)):
        return value
    policy = json_or(value) if isinstance(value, str) else None
    if not isinstance(policy, Mapping):
        fail(f"`{name}` of `{reader.id}` is not a policy", reader.origin_of(name), hint="a policy has `Statement`")
    return dict(policy)


def vpc_endpoint_services(inventory: Inventory) -> dict[str, VpcEndpointService]:
    """Return the endpoint services; the service's name follows from its id."""
    return {
        reader.id: VpcEndpointService(
            id=reader.id,
            service_name=known_or(
                reader.text("ServiceName"), service_name(inventory.aws_ids[reader.id], reader.region)
            ),
            load_balancer_ids=(
                *reader.known_texts("NetworkLoadBalancerArns"),
                *reader.known_texts("GatewayLoadBalancerArns"),
            ),
            acceptance_required=reader.flag("AcceptanceRequired", default=True),
            private_dns_name=reader.text("PrivateDnsName"),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::EC2::VPCEndpointService")
    }


def service_name(service_id: str, region: str) -> str:
    """Return the service name that endpoints request; templates build it from `Ref` in the same way."""
    return f"com.amazonaws.vpce.{region}.{service_id}"


READERS = (
    PartReader("vpc_endpoints", vpc_endpoints, needs=("vpc_endpoint_services",)),
    PartReader("vpc_endpoint_services", vpc_endpoint_services),
)
