"""NF755: an API asks for credentials in preflights, which browsers send without (api-gateway §5.12, §5.20).

Before a request to another origin, a browser asks with OPTIONS. This preflight has no `Authorization`, no signature and
no API key. If the method OPTIONS requires one, it gets a 401 or a 403, and the browser does not send the request: its
console shows an error of CORS.

Instead: Set `AuthorizationType: NONE` and no `ApiKeyRequired` for OPTIONS. In SAM, set
`AddDefaultAuthorizerToCorsPreflight: false` in `Auth`.
"""

from netful.checks.facts.apis import routes
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.apis.api import Api, ApiRoute, Authorization, Protocol
from netful.model.core import known_in

_ALLOWS = "method.response.header.access-control-allow-"
_SIGNS = {Authorization.AWS_IAM: "a signature of IAM", Authorization.COGNITO_USER_POOLS: "a token of Cognito"}
"""Credentials that a request needs, by authorization. A Lambda authorizer of the type REQUEST may admit preflights."""


@Rule.of("preflight needs credentials", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for api, route in routes(facts.cloud):
        wanted = _wanted(api, route) if api.protocol is Protocol.REST and _answers_preflights(route) else ""
        if wanted:
            message = f"`OPTIONS {route.path}` of `{api.id}` requires {wanted}, which no preflight has"
            yield Problem(
                api.id,
                route.origin,
                message,
                "require nothing for OPTIONS",
                Certainty.LIKELY,
                cause=wanted,
            )


def _answers_preflights(route: ApiRoute) -> bool:
    responses = route.integration.responses if route.integration and route.http_method == "OPTIONS" else ()
    return any(name.lower().startswith(_ALLOWS) for one in responses for name in one.response_parameters)


def _wanted(api: Api, route: ApiRoute) -> str:
    """Return what a request of a route needs that no preflight has; "" if nothing is known to be."""
    if route.api_key_required:
        return "an API key"
    kind = route.authorization_type
    if kind == Authorization.CUSTOM:
        authorizer = known_in(api.authorizers, route.authorizer_id)
        return "a token for its authorizer" if authorizer and authorizer.type == "TOKEN" else ""
    return _SIGNS.get(kind, "") if isinstance(kind, Authorization) else ""
