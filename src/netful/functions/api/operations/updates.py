"""UpdateFunctionConfiguration: the members of a function that can change while the stack runs, and their values."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.functions.api.operations.layers import layer_ids
from netful.functions.api.operations.supported_runtimes import refuse_unsupported
from netful.functions.api.operations.vpc_config import vpc_config
from netful.functions.api.protocol.refusals import invalid_parameter, malformed_value, not_implemented
from netful.functions.environments.admission import environment_fault
from netful.model.cloud import Cloud
from netful.model.functions.function import Function, LoggingConfig
from netful.model.functions.images import ImageConfig

# Members by the field that they set, with the maximum (lambda §2.4; of time-outs newer-aws §8.2).
_NUMBERS = {"Timeout": ("timeout", 5_400), "MemorySize": ("memory_size", 10_240)}
_TEXTS = {"Handler": "handler", "Description": "description", "Runtime": "runtime", "Role": "role"}
# Members without an effect on a function here.
_WITHOUT_EFFECT = frozenset({"FunctionName", "RevisionId"})


def updated(cloud: Cloud, function: Function, request: Mapping[str, Any]) -> Function:
    """Return the function as changed by a request."""
    changes: dict[str, Any] = {}
    for member, value in request.items():
        if member in _NUMBERS:
            field, most = _NUMBERS[member]
            changes[field] = _within(member, value, most)
        elif member == "Environment":
            changes["environment"] = _environment(value)
        elif member == "EphemeralStorage":
            changes["ephemeral_storage"] = _within("ephemeralStorage.size", value["Size"], 10_240)
        elif member == "VpcConfig":
            changes |= vpc_config(cloud, value)
        elif member == "Layers":
            changes["layers"] = layer_ids(cloud, value)
        elif member == "ImageConfig":
            if function.package_type != "Image":
                raise invalid_parameter("Please don't provide ImageConfig for a function with packageType Zip.")
            changes["image_config"] = _image_config(value)
        elif member in _TEXTS:
            refuse_unsupported(value if member == "Runtime" else "")
            changes[_TEXTS[member]] = value
        elif member == "TracingConfig":
            changes["tracing_mode"] = value.get("Mode", function.tracing_mode)
        elif member == "LoggingConfig":
            changes["logging"] = _logging(function, value)
        elif member not in _WITHOUT_EFFECT:
            raise not_implemented(f"a change of {member}: change the template, and run `netful up` again")
    return replace(function, **changes)


def _image_config(value: Mapping[str, Any]) -> ImageConfig:
    entry_point, command = (tuple(value[name]) if value.get(name) else None for name in ("EntryPoint", "Command"))
    return ImageConfig(entry_point, command, value.get("WorkingDirectory") or None)


def _logging(function: Function, request: Mapping[str, Any]) -> LoggingConfig:
    """Return the changed settings; only a JSON log has levels."""
    members = {
        "LogFormat": "log_format",
        "ApplicationLogLevel": "application_log_level",
        "SystemLogLevel": "system_log_level",
        "LogGroup": "log_group",
    }
    changed = {field: request[member] for member, field in members.items() if member in request}
    logging = replace(function.logging, **changed)
    if not logging.as_json and any(name.endswith("_level") for name in changed):
        raise invalid_parameter("Log-Level configuration is not supported for text log format.")
    return logging


def _within(member: str, value: int, most: int) -> int:
    if value > most:
        raise malformed_value(
            str(value), member[0].lower() + member[1:], f"Member must have value less than or equal to {most}"
        )
    return value


def _environment(value: Mapping[str, Any]) -> dict[str, str]:
    variables: dict[str, str] = value.get("Variables") or {}
    fault = environment_fault(variables)
    if fault:
        raise invalid_parameter(fault)
    return variables
