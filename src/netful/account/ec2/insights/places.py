"""Places of AWS's analyzers: the kinds of resources that a path may start from and lead to, and no others."""

from netful.account.ec2.view import View
from netful.account.wire.errors import invalid_value
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.identity import ec2_id
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.vpc_endpoints import EndpointType

INSTANCES = "instances"
AWS_SERVICES = "services of AWS"
_PARTS = (
    "network_interfaces",
    "internet_gateways",
    "vpn_gateways",
    "transit_gateways",
    "transit_gateway_attachments",
    "vpc_peering_connections",
    "vpc_endpoints",
    "vpc_endpoint_services",
)
"""Parts of the cloud whose things are places."""

_INTERFACE_TYPES = (EndpointType.INTERFACE, EndpointType.OTHER)


class Place(Frozen):
    """A resource by its part of the cloud and its name there."""

    part: str
    name: str


def place_of(view: View, text: str) -> Place:
    """Return the place that an id or an ARN names. Raises ApiError where AWS's analyzers have no such place."""
    found = found_place(view, text)
    if found is not None:
        return found
    known = view.cloud.named(id_in(text)) in view.cloud.template.resources or view.has(id_in(text))
    if known:
        hint = "a source or destination is an instance, an interface, a gateway, an endpoint or its service, or a connection"
        raise invalid_value(f"The resource {text} is not supported: {hint}")
    raise invalid_value(f"The resource {text} does not exist")


def found_place(view: View, text: str) -> Place | None:
    """Return the place that an id or an ARN names; None without such a place."""
    cloud = view.cloud
    id_ = id_in(text)
    name = view.name(id_)
    part = next((part for part in _PARTS if name in cloud.part(part)), None)
    if part is not None:
        return Place(part, name)
    if any(eni.owner is InterfaceOwner.INSTANCE for eni in cloud.network.interfaces_of(name)):
        return Place(INSTANCES, name)
    service = next((one for one in _services(cloud) if service_id(cloud, one) == id_), None)
    return Place(AWS_SERVICES, service) if service is not None else None


def id_in(text: str) -> str:
    """Return the id in an ARN; an id is returned unchanged."""
    return text.rpartition("/")[2] if text.startswith("arn:") else text


def service_id(cloud: Cloud, service_name: str) -> str:
    """Return the id of a service of AWS with interface endpoints."""
    return ec2_id("vpce-svc", cloud.account_id, cloud.region, f"{service_name} Interface")


def _services(cloud: Cloud) -> set[str]:
    """Return the names of AWS's services that an endpoint of the cloud leads to."""
    every = cloud.network.vpc_endpoints.values()
    return {str(one.service_name) for one in every if one.service and one.type in _INTERFACE_TYPES}
