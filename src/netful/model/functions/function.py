"""Lambda functions and their roles (spec: lambda §1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import field

from netful.model.core import Frozen, Identified, Maybe, Placed, Unknown
from netful.model.functions.file_mount import FileMount
from netful.model.functions.images import OF_IMAGE, Image, ImageConfig


class Code(Placed):
    """The code of a function: a local folder or zip (`local_path`, absolute), inline text, or elsewhere (`why`).

    `made` differs where a zip or a folder was made again in its place.
    """

    local_path: str | None = None
    inline: str | None = None
    why: str = ""
    made: tuple[int, ...] = ()


class LoggingConfig(Frozen):
    """Log settings of a function: text or JSON, with minimum levels for JSON; `log_group` "" is its own group.

    `application_log_level` applies to the function's lines, `system_log_level` to Lambda's.
    """

    log_format: str = "Text"
    application_log_level: str = "INFO"
    system_log_level: str = "INFO"
    log_group: str = ""

    @property
    def as_json(self) -> bool:
        """Return whether the format is JSON."""
        return self.log_format == "JSON"


class RuntimeManagement(Frozen):
    """When Lambda updates a function's runtime, and the version that it keeps where that is by hand."""

    update_runtime_on: str = "Auto"
    runtime_version_arn: str = ""


class Function(Identified):
    """A Lambda function. Outside a VPC `subnet_ids` is empty. `timeout` in seconds, `memory_size` in MB.

    `capacity_provider` is the provider whose instances it runs on; its subnets and groups are then the function's (None: none).
    `tenant_isolation`: each tenant has execution environments of its own.
    `durable`: its executions are durable, and callers name a version, an alias or `$LATEST`.
    `runtime_folder`: the folder with its runtime, "" if this machine or the function itself provides it.
    `kms_key_arn` and `runtime_management` are settings without an effect here. `recursive_loop`: whether a loop is ended (`Terminate`, `Allow`).
    A container image has an `image_uri`; `image` is what this machine has of it, None if nothing was declared.
    """

    function_name: str
    code: Code
    handler: Maybe[str] = ""
    runtime: Maybe[str] = ""
    timeout: int = 3
    memory_size: int = 128
    environment: dict[str, Maybe[str]] = field(default_factory=dict)
    subnet_ids: tuple[Maybe[str], ...] | Unknown = ()
    security_group_ids: tuple[Maybe[str], ...] | Unknown = ()
    capacity_provider: Maybe[str] | None = None
    role: Maybe[str] | None = None
    layers: tuple[Maybe[str], ...] = ()
    architectures: tuple[str, ...] = ("x86_64",)
    package_type: str = "Zip"
    reserved_concurrent_executions: int | None = None
    ephemeral_storage: int = 512
    ipv6_allowed_for_dual_stack: bool = False
    tenant_isolation: bool = False
    durable: bool = False
    description: str = ""
    tracing_mode: str = "PassThrough"
    logging: LoggingConfig = LoggingConfig()
    tags: dict[str, str] = field(default_factory=dict)
    runtime_folder: str = ""
    image_uri: Maybe[str] = ""
    image_config: ImageConfig = OF_IMAGE
    image: Image | None = None
    file_mounts: tuple[FileMount, ...] = ()
    dead_letter_arn: Maybe[str] = ""
    kms_key_arn: Maybe[str] = ""
    snap_start: str = "None"
    recursive_loop: str = "Terminate"
    runtime_management: RuntimeManagement = RuntimeManagement()

    @property
    def log_group(self) -> str:
        """The name of its log group."""
        return self.logging.log_group or f"/aws/lambda/{self.function_name}"

    @property
    def has_snap_start(self) -> bool:
        """Return whether its published versions start from a snapshot."""
        return self.snap_start == "PublishedVersions"

    @property
    def in_vpc(self) -> bool:
        """Return whether the function is in a VPC, by its VpcConfig or its capacity provider (also if the subnets are unknown)."""
        return isinstance(self.subnet_ids, Unknown) or bool(self.subnet_ids)

    def same_place(self, other: Function) -> bool:
        """Return whether both have the same capacity provider or VpcConfig, in any order."""
        return _place(self) == _place(other)


def _place(function: Function) -> tuple[object, ...]:
    subnets, groups = function.subnet_ids, function.security_group_ids
    return (
        subnets if isinstance(subnets, Unknown) else frozenset(subnets),
        groups if isinstance(groups, Unknown) else frozenset(groups),
        function.ipv6_allowed_for_dual_stack,
        function.capacity_provider,
    )


class Role(Identified):
    """An IAM role: its policies' statements, in IAM's own JSON.

    `managed_policy_arns` are the attached managed policies; only some texts of AWS's own are known.
    `assume_role_policy` says who may assume the role, None if the sources do not. `whole`: it has no other policies, so a role
    without any may do nothing. `boundary` is its permissions boundary: the text of a policy, or an ARN. `tags` are None if not known.
    """

    role_name: str
    statements: tuple[Any, ...] = ()
    managed_policy_arns: tuple[Maybe[str], ...] = ()
    path: str = "/"
    assume_role_policy: Maybe[Mapping[str, Any]] | None = None
    whole: bool = False
    boundary: Maybe[Mapping[str, Any] | str] | None = None
    tags: Mapping[str, Maybe[str]] | None = None


class SsmParameter(Identified):
    """A Systems Manager parameter (`AWS::SSM::Parameter`). `settings` are its tier and data type, and the pattern of its value."""

    name: Maybe[str]
    value: Maybe[str]
    type: str = "String"
    description: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
