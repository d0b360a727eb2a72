"""Load balancers of a plan: their listeners, rules and actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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


MAKERS: Mapping[str, Maker] = {
    "aws_lb_listener_rule": _listener_rule,
}


def _scheme(making: Translation, resource: Planned) -> dict[str, Any]:
    return {"Scheme": "internal" if making.value(resource, "internal") is True else "internet-facing"}


def _listener(making: Translation, resource: Planned) -> dict[str, Any]:
    asked = {
        name: making.value(resource, f"mutual_authentication.{argument}")
        for argument, name in _MUTUAL_AUTHENTICATION.items()
    }
    known = {name: value for name, value in asked.items() if value not in (None, "")}
    certificates = {"MutualAuthentication": known} if known else {}
    return {"DefaultActions": list(actions(making, resource, "default_action")), **certificates}


COMPLETIONS: Mapping[str, Completion] = {
    "aws_lb": _scheme,
    "aws_elb": lambda making, resource: {**_scheme(making, resource), "Listeners": list(_listeners(resource))},
    "aws_lb_listener": _listener,
}
