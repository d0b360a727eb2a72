"""Lambda functions and the parameters they read (spec: lambda §1)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from netful.model.core import Maybe, Origin, Unknown
from netful.model.functions.capacity_providers import CapacityProvider
from netful.model.functions.file_mount import FileMount
from netful.model.functions.function import Code, Function, LoggingConfig, RuntimeManagement, SsmParameter
from netful.model.functions.images import ImageConfig
from netful.sources.files import project_folder, read_files
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader, of_each
from netful.sources.template.reading import Inventory, Reader, either, known_or

_MOUNT_PATH = re.compile(r"(?=.{1,160}$)/mnt/(?!\.\.?$)[a-zA-Z0-9\-_.]+")
_LONGEST_TIMEOUT = 900  # newer texts of AWS's have up to 5,400 (newer-aws §8.2)


def functions(inventory: Inventory, capacity_providers: Mapping[str, CapacityProvider]) -> dict[str, Function]:
    """Return the functions, inside a VPC or not; those on managed instances with the network of their capacity provider."""
    found = {}
    for reader in inventory.of("AWS::Lambda::Function"):
        managed = reader.part("CapacityProviderConfig").part("LambdaManagedInstancesCapacityProviderConfig")
        provider = managed.text("CapacityProviderArn")
        found[reader.id] = _on_provider(_function(reader), provider, capacity_providers)
    return found


def _on_provider(function: Function, arn: Maybe[str] | None, providers: Mapping[str, CapacityProvider]) -> Function:
    """Return a function with the capacity provider that has an ARN, and its network."""
    if arn is None:
        return function
    provider = next((one for one in providers.values() if arn in (one.arn, one.id)), None)
    if provider is None:
        why = arn if isinstance(arn, Unknown) else Unknown(f"capacity provider `{arn}` was not loaded", (arn,))
        return replace(function, capacity_provider=arn, subnet_ids=why, security_group_ids=why)
    return replace(
        function,
        capacity_provider=provider.id,
        subnet_ids=provider.subnet_ids,
        security_group_ids=provider.security_group_ids,
    )


def _function(reader: Reader) -> Function:
    vpc_config = reader.part("VpcConfig")
    unknown_config = reader.get("VpcConfig")
    subnets = unknown_config if isinstance(unknown_config, Unknown) else vpc_config.texts("SubnetIds")
    groups = unknown_config if isinstance(unknown_config, Unknown) else vpc_config.texts("SecurityGroupIds")
    reserved = reader.number("ReservedConcurrentExecutions")
    timeout = reader.count("Timeout", 3)
    if timeout > _LONGEST_TIMEOUT:
        reader.warn(
            "Timeout",
            f"`Timeout` of `{reader.id}` is {timeout}: not every text of AWS's allows more than {_LONGEST_TIMEOUT}",
        )
    return Function(
        id=reader.id,
        function_name=known_or(reader.text("FunctionName"), reader.id),
        code=_code(reader),
        handler=either(reader.text("Handler"), ""),
        runtime=either(reader.text("Runtime"), ""),
        timeout=timeout,
        memory_size=reader.count("MemorySize", 128),
        environment=_environment(reader.part("Environment").part("Variables")),
        subnet_ids=subnets,
        security_group_ids=groups,
        role=reader.text("Role"),
        layers=reader.known_texts("Layers"),
        architectures=tuple(a for a in reader.known_texts("Architectures") if isinstance(a, str)) or ("x86_64",),
        package_type=known_or(reader.text("PackageType"), "Zip"),
        reserved_concurrent_executions=reserved if isinstance(reserved, int) else None,
        ephemeral_storage=reader.part("EphemeralStorage").count("Size", 512),
        ipv6_allowed_for_dual_stack=reader.part("VpcConfig").flag("Ipv6AllowedForDualStack", default=False),
        durable=reader.has("DurableConfig"),
        tenant_isolation=reader.part("TenancyConfig").text("TenantIsolationMode") == "PER_TENANT",
        description=known_or(reader.text("Description"), ""),
        tracing_mode=known_or(reader.part("TracingConfig").text("Mode"), "PassThrough"),
        logging=_logging(reader.part("LoggingConfig")),
        tags=_tags(reader.get("Tags")),
        image_uri=either(reader.part("Code").literal("ImageUri"), "") if _is_mapping(reader, "Code") else "",
        file_mounts=tuple(_file_mounts(reader)),
        image_config=_image_config(reader.part("ImageConfig")),
        dead_letter_arn=either(reader.part("DeadLetterConfig").literal("TargetArn"), ""),
        kms_key_arn=either(reader.literal("KmsKeyArn"), ""),
        snap_start=known_or(reader.part("SnapStart").text("ApplyOn"), "None"),
        recursive_loop=known_or(reader.text("RecursiveLoop"), "Terminate"),
        runtime_management=_runtime_management(reader.part("RuntimeManagementConfig")),
        origin=reader.origin,
    )


def _file_mounts(reader: Reader) -> Iterator[FileMount]:
    for part in reader.parts("FileSystemConfigs"):
        path, origin = part.literal("LocalMountPath"), part.origin_of("LocalMountPath")
        if isinstance(path, str) and not _MOUNT_PATH.fullmatch(path):
            why = "it is `/mnt/` with one more part of letters, digits, `-`, `_` and `.`, at most 160 characters"
            fail(f"`{path}` is not a mount path of Lambda", origin, why=why)
        arn = part.literal("Arn")
        if isinstance(path, str) and arn is not None:
            yield FileMount(arn, path, origin=origin)


def _is_mapping(reader: Reader, name: str) -> bool:
    return isinstance(reader.get(name), Mapping)


def _image_config(written: Reader) -> ImageConfig:
    folder = written.text("WorkingDirectory")
    return ImageConfig(
        entry_point=_words(written, "EntryPoint"),
        command=_words(written, "Command"),
        working_directory=folder if isinstance(folder, str) else None,
    )


def _words(written: Reader, name: str) -> tuple[str, ...] | None:
    """Return a list of known texts; None if it is left out or unknown."""
    found = written.literals(name) if written.has(name) else None
    if found is None or isinstance(found, Unknown):
        return None
    return tuple(word for word in found if isinstance(word, str))


def _environment(variables: Reader) -> dict[str, Maybe[str]]:
    values = ((name, variables.literal(name)) for name in variables.properties)
    return {name: value for name, value in values if value is not None}


def _runtime_management(written: Reader) -> RuntimeManagement:
    default = RuntimeManagement()
    return RuntimeManagement(
        known_or(written.text("UpdateRuntimeOn"), default.update_runtime_on),
        known_or(written.text("RuntimeVersionArn"), default.runtime_version_arn),
    )


def _logging(written: Reader) -> LoggingConfig:
    default = LoggingConfig()
    return LoggingConfig(
        log_format=known_or(written.text("LogFormat"), default.log_format),
        application_log_level=known_or(written.text("ApplicationLogLevel"), default.application_log_level),
        system_log_level=known_or(written.text("SystemLogLevel"), default.system_log_level),
        log_group=known_or(written.text("LogGroup"), default.log_group),
    )


def _tags(written: object) -> dict[str, str]:
    """Return tags in CloudFormation's form, a list of keys and values, or in SAM's, an object."""
    if isinstance(written, Mapping):
        return {str(key): str(value) for key, value in written.items() if not isinstance(value, Unknown)}
    pairs = (one for one in written if isinstance(one, Mapping)) if isinstance(written, list | tuple) else ()
    return {str(one["Key"]): str(one.get("Value", "")) for one in pairs if isinstance(one.get("Key"), str)}


def _code(reader: Reader) -> Code:
    """Return the place of the code; a relative path starts at the template that names it."""
    written, origin = reader.get("Code"), reader.origin_of("Code")
    if isinstance(written, str):
        return _local(written, origin.file, reader)
    code = reader.part("Code")
    inline = code.text("ZipFile")
    if isinstance(inline, str):
        return Code(inline=inline, origin=origin)
    packaged = _packaged(code, origin)
    if packaged is not None:
        return packaged
    bucket, key = code.text("S3Bucket"), code.text("S3Key")
    address = f"`s3://{bucket}/{key}`" if isinstance(bucket, str) and isinstance(key, str) else "an object in S3"
    for name, text in (("ImageUri", "a container image"), ("S3Bucket", address)):
        if code.has(name):
            return Code(why=f"the code of `{reader.id}` is {text}, not a local folder", origin=origin)
    why = inline.why if isinstance(inline, Unknown) else f"`{reader.id}` does not define its code"
    return Code(why=why, origin=origin)


def _packaged(code: Reader, origin: Origin) -> Code | None:
    """Return a zip beside the template with the name of the object in S3, where the Serverless Framework puts its uploads."""
    key = code.text("S3Key")
    name = key.rpartition("/")[2] if isinstance(key, str) else ""
    path = Path(origin.file).parent / name
    if not name.endswith(".zip") or not path.is_file():
        return None
    return _found(project_folder.within(origin.file, path, origin), origin)


def _local(written: str, template: str, reader: Reader) -> Code:
    origin = reader.origin_of("Code")
    if "://" in written:
        return Code(why=f"the code of `{reader.id}` is `{written}`, not a local folder", origin=origin)
    path = Path(template).parent / written
    if not path.exists():
        read_files.note(path)
        return Code(why=f"the code of `{reader.id}` should be in `{written}`, which does not exist", origin=origin)
    return _found(project_folder.within(template, path, origin), origin)


def _found(path: Path, origin: Origin) -> Code:
    """Return the code at a path. Functions follow edits in a folder, but not another folder or zip in its place."""
    read_files.note(path)
    status = path.stat()
    made = (status.st_ino,) if path.is_dir() else (status.st_ino, status.st_mtime_ns, status.st_size)
    return Code(local_path=str(path), origin=origin, made=made)


_PARAMETER_SETTINGS = ("AllowedPattern", "DataType", "Tier")


def _ssm_parameter(reader: Reader) -> SsmParameter:
    return SsmParameter(
        id=reader.id,
        name=either(reader.text("Name"), reader.id),
        value=either(reader.literal("Value"), ""),
        type=known_or(reader.text("Type"), "String"),
        description=known_or(reader.text("Description"), ""),
        settings={name: text for name in _PARAMETER_SETTINGS if (text := known_or(reader.text(name), ""))},
        origin=reader.origin,
    )


READERS = (
    PartReader("functions", functions, needs=("capacity_providers",)),
    of_each("ssm_parameters", _ssm_parameter, "AWS::SSM::Parameter"),
)
