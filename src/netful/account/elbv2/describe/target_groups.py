"""Target groups as `DescribeTargetGroups` returns them, with AWS's defaults of health checks."""

from typing import Any

from netful.account.elbv2.view import View
from netful.model.balancing.load_balancers import TargetGroup
from netful.model.core import Frozen
from netful.model.load_balancing_arns import BALANCERS, name_in

OF_HTTP = ("HTTP", "HTTPS")
"""Protocols of groups behind an application load balancer."""


class _Times(Frozen):
    """Defaults of a health check, in seconds."""

    interval: int
    timeout: int


_LAMBDA, _HTTP, _NETWORK = _Times(35, 30), _Times(30, 5), _Times(30, 10)


def target_group(view: View, group: TargetGroup, arn: str) -> dict[str, Any]:
    """Return the record of a target group."""
    placed = group.target_type != "lambda"
    return {
        "TargetGroupArn": arn,
        "TargetGroupName": name_in(arn),
        "TargetType": group.target_type,
        "Protocol": (group.protocol or None) if placed else None,
        "Port": group.port if placed and isinstance(group.port, int) else None,
        "VpcId": view.ec2.id(group.vpc_id) if placed else None,
        "ProtocolVersion": group.protocol_version if group.protocol in OF_HTTP else None,
        "IpAddressType": (view.written(group.id, "IpAddressType") or "ipv4") if placed else None,
        "LoadBalancerArns": [one for id_ in balancers_of(view, group.id) if (one := view.arn(BALANCERS, id_))],
        **_health_check(group),
    }  # fmt: skip


def _health_check(group: TargetGroup) -> dict[str, Any]:
    lambda_ = group.target_type == "lambda"
    protocol = check_protocol(group)
    over_http = lambda_ or protocol in OF_HTTP
    times = _LAMBDA if lambda_ else _HTTP if group.protocol in OF_HTTP else _NETWORK
    codes = "GrpcCode" if group.protocol_version == "GRPC" else "HttpCode"
    enabled = not lambda_ if group.health_check_enabled is None else group.health_check_enabled
    return {
        "HealthCheckEnabled": enabled,
        "HealthCheckProtocol": None if lambda_ else protocol,
        "HealthCheckPort": None if lambda_ else group.health_check_port,
        "HealthCheckPath": group.health_check_path if over_http else None,
        "HealthCheckIntervalSeconds": group.health_check_interval or times.interval,
        "HealthCheckTimeoutSeconds": group.health_check_timeout or times.timeout,
        "HealthyThresholdCount": group.healthy_threshold,
        "UnhealthyThresholdCount": group.unhealthy_threshold,
        "Matcher": {codes: group.matcher} if over_http else None,
    }


def check_protocol(group: TargetGroup) -> str:
    """Return the protocol of a group's health checks: as written, else HTTP for HTTP groups and TCP for others."""
    if group.health_check_protocol in (*OF_HTTP, "TCP"):
        return group.health_check_protocol
    return group.protocol if group.protocol in OF_HTTP else "TCP"


def balancers_of(view: View, group_id: str) -> list[str]:
    """Return the load balancers whose listeners and rules forward to a group."""
    own = view.cloud.balancing
    using = {one.id for one in own.listeners.values() for a in one.default_actions if group_id in a.target_group_ids}
    using |= {
        str(r.listener_id) for r in own.listener_rules.values() for a in r.actions if group_id in a.target_group_ids
    }
    return [*dict.fromkeys(str(one.load_balancer_id) for one in own.listeners.values() if one.id in using)]
