"""Load balancers of a plan: their attributes, and the conditions of rules."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from netful.sources.terraform.plan.planned_resources import Planned, items
from netful.sources.terraform.translation import Completion, Translation
from netful.sources.terraform.types.rows import camel

_FIELDS = ("path_pattern", "host_header", "http_header", "http_request_method", "source_ip")


def _conditions(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the conditions of a block, in a template's form."""
    for name in _FIELDS:
        for inner in items(block.get(name)):
            values = {"Values": inner.get("values"), "RegexValues": inner.get("regex_values")}
            values["HttpHeaderName"] = inner.get("http_header_name")
            config = {key: value for key, value in values.items() if value}
            yield {"Field": name.replace("_", "-"), f"{camel(name)}Config": config}
    pairs = [
        {key: inner[name] for name, key in (("key", "Key"), ("value", "Value")) if inner.get(name)}
        for inner in items(block.get("query_string"))
    ]
    if pairs:
        yield {"Field": "query-string", "QueryStringConfig": {"Values": pairs}}


def _rule(_making: Translation, resource: Planned) -> dict[str, Any]:
    return {"Conditions": [one for block in items(resource.values.get("condition")) for one in _conditions(block)]}


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


def _scheme(making: Translation, resource: Planned) -> dict[str, Any]:
    return {"Scheme": "internal" if making.value(resource, "internal") is True else "internet-facing"}


def _balancer(making: Translation, resource: Planned) -> dict[str, Any]:
    kept = {} if resource.values.get("load_balancer_type") in (None, "application") else _ACROSS_ZONES
    several = {} if making.value(resource, "subnets") is None else {"SubnetMappings": None}
    return {
        **_scheme(making, resource),
        **_attributes(resource, "LoadBalancerAttributes", _OF_BALANCER | kept),
        **several,
    }


def _attributes(resource: Planned, name: str, arguments: Mapping[str, str]) -> dict[str, Any]:
    values = {key: resource.values.get(argument) for argument, key in arguments.items()}
    written = [{"Key": key, "Value": _text(value)} for key, value in values.items() if value not in (None, "")]
    return {name: written} if written else {}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _group(_making: Translation, resource: Planned) -> dict[str, Any]:
    checks: dict[str, Any] = next(iter(items(resource.values.get("health_check"))), {})
    codes = "GrpcCode" if resource.values.get("protocol_version") == "GRPC" else "HttpCode"
    matcher = {"Matcher": {codes: checks["matcher"]}} if checks.get("matcher") else {}
    return {**_attributes(resource, "TargetGroupAttributes", _OF_GROUP), **matcher}


def _listener_attributes(resource: Planned) -> dict[str, Any]:
    named = {"tcp_idle_timeout_seconds": "tcp.idle_timeout.seconds"}
    for name in resource.values:
        if found := _OF_LISTENER.fullmatch(name):
            named[name] = "routing.http.{}.{}.{}".format(*found.groups())
    return _attributes(resource, "ListenerAttributes", named)


def _listener(making: Translation, resource: Planned) -> dict[str, Any]:
    shown = making.value(resource, "certificate_arn")
    certificates = {} if shown in (None, "") else {"Certificates": [{"CertificateArn": shown}]}
    unwritten = resource.values.get("protocol") is None and resource.values.get("port") is not None
    protocol = {"Protocol": "HTTP"} if unwritten and making.value(resource, "protocol") is None else {}
    return {**certificates, **protocol, **_listener_attributes(resource)}


COMPLETIONS: Mapping[str, Completion] = {
    "aws_lb": _balancer,
    "aws_lb_target_group": _group,
    "aws_elb": _scheme,
    "aws_lb_listener": _listener,
    "aws_lb_listener_rule": _rule,
}
