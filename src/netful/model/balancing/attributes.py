"""Attributes of load balancers, target groups and listeners: the defaults that AWS lists, in its order."""

from collections.abc import Mapping

from netful.model.balancing.load_balancers import LoadBalancerType

Attributes = Mapping[str, str]


def _logs(kind: str) -> dict[str, str]:
    return {f"{kind}.s3.{key}": value for key, value in (("enabled", "false"), ("bucket", ""), ("prefix", ""))}


_COMMON = {**_logs("access_logs"), "deletion_protection.enabled": "false", "zonal_shift.config.enabled": "false"}
OF_BALANCERS: Mapping[LoadBalancerType, Attributes] = {
    LoadBalancerType.APPLICATION: {
        **_COMMON,
        "client_keep_alive.seconds": "3600",
        **_logs("connection_logs"),
        **_logs("health_check_logs"),
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
OF_HTTP_GROUPS = {
    **_SHARED,
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "slow_start.duration_seconds": "0",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
}
OF_NETWORK_GROUPS = {
    **_SHARED,
    "deregistration_delay.connection_termination.enabled": "false",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.type": "source_ip",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}
OF_FUNCTIONS = {"lambda.multi_value_headers.enabled": "false", **_HEALTH}
RESPONSE_HEADERS: Mapping[str, str] = {
    f"routing.http.response.{attribute}.header_value": header
    for attribute, header in (
        ("strict_transport_security", "Strict-Transport-Security"),
        ("access_control_allow_origin", "Access-Control-Allow-Origin"),
        ("access_control_allow_methods", "Access-Control-Allow-Methods"),
        ("access_control_allow_headers", "Access-Control-Allow-Headers"),
        ("access_control_allow_credentials", "Access-Control-Allow-Credentials"),
        ("access_control_expose_headers", "Access-Control-Expose-Headers"),
        ("access_control_max_age", "Access-Control-Max-Age"),
        ("content_security_policy", "Content-Security-Policy"),
        ("x_content_type_options", "X-Content-Type-Options"),
        ("x_frame_options", "X-Frame-Options"),
    )
}
"""Headers that a response gets, in place of the target's, by the attribute with the value."""

_OF_RESPONSES = {"routing.http.response.server.enabled": "true", **dict.fromkeys(RESPONSE_HEADERS, "")}
_MTLS = ("serial_number", "issuer", "subject", "validity", "leaf")
_TLS_NAMES = (
    ("routing.http.request.x_amzn_mtls_clientcert.header_name", "X-Amzn-Mtls-Clientcert"),
    *((f"routing.http.request.x_amzn_mtls_clientcert_{one}.header_name",
       f"X-Amzn-Mtls-Clientcert-{one.replace('_', '-').title()}") for one in _MTLS),
    ("routing.http.request.x_amzn_tls_version.header_name", "X-Amzn-Tls-Version"),
    ("routing.http.request.x_amzn_tls_cipher_suite.header_name", "X-Amzn-Tls-Cipher-Suite"),
)  # fmt: skip
OF_LISTENERS: Mapping[str, Attributes] = {
    "HTTP": _OF_RESPONSES,
    "HTTPS": {**_OF_RESPONSES, **dict(_TLS_NAMES)},
    "TCP": {"tcp.idle_timeout.seconds": "350"},
}
