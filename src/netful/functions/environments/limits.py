"""Limits of a function's settings (lambda §2.4): those of Lambda's model, and lower ones of the service.

The model has the limits of managed instances; other functions have less memory and a smaller `/tmp`.
"""

from collections.abc import Mapping
from typing import Any

from netful.model.core import Unknown
from netful.model.functions.function import Function
from netful.service_models.requests import ConstraintError, check
from netful.service_models.service_model import service_model

MOST: Mapping[str, tuple[str, str, int]] = {
    "Timeout": ("timeout", "timeout", 5_400),
    "MemorySize": ("memory_size", "memorySize", 10_240),
    "EphemeralStorage": ("ephemeral_storage", "ephemeralStorage.size", 10_240),
}
"""The field, its place in a request and the maximum, by member (of time-outs newer-aws §8.2)."""
NO_HANDLER = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
HALF_VPC = "SubnetIds and SecurityIds must coexist or be both empty list."
_LONGEST_NAME = 64


def violation(value: str, path: str, constraint: str) -> str:
    """Return Lambda's text for a value that violates a constraint."""
    return f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def too_much(member: str, value: int) -> str:
    """Return Lambda's text for a number above its maximum, "" for another one."""
    _, path, most = MOST[member]
    return violation(str(value), path, f"Member must have value less than or equal to {most}") if value > most else ""


def too_long(name: str) -> str:
    """Return Lambda's text for a name that is too long, "" for another one. An ARN may be longer."""
    constraint = f"Member must have length less than or equal to {_LONGEST_NAME}"
    return violation(name, "functionName", constraint) if len(name) > _LONGEST_NAME and ":" not in name else ""


def fault(function: Function) -> str:
    """Return Lambda's text for settings that it does not accept, "" if there are none; unknown ones are accepted."""
    return _of_model(function) or next(filter(None, _of_service(function)), "")


def _of_model(function: Function) -> str:
    model, written = service_model("lambda"), isinstance(function.handler, str) and bool(function.handler)
    asked: dict[str, Any] = {
        "FunctionName": function.function_name,
        "Timeout": function.timeout,
        "MemorySize": function.memory_size,
        "EphemeralStorage": {"Size": function.ephemeral_storage},
        **({"Handler": function.handler} if written else {}),
    }
    try:
        # an id stands for a name that AWS makes
        check(model, model.operations["UpdateFunctionConfiguration"], asked, lambda _, text: text == function.id)
    except ConstraintError as error:
        return str(error)
    return ""


def _of_service(function: Function) -> tuple[str, ...]:
    managed, groups, subnets = function.capacity_provider is not None, function.security_group_ids, function.subnet_ids
    half = not isinstance(groups, Unknown) and not isinstance(subnets, Unknown) and bool(groups) != bool(subnets)
    no_handler = function.package_type == "Zip" and bool(function.runtime) and not function.handler
    return (
        *(too_much(member, getattr(function, field)) for member, (field, *_) in MOST.items() if not managed),
        "" if function.function_name == function.id else too_long(function.function_name),
        NO_HANDLER if no_handler else "",
        HALF_VPC if half and not managed else "",
    )
