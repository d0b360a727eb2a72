"""Requests that services refuse and moto takes."""

import json
import re
import time
from urllib.parse import urlencode

import msgspec
import pytest

from netful.services.backends.frames import FrameCall
from netful.services.backends.journal import Journal
from netful.services.deploy.kinds.resource_kind import ID_MEMBER
from netful.services.moto.dispatch import Dispatcher
from netful.services.moto.moment import Moment
from netful.services.moto.outbox import Outbox
from netful.services.moto.recall import Recorded, Recorder


@pytest.fixture
def ask(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher = Dispatcher(Outbox())

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


def test_a_key_has_a_policy_of_json(ask):
    key = {"KeyId": ask("kms", "TrentService.CreateKey")["KeyMetadata"]["KeyId"], "PolicyName": "default"}
    assert ask("kms", "TrentService.PutKeyPolicy", **key, Policy="{")["__type"] == "MalformedPolicyDocumentException"
    ask("kms", "TrentService.PutKeyPolicy", **key, Policy=POLICY)
    assert ask("kms", "TrentService.GetKeyPolicy", **key)["Policy"] == POLICY


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


def sent(ask, host, **members):
    headers = [("content-type", "application/x-www-form-urlencoded")]
    return ask.dispatcher.answer(FrameCall(1, host, "POST", "/", headers, urlencode(members).encode()))


def sns(ask, **members):
    return sent(ask, "sns.us-east-1.amazonaws.com", **members).status


_HERE = "us-east-1:123456789012:t"


@pytest.mark.parametrize(
    ("protocol", "endpoint", "status"),
    [
        ("sqs", f"arn:aws:sqs:{_HERE}", 200),
        ("smoke", f"arn:aws:sqs:{_HERE}", 400),
        ("lambda", f"arn:aws:sqs:{_HERE}", 400),
        ("lambda", "arn:aws:lambda:us-east-1:123456789012:function:f:live", 200),
        ("email", "nobody", 400),
        ("https", "http://example.com", 400),
    ],
)
def test_a_subscription_has_a_protocol_of_sns(ask, protocol, endpoint, status):
    sns(ask, Action="CreateTopic", Name="t")
    asked = {"TopicArn": f"arn:aws:sns:{_HERE}", "Protocol": protocol, "Endpoint": endpoint}
    assert sns(ask, Action="Subscribe", **asked) == status


def test_a_message_of_sns_has_a_text_and_a_target_and_reaches_the_queues_that_exist(ask):
    sns(ask, Action="CreateTopic", Name="told")
    topic = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:told"}
    policy = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    admitting = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [policy]})}
    url = ask("sqs", "AmazonSQS.CreateQueue", QueueName="told", Attributes=admitting)["QueueUrl"]
    for queue in ("none", "told"):
        endpoint = f"arn:aws:sqs:us-east-1:123456789012:{queue}"
        sns(ask, Action="Subscribe", **topic, Protocol="sqs", Endpoint=endpoint)
    sns(ask, Action="Subscribe", **topic, Protocol="http", Endpoint="http://127.0.0.1:9/")  # nothing is sent there
    messages = [{**topic, "Message": ""}, {"Message": "x"}, {**topic, "Message": "x"}]
    assert [sns(ask, Action="Publish", **one) for one in messages] == [400, 400, 200]
    assert len(ask("sqs", "AmazonSQS.ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 1


@pytest.mark.parametrize(
    ("name", "status"), [("a-bucket.of.mine", 200), ("Bad-One", 400), ("a_b_c", 400), ("a..b", 400)]
)
def test_a_bucket_has_a_name_of_dns(ask, name, status):
    call = FrameCall(1, "s3.us-east-1.amazonaws.com", "PUT", f"/{name}", [], b"")
    assert ask.dispatcher.answer(call).status == status


@pytest.mark.parametrize(
    ("method", "query", "body"),
    [
        ("POST", "uploadId=none", "<CompleteMultipartUpload/>"),
        ("PUT", "uploadId=none&partNumber=1", "x"),
    ],
)
def test_a_part_is_one_of_an_upload_that_exists(ask, method, query, body):
    for call in (("PUT", "/bucket", b""), (method, f"/bucket/key?{query}", body.encode())):
        answer = ask.dispatcher.answer(FrameCall(1, "s3.us-east-1.amazonaws.com", *call[:2], [], call[2]))
    assert (answer.status, b"<Code>NoSuchUpload<" in answer.body) == (404, True)


@pytest.mark.parametrize("policy", ["{", "x", '["a"]'])
def test_a_filter_of_a_subscription_is_an_object_of_json(ask, policy):
    sns(ask, Action="CreateTopic", Name="t")
    asked = {"TopicArn": f"arn:aws:sns:{_HERE}", "Protocol": "sqs", "Endpoint": f"arn:aws:sqs:{_HERE}-filtered"}
    entry = {"Attributes.entry.1.key": "FilterPolicy", "Attributes.entry.1.value": policy}
    answer = sent(ask, "sns.us-east-1.amazonaws.com", Action="Subscribe", **asked, **entry)
    assert (answer.status, b"FilterPolicy: failed to parse JSON" in answer.body) == (400, True)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, b""),
        ({"Period": 7}, b"Period must be 10, 20, 30 or a multiple of 60"),
        ({"Statistic": "Summ"}, b"Value 'Summ' at 'statistic' failed to satisfy constraint"),
        ({"ComparisonOperator": "Greater"}, b"Value 'Greater' at 'comparisonOperator' failed to satisfy constraint"),
    ],
)
def test_an_alarm_has_values_of_cloudwatch(ask, given, text):
    alarm = {"AlarmName": "a", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "Threshold": 1,
             "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}  # fmt: skip
    host = "monitoring.us-east-1.amazonaws.com"
    answer = sent(ask, host, Action="PutMetricAlarm", Version="2010-08-01", **{**alarm, **given})
    assert (answer.status, text in answer.body) == (400 if text else 200, True)


@pytest.mark.parametrize(
    ("statements", "text"),
    [
        ([{"Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}], b"<RoleName>one<"),
        ([], b"Syntax errors in policy."),
        ([{"Action": "sts:AssumeRole"}], b"Missing required field Principal"),
        ([{"Action": "sts:AssumeRole", "Principal": "*", "Resource": "*"}], b"Has prohibited field Resource"),
    ],
)
def test_a_trust_policy_names_principals_alone(ask, statements, text):
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]})
    asked = {"Action": "CreateRole", "Version": "2010-05-08", "RoleName": "one", "AssumeRolePolicyDocument": document}
    assert text in sent(ask, "iam.amazonaws.com", **asked).body


def test_a_secret_that_waits_for_its_deletion_is_refused_in_its_own_words(ask):
    ask("secretsmanager", "secretsmanager.CreateSecret", Name="gone", SecretString="x")
    ask("secretsmanager", "secretsmanager.DeleteSecret", SecretId="gone")
    found = ask("secretsmanager", "secretsmanager.GetSecretValue", SecretId="gone")
    assert found["message"] == "You tried to perform the operation on a secret that's currently marked deleted."


def test_a_token_for_images_is_not_expired(ask):
    found = ask("api.ecr", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")
    assert found["authorizationData"][0]["expiresAt"] > time.time()


def test_a_caller_without_a_user_is_the_root_of_the_account(ask):
    body = sent(ask, "sts.us-east-1.amazonaws.com", Action="GetCallerIdentity", Version="2011-06-15").body
    assert b"<Arn>arn:aws:iam::123456789012:root<" in body


def test_the_expiry_of_a_table_that_is_not_there(ask):
    found = ask("dynamodb", "DynamoDB_20120810.DescribeTimeToLive", TableName="none")
    assert found["__type"].endswith("#ResourceNotFoundException")


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


@pytest.mark.parametrize(
    ("queue", "message", "code"),
    [
        ("values", {"MessageBody": ""}, "MissingRequiredParameterException"),
        ("values", {"MessageBody": "\x00"}, "InvalidMessageContents"),
        ("values", {"MessageBody": "a", "MessageDeduplicationId": "1"}, "InvalidParameterValue"),
        ("values", {"MessageBody": "a", "MessageGroupId": "1"}, ""),
        ("values.fifo", {"MessageBody": "a", "MessageGroupId": "1", "MessageDeduplicationId": "1"}, ""),
    ],
)
def test_a_message_is_one_of_its_queue(ask, queue, message, code):
    attributes = {"FifoQueue": "true"} if queue.endswith("fifo") else {}
    url = ask("sqs", "AmazonSQS.CreateQueue", QueueName=queue, Attributes=attributes)["QueueUrl"]
    assert ask("sqs", "AmazonSQS.SendMessage", QueueUrl=url, **message).get("__type", "").endswith(code)
    batch = {"Entries": [{"Id": "a", **message}]}
    assert ask("sqs", "AmazonSQS.SendMessageBatch", QueueUrl=url, **batch).get("__type", "").endswith(code)


_DEAD = "arn:aws:sqs:us-east-1:123456789012:"


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"VisibilityTimeout": "43200"}, ""),
        ({"VisibilityTimeout": "43201"}, "InvalidAttributeValue"),
        ({"DelaySeconds": "x"}, "InvalidAttributeValue"),
        ({"Colour": "1"}, "InvalidAttributeName"),
        ({"RedrivePolicy": "{"}, "InvalidParameterValue"),
        (
            {"RedrivePolicy": json.dumps({"deadLetterTargetArn": _DEAD + "d.fifo", "maxReceiveCount": 1})},
            "InvalidParameterValue",
        ),
        ({"RedrivePolicy": ""}, ""),
        ({"Policy": ""}, ""),
    ],
)
def test_a_queue_has_attributes_of_sqs(ask, attributes, code):
    url = ask("sqs", "AmazonSQS.CreateQueue", QueueName="attributes")["QueueUrl"]
    answer = ask("sqs", "AmazonSQS.SetQueueAttributes", QueueUrl=url, Attributes=attributes)
    assert answer.get("__type", "").endswith(code)
    made = ask("sqs", "AmazonSQS.CreateQueue", QueueName="made", Attributes=attributes)
    assert made.get("__type", "").endswith(code)
    ask("sqs", "AmazonSQS.DeleteQueue", QueueUrl=url.replace("attributes", "made"))


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ({"Name": "/v/a"}, ""),
        ({"Name": "plain"}, ""),
        ({"Name": "v/a"}, "ValidationException"),
        ({"Name": "a b"}, "ValidationException"),
        ({"Name": "/v/type", "Type": "Foo"}, "ValidationException"),
        ({"Name": "/v/long", "Value": "x" * 4097}, "ValidationException"),
        ({"Name": "/v/long", "Value": "x" * 4097, "Tier": "Advanced"}, ""),
        ({"Name": "/v/number", "AllowedPattern": r"^\d+$"}, "ParameterPatternMismatchException"),
        ({"Name": "/v/number", "AllowedPattern": r"^\d+$", "Value": "1"}, ""),
    ],
)
def test_a_parameter_has_a_name_and_a_value_of_systems_manager(ask, parameter, code):
    asked = {"Value": "x", "Type": "String", "Overwrite": True, **parameter}
    assert ask("ssm", "AmazonSSM.PutParameter", **asked).get("__type", "").endswith(code)


def test_a_path_of_parameters_begins_with_a_slash(ask):
    assert ask("ssm", "AmazonSSM.GetParametersByPath", Path="v")["__type"] == "ValidationException"
    assert "Parameters" in ask("ssm", "AmazonSSM.GetParametersByPath", Path="/")


def test_a_secret_has_one_value_and_a_policy_of_json(ask):
    def secret(operation, **more):
        return ask("secretsmanager", f"secretsmanager.{operation}", **more).get("__type", "")

    assert secret("CreateSecret", Name="both", SecretString="x", SecretBinary="eA==") == "InvalidParameterException"
    secret("CreateSecret", Name="value", SecretString="x")
    assert secret("PutResourcePolicy", SecretId="value", ResourcePolicy="{") == "MalformedPolicyDocumentException"
    secret("DeleteSecret", SecretId="value")
    assert secret("PutSecretValue", SecretId="value", SecretString="y") == "InvalidRequestException"


POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
MANAGED = {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}


@pytest.mark.parametrize(
    ("entity", "given", "taken"),
    [
        ("User", ("CreateAccessKey", {}), ("DeleteAccessKey", {"AccessKeyId": ""})),
        ("User", ("CreateLoginProfile", {"Password": "Abc-123-xyz"}), ("DeleteLoginProfile", {})),
        ("User", ("AddUserToGroup", {"GroupName": "given"}), ("RemoveUserFromGroup", {"GroupName": "given"})),
        ("Group", ("AddUserToGroup", {"UserName": "given"}), ("RemoveUserFromGroup", {"UserName": "given"})),
        (
            "Group",
            ("PutGroupPolicy", {"PolicyName": "p", "PolicyDocument": POLICY}),
            ("DeleteGroupPolicy", {"PolicyName": "p"}),
        ),
        ("Group", ("AttachGroupPolicy", MANAGED), ("DetachGroupPolicy", MANAGED)),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else one,
)
def test_a_user_and_a_group_are_deleted_when_they_have_nothing(ask, entity, given, taken):
    def iam(action, **members):
        return sent(ask, "iam.amazonaws.com", Action=action, Version="2010-05-08", **members)

    one = {f"{entity}Name": "one"}
    for kind in ("User", "Group"):
        iam(f"Create{kind}", **{f"{kind}Name": "given"})
    iam(f"Create{entity}", **one)
    found = re.search(rb"<AccessKeyId>(\w+)<", iam(given[0], **one, **given[1]).body)
    refused = iam(f"Delete{entity}", **one)
    assert (refused.status, b"<Code>DeleteConflict<" in refused.body) == (409, True)
    key = {"AccessKeyId": found[1].decode()} if found else {}
    assert iam(taken[0], **one, **{**taken[1], **key}).status == 200
    assert iam(f"Delete{entity}", **one).status == 200


def test_a_connection_and_a_destination_are_made_once(ask):
    def events(operation, **members):
        return ask("events", f"AWSEvents.{operation}", Name="one", **members)

    key = {"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}}
    connection = {"AuthorizationType": "API_KEY", "AuthParameters": key}
    arn = events("CreateConnection", **connection)["ConnectionArn"]
    destination = {"ConnectionArn": arn, "InvocationEndpoint": "https://example.com/", "HttpMethod": "POST"}
    assert "ApiDestinationArn" in events("CreateApiDestination", **destination)
    again = [events("CreateConnection", **connection), events("CreateApiDestination", **destination)]
    assert [one["__type"] for one in again] == ["ResourceAlreadyExistsException"] * 2
    assert events("DescribeConnection")["ConnectionArn"] == arn


@pytest.mark.parametrize(("days", "code"), [(7, ""), (6, "InvalidParameterException")])
def test_events_are_kept_for_one_of_the_numbers_of_days(ask, days, code):
    ask("logs", "Logs_20140328.CreateLogGroup", logGroupName="/kept")
    kept = ask("logs", "Logs_20140328.PutRetentionPolicy", logGroupName="/kept", retentionInDays=days)
    assert kept.get("__type", "") == code


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("sold > :v", ""),
        ("box.sort_ = :v AND #s = :v", ""),
        ("attribute_exists(sort_)", "ValidationException"),
        ("NOT (#k <> :v)", "ValidationException"),
    ],
)
def test_a_query_is_not_filtered_by_its_key(ask, condition, code):
    keys = {"id": "HASH", "sort_": "RANGE"}
    ask(
        "dynamodb", "DynamoDB_20120810.CreateTable", TableName="filtered", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in keys],
        KeySchema=[{"AttributeName": one, "KeyType": kind} for one, kind in keys.items()],
    )  # fmt: skip
    names = {key: value for key, value in {"#s": "state", "#k": "sort_"}.items() if key in condition}
    values = {":id": {"S": "a"}, **({":v": {"S": "b"}} if ":v" in condition else {})}
    answer = ask(
        "dynamodb", "DynamoDB_20120810.Query", TableName="filtered", KeyConditionExpression="id = :id",
        FilterExpression=condition, ExpressionAttributeValues=values, **({"ExpressionAttributeNames": names} if names else {}),
    )  # fmt: skip
    assert answer.get("__type", "").rpartition("#")[2] == code


@pytest.mark.parametrize(
    ("protocol", "endpoint", "pending"),
    [
        ("https", "https://example.com/", b"true"),
        ("email", "a@example.com", b"true"),
        ("sqs", f"arn:aws:sqs:{_HERE}", b"false"),
    ],
)
def test_a_subscription_waits_for_the_confirmation_of_its_owner(ask, protocol, endpoint, pending):
    def call(action, **members):
        return sent(ask, "sns.us-east-1.amazonaws.com", Action=action, Version="2010-03-31", **members)

    call("CreateTopic", Name="pending")
    topic = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:pending"}
    made = call("Subscribe", **topic, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn="true").body
    arn = re.search(rb"<SubscriptionArn>(.+)</SubscriptionArn>", made)[1].decode()
    attributes = call("GetSubscriptionAttributes", SubscriptionArn=arn).body
    assert re.search(rb"<key>PendingConfirmation</key>\s*<value>(\w+)<", attributes)[1].lower() == pending
    assert call("ConfirmSubscription", **topic, Token="x").status == 400


@pytest.mark.parametrize(
    ("zone", "statuses"), [("Europe/Berlin", [200, 409]), ("", [200, 409]), ("Europe/Nowhere", [400, 400])]
)
def test_a_schedule_is_made_once_in_a_time_zone(ask, zone, statuses):
    target = {"Arn": f"arn:aws:sqs:{_HERE}", "RoleArn": "arn:aws:iam::123456789012:role/r"}
    asked = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    body = json.dumps(asked | ({"ScheduleExpressionTimezone": zone} if zone else {})).encode()
    path = f"/schedules/in-{zone.replace('/', '-')}"
    call = FrameCall(1, "scheduler.us-east-1.amazonaws.com", "POST", path, [], body)
    assert [ask.dispatcher.answer(call).status for _ in statuses] == statuses


def test_requests_of_tables_are_held_to_their_constraints(ask):
    def dynamodb(operation, **members):
        return ask("dynamodb", f"DynamoDB_20120810.{operation}", **members)

    keys = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}  # fmt: skip
    table = dynamodb("CreateTable", TableName="held", BillingMode="PAY_PER_REQUEST", **keys)["TableDescription"]
    items = [{"PutRequest": {"Item": {"id": {"S": str(number)}, "bytes": {"B": "eA=="}}}} for number in range(26)]
    refused = [
        dynamodb("BatchWriteItem", RequestItems={"held": items}),
        dynamodb("Query", TableName="held", Limit=0),
        dynamodb("Scan"),
    ]
    assert {one["__type"].rpartition("#")[2] for one in refused} == {"ValidationException"}
    assert "less than or equal to 25" in refused[0]["message"]
    assert refused[2]["message"] == (
        "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null."
    )
    assert dynamodb("Scan", TableName="held")["Count"] == 0
    assert dynamodb("BatchWriteItem", RequestItems={"held": items[1:]})["UnprocessedItems"] == {}
    assert dynamodb("ListExports") == {"ExportSummaries": []}
    pitr = {"PointInTimeRecoveryEnabled": True}
    dynamodb("UpdateContinuousBackups", TableName="held", PointInTimeRecoverySpecification=pitr)
    made = dynamodb("ExportTableToPointInTime", TableArn=table["TableArn"], S3Bucket="none")["ExportDescription"]
    (listed,) = dynamodb("ListExports")["ExportSummaries"]
    assert listed["ExportArn"] == made["ExportArn"]


@pytest.mark.parametrize("days", [3, 31])
def test_a_deletion_is_scheduled_within_a_month_but_not_at_once(ask, days):
    key = {"KeyId": ask("kms", "TrentService.CreateKey")["KeyMetadata"]["KeyId"]}
    refused = ask("kms", "TrentService.ScheduleKeyDeletion", **key, PendingWindowInDays=days)
    assert refused["__type"] == "ValidationException"
    assert ask("kms", "TrentService.DescribeKey", **key)["KeyMetadata"]["KeyState"] == "Enabled"


@pytest.mark.parametrize("policy", ["{}", '{"Statement": []}', "x"])
def test_a_policy_has_statements(ask, policy):
    key = ask("kms", "TrentService.CreateKey")["KeyMetadata"]["KeyId"]
    ask("secretsmanager", "secretsmanager.CreateSecret", Name="s", SecretString="x")
    answers = [
        ask("kms", "TrentService.PutKeyPolicy", KeyId=key, PolicyName="default", Policy=policy),
        ask("secretsmanager", "secretsmanager.PutResourcePolicy", SecretId="s", ResourcePolicy=policy),
    ]
    assert [one.get("__type") for one in answers] == ["MalformedPolicyDocumentException"] * 2


FILTER = {
    "filterName": "errors",
    "filterPattern": "ERROR",
    "metricTransformations": [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
}


def test_a_metric_filter_is_of_a_group(ask):
    def logs(operation, **members):
        return ask("logs", f"Logs_20140328.{operation}", **members)

    missing = {"logGroupName": "none"}
    answers = [
        logs("PutMetricFilter", **missing, **FILTER),
        logs("DescribeMetricFilters", **missing),
        logs("DeleteMetricFilter", **missing, filterName="errors"),
    ]
    assert [one.get("__type") for one in answers] == ["ResourceNotFoundException"] * 3
    logs("CreateLogGroup", logGroupName="filtered")
    for _ in range(2):
        logs("PutMetricFilter", logGroupName="filtered", **FILTER)
    assert len(logs("DescribeMetricFilters", logGroupName="filtered")["metricFilters"]) == 1
    assert logs("DescribeLogGroups", logGroupNamePrefix="filtered")["logGroups"][0]["metricFilterCount"] == 1
    gone = logs("DeleteMetricFilter", logGroupName="filtered", filterName="other")
    assert gone["__type"] == "ResourceNotFoundException"
    logs("DeleteLogGroup", logGroupName="filtered")
    assert logs("DescribeMetricFilters")["metricFilters"] == []


def test_a_user_fits_its_pool(ask):
    def cognito(operation, **members):
        return ask("cognito-idp", f"AWSCognitoIdentityProviderService.{operation}", **members)

    pool = cognito("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    user = {"UserPoolId": pool, "Username": "ann"}
    unknown = [{"Name": "custom:none", "Value": "x"}]
    answers = [
        cognito("AdminCreateUser", **user, DesiredDeliveryMediums=["PIGEON"]),
        cognito("AdminCreateUser", **user, UserAttributes=unknown),
        cognito("AdminCreateUser", **user, TemporaryPassword="a"),
    ]
    codes = ["InvalidParameterException", "InvalidParameterException", "InvalidPasswordException"]
    assert [one.get("__type") for one in answers] == codes
    known = [{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]
    made = cognito(
        "AdminCreateUser", **user, UserAttributes=known, DesiredDeliveryMediums=["EMAIL"], TemporaryPassword="Passw0rd!"
    )
    assert made["User"]["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    changed = cognito("AdminUpdateUserAttributes", **user, UserAttributes=unknown)
    assert changed["__type"] == "InvalidParameterException"
