"""REST APIs that calls create, change and delete: the gateway serves them right after the call."""

import asyncio
import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from netful.account.carried import carried
from netful.engine.apis import deployments
from netful.sources import load

EMPTY = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: Fn, Runtime: python3.12, Handler: index.h, Role: !GetAtt Role.Arn, Code: {ZipFile: "def h(e, c): pass"}}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
"""
FUNCTION = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:Fn/invocations"


def mock(text):
    return {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": text}}},
    }


def definition(title="pets", **paths):
    operations = {
        f"/{path}": {"get": {"responses": {}, "x-amazon-apigateway-integration": integration}}
        for path, integration in paths.items()
    }
    return {"swagger": "2.0", "info": {"title": title, "version": "1"}, "paths": operations}


@pytest.fixture
def bench(controlled):
    bench = controlled(EMPTY)
    bench.function = lambda _event: {"statusCode": 200, "body": "from the function"}
    return bench


@pytest.fixture
def api(bench):
    """An imported API, deployed to `live`."""
    made = bench.rest.import_rest_api(body=json.dumps(definition(a=mock("one"))))
    bench.rest.create_deployment(restApiId=made["id"], stageName="live")
    return made["id"]


def deploy(bench, api):
    return bench.rest.create_deployment(restApiId=api, stageName="live")["id"]


def test_imported_api_answers(bench, api):
    assert bench.get("/live/a", api).body == b"one"
    assert bench.rest.get_rest_api(restApiId=api)["name"] == "pets"
    assert [one["id"] for one in bench.rest.get_rest_apis()["items"]] == [api]


def test_id_has_aws_form(api):
    assert len(api) == 10
    assert api.islower()


def test_import_of_yaml_with_an_endpoint_type(bench):
    document = "openapi: 3.0.1\ninfo: {title: y, version: '1'}\npaths: {}\n"
    made = bench.rest.import_rest_api(body=document, parameters={"endpointConfigurationTypes": "REGIONAL"})
    assert (made["name"], made["endpointConfiguration"]["types"]) == ("y", ["REGIONAL"])


@pytest.mark.parametrize("document", ["{", "[]", "{}", '{"swagger": "2.0"}', "a: [", '{"swagger": "2.0", "paths": []}'])
def test_import_of_what_is_no_definition(bench, document):
    with pytest.raises(bench.rest.exceptions.BadRequestException):
        bench.rest.import_rest_api(body=document)
    assert bench.rest.get_rest_apis()["items"] == []


def test_function_behind_an_imported_api(bench):
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": FUNCTION}
    made = bench.rest.import_rest_api(body=json.dumps(definition(fn=integration)))["id"]
    deploy(bench, made)
    assert bench.get("/live/fn", made).body == b"from the function"
    assert bench.events[-1]["requestContext"]["apiId"] == made


def test_another_definition_is_live_with_the_next_deployment(bench, api):
    changed = bench.rest.put_rest_api(
        restApiId=api, mode="overwrite", body=json.dumps(definition("dogs", b=mock("two")))
    )
    assert (changed["id"], changed["name"]) == (api, "dogs")
    assert (bench.get("/live/a", api).status, bench.get("/live/b", api).status) == (200, 403)
    deploy(bench, api)
    assert (bench.get("/live/a", api).status, bench.get("/live/b", api).body) == (403, b"two")


def test_merged_definition(bench, api):
    first = {**definition(a=mock("one"), c=mock("three")), "definitions": {"Pet": {"type": "object"}}}
    bench.rest.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(first))
    other = {**definition("other", a=mock("new"), b=mock("two")), "definitions": {"Pet": {"type": "string"}}}
    bench.rest.put_rest_api(restApiId=api, mode="merge", body=json.dumps(other))
    deploy(bench, api)
    assert [bench.get(f"/live/{path}", api).body for path in "abc"] == [b"new", b"two", b"three"]
    model = next(one for one in bench.rest.get_models(restApiId=api)["items"] if one["name"] == "Pet")
    assert (model["name"], json.loads(model["schema"])) == ("Pet", {"type": "string"})


def test_earlier_deployment_keeps_its_definition(bench, api):
    first = bench.rest.get_stage(restApiId=api, stageName="live")["deploymentId"]
    bench.rest.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(definition(b=mock("two"))))
    deploy(bench, api)
    bench.patch(f"replace /deploymentId {first}", api=api)
    assert bench.get("/live/a", api).body == b"one"


def test_settings_of_a_stage_survive_a_change_of_its_api(bench, api):
    bench.patch("replace /*/*/throttling/rateLimit 5", "replace /variables/colour blue", api=api)
    key = bench.rest.create_api_key(name="k", enabled=True)["id"]
    bench.rest.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(definition(b=mock("two"))))
    stage = bench.rest.get_stage(restApiId=api, stageName="live")
    assert (stage["variables"], stage["methodSettings"]["*/*"]["throttlingRateLimit"]) == ({"colour": "blue"}, 5.0)
    assert bench.rest.get_api_key(apiKey=key)["name"] == "k"


def test_api_of_calls_survives_a_deployment_of_a_stack(bench, api):
    written = load([Path("template.yaml")])
    first = bench.rest.get_stage(restApiId=api, stageName="live")["deploymentId"]
    bench.rest.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(definition(b=mock("two"))))
    Path("template.yaml").write_text(EMPTY + "  Other: {Type: AWS::ApiGateway::RestApi, Properties: {Name: other}}\n")
    running = bench.cloud
    following = carried(written, running, load([Path("template.yaml")]))
    asyncio.run(bench.become(lambda cloud: deployments.carried(following, cloud)))
    assert {*bench.cloud.apis.rest_apis} == {"Other", api}
    assert bench.rest.get_stage(restApiId=api, stageName="live")["deploymentId"] == first
    assert bench.get("/live/a", api).body == b"one"


def test_deleted_api_is_gone_with_its_stages(bench, api):
    before = bench.cloud
    bench.rest.delete_rest_api(restApiId=api)
    assert bench.get("/live/a", api).status == 403
    with pytest.raises(bench.rest.exceptions.NotFoundException, match="Invalid API identifier specified"):
        bench.rest.get_rest_api(restApiId=api)
    apis = bench.cloud.apis
    assert (apis.rest_apis, apis.stages, apis.deployments, apis.deployed_apis) == ({}, {}, {}, {})
    assert bench.cloud.network == before.network


def test_created_api(bench):
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]}  # fmt: skip
    made = bench.rest.create_rest_api(
        name="x", description="d", endpointConfiguration={"types": ["REGIONAL"]}, policy=json.dumps(policy),
        binaryMediaTypes=["image/png"], minimumCompressionSize=10, apiKeySource="AUTHORIZER", tags={"team": "blue"},
    )  # fmt: skip
    assert (made["name"], made["description"], made["tags"]) == ("x", "d", {"team": "blue"})
    assert (made["apiKeySource"], made["minimumCompressionSize"]) == ("AUTHORIZER", 10)
    assert made["endpointConfiguration"]["types"] == ["REGIONAL"]
    assert f"{made['id']}/*" in made["policy"]
    resources = bench.rest.get_resources(restApiId=made["id"])["items"]
    assert resources == [{"id": made["rootResourceId"], "path": "/"}]


def test_private_api_does_not_become_one_of_the_edge(bench):
    api = bench.rest.create_rest_api(name="x", endpointConfiguration={"types": ["PRIVATE"]})["id"]

    def become(kind):
        patch = {"op": "replace", "path": "/endpointConfiguration/types/PRIVATE", "value": kind}
        return bench.rest.update_rest_api(restApiId=api, patchOperations=[patch])["endpointConfiguration"]["types"]

    with pytest.raises(bench.rest.exceptions.BadRequestException):
        become("EDGE")
    assert become("REGIONAL") == ["REGIONAL"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "Name is required"),
        ({"name": "x", "policy": "{"}, "Invalid policy document"),
        ({"name": "x", "policy": r'{"Statement": "\ud800"}'}, "Invalid policy document"),
        ({"name": "x", "cloneFrom": "a"}, "does not clone"),
        ({"name": "x", "minimumCompressionSize": -1}, "minimum compression size"),
    ],
)
def test_api_that_is_refused(bench, given, message):
    with pytest.raises(bench.rest.exceptions.BadRequestException, match=message):
        bench.rest.create_rest_api(**given)


def test_patches_of_an_api(bench, api):
    def patched(op, path, value=""):
        patch = {"op": op, "path": path, **({"value": value} if value or op == "replace" else {})}
        return bench.rest.update_rest_api(restApiId=api, patchOperations=[patch])

    assert patched("replace", "/name", "other")["name"] == "other"
    assert patched("add", "/binaryMediaTypes/image~1png")["binaryMediaTypes"] == ["image/png"]
    assert "binaryMediaTypes" not in patched("remove", "/binaryMediaTypes/image~1png")
    assert patched("replace", "/endpointConfiguration/types/0", "REGIONAL")["endpointConfiguration"]["types"] == [
        "REGIONAL"
    ]
    assert patched("replace", "/endpointConfiguration/types/REGIONAL", "EDGE")["endpointConfiguration"]["types"] == [
        "EDGE"
    ]
    assert patched("replace", "/minimumCompressionSize", "0")["minimumCompressionSize"] == 0
    assert "minimumCompressionSize" not in patched("replace", "/minimumCompressionSize", "")
    assert patched("replace", "/disableExecuteApiEndpoint", "true")["disableExecuteApiEndpoint"] is True
    with pytest.raises(ClientError, match=r"Invalid patch path  '/nothing' specified for op 'replace'"):
        patched("replace", "/nothing", "x")


def test_settings_of_a_definition_are_patched_too(bench):
    """Terraform removes the media types that the import returned, and adds those that it was given."""
    document = {**definition(a=mock("one")), "x-amazon-apigateway-binary-media-types": ["image/png"]}
    made = bench.rest.import_rest_api(body=json.dumps(document))
    patches = [
        {"op": "remove", "path": "/binaryMediaTypes/image~1png"},
        {"op": "add", "path": "/binaryMediaTypes/image~1gif"},
        {"op": "replace", "path": "/endpointConfiguration/ipAddressType", "value": "dualstack"},
    ]
    bench.rest.update_rest_api(restApiId=made["id"], patchOperations=patches)
    found = bench.rest.update_rest_api(restApiId=made["id"], patchOperations=[])
    assert found["binaryMediaTypes"] == ["image/gif"]
    assert found["endpointConfiguration"]["ipAddressType"] == "dualstack"
    deploy(bench, made["id"])
    assert bench.get("/live/a", made["id"]).body == b"one"


def test_overwritten_api_loses_its_settings(bench, api):
    """What the other definition does not say is gone, except for the type of the endpoint, as on AWS."""
    patches = [
        {"op": "add", "path": "/binaryMediaTypes/image~1png"},
        {"op": "replace", "path": "/description", "value": "d"},
        {"op": "replace", "path": "/endpointConfiguration/types/0", "value": "REGIONAL"},
    ]
    bench.rest.update_rest_api(restApiId=api, patchOperations=patches)
    found = bench.rest.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(definition()))
    assert not {"binaryMediaTypes", "description"} & found.keys()
    assert found["endpointConfiguration"]["types"] == ["REGIONAL"]


def test_patch_of_a_template_api_stays_when_another_is_created(bench, api):
    bench.rest.update_rest_api(
        restApiId=api, patchOperations=[{"op": "replace", "path": "/description", "value": "kept"}]
    )
    bench.rest.create_rest_api(name="other")
    assert bench.rest.get_rest_api(restApiId=api)["description"] == "kept"


def test_domain_that_leads_to_an_api_has_to_go_first(controlled):
    bench = controlled(
        EMPTY
        + """
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Domain: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: a.example}}
  Mapping: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Domain, RestApiId: !Ref Api}}
"""
    )
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="base path mappings"):
        bench.rest.delete_rest_api(restApiId="Api")
