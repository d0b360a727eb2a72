"""Roles of direct integrations: the trust in API Gateway, the action and the resource, and what the client sees (§5.8)."""

import pytest

from netful.engine.flows.codes import Code
from tests.helpers.texts import replaced

DENY, NOT_ASSUMED = Code.NETFUL_API_ROLE_DENY, Code.NETFUL_API_ROLE_NOT_ASSUMED
API = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: [lambda.amazonaws.com, apigateway.amazonaws.com]}, Action: 'sts:AssumeRole'}]
      Policies:
        - {PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: ALLOWED, Resource: 'ARN'}]}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: r, Code: {ZipFile: x}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Call:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      AuthorizationType: NONE
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Credentials: !GetAtt Role.Arn
        Uri: !Sub 'arn:aws:apigateway:us-east-1:URI'
        RequestParameters: {PARAMETERS}
        RequestTemplates: {application/json: 'BODY'}
        IntegrationResponses: [{StatusCode: 200}RESPONSES]
      MethodResponses: [{StatusCode: 200}, {StatusCode: 502}]
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}, DependsOn: Call}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}
"""
DYNAMODB, QUEUE, TOPIC = "dynamodb:action/PutItem", "sqs:path/123456789012/q", "sns:path//"
PUBLISH = "integration.request.querystring.TopicArn: \"'arn:aws:sns:us-east-1:123456789012:t'\""
FUNCTION = "lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"
OF_TABLE, OF_FUNCTION = (
    "arn:aws:dynamodb:us-east-1:123456789012:table/t",
    "arn:aws:lambda:us-east-1:123456789012:function:",
)


def template(uri: str, action: str, arn: str, parameters: str = "", body: str = "{}", responses: str = "") -> str:
    return replaced(
        API,
        {
            "URI": uri,
            "ALLOWED": f"'{action}'",
            "'ARN'": f"'{arn}'",
            "PARAMETERS": parameters,
            "BODY": body,
            "RESPONSES": responses,
        },
    )


@pytest.mark.parametrize(
    ("uri", "parameters", "body", "action", "arn", "allowed"),
    [
        (DYNAMODB, "", '{"TableName": "t"}', "dynamodb:PutItem", OF_TABLE, True),
        (DYNAMODB, "", '{"TableName": "t"}', "dynamodb:PutItem", f"{OF_TABLE}2", False),
        (DYNAMODB, "", '{"TableName": "t"}', "dynamodb:GetItem", "*", False),
        (DYNAMODB, "", '{"TableName": "t-$context.stage"}', "dynamodb:PutItem", f"{OF_TABLE}2", True),
        ("states:action/StartSyncExecution", "", "{}", "states:StartExecution", "*", False),
        (QUEUE, "", "Action=SendMessage&MessageBody=a", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:q", True),
        (QUEUE, "", "Action=SendMessage&MessageBody=a", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:p", False),
        (TOPIC, PUBLISH, "Action=Publish", "sns:Publish", "arn:aws:sns:us-east-1:123456789012:t", True),
        (TOPIC, PUBLISH, "Action=Publish", "sns:Publish", "arn:aws:sns:us-east-1:123456789012:u", False),
        (TOPIC, "", "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A1%3At", "sns:Publish", "arn:aws:sns:*:1:t", True),
        ("s3:path/bucket/a.txt", "", "", "s3:PutObject", "arn:aws:s3:::bucket/*", True),
        ("s3:path/bucket/a.txt", "", "", "s3:PutObject", "arn:aws:s3:::other/*", False),
        ("bucket.s3:path/a.txt", "", "", "s3:PutObject", "arn:aws:s3:::bucket/*", True),
        ("bucket.s3:path/a.txt", "", "", "s3:PutObject", "arn:aws:s3:::other/*", False),
        ("bucket.s3:path/", "", "", "s3:CreateBucket", "arn:aws:s3:::bucket", True),
        ("s3:path/bucket", "", "", "s3:CreateBucket", "arn:aws:s3:::bucket", True),
        (FUNCTION, "", "", "lambda:InvokeFunction", f"{OF_FUNCTION}fn", True),
        (FUNCTION, "", "", "lambda:InvokeFunction", f"{OF_FUNCTION}gn", False),
    ],
)  # fmt: skip
def test_a_role_allows_the_action_on_the_resource_that_the_integration_names(
    cloud_of, ask, uri, parameters, body, action, arn, allowed
):
    text = replaced(
        template(uri, action, arn, parameters, body), {"IntegrationHttpMethod: POST": "IntegrationHttpMethod: PUT"}
    )
    path = ask(cloud_of(text), "internet", "Api POST /live/")
    assert [hop.code for hop in path.hops if hop.verdict == "deny"] == ([] if allowed else [DENY])


@pytest.mark.parametrize(("responses", "status"), [("", 200), (r", {StatusCode: 502, SelectionPattern: '4\d\d'}", 502)])
def test_the_client_sees_the_response_to_which_the_api_maps_the_refusal(cloud_of, ask, responses, status):
    text = template(DYNAMODB, "dynamodb:GetItem", "*", responses=responses)
    path = ask(cloud_of(text), "internet", "Api POST /live/")
    assert (path.verdict, path.symptom.status) == ("blocked", status)
    assert path.hint == "allow `dynamodb:PutItem` in a policy of `Role`"


def test_api_gateway_must_be_allowed_to_assume_the_role(cloud_of, ask):
    text = template(DYNAMODB, "dynamodb:*", "*").replace(", apigateway.amazonaws.com", "")
    path = ask(cloud_of(text), "internet", "Api POST /live/")
    assert [hop.code for hop in path.hops if hop.verdict == "deny"] == [NOT_ASSUMED]
    assert path.symptom.status == 500


def test_a_role_with_an_unknown_policy_or_elsewhere_is_assumed_to_allow_the_call(cloud_of, ask):
    managed = "ManagedPolicyArns: [arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess]\n      Policies:"
    text = template(DYNAMODB, "dynamodb:GetItem", "*")
    for other, role in (
        (text.replace("Policies:", managed), "Role"),
        (text.replace("!GetAtt Role.Arn", "arn:aws:iam::123456789012:role/x"), "arn:aws:iam::123456789012:role/x"),
    ):
        path = ask(cloud_of(other), "internet", "Api POST /live/")
        assert path.verdict == "reachable"
        assert f"a policy of the role `{role}` that is not known allows `dynamodb:PutItem`" in path.assumptions
    unknown = replaced(
        text, {"Resources:": "Parameters: {Given: {Type: String}}\nResources:", "!GetAtt Role.Arn": "!Ref Given"}
    )
    path = ask(cloud_of(unknown), "internet", "Api POST /live/")
    assert (path.verdict, "the role of Call, which is not known, allows the call" in path.assumptions) == (
        "reachable",
        True,
    )
    allowed = ask(cloud_of(template(DYNAMODB, "dynamodb:*", "*")), "internet", "Api POST /live/")
    assert (allowed.verdict, [one for one in allowed.assumptions if "role" in one]) == ("reachable", [])
