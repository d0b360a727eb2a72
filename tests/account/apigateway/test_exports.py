"""GetExport and ExportApi: documents that an import reads back, and what they contain."""

import json

import pytest
import yaml
from botocore.exceptions import ClientError

from tests.account.apigateway.test_rest_api_writes import EMPTY

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:Fn"
INVOKED = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"


@pytest.fixture
def bench(controlled):
    return controlled(EMPTY)


@pytest.fixture
def rest(bench):
    return bench.rest


@pytest.fixture
def http(bench):
    return bench.http


@pytest.fixture
def api(rest):
    """A REST API with a validated, a mocked and a proxied method, deployed as `test`."""
    made = rest.create_rest_api(
        name="pets",
        description="All pets",
        binaryMediaTypes=["image/png"],
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    id_, root = made["id"], made["rootResourceId"]
    rest.create_model(restApiId=id_, name="Pet", contentType="application/json", schema='{"type":"object"}')
    nested = json.dumps({"items": {"$ref": f"https://apigateway.amazonaws.com/restapis/{id_}/models/Pet"}})
    rest.create_model(restApiId=id_, name="Pets", contentType="application/json", schema=nested)
    validator = rest.create_request_validator(restApiId=id_, name="body", validateRequestBody=True)["id"]
    authorizer = rest.create_authorizer(
        restApiId=id_, name="tokens", type="TOKEN", authorizerUri=INVOKED,
        identitySource="method.request.header.Authorization", authorizerResultTtlInSeconds=60,
    )["id"]  # fmt: skip
    pets = rest.create_resource(restApiId=id_, parentId=root, pathPart="pets")["id"]
    one = rest.create_resource(restApiId=id_, parentId=pets, pathPart="{petId}")["id"]
    at = {"restApiId": id_, "resourceId": pets, "httpMethod": "POST"}
    rest.put_method(
        **at, authorizationType="CUSTOM", authorizerId=authorizer, apiKeyRequired=True, requestValidatorId=validator,
        requestModels={"application/json": "Pet"}, requestParameters={"method.request.querystring.kind": False},
        operationName="addPet",
    )  # fmt: skip
    rest.put_integration(**at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    header = {"method.response.header.X-Kind": False}
    rest.put_method_response(
        **at, statusCode="200", responseParameters=header, responseModels={"application/json": "Pets"}
    )
    rest.put_integration_response(**at, statusCode="200", responseTemplates={"application/json": "{}"})
    at = {"restApiId": id_, "resourceId": one, "httpMethod": "ANY"}
    rest.put_method(**at, authorizationType="AWS_IAM")
    rest.put_integration(**at, type="AWS_PROXY", integrationHttpMethod="POST", uri=INVOKED)
    rest.put_gateway_response(restApiId=id_, responseType="THROTTLED", statusCode="503")
    rest.create_deployment(restApiId=id_, stageName="test")
    return id_


def exported(rest, api, kind="oas30", **more):
    answer = rest.get_export(restApiId=api, stageName="test", exportType=kind, **more)
    return answer, answer["body"].read()


ALL = {"parameters": {"extensions": "integrations,authorizers"}}


_MEMBERS = ("authorization_type", "api_key_required", "request_models")


@pytest.mark.parametrize("kind", ["oas30", "swagger"])
def test_an_import_of_the_export_is_the_same_api(bench, rest, api, kind):
    document = exported(rest, api, kind, **ALL)[1]
    again = rest.import_rest_api(body=document)["id"]
    about = [
        {
            (route.path, route.http_method): (
                *(getattr(route, name) for name in _MEMBERS),
                [response.status_code for response in route.method_responses],
                (route.integration.type, route.integration.uri, route.integration.request_templates),
                [(one.status_code, one.response_templates) for one in route.integration.responses],
            )
            for route in bench.cloud.apis.rest_apis[one].routes
        }
        for one in (api, again)
    ]
    assert about[0] == about[1]
    api, again = (bench.cloud.apis.rest_apis[one] for one in (api, again))
    assert again.binary_media_types == api.binary_media_types
    assert again.gateway_responses["THROTTLED"].status_code == "503"
    assert set(again.models) == set(api.models)
    assert [one.type for one in again.authorizers.values()] == ["TOKEN"]
    assert [one.authorizer_result_ttl_in_seconds for one in again.authorizers.values()] == [60]
    assert [one.validate_request_body for one in again.request_validators.values()] == [True]


def test_openapi_3(rest, api):
    answer, text = exported(rest, api)
    document = json.loads(text)
    assert answer["contentType"] == "application/json"
    assert document["openapi"] == "3.0.1"
    assert document["info"]["title"] == "pets"
    assert document["servers"] == [
        {
            "url": f"https://{api}.execute-api.us-east-1.amazonaws.com/{{basePath}}",
            "variables": {"basePath": {"default": "test"}},
        }
    ]
    post = document["paths"]["/pets"]["post"]
    assert post["operationId"] == "addPet"
    assert post["parameters"] == [{"name": "kind", "in": "query", "schema": {"type": "string"}}]
    assert post["security"] == [{"tokens": []}, {"api_key": []}]
    response = post["responses"]["200"]
    assert response["headers"] == {"X-Kind": {"schema": {"type": "string"}}}
    assert response["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Pets"}
    assert document["components"]["schemas"]["Pets"] == {"items": {"$ref": "#/components/schemas/Pet"}}
    assert "x-amazon-apigateway-integration" not in text.decode()
    assert "x-amazon-apigateway-authorizer" not in text.decode()
    path = document["paths"]["/pets/{petId}"]["x-amazon-apigateway-any-method"]
    assert path["parameters"] == [{"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}]


def test_swagger_in_yaml(rest, api):
    answer, text = exported(rest, api, "swagger", accepts="application/yaml", **ALL)
    document = yaml.safe_load(text)
    assert answer["contentType"] == "application/yaml"
    assert (document["swagger"], document["basePath"], document["schemes"]) == ("2.0", "/test", ["https"])
    integration = document["paths"]["/pets"]["post"]["x-amazon-apigateway-integration"]
    assert integration["type"] == "mock"
    assert integration["responses"]["default"]["statusCode"] == "200"
    assert document["securityDefinitions"]["tokens"]["x-amazon-apigateway-authorizer"]["type"] == "token"


def test_the_export_is_what_the_stage_serves(rest, api):
    root = next(one["id"] for one in rest.get_resources(restApiId=api)["items"] if one["path"] == "/")
    rest.create_resource(restApiId=api, parentId=root, pathPart="later")
    later = next(one["id"] for one in rest.get_resources(restApiId=api)["items"] if one["path"] == "/later")
    rest.put_method(restApiId=api, resourceId=later, httpMethod="GET", authorizationType="NONE")
    assert "/later" not in json.loads(exported(rest, api)[1])["paths"]


@pytest.mark.parametrize(
    ("stage", "kind", "more", "code"),
    [
        ("none", "oas30", {}, "NotFoundException"),
        ("test", "raml", {}, "BadRequestException"),
        ("test", "oas30", {"parameters": {"extensions": "postman"}}, "BadRequestException"),
        ("test", "oas30", {"accepts": "text/html"}, "BadRequestException"),
    ],
)
def test_refused_exports(rest, api, stage, kind, more, code):
    with pytest.raises(ClientError) as refused:
        rest.get_export(restApiId=api, stageName=stage, exportType=kind, **more)
    assert refused.value.response["Error"]["Code"] == code


@pytest.fixture
def web(http):
    """An HTTP API with a JWT authorizer, CORS, and a default route."""
    id_ = http.create_api(
        Name="web", ProtocolType="HTTP", CorsConfiguration={"AllowOrigins": ["https://example.com"], "MaxAge": 5}
    )["ApiId"]
    issuer = {"Issuer": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a", "Audience": ["web"]}
    authorizer = http.create_authorizer(
        ApiId=id_, Name="users", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration=issuer,
    )["AuthorizerId"]  # fmt: skip
    integration = http.create_integration(
        ApiId=id_, IntegrationType="AWS_PROXY", IntegrationUri=FUNCTION, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    target = f"integrations/{integration}"
    http.create_route(
        ApiId=id_, RouteKey="GET /pets/{petId}", Target=target, AuthorizationType="JWT", AuthorizerId=authorizer,
        AuthorizationScopes=["pets/read"],
    )  # fmt: skip
    http.create_route(ApiId=id_, RouteKey="$default", Target=target)
    http.create_stage(ApiId=id_, StageName="dev", AutoDeploy=True)
    return id_


def test_an_http_api_comes_back(bench, http, web):
    text = http.export_api(ApiId=web, Specification="OAS30", OutputType="YAML", StageName="dev")["body"].read()
    again = http.import_api(Body=text.decode())["ApiId"]
    before, after = (bench.cloud.apis.http_apis[one] for one in (web, again))
    assert after.cors_configuration == before.cors_configuration
    about = [
        {
            (one.path, one.http_method): (one.authorization_type, one.authorization_scopes, one.integration.uri)
            for one in api.routes
        }
        for api in (before, after)
    ]
    assert about[0] == about[1]
    assert [(one.issuer, one.audience, one.identity_source) for one in after.authorizers.values()] == [
        (one.issuer, one.audience, one.identity_source) for one in before.authorizers.values()
    ]


def test_an_http_export_without_extensions(http, web):
    body = http.export_api(ApiId=web, Specification="OAS30", OutputType="JSON", IncludeExtensions=False)["body"]
    text = body.read().decode()
    assert "x-amazon-apigateway-i" not in text
    document = json.loads(text)
    assert "servers" not in document
    item = document["paths"]["/pets/{petId}"]
    assert item["get"]["responses"]["default"]["description"] == "Default response for GET /pets/{petId}"
    assert item["parameters"][0]["name"] == "petId"


def test_a_websocket_api_is_not_exported(http):
    api = http.create_api(Name="ws", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
    with pytest.raises(ClientError) as refused:
        http.export_api(ApiId=api, Specification="OAS30", OutputType="JSON")
    assert refused.value.response["Error"]["Code"] == "BadRequestException"


KEYS = "Name,key,description,Enabled,usageplanIds\none,{0},first,TRUE,{1}\ntwo,short,,FALSE,\n"


def test_keys_are_imported_with_their_plans(rest):
    plan, value = rest.create_usage_plan(name="gold")["id"], "k" * 24
    answer = rest.import_api_keys(body=KEYS.format(value, plan).encode(), format="csv")
    (id_,) = answer["ids"]
    assert len(answer["warnings"]) == 1
    key = rest.get_api_key(apiKey=id_, includeValue=True)
    assert (key["name"], key["value"], key["description"], key["enabled"]) == ("one", value, "first", True)
    assert [one["id"] for one in rest.get_usage_plan_keys(usagePlanId=plan)["items"]] == [id_]


def test_an_import_of_keys_that_fails_on_warnings_makes_none(rest):
    text = KEYS.format("k" * 24, "")
    with pytest.raises(ClientError) as refused:
        rest.import_api_keys(body=text.encode(), format="csv", failOnWarnings=True)
    assert refused.value.response["Error"]["Code"] == "BadRequestException"
    assert rest.get_api_keys()["items"] == []


def test_a_path_has_one_variable_at_a_place(rest, api):
    pets = next(one["id"] for one in rest.get_resources(restApiId=api)["items"] if one["path"] == "/pets")
    with pytest.raises(ClientError) as refused:
        rest.create_resource(restApiId=api, parentId=pets, pathPart="{other}")
    assert refused.value.response["Error"]["Code"] == "BadRequestException"
