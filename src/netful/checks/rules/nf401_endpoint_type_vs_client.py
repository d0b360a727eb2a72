"""NF401: an edge-optimized API whose clients are in the region, or come through the user's own distribution.

A REST API is edge-optimized by default, in SAM too. Its requests enter at a CloudFront location and travel to the
region. This is a detour for clients in the region, and a second CloudFront for clients of your own distribution.

Instead: Choose REGIONAL for clients in the region or behind your own CloudFront, EDGE for clients all over the world.
"""

from netful.checks.facts.apis import calls_of
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.apis.api import ApiEndpointType, RestApi

_HINT = "set `EndpointConfiguration: {Types: [REGIONAL]}` (SAM: `Type: REGIONAL`)"


@Rule.of("edge-optimized API for nearby clients", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for api in facts.cloud.apis.rest_apis.values():
        if api.endpoint_type is ApiEndpointType.EDGE:
            yield _problem(facts, api)


def _problem(facts: Facts, api: RestApi) -> Problem:
    behind = [d for d in facts.cloud.template.of_type("AWS::CloudFront::Distribution") if api.id in d.references]
    callers = [
        f.id for f in facts.cloud.compute.functions.values() for c in calls_of(facts, f) if c.api and c.api.id == api.id
    ]
    if behind:
        message = (
            f"`{api.id}` is edge-optimized behind the distribution `{behind[0].id}`: its requests pass CloudFront twice"
        )
        return Problem.of(api, message, _HINT)
    if callers:
        message = f"`{api.id}` is edge-optimized, but `{callers[0]}` in the same region calls it: its requests pass an edge location"
        return Problem.of(api, message, _HINT)
    message = f"`{api.id}` is edge-optimized, which suits only clients all over the world"
    return Problem.of(api, message, f"otherwise {_HINT}", Certainty.LIKELY, severity=Severity.INFO)
