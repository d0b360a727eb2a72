"""NF303: the name in a call of a private API does not fit the path to it (api-gateway §2.2).

`{api}.execute-api…` leads to a private API only if an endpoint has private DNS. Without it, two names work:
`{api}-{vpce}.execute-api…`, if the API is associated with the endpoint, or the endpoint's own name with `Host` or
`x-apigw-api-id`. Any other name returns 403 or does not lead to the API.

Instead: Turn private DNS on, or use the name of an associated endpoint.
"""

from netful.checks.facts.apis import ApiCall, calls_of
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.names.api_names import associated_host
from netful.model.apis.api import RestApi
from netful.model.cloud import Cloud
from netful.model.functions.function import Function
from netful.model.network.vpc_endpoints import VpcEndpoint

_NAMES_THE_API = ("x-apigw-api-id", "'host'")


@Rule.of("name does not fit the path to a private API", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for function in facts.cloud.compute.functions.values():
        endpoints = [
            e for e in facts.cloud.network.endpoints_of(facts.vpc_of(function) or "") if e.service == "execute-api"
        ]
        for call in calls_of(facts, function):
            if isinstance(call.api, RestApi) and call.api.private:
                fault = _fault(facts.cloud, call, call.api, endpoints) if function.in_vpc else _outside(call)
                if fault:
                    message, hint = fault
                    path = facts.path(function.id, call.use.destination)
                    text = f"`{function.id}` calls `{call.api.id}` as `{call.host}`, {message} ({call.use.evidence})"
                    yield Problem(function.id, call.use.origin, text, hint, call.use.certainty, path)
        yield from _endpoint_names(facts, function)


def _endpoint_names(facts: Facts, function: Function) -> Problems:
    """Find calls by the endpoint's own name in code that does not name the API."""
    handler = facts.handlers.get(function.id)
    if handler is None or any(word in handler.dump.lower() for word in _NAMES_THE_API):
        return
    for use in facts.uses[function.id]:
        if ".execute-api." in use.destination and ".vpce.amazonaws.com" in use.destination:
            message = (
                f"`{function.id}` calls the endpoint by its own name, and no header names the API: 403 ({use.evidence})"
            )
            hint = "send `x-apigw-api-id`, or `Host` with the API's execute-api name"
            yield Problem(function.id, use.origin, message, hint, Certainty.LIKELY)


def _outside(call: ApiCall) -> tuple[str, str]:
    return (
        f"but is not in a VPC, and `{call.host}` is private",
        "give the function a VpcConfig in a VPC with an execute-api endpoint",
    )


def _fault(cloud: Cloud, call: ApiCall, api: RestApi, endpoints: list[VpcEndpoint]) -> tuple[str, str] | None:
    """Return the fault of the name, and the fix."""
    if call.endpoint_id:
        if call.endpoint_id in api.vpc_endpoint_ids:
            return None
        return "but the API is not associated with that endpoint", f"add `{call.endpoint_id}` to its `VpcEndpointIds`"
    if not endpoints:
        return "but its VPC has no execute-api endpoint", "add an interface endpoint for `execute-api`"
    if any(endpoint.private_dns_enabled for endpoint in endpoints):
        return None
    name = associated_host(cloud, api, endpoints[0].id)
    by_header = f"by the endpoint's own name with `x-apigw-api-id: {cloud.aws_id(api.id)}`"
    hint = f"call it as `{name}` after associating the endpoint, or {by_header}"
    return f"a name that does not lead to it while `{endpoints[0].id}` has private DNS off", hint
