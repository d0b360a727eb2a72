"""Writes of target groups and their targets."""

from collections.abc import Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address
from typing import Any

from netful.account.changes import Remove
from netful.account.elbv2.describe.target_groups import balancers_of
from netful.account.elbv2.kinds import found
from netful.account.elbv2.view import View
from netful.account.elbv2.world import (
    GROUP,
    Asked,
    Change,
    answered,
    changed,
    check_name,
    created,
    fresh_hex,
    own_resource,
)
from netful.account.wire.errors import ApiError
from netful.engine.authorization.permissions import function_of
from netful.engine.authorization.service_permissions import may_be_target
from netful.model.balancing.load_balancers import TargetGroup
from netful.model.load_balancing_arns import BALANCERS, GROUPS
from netful.model.network.network_interface import InterfaceOwner

_CHECKS = (
    "HealthCheckProtocol", "HealthCheckPort", "HealthCheckPath", "HealthCheckEnabled", "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount", "Matcher",
)  # fmt: skip
_PLACED = ("Protocol", "Port", "VpcId")
_PUBLIC = "The IP address '{}' is not within the VPC's CIDR blocks, and not within 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 or 192.168.0.0/16"
_IN_USE = "Target group '{}' is currently in use by a listener or a rule"


def create_target_group(view: View, asked: Asked) -> Change:
    """CreateTargetGroup: it has no targets."""
    name, kind = str(asked["Name"]), asked.get("TargetType", "instance")
    check_name(name, "target group")
    properties = {key: asked.get(key) for key in (*_CHECKS, "ProtocolVersion", "IpAddressType", "Tags")}
    properties |= {"Name": name, "TargetType": kind}
    if kind != "lambda":
        for key in _PLACED:
            if asked.get(key) is None:
                raise ApiError("ValidationError", f"A {_worded(key)} must be specified")
        vpc = view.ec2.names.get(asked["VpcId"], asked["VpcId"])
        if vpc not in view.cloud.network.vpcs:
            raise ApiError("ValidationError", f"The VPC ID '{asked['VpcId']}' is not found")
        properties |= {"Protocol": asked["Protocol"], "Port": asked["Port"], "VpcId": vpc}
    id_ = f"targetgroup/{name}/{fresh_hex()}"
    id_, edits = created(view, GROUPS, GROUP, id_, properties, "DuplicateTargetGroupName")
    return Change(edits, answered(GROUPS, id_))


def _worded(key: str) -> str:
    return "VPC ID" if key == "VpcId" else key.lower()


def modify_target_group(view: View, asked: Asked) -> Change:
    """ModifyTargetGroup: health checks change."""
    group = _group(view, asked)
    if asked.get("HealthCheckEnabled") is False and group.target_type != "lambda":
        raise ApiError("InvalidConfigurationRequest", "Health checks cannot be disabled for this target type")
    given = {key: asked[key] for key in _CHECKS if asked.get(key) is not None}
    return Change((changed(view, group.id, **given),), answered(GROUPS, group.id))


def delete_target_group(view: View, asked: Asked) -> Change:
    """DeleteTargetGroup: no listener and no rule may use it; one that is not there is not an error."""
    arn = str(asked["TargetGroupArn"])
    name = view.name(GROUPS, arn)
    if name is None:
        return Change()
    if balancers_of(view, name):
        raise ApiError("ResourceInUse", _IN_USE.format(arn))
    return Change((Remove(own_resource(view, name).id),))


def _group(view: View, asked: Asked) -> TargetGroup:
    group: TargetGroup = found(view, GROUPS, asked)
    return group


def register_targets(view: View, asked: Asked) -> Change:
    """RegisterTargets: nodes check their health from now on."""
    group = _group(view, asked)
    kept = _written(view, group.id)
    known = {_key(view, group, one) for one in kept}
    wanted = [_checked(view, group, one) for one in asked["Targets"]]
    fresh = [one for one in wanted if _key(view, group, one) not in known]
    if group.target_type == "lambda" and len(kept) + len(fresh) > 1:
        raise ApiError("TooManyTargets", "A target group of type lambda can have one target only")
    return Change((changed(view, group.id, Targets=[*kept, *fresh]),) if fresh else ())


def deregister_targets(view: View, asked: Asked) -> Change:
    """DeregisterTargets: at once, without a delay; a target that is not registered is not an error."""
    group = _group(view, asked)
    gone = [{**one, "Id": _target_name(view, group, one["Id"])} for one in asked["Targets"]]
    keys = {_key(view, group, one) for one in gone if one.get("Port")}
    ids = {str(one["Id"]) for one in gone if not one.get("Port")}
    kept = [one for one in _written(view, group.id) if _key(view, group, one) not in keys and str(one["Id"]) not in ids]
    return Change((changed(view, group.id, Targets=kept),))


def _written(view: View, name: str) -> list[Mapping[str, Any]]:
    return [*(own_resource(view, name).properties.get("Targets") or ())]


def _key(view: View, group: TargetGroup, target: Mapping[str, Any]) -> tuple[str, str]:
    port = target.get("Port") or ("" if group.target_type == "lambda" else group.port)
    return _target_name(view, group, str(target["Id"])), str(port)


def _target_name(view: View, group: TargetGroup, asked: str) -> str:
    """Return the name in the cloud of a target."""
    if group.target_type == "alb":
        return view.name(BALANCERS, asked) or asked
    return view.ec2.names.get(asked, asked)


def _checked(view: View, group: TargetGroup, target: Mapping[str, Any]) -> dict[str, Any]:
    """Return a target as a template has it. Raises ApiError for one that cannot be registered."""
    name = _target_name(view, group, str(target["Id"]))
    _CHECKED[group.target_type](view, group, name)
    return {**target, "Id": name}


def _check_instance(view: View, _group: TargetGroup, name: str) -> None:
    interfaces = view.cloud.network.interfaces_of(name)
    if not any(eni.owner is InterfaceOwner.INSTANCE and not eni.idle for eni in interfaces):
        text = f"The following targets are not in a running state and cannot be registered: '{name}'"
        raise ApiError("InvalidTarget", text)


def _check_address(view: View, group: TargetGroup, name: str) -> None:
    try:
        address = IPv4Address(name)
    except AddressValueError:
        raise ApiError("ValidationError", f"The IP address '{name}' is not a valid IPv4 address") from None
    vpc = view.cloud.network.vpcs.get(str(group.vpc_id))
    blocks: Sequence[object] = vpc.cidr_blocks if vpc else ()
    inside = any(hasattr(block, "network_address") and address in block for block in blocks)  # type: ignore[operator]
    if not inside and not address.is_private:
        raise ApiError("InvalidTarget", _PUBLIC.format(name))


def _check_function(view: View, group: TargetGroup, name: str) -> None:
    if function_of(view.cloud, name) not in view.cloud.compute.functions:
        raise ApiError("InvalidTarget", f"The Lambda function '{name}' does not exist")
    if may_be_target(view.cloud, group, name) is False:
        text = f"elasticloadbalancing principal does not have permission to invoke {name} from target group {view.arn(GROUPS, group.id)}"
        raise ApiError("AccessDenied", text, 403)


def _check_balancer(view: View, _group: TargetGroup, name: str) -> None:
    if name not in view.cloud.balancing.load_balancers:
        raise ApiError("InvalidTarget", f"The load balancer '{name}' does not exist")


_CHECKED = {"instance": _check_instance, "ip": _check_address, "lambda": _check_function, "alb": _check_balancer}

WRITES = {
    "CreateTargetGroup": create_target_group,
    "ModifyTargetGroup": modify_target_group,
    "DeleteTargetGroup": delete_target_group,
    "RegisterTargets": register_targets,
    "DeregisterTargets": deregister_targets,
}
