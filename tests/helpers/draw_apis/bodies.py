"""The REST API of a template as an OpenAPI body with API Gateway's extensions, in place of its resources."""

from tests.helpers.draw_apis.rest import PLACES

_X = "x-amazon-apigateway-"
_IN_A_BODY = ("Method", "Resource", "RequestValidator", "Model", "Authorizer", "GatewayResponse")
_PATHS = {name: path for path, name in PLACES.items()}
_KINDS = {"COGNITO_USER_POOLS": "cognito_user_pools", "TOKEN": "token", "REQUEST": "request"}
_BY_SIGNATURE = {"type": "apiKey", "name": "Authorization", "in": "header", f"{_X}authtype": "awsSigv4"}
_BY_KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}


def in_a_body(template):
    """Return the template with the body of its REST API."""
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
    kind, source = authorizer["Type"], authorizer["IdentitySource"]
    own = {"type": _KINDS[kind]}
    own |= {"identitySource": source} if kind == "REQUEST" else {}
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
