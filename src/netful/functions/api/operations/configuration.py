"""Configuration of a function in the Lambda API (lambda §1.4, §1.5, §5.2)."""

import hashlib
from typing import Any

from netful.functions.api.operations.layers import code_size
from netful.functions.api.protocol.names import function_arn, role_arn
from netful.functions.code.versions import LATEST, Version
from netful.functions.environments.lifecycle import REASONS, FunctionState
from netful.functions.environments.moves import Move
from netful.functions.environments.service import FunctionService
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in
from netful.model.functions.function import Function
from netful.model.names.arns import aws_arn

# Members that ListFunctions omits from a configuration.
_NOT_LISTED = ("State", "LastUpdateStatus", "RuntimeVersionConfig")
_IN_PROGRESS = {
    "LastUpdateStatus": "InProgress",
    "LastUpdateStatusReason": "The function is being created.",
    "LastUpdateStatusReasonCode": "Creating",
}


def configuration(service: FunctionService, version: Version, qualifier: str = "") -> dict[str, Any]:
    """Return the complete configuration of a version, by the qualifier of the request."""
    cloud = service.cloud
    move = service.updates.moves.of(version.function.id) if version.number == LATEST else None
    if move is not None and move.failure is None:  # the future value
        version = move.version
    function = version.function
    record: dict[str, Any] = {
        "FunctionName": function.function_name,
        "FunctionArn": function_arn(cloud, function, qualifier),
        "Role": role_arn(cloud, function),
        "CodeSize": version.package.size if version.package else 0,
        "Description": version.description or function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory_size,
        "LastModified": version.revision.last_modified,
        "CodeSha256": version.code_sha256,
        "Version": version.number,
        "TracingConfig": {"Mode": function.tracing_mode},
        "RevisionId": version.revision.id,
        "PackageType": function.package_type,
        "Architectures": [*function.architectures],
        "EphemeralStorage": {"Size": function.ephemeral_storage},
        "SnapStart": {"ApplyOn": function.snap_start, "OptimizationStatus": _optimization(version)},
        "LoggingConfig": _logging(function),
        **(_image(function) if function.package_type == "Image" else _runtime(cloud, function)),
        **_state(service, function),
        **(_last_update(move) if move else {}),
    }
    if function.environment:
        record["Environment"] = {"Variables": {name: _text(value) for name, value in function.environment.items()}}
    if function.layers:
        named = map(_text, function.layers)
        record["Layers"] = [{"Arn": cloud.aws_id(one), "CodeSize": code_size(cloud, one)} for one in named]
    if function.dead_letter_arn:
        record["DeadLetterConfig"] = {"TargetArn": _text(function.dead_letter_arn)}
    if function.file_mounts:
        mounts = ((_text(one.access_point), one.path) for one in function.file_mounts)
        record["FileSystemConfigs"] = [{"Arn": arn, "LocalMountPath": path} for arn, path in mounts]
    if function.kms_key_arn:
        record["KMSKeyArn"] = _text(function.kms_key_arn)
    if function.tenant_isolation:
        record["TenancyConfig"] = {"TenantIsolationMode": "PER_TENANT"}
    if function.capacity_provider is not None:
        provider = {"CapacityProviderArn": _provider_arn(cloud, function.capacity_provider)}
        record["CapacityProviderConfig"] = {"LambdaManagedInstancesCapacityProviderConfig": provider}
    elif function.in_vpc or service.updates.moves.left(function.id):
        record["VpcConfig"] = _vpc_config(cloud, function)
    return record


def _optimization(version: Version) -> str:
    """Return whether Lambda has a snapshot of a version: never of `$LATEST`."""
    return "On" if version.function.has_snap_start and version.number != LATEST else "Off"


def _runtime(cloud: Cloud, function: Function) -> dict[str, Any]:
    digest = hashlib.sha256(str(function.runtime).encode()).hexdigest()
    arn = aws_arn("lambda", cloud.region_of(function.id), "", f"runtime:{digest}")
    own = {"Runtime": _text(function.runtime), "Handler": _text(function.handler)}
    return own | {"RuntimeVersionConfig": {"RuntimeVersionArn": arn}}


def _image(function: Function) -> dict[str, Any]:
    config = function.image_config
    every = {
        "EntryPoint": config.entry_point, "Command": config.command, "WorkingDirectory": config.working_directory,
    }  # fmt: skip
    written = {name: value for name, value in every.items() if value is not None}
    return {"ImageConfigResponse": {"ImageConfig": written}} if written else {}


def changing(record: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration as the answer to the update that changes it: in progress."""
    return record | _IN_PROGRESS


def created(record: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration as the answer to the creation, which is always Pending (lambda §1.4)."""
    code, reason = REASONS[FunctionState.PENDING]
    rest = {name: value for name, value in record.items() if name != "LastUpdateStatus"}
    return rest | {"State": FunctionState.PENDING, "StateReason": reason, "StateReasonCode": code}


def listed(service: FunctionService, version: Version, qualifier: str = "") -> dict[str, Any]:
    """Return a configuration as lists have it: with the qualified ARN if a qualifier is given."""
    whole = configuration(service, version, qualifier)
    return {name: value for name, value in whole.items() if not name.startswith(_NOT_LISTED)}


def _last_update(move: Move) -> dict[str, str]:
    if move.failure is None:
        return _IN_PROGRESS
    return {
        "LastUpdateStatus": "Failed",
        "LastUpdateStatusReason": move.failure.problem.why or move.failure.problem.what,
        "LastUpdateStatusReasonCode": move.failure.reason_code,
    }


def _state(service: FunctionService, function: Function) -> dict[str, str]:
    state = service.state(function.id)
    if state is FunctionState.FAILED:
        problem = service.problems[function.id]
        code = service.reason_codes.get(function.id, "InternalError")
        return {"State": state, "StateReason": problem.why or problem.what, "StateReasonCode": code}
    if state in REASONS:
        code, reason = REASONS[state]
        return {"State": state, "StateReason": reason, "StateReasonCode": code}
    return {"State": state, "LastUpdateStatus": "Successful"}


def _vpc_config(cloud: Cloud, function: Function) -> dict[str, Any]:
    subnet_ids = [] if isinstance(function.subnet_ids, Unknown) else [_text(id_) for id_ in function.subnet_ids]
    groups = function.security_group_ids
    vpcs = (cloud.network.vpc_of(subnet_id) for subnet_id in subnet_ids)
    return {
        "SubnetIds": [cloud.aws_id(name) for name in subnet_ids],
        "SecurityGroupIds": [] if isinstance(groups, Unknown) else [cloud.aws_id(_text(name)) for name in groups],
        "VpcId": next((cloud.aws_id(vpc.id) for vpc in vpcs if vpc is not None), ""),
        "Ipv6AllowedForDualStack": function.ipv6_allowed_for_dual_stack,
    }


def _provider_arn(cloud: Cloud, name: Maybe[str]) -> str:
    provider = known_in(cloud.compute.capacity_providers, name)
    return provider.arn if provider else _text(name)


def _logging(function: Function) -> dict[str, str]:
    logging = function.logging
    levels = {"ApplicationLogLevel": logging.application_log_level, "SystemLogLevel": logging.system_log_level}
    return {"LogFormat": logging.log_format, **(levels if logging.as_json else {}), "LogGroup": function.log_group}


def _text(value: object) -> str:
    return "" if isinstance(value, Unknown) else str(value)
