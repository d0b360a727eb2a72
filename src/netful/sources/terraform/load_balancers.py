"""Load balancers of a plan: their listeners, rules and actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netful.sources.terraform.blocks import blocks_of
from netful.sources.terraform.plan import Planned, items
from netful.sources.terraform.translation import Completion, Maker, Translation


def _actions(making: Translation, resource: Planned, name: str) -> Iterator[dict[str, Any]]:
    for values, unknown, written in blocks_of(resource, name):
        group = making.argument(resource, "target_group_arn", values, unknown, written)
        yield {"Type": values.get("type"), **({} if group in (None, "") else {"TargetGroupArn": group})}


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


def _listener_rule(making: Translation, resource: Planned) -> None:
    conditions = [
        {"Field": field, "Values": inner.get("values")}
        for block in items(resource.values.get("condition"))
        for name, field in (("path_pattern", "path-pattern"), ("host_header", "host-header"))
        for inner in items(block.get(name))
    ]
    properties = {
        "ListenerArn": making.value(resource, "listener_arn"),
        "Priority": resource.values.get("priority"),
        "Conditions": conditions,
        "Actions": list(_actions(making, resource, "action")),
    }
    making.put(resource, "AWS::ElasticLoadBalancingV2::ListenerRule", properties)


MAKERS: Mapping[str, Maker] = {
    "aws_lb_listener_rule": _listener_rule,
}


def _scheme(making: Translation, resource: Planned) -> dict[str, Any]:
    return {"Scheme": "internal" if making.value(resource, "internal") is True else "internet-facing"}


COMPLETIONS: Mapping[str, Completion] = {
    "aws_lb": _scheme,
    "aws_elb": lambda making, resource: {**_scheme(making, resource), "Listeners": list(_listeners(resource))},
    "aws_lb_listener": lambda making, resource: {"DefaultActions": list(_actions(making, resource, "default_action"))},
}
