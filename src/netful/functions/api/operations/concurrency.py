"""Reserved and provisioned concurrency (lambda §4.1); error texts are AWS's, including their spaces."""

from typing import Any

from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.code.versions import LATEST
from netful.functions.environments.provisioning import Provisioned
from netful.functions.environments.scaling import MINIMUM_UNRESERVED
from netful.functions.invocations.invocation import InvokeRefused


async def _put_function_concurrency(call: Call) -> Reply:
    number = call.request["ReservedConcurrentExecutions"]
    service, function = call.service, call.function
    provisioned = service.scaling.provisioned(function.id)
    if number < provisioned:
        raise invalid_parameter(
            f" ReservedConcurrentExecutions  {number} should not be lower than function's total provisioned "
            f"concurrency [{provisioned}]."
        )
    left = service.scaling.unreserved + (function.reserved_concurrent_executions or 0) - number
    if left < MINIMUM_UNRESERVED:
        raise invalid_parameter(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{MINIMUM_UNRESERVED}]."
        )
    await service.updates.reserve(function.id, number)
    return document(200, {"ReservedConcurrentExecutions": number})


async def _get_function_concurrency(call: Call) -> Reply:
    reserved = call.function.reserved_concurrent_executions
    return document(200, {} if reserved is None else {"ReservedConcurrentExecutions": reserved})


async def _delete_function_concurrency(call: Call) -> Reply:
    await call.service.updates.reserve(call.function.id, None)
    return Reply(204)


async def _put_provisioned(call: Call) -> Reply:
    """PutProvisionedConcurrencyConfig: the environments start after the answer."""
    number = call.request["ProvisionedConcurrentExecutions"]
    service, function = call.service, call.function
    if call.qualifier in {"", LATEST}:
        raise invalid_parameter("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    if call.version().function.tenant_isolation:
        raise invalid_parameter(
            "Provisioned concurrency is not supported for functions enabled with tenancy configuration."
        )
    before = service.provisioning.of(function.id, call.qualifier)
    total = service.scaling.provisioned(function.id) - (before.requested if before else 0) + number
    reserved = function.reserved_concurrent_executions
    if reserved is not None and total > reserved:
        raise invalid_parameter(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
        )
    spare = service.scaling.unreserved - MINIMUM_UNRESERVED
    if reserved is None and total > spare:
        raise invalid_parameter(
            f"Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{spare}]."
        )
    made = await service.updates.provision(function.id, call.qualifier, number)
    return document(202, _record(made))


async def _get_provisioned(call: Call) -> Reply:
    config = call.service.provisioning.of(call.function.id, call.qualifier)
    if config is None:
        message = "No Provisioned Concurrency Config found for this function"
        raise InvokeRefused(404, "ProvisionedConcurrencyConfigNotFoundException", message)
    return document(200, _record(config))


async def _list_provisioned(call: Call) -> Reply:
    found = call.service.provisioning.all_of(call.function.id)
    record = [{"FunctionArn": call.arn(qualifier), **_record(config)} for qualifier, config in found.items()]
    return document(200, {"ProvisionedConcurrencyConfigs": record})


async def _delete_provisioned(call: Call) -> Reply:
    await call.service.updates.stop_provisioning(call.function.id, call.qualifier)
    return Reply(204)


def _record(config: Provisioned) -> dict[str, Any]:
    record: dict[str, Any] = {
        "RequestedProvisionedConcurrentExecutions": config.requested,
        "AvailableProvisionedConcurrentExecutions": config.available,
        "AllocatedProvisionedConcurrentExecutions": config.available,
        "Status": config.status,
        "LastModified": config.revision.last_modified,
    }
    return record | ({"StatusReason": config.reason} if config.reason else {})


OPERATIONS: dict[str, Operation] = {
    "PutFunctionConcurrency": _put_function_concurrency,
    "GetFunctionConcurrency": _get_function_concurrency,
    "DeleteFunctionConcurrency": _delete_function_concurrency,
    "PutProvisionedConcurrencyConfig": _put_provisioned,
    "GetProvisionedConcurrencyConfig": _get_provisioned,
    "ListProvisionedConcurrencyConfigs": _list_provisioned,
    "DeleteProvisionedConcurrencyConfig": _delete_provisioned,
}
