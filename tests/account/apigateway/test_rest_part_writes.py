"""REST APIs that calls build part by part, as Terraform and scripts do."""

import json

import pytest
from botocore.exceptions import ClientError

from netful.account.changes import Put, changed
from netful.account.export import template_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.difference import same
from tests.account.apigateway.test_rest_api_writes import EMPTY, FUNCTION, definition, mock
from tests.helpers.account_client import without_metadata


@pytest.fixture
def bench(controlled):
    bench = controlled(EMPTY)
    bench.function = lambda event: (
        {"principalId": "p", "policyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}
        if event.get("type") == "TOKEN"
        else {"statusCode": 200, "body": "from the function"}
    )
    return bench


@pytest.fixture
def rest(bench):
    return bench.rest


@pytest.fixture
def api(rest):
    return rest.create_rest_api(name="pets", endpointConfiguration={"types": ["REGIONAL"]})


@pytest.fixture
def pets(rest, api):
    return rest.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="pets")


@pytest.fixture
def get_pets(rest, api, pets):
    """The place of a method that a mock answers."""
    place = {"restApiId": api["id"], "resourceId": pets["id"], "httpMethod": "GET"}
    rest.put_method(**place, authorizationType="NONE")
    rest.put_method_response(**place, statusCode="200")
    rest.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    rest.put_integration_response(**place, statusCode="200", responseTemplates={"application/json": "pets"})
    return place


def live(rest, api):
    rest.create_deployment(restApiId=api["id"], stageName="live")


def deployed(bench, api, path="/live/pets", **headers):
    live(bench.rest, api)
    return bench.get(path, api["id"], **headers)


@pytest.mark.usefixtures("get_pets")
def test_api_of_parts_answers(bench, api):
    assert deployed(bench, api).body == b"pets"


def test_parts_are_read_back(rest, api, pets, get_pets):
    found = {one["path"]: one for one in rest.get_resources(restApiId=api["id"])["items"]}
    assert found["/pets"] == {**without_metadata(pets), "resourceMethods": {"GET": {}}}
    assert found["/"]["id"] == api["rootResourceId"] == pets["parentId"]
    method = rest.get_method(**get_pets)
    assert method["methodIntegration"]["integrationResponses"]["200"]["responseTemplates"] == {
        "application/json": "pets"
    }
    assert method["methodIntegration"]["cacheNamespace"] == pets["id"]
    assert method["methodResponses"] == {"200": {"statusCode": "200"}}


def test_function_behind_a_method(bench, api, pets):
    place = {"restApiId": api["id"], "resourceId": pets["id"], "httpMethod": "ANY"}
    bench.rest.put_method(**place, authorizationType="NONE", operationName="Pets")
    bench.rest.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=FUNCTION)
    assert deployed(bench, api).body == b"from the function"
    assert bench.events[-1]["requestContext"]["resourceId"] == pets["id"]
    assert bench.rest.get_method(**place)["operationName"] == "Pets"


def test_change_of_a_part_is_live_with_the_next_deployment(bench, api, get_pets):
    assert deployed(bench, api).body == b"pets"
    bench.rest.update_integration_response(
        **get_pets,
        statusCode="200",
        patchOperations=[{"op": "replace", "path": "/responseTemplates/application~1json", "value": "cats"}],
    )
    assert bench.get("/live/pets", api["id"]).body == b"pets"
    assert deployed(bench, api).body == b"cats"


def test_patches_of_a_method(rest, get_pets):
    patches = [
        {"op": "replace", "path": "/apiKeyRequired", "value": "true"},
        {"op": "add", "path": "/requestParameters/method.request.querystring.a", "value": "true"},
        {"op": "add", "path": "/requestModels/application~1json", "value": "Empty"},
        {"op": "replace", "path": "/authorizationType", "value": "AWS_IAM"},
    ]
    method = rest.update_method(**get_pets, patchOperations=patches)
    assert (method["apiKeyRequired"], method["authorizationType"]) == (True, "AWS_IAM")
    assert method["requestParameters"] == {"method.request.querystring.a": True}
    assert method["requestModels"] == {"application/json": "Empty"}
    gone = rest.update_method(
        **get_pets, patchOperations=[{"op": "remove", "path": "/requestModels/application~1json"}]
    )
    assert "requestModels" not in gone


def test_patches_of_an_integration(rest, get_pets):
    declared = [{"op": "add", "path": "/requestParameters/method.request.querystring.a", "value": "false"}]
    rest.update_method(**get_pets, patchOperations=declared)
    patches = [
        {"op": "replace", "path": "/timeoutInMillis", "value": "5000"},
        {"op": "add", "path": "/cacheKeyParameters/method.request.querystring.a"},
        {"op": "replace", "path": "/passthroughBehavior", "value": "NEVER"},
        {"op": "add", "path": "/requestTemplates/text~1plain", "value": "x"},
    ]
    found = rest.update_integration(**get_pets, patchOperations=patches)
    assert (found["timeoutInMillis"], found["passthroughBehavior"]) == (5000, "NEVER")
    assert found["cacheKeyParameters"] == ["method.request.querystring.a"]
    assert found["requestTemplates"]["text/plain"] == "x"


@pytest.mark.parametrize(
    ("operation", "given", "message"),
    [
        ("update_method", {"patchOperations": [{"op": "replace", "path": "/nothing", "value": "x"}]}, "Invalid patch path"),
        ("update_method", {"patchOperations": [{"op": "replace", "path": "/apiKeyRequired", "value": "x"}]}, "boolean"),
        ("update_method", {"patchOperations": [{"op": "copy", "path": "/apiKeyRequired"}]}, "Invalid patch operation"),
        ("update_method", {"patchOperations": [{"op": "replace", "path": "/authorizationType", "value": "CUSTOM"}]}, "authorizer ID"),
        ("update_method", {"patchOperations": [{"op": "replace", "path": "/authorizationType", "value": "JWT"}]}, "authorization type"),
        ("put_integration", {"type": "NONE"}, "Invalid integration type"),
        ("put_integration", {"type": "MOCK", "requestParameters": {"integration.request.header.a": "text"}}, "Invalid mapping expression specified: text"),
        ("put_integration", {"type": "MOCK", "requestParameters": {"integration.request.header.a": "method.request.header.b"}}, "mapping expression parameter specified"),
        ("put_integration", {"type": "HTTP"}, "HttpMethod must be non-empty"),
        ("put_integration", {"type": "AWS", "integrationHttpMethod": "POST"}, "Invalid ARN"),
        ("put_integration", {"type": "HTTP", "integrationHttpMethod": "GET"}, "Invalid HTTP endpoint"),
        ("put_integration", {"type": "HTTP", "integrationHttpMethod": "GET", "uri": "ftp://e.example/"}, "Invalid HTTP endpoint"),
        ("put_integration", {"type": "AWS", "integrationHttpMethod": "POST", "uri": "arn:aws:lambda:us-east-1:123456789012:function:f"}, "AWS ARN for integration must contain path or action"),
        ("put_integration", {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:sqs:path/1/q"}, "currently only supports Lambda function"),
        ("put_integration", {"type": "MOCK", "timeoutInMillis": 49}, "Timeout should be between 50 ms"),
    ],
)  # fmt: skip
def test_part_that_is_refused(rest, get_pets, operation, given, message):
    before = without_metadata(rest.get_method(**get_pets))
    with pytest.raises(rest.exceptions.BadRequestException, match=message):
        getattr(rest, operation)(**get_pets, **given)
    assert without_metadata(rest.get_method(**get_pets)) == before


def test_same_part_twice(rest, api, get_pets):
    with pytest.raises(rest.exceptions.ConflictException, match="already has this name: pets"):
        rest.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="pets")
    with pytest.raises(rest.exceptions.ConflictException, match="Method already exists"):
        rest.put_method(**get_pets, authorizationType="NONE")
    with pytest.raises(rest.exceptions.ConflictException, match="Response already exists"):
        rest.put_method_response(**get_pets, statusCode="200")


def test_part_of_a_path_that_is_refused(rest, api):
    with pytest.raises(rest.exceptions.BadRequestException, match="Resource's path part only allow"):
        rest.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="a/b")


@pytest.mark.usefixtures("get_pets")
def test_moved_resource(bench, api, pets):
    other = bench.rest.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="v1")
    patches = [
        {"op": "replace", "path": "/parentId", "value": other["id"]},
        {"op": "replace", "path": "/pathPart", "value": "dogs"},
    ]
    moved = bench.rest.update_resource(restApiId=api["id"], resourceId=pets["id"], patchOperations=patches)
    assert (moved["path"], moved["id"]) == ("/v1/dogs", pets["id"])
    assert deployed(bench, api, "/live/v1/dogs").body == b"pets"


def test_deleted_parts(rest, api, pets, get_pets):
    child = rest.create_resource(restApiId=api["id"], parentId=pets["id"], pathPart="{id}")["id"]
    rest.delete_integration_response(**get_pets, statusCode="200")
    rest.delete_method_response(**get_pets, statusCode="200")
    rest.delete_integration(**get_pets)
    for operation, more in (
        (rest.get_integration_response, {"statusCode": "200"}),
        (rest.get_method_response, {"statusCode": "200"}),
        (rest.get_integration, {}),
    ):
        with pytest.raises(rest.exceptions.NotFoundException):
            operation(**get_pets, **more)
    rest.delete_method(**get_pets)
    with pytest.raises(rest.exceptions.NotFoundException, match="Invalid Method identifier"):
        rest.get_method(**get_pets)
    rest.delete_resource(restApiId=api["id"], resourceId=pets["id"])
    assert [one["path"] for one in rest.get_resources(restApiId=api["id"])["items"]] == ["/"]
    with pytest.raises(rest.exceptions.NotFoundException, match="Invalid Resource identifier"):
        rest.get_resource(restApiId=api["id"], resourceId=child)


def test_root_stays(rest, api):
    with pytest.raises(rest.exceptions.BadRequestException, match="Root resource"):
        rest.delete_resource(restApiId=api["id"], resourceId=api["rootResourceId"])


def test_authorizer(bench, api, get_pets):
    rest = bench.rest
    made = rest.create_authorizer(
        restApiId=api["id"], name="who", type="TOKEN", authorizerUri=FUNCTION,
        identitySource="method.request.header.Authorization", authorizerResultTtlInSeconds=0,
    )  # fmt: skip
    rest.update_method(
        **get_pets,
        patchOperations=[
            {"op": "replace", "path": "/authorizationType", "value": "CUSTOM"},
            {"op": "replace", "path": "/authorizerId", "value": made["id"]},
        ],
    )
    assert deployed(bench, api).status == 401
    assert bench.get("/live/pets", api["id"], authorization="t").body == b"pets"
    patch = [{"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "60"}]
    changed_one = rest.update_authorizer(restApiId=api["id"], authorizerId=made["id"], patchOperations=patch)
    assert (changed_one["id"], changed_one["authorizerResultTtlInSeconds"]) == (made["id"], 60)
    rest.delete_authorizer(restApiId=api["id"], authorizerId=made["id"])
    with pytest.raises(rest.exceptions.NotFoundException):
        rest.get_authorizer(restApiId=api["id"], authorizerId=made["id"])


def test_authorizer_that_is_refused(rest, api):
    too_long = {"type": "TOKEN", "authorizerUri": FUNCTION, "authorizerResultTtlInSeconds": 3601}
    for given in ({"type": "TOKEN"}, {"type": "COGNITO_USER_POOLS"}, too_long):
        with pytest.raises(rest.exceptions.BadRequestException):
            rest.create_authorizer(restApiId=api["id"], name="who", **given)


def test_validator_and_model(bench, api, get_pets):
    rest = bench.rest
    rest.create_model(restApiId=api["id"], name="Pet", contentType="application/json", schema='{"type": "object", "required": ["name"]}')  # fmt: skip
    validator = rest.create_request_validator(restApiId=api["id"], name="strict", validateRequestParameters=True)
    assert validator["name"] == "strict"
    patches = [
        {"op": "replace", "path": "/requestValidatorId", "value": validator["id"]},
        {"op": "add", "path": "/requestParameters/method.request.querystring.a", "value": "true"},
    ]
    rest.update_method(**get_pets, patchOperations=patches)
    assert deployed(bench, api).status == 400
    off = [{"op": "replace", "path": "/validateRequestParameters", "value": "false"}]
    rest.update_request_validator(restApiId=api["id"], requestValidatorId=validator["id"], patchOperations=off)
    assert deployed(bench, api).status == 200
    described = [{"op": "replace", "path": "/description", "value": "a pet"}]
    assert rest.update_model(restApiId=api["id"], modelName="Pet", patchOperations=described)["description"] == "a pet"
    with pytest.raises(rest.exceptions.ConflictException):
        rest.create_model(restApiId=api["id"], name="Pet", contentType="application/json", schema="{}")
    with pytest.raises(rest.exceptions.BadRequestException):
        rest.create_model(restApiId=api["id"], name="Bad", contentType="application/json", schema="{")
    rest.delete_model(restApiId=api["id"], modelName="Pet")
    rest.delete_request_validator(restApiId=api["id"], requestValidatorId=validator["id"])
    assert [one["name"] for one in rest.get_models(restApiId=api["id"])["items"]] == ["Empty", "Error"]
    assert rest.get_request_validators(restApiId=api["id"])["items"] == []


@pytest.mark.usefixtures("get_pets")
def test_gateway_response(bench, api):
    rest, kind = bench.rest, {"restApiId": api["id"], "responseType": "MISSING_AUTHENTICATION_TOKEN"}
    rest.put_gateway_response(**kind, statusCode="404", responseTemplates={"application/json": "nothing here"})
    assert (deployed(bench, api, "/live/x").status, bench.get("/live/x", api["id"]).body) == (404, b"nothing here")
    rest.update_gateway_response(**kind, patchOperations=[{"op": "replace", "path": "/statusCode", "value": "410"}])
    assert deployed(bench, api, "/live/x").status == 410
    rest.delete_gateway_response(**kind)
    assert rest.get_gateway_response(**kind)["defaultResponse"] is True
    assert deployed(bench, api, "/live/x").status == 403
    with pytest.raises(rest.exceptions.NotFoundException):
        rest.delete_gateway_response(**kind)


# --- APIs with a body -------------------------------------------------------------------------------------------------


def test_part_of_an_imported_api_changes(bench):
    api = bench.rest.import_rest_api(body=json.dumps(definition(a=mock("a"), b=mock("b"))))
    place = {"restApiId": api["id"], "resourceId": bench.resource("/a", api["id"]), "httpMethod": "GET"}
    bench.rest.update_integration_response(
        **place,
        statusCode="200",
        patchOperations=[{"op": "replace", "path": "/responseTemplates/application~1json", "value": "other"}],
    )
    assert bench.resource("/a", api["id"]) == place["resourceId"]
    assert deployed(bench, api, "/live/a").body == b"other"
    assert bench.get("/live/b", api["id"]).body == b"b"


def test_method_below_a_path_of_an_imported_api(bench):
    api = bench.rest.import_rest_api(body=json.dumps(definition(a=mock("a"))))
    child = bench.rest.create_resource(restApiId=api["id"], parentId=bench.resource("/a", api["id"]), pathPart="x")
    place = {"restApiId": api["id"], "resourceId": child["id"], "httpMethod": "GET"}
    bench.rest.put_method(**place, authorizationType="NONE")
    bench.rest.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=FUNCTION)
    assert deployed(bench, api, "/live/a/x").body == b"from the function"
    assert bench.get("/live/a", api["id"]).body == b"a"


def test_imported_api_means_the_same_after_it_was_opened(bench):
    document = definition(a=mock("a"))
    document["paths"]["/"] = {"get": {"x-amazon-apigateway-integration": mock("root")}}
    document["x-amazon-apigateway-binary-media-types"] = ["image/png"]
    document["x-amazon-apigateway-gateway-responses"] = {"THROTTLED": {"statusCode": "503"}}
    document["definitions"] = {"Pet": {"type": "object"}}
    api = bench.rest.import_rest_api(body=json.dumps(document))
    before = bench.cloud.apis.rest_apis[api["id"]]
    resources = bench.rest.get_resources(restApiId=api["id"], embed=["methods"])["items"]
    bench.rest.create_request_validator(restApiId=api["id"], name="x")
    after = bench.cloud.apis.rest_apis[api["id"]]
    assert bench.rest.get_resources(restApiId=api["id"], embed=["methods"])["items"] == resources
    for field in ("name", "policy", "binary_media_types", "endpoint_type", "gateway_responses", "models"):
        assert getattr(after, field) == getattr(before, field)


# --- stages, deployments, plans ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("get_pets")
def test_stage_of_its_own(bench, api):
    rest = bench.rest
    deployment = rest.create_deployment(restApiId=api["id"], description="first")["id"]
    stage = rest.create_stage(
        restApiId=api["id"], stageName="beta", deploymentId=deployment, variables={"a": "b"}, tags={"team": "blue"},
        description="d", tracingEnabled=True,
    )  # fmt: skip
    assert (stage["deploymentId"], stage["variables"], stage["tags"]) == (deployment, {"a": "b"}, {"team": "blue"})
    assert bench.get("/beta/pets", api["id"]).body == b"pets"
    with pytest.raises(rest.exceptions.ConflictException, match="Stage already exists"):
        rest.create_stage(restApiId=api["id"], stageName="beta", deploymentId=deployment)
    with pytest.raises(rest.exceptions.BadRequestException, match="Active stages pointing to this deployment"):
        rest.delete_deployment(restApiId=api["id"], deploymentId=deployment)
    rest.delete_stage(restApiId=api["id"], stageName="beta")
    assert bench.get("/beta/pets", api["id"]).status == 403
    rest.delete_deployment(restApiId=api["id"], deploymentId=deployment)
    assert rest.get_deployments(restApiId=api["id"])["items"] == []


@pytest.mark.usefixtures("get_pets")
def test_description_of_a_deployment(rest, api):
    made = rest.create_deployment(restApiId=api["id"])["id"]
    patch = [{"op": "replace", "path": "/description", "value": "d"}]
    assert rest.update_deployment(restApiId=api["id"], deploymentId=made, patchOperations=patch)["description"] == "d"


def test_response_of_an_integration_needs_one_of_its_method(rest, get_pets):
    with pytest.raises(rest.exceptions.NotFoundException, match="Invalid Response status code specified"):
        rest.put_integration_response(**get_pets, statusCode="404")


def test_method_needs_an_integration(rest, api):
    place = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    rest.put_method(**place, authorizationType="NONE")
    with pytest.raises(rest.exceptions.BadRequestException, match="No integration defined for method"):
        rest.create_deployment(restApiId=api["id"], stageName="live")


def test_private_api_needs_a_policy(rest):
    api = rest.create_rest_api(name="p", endpointConfiguration={"types": ["PRIVATE"]})
    place = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    rest.put_method(**place, authorizationType="NONE")
    with pytest.raises(rest.exceptions.BadRequestException, match="doesn't have a resource policy"):
        rest.create_deployment(restApiId=api["id"], stageName="live")


def test_usage_plan(bench, api, get_pets):
    rest = bench.rest
    live(rest, api)
    plan = rest.create_usage_plan(
        name="p", apiStages=[{"apiId": api["id"], "stage": "live", "throttle": {"/pets/GET": {"rateLimit": 5, "burstLimit": 2}}}],
        throttle={"rateLimit": 10, "burstLimit": 5}, quota={"limit": 100, "period": "DAY"}, tags={"team": "blue"},
    )  # fmt: skip
    assert (plan["quota"]["limit"], plan["throttle"]["burstLimit"], plan["tags"]) == (100, 5, {"team": "blue"})
    key = rest.create_api_key(name="k", enabled=True, tags={"a": "b"})
    rest.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    rest.update_method(**get_pets, patchOperations=[{"op": "replace", "path": "/apiKeyRequired", "value": "true"}])
    assert deployed(bench, api).status == 403
    assert bench.get("/live/pets", api["id"], **{"x-api-key": key["value"]}).status == 200
    with pytest.raises(rest.exceptions.BadRequestException, match="API stages are associated"):
        rest.delete_usage_plan(usagePlanId=plan["id"])
    gone = [{"op": "remove", "path": "/apiStages", "value": f"{api['id']}:live"}]
    rest.update_usage_plan(usagePlanId=plan["id"], patchOperations=gone)
    rest.delete_usage_plan(usagePlanId=plan["id"])
    with pytest.raises(rest.exceptions.NotFoundException):
        rest.get_usage_plan(usagePlanId=plan["id"])
    rest.delete_api_key(apiKey=key["id"])
    assert not {one.type for one in bench.cloud.template.resources.values()} & {
        "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::UsagePlanKey", "AWS::ApiGateway::ApiKey",
    }  # fmt: skip


def test_stage_of_a_plan_that_is_not_there(rest, api):
    with pytest.raises(rest.exceptions.NotFoundException, match="Invalid API Stage"):
        rest.create_usage_plan(name="p", apiStages=[{"apiId": api["id"], "stage": "none"}])


@pytest.mark.usefixtures("get_pets")
def test_resources_read_as_what_runs(bench, api):
    """The account's resources alone, read as a template's, are the stages, deployments, plans and keys that run."""
    rest = bench.rest
    live(rest, api)
    bench.patch(
        "replace /*/*/throttling/rateLimit 5", "replace /~1pets/GET/caching/ttlInSeconds 9", "replace /variables/a b",
        "replace /accessLogSettings/destinationArn arn:aws:logs:us-east-1:123456789012:log-group:l",
        "replace /accessLogSettings/format $context.requestId", "replace /cacheClusterEnabled true",
        "replace /cacheClusterSize 0.5", api=api["id"],
    )  # fmt: skip
    rest.create_deployment(restApiId=api["id"], stageName="live", canarySettings={"percentTraffic": 10, "stageVariableOverrides": {"a": "c"}})  # fmt: skip
    plan = rest.create_usage_plan(name="p", apiStages=[{"apiId": api["id"], "stage": "live", "throttle": {"/pets/GET": {"rateLimit": 5}}}], quota={"limit": 1, "period": "WEEK", "offset": 2})["id"]  # fmt: skip
    key = rest.create_api_key(name="k", description="d")["id"]
    rest.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    running = bench.cloud
    parts = ("stages", "deployments", "usage_plans", "api_keys")
    blank = running.having(**{part: {} for part in parts}, resources={})
    read = changed(blank, map(Put, running.template.resources.values()))
    for part in parts:
        assert is_same_mapping(read.part(part), running.part(part))


def is_same_mapping(one, other):
    return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)


@pytest.mark.usefixtures("get_pets")
def test_account_is_exported_with_its_references(bench, api, pets):
    live(bench.rest, api)
    written = template_of(bench.cloud)["Resources"]
    [method] = [name for name, one in written.items() if one["Type"] == "AWS::ApiGateway::Method"]
    [deployment] = [one for one in written.values() if one["Type"] == "AWS::ApiGateway::Deployment"]
    assert written[method]["Properties"]["ResourceId"] == {"Ref": pets["id"]}
    assert written[pets["id"]]["Properties"]["ParentId"] == {"Fn::GetAtt": [api["id"], "RootResourceId"]}
    assert deployment["DependsOn"] == [method]


@pytest.mark.usefixtures("get_pets")
def test_trace_sees_an_api_of_calls(bench, api):
    live(bench.rest, api)
    url = f"https://{api['id']}.execute-api.us-east-1.amazonaws.com/live/pets"
    assert trace(bench.cloud, parse(bench.cloud, "internet", url)).verdict == "reachable"


def test_parts_of_an_api_that_is_not_there(rest):
    for operation, given in (
        (rest.create_resource, {"parentId": "x", "pathPart": "a"}),
        (rest.create_model, {"name": "a", "contentType": "application/json"}),
        (rest.create_stage, {"stageName": "a", "deploymentId": "b"}),
        (rest.create_authorizer, {"name": "a", "type": "TOKEN"}),
    ):
        with pytest.raises(ClientError, match="Invalid API identifier specified"):
            operation(restApiId="none", **given)


def test_documentation_of_an_api(rest, api, pets):
    id_, place = api["id"], {"type": "RESOURCE", "path": "/pets"}
    method = {"restApiId": id_, "resourceId": pets["id"], "httpMethod": "GET"}
    rest.put_method(**method, authorizationType="NONE")
    rest.put_integration(**method, type="MOCK")
    rest.create_deployment(restApiId=id_, stageName="live")
    made = rest.create_documentation_part(restApiId=id_, location=place, properties='{"description": "a"}')
    with pytest.raises(ClientError, match="ConflictException"):
        rest.create_documentation_part(restApiId=id_, location=place, properties="{}")
    changed = [{"op": "replace", "path": "/properties", "value": '{"description": "b"}'}]
    rest.update_documentation_part(restApiId=id_, documentationPartId=made["id"], patchOperations=changed)
    rest.create_documentation_version(restApiId=id_, documentationVersion="1", stageName="live", description="first")
    (part,) = rest.get_documentation_parts(restApiId=id_, type="RESOURCE")["items"]
    assert (part["id"], part["location"], part["properties"]) == (made["id"], place, '{"description": "b"}')
    assert rest.get_documentation_parts(restApiId=id_, type="METHOD")["items"] == []
    assert rest.get_stage(restApiId=id_, stageName="live")["documentationVersion"] == "1"
    assert rest.get_documentation_version(restApiId=id_, documentationVersion="1")["description"] == "first"
    rest.delete_documentation_version(restApiId=id_, documentationVersion="1")
    rest.delete_documentation_part(restApiId=id_, documentationPartId=made["id"])
    with pytest.raises(ClientError, match="NotFoundException"):
        rest.get_documentation_part(restApiId=id_, documentationPartId=made["id"])


def test_reading_the_documentation_of_an_api_with_a_body_changes_nothing(bench):
    body = json.dumps({"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": {"/pets": {"get": {}}}})
    id_ = bench.rest.import_rest_api(body=body)["id"]
    assert bench.rest.get_documentation_parts(restApiId=id_)["items"] == []
    assert bench.site.cloud is bench.cloud
