"""Settings of loops and of runtimes, which deployment tools read and write."""

from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.code.versions import LATEST
from netful.model.functions.function import RuntimeManagement


async def _get_runtime_management_config(call: Call) -> Reply:
    """GetRuntimeManagementConfig, of `$LATEST` or a published version."""
    version = call.version()
    function = call.function if version.number == LATEST else version.function
    return _management(call, function.runtime_management)


async def _put_runtime_management_config(call: Call) -> Reply:
    """PutRuntimeManagementConfig: a runtime stays the one on this machine."""
    version, arn = call.version(), call.request.get("RuntimeVersionArn", "")
    chosen = RuntimeManagement(call.request["UpdateRuntimeOn"], arn)
    if (chosen.update_runtime_on == "Manual") != bool(arn):
        raise invalid_parameter("RuntimeVersionArn is required for the runtime update mode Manual, and for no other.")
    await call.service.updates.manage_runtime(version, chosen)
    return _management(call, chosen)


def _management(call: Call, config: RuntimeManagement) -> Reply:
    arn = {"RuntimeVersionArn": config.runtime_version_arn} if config.runtime_version_arn else {}
    found = {"UpdateRuntimeOn": config.update_runtime_on, "FunctionArn": call.arn(call.qualifier)}
    return document(200, {**found, **arn})


async def _get_recursion_config(call: Call) -> Reply:
    """GetFunctionRecursionConfig."""
    call.version()
    return document(200, {"RecursiveLoop": call.function.recursive_loop})


async def _put_recursion_config(call: Call) -> Reply:
    chosen = call.request["RecursiveLoop"]
    await call.service.updates.set_recursive_loop(call.function.id, chosen)
    return document(200, {"RecursiveLoop": chosen})


async def _get_code_signing_config(call: Call) -> Reply:
    """GetFunctionCodeSigningConfig: a function here has no such configuration."""
    return document(200, {"FunctionName": call.function.function_name})


async def _list_code_signing_configs(_call: Call) -> Reply:
    return document(200, {"CodeSigningConfigs": []})


OPERATIONS: dict[str, Operation] = {
    "GetRuntimeManagementConfig": _get_runtime_management_config,
    "PutRuntimeManagementConfig": _put_runtime_management_config,
    "GetFunctionRecursionConfig": _get_recursion_config,
    "PutFunctionRecursionConfig": _put_recursion_config,
    "GetFunctionCodeSigningConfig": _get_code_signing_config,
    "ListCodeSigningConfigs": _list_code_signing_configs,
}
