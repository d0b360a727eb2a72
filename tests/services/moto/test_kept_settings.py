"""Settings that the Terraform provider reads back after it has set them."""

import json

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher


@pytest.fixture
def dispatcher(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return Dispatcher()


def asked(dispatcher, host, target, **given):
    """The answer to a call of a JSON protocol."""
    headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)]
    call = FrameCall(1, f"{host}.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(given).encode())
    body = dispatcher.answer(call).body
    return json.loads(body) if body else {}


def test_a_queue_keeps_which_queues_may_redrive_to_it(dispatcher):
    policy = json.dumps({"redrivePermission": "denyAll"})
    url = asked(dispatcher, "sqs", "AmazonSQS.CreateQueue", QueueName="kept")["QueueUrl"]
    for names in (["All"], ["RedriveAllowPolicy"]):
        found = asked(dispatcher, "sqs", "AmazonSQS.GetQueueAttributes", QueueUrl=url, AttributeNames=names)
        assert "RedriveAllowPolicy" not in found.get("Attributes", {})
    asked(dispatcher, "sqs", "AmazonSQS.SetQueueAttributes", QueueUrl=url, Attributes={"RedriveAllowPolicy": policy})
    for names in (["All"], ["RedriveAllowPolicy"]):
        found = asked(dispatcher, "sqs", "AmazonSQS.GetQueueAttributes", QueueUrl=url, AttributeNames=names)
        assert found["Attributes"]["RedriveAllowPolicy"] == policy


@pytest.mark.parametrize(
    ("given", "kind"), [({}, "STANDARD"), ({"logGroupClass": "INFREQUENT_ACCESS"}, "INFREQUENT_ACCESS")]
)
def test_a_log_group_keeps_its_class(dispatcher, given, kind):
    asked(dispatcher, "logs", "Logs_20140328.CreateLogGroup", logGroupName=f"/{kind}", **given)
    (found,) = asked(dispatcher, "logs", "Logs_20140328.DescribeLogGroups", logGroupNamePrefix=f"/{kind}")["logGroups"]
    assert found["logGroupClass"] == kind


@pytest.mark.parametrize(("given", "days"), [({}, 365), ({"RotationPeriodInDays": 180}, 180)])
def test_a_key_keeps_how_often_it_rotates(dispatcher, given, days):
    key = asked(dispatcher, "kms", "TrentService.CreateKey")["KeyMetadata"]["KeyId"]
    status = asked(dispatcher, "kms", "TrentService.GetKeyRotationStatus", KeyId=key)
    assert (status["KeyRotationEnabled"], "RotationPeriodInDays" in status) == (False, False)
    asked(dispatcher, "kms", "TrentService.EnableKeyRotation", KeyId=key, **given)
    status = asked(dispatcher, "kms", "TrentService.GetKeyRotationStatus", KeyId=key)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, days)


def test_a_topic_keeps_its_signature_and_tracing(dispatcher):
    def call(operation, **given):
        body = "&".join(f"{name}={value}" for name, value in {"Action": operation, **given}.items())
        headers = [("content-type", "application/x-www-form-urlencoded")]
        return dispatcher.answer(FrameCall(1, "sns.us-east-1.amazonaws.com", "POST", "/", headers, body.encode())).body

    topic = "arn:aws:sns:us-east-1:123456789012:kept"
    call("CreateTopic", Name="kept")
    assert b"SignatureVersion" not in call("GetTopicAttributes", TopicArn=topic)
    call("SetTopicAttributes", TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="2")
    call("SetTopicAttributes", TopicArn=topic, AttributeName="TracingConfig", AttributeValue="Active")
    found = call("GetTopicAttributes", TopicArn=topic)
    assert all(f"<key>{name}</key>".encode() in found for name in ("SignatureVersion", "TracingConfig"))


def test_a_bucket_keeps_who_pays_for_requests(dispatcher):
    def call(method, path, body=b""):
        headers = [("content-length", str(len(body)))]
        return dispatcher.answer(FrameCall(1, "s3.us-east-1.amazonaws.com", method, path, headers, body))

    call("PUT", "/kept")
    assert b"<Payer>BucketOwner</Payer>" in call("GET", "/kept?requestPayment").body
    requester = b"<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>"
    assert call("PUT", "/kept?requestPayment", requester).status == 200
    assert b"<Payer>Requester</Payer>" in call("GET", "/kept?requestPayment").body
    assert call("GET", "/none?requestPayment").status == 404
