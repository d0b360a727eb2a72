"""Settings that are the same for every function here; deployment tools read them."""

from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document


async def _get_runtime_management_config(call: Call) -> Reply:
    """GetRuntimeManagementConfig: a runtime is the one on this machine."""
    call.version()
    arn = call.arn(call.qualifier)
    return document(200, {"UpdateRuntimeOn": "Auto", "FunctionArn": arn})


async def _get_recursion_config(call: Call) -> Reply:
    """GetFunctionRecursionConfig: Lambda's default; loops are not detected."""
    call.version()
    return document(200, {"RecursiveLoop": "Terminate"})


async def _get_code_signing_config(call: Call) -> Reply:
    """GetFunctionCodeSigningConfig: a function here has no such configuration."""
    return document(200, {"FunctionName": call.function.function_name})


async def _list_code_signing_configs(_call: Call) -> Reply:
    return document(200, {"CodeSigningConfigs": []})


OPERATIONS: dict[str, Operation] = {
    "GetRuntimeManagementConfig": _get_runtime_management_config,
    "GetFunctionRecursionConfig": _get_recursion_config,
    "GetFunctionCodeSigningConfig": _get_code_signing_config,
    "ListCodeSigningConfigs": _list_code_signing_configs,
}
