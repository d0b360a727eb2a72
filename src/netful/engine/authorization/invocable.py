"""Functions that Lambda does not invoke as asked: with tenant isolation and without a tenant, durable and unqualified (newer-aws §8.3, §8.4)."""

from netful.engine.flows.codes import Code
from netful.model.apis.integration import Integration
from netful.model.functions.function import Function

_TENANT = "integration.request.header.x-amz-tenant-id"

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
    return None


def names_tenant(integration: Integration) -> bool:
    """Return whether the mapping of an integration has the header with the tenant; those of HTTP APIs cannot."""
    return any(name.lower() == _TENANT for name in integration.request_parameters)
