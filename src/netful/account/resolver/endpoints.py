"""Resolver endpoints: their interfaces are where queries arrive, or leave for other DNS servers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from itertools import islice
from typing import Any

from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.records.looks import Look, page
from netful.account.records.nouns import Noun
from netful.account.records.view import View, plain
from netful.account.resolver.kinds import ENDPOINT, RULE, SERVICE, head
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.allocation import RESERVED_AT_START, free_addresses
from netful.model.core import Resource
from netful.model.network.network_interface import NetworkInterface

_MEMBERS = ("ResolverEndpointType", "Protocols", "PreferredInstanceType", "RniEnhancedMetricsEnabled",
            "TargetNameServerMetricsEnabled")  # fmt: skip
_LEAST, _MOST_GROUPS = 2, 10
_DIGITS = 17


def endpoint(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of an endpoint."""
    interfaces = view.interfaces(resource)
    subnets = (view.cloud.network.subnets.get(str(one.subnet_id)) for one in interfaces)
    vpcs = [one.vpc_id for one in subnets if one is not None]
    return {
        **head(view, ENDPOINT, resource),
        "SecurityGroupIds": view.ids(dict.fromkeys(group for one in interfaces for group in one.security_group_ids)),
        "Direction": plain(resource, "Direction"),
        "IpAddressCount": len(interfaces),
        "HostVPCId": view.cloud.aws_id(str(vpcs[0])) if vpcs else "",
        "Status": "OPERATIONAL",
        "StatusMessage": "This Resolver Endpoint is operational.",
        "ResolverEndpointType": plain(resource, "ResolverEndpointType") or "IPV4",
        "Protocols": plain(resource, "Protocols") or ["Do53"],
        **{name: plain(resource, name) for name in _MEMBERS[2:] if plain(resource, name) is not None},
    }


_ENDPOINTS = Noun(SERVICE, ENDPOINT, endpoint)


def _ip_id(view: View, interface: NetworkInterface) -> str:
    """Return the id of an address of an endpoint: it follows from the address, as an endpoint's order may change."""
    place = f"{view.cloud.account_id}/{interface.owner_id}/{interface.subnet_id}/{interface.private_ip_address}"
    return f"rni-{sha256(place.encode()).hexdigest()[:_DIGITS]}"


def _addresses(view: View, asked: Parameters) -> Record:
    resource = _ENDPOINTS.found(view, asked)
    time = view.time(resource)
    listed = [
        {
            "IpId": _ip_id(view, one), "SubnetId": view.cloud.aws_id(str(one.subnet_id)),
            "Ip": str(one.private_ip_address), "Status": "ATTACHED",
            "StatusMessage": "This IP address is operational.", "CreationTime": time, "ModificationTime": time,
        }
        for one in view.interfaces(resource)
    ]  # fmt: skip
    return {**page("IpAddresses", asked, listed), "MaxResults": int(asked.get("MaxResults") or len(listed))}


def _create(view: View, asked: Parameters) -> Change[View]:
    """CreateResolverEndpoint: its interfaces are in one VPC."""
    given = asked["IpAddresses"]
    own = {
        "Direction": asked["Direction"], "IpAddresses": _placed(view, given),
        "SecurityGroupIds": _groups(view, asked["SecurityGroupIds"], given),
        **{name: asked.get(name) for name in _MEMBERS},
    }  # fmt: skip
    return _ENDPOINTS.added(view, asked, own)


def _placed(
    view: View, places: Sequence[Mapping[str, Any]], others: Sequence[NetworkInterface] = ()
) -> list[dict[str, Any]]:
    """Return new places of an endpoint, each with an address. Raises ApiError for those that it cannot have.

    `others` are the interfaces of the endpoint.
    """
    taken = {(one.subnet_id, one.private_ip_address) for one in view.cloud.network.network_interfaces.values()}
    vpcs = {view.cloud.network.subnets[str(one.subnet_id)].vpc_id for one in others}
    found = []
    for place, subnet in zip(places, _subnets(view, places), strict=True):
        vpcs.add(view.cloud.network.subnets[subnet].vpc_id)
        address = _address(view, place["Ip"], subnet) if place.get("Ip") else _free(view, subnet, taken)
        if (subnet, address) in taken:
            text = f"The IP address '{address}' in subnet '{place['SubnetId']}' is already in use"
            raise ApiError("ResourceExistsException", text)
        taken.add((subnet, address))
        found.append({"SubnetId": place["SubnetId"], "Ip": str(address)})
    if len(vpcs) > 1:
        raise ApiError("InvalidRequestException", "All subnets of a resolver endpoint must be in the same VPC")
    return found


def _free(view: View, subnet: str, taken: Collection[tuple[object, object]]) -> IPv4Address:
    """Return the first free address of a subnet. Raises ApiError if it has none."""
    block = view.cloud.network.subnets[subnet].cidr_block
    own = {address for place, address in taken if place == subnet and isinstance(address, IPv4Address)}
    found = next(iter(free_addresses(block, own)), None) if isinstance(block, IPv4Network) else None
    if found is None:
        text = f"The subnet '{view.cloud.aws_id(subnet)}' has no free IPv4 address"
        raise ApiError("InvalidRequestException", text)
    return found


def _subnets(view: View, places: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for place in places:
        name = view.name(place.get("SubnetId"))
        if name not in view.cloud.network.subnets:
            text = f"The subnet ID '{place.get('SubnetId')}' does not exist"
            raise ApiError("InvalidParameterException", text)
        yield name


def _address(view: View, text: str, subnet: str) -> IPv4Address:
    """Return an address of a subnet. Raises ApiError for one that interfaces in it cannot have."""
    block = view.cloud.network.subnets[subnet].cidr_block
    try:
        address: IPv4Address | None = IPv4Address(text)
    except AddressValueError:
        address = None
    reserved = (*islice(block, RESERVED_AT_START), block.broadcast_address) if isinstance(block, IPv4Network) else ()
    if address is None or not isinstance(block, IPv4Network) or address not in block or address in reserved:
        of = view.cloud.aws_id(subnet)
        refusal = f"IP address '{text}' is either not in subnet '{of}' CIDR range or is reserved"
        raise ApiError("InvalidRequestException", refusal)
    return address


def _groups(view: View, asked: Sequence[str], places: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the groups of a request. Raises ApiError for those that the endpoint's VPC does not have."""
    if len(asked) > _MOST_GROUPS:
        raise ApiError("InvalidParameterException", "Maximum of 10 security groups are allowed")
    vpc = view.cloud.network.subnets[next(_subnets(view, places))].vpc_id
    for one in asked:
        group = view.cloud.network.security_groups.get(view.name(one))
        if group is None:
            raise ApiError("ResourceNotFoundException", f"The security group '{one}' does not exist")
        if group.vpc_id != vpc:
            raise ApiError("InvalidRequestException", f"The security group '{one}' is in another VPC")
    return [*asked]


def _delete(view: View, asked: Parameters) -> Change[View]:
    """DeleteResolverEndpoint: no rule may forward through it."""
    resource = _ENDPOINTS.found(view, asked)
    rules = [view.cloud.aws_id(one.id) for one in view.referring(RULE, "ResolverEndpointId", resource)]
    if rules:
        text = (
            "Cannot delete resolver endpoint unless its related resolver rules are deleted.  The following rules still "
            f"exist for this resolver endpoint:  {','.join(rules)}"
        )
        raise ApiError("InvalidRequestException", text)
    return _ENDPOINTS.removed(view, resource)


def _associate(view: View, asked: Parameters) -> Change[View]:
    """AssociateResolverEndpointIpAddress: one more interface."""
    resource = _ENDPOINTS.found(view, asked)
    more = _placed(view, [asked["IpAddress"]], view.interfaces(resource))
    return _ENDPOINTS.changed(resource, IpAddresses=[*_fixed(view, resource), *more])


def _disassociate(view: View, asked: Parameters) -> Change[View]:
    """DisassociateResolverEndpointIpAddress: two must be left."""
    resource, one = _ENDPOINTS.found(view, asked), asked["IpAddress"]
    if not one.get("IpId") and not (one.get("SubnetId") and one.get("Ip")):
        text = "[RSLVR-00503] Need to specify either the IP ID or both subnet and IP address in order to remove IP address."
        raise ApiError("InvalidRequestException", text)
    fixed = _fixed(view, resource)
    kept = [
        place
        for place, eni in zip(fixed, view.interfaces(resource), strict=True)
        if one.get("IpId") != _ip_id(view, eni)
        and (view.name(one.get("SubnetId")), one.get("Ip")) != (eni.subnet_id, str(eni.private_ip_address))
    ]
    if len(kept) == len(fixed):
        raise ApiError("ResourceNotFoundException", "The IP address is not associated with the resolver endpoint")
    if len(kept) < _LEAST:
        raise ApiError("InvalidRequestException", "Resolver endpoint needs to have at least 2 IP addresses")
    return _ENDPOINTS.changed(resource, IpAddresses=kept)


def _fixed(view: View, resource: Resource) -> list[dict[str, Any]]:
    """Return the places of an endpoint's interfaces with the addresses that they have, and that they keep."""
    return [
        {"SubnetId": view.cloud.aws_id(str(one.subnet_id)), "Ip": str(one.private_ip_address)}
        for one in view.interfaces(resource)
    ]


LOOKS: Mapping[str, Look] = {**_ENDPOINTS.looks(), "ListResolverEndpointIpAddresses": _addresses}
WRITES: Mapping[str, Write[View]] = {
    "CreateResolverEndpoint": _create,
    "UpdateResolverEndpoint": _ENDPOINTS.update("Name", *_MEMBERS),
    "DeleteResolverEndpoint": _delete,
    "AssociateResolverEndpointIpAddress": _associate,
    "DisassociateResolverEndpointIpAddress": _disassociate,
}
