"""UpdateFunctionConfiguration: the members of a function that can change while the stack runs, and their values."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.checks.facts import function_limits
from netful.engine.iam.role_sessions import may_assume
from netful.functions.api.operations.layers import layer_ids
from netful.functions.api.protocol.refusals import invalid_parameter, not_implemented, refuse_value
from netful.model.cloud import Cloud
from netful.model.functions.file_mount import FileMount
from netful.model.functions.function import Function, LoggingConfig
from netful.model.functions.images import ImageConfig
from netful.service_models.service_model import service_model

_TEXTS = {
    "Handler": "handler",
    "Description": "description",
    "Runtime": "runtime",
    "Role": "role",
    "KMSKeyArn": "kms_key_arn",
}
# Members without an effect on a function here.
_WITHOUT_EFFECT = frozenset({"FunctionName", "RevisionId"})
# Runtimes that Lambda no longer supports. A template may still name one: it runs on the nearest version that this machine has.
_OLD_RUNTIMES = re.compile(
    r"python(?:2\.7|3\.[67])|nodejs(?:|4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x)|java8|go1\.x|provided"
    r"|dotnetcore\d\.\d|dotnet5\.0|ruby2\.[57]"
)
_NOT_SUPPORTED = (
    "The runtime parameter of {} is no longer supported for creating or updating AWS Lambda functions."
    " We recommend you use a supported runtime while creating or updating functions."
)


def updated(cloud: Cloud, function: Function, request: Mapping[str, Any]) -> Function:
    """Return the function as changed by a request."""
    changes: dict[str, Any] = {}
    for member, value in request.items():
        if member in function_limits.MOST:
            number = value["Size"] if member == "EphemeralStorage" else value
            refuse_value(function_limits.too_much(member, number))
            changes[function_limits.MOST[member][0]] = number
        elif member == "Environment":
            changes["environment"] = _environment(value)
        elif member == "VpcConfig":
            changes |= _vpc_config(cloud, value)
        elif member == "Layers":
            changes["layers"] = layer_ids(cloud, value)
        elif member == "ImageConfig":
            if function.package_type != "Image":
                raise invalid_parameter("Please don't provide ImageConfig for a function with packageType Zip.")
            changes["image_config"] = _image_config(value)
        elif member in _TEXTS:
            refuse_unsupported(value if member == "Runtime" else "")
            if member == "Role" and not may_assume(cloud.access.role_named(value), "lambda.amazonaws.com"):
                raise invalid_parameter("The role defined for the function cannot be assumed by Lambda.")
            changes[_TEXTS[member]] = value
        elif member == "TracingConfig":
            changes["tracing_mode"] = value.get("Mode", function.tracing_mode)
        elif member == "SnapStart":
            changes["snap_start"] = value.get("ApplyOn", function.snap_start)
        elif member == "DeadLetterConfig":
            changes["dead_letter_arn"] = value.get("TargetArn", "")
        elif member == "FileSystemConfigs":
            changes["file_mounts"] = tuple(FileMount(one["Arn"], one["LocalMountPath"]) for one in value)
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


def _environment(value: Mapping[str, Any]) -> dict[str, str]:
    variables: dict[str, str] = value.get("Variables") or {}
    fault = function_limits.environment_fault(variables)
    if fault:
        raise invalid_parameter(fault)
    return variables


def _vpc_config(cloud: Cloud, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a function's fields as a VpcConfig sets them; two empty lists remove it from its VPC (lambda §1.5, §1.8)."""
    subnet_ids, group_ids = (
        tuple(map(cloud.named, request.get(name) or ())) for name in ("SubnetIds", "SecurityGroupIds")
    )
    if bool(subnet_ids) != bool(group_ids):
        raise invalid_parameter(function_limits.HALF_VPC)
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


def refuse_unsupported(runtime: str) -> None:
    """Raise InvokeRefused for a runtime that Lambda does not have, or no longer supports (lambda §5.5, §6.1)."""
    every = service_model("lambda").shapes["Runtime"].enum
    if runtime and runtime not in every:
        raise invalid_parameter(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
            f"[{', '.join(every)}] or be a valid ARN"
        )
    if _OLD_RUNTIMES.fullmatch(runtime):
        raise invalid_parameter(_NOT_SUPPORTED.format(runtime))
