"""Requests that services refuse and moto takes."""

import json

import msgspec
import pytest

from netful.services.backends.frames import FrameCall
from netful.services.backends.journal import Journal
from netful.services.deploy.kinds.resource_kind import ID_MEMBER
from netful.services.moto.dispatch import Dispatcher
from netful.services.moto.moment import Moment
from netful.services.moto.recall import Recorded, Recorder


@pytest.fixture
def ask(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher = Dispatcher()

    def ask(service, target, **members):
        headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)]
        call = FrameCall(1, f"{service}.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(members).encode())
        return json.loads(dispatcher.answer(call).body or b"{}")

    ask.dispatcher = dispatcher
    return ask


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("DisableKey", "DisabledException"),
        ("ScheduleKeyDeletion", "KMSInvalidStateException"),
    ],
)
def test_a_key_that_is_not_enabled_does_nothing(ask, change, code):
    key = {"KeyId": ask("kms", "TrentService.CreateKey")["KeyMetadata"]["KeyId"]}
    sealed = ask("kms", "TrentService.Encrypt", **key, Plaintext="eA==")["CiphertextBlob"]
    ask("kms", f"TrentService.{change}", **key)
    answers = [
        ask("kms", "TrentService.Encrypt", **key, Plaintext="eA=="),
        ask("kms", "TrentService.GenerateDataKey", **key, KeySpec="AES_256"),
        ask("kms", "TrentService.Decrypt", CiphertextBlob=sealed),
    ]
    assert [one.get("__type") for one in answers] == [code] * 3


def test_a_deletion_is_scheduled_once(ask):
    key = {"KeyId": ask("kms", "TrentService.CreateKey")["KeyMetadata"]["KeyId"]}
    assert "DeletionDate" in ask("kms", "TrentService.ScheduleKeyDeletion", **key)
    assert ask("kms", "TrentService.ScheduleKeyDeletion", **key)["__type"] == "KMSInvalidStateException"


def test_a_key_is_changed_by_its_arn(ask):
    key = {"KeyId": ask("kms", "TrentService.CreateKey")["KeyMetadata"]["Arn"]}
    states = []
    for change in ("DisableKey", "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion"):
        ask("kms", f"TrentService.{change}", **key)
        states.append(ask("kms", "TrentService.DescribeKey", **key)["KeyMetadata"]["KeyState"])
    assert states == ["Disabled", "Enabled", "PendingDeletion", "Disabled"]


def test_a_key_of_a_template_that_comes_back_is_enabled(ask):
    given = {ID_MEMBER: "00000000-0000-0000-0000-00000000000a"}
    key = {"KeyId": ask("kms", "TrentService.CreateKey", **given)["KeyMetadata"]["KeyId"]}
    ask("kms", "TrentService.ScheduleKeyDeletion", **key)
    assert ask("kms", "TrentService.CreateKey", **given)["KeyMetadata"]["KeyState"] == "Enabled"
    assert "CiphertextBlob" in ask("kms", "TrentService.Encrypt", **key, Plaintext="eA==")


def test_the_name_of_a_secret_is_taken_until_it_is_deleted(ask):
    def secret(operation, **more):
        return ask("secretsmanager", f"secretsmanager.{operation}", **more)

    made = {"Name": "s", "SecretString": "x"}
    secret("CreateSecret", **made)
    assert secret("CreateSecret", **made)["__type"] == "ResourceExistsException"
    secret("DeleteSecret", SecretId="s")
    assert secret("CreateSecret", **made)["__type"] == "InvalidRequestException"
    secret("RestoreSecret", SecretId="s")
    secret("DeleteSecret", SecretId="s", ForceDeleteWithoutRecovery=True)
    assert "ARN" in secret("CreateSecret", **made)


def test_a_name_of_fifo_queues_is_for_these_alone(ask):
    def made(**attributes):
        return ask("sqs", "AmazonSQS.CreateQueue", QueueName="a.fifo", Attributes=attributes)

    assert made()["__type"].endswith("InvalidParameterValue")
    assert made(FifoQueue="true")["QueueUrl"].endswith("a.fifo")


@pytest.mark.parametrize(("protocol", "status"), [("sqs", 200), ("smoke", 400)])
def test_a_subscription_has_a_protocol_of_sns(ask, protocol, status):
    def sns(**members):
        form = "&".join(f"{key}={value}" for key, value in members.items()).encode()
        headers = [("content-type", "application/x-www-form-urlencoded")]
        return ask.dispatcher.answer(FrameCall(1, "sns.us-east-1.amazonaws.com", "POST", "/", headers, form))

    sns(Action="CreateTopic", Name="t")
    arn, endpoint = (f"arn:aws:{one}:us-east-1:123456789012:t" for one in ("sns", "sqs"))
    assert sns(Action="Subscribe", TopicArn=arn, Protocol=protocol, Endpoint=endpoint).status == status


@pytest.mark.parametrize(
    ("name", "status"), [("a-bucket.of.mine", 200), ("Bad-One", 400), ("a_b_c", 400), ("a..b", 400)]
)
def test_a_bucket_has_a_name_of_dns(ask, name, status):
    call = FrameCall(1, "s3.us-east-1.amazonaws.com", "PUT", f"/{name}", [], b"")
    assert ask.dispatcher.answer(call).status == status


def test_what_an_earlier_version_took_is_repeated(ask, tmp_path):
    journal = Journal(tmp_path / "journal")
    for target in ("/Old_Name", "/Old_Name/key"):
        call = FrameCall(1, "s3.us-east-1.amazonaws.com", "PUT", target, [], b"")
        journal.append(msgspec.msgpack.encode(Recorded(Moment.now(), call)))
    recorder = Recorder(ask.dispatcher)
    assert recorder.recall(tmp_path / "journal", ask.dispatcher.answer) == 0
    refused = FrameCall(1, "s3.us-east-1.amazonaws.com", "PUT", "/Other_Name", [], b"")
    assert recorder.answer(refused).status == 400


def test_another_state_machine_has_another_name(ask):
    def made(kind):
        definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": kind}}})
        asked = {"name": "one-name", "definition": definition, "roleArn": "arn:aws:iam::123456789012:role/r"}
        return ask("states", "AWSStepFunctions.CreateStateMachine", **asked)

    first = made("Succeed")
    assert made("Succeed") == first
    assert made("Fail")["__type"] == "StateMachineAlreadyExists"


def test_a_schedule_group_is_made_once_and_the_usual_one_stays(ask):
    def scheduler(method, name):
        call = FrameCall(1, "scheduler.us-east-1.amazonaws.com", method, f"/schedule-groups/{name}", [], b"{}")
        return ask.dispatcher.answer(call).status

    answers = [scheduler(*one) for one in (("POST", "g"), ("POST", "g"), ("DELETE", "g"), ("DELETE", "default"))]
    assert answers == [200, 409, 200, 400]
