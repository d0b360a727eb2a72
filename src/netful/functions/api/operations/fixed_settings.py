"""What the Lambda API tells of settings that are the same for every function here: deployment tools read them."""

from __future__ import annotations

from collections.abc import Mapping

from netful.functions.api.protocol.context import ONE, Context, Route
from netful.functions.api.protocol.message import Call, Reply, document
from netful.functions.api.protocol.names import function_arn


async def get_runtime_management_config(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """GetRuntimeManagementConfig: a runtime is what this machine has."""
    one = context.named(call, part)
    context.version(one)
    arn = function_arn(context.service().cloud, one.function.function_name, one.qualifier)
    return document(200, {"UpdateRuntimeOn": "Auto", "FunctionArn": arn})


async def get_recursion_config(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """GetFunctionRecursionConfig: what Lambda does by default; loops are not looked for."""
    context.named(call, part)
    return document(200, {"RecursiveLoop": "Terminate"})


async def get_code_signing_config(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """GetFunctionCodeSigningConfig: there is none."""
    return document(200, {"FunctionName": context.named(call, part).function.function_name})


async def list_code_signing_configs(_context: Context, _call: Call, _part: Mapping[str, str]) -> Reply:
    """ListCodeSigningConfigs."""
    return document(200, {"CodeSigningConfigs": []})


ROUTES: tuple[Route, ...] = (
    ("GET", ONE + "/runtime-management-config", get_runtime_management_config),
    ("GET", ONE + "/recursion-config", get_recursion_config),
    ("GET", ONE + "/code-signing-config", get_code_signing_config),
    ("GET", r"/2020-04-22/code-signing-configs/?", list_code_signing_configs),
)
