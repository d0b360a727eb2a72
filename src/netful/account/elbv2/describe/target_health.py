"""Targets as `DescribeTargetHealth` returns them: the health that the running load balancers find."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.account.elbv2.describe.target_groups import balancers_of
from netful.account.elbv2.view import View
from netful.balancer.haproxy.backends import is_checked
from netful.balancer.health import TargetHealth
from netful.engine.load_balancers.target_groups import Member, members
from netful.engine.tasks.places import is_placed
from netful.model.balancing.load_balancers import Target, TargetGroup
from netful.model.core import Frozen, Unknown, file_name
from netful.model.load_balancing_arns import BALANCERS

Found = Mapping[tuple[str, str], TargetHealth]
"""The worst health that any node finds, by group and by target (`ADDRESS:PORT`, or a function), as HAProxy names them."""

_NOT_IN_USE = "Target.NotInUse"
_UNUSED = ("unused", _NOT_IN_USE, "Target group is not configured to receive traffic from the load balancer")
_ELSEWHERE = ("unused", _NOT_IN_USE, "Target is in an Availability Zone that is not enabled for the load balancer")
_REGISTERING = ("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
_UNCHECKED = ("unavailable", "Target.HealthCheckDisabled", "Health checks are not enabled for this target")
_NOT_REGISTERED = ("unused", "Target.NotRegistered", "Target is not registered to the target group")
_TRAFFIC_PORT = "traffic-port"


class _Registered(Frozen):
    """A target as a client names it, with the member that it leads to."""

    id: str
    port: int | None
    zone: str
    member: Member | None
    health: str = ""


def target_health(
    view: View, group: TargetGroup, found: Found, asked: list[Mapping[str, Any]] | None
) -> list[dict[str, Any]]:
    """Return the targets of a group with their health; of those that are asked for, also the ones that are not registered."""
    own = [*_registered(view, group)]
    if asked is None:
        return [_record(view, group, one, _state(view, group, one, found)) for one in own]
    records = []
    for target in asked:
        port = target.get("Port") or (group.port if isinstance(group.port, int) else None)
        same = [one for one in own if one.id == target["Id"] and one.port in (port, None)]
        lost = _Registered(str(target["Id"]), port, "", None)
        states = [(one, _state(view, group, one, found)) for one in same] or [(lost, _NOT_REGISTERED)]
        records += [_record(view, group, *state) for state in states]
    return records


def _record(view: View, group: TargetGroup, one: _Registered, state: tuple[str, str, str]) -> dict[str, Any]:
    word, reason, description = state
    check = group.health_check_port if group.health_check_port != _TRAFFIC_PORT else one.port
    return {
        "Target": {"Id": one.id, "Port": one.port, "AvailabilityZone": view.ec2.id(one.zone or None)},
        "HealthCheckPort": None if check is None else str(check),
        "TargetHealth": {"State": word, "Reason": reason or None, "Description": description or None},
    }


def _registered(view: View, group: TargetGroup) -> Iterator[_Registered]:
    for target in group.targets:
        if isinstance(target.id, Unknown):
            continue
        port = group.port if target.port is None else target.port
        alone = replace(group, targets=(replace(target, health=""),), registered_by=())
        for member in members(view.cloud, alone)[:1]:
            zone = target.availability_zone or ("" if group.target_type == "lambda" else member.zone)
            yield _Registered(target_id(view, target), _number(port), zone, member, target.health)
    for member in members(view.cloud, replace(group, targets=())):
        if member.interface is not None and not is_placed(view.cloud, member.interface):
            continue
        yield _Registered(_id_of(view, group, member), _number(member.port), member.zone, member)


def target_id(view: View, target: Target) -> str:
    """Return the id of a target as AWS has it: an address, a function's ARN, or the id of an instance or a load balancer."""
    return view.arn(BALANCERS, target.id) or view.ec2.id(target.id) or str(target.id)


def _id_of(view: View, group: TargetGroup, member: Member) -> str:
    """Return the id of a member that a service or a fleet registers."""
    if group.target_type == "ip" and member.interface is not None:
        return str(member.interface.private_ip_address)
    return view.ec2.id(member.name) or member.name


def _number(port: object) -> int | None:
    return port if isinstance(port, int) else None


def _state(view: View, group: TargetGroup, one: _Registered, found: Found) -> tuple[str, str, str]:
    """Return a target's state with its reason and description."""
    using = balancers_of(view, group.id)
    if not using:
        return _UNUSED
    health = found.get((file_name(group.id), _key(one)))
    if health is not None:
        return health.state, health.reason, health.description
    if one.health:
        return one.health, "", ""
    if not is_checked(group):
        return _UNCHECKED
    zones = {
        view.cloud.network.zone_of_interface(eni) for id_ in using for eni in view.cloud.network.interfaces_of(id_)
    }
    return _ELSEWHERE if one.member is not None and one.member.zone and one.member.zone not in zones else _REGISTERING


def _key(one: _Registered) -> str:
    if one.member is not None and one.member.function_id is not None:
        return one.member.function_id
    address = one.member.interface.private_ip_address if one.member and one.member.interface else one.id
    return f"{address}:{one.port}"
