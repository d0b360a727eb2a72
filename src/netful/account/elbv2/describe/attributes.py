"""Attributes of load balancers, target groups and listeners: as written, else AWS's defaults."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from netful.account.elbv2.view import View
from netful.account.wire.errors import ApiError
from netful.model.balancing.attributes import (
    OF_BALANCERS,
    OF_FUNCTIONS,
    OF_HTTP_GROUPS,
    OF_LISTENERS,
    OF_NETWORK_GROUPS,
    Attributes,
)
from netful.model.balancing.load_balancers import Listener, LoadBalancer, TargetGroup
from netful.model.core import Unknown, mappings
from netful.model.load_balancing_arns import BALANCERS, GROUPS, LISTENERS


def of_balancer(balancer: LoadBalancer) -> dict[str, str]:
    """Return the attributes of a load balancer."""
    return {**OF_BALANCERS[balancer.type], **balancer.attributes}


def of_group(group: TargetGroup) -> dict[str, str]:
    """Return the attributes of a target group."""
    if group.target_type == "lambda":
        return {**OF_FUNCTIONS, **group.attributes}
    if group.protocol in ("HTTP", "HTTPS"):
        return {**OF_HTTP_GROUPS, **group.attributes}
    preserved = {"preserve_client_ip.enabled": "true" if group.shows_clients else "false"}
    return {**OF_NETWORK_GROUPS, **preserved, **group.attributes}


def of_listener(listener: Listener) -> dict[str, str]:
    """Return the attributes of a listener."""
    return {**OF_LISTENERS.get(listener.protocol, {}), **listener.attributes}


OF_PART: Mapping[str, tuple[str, str, Callable[[Any], dict[str, str]]]] = {
    BALANCERS: ("Load balancer", "LoadBalancerAttributes", of_balancer),
    GROUPS: ("Target group", "TargetGroupAttributes", of_group),
    LISTENERS: ("Listener", "ListenerAttributes", of_listener),
}
"""Parts of the cloud whose things have attributes: their noun, their property, and the function that returns them."""


def own(view: View, part: str, thing: Any) -> dict[str, Any]:
    """Return the attributes of a thing as they are written, with those that are unknown."""
    resource, (_, property_, _) = view.resource(thing.id), OF_PART[part]
    written = mappings(resource.properties.get(property_)) if resource is not None else ()
    return {
        **thing.attributes,
        **{str(one.get("Key")): one["Value"] for one in written if isinstance(one.get("Value"), Unknown)},
    }


def recognized(what: str, known: Attributes, asked: Iterable[Attributes]) -> dict[str, str]:
    """Return the attributes that a call sets. Raises ApiError for a key that is not among those `known`."""
    given = {one.get("Key", ""): str(one.get("Value", "")) for one in asked}
    for key in given:
        if key not in known:
            raise ApiError("ValidationError", f"{what} attribute key '{key}' is not recognized")
    return given


def listed(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return attributes as the API lists them."""
    return [{"Key": key, "Value": value} for key, value in attributes.items()]
