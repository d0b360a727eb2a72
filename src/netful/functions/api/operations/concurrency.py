"""Reserved and provisioned concurrency (lambda §4.1); error texts are AWS's, including their spaces."""

from typing import Any

from netful.functions.api.protocol.context import Context, Operation, Request
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.code.versions import LATEST
from netful.functions.environments.provisioning import Provisioned
from netful.functions.environments.scaling import MINIMUM_UNRESERVED
from netful.functions.invocations.invocation import InvokeRefused


async def put_function_concurrency(context: Context, request: Request) -> Reply:
    """PutFunctionConcurrency."""
    one, number = context.named(request), request["ReservedConcurrentExecutions"]
    service, function = context.service(), one.function
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


async def get_function_concurrency(context: Context, request: Request) -> Reply:
    """GetFunctionConcurrency."""
    reserved = context.named(request).function.reserved_concurrent_executions
    return document(200, {} if reserved is None else {"ReservedConcurrentExecutions": reserved})


async def delete_function_concurrency(context: Context, request: Request) -> Reply:
    """DeleteFunctionConcurrency."""
    await context.service().updates.reserve(context.named(request).function.id, None)
    return Reply(204)


async def put_provisioned(context: Context, request: Request) -> Reply:
    """PutProvisionedConcurrencyConfig: the environments start after the answer."""
    one, number = context.named(request), request["ProvisionedConcurrentExecutions"]
    service, function = context.service(), one.function
    if one.qualifier in {"", LATEST}:
        raise invalid_parameter("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    if context.version(one).function.tenant_isolation:
        raise invalid_parameter(
            "Provisioned concurrency is not supported for functions enabled with tenancy configuration."
        )
    before = service.provisioning.of(function.id, one.qualifier)
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
    made = await service.updates.provision(function.id, one.qualifier, number)
    return document(202, _record(made))


async def get_provisioned(context: Context, request: Request) -> Reply:
    """GetProvisionedConcurrencyConfig."""
    one = context.named(request)
    config = context.service().provisioning.of(one.function.id, one.qualifier)
    if config is None:
        message = "No Provisioned Concurrency Config found for this function"
        raise InvokeRefused(404, "ProvisionedConcurrencyConfigNotFoundException", message)
    return document(200, _record(config))


async def list_provisioned(context: Context, request: Request) -> Reply:
    """ListProvisionedConcurrencyConfigs."""
    one = context.named(request)
    found = context.service().provisioning.all_of(one.function.id)
    record = [{"FunctionArn": context.arn(one, qualifier), **_record(config)} for qualifier, config in found.items()]
    return document(200, {"ProvisionedConcurrencyConfigs": record})


async def delete_provisioned(context: Context, request: Request) -> Reply:
    """DeleteProvisionedConcurrencyConfig."""
    one = context.named(request)
    await context.service().updates.stop_provisioning(one.function.id, one.qualifier)
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
    "PutFunctionConcurrency": put_function_concurrency,
    "GetFunctionConcurrency": get_function_concurrency,
    "DeleteFunctionConcurrency": delete_function_concurrency,
    "PutProvisionedConcurrencyConfig": put_provisioned,
    "GetProvisionedConcurrencyConfig": get_provisioned,
    "ListProvisionedConcurrencyConfigs": list_provisioned,
    "DeleteProvisionedConcurrencyConfig": delete_provisioned,
}
