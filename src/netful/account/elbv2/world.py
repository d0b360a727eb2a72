"""The account as a write of load balancing sees it: look-ups that fail in AWS's words, actions with names for ARNs, new ids."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from netful.account import writing
from netful.account.changes import Edit, Put, new, updated
from netful.account.elbv2.kinds import OF_PART, record
from netful.account.elbv2.view import View
from netful.account.wire.errors import ApiError
from netful.model.core import Resource
from netful.model.load_balancing_arns import ALLOWED_NAME, GROUPS

Change = writing.Change[View]
Asked = Mapping[str, Any]

PREFIX = "AWS::ElasticLoadBalancingV2::"
BALANCER, GROUP = f"{PREFIX}LoadBalancer", f"{PREFIX}TargetGroup"
LISTENER, RULE, CERTIFICATES = f"{PREFIX}Listener", f"{PREFIX}ListenerRule", f"{PREFIX}ListenerCertificate"
_NAME = re.compile(r"[A-Za-z0-9-]+")
_BYTES = 8


def fresh_hex() -> str:
    """Return the 16 digits of a new ARN."""
    return secrets.token_hex(_BYTES)


def answered(part: str, *names: str) -> Callable[[View], Mapping[str, Any]]:
    """Return the answer that has the records of some things of a part of the cloud."""
    return lambda view: {OF_PART[part].member: [record(view, part, view.arns[part][name]) for name in names]}


def own_resource(view: View, name: str) -> Resource:
    """Return the resource of a name. Raises ApiError for a thing that was only described."""
    resource = view.resource(name)
    if resource is None:
        raise ApiError("OperationNotPermitted", f"'{name}' was only described, and cannot be changed")
    return resource


def changed(view: View, name: str, **properties: Any) -> Edit:
    """Return the edit that sets properties of a thing; None removes one."""
    return updated(own_resource(view, name), **properties)


def check_name(name: str, what: str) -> None:
    """Raise ApiError for a name that AWS does not allow; `what` is the kind of the thing that has it."""
    if len(name) > ALLOWED_NAME:
        problem = f"cannot be longer than '{ALLOWED_NAME}' characters"
    elif not _NAME.fullmatch(name):
        problem = "can only contain characters that are alphanumeric characters and hyphens(-)"
    elif name.startswith("-") or name.endswith("-"):
        problem = "cannot begin or end with '-'"
    elif what == "load balancer" and name.startswith("internal-"):
        problem = "cannot begin with 'internal-'"
    else:
        return
    raise ApiError("ValidationError", f"The {what} name '{name}' {problem}")


def created(view: View, part: str, type_: str, id_: str, properties: Asked, code: str) -> tuple[str, tuple[Put, ...]]:
    """Return the id and the edit of a new named thing. The same one again is the one that is there.

    Raises ApiError with the code if there is another with the same name.
    """
    given = {key: value for key, value in properties.items() if value is not None}
    named = (view.name(part, record_[OF_PART[part].arn]) for record_ in OF_PART[part].records(view)
             if record_[OF_PART[part].member.removesuffix("s") + "Name"] == given["Name"])  # fmt: skip
    there = next((name for name in named if name is not None), None)
    if there is None:
        return id_, (new(type_, id_, given),)
    resource = view.resource(there)
    if resource is None or any(resource.properties.get(key) != value for key, value in given.items()):
        what = "load balancer" if type_ == BALANCER else "target group"
        raise ApiError(code, f"A {what} with the same name '{given['Name']}' exists, but with different settings")
    return there, ()


def group_ids(view: View, asked: Sequence[str]) -> list[str]:
    """Return the names of security groups. Raises ApiError for one that does not exist."""
    names = [view.ec2.names.get(one, one) for one in asked]
    missing = [one for one, name in zip(asked, names, strict=True) if name not in view.cloud.network.security_groups]
    if missing:
        raise ApiError("InvalidSecurityGroup", f"The security group '{missing[0]}' does not exist")
    return names


def named_actions(view: View, actions: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return actions as a template has them: target groups by name. Raises ApiError for a group that does not exist."""
    return [_named(view, action) for action in actions]


def _named(view: View, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _group(view, one) if key == "TargetGroupArn" else _named(view, one) for key, one in value.items()}
    return [_named(view, one) for one in value] if isinstance(value, list) else value


def _group(view: View, arn: str) -> str:
    name = view.name(GROUPS, arn)
    if name is None:
        raise ApiError("TargetGroupNotFound", f"Target groups '{arn}' not found")
    return name


def groups_in(actions: Iterable[Asked]) -> Iterator[str]:
    """Yield the target groups that actions forward to."""
    for action in actions:
        forward = action.get("ForwardConfig") or {}
        for one in (action, *(forward.get("TargetGroups") or ())):
            if one.get("TargetGroupArn"):
                yield one["TargetGroupArn"]
