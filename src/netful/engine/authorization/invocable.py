"""Functions that Lambda does not invoke as asked.

| function | refused |
|---|---|
| with tenant isolation | without a tenant (newer-aws §8.3) |
| durable | without a version or an alias (newer-aws §8.4) |
| with a reserved concurrency of 0 | always: it is throttled (lambda §4.3), but for events, which Lambda accepts and drops (§4.4) |
"""

from netful.engine.flows.codes import Code
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.functions.function import Function

_RESERVED = "ReservedConcurrentExecutions"
_TENANT = "integration.request.header.x-amz-tenant-id"
_TYPE = "integration.request.header.x-amz-invocation-type"

Refusal = tuple[str, Code]
"""A rule, and its code."""


def invocation_refusal(function: Function, qualifier: str, *, tenant: bool) -> Refusal | None:
    """Return why Lambda refuses to invoke a function; `tenant`: the caller names one."""
    if function.tenant_isolation and not tenant:
        rule = f"{function.id} has an environment for each tenant, and the caller names none"
        return rule, Code.NETFUL_FUNCTION_WITHOUT_TENANT
    if function.durable and not qualifier:
        return (
            f"{function.id} is durable: it is invoked by a version or an alias",
            Code.NETFUL_FUNCTION_WITHOUT_QUALIFIER,
        )
    if is_off(function):
        return f"{function.id} has a reserved concurrency of 0", Code.NETFUL_FUNCTION_OFF
    return None


def is_off(function: Function) -> bool:
    """Return whether Lambda throttles every invocation of a function."""
    return function.reserved_concurrent_executions == 0


def assumed_on(cloud: Cloud, function: Function) -> tuple[str, ...]:
    """Return the assumption about a function whose reserved concurrency is not known: it may be 0."""
    resource = cloud.template.resources.get(function.id)
    written = resource.properties.get(_RESERVED) if resource is not None else None
    unknown = isinstance(written, Unknown) and function.reserved_concurrent_executions is None
    return (f"{function.id} is not turned off: its `{_RESERVED}` is not known",) if unknown else ()


def names_tenant(integration: Integration) -> bool:
    """Return whether the mapping of an integration has the header with the tenant; those of HTTP APIs cannot."""
    return any(name.lower() == _TENANT for name in integration.request_parameters)


def queues_event(integration: Integration) -> bool | None:
    """Return whether the mapping of an integration has Lambda queue the event (api-gateway §5.8); None if a request may decide."""
    own = integration.request_parameters.items() if integration.type == "AWS" else ()
    value = next((value for name, value in own if name.lower() == _TYPE), "''")
    return value == "'Event'" if isinstance(value, str) and value.startswith("'") else None
