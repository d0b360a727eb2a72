"""Lists of services: for requests that name nothing, which moto fails at, and in pages."""

import json
import re

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher


@pytest.fixture(scope="module")
def dispatcher():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", "123456789012")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield Dispatcher()


def test_option_groups_without_a_name(dispatcher):
    headers = [("content-type", "application/x-www-form-urlencoded")]
    form = b"Action=DescribeOptionGroups&Version=2014-10-31&EngineName=mysql"
    found = dispatcher.answer(FrameCall(1, "rds.us-east-1.amazonaws.com", "POST", "/", headers, form))
    assert (found.status, b"OptionGroupName" in found.body) == (200, False)


def test_executions_of_no_machine(dispatcher):
    headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AWSStepFunctions.ListExecutions")]
    call = FrameCall(1, "states.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps({}).encode())
    assert dispatcher.answer(call).status == 400


def _json(dispatcher, host, target, **members):
    headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)]
    call = FrameCall(1, f"{host}.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(members).encode())
    answer = dispatcher.answer(call)
    return answer.status, json.loads(answer.body or b"{}")


def test_streams_come_in_pages(dispatcher):
    for number in range(12):
        _json(dispatcher, "kinesis", "Kinesis_20131202.CreateStream", StreamName=f"s{number:02}", ShardCount=1)
    _, whole = _json(dispatcher, "kinesis", "Kinesis_20131202.ListStreams")
    assert (len(whole["StreamNames"]), whole["HasMoreStreams"]) == (12, False)
    _, first = _json(dispatcher, "kinesis", "Kinesis_20131202.ListStreams", Limit=7)
    _, rest = _json(dispatcher, "kinesis", "Kinesis_20131202.ListStreams", Limit=7, NextToken=first["NextToken"])
    assert [*first["StreamNames"], *rest["StreamNames"]] == whole["StreamNames"]
    assert [one["StreamName"] for one in rest["StreamSummaries"]] == rest["StreamNames"]
    assert "NextToken" not in rest


def test_buckets_come_in_pages(dispatcher):
    def s3(method, target):
        return dispatcher.answer(FrameCall(1, "s3.us-east-1.amazonaws.com", method, target, [], b"")).body.decode()

    for name in ("bucket-b", "bucket-a", "bucket-c"):
        s3("PUT", f"/{name}")
    first = s3("GET", "/?prefix=bucket-&max-buckets=2")
    (token,) = re.findall("<ContinuationToken>(.+)</ContinuationToken>", first)
    rest = s3("GET", f"/?prefix=bucket-&max-buckets=2&continuation-token={token}")
    assert [re.findall("<Name>(.+?)</Name>", one) for one in (first, rest)] == [["bucket-a", "bucket-b"], ["bucket-c"]]
    assert "<ContinuationToken>" not in rest


def test_targets_with_one_arn_come_in_pages(dispatcher):
    _json(dispatcher, "events", "AWSEvents.PutRule", Name="r", EventPattern='{"source":["x"]}')
    targets = [{"Id": one, "Arn": "arn:aws:sqs:us-east-1:123456789012:q"} for one in "abc"]
    _json(dispatcher, "events", "AWSEvents.PutTargets", Rule="r", Targets=targets)
    token, found = {}, []
    for _ in targets:
        _, page = _json(dispatcher, "events", "AWSEvents.ListTargetsByRule", Rule="r", Limit=1, **token)
        found += [one["Id"] for one in page["Targets"]]
        token = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}
    assert (found, token) == (["a", "b", "c"], {})


@pytest.mark.parametrize("operation", ["LabelParameterVersion", "UnlabelParameterVersion"])
def test_a_label_makes_no_parameter(dispatcher, operation):
    asked = {"Name": "/none", "Labels": ["a"], "ParameterVersion": 1}
    status, refused = _json(dispatcher, "ssm", f"AmazonSSM.{operation}", **asked)
    assert (status, refused["__type"]) == (400, "ParameterNotFound")
    assert _json(dispatcher, "ssm", "AmazonSSM.DescribeParameters") == (200, {"Parameters": []})


def test_rules_and_buses_with_tags(dispatcher):
    tags = [{"Key": "team", "Value": "blue"}]
    _json(dispatcher, "events", "AWSEvents.CreateEventBus", Name="tagged", Tags=tags)
    rule = {"Name": "r", "EventBusName": "tagged", "EventPattern": '{"source":["x"]}'}
    _json(dispatcher, "events", "AWSEvents.PutRule", **rule, Tags=tags)
    target, asked = "ResourceGroupsTaggingAPI_20170126.GetResources", {"ResourceTypeFilters": ["events"]}
    _, found = _json(dispatcher, "tagging", target, **asked)
    arns = {one["ResourceARN"].rpartition(":")[2] for one in found["ResourceTagMappingList"]}
    assert arns == {"event-bus/tagged", "rule/tagged/r"}
    _, found = _json(dispatcher, "tagging", target, ResourceTypeFilters=["events:rule"])
    assert [one["Tags"] for one in found["ResourceTagMappingList"]] == [tags]
