"""A function's configuration as the Lambda API tells it (lambda §1.4, §1.5, §5.2)."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from netful.functions.api.names import LATEST, Named, function_arn
from netful.functions.service import FunctionService
from netful.model.cloud import Cloud
from netful.model.function import Function
from netful.model.unknown import Unknown

# What ListFunctions leaves out of a configuration.
_NOT_LISTED = ("State", "StateReason", "StateReasonCode", "LastUpdateStatus", "RuntimeVersionConfig")


@dataclass(frozen=True, slots=True)
class Revision:
    """When a function was changed last."""

    at: datetime

    @classmethod
    def now(cls) -> Revision:
        """A change of this moment."""
        return cls(datetime.now(UTC))

    @property
    def last_modified(self) -> str:
        """As the API writes it: milliseconds, and +0000."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.at.microsecond // 1000:03}+0000"

    def id_of(self, function: Function) -> str:
        """The RevisionId: another one after each change."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{function.id} {self.at.isoformat()}"))


def configuration(cloud: Cloud, service: FunctionService, one: Named, revision: Revision) -> dict[str, Any]:
    """The whole configuration."""
    function = one.function
    digest = hashlib.sha256(str(function.code.local_path or function.code.inline).encode()).digest()
    runtime_arn = f"arn:aws:lambda:{cloud.region}::runtime:{hashlib.sha256(str(function.runtime).encode()).hexdigest()}"
    told: dict[str, Any] = {
        "FunctionName": function.function_name,
        "FunctionArn": function_arn(cloud, function.function_name, one.qualifier if one.explicit else ""),
        "Runtime": _text(function.runtime),
        "Role": _role_arn(cloud, function),
        "Handler": _text(function.handler),
        "CodeSize": service.code_size(function.id),
        "Description": "",
        "Timeout": function.timeout,
        "MemorySize": function.memory_size,
        "LastModified": revision.last_modified,
        "CodeSha256": base64.b64encode(digest).decode(),
        "Version": one.version,
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": revision.id_of(function),
        "PackageType": function.package_type,
        "Architectures": [*function.architectures],
        "EphemeralStorage": {"Size": function.ephemeral_storage},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "RuntimeVersionConfig": {"RuntimeVersionArn": runtime_arn},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"},
        **_state(service, function),
    }
    if function.environment:
        told["Environment"] = {"Variables": {name: _text(value) for name, value in function.environment.items()}}
    if function.in_vpc:
        told["VpcConfig"] = _vpc_config(cloud, function)
    return told


def listed(cloud: Cloud, service: FunctionService, function: Function, revision: Revision) -> dict[str, Any]:
    """A configuration as ListFunctions tells it."""
    whole = configuration(cloud, service, Named(function, LATEST), revision)
    return {name: value for name, value in whole.items() if name not in _NOT_LISTED}


def _state(service: FunctionService, function: Function) -> dict[str, str]:
    problem = service.problems.get(function.id)
    if problem is None:
        return {"State": "Active", "LastUpdateStatus": "Successful"}
    code = service.reason_codes.get(function.id, "InternalError")
    return {"State": "Failed", "StateReason": problem.why or problem.what, "StateReasonCode": code}


def _vpc_config(cloud: Cloud, function: Function) -> dict[str, Any]:
    subnet_ids = [] if isinstance(function.subnet_ids, Unknown) else [_text(id_) for id_ in function.subnet_ids]
    groups = function.security_group_ids
    vpcs = (cloud.vpc_of(subnet_id) for subnet_id in subnet_ids)
    return {
        "SubnetIds": subnet_ids,
        "SecurityGroupIds": [] if isinstance(groups, Unknown) else [_text(id_) for id_ in groups],
        "VpcId": next((vpc.id for vpc in vpcs if vpc is not None), ""),
        "Ipv6AllowedForDualStack": function.ipv6_allowed_for_dual_stack,
    }


def _role_arn(cloud: Cloud, function: Function) -> str:
    role = _text(function.role) if function.role is not None else function.id
    return role if role.startswith("arn:") else f"arn:aws:iam::{cloud.account_id}:role/{role}"


def _text(value: object) -> str:
    return "" if isinstance(value, Unknown) else str(value)
