"""TestInvokeMethod and TestInvokeAuthorizer: their answers, their logs, and what they skip (api-gateway §5.17)."""

import base64
import json

import pytest

from netful.gateway.integrations.streaming import BrokenOffError
from netful.model.identity import short_id
from netful.services.http.message import Response
from tests.helpers.ids import api_id

API = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: Fn, Runtime: python3.12, Handler: index.h, Role: !GetAtt Role.Arn, Code: {ZipFile: "def h(e, c): pass"}}}
  Strange: {Type: AWS::Lambda::Function, Properties: {FunctionName: Strange, Runtime: python3.12, Handler: index.h, Role: !GetAtt Role.Arn, Code: {ZipFile: "def h(e, c): pass"}}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      Policy: {Statement: [{Effect: Deny, Principal: "*", Action: "*", Resource: "*"}]}
      Body:
        swagger: "2.0"
        info: {title: a, version: "1"}
        x-amazon-apigateway-request-validators: {strict: {validateRequestParameters: true}}
        paths:
          /pets/{id}: {post: {security: [{who: []}, {api_key: []}], x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
          /streamed: {get: {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, responseTransferMode: STREAM, uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${Fn.Arn}/response-streaming-invocations"}}}
          /strange: {get: {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Strange.Arn}/invocations"}}}
          /mock: {x-amazon-apigateway-any-method: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: 200, responseTemplates: {application/json: '{"colour": "$stageVariables.colour", "stage": "$context.stage"}'}}}}}}
          /strict: {get: {x-amazon-apigateway-request-validator: strict, parameters: [{name: q, in: query, required: true, type: string}], x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: 200}}}}}
        securityDefinitions:
          who: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: custom, x-amazon-apigateway-authorizer: {type: token, authorizerUri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}
          stranger: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: custom, x-amazon-apigateway-authorizer: {type: token, authorizerUri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Strange.Arn}/invocations"}}
          pool: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: cognito_user_pools, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool"]}}
          api_key: {type: apiKey, name: x-api-key, in: header}
"""


@pytest.fixture
def bench(controlled):
    return controlled(API, {"statusCode": 201, "headers": {"X-B": "2"}, "body": "made"})


def trial(bench, path, method="GET", **given):
    place = {"restApiId": "Api", "resourceId": bench.resource(path), "httpMethod": method}
    return bench.rest.test_invoke_method(**place, **given)


def test_function_is_called_without_authorizer_key_and_policy(bench):
    done = trial(
        bench,
        "/pets/{id}",
        "POST",
        pathWithQueryString="/pets/7?a=b&a=c",
        headers={"X-A": "1"},
        multiValueHeaders={"X-Many": ["1", "2"]},
        body="hello",
        stageVariables={"colour": "red"},
    )
    assert (done["status"], done["body"], done["headers"]["X-B"]) == (201, "made", "2")
    assert done["multiValueHeaders"]["X-B"] == ["2"]
    assert done["latency"] >= 0
    [event] = bench.events
    assert event["multiValueHeaders"] == {"X-A": ["1"], "X-Many": ["1", "2"]}
    assert (event["path"], event["pathParameters"], event["body"]) == ("/pets/7", {"id": "7"}, "hello")
    assert event["multiValueQueryStringParameters"] == {"a": ["b", "c"]}
    assert event["stageVariables"] == {"colour": "red"}
    context = event["requestContext"]
    assert (context["stage"], context["domainName"]) == ("test-invoke-stage", "testPrefix.testDomainName")
    assert context["identity"]["sourceIp"] == "test-invoke-source-ip"


def test_lines_of_its_log(bench):
    lines = trial(bench, "/pets/{id}", "POST", pathWithQueryString="/pets/7", body="hello")["log"].splitlines()
    request_id = bench.events[0]["requestContext"]["requestId"]
    assert lines[0] == f"Execution log for request {request_id}"
    moment = "Tue Nov 14 22:13:20 UTC 2023 : "
    assert all(line.startswith(moment) for line in lines[1:])
    said = [line.removeprefix(moment) for line in lines[1:]]
    assert said[:2] == [f"Starting execution for request: {request_id}", "HTTP Method: POST, Resource Path: /pets/{id}"]
    for line in (
        "Method request path: {id=7}",
        "Method request body before transformations: hello",
        "Method response body after transformations: made",
    ):
        assert line in said
    assert said[-2:] == ["Successfully completed execution", "Method completed with status: 201"]


def test_stage_variables_and_a_method_for_any(bench):
    done = trial(bench, "/mock", "ANY", stageVariables={"colour": "red"})
    assert json.loads(done["body"]) == {"colour": "red", "stage": "test-invoke-stage"}


def test_validator_holds(bench):
    done = trial(bench, "/strict")
    assert (done["status"], json.loads(done["body"])) == (400, {"message": "Missing required request parameters: [q]"})
    assert done["log"].endswith("Method completed with status: 400\n")
    assert trial(bench, "/strict", pathWithQueryString="/strict?q=1")["status"] == 200


def test_function_that_api_gateway_may_not_invoke(bench):
    done = trial(bench, "/strange")
    assert done["status"] == 500
    assert "Execution failed due to configuration error: Invalid permissions on Lambda function" in done["log"]
    assert bench.events == []


def test_function_that_fails(bench):
    bench.function = ValueError("no")
    assert trial(bench, "/pets/{id}", "POST", pathWithQueryString="/pets/7")["status"] == 502


def test_path_of_another_resource(bench):
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="/other"):
        trial(bench, "/mock", "ANY", pathWithQueryString="/other")


def test_what_is_not_deployed_is_called(bench):
    assert bench.rest.get_deployments(restApiId="Api")["items"] == []
    assert trial(bench, "/mock", "ANY")["status"] == 200


def test_streamed_answer_is_told_whole(bench):
    async def pieces():
        yield b'{"statusCode": 202}' + bytes(8)
        yield b"one "
        yield b"two"
        raise BrokenOffError("the function failed")

    bench.function = lambda _event: Response(200, stream=pieces())
    done = trial(bench, "/streamed")
    assert (done["status"], done["body"]) == (202, "one two")
    place = {"restApiId": "Api", "resourceId": bench.resource("/streamed"), "httpMethod": "GET"}
    assert bench.rest.get_integration(**place)["responseTransferMode"] == "STREAM"


# --- TestInvokeAuthorizer ---------------------------------------------------------------------------------------------

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def asked(bench, authorizer="who", **headers):
    return bench.rest.test_invoke_authorizer(restApiId="Api", authorizerId=authorizer, headers=headers)


def test_authorizer_is_asked_anew_each_time(bench):
    bench.function = {"principalId": "somebody-else", "policyDocument": POLICY}
    for _ in range(2):
        said = asked(bench, Authorization="a-token")
    assert (said["clientStatus"], said["principalId"], json.loads(said["policy"])) == (0, "somebody-else", POLICY)
    assert said["latency"] >= 0
    assert [event["authorizationToken"] for event in bench.events] == ["a-token", "a-token"]
    assert (
        bench.events[0]["methodArn"]
        == f"arn:aws:execute-api:us-east-1:123456789012:{api_id('Api')}/ESTestInvoke-stage/GET/"
    )
    lines = said["log"].splitlines()
    assert f"Starting authorizer: {short_id('who')} for request: " in lines[1]
    assert lines[-2].endswith(" : Using valid authorizer policy for principal: *******y-else")
    assert lines[-1].endswith(" : Successfully completed authorizer execution")


@pytest.mark.parametrize(
    ("headers", "result", "status", "line"),
    [
        ({}, None, 401, "Unauthorized request: "),
        ({"Authorization": "t"}, ValueError("Unauthorized"), 401, "Unauthorized request: "),
        ({"Authorization": "t"}, {"principalId": "p"}, 500, "AuthorizerConfigurationException"),
    ],
)
def test_authorizer_that_says_nothing_of_use(bench, headers, result, status, line):
    bench.function = result
    said = asked(bench, **headers)
    assert (said["clientStatus"], "policy" in said) == (status, False)
    assert line in said["log"]
    assert len(bench.events) == (result is not None)


def test_authorizer_that_api_gateway_may_not_invoke(bench):
    said = asked(bench, "stranger", Authorization="t")
    assert (said["clientStatus"], bench.events) == (500, [])
    assert "Invalid permissions on Lambda function" in said["log"]


@pytest.mark.parametrize(("seconds", "status", "claims"), [(60, 0, {"sub": "me"}), (-60, 401, {})])
def test_token_of_a_pool(bench, seconds, status, claims):
    issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool"
    body = {"iss": issuer, "token_use": "id", "exp": bench.time.now + seconds, "sub": "me"}
    parts = (b'{"alg": "RS256"}', json.dumps(body).encode(), b"s")
    token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    said = asked(bench, "pool", Authorization=token)
    assert said["clientStatus"] == status
    assert claims.items() <= said.get("claims", {}).items()


def test_authorizer_that_is_not_there(bench):
    with pytest.raises(bench.rest.exceptions.NotFoundException, match="Invalid Authorizer identifier"):
        asked(bench, "none")
