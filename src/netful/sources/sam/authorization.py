"""What `Auth` and `Cors` write into an API's OpenAPI body: authorizers, keys, the resource policy, preflight answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netful.sources.marked import MarkedMap
from netful.sources.sam.making import Maker, copied, identifier, marked, members, serverless_kind, sub

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method")
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

# Lists of `ResourcePolicy`: the condition key, and the operator of the statement that denies.
_POLICY_LISTS = {
    "IpRangeWhitelist": ("aws:SourceIp", "NotIpAddress"),
    "IpRangeBlacklist": ("aws:SourceIp", "IpAddress"),
    "IntrinsicVpcWhitelist": ("aws:SourceVpc", "StringNotEquals"),
    "IntrinsicVpcBlacklist": ("aws:SourceVpc", "StringEquals"),
    "IntrinsicVpceWhitelist": ("aws:SourceVpce", "StringNotEquals"),
    "IntrinsicVpceBlacklist": ("aws:SourceVpce", "StringEquals"),
}
_SOURCE_VPC_LISTS = {"SourceVpcWhitelist": "StringNotEquals", "SourceVpcBlacklist": "StringEquals"}


def apply(maker: Maker, body: MarkedMap) -> None:
    """Write the API's `Auth` and `Cors` into its body, and the `Auth` of each event into its operation."""
    auth = maker.properties.get("Auth")
    auth = auth if isinstance(auth, MarkedMap) else MarkedMap(body.file, body.line)
    schemes = _authorizers(auth)
    _permit(maker, auth)
    if maker.properties.get("Cors") is not None:
        _answer_preflight(body, maker.properties)
    for method, operation in _operations(body):
        own = operation.pop("x-netful-auth", None)
        own = own if isinstance(own, MarkedMap) else None
        _secure(operation, auth, own, method, schemes)
        _refuse_undefined(maker, own, schemes)
    if schemes:
        _put_schemes(body, schemes)
    if isinstance(auth.get("ResourcePolicy"), MarkedMap):
        body.put("x-amazon-apigateway-policy", marked(_policy(auth["ResourcePolicy"]), auth["ResourcePolicy"]))


def _operations(body: MarkedMap) -> Iterator[tuple[str, MarkedMap]]:
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
            "jwtConfiguration": written["JwtConfiguration"],
            "identitySource": written.get("IdentitySource", "$request.header.Authorization"),
        }
    return scheme


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
        **copied(written, _FUNCTION),
    }


def _secure(operation: MarkedMap, auth: MarkedMap, own: MarkedMap | None, method: str, schemes: dict[str, Any]) -> None:
    """Put the authorizer and the key that hold for an operation into its `security`."""
    own = own if own is not None else MarkedMap(operation.file, operation.line)
    if "security" in operation:
        return
    preflight = method == "options" and not auth.get("AddDefaultAuthorizerToCorsPreflight", True)
    name = own.get("Authorizer", None if preflight else auth.get("DefaultAuthorizer"))
    security = {}
    if isinstance(name, str) and name != "NONE":
        security[name] = own.get("AuthorizationScopes", [])
        if name == "AWS_IAM":
            schemes["AWS_IAM"] = _IAM
    keyless = method == "options" and not auth.get("AddApiKeyRequiredToCorsPreflight", True)
    if own.get("ApiKeyRequired", False if keyless else auth.get("ApiKeyRequired", False)) is True:
        security["api_key"] = []
        schemes["api_key"] = _API_KEY
    if security:
        operation.put("security", marked([{key: scopes} for key, scopes in security.items()], operation))


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


def _policy(written: MarkedMap) -> dict[str, Any]:
    statements: list[Any] = []
    base = {"Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    conditions: list[tuple[str, str, list[Any]]] = [
        (operator, key, members(written[name])) for name, (key, operator) in _POLICY_LISTS.items() if name in written
    ]
    conditions += [
        (operator, "aws:SourceVpce" if str(source).startswith("vpce-") else "aws:SourceVpc", [source])
        for name, operator in _SOURCE_VPC_LISTS.items()
        for source in members(written.get(name))
    ]
    if conditions:
        statements.append({"Effect": "Allow", **base})
        statements += [{"Effect": "Deny", **base, "Condition": {o: {key: values}}} for o, key, values in conditions]
    statements += members(written.get("CustomStatements"))
    return {"Version": "2012-10-17", "Statement": statements}


def _answer_preflight(body: MarkedMap, properties: MarkedMap) -> None:
    """An OPTIONS method with a mock integration for each path that has none."""
    cors = properties["Cors"]
    origin = (
        cors.get("AllowOrigin", "'*'") if isinstance(cors, MarkedMap) and "Fn::" not in next(iter(cors), "") else cors
    )
    header = "method.response.header.Access-Control-Allow-Origin"
    answer = {
        "statusCode": "200",
        "responseParameters": {header: origin},
        "responseTemplates": {"application/json": "{}\n"},
    }
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}\n'},
        "responses": {"default": answer},
    }
    operation = {"x-amazon-apigateway-integration": integration, "responses": {"200": {}}}
    for item in body["paths"].values() if isinstance(body.get("paths"), MarkedMap) else ():
        if isinstance(item, MarkedMap) and "options" not in item:
            item.put("options", marked(operation, body))
