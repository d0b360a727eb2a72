"""What `Auth` writes into an API's OpenAPI body: authorizers, keys, the resource policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.sam import resource_policy
from netful.sources.sam.making import METHODS, Maker, copied, identifier, marked, members, serverless_kind, sub

_INVOCATION = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Arn}/invocations"
_IAM = {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"}
_API_KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}

# What SAM's authorizers call the settings of API Gateway's.
_IDENTITY = {"ReauthorizeEvery": "authorizerResultTtlInSeconds", "ValidationExpression": "identityValidationExpression"}
_FUNCTION = {
    "FunctionInvokeRole": "authorizerCredentials",
    "AuthorizerPayloadFormatVersion": "authorizerPayloadFormatVersion",
    "EnableSimpleResponses": "enableSimpleResponses",
}
_SOURCES = {
    "Headers": "{}request.header.",
    "QueryStrings": "{}request.querystring.",
    "StageVariables": "stageVariables.",
    "Context": "context.",
}

EVENT_AUTH = "x-netful-auth"
"""Where an event's own `Auth` waits in its operation until all of the API is known."""


def apply(maker: Maker, body: MarkedMap) -> None:
    """Write the API's `Auth` into its body, and the `Auth` of each event into its operation."""
    auth = maker.properties.get("Auth")
    auth = auth if isinstance(auth, MarkedMap) else MarkedMap(body.file, body.line)
    schemes = _authorizers(auth)
    _permit(maker, auth)
    for method, operation in _operations(body):
        own = operation.pop(EVENT_AUTH, None)
        own = own if isinstance(own, MarkedMap) else None
        _secure(operation, auth, own, method, schemes)
        _refuse_undefined(maker, own, schemes)
    if schemes:
        _put_schemes(body, schemes)
    if isinstance(auth.get("ResourcePolicy"), MarkedMap):
        resource_policy.put(body, auth["ResourcePolicy"], maker.properties.get("StageName", "*"))


def _operations(body: MarkedMap) -> Iterator[tuple[str, MarkedMap]]:
    """Each operation with its method."""
    paths = body.get("paths")
    for item in paths.values() if isinstance(paths, MarkedMap) else ():
        for method, operation in list(item.items()) if isinstance(item, MarkedMap) else ():
            if method.lower() in METHODS and isinstance(operation, MarkedMap):
                yield method.lower(), operation


def _authorizers(auth: MarkedMap) -> dict[str, Any]:
    """The security schemes of `Authorizers`."""
    schemes: dict[str, Any] = {}
    written = auth.get("Authorizers")
    for name, authorizer in written.items() if isinstance(written, MarkedMap) else ():
        if isinstance(authorizer, MarkedMap):
            schemes[name] = _authorizer(authorizer)
    return schemes


def _permit(maker: Maker, auth: MarkedMap) -> None:
    """Let the API invoke its authorizers' functions: a REST API by default, an HTTP API where it is asked to."""
    written = auth.get("Authorizers")
    rest = serverless_kind(maker.resource) == "Api"
    source = sub(
        f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{maker.id}}}/authorizers/*"
    )
    for name, authorizer in written.items() if isinstance(written, MarkedMap) else ():
        if (
            not isinstance(authorizer, MarkedMap)
            or "FunctionArn" not in authorizer
            or "FunctionInvokeRole" in authorizer
        ):
            continue
        asked = authorizer.get("EnableFunctionDefaultPermissions") is True
        if asked or (rest and authorizer.get("DisableFunctionDefaultPermissions") is not True):
            permission = {
                "Action": "lambda:InvokeFunction",
                "FunctionName": authorizer["FunctionArn"],
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": source,
            }
            made = f"{maker.id}{identifier(name)}AuthorizerPermission"
            maker.make(made, "AWS::Lambda::Permission", permission, authorizer)


def _authorizer(written: MarkedMap) -> dict[str, Any]:
    identity = written.get("Identity")
    identity = identity if isinstance(identity, MarkedMap) else MarkedMap(written.file, written.line)
    scheme: dict[str, Any] = {"type": "apiKey", "name": identity.get("Header", "Authorization"), "in": "header"}
    if "UserPoolArn" in written:
        scheme["x-amazon-apigateway-authtype"] = "cognito_user_pools"
        scheme["x-amazon-apigateway-authorizer"] = {
            "type": "cognito_user_pools",
            "providerARNs": members(written["UserPoolArn"]),
            **copied(identity, _IDENTITY),
        }
    elif "FunctionArn" in written:
        scheme["x-amazon-apigateway-authtype"] = "custom"
        scheme["x-amazon-apigateway-authorizer"] = _function_authorizer(written, identity)
    elif "JwtConfiguration" in written:
        scheme = {"type": "oauth2"}
        scheme["x-amazon-apigateway-authorizer"] = {
            "type": "jwt",
            "jwtConfiguration": _lower(written["JwtConfiguration"]),
            "identitySource": written.get("IdentitySource", "$request.header.Authorization"),
        }
    return scheme


def _lower(written: Any) -> Any:
    """SAM takes `Issuer` and `Audience` for `issuer` and `audience`."""
    return {key.lower(): value for key, value in written.items()} if isinstance(written, MarkedMap) else written


def _function_authorizer(written: MarkedMap, identity: MarkedMap) -> dict[str, Any]:
    """A Lambda authorizer. One of an HTTP API names its payload's version, and has no token form."""
    http = "AuthorizerPayloadFormatVersion" in written
    kind = "request" if http else str(written.get("FunctionPayloadType", "TOKEN")).lower()
    sources = [
        f"{'$' if http else ''}{prefix.format('' if http else 'method.')}{name}"
        for key, prefix in _SOURCES.items()
        for name in members(identity.get(key))
    ]
    return {
        "type": kind,
        "authorizerUri": {"Fn::Sub": [_INVOCATION, {"Arn": written["FunctionArn"]}]},
        **({"identitySource": ", ".join(sources)} if sources and kind == "request" else {}),
        **copied(identity, _IDENTITY),
        **{key: value for key, value in copied(written, _FUNCTION).items() if value != "NONE"},
    }


def _secure(operation: MarkedMap, auth: MarkedMap, own: MarkedMap | None, method: str, schemes: dict[str, Any]) -> None:
    """Put the authorizer and the key that hold for an operation into its `security`, beside what is written there."""
    own = own if own is not None else MarkedMap(operation.file, operation.line)
    written = [one for one in members(operation.get("security")) if isinstance(one, Mapping)]
    known = {"AWS_IAM", *schemes} - {"api_key"}
    security: list[Any] = list(written)
    preflight = method == "options" and not auth.get("AddDefaultAuthorizerToCorsPreflight", True)
    authorized = any(known & set(one) for one in written)
    name = own.get("Authorizer", None if preflight or authorized else auth.get("DefaultAuthorizer"))
    if isinstance(name, str) and name != "NONE":
        security.append({name: own.get("AuthorizationScopes", _scopes(auth, name))})
        if name == "AWS_IAM":
            schemes["AWS_IAM"] = _IAM
    keyless = method == "options" and not auth.get("AddApiKeyRequiredToCorsPreflight", True)
    keyed = any("api_key" in one for one in written)
    if own.get("ApiKeyRequired", False if keyless or keyed else auth.get("ApiKeyRequired", False)) is True:
        security.append({"api_key": []})
        schemes["api_key"] = _API_KEY
    if security and security != written:
        operation.put("security", marked(security, operation))


def _scopes(auth: MarkedMap, name: str) -> Any:
    """The scopes that an authorizer asks for unless an event names its own."""
    written = auth.get("Authorizers")
    authorizer = written.get(name) if isinstance(written, MarkedMap) else None
    scopes = authorizer.get("AuthorizationScopes") if isinstance(authorizer, MarkedMap) else None
    return scopes or []


def _refuse_undefined(maker: Maker, own: MarkedMap | None, schemes: dict[str, Any]) -> None:
    """Warn of an event's authorizer that the API's `Auth` does not define: SAM does not deploy that."""
    name = own.get("Authorizer") if own is not None else None
    if own is not None and isinstance(name, str) and name not in ("NONE", "AWS_IAM", *schemes):
        maker.template.warnings.append(
            f"{own.origin_of('Authorizer')}: SAM refuses the authorizer `{name}`: `Auth.Authorizers` of `{maker.id}` does not define it"
        )


def _put_schemes(body: MarkedMap, schemes: dict[str, Any]) -> None:
    if "swagger" in body:
        holder, key = body, "securityDefinitions"
    else:
        if not isinstance(body.get("components"), MarkedMap):
            body.put("components", MarkedMap(body.file, body.line))
        holder, key = body["components"], "securitySchemes"
    present = holder.get(key)
    holder.put(key, marked({**schemes, **(present if isinstance(present, MarkedMap) else {})}, body))
