"""APIs of a template that calls change: what the template refers to by AWS's ids is found by its name too."""

import pytest

from netful.model.identity import short_id
from tests.account.apigateway.test_control_reads import API, HTTP


@pytest.fixture
def rest(controlled):
    return controlled(API).rest


@pytest.fixture
def http(controlled):
    return controlled(HTTP).http


def place(rest, path="/pets/{id}", method="GET"):
    found = rest.get_resources(restApiId="Api")["items"]
    resource = next(one["id"] for one in found if one["path"] == path)
    return {"restApiId": "Api", "resourceId": resource, "httpMethod": method}


def test_method_of_a_template_changes(rest):
    patch = [{"op": "replace", "path": "/apiKeyRequired", "value": "false"}]
    found = rest.update_method(**place(rest), patchOperations=patch)
    assert (found["apiKeyRequired"], found["authorizerId"], found["requestValidatorId"]) == (
        False,
        short_id("Who"),
        short_id("Strict"),
    )
    assert found["methodIntegration"]["integrationResponses"]["200"]["selectionPattern"] == "2.."


def test_method_is_added_to_a_resource_of_a_template(rest):
    rest.put_method(**place(rest, "/pets", "POST"), authorizationType="NONE")
    found = {one["path"]: one for one in rest.get_resources(restApiId="Api")["items"]}
    assert [*found["/pets"]["resourceMethods"]] == ["POST"]
    assert [*found["/pets/{id}"]["resourceMethods"]] == ["GET"]


def test_resource_of_a_template_moves_and_goes_with_its_methods(rest):
    patch = [{"op": "replace", "path": "/pathPart", "value": "animals"}]
    rest.update_resource(restApiId="Api", resourceId=place(rest, "/pets")["resourceId"], patchOperations=patch)
    assert {one["path"] for one in rest.get_resources(restApiId="Api")["items"]} == {"/", "/animals", "/animals/{id}"}
    rest.delete_resource(restApiId="Api", resourceId=place(rest, "/animals")["resourceId"])
    [root] = rest.get_resources(restApiId="Api")["items"]
    assert (root["path"], "resourceMethods" in root) == ("/", False)


def test_parts_of_a_template_change(rest):
    name = [{"op": "replace", "path": "/name", "value": "other"}]
    assert rest.update_authorizer(restApiId="Api", authorizerId="Who", patchOperations=name)["name"] == "other"
    assert (
        rest.update_request_validator(restApiId="Api", requestValidatorId="Strict", patchOperations=name)["name"]
        == "other"
    )
    with pytest.raises(rest.exceptions.ConflictException):
        rest.create_model(restApiId="Api", name="Pet", contentType="application/json", schema="{}")
    rest.delete_model(restApiId="Api", modelName="Pet")
    assert [one["name"] for one in rest.get_models(restApiId="Api")["items"]] == ["Empty", "Error"]
    status = [{"op": "replace", "path": "/statusCode", "value": "410"}]
    denied = {"restApiId": "Api", "responseType": "ACCESS_DENIED"}
    assert rest.update_gateway_response(**denied, patchOperations=status)["statusCode"] == "410"


def test_stage_of_a_template_keeps_its_deployment_when_it_is_tagged(rest):
    api = rest.get_rest_api(restApiId="Api")["id"]
    before = rest.get_stage(restApiId="Api", stageName="live")
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api}/stages/live"
    rest.tag_resource(resourceArn=arn, tags={"a": "b"})
    after = rest.get_stage(restApiId="Api", stageName="live")
    assert after["tags"] == {"a": "b"}
    for member in ("deploymentId", "variables", "methodSettings", "tracingEnabled"):
        assert after[member] == before[member]


def test_plan_of_a_template_opens_another_stage(rest):
    deployment = rest.get_stage(restApiId="Api", stageName="live")["deploymentId"]
    rest.create_stage(restApiId="Api", stageName="beta", deploymentId=deployment)
    api = rest.get_rest_api(restApiId="Api")["id"]
    patch = [{"op": "add", "path": "/apiStages", "value": f"{api}:beta"}]
    found = rest.update_usage_plan(usagePlanId="Plan", patchOperations=patch)
    assert found["apiStages"] == [{"apiId": api, "stage": "live"}, {"apiId": api, "stage": "beta"}]
    rest.delete_stage(restApiId="Api", stageName="beta")
    assert rest.get_usage_plan(usagePlanId="Plan")["apiStages"] == [{"apiId": api, "stage": "live"}]


def test_api_of_a_template_goes_with_its_parts(controlled):
    bench = controlled(API)
    for delete, more in ((bench.rest.delete_stage, {"stageName": "live"}), (bench.rest.delete_rest_api, {})):
        with pytest.raises(bench.rest.exceptions.BadRequestException, match="base path mappings"):
            delete(restApiId="Api", **more)
    bench.rest.delete_domain_name(domainName="pets.example")
    bench.rest.delete_rest_api(restApiId="Api")
    assert bench.rest.get_usage_plan(usagePlanId="Plan")["apiStages"] == []
    kept = {one.type for one in bench.cloud.template.resources.values() if one.type.startswith("AWS::ApiGateway")}
    assert kept == {"AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlanKey"}


def test_http_api_of_a_template_changes(http):
    opened, shut = http.get_routes(ApiId="Web")["Items"]
    with pytest.raises(http.exceptions.ConflictException):
        http.create_route(ApiId="Web", RouteKey="GET /open")
    found = http.update_route(ApiId="Web", RouteId=opened["RouteId"], RouteKey="GET /other")
    assert found["Target"] == opened["Target"]
    integration = opened["Target"].removeprefix("integrations/")
    with pytest.raises(http.exceptions.ConflictException, match="referenced by Route"):
        http.delete_integration(ApiId="Web", IntegrationId=integration)
    http.update_integration(ApiId="Web", IntegrationId=integration, TimeoutInMillis=1000)
    for route in (opened, shut):
        http.delete_route(ApiId="Web", RouteId=route["RouteId"])
    http.delete_authorizer(ApiId="Web", AuthorizerId="Token")
    http.delete_integration(ApiId="Web", IntegrationId=integration)
    assert http.get_integrations(ApiId="Web")["Items"] == http.get_routes(ApiId="Web")["Items"] == []


def test_http_api_of_a_template_goes_with_its_parts(controlled):
    bench = controlled(HTTP)
    for api in ("Web", "Chat"):
        bench.http.delete_api(ApiId=api)
    assert not bench.cloud.template.resources


@pytest.mark.parametrize("number", ['"300"', "!Ref P"])
def test_parts_with_numbers_in_texts_change(controlled, number):
    rest = controlled(f"""
Parameters: {{P: {{Type: Number}}}}
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, MinimumCompressionSize: {number}}}}}
  Who:
    Type: AWS::ApiGateway::Authorizer
    Properties: {{RestApiId: !Ref Api, Name: who, Type: TOKEN, AuthorizerUri: "arn:aws:apigateway:us-east-1:lambda:path/x", IdentitySource: method.request.header.A, AuthorizerResultTtlInSeconds: {number}}}
""").rest
    patch = [{"op": "replace", "path": "/name", "value": "new"}]
    assert rest.update_rest_api(restApiId="Api", patchOperations=patch)["name"] == "new"
    found = rest.update_authorizer(restApiId="Api", authorizerId="Who", patchOperations=patch)
    assert (found["name"], found.get("authorizerResultTtlInSeconds")) == ("new", 300 if number == '"300"' else None)
