"""Values of load balancers, listeners, rules and target groups that AWS refuses."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import is_true, mapping, mappings, whole_number
from netful.sources.refused.refused_value import RefusedTogether, RefusedValue

_BALANCING = "AWS::ElasticLoadBalancingV2::"
_ERROR = "ValidationError"
_IN_RANGE = "set a value in this range"
_RANGES = {
    "client_keep_alive.seconds": (60, 604_800),
    "deregistration_delay.timeout_seconds": (0, 3_600),
    "idle_timeout.timeout_seconds": (1, 4_000),
    "stickiness.app_cookie.duration_seconds": (1, 604_800),
    "stickiness.lb_cookie.duration_seconds": (1, 604_800),
    "tcp.idle_timeout.seconds": (60, 6_000),
}
"""The least and the greatest value of attributes of load balancers, target groups and listeners."""
_CHECKS = {
    "HealthCheckIntervalSeconds": (5, 300),
    "HealthCheckTimeoutSeconds": (2, 120),
    "HealthyThresholdCount": (2, 10),
    "UnhealthyThresholdCount": (2, 10),
}
"""The least and the greatest value of properties of health checks."""
_ATTRIBUTES = ("ListenerAttributes", "LoadBalancerAttributes", "TargetGroupAttributes")
_GREATEST_WEIGHT = 999
_COOKIES, _ADDRESSES = ("lb_cookie", "app_cookie"), ("source_ip",)
_STICKY = {"HTTP": _COOKIES, "HTTPS": _COOKIES, "TCP": _ADDRESSES, "UDP": _ADDRESSES, "TCP_UDP": _ADDRESSES}
"""The types of stickiness, by a target group's protocol."""


def values(own: Mapping[str, Any]) -> Iterator[RefusedValue]:
    """Yield the properties that load balancing refuses."""
    for name, (least, most) in _CHECKS.items():
        value = whole_number(own.get(name))
        if value is not None and not least <= value <= most:
            yield RefusedValue(name, _ERROR, f"`{name}` must be between {least} and {most}, not {value}", _IN_RANGE)
    for name in _ATTRIBUTES:
        for one in mappings(own.get(name)):
            value, (least, most) = whole_number(one.get("Value")), _RANGES.get(str(one.get("Key")), (0, 0))
            if most and value is not None and not least <= value <= most:
                reason = f"attribute `{one['Key']}` must be between {least} and {most}, not {value}"
                yield RefusedValue(name, _ERROR, reason, _IN_RANGE)
    for name in ("DefaultActions", "Actions"):
        for action in mappings(own.get(name)):
            forward = action.get("ForwardConfig")
            for group in mappings(forward.get("TargetGroups")) if isinstance(forward, Mapping) else ():
                weight = whole_number(group.get("Weight"))
                if weight is not None and not 0 <= weight <= _GREATEST_WEIGHT:
                    reason = f"weight {weight} is not between 0 and {_GREATEST_WEIGHT}"
                    yield RefusedValue(name, _ERROR, reason, _IN_RANGE)


def _slow_check(own: Mapping[str, Any]) -> bool:
    timeout, interval = (whole_number(own.get(f"HealthCheck{name}Seconds")) for name in ("Timeout", "Interval"))
    return timeout is not None and interval is not None and timeout > interval


def _unchecked(own: Mapping[str, Any]) -> bool:
    off = own.get("HealthCheckEnabled") is not None and str(own["HealthCheckEnabled"]).lower() == "false"
    return off and own.get("TargetType", "instance") in ("alb", "instance", "ip")


def _hides_clients_of_packets(own: Mapping[str, Any]) -> bool:
    written = {str(one.get("Key")): str(one.get("Value")) for one in mappings(own.get("TargetGroupAttributes"))}
    return written.get("preserve_client_ip.enabled") == "false" and own.get("Protocol") in ("UDP", "TCP_UDP")


def _sticks_otherwise(own: Mapping[str, Any]) -> bool:
    """Return whether clients are to stick to targets by a way that the protocol does not have."""
    written = {str(one.get("Key")): one.get("Value") for one in mappings(own.get("TargetGroupAttributes"))}
    way, protocol = written.get("stickiness.type"), own.get("Protocol")
    if not is_true(written.get("stickiness.enabled")) or not isinstance(way, str) or protocol is None:
        return False
    return way not in _STICKY.get(str(protocol), (way,))


def _checked_by_tcp(own: Mapping[str, Any]) -> bool:
    return own.get("HealthCheckProtocol") == "TCP" and own.get("Protocol") in ("HTTP", "HTTPS")


def _lacks_trust_store(own: Mapping[str, Any]) -> bool:
    clients = mapping(own.get("MutualAuthentication"))
    return clients.get("Mode") == "verify" and clients.get("TrustStoreArn") is None


PAIRS: Mapping[str, tuple[RefusedTogether, ...]] = {
    f"{_BALANCING}Listener": (
        RefusedTogether(
            "MutualAuthentication",
            _ERROR,
            "it verifies the certificates of clients, and has no trust store",
            "set `TrustStoreArn`, or `Mode: passthrough`",
            when=_lacks_trust_store,
        ),
    ),
    f"{_BALANCING}TargetGroup": (
        RefusedTogether(
            "TargetGroupAttributes",
            "InvalidConfigurationRequest",
            "the protocol of the group does not have its `stickiness.type`",
            "set `lb_cookie` or `app_cookie` for HTTP and HTTPS, and `source_ip` for TCP and UDP",
            when=_sticks_otherwise,
        ),
        RefusedTogether(
            "Protocol",
            _ERROR,
            "a group whose target is an application load balancer has the protocol TCP",
            "set `Protocol: TCP`",
            when=lambda own: (
                own.get("TargetType") == "alb" and own.get("Protocol", "TCP") in ("UDP", "TCP_UDP", "HTTP", "HTTPS")
            ),
        ),
        RefusedTogether(
            "Targets",
            _ERROR,
            "it has several functions",
            "make a target group for each function; a listener's action forwards to several",
            when=lambda own: own.get("TargetType") == "lambda" and len(mappings(own.get("Targets"))) > 1,
        ),
        RefusedTogether(
            "HealthCheckTimeoutSeconds",
            _ERROR,
            "the timeout of health checks is longer than their interval",
            "set a shorter `HealthCheckTimeoutSeconds`",
            when=_slow_check,
        ),
        RefusedTogether(
            "HealthCheckEnabled",
            _ERROR,
            "health checks are off, and its targets are no functions",
            "set `HealthCheckEnabled: true`",
            when=_unchecked,
        ),
        RefusedTogether(
            "HealthCheckProtocol",
            _ERROR,
            "health checks of a group of HTTP or HTTPS cannot be by TCP",
            "set `HealthCheckProtocol: HTTP`",
            when=_checked_by_tcp,
        ),
        RefusedTogether(
            "TargetGroupAttributes",
            _ERROR,
            "targets of UDP always see their clients' addresses",
            "leave `preserve_client_ip.enabled` out",
            when=_hides_clients_of_packets,
        ),
    ),
}
"""By type, the refused properties, and whether these properties exclude each other."""
