"""What API Gateway's own API tells of a stack's APIs: the model of its templates, in AWS's shapes, to boto3."""

import asyncio
import json
import re

import pytest
from botocore.exceptions import ClientError

from netful.account.apigateway.service import NAMES, OPERATIONS
from netful.account.wire.service_model import operation_model
from netful.model.identity import short_id
from netful.services.http.message import Request
from tests.helpers.control_bench import CLIENT
from tests.helpers.ids import api_id

API = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Statement: []}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: pets
      Description: All about pets
      Tags: [{Key: team, Value: blue}]
      EndpointConfiguration: {Types: [REGIONAL]}
      BinaryMediaTypes: [image/png]
      Policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/*"}]}
  Pets: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: pets}}
  Pet: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !Ref Pets, PathPart: "{id}"}}
  GetPet:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Pet
      HttpMethod: GET
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Who
      ApiKeyRequired: true
      RequestParameters: {method.request.path.id: true}
      RequestValidatorId: !Ref Strict
      MethodResponses: [{StatusCode: "200", ResponseParameters: {method.response.header.X: false}, ResponseModels: {application/json: Pet}}]
      Integration:
        Type: MOCK
        RequestTemplates: {application/json: '{"statusCode": 200}'}
        CacheKeyParameters: [method.request.path.id]
        IntegrationResponses: [{StatusCode: "200", SelectionPattern: "2..", ResponseTemplates: {application/json: "$input.body"}}]
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: index.h, Role: !GetAtt Role.Arn, Code: {ZipFile: "def h(e, c): pass"}}}
  Who:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Name: who
      Type: TOKEN
      IdentitySource: method.request.header.Authorization
      AuthorizerUri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"
  Strict: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Api, ValidateRequestParameters: true}}
  PetModel: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref Api, Name: Pet, ContentType: application/json, Schema: {type: object}}}
  Denied: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref Api, ResponseType: ACCESS_DENIED, StatusCode: "404"}}
  First: {Type: AWS::ApiGateway::Deployment, DependsOn: GetPet, Properties: {RestApiId: !Ref Api, Description: the first}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref First
      StageName: live
      Variables: {colour: blue}
      TracingEnabled: true
      MethodSettings: [{HttpMethod: GET, ResourcePath: "/pets/{id}", ThrottlingRateLimit: 5, CacheTtlInSeconds: 60, LoggingLevel: INFO, MetricsEnabled: true}]
      AccessLogSetting: {DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:l", Format: $context.requestId}
  Name: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: pets.example, RegionalCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/c", EndpointConfiguration: {Types: [REGIONAL]}}}
  Under: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Name, RestApiId: !Ref Api, Stage: live, BasePath: v1}}
  Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {UsagePlanName: p, ApiStages: [{ApiId: !Ref Api, Stage: !Ref Stage}], Quota: {Limit: 5, Period: DAY}}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
  InPlan: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
  Whole: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Name, RestApiId: !Ref Api, Stage: live}}
"""


@pytest.fixture
def bench(controlled):
    return controlled(API)


def told(answer):
    answer.pop("ResponseMetadata")
    return answer


def test_api(bench):
    [api] = bench.rest.get_rest_apis()["items"]
    assert told(bench.rest.get_rest_api(restApiId="Api")) == api
    assert (api["id"], api["name"], api["description"]) == (api_id("Api"), "pets", "All about pets")
    assert api["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    assert api["binaryMediaTypes"] == ["image/png"]
    policy = json.loads(json.loads(f'"{api["policy"]}"'))  # AWS escapes its quotes once more
    assert policy["Statement"][0]["Resource"] == f"arn:aws:execute-api:us-east-1:123456789012:{api_id('Api')}/*"
    assert api["rootResourceId"] == bench.resource("/")
    assert api["tags"] == {"team": "blue"}


def test_api_by_the_name_in_its_host(bench):
    assert bench.rest.get_rest_api(restApiId="api")["id"] == api_id("Api")


def test_resources_make_a_tree(bench):
    found = {one["path"]: one for one in bench.rest.get_resources(restApiId="Api")["items"]}
    assert [*found] == ["/", "/pets", "/pets/{id}"]
    assert "parentId" not in found["/"]
    assert (found["/pets"]["parentId"], found["/pets"]["pathPart"]) == (found["/"]["id"], "pets")
    assert (found["/pets/{id}"]["parentId"], found["/pets/{id}"]["pathPart"]) == (found["/pets"]["id"], "{id}")
    assert found["/pets/{id}"]["resourceMethods"] == {"GET": {}}
    one = bench.rest.get_resource(restApiId="Api", resourceId=found["/pets/{id}"]["id"], embed=["methods"])
    assert one["resourceMethods"]["GET"]["authorizerId"] == short_id("Who")


def test_method_and_its_integration(bench):
    place = {"restApiId": "Api", "resourceId": bench.resource("/pets/{id}"), "httpMethod": "GET"}
    method = told(bench.rest.get_method(**place))
    integration = {
        "type": "MOCK",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "cacheNamespace": place["resourceId"],
        "cacheKeyParameters": ["method.request.path.id"],
        "integrationResponses": {
            "200": {
                "statusCode": "200",
                "selectionPattern": "2..",
                "responseTemplates": {"application/json": "$input.body"},
            }
        },
    }
    assert method == {
        "httpMethod": "GET",
        "authorizationType": "CUSTOM",
        "authorizerId": short_id("Who"),
        "apiKeyRequired": True,
        "requestValidatorId": short_id("Strict"),
        "requestParameters": {"method.request.path.id": True},
        "methodResponses": {
            "200": {
                "statusCode": "200",
                "responseParameters": {"method.response.header.X": False},
                "responseModels": {"application/json": "Pet"},
            }
        },
        "methodIntegration": integration,
    }
    assert told(bench.rest.get_integration(**place)) == integration
    answers = (bench.rest.get_method_response, bench.rest.get_integration_response)
    assert [answer(**place, statusCode="200")["statusCode"] for answer in answers] == ["200", "200"]


def test_logical_id_of_a_resource_is_taken(bench):
    assert bench.rest.get_method(restApiId="Api", resourceId="Pet", httpMethod="GET")["httpMethod"] == "GET"


def test_stage(bench):
    stage = told(bench.rest.get_stage(restApiId="Api", stageName="live"))
    assert bench.rest.get_stages(restApiId="Api")["item"] == [stage]
    assert stage["variables"] == {"colour": "blue"}
    assert (stage["cacheClusterEnabled"], stage["cacheClusterStatus"]) == (False, "NOT_AVAILABLE")
    assert stage["tracingEnabled"] is True
    assert stage["accessLogSettings"]["format"] == "$context.requestId"
    assert stage["methodSettings"] == {
        "~1pets~1{id}/GET": {
            "metricsEnabled": True,
            "loggingLevel": "INFO",
            "dataTraceEnabled": False,
            "throttlingRateLimit": 5.0,
            "throttlingBurstLimit": 5000,
            "cachingEnabled": False,
            "cacheTtlInSeconds": 60,
            "cacheDataEncrypted": False,
            "requireAuthorizationForCacheControl": True,
            "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
        }
    }


def test_deployment_is_what_its_stage_says(bench):
    [deployment] = bench.rest.get_deployments(restApiId="Api")["items"]
    stage = bench.rest.get_stage(restApiId="Api", stageName="live")
    assert (deployment["id"], deployment["description"]) == (stage["deploymentId"], "the first")
    found = bench.rest.get_deployment(restApiId="Api", deploymentId=deployment["id"], embed=["apisummary"])
    assert found["apiSummary"] == {"/pets/{id}": {"GET": {"authorizationType": "CUSTOM", "apiKeyRequired": True}}}
    of_it = bench.rest.get_stages(restApiId="Api", deploymentId=deployment["id"])["item"]
    assert [one["stageName"] for one in of_it] == ["live"]
    assert bench.rest.get_stages(restApiId="Api", deploymentId="other")["item"] == []


def test_what_belongs_to_an_api(bench):
    [who] = bench.rest.get_authorizers(restApiId="Api")["items"]
    assert (who["type"], who["identitySource"], who["authorizerResultTtlInSeconds"]) == (
        "TOKEN",
        "method.request.header.Authorization",
        300,
    )
    for named in ("Who", who["id"]):
        assert told(bench.rest.get_authorizer(restApiId="Api", authorizerId=named)) == who
    empty, error, model = bench.rest.get_models(restApiId="Api")["items"]
    assert [json.loads(one["schema"])["type"] for one in (empty, error)] == ["object", "object"]
    assert (empty["name"], error["name"]) == ("Empty", "Error")
    assert told(bench.rest.get_model(restApiId="Api", modelName="Empty")) == empty
    assert json.loads(model["schema"]) == {"type": "object"}
    assert told(bench.rest.get_model(restApiId="Api", modelName="Pet")) == model
    [strict] = bench.rest.get_request_validators(restApiId="Api")["items"]
    assert (strict["validateRequestParameters"], strict["validateRequestBody"]) == (True, False)
    assert told(bench.rest.get_request_validator(restApiId="Api", requestValidatorId="Strict")) == strict


def test_gateway_responses_are_all_told(bench):
    found = {one["responseType"]: one for one in bench.rest.get_gateway_responses(restApiId="Api", limit=500)["items"]}
    assert (found["ACCESS_DENIED"]["statusCode"], found["ACCESS_DENIED"]["defaultResponse"]) == ("404", False)
    assert (found["THROTTLED"]["statusCode"], found["THROTTLED"]["defaultResponse"]) == ("429", True)
    assert "statusCode" not in found["DEFAULT_4XX"]
    one = bench.rest.get_gateway_response(restApiId="Api", responseType="UNAUTHORIZED")
    assert one["responseTemplates"] == {"application/json": '{"message":$context.error.messageString}'}


def test_stage_that_a_deployment_makes_has_no_settings_of_its_own(controlled):
    parts = """
  Method: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: NONE, Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Method, Properties: {RestApiId: !Ref Api, StageName: live%s}}
"""
    api = "Resources:\n  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}"
    for described, kept in (("", {}), (", StageDescription: {CachingEnabled: true}", {"*/*"})):
        stage = controlled(api + parts % described).rest.get_stage(restApiId="Api", stageName="live")
        assert stage["methodSettings"].keys() == set(kept)


def test_gateway_response_of_a_class_is_told_for_its_types(controlled):
    of_class = """
  Whole:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: DEFAULT_5XX, StatusCode: "599"}
  One:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: AUTHORIZER_FAILURE, ResponseTemplates: {application/json: own}}
"""
    rest = controlled("Resources:\n  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}" + of_class).rest
    found = {one["responseType"]: one for one in rest.get_gateway_responses(restApiId="Api", limit=500)["items"]}
    told = ("API_CONFIGURATION_ERROR", "INTEGRATION_FAILURE", "AUTHORIZER_FAILURE", "THROTTLED")
    assert [found[kind]["statusCode"] for kind in told] == ["599", "599", "500", "429"]
    assert found["AUTHORIZER_FAILURE"]["responseTemplates"] == {"application/json": "own"}


def test_domain_names(bench):
    [domain] = bench.rest.get_domain_names()["items"]
    assert told(bench.rest.get_domain_name(domainName="pets.example")) == domain
    assert domain["endpointConfiguration"] == {"types": ["REGIONAL"]}
    mappings = bench.rest.get_base_path_mappings(domainName="pets.example")["items"]
    assert [one["basePath"] for one in mappings] == ["v1", "(none)"]
    assert told(bench.rest.get_base_path_mapping(domainName="pets.example", basePath="v1")) == {
        "basePath": "v1",
        "restApiId": api_id("Api"),
        "stage": "live",
    }


def test_account(bench):
    assert bench.rest.get_account()["throttleSettings"] == {"rateLimit": 10_000.0, "burstLimit": 5_000}


def test_pages(bench):
    paginator = bench.rest.get_paginator("get_resources")
    pages = [*paginator.paginate(restApiId="Api", PaginationConfig={"PageSize": 2})]
    assert [[one["path"] for one in page["items"]] for page in pages] == [["/", "/pets"], ["/pets/{id}"]]


@pytest.mark.parametrize(
    ("operation", "names", "message"),
    [
        ("get_rest_api", {"restApiId": "none"}, "Invalid API identifier specified 123456789012:none"),
        ("get_stage", {"restApiId": "Api", "stageName": "none"}, "Invalid stage identifier specified"),
        ("get_deployment", {"restApiId": "Api", "deploymentId": "none"}, "Invalid Deployment identifier specified"),
        ("get_resource", {"restApiId": "Api", "resourceId": "none"}, "Invalid Resource identifier specified"),
        (
            "get_method",
            {"restApiId": "Api", "resourceId": "Pet", "httpMethod": "PUT"},
            "Invalid Method identifier specified",
        ),
        ("get_usage_plan", {"usagePlanId": "none"}, "Invalid Usage Plan ID specified"),
        ("get_api_key", {"apiKey": "none"}, "Invalid API Key identifier specified"),
        ("get_domain_name", {"domainName": "none"}, "Invalid domain name identifier specified"),
    ],
)
def test_what_is_not_there(bench, operation, names, message):
    with pytest.raises(ClientError) as caught:
        getattr(bench.rest, operation)(**names)
    assert caught.value.response["Error"] == {"Code": "NotFoundException", "Message": message}


def test_operation_that_is_not_served(bench):
    with pytest.raises(ClientError, match="netful does not serve GET /restapis/Api/stages/live/sdks/java") as caught:
        bench.rest.get_sdk(restApiId="Api", stageName="live", sdkType="java")
    told = caught.value.response
    assert (told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"]) == ("UnknownOperationException", 404)


HTTP = """
Resources:
  Web:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: web, ProtocolType: HTTP, Tags: {team: green}, CorsConfiguration: {AllowOrigins: ["*"]}}
  There: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Web, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://there.example/", PayloadFormatVersion: "1.0"}}
  Token: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {ApiId: !Ref Web, Name: t, AuthorizerType: JWT, IdentitySource: [$request.header.Authorization], JwtConfiguration: {Audience: [a], Issuer: "https://issuer.example"}}}
  Open: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Web, RouteKey: GET /open, Target: !Sub "integrations/${There}"}}
  Shut: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Web, RouteKey: GET /shut, Target: !Sub "integrations/${There}", AuthorizationType: JWT, AuthorizerId: !Ref Token}}
  Live: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Web, StageName: live, AutoDeploy: true, StageVariables: {a: b}, DefaultRouteSettings: {ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20}}}
  Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Said: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Chat, RouteKey: $default}}
"""


def test_http_apis(controlled):
    client = controlled(HTTP).http
    apis = {one["ApiId"]: one for one in client.get_apis()["Items"]}
    web, chat = apis[api_id("Web")], apis[api_id("Chat")]
    assert web["ApiEndpoint"] == f"https://{web['ApiId']}.execute-api.us-east-1.amazonaws.com"
    assert web["CorsConfiguration"]["AllowOrigins"] == ["*"]
    assert chat["ApiEndpoint"].startswith("wss://")
    assert (web["Tags"], "Tags" in chat) == ({"team": "green"}, False)
    assert told(client.get_api(ApiId=web["ApiId"])) == told(client.get_api(ApiId="Web")) == web
    assert [one["RouteKey"] for one in client.get_routes(ApiId="Chat")["Items"]] == ["$default"]


def test_routes_of_an_http_api(controlled):
    client = controlled(HTTP).http
    opened, shut = client.get_routes(ApiId="Web")["Items"]
    assert (opened["RouteKey"], opened["AuthorizationType"]) == ("GET /open", "NONE")
    assert (shut["AuthorizationType"], shut["AuthorizerId"]) == ("JWT", short_id("Token"))
    assert told(client.get_route(ApiId="Web", RouteId=shut["RouteId"])) == shut
    [there] = client.get_integrations(ApiId="Web")["Items"]
    assert there["IntegrationUri"] == "https://there.example/"
    assert opened["Target"] == f"integrations/{there['IntegrationId']}"
    assert told(client.get_integration(ApiId="Web", IntegrationId=there["IntegrationId"])) == there
    [token] = client.get_authorizers(ApiId="Web")["Items"]
    assert token["JwtConfiguration"] == {"Audience": ["a"], "Issuer": "https://issuer.example"}
    for named in ("Token", token["AuthorizerId"]):
        assert told(client.get_authorizer(ApiId="Web", AuthorizerId=named)) == token


def test_stage_of_an_http_api(controlled):
    client = controlled(HTTP).http
    [stage] = client.get_stages(ApiId="Web")["Items"]
    assert told(client.get_stage(ApiId="Web", StageName="live")) == stage
    assert (stage["AutoDeploy"], stage["StageVariables"], stage["RouteSettings"]) == (True, {"a": "b"}, {})
    assert stage["DefaultRouteSettings"] == {
        "DetailedMetricsEnabled": False,
        "ThrottlingRateLimit": 10.0,
        "ThrottlingBurstLimit": 20,
    }


def test_pages_of_an_http_api(controlled):
    pages = [
        *controlled(HTTP).http.get_paginator("get_routes").paginate(ApiId="Web", PaginationConfig={"PageSize": "1"})
    ]
    assert [[one["RouteKey"] for one in page["Items"]] for page in pages] == [["GET /open"], ["GET /shut"]]


@pytest.mark.parametrize("limit", [0, -1])
def test_page_of_nothing(bench, limit):
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="limit"):
        bench.rest.get_resources(restApiId="Api", limit=limit)
    with pytest.raises(bench.http.exceptions.BadRequestException, match="maxResults"):
        bench.http.get_apis(MaxResults=str(limit))


def test_http_api_that_is_not_there(controlled):
    client = controlled(HTTP).http
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_api(ApiId="none")


def test_api_of_the_other_kind_is_not_there(controlled):
    bench = controlled(HTTP)
    for operation in (bench.rest.get_stage, bench.rest.flush_stage_cache):
        with pytest.raises(bench.rest.exceptions.NotFoundException):
            operation(restApiId="Web", stageName="live")


def test_answer_has_an_id(bench):
    ids = [bench.rest.get_account()["ResponseMetadata"]["RequestId"] for _ in range(2)]
    assert len({*ids}) == 2


MANY = b"9" * 5_000
NO_BODIES = [
    b"{",
    b"[]",
    b'{"patchOperations": 5}',
    b'{"patchOperations": [5]}',
    b'{"patchOperations": [{"op": "replace", "path": 5}]}',
    b'{"patchOperations": [{"op": "replace", "path": "/throttle/rateLimit", "value": {}}]}',
    b'{"patchOperations": [{"op": "replace", "path": "/"}]}',
    b'{"patchOperations": [{"op": "replace", "path": "/throttle/rateLimit", "value": "' + MANY + b'"}]}',
    b'{"patchOperations": [{"op": "replace", "path": "/binaryMediaTypes/' + MANY + b'", "value": "a/b"}]}',
    b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"schema": "' + b"[" * 100_000 + b'", "policy": "' + b"[" * 100_000 + b'", "name": "x.y"}',
    b'{"pathWithQueryString": "http://[::1"}',
    b'{"canarySettings": 5, "keyId": 5, "value": 5, "headers": 5, "routeSettings": 5}',
]


@pytest.mark.parametrize(
    ("service", "name"), [(service, name) for service, names in OPERATIONS.items() for name in names]
)
def test_nonsense_is_refused_and_breaks_nothing(bench, service, name):
    http = operation_model(service, name).http
    names = {"api": "Api", "resource": "Pet", "method": "GET", "stage": "live", "plan": "Plan", "key": "Key"}
    written = re.sub(r"{([\w-]+)}", lambda label: names.get(NAMES[label[1]], "x%2F"), http["requestUri"])
    path, _, mode = written.partition("?")
    targets = (f"{path}?{mode}", f"{path}?limit=x&{mode}", f"{path}?position=x&nextToken=x&maxResults=x&{mode}")
    asked = [(Request(http["method"], target, (), body, CLIENT), body) for target in targets for body in NO_BODIES]

    async def answers():
        return [(await bench.control.handle(request), body) for request, body in asked]

    for response, body in asyncio.run(answers()):
        assert response.status < 500
        assert body not in NO_BODIES[:2] or response.status in {400, 404}
