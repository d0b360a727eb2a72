"""Limits of a function's settings (lambda §2.4, §3.4): those of Lambda's model, and lower ones of the service.

The model has the limits of managed instances; other functions have less memory and a smaller `/tmp`.
"""

import json
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
_LARGEST_ENVIRONMENT = 4096
_RESERVED = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
})  # fmt: skip
_NO_VARIABLES = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
)
_MOST_LAYERS = 5


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


def environment_fault(variables: Mapping[str, str]) -> str:
    """Return Lambda's error text for reserved names and for too many variables, "" if there are none (lambda §3.4, §5.5)."""
    reserved = ", ".join(name for name in variables if name in _RESERVED)
    if reserved:
        return (
            f"{_NO_VARIABLES}contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {reserved}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured) > _LARGEST_ENVIRONMENT:
        return f"{_NO_VARIABLES}exceeded the 4KB limit. String measured: {measured}"
    return ""


def fault(function: Function) -> str:
    """Return Lambda's text for settings that it does not accept, "" if there are none; unknown ones are accepted."""
    known = {name: value for name, value in function.environment.items() if isinstance(value, str)}
    of_layers = f"Cannot reference more than {_MOST_LAYERS} layers." if len(function.layers) > _MOST_LAYERS else ""
    return of_layers or environment_fault(known) or _of_model(function) or next(filter(None, _of_service(function)), "")


def _of_model(function: Function) -> str:
    model, written = service_model("lambda"), isinstance(function.handler, str) and bool(function.handler)
    asked: dict[str, Any] = {
        "FunctionName": function.function_name,
        "Timeout": function.timeout,
        "MemorySize": function.memory_size,
        "EphemeralStorage": {"Size": function.ephemeral_storage},
        **({"Handler": function.handler} if written else {}),
        **({"Runtime": function.runtime} if function.runtime and not isinstance(function.runtime, Unknown) else {}),
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
