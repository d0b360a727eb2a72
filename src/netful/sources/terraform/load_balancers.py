"""Load balancers of a plan: their listeners, rules and actions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from netful.sources.terraform.blocks import blocks_of
from netful.sources.terraform.listener_actions import actions
from netful.sources.terraform.plan import Planned, items
from netful.sources.terraform.translation import Completion, Maker, Translation


def _listeners(resource: Planned) -> Iterator[dict[str, Any]]:
    """Yield the listeners of a classic load balancer."""
    for block in items(resource.values.get("listener")):
        yield {
            "LoadBalancerPort": block.get("lb_port"),
            "Protocol": str(block.get("lb_protocol", "tcp")).upper(),
            "InstancePort": block.get("instance_port"),
            "InstanceProtocol": str(block.get("instance_protocol", "tcp")).upper(),
            **({"SSLCertificateId": block["ssl_certificate_id"]} if block.get("ssl_certificate_id") else {}),
        }


_MUTUAL_AUTHENTICATION = {
    "mode": "Mode",
    "trust_store_arn": "TrustStoreArn",
    "ignore_client_certificate_expiry": "IgnoreClientCertificateExpiry",
    "advertise_trust_store_ca_names": "AdvertiseTrustStoreCaNames",
}
_FIELDS = {
    "path_pattern": ("path-pattern", "PathPatternConfig"),
    "host_header": ("host-header", "HostHeaderConfig"),
    "http_header": ("http-header", "HttpHeaderConfig"),
    "http_request_method": ("http-request-method", "HttpRequestMethodConfig"),
    "source_ip": ("source-ip", "SourceIpConfig"),
}


def _conditions(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the conditions of a block, in a template's form."""
    for name, (field, config) in _FIELDS.items():
        for inner in items(block.get(name)):
            values = {"Values": inner.get("values"), "RegexValues": inner.get("regex_values")}
            values["HttpHeaderName"] = inner.get("http_header_name")
            yield {"Field": field, config: {key: value for key, value in values.items() if value}}
    pairs = [
        {key: inner[name] for name, key in (("key", "Key"), ("value", "Value")) if inner.get(name)}
        for inner in items(block.get("query_string"))
    ]
    if pairs:
        yield {"Field": "query-string", "QueryStringConfig": {"Values": pairs}}


def _listener_rule(making: Translation, resource: Planned) -> None:
    conditions = [one for block in items(resource.values.get("condition")) for one in _conditions(block)]
    properties = {
        "ListenerArn": making.value(resource, "listener_arn"),
        "Priority": resource.values.get("priority"),
        "Conditions": conditions,
        "Actions": list(actions(making, resource, "action")),
    }
    making.put(resource, "AWS::ElasticLoadBalancingV2::ListenerRule", properties)


MAKERS: Mapping[str, Maker] = {"aws_lb_listener_rule": _listener_rule}


_OF_BALANCER = {
    "client_keep_alive": "client_keep_alive.seconds",
    "desync_mitigation_mode": "routing.http.desync_mitigation_mode",
    "dns_record_client_routing_policy": "dns_record.client_routing_policy",
    "drop_invalid_header_fields": "routing.http.drop_invalid_header_fields.enabled",
    "enable_deletion_protection": "deletion_protection.enabled",
    "enable_http2": "routing.http2.enabled",
    "enable_waf_fail_open": "waf.fail_open.enabled",
    "enable_zonal_shift": "zonal_shift.config.enabled",
    "idle_timeout": "idle_timeout.timeout_seconds",
    "preserve_host_header": "routing.http.preserve_host_header.enabled",
    "xff_header_processing_mode": "routing.http.xff_header_processing.mode",
}
_OF_GROUP = {
    "load_balancing_algorithm_type": "load_balancing.algorithm.type",
    "load_balancing_cross_zone_enabled": "load_balancing.cross_zone.enabled",
    "preserve_client_ip": "preserve_client_ip.enabled",
    "proxy_protocol_v2": "proxy_protocol_v2.enabled",
}
_ACROSS_ZONES = {"enable_cross_zone_load_balancing": "load_balancing.cross_zone.enabled"}
"""The attribute of load balancers that an application one always has, whatever a plan contains."""

_OF_LISTENER = re.compile(r"routing_http_(request|response)_(.+)_(header_name|header_value|enabled)")
_HEALTH_CHECK = {
    "enabled": "HealthCheckEnabled",
    "healthy_threshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthy_threshold": "UnhealthyThresholdCount",
}
_MAPPING = {"subnet_id": "SubnetId", "allocation_id": "AllocationId", "private_ipv4_address": "PrivateIPv4Address"}


def _scheme(making: Translation, resource: Planned) -> dict[str, Any]:
    return {"Scheme": "internal" if making.value(resource, "internal") is True else "internet-facing"}


def _balancer(making: Translation, resource: Planned) -> dict[str, Any]:
    kept = {} if resource.values.get("load_balancer_type") in (None, "application") else _ACROSS_ZONES
    mappings = [
        {key: making.argument(resource, name, *block) for name, key in _MAPPING.items()}
        for block in blocks_of(resource, "subnet_mapping")
    ]
    known = [{key: value for key, value in one.items() if value not in (None, "")} for one in mappings]
    return {
        **_scheme(making, resource),
        **_attributes(resource, "LoadBalancerAttributes", _OF_BALANCER | kept),
        **({"SubnetMappings": known} if known and making.value(resource, "subnets") is None else {}),
    }


def _attributes(resource: Planned, name: str, arguments: Mapping[str, str]) -> dict[str, Any]:
    values = {key: resource.values.get(argument) for argument, key in arguments.items()}
    written = [{"Key": key, "Value": _text(value)} for key, value in values.items() if value not in (None, "")]
    return {name: written} if written else {}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _group(_making: Translation, resource: Planned) -> dict[str, Any]:
    checks: dict[str, Any] = next(iter(items(resource.values.get("health_check"))), {})
    known = {key: checks.get(name) for name, key in _HEALTH_CHECK.items() if checks.get(name) not in (None, "")}
    matcher = checks.get("matcher")
    grpc = resource.values.get("protocol_version") == "GRPC"
    return {
        **_attributes(resource, "TargetGroupAttributes", _OF_GROUP),
        **known,
        **({"Matcher": {"GrpcCode" if grpc else "HttpCode": matcher}} if matcher else {}),
    }


def _listener_attributes(resource: Planned) -> dict[str, Any]:
    named = {"tcp_idle_timeout_seconds": "tcp.idle_timeout.seconds"}
    for name in resource.values:
        if found := _OF_LISTENER.fullmatch(name):
            named[name] = "routing.http.{}.{}.{}".format(*found.groups())
    return _attributes(resource, "ListenerAttributes", named)


def _listener(making: Translation, resource: Planned) -> dict[str, Any]:
    asked = {
        name: making.value(resource, f"mutual_authentication.{argument}")
        for argument, name in _MUTUAL_AUTHENTICATION.items()
    }
    known = {name: value for name, value in asked.items() if value not in (None, "")}
    certificates = {"MutualAuthentication": known} if known else {}
    shown = making.value(resource, "certificate_arn")
    return {
        "DefaultActions": list(actions(making, resource, "default_action")),
        **certificates,
        **({"Certificates": [{"CertificateArn": shown}]} if shown not in (None, "") else {}),
        **_listener_attributes(resource),
    }


COMPLETIONS: Mapping[str, Completion] = {
    "aws_lb": _balancer,
    "aws_lb_target_group": _group,
    "aws_elb": lambda making, resource: {**_scheme(making, resource), "Listeners": list(_listeners(resource))},
    "aws_lb_listener": _listener,
}
