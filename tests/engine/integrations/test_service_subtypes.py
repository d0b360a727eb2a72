import json
from urllib.parse import parse_qs, urlsplit

import pytest

from netful.engine.integrations.integration_targets import Callee, callee
from netful.engine.integrations.service_requests import build
from netful.engine.integrations.service_subtypes import SUBTYPES, ServiceRequest, missing
from netful.model.apis.integration import Integration
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Unknown

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
NOT_KNOWN = Unknown("a parameter", ("Host",))
QUEUE = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q", "MessageBody": "a b"}


@pytest.mark.parametrize(
    ("attributes", "form"),
    [
        ("", {}),
        ("not JSON", {}),
        ("[]", {}),
        (
            json.dumps({"a": {"DataType": "String", "StringValue": "x"}, "b": {"DataType": "Number"}, "c": 1}),
            {
                "MessageAttribute.1.Name": "a",
                "MessageAttribute.1.Value.DataType": "String",
                "MessageAttribute.1.Value.StringValue": "x",
                "MessageAttribute.2.Name": "b",
                "MessageAttribute.2.Value.DataType": "Number",
                "MessageAttribute.3.Name": "c",
            },
        ),
    ],
)
def test_queues_are_called_by_a_form(attributes, form):
    request = SUBTYPES["SQS-SendMessage"].build({**QUEUE, "MessageAttributes": attributes, "Region": "eu-west-1"})
    assert (request.code, request.method, request.target, request.headers) == ("sqs", "POST", "/", FORM)
    told = {name: value for name, (value,) in parse_qs(request.body.decode()).items()}
    assert told == {"Action": "SendMessage", "Version": "2012-11-05", **QUEUE, **form}


@pytest.mark.parametrize(
    ("written", "callee_"),
    [
        ({"subtype": "SQS-SendMessage"}, Callee(None, "SQS", "SendMessage")),
        ({"subtype": "SQS"}, Callee(None, "SQS")),
        ({"uri": NOT_KNOWN}, Callee(NOT_KNOWN)),
        ({"uri": "http://${stageVariables.host}/${stageVariables.none}"}, Callee("http://web/${stageVariables.none}")),
        ({"uri": "http://${stageVariables.unknown}/"}, Callee(NOT_KNOWN)),
    ],
)
def test_what_an_integration_calls(written, callee_):
    stage = Stage("S", "Api", "live", variables={"host": "web", "unknown": NOT_KNOWN})
    assert callee(Cloud.of(), Integration("I", "AWS", **written), stage) == callee_


@pytest.mark.parametrize(
    ("service", "style", "path", "query", "built"),
    [
        ("dynamodb", "action/GetItem", {}, {}, ("POST", "/", "1.0", "DynamoDB_20120810.GetItem")),
        ("events", "action/PutEvents", {}, {"a": "b"}, ("POST", "/?a=b", "1.1", "AWSEvents.PutEvents")),
        ("sns", "action/Publish", {}, {"a": "b"}, ("POST", "/?Action=Publish&a=b", None, None)),
        ("s3", "path/{bucket}/k", {"bucket": "b"}, {}, ("PUT", "/b/k", None, None)),
        ("s3", "path//", {}, {}, ("PUT", "/", None, None)),
        ("sqs", "path//123456789012/{q}", {"q": "jobs"}, {}, ("PUT", "/123456789012/jobs", None, None)),
        ("s3", "path/{bucket}/k", {}, {}, None),
    ],
)
def test_the_request_to_a_service(service, style, path, query, built):
    called = Callee(f"arn:aws:apigateway:us-east-1:{service}:{style}", service)
    found = build(called, "PUT", path, query, {})
    if built is None:
        assert found is None
        return
    kind = found.headers.get("Content-Type", "").rpartition("-")[2] or None
    assert (found.method, found.target, kind, found.headers.get("X-Amz-Target")) == built


JSON_CALLS = {
    "EventBridge-PutEvents": (
        {"Detail": "{}", "DetailType": "t", "Source": "s", "Resources": '["a","b"]', "Region": "eu-west-1"},
        ("events", "AWSEvents.PutEvents", "1.1"),
        {"Entries": [{"Detail": "{}", "DetailType": "t", "Source": "s", "Resources": ["a", "b"]}]},
    ),
    "Kinesis-PutRecord": (
        {"StreamName": "s", "Data": "eA==", "PartitionKey": "k", "Region": "eu-west-1"},
        ("kinesis", "Kinesis_20131202.PutRecord", "1.1"),
        {"StreamName": "s", "Data": "eA==", "PartitionKey": "k"},
    ),
    "StepFunctions-StartExecution": (
        {"StateMachineArn": "arn", "Name": "n", "Input": "{}"},
        ("states", "AWSStepFunctions.StartExecution", "1.0"),
        {"stateMachineArn": "arn", "name": "n", "input": "{}"},
    ),
    "StepFunctions-StopExecution": (
        {"ExecutionArn": "arn", "Cause": "c", "Error": "e"},
        ("states", "AWSStepFunctions.StopExecution", "1.0"),
        {"executionArn": "arn", "cause": "c", "error": "e"},
    ),
}


@pytest.mark.parametrize("name", JSON_CALLS)
def test_other_services_are_called_by_json(name):
    given, (code, target, version), content = JSON_CALLS[name]
    headers = (("Content-Type", f"application/x-amz-json-{version}"), ("X-Amz-Target", target))
    assert SUBTYPES[name].build(given) == ServiceRequest(code, "POST", "/", headers, json.dumps(content).encode())


def test_a_configuration_is_got_by_its_path():
    given = {"Application": "a/b", "Environment": "prod", "Configuration": "c", "ClientId": "me"}
    request = SUBTYPES["AppConfig-GetConfiguration"].build(given)
    assert (request.code, request.method, request.body) == ("appconfig", "GET", b"")
    assert urlsplit(request.target)[2:4] == ("/applications/a%2Fb/environments/prod/configurations/c", "client_id=me")
    later = SUBTYPES["AppConfig-GetConfiguration"].build({**given, "ClientConfigurationVersion": "2"})
    assert later.target.endswith("?client_id=me&client_configuration_version=2")


def test_parameters_that_are_missing():
    assert missing(SUBTYPES["SQS-SendMessage"], {"QueueUrl": "", "Other": "x"}) == ("QueueUrl", "MessageBody")
    assert missing(SUBTYPES["SQS-SendMessage"], QUEUE) == ()
