"""What the template's buckets tell of their objects, and whom."""

import json
from dataclasses import replace

import pytest

from netful.model.core import Origin, Resource
from netful.model.functions.function import Code, Function
from netful.services.http.backend_requests import json_request, query_request, rest_request
from tests.helpers import backends
from tests.helpers.backends import change_to

pytestmark = pytest.mark.packets

PLACE = "eu-west-1:123456789012"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:fn"
QUEUE = Resource("Queue", "AWS::SQS::Queue", {"QueueName": "told"})
QUEUE_URL = f"https://sqs.eu-west-1.amazonaws.com/{PLACE[-12:]}/told"
QUEUE_ARN = f"arn:aws:sqs:{PLACE}:told"
ADMITS = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
TOPIC = Resource("Topic", "AWS::SNS::Topic", {"TopicName": "news"})
SIGNED = ("Authorization", "AWS4-HMAC-SHA256 Credential=me/20200101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0")  # fmt: skip


def permission(**more):
    given = {"FunctionName": "Fn", "Principal": "s3.amazonaws.com", "Action": "lambda:InvokeFunction", **more}
    return Resource("May", "AWS::Lambda::Permission", given)


def bucket(**notifications):
    told = {"BucketName": "pictures", "NotificationConfiguration": notifications}
    return Resource("Bucket", "AWS::S3::Bucket", told, origin=Origin("t.yaml", 7))


def invokes(event="s3:ObjectCreated:*", **rules):
    written = [{"Name": name, "Value": value} for name, value in rules.items()]
    return bucket(LambdaConfigurations=[
        {"Event": event, "Function": FUNCTION, **({"Filter": {"S3Key": {"Rules": written}}} if rules else {})}
    ])  # fmt: skip


def cloud(*resources):
    return backends.cloud(*resources, functions={"Fn": Function("Fn", "fn", Code())})


def run(folder, body, *resources):
    """Run a body against the back ends of these resources; its answer, and what was sent."""
    sent = []
    answer = backends.run_in(cloud(*resources), folder, body, deliver=sent.append)
    return answer, [(one.target, json.loads(one.text)) for one in sent]


async def put(backends, key, body=b"content"):
    request = rest_request("PUT", f"/pictures/{key}", body)
    request.headers = (SIGNED,)
    assert (await backends.call("s3", request)).status == 200


async def delete(backends, key):
    request = rest_request("DELETE", f"/pictures/{key}")
    request.headers = (SIGNED,)
    assert (await backends.call("s3", request)).status == 204


def test_a_function_gets_the_record_of_what_fits(tmp_path):
    async def body(backends):
        for key in ("in/a%20b.jpg", "in/a.txt", "out/a.jpg"):
            await put(backends, key)
        return backends.warnings

    warnings, sent = run(tmp_path, body, invokes(Prefix="in/", suffix=".jpg"), permission())
    assert warnings == ()
    ((target, event),) = sent
    (record,) = event["Records"]
    assert target == FUNCTION
    assert (record["eventSource"], record["eventName"], record["awsRegion"]) == (
        "aws:s3", "ObjectCreated:Put", "eu-west-1",
    )  # fmt: skip
    assert record["s3"]["bucket"]["arn"] == "arn:aws:s3:::pictures"
    assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("in/a+b.jpg", 7)
    assert len(record["s3"]["object"]["eTag"]) == 32


def test_a_deletion_is_another_event(tmp_path):
    async def body(backends):
        await put(backends, "a")
        await delete(backends, "a")

    _, sent = run(tmp_path, body, invokes("s3:ObjectRemoved:*"), permission())
    ((_, event),) = sent
    (record,) = event["Records"]
    assert (record["eventName"], record["s3"]["object"].keys()) == ("ObjectRemoved:Delete", {"key", "sequencer"})


async def called(backends, method, path, body=b""):
    request = rest_request(method, f"/pictures/{path}", body)
    request.headers = (SIGNED,)
    answer = await backends.call("s3", request)
    assert answer.status < 300, answer.body
    return answer


def told(sent):
    """The event, the key and whether there is a version, of each record."""
    records = [record for _, event in sent for record in event["Records"]]
    return [(one["eventName"], one["s3"]["object"]["key"], "versionId" in one["s3"]["object"]) for one in records]


def test_an_upload_in_parts_is_one_event(tmp_path):
    async def body(backends):
        upload = (await called(backends, "POST", "a?uploads")).body.decode()
        id_ = upload.partition("<UploadId>")[2].partition("<")[0]
        part = await called(backends, "PUT", f"a?partNumber=1&uploadId={id_}", b"content")
        tag = next(value for name, value in part.headers if name.lower() == "etag")
        parts = f"<Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part>"
        parts = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        await called(backends, "POST", f"a?uploadId={id_}", parts)

    for event in ("s3:ObjectCreated:*", "s3:ObjectTagging:*"):
        _, sent = run(tmp_path / event[-8:-2], body, invokes(event), permission())
        one = ("ObjectCreated:CompleteMultipartUpload", "a", False)
        assert told(sent) == ([one] if "Created" in event else [])


def test_versions_and_their_markers_are_told(tmp_path):
    async def body(backends):
        await put(backends, "a")
        first = await called(backends, "HEAD", "a")
        await put(backends, "a")
        await delete(backends, "a")
        version = next(value for name, value in first.headers if name.lower() == "x-amz-version-id")
        await called(backends, "DELETE", f"a?versionId={version}")

    lambdas = [{"Event": f"s3:{one}:*", "Function": FUNCTION} for one in ("ObjectCreated", "ObjectRemoved")]
    written = bucket(LambdaConfigurations=lambdas)
    versioned = replace(written, properties={**written.properties, "VersioningConfiguration": {"Status": "Enabled"}})
    _, sent = run(tmp_path, body, versioned, permission())
    assert told(sent) == [
        ("ObjectCreated:Put", "a", True),
        ("ObjectCreated:Put", "a", True),
        ("ObjectRemoved:DeleteMarkerCreated", "a", True),
        ("ObjectRemoved:Delete", "a", True),
    ]


def test_without_a_permission_a_function_is_not_invoked(tmp_path):
    async def body(backends):
        await put(backends, "a")
        return backends.warnings

    warnings, sent = run(tmp_path, body, invokes(), permission(SourceArn="arn:aws:s3:::others"))
    assert warnings == (
        "t.yaml:7: the notifications of `Bucket` to `fn` are left out: no `AWS::Lambda::Permission` allows S3 to invoke it",
    )  # fmt: skip
    assert sent == []


def test_queues_topics_and_rules_are_told(tmp_path):
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": ["pictures"]}}}
    targets = [{"Id": "1", "Arn": f"arn:aws:lambda:{PLACE}:function:bus"}]
    rule = Resource("Rule", "AWS::Events::Rule", {"EventPattern": pattern, "Targets": targets})
    source = bucket(
        QueueConfigurations=[{"Event": "s3:ObjectCreated:Put", "Queue": f"arn:aws:sqs:{PLACE}:told"}],
        TopicConfigurations=[{"Event": "s3:ObjectCreated:Put", "Topic": f"arn:aws:sns:{PLACE}:news"}],
        EventBridgeConfiguration={"EventBridgeEnabled": True},
    )

    async def body(backends):
        await put(backends, "a")
        return backends.warnings

    condition = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::pictures"}}
    policy = Resource("Policy", "AWS::SQS::QueuePolicy", {
        "Queues": [QUEUE_URL],
        "PolicyDocument": {"Statement": [{**ADMITS, "Principal": {"Service": "s3.amazonaws.com"}, "Condition": condition}]}})  # fmt: skip
    warnings, sent = run(tmp_path, body, source, QUEUE, TOPIC, rule, policy)
    assert warnings == ()
    assert [event.get("Event") for _, event in sent] == ["s3:TestEvent", "s3:TestEvent", None, None, None]
    told = dict(sent)
    for target in (f"arn:aws:sqs:{PLACE}:told", f"arn:aws:sns:{PLACE}:news"):
        (record,) = told[target]["Records"]
        assert (record["eventName"], record["s3"]["object"]["key"]) == ("ObjectCreated:Put", "a")
    event = told[targets[0]["Arn"]]
    assert (event["detail-type"], event["resources"]) == ("Object Created", ["arn:aws:s3:::pictures"])
    detail = event["detail"]
    assert (detail["reason"], detail["object"]["key"], detail["object"]["size"]) == ("PutObject", "a", 7)
    assert len(detail["object"]["etag"]) == 32


@pytest.mark.parametrize("principal", ["sns.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com"])
def test_only_the_services_that_a_queue_s_policy_admits_send_to_it(tmp_path, principal):
    """S3, SNS and EventBridge are to send one message each."""
    topic = f"arn:aws:sns:{PLACE}:news"
    own = {"QueueUrl": QUEUE_URL}
    resources = (
        bucket(QueueConfigurations=[{"Event": "s3:ObjectCreated:Put", "Queue": QUEUE_ARN}]),
        Resource("Sub", "AWS::SNS::Subscription", {"TopicArn": topic, "Protocol": "sqs", "Endpoint": QUEUE_ARN}),
        Resource("Rule", "AWS::Events::Rule", {
            "EventPattern": {"source": ["me"]}, "Targets": [{"Id": "1", "Arn": QUEUE_ARN}]}),
        Resource("Policy", "AWS::SQS::QueuePolicy", {
            "Queues": [QUEUE_URL],
            "PolicyDocument": {"Statement": [{**ADMITS, "Principal": {"Service": principal}}]}}),
    )  # fmt: skip

    async def body(backends):
        await put(backends, "a")
        await backends.call("sns", query_request("Publish", "2010-03-31", {"TopicArn": topic, "Message": "hello"}))
        entry = {"Source": "me", "DetailType": "t", "Detail": "{}"}
        await backends.call("events", json_request("AWSEvents.PutEvents", {"Entries": [entry]}))
        received = await backends.call("sqs", json_request("AmazonSQS.ReceiveMessage", own, version="1.0"))
        return backends.warnings, len(json.loads(received.body).get("Messages", ()))

    (warnings, by_topic), sent = run(tmp_path, body, *resources, QUEUE, TOPIC)
    admitted = [event for _, event in sent if event.get("Event") != "s3:TestEvent"]
    senders = {"sns.amazonaws.com": by_topic, "s3.amazonaws.com": sum("Records" in one for one in admitted),
               "events.amazonaws.com": sum("detail-type" in one for one in admitted)}  # fmt: skip
    assert senders == {**dict.fromkeys(senders, 0), principal: 1}
    refused = {"s3.amazonaws.com": "Bucket", "sns.amazonaws.com": "Sub", "events.amazonaws.com": "Rule"}
    assert {text.split("`")[1] for text in warnings} == {
        one for service, one in refused.items() if service != principal
    }


def test_a_change_of_the_template_is_followed(tmp_path):
    async def body(backends):
        await put(backends, "first")
        await change_to(backends, cloud(invokes(prefix="x"), permission()))
        await put(backends, "second")
        await put(backends, "x")
        await change_to(backends, cloud(Resource("Bucket", "AWS::S3::Bucket", {"BucketName": "pictures"})))
        await put(backends, "x2")
        return backends.warnings

    warnings, sent = run(tmp_path, body, invokes(), permission())
    assert warnings == ()
    assert [event["Records"][0]["s3"]["object"]["key"] for _, event in sent] == ["first", "x"]


SUBSCRIPTION = Resource("Sub", "AWS::SNS::Subscription", {
    "TopicArn": f"arn:aws:sns:{PLACE}:news", "Protocol": "sqs", "Endpoint": QUEUE_ARN})  # fmt: skip
RULE = Resource("Rule", "AWS::Events::Rule", {
    "EventPattern": {"source": ["shop"]}, "Targets": [{"Id": "1", "Arn": QUEUE_ARN}]})  # fmt: skip


@pytest.mark.parametrize(
    ("sender", "is_made"),
    [(SUBSCRIPTION, True), (RULE, True), (bucket(QueueConfigurations=[{"Event": "s3:*", "Queue": QUEUE_ARN}]), False)],
    ids=["subscription", "rule", "bucket"],
)
def test_a_sender_that_a_queue_does_not_admit_is_made_unless_aws_refuses_it(tmp_path, sender, is_made):
    async def body(backends):
        return bool(backends.warnings), [*backends.left_out]

    found, _ = run(tmp_path, body, QUEUE, TOPIC, sender)
    assert found == (True, [] if is_made else [sender.id])
