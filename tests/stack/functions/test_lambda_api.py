"""Lambda and the template's resources, as boto3 on the host and functions inside their networks meet them."""

import base64
import io
import json
import re
import time
import zipfile

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.helpers.ids import ec2_id
from tests.helpers.places import TEMPLATES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
TEMPLATE = "lambda-api.yaml"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from Stack(tmp_path_factory.mktemp("state"), TEMPLATES / TEMPLATE).while_up()


@pytest.fixture(scope="module")
def client(stack):
    url = stack.json("status", "--stack", "s")["endpoint_url"]

    def make(service):
        keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
        return boto3.client(service, region_name="us-east-1", endpoint_url=url, **keys)

    return make


def received(client, queue):
    """The next message of a queue, taken out of it; SQS's own long poll waits for it."""
    sqs = client("sqs")
    (url,) = (url for url in sqs.list_queues()["QueueUrls"] if url.endswith(f"/{queue}") or f"-{queue}-" in url)
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return json.loads(message["Body"])


def test_invoke_tells_the_version_the_context_and_the_log(client):
    context = base64.b64encode(b'{"custom": {"who": "host"}}').decode()
    answer = client("lambda").invoke(FunctionName="worker", Payload=b'{"n": 1}', LogType="Tail", ClientContext=context)
    told = json.loads(answer["Payload"].read())
    assert (told["event"], told["custom"]) == ({"n": 1}, {"who": "host"})
    assert told["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:worker"
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    log = base64.b64decode(answer["LogResult"]).decode()
    assert 'worked on {"n": 1}\n' in log
    assert log.splitlines()[-1].startswith("REPORT RequestId: ")


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("worker:live", "1"),
        ("arn:aws:lambda:us-east-1:123456789012:function:worker", "$LATEST"),
        ("123456789012:function:worker:1", "1"),
    ],
)
def test_a_function_has_several_names(client, name, version):
    assert client("lambda").invoke(FunctionName=name)["ExecutedVersion"] == version


@pytest.mark.parametrize("name", ["worker", "Worker", "arn:aws:lambda:us-east-1:123456789012:function:worker"])
def test_the_verb_invokes_versions_and_aliases(stack, name):
    said = {
        suffix: stack.json("invoke", f"{name}{suffix}", "--stack", "s")["payload"]["arn"]
        for suffix in ("", ":live", ":1")
    }
    arn = "arn:aws:lambda:us-east-1:123456789012:function:worker"
    assert {suffix: text.removeprefix(arn) for suffix, text in said.items()} == {"": "", ":live": ":live", ":1": ":1"}
    assert "Nobody" in stack.netful("invoke", "worker:Nobody", "--stack", "s").stderr


def test_a_handlers_error_is_an_answer(client):
    answer = client("lambda").invoke(FunctionName="worker", Payload=b'{"fail": true}')
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"].read())["errorType"] == "ValueError"


@pytest.mark.parametrize(
    ("function", "answer"),
    [("Caller", '"from": "vpc"'), ("Outside", '"from": "vpc"'), ("Lonely", "ConnectTimeoutError")],
)
def test_functions_reach_lambda_as_far_as_their_network_goes(stack, function, answer):
    assert answer in stack.invoke(function)["payload"]


def test_events_end_at_their_destinations(client):
    """Those of the alias, for which SAM makes the settings."""
    function = client("lambda")
    assert function.invoke(FunctionName="worker:live", InvocationType="Event", Payload=b'{"n": 2}')["StatusCode"] == 202
    record = received(client, "Succeeded")
    assert (record["requestContext"]["condition"], record["requestPayload"]) == ("Success", {"n": 2})
    assert record["responsePayload"]["event"] == {"n": 2}
    function.invoke(FunctionName="worker:live", InvocationType="Event", Payload=b'{"fail": 1}')
    record = received(client, "Failed")
    context = record["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("RetriesExhausted", 1)
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert context["functionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:worker:live"


def test_a_queue_invokes_its_function(client):
    sqs = client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="orders")["QueueUrl"], MessageBody="order-7")
    table = client("dynamodb")
    item = wait_until(lambda: table.get_item(TableName="receipts", Key={"id": {"S": "order-7"}}).get("Item"))
    assert item["source"]["S"] == "arn:aws:sqs:us-east-1:123456789012:orders"


def test_the_stream_of_a_table_invokes_its_function(client):
    table = client("dynamodb")
    for id_ in ("ignored", "watched-1"):
        table.put_item(TableName="receipts", Item={"id": {"S": id_}})
    record = received(client, "told")
    assert (record["eventName"], record["eventSource"], record["awsRegion"]) == ("INSERT", "aws:dynamodb", "us-east-1")
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "watched-1"}}
    assert record["eventSourceARN"].startswith("arn:aws:dynamodb:us-east-1:123456789012:table/receipts/stream/")


def test_a_rule_invokes_its_function_for_what_fits(client):
    entries = [{"Source": "shop", "DetailType": kind, "Detail": '{"n": 1}'} for kind in ("return", "sale")]
    client("events").put_events(Entries=entries)
    event = received(client, "told")
    assert (event["source"], event["detail-type"], event["detail"]) == ("shop", "sale", {"n": 1})


def test_a_topic_invokes_its_function(client):
    (topic,) = [t["TopicArn"] for t in client("sns").list_topics()["Topics"] if "-Notices-" in t["TopicArn"]]
    client("sns").publish(TopicArn=topic, Message="hello", Subject="to all")
    record = received(client, "told")
    assert (record["EventSource"], record["Sns"]["Message"], record["Sns"]["Subject"]) == ("aws:sns", "hello", "to all")


def test_a_bucket_invokes_its_function(stack, client):
    s3 = client("s3")
    s3.put_object(Bucket="the-bucket", Key="elsewhere", Body=b"not told")
    s3.put_object(Bucket="the-bucket", Key="in/by host", Body=b"by the host")
    record = received(client, "told")
    assert (record["eventSource"], record["eventName"], record["s3"]["bucket"]["name"]) == (
        "aws:s3", "ObjectCreated:Put", "the-bucket",
    )  # fmt: skip
    assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("in/by+host", 11)
    assert stack.invoke("Uploader", '{"key": "in/by function"}')["payload"] in ("null", None)
    assert received(client, "told")["s3"]["object"]["key"] == "in/by+function"
    s3.delete_object(Bucket="the-bucket", Key="in/by host")
    assert received(client, "told")["eventName"] == "ObjectRemoved:Delete"


def test_the_mappings_are_told(client):
    found = client("lambda").list_event_source_mappings(FunctionName="reporter")["EventSourceMappings"]
    (one,) = found
    assert (one["State"], one["BatchSize"], one["StartingPosition"]) == ("Enabled", 2, "TRIM_HORIZON")
    assert client("lambda").get_event_source_mapping(UUID=one["UUID"])["EventSourceArn"] == one["EventSourceArn"]


def test_what_the_template_has_is_there(stack, client):
    assert [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]] == ["the-bucket"]
    (topic,) = [t["TopicArn"] for t in client("sns").list_topics()["Topics"] if "-Topic-" in t["TopicArn"]]
    client("sns").publish(TopicArn=topic, Message="hello")
    assert received(client, "Inbox")["Message"] == "hello"
    assert stack.invoke("UsesSecret")["payload"] == "hush"


def test_logs_are_in_cloudwatch_logs(stack, client):
    logs = client("logs")
    stack.invoke("Lonely")  # it has no way to CloudWatch, and logs all the same
    told = stack.json("invoke", "UsesSecret", "--stack", "s")
    functions = {one["resource"]: one["name"] for one in stack.json("status", "--stack", "s")["functions"]}
    for function in ("Lonely", "UsesSecret"):
        prefix = f"/aws/lambda/{functions[function]}"
        assert [one["logGroupName"] for one in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]]
    group = f"/aws/lambda/{functions['UsesSecret']}"
    found = logs.filter_log_events(logGroupName=group, filterPattern=f'"{told["request_id"]}"')["events"]
    assert [event["message"].split()[0] for event in found] == ["START", "END", "REPORT"]
    assert "".join(event["message"] for event in found) in told["log_tail"]
    (stream,) = {event["logStreamName"] for event in found}
    assert "/[$LATEST]" in stream
    whole = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
    assert [event["timestamp"] for event in whole] == sorted(event["timestamp"] for event in whole)
    again = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
    assert len(again) == len(whole)


def test_a_role_that_may_not_make_interfaces(client):
    with pytest.raises(ClientError) as refused:
        client("lambda").invoke(FunctionName="NotAllowed")
    assert refused.value.response["Error"]["Code"] == "ResourceConflictException"
    told = client("lambda").get_function_configuration(FunctionName="NotAllowed")
    assert (told["State"], told["StateReasonCode"]) == ("Failed", "InsufficientRolePermissions")
    assert told["StateReason"] == (
        "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
    )


def test_the_vpc_of_a_function_is_told(client):
    listed = {one["FunctionName"]: one for one in client("lambda").list_functions()["Functions"]}
    (inside,) = [one for name, one in listed.items() if "Caller" in name]
    (outside,) = [one for name, one in listed.items() if "Outside" in name]
    assert inside["VpcConfig"] == {
        "SubnetIds": [ec2_id("subnet", "Subnet")], "SecurityGroupIds": [ec2_id("sg", "Sg")],
        "VpcId": ec2_id("vpc", "Vpc"), "Ipv6AllowedForDualStack": False,
    }  # fmt: skip
    assert "VpcConfig" not in outside


def test_a_function_moves_to_another_vpc_and_back(client):
    """Its requests and EC2's words follow; what is in use cannot be deleted."""
    function, ec2 = client("lambda"), client("ec2")
    name = next(
        one["FunctionName"] for one in function.list_functions()["Functions"] if "Caller" in one["FunctionName"]
    )

    def move(subnet, group):
        config = {"SubnetIds": [subnet], "SecurityGroupIds": [group]}
        told = function.update_function_configuration(FunctionName=name, VpcConfig=config)["VpcConfig"]
        function.get_waiter("function_updated_v2").wait(FunctionName=name)
        return told["VpcId"], json.loads(function.invoke(FunctionName=name)["Payload"].read())

    before = move("Subnet", "Sg")
    assert move("LonelySubnet", "LonelySg") == (ec2_id("vpc", "LonelyVpc"), "ConnectTimeoutError")
    with pytest.raises(ClientError, match=r"DependencyViolation.*resource LonelySg has a dependent object"):
        ec2.delete_security_group(GroupId="LonelySg")
    with pytest.raises(ClientError, match=r"DependencyViolation.*The subnet 'LonelySubnet' has dependencies"):
        ec2.delete_subnet(SubnetId="LonelySubnet")
    assert move("Subnet", "Sg") == before
    assert (before[0], '"from": "vpc"' in before[1]) == (ec2_id("vpc", "Vpc"), True)


CALLS = """
import boto3
from botocore.config import Config
once = Config(connect_timeout=4, read_timeout=25, retries={"total_max_attempts": 1})

def handler(event, context):
    try:
        answer = boto3.client("lambda", config=once).invoke(FunctionName="worker", Payload=b'{"from": "made"}')
    except Exception as error:
        return type(error).__name__
    return answer["Payload"].read().decode()
"""


@pytest.mark.parametrize(
    ("place", "answer"), [(None, '"from": "made"'), ("", '"from": "made"'), ("Lonely", "ConnectTimeoutError")]
)
def test_a_function_is_created_in_a_place_and_deleted(stack, client, place, answer):
    """It runs with a role of the template, in no VPC or in one of the template's."""
    function, packed = client("lambda"), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CALLS)
    listed = function.list_functions()["Functions"]
    runtime, role = next((one["Runtime"], one["Role"]) for one in listed if "Caller" in one["FunctionName"])
    vpc = {} if place is None else {"VpcConfig": {"SubnetIds": [f"{place}Subnet"], "SecurityGroupIds": [f"{place}Sg"]}}
    made = function.create_function(
        FunctionName="made", Runtime=runtime, Role=role, Handler="index.handler", Timeout=10, MemorySize=512,
        Code={"ZipFile": packed.getvalue()}, **vpc,
    )  # fmt: skip
    assert made["State"] == "Pending"
    function.get_waiter("function_active_v2").wait(FunctionName="made")
    assert answer in json.loads(function.invoke(FunctionName="made")["Payload"].read())
    assert "made" in [one["name"] for one in stack.json("status", "--stack", "s")["functions"]]
    function.delete_function(FunctionName="made")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        function.get_function(FunctionName="made")


def test_a_function_goes_into_a_vpc_and_out_of_it(client):
    function = client("lambda")
    listed = function.list_functions()["Functions"]
    name = next(one["FunctionName"] for one in listed if "Outside" in one["FunctionName"])

    def move(subnets, groups):
        config = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        function.update_function_configuration(FunctionName=name, VpcConfig=config)
        function.get_waiter("function_updated_v2").wait(FunctionName=name)
        return json.loads(function.invoke(FunctionName=name)["Payload"].read())

    assert move(["LonelySubnet"], ["LonelySg"]) == "ConnectTimeoutError"
    assert '"from": "vpc"' in move([], [])
    told = function.get_function_configuration(FunctionName=name)["VpcConfig"]
    assert told == {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": False}


def test_configuration_changes_while_it_runs(client):
    function = client("lambda")
    changed = function.update_function_configuration(FunctionName="UsesSecret", Timeout=9)
    assert changed["Timeout"] == 9
    function.get_waiter("function_updated_v2").wait(FunctionName="UsesSecret")
    assert function.get_function(FunctionName="UsesSecret")["Configuration"]["Timeout"] == 9
    assert json.loads(function.invoke(FunctionName="UsesSecret")["Payload"].read()) == "hush"


def test_metrics_are_in_cloudwatch(client):
    """By function, by alias, and for all together; statistics are those of the very dimensions that are asked for."""
    functions, cloudwatch = client("lambda"), client("cloudwatch")

    def counted(metric, *dimensions):
        now = time.time()
        told = cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda", MetricName=metric, Period=3600, Statistics=["Sum"],
            StartTime=now - 3600, EndTime=now + 60,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions],
        )  # fmt: skip
        return sum(point["Sum"] for point in told["Datapoints"])

    worker, alias = ("FunctionName", "worker"), ("Resource", "worker:live")
    before = [counted("Invocations", worker), counted("Errors", worker), counted("Invocations", worker, alias)]
    functions.invoke(FunctionName="worker", Payload=b'{"fail": true}')
    functions.invoke(FunctionName="worker:live")
    after = [counted("Invocations", worker), counted("Errors", worker), counted("Invocations", worker, alias)]
    assert [new - old for old, new in zip(before, after, strict=True)] == [2, 1, 1]
    assert counted("Invocations") >= after[0]


def test_a_mapping_that_is_made_serves_and_stops(client):
    sqs, functions = client("sqs"), client("lambda")
    queue = sqs.create_queue(QueueName="late-orders")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:late-orders"
    functions.put_function_event_invoke_config(FunctionName="reporter", MaximumRetryAttempts=0)
    made = functions.create_event_source_mapping(FunctionName="reporter", EventSourceArn=arn)
    sqs.send_message(QueueUrl=queue, MessageBody="late")
    assert received(client, "told")["body"] == "late"
    assert functions.get_event_source_mapping(UUID=made["UUID"])["State"] == "Enabled"
    functions.delete_event_source_mapping(UUID=made["UUID"])
    assert functions.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"] == []
    sqs.send_message(QueueUrl=queue, MessageBody="for somebody else")  # the mapping's last poll must not keep it
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    assert message["Body"] == "for somebody else"


def test_a_function_is_told_who_it_is(stack):
    arn = stack.invoke("WhoAmI")["payload"]
    assert re.fullmatch(r"arn:aws:sts::123456789012:assumed-role/[\w-]+-WhoAmIRole-\w{12}/who", arn)
