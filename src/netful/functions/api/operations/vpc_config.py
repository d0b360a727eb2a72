"""A request's VpcConfig: where a function shall be (lambda §1.5, §1.8).

An id is a name of the template's, or looks like one of AWS's; what looks like neither is malformed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from netful.functions.api.protocol.refusals import invalid_parameter, malformed
from netful.model.cloud import Cloud


@dataclass(frozen=True, slots=True)
class _Ids:
    """A list of ids in a request: what AWS calls it, how an id looks, and how many there can be (lambda §1.1)."""

    path: str
    pattern: str
    most: int


_SUBNETS = _Ids("vpcConfig.subnetIds", "subnet-[0-9a-z]*", 16)
_GROUPS = _Ids("vpcConfig.securityGroupIds", "sg-[0-9a-zA-Z]*", 5)
_MEMBER = (
    "Member must satisfy constraint: [Member must have length less than or equal to 1024, "
    "Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: {}]"
)


def vpc_config(cloud: Cloud, asked: Any) -> dict[str, Any]:
    """A function's fields as a VpcConfig sets them; both lists empty take it out of its VPC. Raises InvokeRefused."""
    written: Mapping[str, Any] = asked if isinstance(asked, Mapping) else {}
    subnet_ids = _checked(written.get("SubnetIds"), _SUBNETS, cloud.network.subnets)
    group_ids = _checked(written.get("SecurityGroupIds"), _GROUPS, cloud.network.security_groups)
    if bool(subnet_ids) != bool(group_ids):
        raise invalid_parameter("SubnetIds and SecurityIds must coexist or be both empty list.")
    _check_one_vpc(cloud, subnet_ids, group_ids)
    return {
        "subnet_ids": subnet_ids,
        "security_group_ids": group_ids,
        "ipv6_allowed_for_dual_stack": bool(subnet_ids) and written.get("Ipv6AllowedForDualStack") is True,
    }


def _checked(written: Any, which: _Ids, known: Collection[str]) -> tuple[str, ...]:
    ids = tuple(str(one) for one in written) if isinstance(written, list) else ()
    if any(one not in known and not re.fullmatch(which.pattern, one) for one in ids):
        raise malformed(ids, which.path, _MEMBER.format(which.pattern))
    if len(ids) > which.most:
        raise malformed(ids, which.path, f"Member must have length less than or equal to {which.most}")
    return ids


def _check_one_vpc(cloud: Cloud, subnet_ids: tuple[str, ...], group_ids: tuple[str, ...]) -> None:
    subnets = (cloud.network.subnets[id_].vpc_id for id_ in subnet_ids if id_ in cloud.network.subnets)
    groups = (cloud.network.security_groups[id_].vpc_id for id_ in group_ids if id_ in cloud.network.security_groups)
    if len({str(vpc_id) for vpc_id in (*subnets, *groups)}) > 1:
        raise invalid_parameter("The subnets and security groups of a function must belong to one VPC.")
