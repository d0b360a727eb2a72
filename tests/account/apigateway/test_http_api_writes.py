"""HTTP and WebSocket APIs that calls create, change and delete."""

import json

import pytest

from netful.account.changes import Put, changed
from netful.model.difference import same
from tests.account.apigateway.test_rest_api_writes import EMPTY
from tests.helpers.account_client import without_metadata

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:Fn"


@pytest.fixture
def bench(controlled):
    bench = controlled(EMPTY)

    def answer(event):
        if event.get("type") == "REQUEST":
            return {"isAuthorized": "t" in event["identitySource"]}
        return {"statusCode": 200, "body": "from the function"}

    bench.function = answer
    return bench


@pytest.fixture
def http(bench):
    return bench.http


@pytest.fixture
def api(http):
    """An API whose default stage is deployed by itself."""
    api = http.create_api(Name="web", ProtocolType="HTTP", Tags={"team": "green"})
    http.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
    return api["ApiId"]


@pytest.fixture
def integration(http, api):
    return http.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=FUNCTION, PayloadFormatVersion="2.0", Description="d"
    )


@pytest.fixture
def route(http, api, integration):
    return http.create_route(ApiId=api, RouteKey="GET /pets", Target=f"integrations/{integration['IntegrationId']}")


@pytest.mark.usefixtures("route")
def test_api_of_parts_answers(bench, api):
    assert bench.get("/pets", api).body == b"from the function"
    assert bench.events[-1]["requestContext"]["apiId"] == api
    assert bench.get("/other", api).status == 404


def test_api_is_read_back(http, api):
    found = http.get_api(ApiId=api)
    assert (found["Name"], found["ProtocolType"], found["Tags"]) == ("web", "HTTP", {"team": "green"})
    assert found["ApiEndpoint"] == f"https://{api}.execute-api.us-east-1.amazonaws.com"
    assert found["RouteSelectionExpression"] == "$request.method $request.path"
    assert [one["ApiId"] for one in http.get_apis()["Items"]] == [api]


def test_parts_are_read_back(http, api, integration, route):
    assert without_metadata(
        http.get_integration(ApiId=api, IntegrationId=integration["IntegrationId"])
    ) == without_metadata(integration)
    assert without_metadata(http.get_route(ApiId=api, RouteId=route["RouteId"])) == without_metadata(route)
    assert integration["Description"] == "d"


def test_integration_without_a_route(http, api, integration):
    assert http.get_integrations(ApiId=api)["Items"] == [without_metadata(integration)]


def test_quick_api(bench):
    api = bench.http.create_api(Name="quick", ProtocolType="HTTP", Target=FUNCTION)["ApiId"]
    assert bench.get("/any", api).body == b"from the function"
    [route] = bench.http.get_routes(ApiId=api)["Items"]
    bench.http.update_route(ApiId=api, RouteId=route["RouteId"], RouteKey="GET /only")
    assert (bench.get("/any", api).status, bench.get("/only", api).body) == (404, b"from the function")


def test_api_that_is_refused(http):
    for given in ({"Name": "", "ProtocolType": "HTTP"}, {"Name": "x", "ProtocolType": "X"}, {"Name": "x", "ProtocolType": "WEBSOCKET"}):  # fmt: skip
        with pytest.raises(http.exceptions.BadRequestException):
            http.create_api(**given)


def test_changed_api(bench, api, route):
    del route
    cors = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"]}
    found = bench.http.update_api(ApiId=api, Name="other", CorsConfiguration=cors, Description="d")
    assert (found["Name"], found["Description"]) == ("other", "d")
    assert found["CorsConfiguration"]["AllowOrigins"] == ["https://a.example"]
    bench.http.delete_cors_configuration(ApiId=api)
    assert "CorsConfiguration" not in bench.http.get_api(ApiId=api)
    bench.http.update_api(ApiId=api, DisableExecuteApiEndpoint=True)
    assert bench.get("/pets", api).status == 404


def test_changed_route(bench, api, route):
    changed_one = bench.http.update_route(ApiId=api, RouteId=route["RouteId"], RouteKey="ANY /dogs/{id}", AuthorizationType="AWS_IAM")  # fmt: skip
    assert (changed_one["RouteId"], changed_one["RouteKey"]) == (route["RouteId"], "ANY /dogs/{id}")
    assert (bench.get("/pets", api).status, bench.get("/dogs/1", api).status) == (404, 403)


def test_changed_integration(http, api, integration):
    id_ = integration["IntegrationId"]
    found = http.update_integration(ApiId=api, IntegrationId=id_, TimeoutInMillis=5000, RequestParameters={"append:header.a": "b", "append:header.c": "d"})  # fmt: skip
    assert (found["TimeoutInMillis"], found["IntegrationUri"]) == (5000, FUNCTION)
    merged = http.update_integration(ApiId=api, IntegrationId=id_, RequestParameters={"append:header.a": ""})
    assert merged["RequestParameters"] == {"append:header.c": "d"}


@pytest.mark.parametrize(
    ("key", "error"),
    [("GET pets", "BadRequestException"), ("x", "BadRequestException"), ("GET /pets", "ConflictException")],
)
def test_route_that_is_refused(http, api, route, key, error):
    del route
    with pytest.raises(getattr(http.exceptions, error)):
        http.create_route(ApiId=api, RouteKey=key)


def test_route_to_nothing(http, api):
    with pytest.raises(http.exceptions.NotFoundException, match="Unable to find Integration"):
        http.create_route(ApiId=api, RouteKey="GET /a", Target="integrations/none")
    with pytest.raises(http.exceptions.BadRequestException, match="authorizer"):
        http.create_route(ApiId=api, RouteKey="GET /a", AuthorizationType="JWT", AuthorizerId="none")


@pytest.mark.parametrize(
    "given",
    [
        {"IntegrationType": "MOCK"},
        {"IntegrationType": "AWS_PROXY"},
        {"IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://a.example"},
        {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "ConnectionType": "VPC_LINK"},
    ],
)
def test_integration_that_is_refused(http, api, given):
    with pytest.raises(http.exceptions.BadRequestException):
        http.create_integration(ApiId=api, **given)


def test_deleted_parts(http, api, integration, route):
    with pytest.raises(http.exceptions.ConflictException, match="referenced by Route"):
        http.delete_integration(ApiId=api, IntegrationId=integration["IntegrationId"])
    http.delete_route(ApiId=api, RouteId=route["RouteId"])
    http.delete_integration(ApiId=api, IntegrationId=integration["IntegrationId"])
    assert (http.get_routes(ApiId=api)["Items"], http.get_integrations(ApiId=api)["Items"]) == ([], [])
    with pytest.raises(http.exceptions.NotFoundException, match="Unable to find Route"):
        http.delete_route(ApiId=api, RouteId=route["RouteId"])


def test_deleted_api_is_gone_with_all_its_parts(bench, api, route):
    del route
    before = {*bench.cloud.template.resources}
    bench.http.delete_api(ApiId=api)
    assert bench.get("/pets", api).status == 403
    assert not {id_ for id_ in bench.cloud.template.resources if id_.startswith(api)}
    assert {*bench.cloud.template.resources} == {"Role", "Fn", "Permission", "Vpc"} < before
    assert (bench.cloud.apis.stages, bench.cloud.apis.http_apis) == ({}, {})


def test_authorizer_of_a_function(bench, api, route):
    http = bench.http
    made = http.create_authorizer(
        ApiId=api, Name="who", AuthorizerType="REQUEST", IdentitySource=["$request.header.x"],
        AuthorizerUri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations",
        AuthorizerPayloadFormatVersion="2.0", EnableSimpleResponses=True,
    )["AuthorizerId"]  # fmt: skip
    http.update_route(ApiId=api, RouteId=route["RouteId"], AuthorizationType="CUSTOM", AuthorizerId=made)
    assert (bench.get("/pets", api, x="no").status, bench.get("/pets", api, x="t").status) == (403, 200)
    http.reset_authorizers_cache(ApiId=api, StageName="$default")
    assert http.update_authorizer(ApiId=api, AuthorizerId=made, Name="other")["Name"] == "other"
    with pytest.raises(http.exceptions.ConflictException):
        http.delete_authorizer(ApiId=api, AuthorizerId=made)
    http.update_route(ApiId=api, RouteId=route["RouteId"], AuthorizationType="NONE")
    http.delete_route(ApiId=api, RouteId=route["RouteId"])
    http.delete_authorizer(ApiId=api, AuthorizerId=made)
    with pytest.raises(http.exceptions.NotFoundException):
        http.get_authorizer(ApiId=api, AuthorizerId=made)


def test_authorizer_that_is_refused(http, api):
    for given in ({"AuthorizerType": "REQUEST"}, {"AuthorizerType": "JWT"}, {"AuthorizerType": "TOKEN"}):
        with pytest.raises(http.exceptions.BadRequestException):
            http.create_authorizer(ApiId=api, Name="who", IdentitySource=["$request.header.x"], **given)


def test_deployed_stage_keeps_its_routes(bench, api, integration, route):
    http = bench.http
    http.create_stage(ApiId=api, StageName="live", StageVariables={"a": "b"}, Tags={"x": "y"})
    first = http.create_deployment(ApiId=api, StageName="live", Description="first")["DeploymentId"]
    http.delete_route(ApiId=api, RouteId=route["RouteId"])
    assert (bench.get("/live/pets", api).status, bench.get("/pets", api).status) == (200, 404)
    http.create_route(ApiId=api, RouteKey="GET /dogs", Target=f"integrations/{integration['IntegrationId']}")
    second = http.create_deployment(ApiId=api, StageName="live")["DeploymentId"]
    assert (bench.get("/live/pets", api).status, bench.get("/live/dogs", api).status) == (404, 200)
    stage = http.get_stage(ApiId=api, StageName="live")
    assert (stage["DeploymentId"], stage["StageVariables"], stage["Tags"]) == (second, {"a": "b"}, {"x": "y"})
    with pytest.raises(http.exceptions.BadRequestException, match="Active stages"):
        http.delete_deployment(ApiId=api, DeploymentId=second)
    assert http.update_deployment(ApiId=api, DeploymentId=first, Description="old")["Description"] == "old"
    http.delete_deployment(ApiId=api, DeploymentId=first)
    assert [one["DeploymentId"] for one in http.get_deployments(ApiId=api)["Items"]] == [second]


def test_stage_settings(bench, api, route):
    del route
    http = bench.http
    http.update_stage(
        ApiId=api, StageName="$default", RouteSettings={"GET /pets": {"ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 1}},
        DefaultRouteSettings={"DetailedMetricsEnabled": True},
        AccessLogSettings={"DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:l", "Format": "$context.requestId"},
    )  # fmt: skip
    running = bench.cloud
    read = changed(running.having(stages={}, resources={}), map(Put, running.template.resources.values()))
    assert all(same(read.apis.stages[name], one) for name, one in running.apis.stages.items())
    http.delete_route_settings(ApiId=api, StageName="$default", RouteKey="GET /pets")
    http.delete_access_log_settings(ApiId=api, StageName="$default")
    stage = http.get_stage(ApiId=api, StageName="$default")
    assert (stage["RouteSettings"], "AccessLogSettings" in stage) == ({}, False)
    with pytest.raises(http.exceptions.ConflictException):
        http.create_stage(ApiId=api, StageName="$default")
    http.delete_stage(ApiId=api, StageName="$default")
    assert bench.get("/pets", api).status == 404


def test_imported_api(bench):
    def document(path):
        integration = {"type": "AWS_PROXY", "httpMethod": "POST", "uri": FUNCTION, "payloadFormatVersion": "2.0"}
        operation = {"x-amazon-apigateway-integration": integration}
        return json.dumps({"openapi": "3.0.1", "info": {"title": "i", "version": "1"}, "paths": {path: {"get": operation, "post": operation}}})  # fmt: skip

    http = bench.http
    api = http.import_api(Body=document("/a"))["ApiId"]
    http.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    assert bench.get("/a", api).status == 200
    http.reimport_api(ApiId=api, Body=document("/b"))
    assert (bench.get("/a", api).status, bench.get("/b", api).status) == (404, 200)
    [get, post] = http.get_routes(ApiId=api)["Items"]
    assert (get["RouteKey"], post["RouteKey"]) == ("GET /b", "POST /b")
    behind = {one["IntegrationId"] for one in http.get_integrations(ApiId=api)["Items"]}
    assert {get["Target"], post["Target"]} == {f"integrations/{id_}" for id_ in behind}
    assert not behind & {get["RouteId"], post["RouteId"]}
    assert all(http.get_integration(ApiId=api, IntegrationId=id_)["IntegrationUri"] == FUNCTION for id_ in behind)
    http.update_route(ApiId=api, RouteId=get["RouteId"], RouteKey="GET /c")
    assert (bench.get("/b", api).status, bench.get("/c", api).status) == (404, 200)
    assert http.get_route(ApiId=api, RouteId=post["RouteId"])["RouteKey"] == "POST /b"
    with pytest.raises(http.exceptions.BadRequestException):
        http.import_api(Body="{}")


def test_web_socket_api(http):
    api = http.create_api(Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")[
        "ApiId"
    ]
    behind = http.create_integration(ApiId=api, IntegrationType="MOCK", RequestTemplates={"200": '{"statusCode":200}'})[
        "IntegrationId"
    ]
    route = http.create_route(
        ApiId=api, RouteKey="ping", Target=f"integrations/{behind}", RouteResponseSelectionExpression="$default"
    )
    assert route["RouteResponseSelectionExpression"] == "$default"
    told_back = http.create_route_response(ApiId=api, RouteId=route["RouteId"], RouteResponseKey="$default")
    answer = http.create_integration_response(
        ApiId=api, IntegrationId=behind, IntegrationResponseKey="$default", ResponseTemplates={"200": "pong"}
    )
    [listed] = http.get_integration_responses(ApiId=api, IntegrationId=behind)["Items"]
    assert listed == without_metadata(answer)
    assert http.get_route_responses(ApiId=api, RouteId=route["RouteId"])["Items"] == [without_metadata(told_back)]
    with pytest.raises(http.exceptions.ConflictException):
        http.create_route_response(ApiId=api, RouteId=route["RouteId"], RouteResponseKey="$default")
    changed_one = http.update_integration_response(
        ApiId=api,
        IntegrationId=behind,
        IntegrationResponseId=answer["IntegrationResponseId"],
        ResponseTemplates={"200": "other"},
    )
    assert changed_one["ResponseTemplates"] == {"200": "other"}
    http.delete_route_response(ApiId=api, RouteId=route["RouteId"], RouteResponseId=told_back["RouteResponseId"])
    http.delete_integration_response(
        ApiId=api, IntegrationId=behind, IntegrationResponseId=answer["IntegrationResponseId"]
    )
    with pytest.raises(http.exceptions.NotFoundException):
        http.get_route_response(ApiId=api, RouteId=route["RouteId"], RouteResponseId=told_back["RouteResponseId"])


def test_what_a_target_makes_is_managed(http):
    api = http.create_api(Name="quick", ProtocolType="HTTP", Target=FUNCTION, IpAddressType="dualstack")
    assert api["IpAddressType"] == "dualstack"
    (route,), (stage,) = (http.get_routes(ApiId=api["ApiId"])["Items"], http.get_stages(ApiId=api["ApiId"])["Items"])
    (integration,) = http.get_integrations(ApiId=api["ApiId"])["Items"]
    assert [one["ApiGatewayManaged"] for one in (route, stage, integration)] == [True, True, True]
    assert (integration["PayloadFormatVersion"], integration["IntegrationMethod"]) == ("2.0", "POST")


def test_an_integration_of_a_websocket_api_has_defaults(http):
    api = http.create_api(Name="ws", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
    made = http.create_integration(ApiId=api, IntegrationType="MOCK")
    assert made["PassthroughBehavior"] == "WHEN_NO_MATCH"
    assert made["IntegrationResponseSelectionExpression"] == "${integration.response.statuscode}"
    assert "ApiGatewayManaged" not in made


def test_models_are_of_websocket_apis(http, api):
    socket = http.create_api(Name="s", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.a")["ApiId"]
    asked = {"Name": "Pet", "Schema": '{"type": "object"}', "ContentType": "application/json"}
    made = http.create_model(ApiId=socket, **asked)
    http.update_model(ApiId=socket, ModelId=made["ModelId"], Description="d")
    names = {"application/json": "Pet"}
    route = http.create_route(ApiId=socket, RouteKey="a", RequestModels=names, ModelSelectionExpression="a")
    (model,) = http.get_models(ApiId=socket)["Items"]
    assert {name: model[name] for name in asked} == asked
    assert (model["Description"], route["RequestModels"]) == ("d", names)
    with pytest.raises(http.exceptions.ConflictException):
        http.create_model(ApiId=socket, **asked)
    with pytest.raises(http.exceptions.BadRequestException):
        http.create_model(ApiId=api, **asked)
    http.delete_model(ApiId=socket, ModelId=made["ModelId"])
    with pytest.raises(http.exceptions.NotFoundException):
        http.get_model(ApiId=socket, ModelId=made["ModelId"])
