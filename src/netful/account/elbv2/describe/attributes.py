"""Attributes of load balancers, target groups and listeners: as written, else AWS's defaults."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from netful.account.elbv2.view import View
from netful.account.wire.errors import ApiError
from netful.balancer.haproxy.listener_headers import SET_HEADERS
from netful.model.balancing.load_balancers import Listener, LoadBalancer, LoadBalancerType, TargetGroup
from netful.model.core import Unknown, mappings
from netful.model.load_balancing_arns import BALANCERS, GROUPS, LISTENERS

Attributes = Mapping[str, str]

_LOGS = {f"access_logs.s3.{key}": value for key, value in (("enabled", "false"), ("bucket", ""), ("prefix", ""))}
_COMMON = {**_LOGS, "deletion_protection.enabled": "false", "zonal_shift.config.enabled": "false"}
_OF_BALANCERS: Mapping[LoadBalancerType, Attributes] = {
    LoadBalancerType.APPLICATION: {
        **_COMMON,
        "client_keep_alive.seconds": "3600",
        "connection_logs.s3.enabled": "false",
        "connection_logs.s3.bucket": "",
        "connection_logs.s3.prefix": "",
        "idle_timeout.timeout_seconds": "60",
        "load_balancing.cross_zone.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "routing.http.xff_client_port.enabled": "false",
        "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true",
        "waf.fail_open.enabled": "false",
    },
    LoadBalancerType.NETWORK: {
        **_COMMON,
        "dns_record.client_routing_policy": "any_availability_zone",
        "load_balancing.cross_zone.enabled": "false",
        "secondary_ips.auto_assigned.per_subnet": "0",
    },
    LoadBalancerType.GATEWAY: {"deletion_protection.enabled": "false", "load_balancing.cross_zone.enabled": "false"},
}
_HEALTH = {
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
_SHARED = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "stickiness.enabled": "false",
    **_HEALTH,
}
_OF_HTTP_GROUPS = {
    **_SHARED,
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "slow_start.duration_seconds": "0",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
}
_OF_NETWORK_GROUPS = {
    **_SHARED,
    "deregistration_delay.connection_termination.enabled": "false",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.type": "source_ip",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}
_OF_FUNCTIONS = {"lambda.multi_value_headers.enabled": "false", **_HEALTH}
_OF_RESPONSES = {"routing.http.response.server.enabled": "true", **dict.fromkeys(SET_HEADERS, "")}
_MTLS = ("serial_number", "issuer", "subject", "validity", "leaf")
_TLS_NAMES = (
    ("routing.http.request.x_amzn_mtls_clientcert.header_name", "X-Amzn-Mtls-Clientcert"),
    *((f"routing.http.request.x_amzn_mtls_clientcert_{one}.header_name",
       f"X-Amzn-Mtls-Clientcert-{one.replace('_', '-').title()}") for one in _MTLS),
    ("routing.http.request.x_amzn_tls_version.header_name", "X-Amzn-Tls-Version"),
    ("routing.http.request.x_amzn_tls_cipher_suite.header_name", "X-Amzn-Tls-Cipher-Suite"),
)  # fmt: skip
_OF_LISTENERS: Mapping[str, Attributes] = {
    "HTTP": _OF_RESPONSES,
    "HTTPS": {**_OF_RESPONSES, **dict(_TLS_NAMES)},
    "TCP": {"tcp.idle_timeout.seconds": "350"},
}


def of_balancer(balancer: LoadBalancer) -> dict[str, str]:
    """Return the attributes of a load balancer."""
    return {**_OF_BALANCERS[balancer.type], **balancer.attributes}


def of_group(group: TargetGroup) -> dict[str, str]:
    """Return the attributes of a target group."""
    if group.target_type == "lambda":
        return {**_OF_FUNCTIONS, **group.attributes}
    if group.protocol in ("HTTP", "HTTPS"):
        return {**_OF_HTTP_GROUPS, **group.attributes}
    preserved = {"preserve_client_ip.enabled": "true" if group.shows_clients else "false"}
    return {**_OF_NETWORK_GROUPS, **preserved, **group.attributes}


def of_listener(listener: Listener) -> dict[str, str]:
    """Return the attributes of a listener."""
    return {**_OF_LISTENERS.get(listener.protocol, {}), **listener.attributes}


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
