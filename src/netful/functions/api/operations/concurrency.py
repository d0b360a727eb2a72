"""Reserved and provisioned concurrency (lambda §4.1); refusals are AWS's, its spaces included."""

from __future__ import annotations

from typing import Any

from netful.functions.api.protocol.context import Asked, Context, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.code.versions import LATEST
from netful.functions.environments import changes
from netful.functions.environments.provisioning import Provisioned
from netful.functions.environments.scaling import MINIMUM_UNRESERVED
from netful.functions.invocations.invocation import InvokeRefused


async def put_function_concurrency(context: Context, asked: Asked) -> Reply:
    """PutFunctionConcurrency."""
    one, number = context.named(asked), asked["ReservedConcurrentExecutions"]
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
    await changes.reserve(service, function.id, number)
    return document(200, {"ReservedConcurrentExecutions": number})


async def get_function_concurrency(context: Context, asked: Asked) -> Reply:
    """GetFunctionConcurrency."""
    reserved = context.named(asked).function.reserved_concurrent_executions
    return document(200, {} if reserved is None else {"ReservedConcurrentExecutions": reserved})


async def delete_function_concurrency(context: Context, asked: Asked) -> Reply:
    """DeleteFunctionConcurrency."""
    await changes.reserve(context.service(), context.named(asked).function.id, None)
    return Reply(204)


async def put_provisioned(context: Context, asked: Asked) -> Reply:
    """PutProvisionedConcurrencyConfig: the environments start behind the answer."""
    one, number = context.named(asked), asked["ProvisionedConcurrentExecutions"]
    service, function = context.service(), one.function
    if one.qualifier in {"", LATEST}:
        raise invalid_parameter("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    version = context.version(one)
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
    made = service.provisioning.put(one.qualifier, version, number)
    return document(202, _told(made))


async def get_provisioned(context: Context, asked: Asked) -> Reply:
    """GetProvisionedConcurrencyConfig."""
    one = context.named(asked)
    config = context.service().provisioning.of(one.function.id, one.qualifier)
    if config is None:
        message = "No Provisioned Concurrency Config found for this function"
        raise InvokeRefused(404, "ProvisionedConcurrencyConfigNotFoundException", message)
    return document(200, _told(config))


async def list_provisioned(context: Context, asked: Asked) -> Reply:
    """ListProvisionedConcurrencyConfigs."""
    one = context.named(asked)
    found = context.service().provisioning.all_of(one.function.id)
    told = [{"FunctionArn": context.arn(one, qualifier), **_told(config)} for qualifier, config in found.items()]
    return document(200, {"ProvisionedConcurrencyConfigs": told})


async def delete_provisioned(context: Context, asked: Asked) -> Reply:
    """DeleteProvisionedConcurrencyConfig."""
    one = context.named(asked)
    await context.service().provisioning.delete(one.function.id, one.qualifier)
    return Reply(204)


def _told(config: Provisioned) -> dict[str, Any]:
    told: dict[str, Any] = {
        "RequestedProvisionedConcurrentExecutions": config.requested,
        "AvailableProvisionedConcurrentExecutions": config.available,
        "AllocatedProvisionedConcurrentExecutions": config.available,
        "Status": config.status,
        "LastModified": config.revision.last_modified,
    }
    return told | ({"StatusReason": config.reason} if config.reason else {})


OPERATIONS: dict[str, Operation] = {
    "PutFunctionConcurrency": put_function_concurrency,
    "GetFunctionConcurrency": get_function_concurrency,
    "DeleteFunctionConcurrency": delete_function_concurrency,
    "PutProvisionedConcurrencyConfig": put_provisioned,
    "GetProvisionedConcurrencyConfig": get_provisioned,
    "ListProvisionedConcurrencyConfigs": list_provisioned,
    "DeleteProvisionedConcurrencyConfig": delete_provisioned,
}
