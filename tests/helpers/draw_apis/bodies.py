"""The REST API and the HTTP API of a template as OpenAPI bodies with API Gateway's extensions, in place of their resources."""

from tests.helpers.draw_apis.rest import PLACES

_X = "x-amazon-apigateway-"
_IN_A_BODY = ("Method", "Resource", "RequestValidator", "Model", "Authorizer", "GatewayResponse")
_PATHS = {name: path for path, name in PLACES.items()}
_KINDS = {"COGNITO_USER_POOLS": "cognito_user_pools", "TOKEN": "token", "REQUEST": "request"}
_OF_RESULTS = ("AuthorizerResultTtlInSeconds", "IdentityValidationExpression")
_BY_SIGNATURE = {"type": "apiKey", "name": "Authorization", "in": "header", f"{_X}authtype": "awsSigv4"}
_BY_KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}


def in_bodies(template):
    """Return the template with the bodies of its REST API and its HTTP API."""
    return _of_http(_of_rest(template))


def _of_http(template):
    resources = template["Resources"]
    inside = {
        name: one["Properties"]
        for name, one in resources.items()
        if one["Type"].rpartition("::")[2] in ("Route", "Authorizer", "Integration")
        and one["Properties"].get("ApiId") == {"Ref": "Http"}
    }
    outside = {name: _without_order(one) for name, one in resources.items() if name not in inside}
    api = resources["Http"]["Properties"]
    cors = api.get("CorsConfiguration")
    body = {
        "openapi": "3.0.1",
        "info": {"title": "h", "version": "1"},
        "paths": _routes(inside),
        "components": {"securitySchemes": {name: _newer_scheme(inside[name]) for name in ("Jwt", "Simple")}},
    } | ({f"{_X}cors": _lower(cors)} if cors else {})
    kept = {"DisableExecuteApiEndpoint": api["DisableExecuteApiEndpoint"]} if "DisableExecuteApiEndpoint" in api else {}
    outside["Http"] = resources["Http"] | {"Properties": {"Body": body, **kept}}
    return {"Resources": outside}


def _without_order(resource):
    """The resource without its dependences on routes, if it is a stage of the API."""
    return {k: v for k, v in resource.items() if k != "DependsOn" or resource["Type"] != "AWS::ApiGatewayV2::Stage"}


def _routes(parts):
    found = {}
    for one in parts.values():
        if "RouteKey" not in one:
            continue
        method, _, path = one["RouteKey"].partition(" ")
        target = one.get("Target", {}).get("Fn::Sub", "").removeprefix("integrations/${").removesuffix("}")
        operation = {"isDefaultRoute": True} if not path else {}
        operation |= {f"{_X}integration": _newer_integration(parts[target])} if target else {}
        scheme = one.get("AuthorizerId", {}).get("Ref")
        operation |= {"security": [{scheme: one.get("AuthorizationScopes", [])}]} if scheme else {}
        operation |= {f"{_X}auth": {"type": "AWS_IAM"}} if one["AuthorizationType"] == "AWS_IAM" else {}
        name = f"{_X}any-method" if method in ("ANY", "$default") else method.lower()
        found.setdefault(path or "/$default", {})[name] = operation
    return found


def _newer_integration(integration):
    own = _lower(integration, "ApiId", "IntegrationType", "IntegrationMethod", "IntegrationUri")
    own |= {"type": integration["IntegrationType"], "httpMethod": integration.get("IntegrationMethod", "POST")}
    own |= {"credentials": own.pop("credentialsArn")} if "credentialsArn" in own else {}
    return own | ({"uri": integration["IntegrationUri"]} if "IntegrationUri" in integration else {})


def _newer_scheme(authorizer):
    kept = _lower(authorizer, "ApiId", "Name", "AuthorizerType", "IdentitySource", "JwtConfiguration")
    sources = authorizer.get("IdentitySource")
    own = (
        kept
        | {"type": authorizer["AuthorizerType"].lower()}
        | ({"identitySource": ",".join(sources)} if sources else {})
    )
    if "JwtConfiguration" in authorizer:
        own["jwtConfiguration"] = _lower(authorizer["JwtConfiguration"])
        return {"type": "oauth2", f"{_X}authorizer": own}
    return {"type": "apiKey", "name": "any", "in": "header", f"{_X}authorizer": own}


def _of_rest(template):
    resources = template["Resources"]
    inside = {
        name: one["Properties"]
        for name, one in resources.items()
        if one["Type"].startswith("AWS::ApiGateway::") and one["Type"].rpartition("::")[2] in _IN_A_BODY
    }
    outside = {name: dict(one) for name, one in resources.items() if name not in inside}
    api = outside["Api"]["Properties"]
    body = _body(inside, api.get("Policy"))
    outside["Api"] = outside["Api"] | {"Properties": {**api, "Policy": None, "Body": body}}
    outside["Deployment"].pop("DependsOn")
    del outside["Api"]["Properties"]["Policy"]
    return {"Resources": outside}


def _body(parts, policy):
    paths = {}
    for one in parts.values():
        if "HttpMethod" in one:
            method = one["HttpMethod"].lower()
            place = _PATHS.get(one["ResourceId"].get("Ref"), "/")
            paths.setdefault(place, {})[f"{_X}any-method" if method == "any" else method] = _operation(one)
    answers = {one["ResponseType"]: one for one in parts.values() if "ResponseType" in one}
    validators = {name: one for name, one in parts.items() if name in ("Validator", "Everything", "Nothing")}
    schemes = {name: _scheme(one) for name, one in parts.items() if one.get("Type") in _KINDS}
    return {
        "openapi": "3.0.1",
        "info": {"title": "a", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {"Order": parts["Order"]["Schema"]},
            "securitySchemes": schemes | {"sigv4": _BY_SIGNATURE, "key": _BY_KEY},
        },
        f"{_X}request-validators": {name: _lower(one, "RestApiId") for name, one in validators.items()},
        f"{_X}gateway-responses": {name: _lower(one, "RestApiId", "ResponseType") for name, one in answers.items()},
    } | ({f"{_X}policy": policy} if policy else {})


def _lower(properties, *without):
    return {name[0].lower() + name[1:]: value for name, value in properties.items() if name not in without}


def _scheme(authorizer):
    """The security scheme of an authorizer."""
    kind, source = authorizer["Type"], authorizer.get("IdentitySource")
    own = {"type": _KINDS[kind]}
    own |= {"identitySource": source} if kind == "REQUEST" and source else {}
    own |= _lower({name: authorizer[name] for name in _OF_RESULTS if name in authorizer})
    own |= {"providerARNs": authorizer["ProviderARNs"]} if kind == "COGNITO_USER_POOLS" else {}
    own |= {"authorizerUri": authorizer["AuthorizerUri"]} if "AuthorizerUri" in authorizer else {}
    name = "Unused" if kind == "REQUEST" else "Authorization"
    authtype = "cognito_user_pools" if kind == "COGNITO_USER_POOLS" else "custom"
    return {"type": "apiKey", "name": name, "in": "header", f"{_X}authtype": authtype, f"{_X}authorizer": own}


def _operation(method):
    found = {"responses": {one["StatusCode"]: {"description": "one"} for one in method["MethodResponses"]}}
    scheme = {"AWS_IAM": "sigv4"}.get(method["AuthorizationType"], method.get("AuthorizerId", {}).get("Ref"))
    needed = ({scheme: method.get("AuthorizationScopes", [])} if scheme else {}) | (
        {"key": []} if method["ApiKeyRequired"] else {}
    )
    found["security"] = [needed] if needed else []
    parameters = [name.split(".")[2:] for name in method.get("RequestParameters", ())]
    places = {"querystring": "query"}
    found["parameters"] = [
        {"name": name, "in": places.get(place, place), "required": True, "schema": {"type": "string"}}
        for place, name in parameters
    ]
    if "RequestModels" in method:
        schema = {"$ref": "#/components/schemas/Order"}
        found["requestBody"] = {"content": {"application/json": {"schema": schema}}, "required": True}
    if "RequestValidatorId" in method:
        found[f"{_X}request-validator"] = method["RequestValidatorId"]["Ref"]
    if "Integration" in method:
        found[f"{_X}integration"] = _integration(method["Integration"])
    return found


def _integration(integration):
    own = _lower(integration, "Type", "IntegrationHttpMethod", "IntegrationResponses", "PassthroughBehavior")
    own["type"] = integration["Type"].lower()
    if "IntegrationHttpMethod" in integration:
        own["httpMethod"] = integration["IntegrationHttpMethod"]
    if "PassthroughBehavior" in integration:
        own["passthroughBehavior"] = integration["PassthroughBehavior"].lower()
    responses = integration.get("IntegrationResponses", ())
    own |= (
        {"responses": {one.get("SelectionPattern", "default"): _lower(one, "SelectionPattern") for one in responses}}
        if responses
        else {}
    )
    return own
