"""`AWS::Serverless::Function` → the function, its role, its alias, its URL and its event sources."""

from __future__ import annotations

from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.sam import events
from netful.sources.sam.making import Maker, copied, get_att, marked, ref
from netful.sources.sam.policies import make_role, managed

_COPIED = {
    "FunctionName": "FunctionName",
    "Handler": "Handler",
    "Runtime": "Runtime",
    "Description": "Description",
    "MemorySize": "MemorySize",
    "Timeout": "Timeout",
    "Environment": "Environment",
    "VpcConfig": "VpcConfig",
    "Layers": "Layers",
    "Architectures": "Architectures",
    "EphemeralStorage": "EphemeralStorage",
    "ReservedConcurrentExecutions": "ReservedConcurrentExecutions",
    "KmsKeyArn": "KmsKeyArn",
    "FileSystemConfigs": "FileSystemConfigs",
    "ImageConfig": "ImageConfig",
    "PackageType": "PackageType",
    "SnapStart": "SnapStart",
    "LoggingConfig": "LoggingConfig",
    "Tags": "Tags",
    "DeadLetterQueue": "DeadLetterConfig",
    "Role": "Role",
}


def expand(maker: Maker) -> None:
    """Make what SAM makes of a function."""
    written = maker.properties
    properties = copied(written, _COPIED)
    _put_code(written, properties)
    if "Tracing" in written:
        properties.put(
            "TracingConfig", marked({"Mode": written["Tracing"]}, properties), written.lines.get("Tracing", 0)
        )
    policies = events.expand(maker)
    if "Role" not in properties:
        role_id = make_role(maker, "lambda.amazonaws.com", [*_base_policies(written), *policies])
        properties.put("Role", marked(get_att(role_id, "Arn"), properties))
    _make_alias(maker)
    _make_url(maker)
    _make_event_invoke_config(maker)
    maker.become("AWS::Lambda::Function", properties)


def _put_code(written: MarkedMap, properties: MarkedMap) -> None:
    """`InlineCode`, `ImageUri` or `CodeUri`; without any, the code is beside the template."""
    if "InlineCode" in written:
        properties.put(
            "Code", marked({"ZipFile": written["InlineCode"]}, properties), written.lines.get("InlineCode", 0)
        )
    elif "ImageUri" in written or written.get("PackageType") == "Image":
        properties.put("Code", marked({"ImageUri": written.get("ImageUri", "")}, properties))
        properties.put("PackageType", "Image")
    else:
        code = written.get("CodeUri", ".")
        if isinstance(code, MarkedMap) and "Bucket" in code:
            code = copied(code, {"Bucket": "S3Bucket", "Key": "S3Key", "Version": "S3ObjectVersion"})
        properties.put("Code", code, written.lines.get("CodeUri", 0))


def _base_policies(written: MarkedMap) -> list[Any]:
    policies = [managed("service-role/AWSLambdaBasicExecutionRole")]
    if "VpcConfig" in written:
        policies.append(managed("service-role/AWSLambdaVPCAccessExecutionRole"))
    if written.get("Tracing") == "Active":
        policies.append(managed("AWSXRayDaemonWriteAccess"))
    return policies


def _make_alias(maker: Maker) -> None:
    name = maker.properties.get("AutoPublishAlias")
    if name is None:
        return
    version_id = maker.id + "Version"
    alias_id = maker.alias_id
    maker.make(version_id, "AWS::Lambda::Version", {"FunctionName": ref(maker.id)})
    version = get_att(version_id, "Version")
    maker.make(
        alias_id, "AWS::Lambda::Alias", {"Name": name, "FunctionName": ref(maker.id), "FunctionVersion": version}
    )
    maker.alias("Version", version_id)
    maker.alias("Alias", alias_id)


def _make_event_invoke_config(maker: Maker) -> None:
    """How asynchronous invocations are retried, of the alias where there is one."""
    config = maker.properties.get("EventInvokeConfig")
    if not isinstance(config, MarkedMap):
        return
    properties = copied(config, ("MaximumEventAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig"))
    properties.put("FunctionName", marked(ref(maker.id), config))
    properties.put("Qualifier", maker.properties.get("AutoPublishAlias", "$LATEST"))
    maker.make(maker.id + "EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", properties, config)


def _make_url(maker: Maker) -> None:
    """The function's URL, its alias' where there is one, and that everybody may call it."""
    config = maker.properties.get("FunctionUrlConfig")
    if not isinstance(config, MarkedMap):
        return
    properties = copied(config, ("AuthType", "Cors", "InvokeMode"))
    target = maker.alias_id if "AutoPublishAlias" in maker.properties else maker.id
    properties.put("TargetFunctionArn", marked(ref(target), config))
    maker.make(maker.id + "Url", "AWS::Lambda::Url", properties, config)
    if config.get("AuthType") == "NONE":
        permission = {
            "Action": "lambda:InvokeFunctionUrl",
            "FunctionName": ref(maker.id),
            "Principal": "*",
            "FunctionUrlAuthType": "NONE",
        }
        maker.make(maker.id + "UrlPublicPermissions", "AWS::Lambda::Permission", permission, config)
        invoke = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": ref(maker.id),
            "Principal": "*",
            "InvokedViaFunctionUrl": True,
        }
        maker.make(maker.id + "URLInvokeAllowPublicAccess", "AWS::Lambda::Permission", invoke, config)
