"""Settings that are the same for every function here; deployment tools read them."""

from netful.functions.api.protocol.context import Context, Operation, Request
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import function_arn


async def get_runtime_management_config(context: Context, request: Request) -> Reply:
    """GetRuntimeManagementConfig: a runtime is the one on this machine."""
    one = context.named(request)
    context.version(one)
    arn = function_arn(context.service().cloud, one.function.function_name, one.qualifier)
    return document(200, {"UpdateRuntimeOn": "Auto", "FunctionArn": arn})


async def get_recursion_config(context: Context, request: Request) -> Reply:
    """GetFunctionRecursionConfig: Lambda's default; loops are not detected."""
    context.named(request)
    return document(200, {"RecursiveLoop": "Terminate"})


async def get_code_signing_config(context: Context, request: Request) -> Reply:
    """GetFunctionCodeSigningConfig: a function here has no such configuration."""
    return document(200, {"FunctionName": context.named(request).function.function_name})


async def list_code_signing_configs(_context: Context, _request: Request) -> Reply:
    """ListCodeSigningConfigs."""
    return document(200, {"CodeSigningConfigs": []})


OPERATIONS: dict[str, Operation] = {
    "GetRuntimeManagementConfig": get_runtime_management_config,
    "GetFunctionRecursionConfig": get_recursion_config,
    "GetFunctionCodeSigningConfig": get_code_signing_config,
    "ListCodeSigningConfigs": list_code_signing_configs,
}
