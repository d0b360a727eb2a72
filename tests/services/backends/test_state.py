"""`--state DIR`: what the back ends hold is there again after a kill, with its ids; damage is told, a torn end is not."""

import asyncio
import json
import os
import resource
import signal

import pytest

from netful.model.cloud import Cloud
from netful.model.core import Resource, StackError
from netful.model.functions.function import SsmParameter
from netful.services.backends.backend import Backends
from netful.services.backends.frames import FrameCall
from netful.services.backends.state_folder import StateFolder
from netful.services.http.backend_requests import form_request, json_request, rest_request
from netful.services.moto.recall import may_change
from tests.helpers.ids import id_in
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets

TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
ARN = "arn:aws:sqs:eu-west-1:111122223333:orders"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
ADMITS_ALL = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
CLOUD = Cloud.of(
    region="eu-west-1",
    account_id="111122223333",
    ssm_parameters={"Greeting": SsmParameter("Greeting", "/greeting", "hello")},
    resources={
        one.id: one
        for one in (
            Resource("Table", "AWS::DynamoDB::Table", TABLE),
            Resource("Bucket", "AWS::S3::Bucket", {"BucketName": "pictures"}),
            Resource("Queue", "AWS::SQS::Queue", {"QueueName": "orders", "VisibilityTimeout": 3600}),
            Resource(
                "MaySend", "AWS::SQS::QueuePolicy", {"Queues": [QUEUE], "PolicyDocument": {"Statement": [ADMITS_ALL]}}
            ),
            Resource(
                "Rule",
                "AWS::Events::Rule",
                {"EventPattern": {"source": ["shop"]}, "Targets": [{"Id": "queue", "Arn": ARN}]},
            ),
            Resource("Secret", "AWS::SecretsManager::Secret", {"Name": "login", "GenerateSecretString": {}}),
        )
    },
)
TOPIC = "arn:aws:sns:eu-west-1:111122223333:news"
SIGNED = (
    (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=any/20200101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0",
    ),
)


FORM = (("content-type", "application/x-www-form-urlencoded; charset=utf-8"),)


@pytest.mark.parametrize(
    ("call", "changes"),
    [
        (("ssm.x", "POST", "/", (("X-Amz-Target", "AmazonSSM.GetParameter"),), b"{}"), False),
        (("ssm.x", "POST", "/", (("X-Amz-Target", "AmazonSSM.PutParameter"),), b"{}"), True),
        (("kms.x", "POST", "/", (("X-Amz-Target", "TrentService.GenerateDataKey"),), b"{}"), False),
        (("kms.x", "POST", "/", (("X-Amz-Target", "TrentService.CreateKey"),), b"{}"), True),
        (("email.x", "POST", "/", FORM, b"Action=VerifyEmailIdentity&EmailAddress=a"), True),
        (("sqs.x", "POST", "/1/orders", FORM, b"Version=1&Action=ReceiveMessage"), True),
        (("sns.x", "POST", "/", FORM, b"Action=ListTopics&Version=1"), False),
        (("s3.x", "GET", "/bucket/key", (), b""), False),
        (("s3.x", "PUT", "/bucket/key", FORM, b"Action=ListTopics"), True),
        (("bucket.s3.x", "POST", "/?delete", FORM, b"Action=ListTopics"), True),
        (("apigateway.x", "DELETE", "/restapis/1", (), b""), True),
    ],
)
def test_which_calls_are_recorded(call, changes):
    assert may_change(FrameCall(1, *call)) is changes


class Calls:
    """Calls of running back ends."""

    def __init__(self, backends):
        self.backends = backends

    async def json(self, service, target, status=200, **content):
        version = "1.1" if service in {"ssm", "secretsmanager", "kms", "events"} else "1.0"
        response = await self.backends.call(service, json_request(target, content, version=version))
        assert response.status == status, response.body
        return json.loads(response.body or b"{}")

    async def s3(self, method, path, body=b""):
        request = rest_request(method, path, body)
        request.headers = SIGNED
        return await self.backends.call("s3", request)

    def ssm(self, action, **content):
        return self.json("ssm", f"AmazonSSM.{action}", **content)

    def sqs(self, action, **content):
        return self.json("sqs", f"AmazonSQS.{action}", **content)

    def dynamodb(self, action, **content):
        return self.json("dynamodb", f"DynamoDB_20120810.{action}", **content)

    def events(self, action, **content):
        return self.json("events", f"AWSEvents.{action}", **content)

    def kms(self, action, **content):
        return self.json("kms", f"TrentService.{action}", **content)

    async def sns(self, **parameters):
        response = await self.backends.call("sns", form_request({"Version": "2010-03-31", **parameters}))
        assert response.status == 200, response.body
        return response.body.decode().partition("<RequestId>")[0]

    def secrets(self, action, **content):
        return self.json("secretsmanager", f"secretsmanager.{action}", **content)


class Life:
    """Back ends over one state folder, as often as they are started."""

    def __init__(self, folder):
        self.folder = folder
        self.state = folder / "state"

    def run(self, body, cloud=CLOUD, *, killed=False):
        async def main():
            backends = Backends(cloud, self.folder / "run", kept=StateFolder(self.state))
            try:
                await backends.start()
                assert backends.warnings == ()
                result = await body(Calls(backends))
                if killed:
                    os.kill(backends.pid, signal.SIGKILL)
            finally:
                await backends.close()
            return result

        return asyncio.run(main())


@pytest.fixture
def life(tmp_path):
    return Life(tmp_path)


async def fill(calls):
    await calls.ssm("PutParameter", Name="/greeting", Value="good day", Type="String", Overwrite=True)
    await calls.ssm("PutParameter", Name="/mine", Value="1", Type="SecureString")
    await calls.dynamodb("PutItem", TableName="Table", Item={"id": {"S": "a"}, "n": {"N": "1"}})
    await calls.dynamodb("UpdateItem", TableName="Table", Key={"id": {"S": "a"}}, UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}})  # fmt: skip
    await calls.dynamodb(
        "PutItem",
        TableName="Table",
        Item={"id": {"S": "a"}},
        ConditionExpression="attribute_not_exists(id)",
        status=400,
    )
    assert (await calls.s3("PUT", "/pictures/a/b", b"\0\xff picture")).status == 200
    await calls.secrets("PutSecretValue", SecretId="login", SecretString="hush")
    for number in range(3):
        await calls.sqs("SendMessage", QueueUrl=QUEUE, MessageBody=str(number))
    (first,) = (await calls.sqs("ReceiveMessage", QueueUrl=QUEUE))["Messages"]
    await calls.sqs("DeleteMessage", QueueUrl=QUEUE, ReceiptHandle=first["ReceiptHandle"])
    (taken,) = (await calls.sqs("ReceiveMessage", QueueUrl=QUEUE))["Messages"]
    await calls.sns(Action="CreateTopic", Name="news")
    await calls.sns(Action="Subscribe", TopicArn=TOPIC, Protocol="sqs", Endpoint=ARN)
    await calls.kms("CreateKey")
    return taken


async def held(calls):
    """All that can be seen of the state, with its ids and times."""
    picture = await calls.s3("GET", "/pictures/a/b")
    return {
        "parameters": [(await calls.ssm("GetParameter", Name=name))["Parameter"] for name in ("/greeting", "/mine")],
        "history": (await calls.ssm("GetParameterHistory", Name="/greeting"))["Parameters"],
        "items": await calls.dynamodb("Scan", TableName="Table"),
        "table": (await calls.dynamodb("DescribeTable", TableName="Table"))["Table"],
        "picture": (picture.body, {n: v for n, v in picture.headers if n.lower() in {"etag", "last-modified"}}),
        "secret": await calls.secrets("GetSecretValue", SecretId="login"),
        "subscriptions": await calls.sns(Action="ListSubscriptions"),
        "rules": await calls.events("ListRules"),
        "targets": await calls.events("ListTargetsByRule", Rule="Rule"),
        "keys": await calls.kms("ListKeys"),
        "queue": await calls.sqs("GetQueueAttributes", QueueUrl=QUEUE, AttributeNames=["All"]),
    }


def test_a_kill_loses_nothing(life):
    async def first(calls):
        taken = await fill(calls)
        (key,) = (await calls.kms("ListKeys"))["Keys"]
        sealed = await calls.kms("Encrypt", KeyId=key["KeyId"], Plaintext="aHVzaA==")
        return taken["ReceiptHandle"], sealed["CiphertextBlob"], await held(calls)

    receipt, sealed, before = life.run(first, killed=True)

    async def again(calls):
        after = await held(calls)
        # The receipt of a message that was taken before the kill is good for it.
        await calls.sqs("DeleteMessage", QueueUrl=QUEUE, ReceiptHandle=receipt)
        (last,) = (await calls.sqs("ReceiveMessage", QueueUrl=QUEUE))["Messages"]
        return after, last["Body"], (await calls.kms("Decrypt", CiphertextBlob=sealed))["Plaintext"]

    assert life.run(again) == (before, "2", "aHVzaA==")
    assert before["parameters"][0]["Value"] == "good day"  # what the template says does not come back over it
    assert before["items"]["Items"] == [{"id": {"S": "a"}, "n": {"N": "2"}}]
    assert before["secret"]["SecretString"] == "hush"
    assert TOPIC in before["subscriptions"]
    assert [target["Arn"] for target in before["targets"]["Targets"]] == [ARN]
    assert before["queue"]["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_back_ends_that_end_by_themselves_come_back_with_what_they_held(life, monkeypatch):
    monkeypatch.setattr("netful.services.backends.backend.SOON_SECONDS", 0)

    async def body(calls):
        await fill(calls)
        before = await held(calls)
        os.kill(calls.backends.pid, signal.SIGKILL)
        async with asyncio.timeout(ENOUGH_SECONDS):
            while not calls.backends.warnings:  # noqa: ASYNC110  # they tell of it when they are up again
                await asyncio.sleep(0.02)
        return before, await held(calls), calls.backends.warnings

    before, after, warnings = life.run(body)
    assert after == before
    assert warnings == ("the service back ends ended and were restarted: their state is restored",)


def test_the_template_changes_while_the_stack_is_down(life):
    life.run(fill)
    other = Cloud.of(
        region=CLOUD.region,
        account_id=CLOUD.account_id,
        ssm_parameters={"Greeting": SsmParameter("Greeting", "/greeting", "welcome")},
        resources={name: one for name, one in CLOUD.template.resources.items() if name in {"Table", "Queue"}},
    )

    async def body(calls):
        value = (await calls.ssm("GetParameter", Name="/greeting"))["Parameter"]["Value"]
        gone = (await calls.secrets("ListSecrets"))["SecretList"] + (await calls.events("ListRules"))["Rules"]
        items = (await calls.dynamodb("Scan", TableName="Table"))["Count"]
        return value, gone, items

    assert life.run(body, other) == ("welcome", [], 1)


async def nothing(_calls):
    return None


def test_what_a_failed_import_wanted_stays_with_its_owner(life):
    bucket = Resource("Mine", "AWS::S3::Bucket", {"BucketName": "mine"})
    with_it = CLOUD.having(resources={**CLOUD.template.resources, "Mine": bucket})

    async def body(calls):
        place = (
            b"<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"
        )
        assert (await calls.s3("PUT", "/mine", place)).status == 200
        with pytest.raises(StackError):
            await refused(calls.backends)

    async def refused(backends):
        async with backends.importing({"Mine"}):
            await backends.follow(CLOUD, with_it)
            await backends.follow(with_it, CLOUD)
            await backends.settle()
            raise StackError("another part of the stack cannot be made")

    async def again(calls):
        return (await calls.s3("HEAD", "/mine")).status

    life.run(body)
    assert life.run(again) == 200


def test_a_torn_end_is_dropped(life):
    life.run(fill)
    journal = life.state / "calls"
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[len(whole) // 2 :][:11])  # a record's beginning cannot be told from any text yet

    async def body(calls):
        return (await calls.ssm("GetParameter", Name="/greeting"))["Parameter"]["Value"]

    assert life.run(body) == "good day"
    assert journal.read_bytes() == whole


def test_damage_is_told_and_nothing_is_done(life):
    life.state.mkdir()
    journal = life.state / "calls"
    journal.write_text("a list of phone calls\n")
    with pytest.raises(StackError, match="is not a state file of netful"):
        life.run(nothing)
    assert journal.read_text() == "a list of phone calls\n"


def test_on_a_full_disk_nothing_is_done_that_is_not_kept(life):
    async def body(calls):
        size = (life.state / "calls").stat().st_size
        limits = resource.prlimit(calls.backends.pid, resource.RLIMIT_FSIZE, (size + 100, resource.RLIM_INFINITY))
        refused = await calls.ssm("PutParameter", Name="/greeting", Value="x" * 200, Overwrite=True, status=503)
        value = (await calls.ssm("GetParameter", Name="/greeting"))["Parameter"]["Value"]
        resource.prlimit(calls.backends.pid, resource.RLIMIT_FSIZE, limits)
        await calls.ssm("PutParameter", Name="/later", Value="1", Type="String")
        return refused, value

    refused, value = life.run(body)
    assert refused["__type"] == "ServiceUnavailable"
    assert refused["message"].startswith("the state cannot be written, so the call was not executed: ")
    assert value == "hello"

    async def again(calls):
        return [(await calls.ssm("GetParameter", Name=name))["Parameter"]["Value"] for name in ("/greeting", "/later")]

    assert life.run(again) == ["hello", "1"]


def test_one_stack_at_a_time(life, monkeypatch):
    monkeypatch.setattr("netful.services.backends.state_folder.LOCK_SECONDS", 0.1)

    async def body(_calls):
        other = StateFolder(life.state)
        with pytest.raises(StackError, match="is in use"):
            await asyncio.to_thread(other.take)

    life.run(body)
    StateFolder(life.state).take()  # the stack has ended


def test_where_no_folder_can_be(life):
    life.state = life.folder / "file/state"
    (life.folder / "file").write_text("")
    with pytest.raises(StackError, match="cannot be kept"):
        life.run(nothing)


PEOPLE = Cloud.of(
    region="eu-west-1",
    resources={
        "People": Resource("People", "AWS::Cognito::UserPool", {}),
        "Web": Resource(
            "Web",
            "AWS::Cognito::UserPoolClient",
            {"UserPoolId": id_in("eu-west-1", "AWS::Cognito::UserPool", "People")},
        ),
    },
)


def test_user_pools_keep_their_ids_and_their_users(life):
    pool = {"UserPoolId": id_in("eu-west-1", "AWS::Cognito::UserPool", "People")}

    def cognito(calls, action, **content):
        return calls.json("cognito-idp", f"AWSCognitoIdentityProviderService.{action}", **content)

    async def sign_up(calls):
        await cognito(calls, "AdminCreateUser", **pool, Username="ada", MessageAction="SUPPRESS")
        await cognito(calls, "AdminSetUserPassword", **pool, Username="ada", Password="Secret-123", Permanent=True)
        return await cognito(calls, "AdminGetUser", **pool, Username="ada")

    async def sign_in(calls):
        parameters = {"USERNAME": "ada", "PASSWORD": "Secret-123"}
        asked = {
            "ClientId": id_in("eu-west-1", "AWS::Cognito::UserPoolClient", "Web"),
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": parameters,
        }
        assert (await cognito(calls, "InitiateAuth", **asked))["AuthenticationResult"]["IdToken"]
        return await cognito(calls, "AdminGetUser", **pool, Username="ada")

    made = life.run(sign_up, PEOPLE, killed=True)
    assert life.run(sign_in, PEOPLE)["UserAttributes"] == made["UserAttributes"]
