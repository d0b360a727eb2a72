"""Client VPN endpoints: an interface in each associated subnet, whose address the packets of their clients have.

Source: "How AWS Client VPN works". A rule or a route of an endpoint that is not known may be one of each.
"""

from collections.abc import Mapping
from dataclasses import replace

from netful.model.core import Maybe, Unknown, known_in
from netful.model.network.client_vpns import ClientVpnAuthorizationRule, ClientVpnEndpoint
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork, Subnet
from netful.sources.parts import PartReader
from netful.sources.readers.managed import default_groups
from netful.sources.template.reading import Inventory, Reader


def interfaces(inventory: Inventory, subnets: Mapping[str, Subnet]) -> dict[str, NetworkInterface]:
    """Return the interface of each association, which has a public address."""
    endpoints = {reader.id: reader for reader in inventory.of("AWS::EC2::ClientVpnEndpoint")}
    found = []
    for reader in inventory.of("AWS::EC2::ClientVpnTargetNetworkAssociation"):
        subnet_id, endpoint = reader.required("SubnetId"), known_in(endpoints, reader.text("ClientVpnEndpointId"))
        groups = endpoint.known_texts("SecurityGroupIds") if endpoint else ()
        eni = NetworkInterface(
            id=f"eni-{reader.id}",
            owner=InterfaceOwner.SERVICE,
            owner_id=endpoint.id if endpoint else reader.id,
            subnet_id=subnet_id,
            security_group_ids=groups or default_groups(subnet_id, subnets),
            public_ip=inventory.public_address(),
            origin=reader.origin,
        )
        found.append(eni)
    return {eni.id: eni for eni in found}


def endpoints(inventory: Inventory) -> dict[str, ClientVpnEndpoint]:
    """Return the endpoints with their authorization rules and routes."""
    found = {r.id: _endpoint(r, described=inventory.described) for r in inventory.of("AWS::EC2::ClientVpnEndpoint")}
    for reader in inventory.of("AWS::EC2::ClientVpnAuthorizationRule"):
        everybody = reader.flag("AuthorizeAllGroups", default=False)
        for one, block in _placed(found, reader, "TargetNetworkCidr"):
            rule = ClientVpnAuthorizationRule(reader.id, block, everybody, origin=reader.origin)
            found[one.id] = replace(one, rules=(*one.rules, rule))
    for reader in inventory.of("AWS::EC2::ClientVpnRoute"):
        for one, block in _placed(found, reader, "DestinationCidrBlock"):
            found[one.id] = replace(one, routes=(*one.routes, block))
    return found


def _endpoint(reader: Reader, *, described: bool) -> ClientVpnEndpoint:
    """Return an endpoint without rules and routes; those of a described one are not known."""
    if not described:
        return ClientVpnEndpoint(reader.id, origin=reader.origin)
    rest = Unknown("they are not described", (f"the authorization rules and routes of {reader.id}",))
    rule = ClientVpnAuthorizationRule(reader.id, rest, authorize_all_groups=True, origin=reader.origin)
    return ClientVpnEndpoint(reader.id, (rule,), (rest,), origin=reader.origin)


def _placed(
    found: Mapping[str, ClientVpnEndpoint], reader: Reader, name: str
) -> list[tuple[ClientVpnEndpoint, Maybe[IPNetwork]]]:
    """Return the endpoints that a rule or a route may be of, each with its block, which is unknown if the endpoint is."""
    owner, block = reader.required("ClientVpnEndpointId"), reader.network(name)
    if block is None:
        return []
    if isinstance(owner, Unknown):
        return [(one, owner) for one in found.values()]
    endpoint = known_in(found, owner)
    return [(endpoint, block)] if endpoint is not None else []


READERS = (
    PartReader("network_interfaces", interfaces, needs=("subnets",)),
    PartReader("client_vpn_endpoints", endpoints),
)
