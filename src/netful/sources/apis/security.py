"""Authorization of an operation of an OpenAPI body: `security`, its schemes, and API Gateway's extensions (§5.12).

| a scheme | means |
|---|---|
| `x-amazon-apigateway-authtype: awsSigv4` | AWS_IAM |
| `x-amazon-apigateway-authorizer` of type token or request | a Lambda authorizer: CUSTOM |
| … of type cognito_user_pools, jwt | COGNITO_USER_POOLS, JWT |
| `type: apiKey`, in the header `x-api-key` | the API key is required |
| any other | nothing that API Gateway enforces |
"""

from collections.abc import Iterator, Mapping

from msgspec import field

from netful.model.apis.api import Authorization, Authorizer
from netful.model.core import Frozen, Maybe, Unknown
from netful.sources.files.marked import MarkedMap
from netful.sources.template.reading import Reader, known_or

BY_TYPE = {
    "TOKEN": Authorization.CUSTOM,
    "REQUEST": Authorization.CUSTOM,
    "COGNITO_USER_POOLS": Authorization.COGNITO_USER_POOLS,
    "JWT": Authorization.JWT,
}
"""The authorization of a method, by the type of its authorizer."""

_EXTENSION = "x-amazon-apigateway-authorizer"
_SOURCES = {"HEADER": "method.request.header.", "QUERY": "method.request.querystring."}


class Schemes(Frozen, dict=True):
    """The security schemes of a body by name: authorizers, and the names of the schemes for IAM and for the API key."""

    authorizers: Mapping[str, Authorizer]
    iam: frozenset[str]
    api_key: frozenset[str]


class Secured(Frozen, dict=True):
    """The authorization that an operation requires."""

    authorization_type: Maybe[Authorization] = Authorization.NONE
    authorizer_id: str | None = None
    scopes: tuple[Maybe[str], ...] = ()
    api_key_required: bool = field(default=False)


def schemes(body: Reader) -> Schemes:
    """Return the schemes of a Swagger 2 or OpenAPI 3 body."""
    authorizers: dict[str, Authorizer] = {}
    iam, api_key = set(), set()
    for name, scheme in _written(body):
        if isinstance(scheme.get(_EXTENSION), MarkedMap):
            authorizers[name] = _authorizer(name, scheme, scheme.part(_EXTENSION))
        elif str(scheme.get("x-amazon-apigateway-authtype")).lower() == "awssigv4":
            iam.add(name)
        elif scheme.get("type") == "apiKey" and str(scheme.get("name")).lower() == "x-api-key":
            api_key.add(name)
    return Schemes(authorizers, frozenset(iam), frozenset(api_key))


def _written(body: Reader) -> Iterator[tuple[str, Reader]]:
    for holder in (body.part("securityDefinitions"), body.part("components").part("securitySchemes")):
        for name, scheme in holder.properties.items():
            if isinstance(scheme, MarkedMap):
                yield name, holder.part(name)


def _authorizer(name: str, scheme: Reader, written: Reader) -> Authorizer:
    kind = written.text("type")
    ttl = written.number("authorizerResultTtlInSeconds")
    format_ = written.text("authorizerPayloadFormatVersion")  # only an authorizer of an HTTP API has one (§6.5)
    jwt = written.part("jwtConfiguration")
    return Authorizer(
        id=name,
        name=name,
        type=kind if isinstance(kind, Unknown) else (kind or "TOKEN").upper(),
        authorizer_uri=written.text("authorizerUri"),
        identity_source=written.known_texts("identitySource") or _source(scheme, kind),
        identity_validation_expression=written.text("identityValidationExpression"),
        authorizer_result_ttl_in_seconds=ttl if ttl is not None else 300 if format_ is None else 0,
        provider_arns=written.known_texts("providerARNs"),
        issuer=jwt.text("issuer"),
        audience=jwt.known_literals("audience"),
        payload_format_version=format_,
        enable_simple_responses=written.flag("enableSimpleResponses", default=False),
        credentials=written.text("authorizerCredentials"),
        origin=written.origin,
    )


def _source(scheme: Reader, kind: Maybe[str] | None) -> tuple[Maybe[str], ...]:
    """Return the parameter that the scheme itself names; a request authorizer names its own."""
    prefix = _SOURCES.get(known_or(scheme.text("in"), "").upper())
    name = known_or(scheme.text("name"), "")
    return (prefix + name,) if prefix and name and kind != "request" else ()


def secured(operation: Reader, body: Reader, found: Schemes) -> Secured:
    """Return the authorization of an operation, by its own `security` or the body's."""
    own = operation.get("x-amazon-apigateway-auth")
    if isinstance(own, MarkedMap) and str(own.get("type")).upper() in Authorization.__members__:
        return Secured(Authorization[str(own["type"]).upper()])
    holder = operation if operation.has("security") else body
    asked = _asked(holder)
    name = next((n for n in asked if n in found.authorizers), None)
    keyed = any(n in found.api_key for n in asked)
    if name is not None:
        kind = found.authorizers[name].type
        means = kind if isinstance(kind, Unknown) else BY_TYPE.get(kind, Authorization.CUSTOM)
        return Secured(means, name, asked[name], keyed)
    iam = any(n in found.iam for n in asked)
    return Secured(Authorization.AWS_IAM if iam else Authorization.NONE, api_key_required=keyed)


def _asked(holder: Reader) -> dict[str, tuple[Maybe[str], ...]]:
    return {
        name: requirement.known_texts(name)
        for requirement in (holder.parts("security") if holder.has("security") else ())
        for name in requirement.properties
    }
