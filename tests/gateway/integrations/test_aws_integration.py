"""AWS integrations: the request to the service, the answer's choice, and functions without a proxy (§5.8, §5.9)."""

import asyncio
import json

import pytest

from netful.services.http.message import Response
from tests.helpers.api_templates import FN, of_document
from tests.helpers.gateway_bench import header
from tests.helpers.texts import replaced

API = (
    of_document("""
    swagger: "2.0"
    paths:
      /items/{id}:
        put:
          parameters: [{name: id, in: path, required: true, type: string}]
          x-amazon-apigateway-integration:
            type: aws
            httpMethod: POST
            credentials: arn:aws:iam::123456789012:role/r
            uri: %s
            requestParameters: %s
            requestTemplates: {application/json: '{"Item": {"id": {"S": "$input.params("id")"}}}'}
            responses:
              default: {statusCode: 200}
              "4\\\\d\\\\d": {statusCode: 400, responseTemplates: {application/json: '{"why": $input.json("$.message")}'}}
              "Bo.*": {statusCode: 409}
""")
    + FN
)
DYNAMODB = "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem"
S3 = '"arn:aws:apigateway:us-east-1:s3:path/bucket/{key}"'
FUNCTION = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:fn/invocations"


def put(bench, **headers):
    return asyncio.run(bench.call("PUT", "/live/items/7", **headers))


def test_action_of_a_json_service(bench_of):
    bench = bench_of(API % (DYNAMODB, "{}"), function=lambda _request: Response(200, (), b"{}"))
    response = put(bench)
    host, request = bench.events[0]
    assert (host, request.method, request.target) == ("dynamodb.us-east-1.amazonaws.com", "POST", "/")
    assert request.header("x-amz-target") == "DynamoDB_20120810.PutItem"
    assert json.loads(request.body) == {"Item": {"id": {"S": "7"}}}
    assert (response.status, response.body) == (200, b"{}")
    assert header(response, "x-amzn-trace-id")


def test_error_of_a_service_is_mapped_by_its_status(bench_of):
    error = Response(400, (), b'{"__type": "ValidationException", "message": "no table"}')
    response = put(bench_of(API % (DYNAMODB, "{}"), function=lambda _request: error))
    assert (response.status, json.loads(response.body)) == (400, {"why": "no table"})


@pytest.mark.parametrize("uri", [S3, S3.replace("s3:path/bucket/", "bucket.s3:path/")])
def test_path_of_a_service_is_filled(bench_of, uri):
    mapping = "{integration.request.path.key: method.request.path.id, integration.request.header.X-Own: \"'v'\"}"
    bench = bench_of(API % (uri, mapping), function=lambda _request: Response(200))
    put(bench)
    host, request = bench.events[0]
    assert host == "s3.us-east-1.amazonaws.com"
    assert (request.method, request.target, request.header("x-own")) == ("POST", "/bucket/7", "v")
    assert request.header("authorization").startswith("AWS4-HMAC-SHA256 Credential=apigateway/")


def test_path_parameter_stays_encoded_in_templates_and_mappings(bench_of):
    bench = bench_of(API % (FUNCTION, "{}"), function={})
    asyncio.run(bench.call("PUT", "/live/items/a%20b%2Fc", body=b"{}"))
    assert bench.events == [{"Item": {"id": {"S": "a%20b%2Fc"}}}]
    mapping = "{integration.request.path.key: method.request.path.id}"
    bench = bench_of(API % (S3, mapping), function=lambda _request: Response(200))
    asyncio.run(bench.call("PUT", "/live/items/a%20b%2Fc", body=b"{}"))
    assert bench.events[0][1].target == "/bucket/a%20b%2Fc"


@pytest.mark.parametrize("name", ["Authorization", "Content-Length"])
def test_header_that_may_not_be_mapped(bench_of, name):
    mapping = f"{{integration.request.header.{name}: \"'v'\"}}"
    response = put(bench_of(API % (DYNAMODB, mapping), function=lambda _request: Response(200)))
    assert (response.status, header(response, "content-length"), len(response.body)) == (500, None, 36)


def test_functions_result_is_the_body(bench_of):
    bench = bench_of(API % (FUNCTION, "{}"), function={"statusCode": 418, "body": "x"})
    response = put(bench)
    assert bench.events == [{"Item": {"id": {"S": "7"}}}]
    assert (response.status, json.loads(response.body)) == (200, {"statusCode": 418, "body": "x"})


@pytest.mark.parametrize(("message", "status"), [("Boom", 409), ("other", 200)])
def test_failed_function_is_mapped_by_its_message(bench_of, message, status):
    response = put(bench_of(API % (FUNCTION, "{}"), function=lambda _event: ValueError(message)))
    assert (response.status, json.loads(response.body)["errorMessage"]) == (status, message)


SQS = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/q"
SSM = "arn:aws:apigateway:us-east-1:ssm:action/GetParameter"
SENT = (
    b'<SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendMessageResult><MessageId>m</MessageId>'
    b"</SendMessageResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></SendMessageResponse>"
)
XML = "{integration.request.header.Accept: \"'application/xml'\"}"


def test_queue_answers_by_json_unless_it_is_asked_for_xml(bench_of):
    told = put(bench_of(API % (SQS, "{}"), function=lambda _request: Response(200, (), SENT)))
    assert json.loads(told.body) == {
        "SendMessageResponse": {"SendMessageResult": {"MessageId": "m"}, "ResponseMetadata": {"RequestId": "r"}}
    }
    assert put(bench_of(API % (SQS, XML), function=lambda _request: Response(200, (), SENT))).body == SENT


PARAMETER = b'{"Parameter":{"Name":"p","Value":"a<b","Version":1}}'


def test_parameter_is_answered_in_the_envelope_of_a_query(bench_of):
    mapping = "{integration.request.querystring.Name: \"'p'\"}"
    bench = bench_of(API % (SSM, mapping), function=lambda _request: Response(200, (), PARAMETER))
    told = json.loads(put(bench).body)["GetParameterResponse"]
    assert bench.events[0][1].target == "/?Action=GetParameter&Name=p"
    assert told["ResponseMetadata"].keys() == {"RequestId"}
    assert told["GetParameterResult"]["Parameter"] == {
        "Name": "p", "Value": "a<b", "Version": 1, "Selector": None, "SourceResult": None,
    }  # fmt: skip
    xml = put(bench_of(API % (SSM, XML), function=lambda _request: Response(200, (), PARAMETER))).body
    assert b"<GetParameterResult><Parameter><Selector></Selector><SourceResult></SourceResult><Name>p</Name>" in xml
    assert b"<Value>a&lt;b</Value>" in xml


def test_any_is_the_clients_method(bench_of):
    bench = bench_of(
        replaced(API % (S3, "{integration.request.path.key: \"'k'\"}"), {"httpMethod: POST": "httpMethod: ANY"}),
        function=lambda _request: Response(200),
    )
    put(bench)
    assert bench.events[0][1].method == "PUT"


def test_lists_of_an_answer_in_xml():
    from netful.engine.integrations.query_protocol import of_xml

    lists = "<R><L><member>1</member><member>2</member></L><M>a</M><M>b</M><E/></R>"
    assert json.loads(of_xml(lists)) == {"R": {"L": ["1", "2"], "M": ["a", "b"], "E": None}}
    assert of_xml("<not xml") is None


ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: "%s", Resource: "%s"}]}}]
"""
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("dynamodb:PutItem", TABLE, True),
        ("dynamodb:*", "*", True),
        ("dynamodb:GetItem", TABLE, False),
        ("dynamodb:PutItem", f"{TABLE}2", False),
    ],
)
def test_service_refuses_what_the_role_may_not(bench_of, action, resource, allowed):
    text = replaced(API, {'{"Item":': '{"TableName": "t", "Item":'}) % (DYNAMODB, "{}") + ROLE % (action, resource)
    bench = bench_of(text, function=lambda _request: Response(200, (), b"{}"))
    response = put(bench)
    assert (response.status, len(bench.events)) == ((200, 1) if allowed else (400, 0))
    if not allowed:
        assert json.loads(response.body)["why"] == (
            "User: arn:aws:sts::123456789012:assumed-role/r/BackplaneAssumeRoleSession is not authorized to perform: "
            f"dynamodb:PutItem on resource: {TABLE} because no identity-based policy allows the dynamodb:PutItem action"
        )


@pytest.mark.parametrize(("action", "status"), [("lambda:InvokeFunction", 200), ("lambda:GetFunction", 500)])
def test_role_must_allow_api_gateway_to_invoke_the_function(bench_of, action, status):
    bench = bench_of(API % (FUNCTION, "{}") + ROLE % (action, "*"), function=lambda _event: {})
    assert put(bench).status == status


def test_clients_own_credentials_are_not_judged(bench_of):
    text = replaced(API, {"role/r": "user/*", "123456789012:user": "*:user"}) % (DYNAMODB, "{}")
    bench = bench_of(text + ROLE % ("dynamodb:GetItem", "*"), function=lambda _request: Response(200, (), b"{}"))
    assert put(bench).status == 200
