"""VpcConfig of a request: the subnets and security groups of a function (lambda §1.5, §1.8)."""

from collections.abc import Mapping
from typing import Any

from netful.functions.api.protocol.refusals import invalid_parameter
from netful.model.cloud import Cloud


def vpc_config(cloud: Cloud, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a function's fields as a VpcConfig sets them; two empty lists remove it from its VPC.

    Raises InvokeRefused.
    """
    subnet_ids, group_ids = (
        tuple(map(cloud.named, request.get(name) or ())) for name in ("SubnetIds", "SecurityGroupIds")
    )
    if bool(subnet_ids) != bool(group_ids):
        raise invalid_parameter("SubnetIds and SecurityIds must coexist or be both empty list.")
    _check_one_vpc(cloud, subnet_ids, group_ids)
    return {
        "subnet_ids": subnet_ids,
        "security_group_ids": group_ids,
        "ipv6_allowed_for_dual_stack": bool(subnet_ids) and request.get("Ipv6AllowedForDualStack") is True,
    }


def _check_one_vpc(cloud: Cloud, subnet_ids: tuple[str, ...], group_ids: tuple[str, ...]) -> None:
    subnets = (cloud.network.subnets[id_].vpc_id for id_ in subnet_ids if id_ in cloud.network.subnets)
    groups = (cloud.network.security_groups[id_].vpc_id for id_ in group_ids if id_ in cloud.network.security_groups)
    if len({str(vpc_id) for vpc_id in (*subnets, *groups)}) > 1:
        raise invalid_parameter("The subnets and security groups of a function must belong to one VPC.")
