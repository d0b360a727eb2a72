"""NF754: an integration fails for every request by its definition (api-gateway §5.1, §5.3).

API Gateway invokes functions by POST, whatever the method of the request is. With another `IntegrationHttpMethod`, with
a variable of the URI that nothing fills, or without a response for the answer, every request gets a 500 and nothing is
in the log of the function.

Instead: Set `IntegrationHttpMethod: POST` for functions, map the variables of the URI, and declare the responses.
"""

from netful.checks.facts.apis import routes
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.admission.integration_mappings import fault_of
from netful.engine.flows.codes import Code
from netful.model.apis.api import Protocol
from netful.model.core import Unknown


@Rule.of("integration fails for every request", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for api, route in routes(facts.cloud):
        called = route.integration if api.protocol is Protocol.REST else None
        wrong = fault_of(route, called) if called is not None and not isinstance(called.type, Unknown) else None
        if called is not None and wrong:
            message = f"`{route.http_method} {route.path}` of `{api.id}` fails for every request: {wrong[0]}"
            refused = wrong[1] is Code.NETFUL_API_INVALID_INTEGRATION
            sure, cause = (Certainty.LIKELY, "AWS refuses it") if refused else (Certainty.PROVEN, wrong[0])
            yield Problem(api.id, called.origin, message, wrong[1].hint.format(component=route.id), sure, cause=cause)
