"""What the template has for the back ends is there, and follows a change of the template."""

import asyncio
import json
from hashlib import sha256

import pytest

from netful.model.core import Origin, Resource, Unknown
from netful.model.functions.function import SsmParameter
from netful.services.deploy.template_resources import contents_of, make_resources
from netful.services.http.backend_requests import form_request, json_request, rest_request
from netful.services.http.message import Response
from tests.helpers.backends import change_to, cloud, run
from tests.helpers.ids import id_in

pytestmark = pytest.mark.packets

TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
GENERATED = {"SecretStringTemplate": '{"user": "ada"}', "GenerateStringKey": "password", "PasswordLength": "12"}
RESOURCES = (
    Resource("Sub", "AWS::SNS::Subscription", {
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:Topic", "Protocol": "sqs",
        "Endpoint": "arn:aws:sqs:eu-west-1:123456789012:orders"}),
    Resource("Queue", "AWS::SQS::Queue", {"QueueName": "orders", "VisibilityTimeout": 45}),
    Resource("Topic", "AWS::SNS::Topic"),
    Resource("MaySend", "AWS::SQS::QueuePolicy", {
        "Queues": ["https://sqs.eu-west-1.amazonaws.com/123456789012/orders"],
        "PolicyDocument": {"Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}]}}),
    Resource("Table", "AWS::DynamoDB::Table", TABLE),
    Resource("Bucket", "AWS::S3::Bucket", {"BucketName": "pictures"}),
    Resource("Secret", "AWS::SecretsManager::Secret", {
        "Name": "login", "Description": "of the shop", "GenerateSecretString": GENERATED}),
    Resource("Stream", "AWS::Kinesis::Stream", {"Name": "clicks", "ShardCount": 2}),
    Resource("Log", "AWS::Logs::LogGroup", {"LogGroupName": "/aws/lambda/fn", "RetentionInDays": 7}),
    Resource("Machine", "AWS::StepFunctions::StateMachine", {
        "StateMachineName": "m", "RoleArn": "arn:aws:iam::123456789012:role/r",
        "DefinitionString": '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'}),
    Resource("Bus", "AWS::Events::EventBus", {"Name": "shop"}),
)  # fmt: skip


async def ask(backends, service, request):
    response = await backends.call(service, request)
    return response.status, response.body.decode()


def test_every_kind_is_made(tmp_path):
    async def body(backends):
        queue = {"QueueName": "orders", "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"}
        return backends.warnings, {
            "queue": await ask(backends, "sqs", json_request(
                "AmazonSQS.GetQueueAttributes", {**queue, "AttributeNames": ["VisibilityTimeout"]}, "1.0")),
            "topic": await ask(backends, "sns", form_request({"Action": "ListSubscriptions"})),
            "table": await ask(backends, "dynamodb", json_request(
                "DynamoDB_20120810.PutItem", {"TableName": "Table", "Item": {"id": {"S": "1"}}}, "1.0")),
            "bucket": await ask(backends, "s3", rest_request("PUT", "/pictures/cat", b"miaow")),
            "secret": await ask(backends, "secretsmanager", json_request(
                "secretsmanager.GetSecretValue", {"SecretId": "login"})),
            "described": await ask(backends, "secretsmanager", json_request(
                "secretsmanager.DescribeSecret", {"SecretId": "login"})),
            "stream": await ask(backends, "kinesis", json_request("Kinesis_20131202.ListStreams", {})),
            "log": await ask(backends, "logs", json_request("Logs_20140328.DescribeLogGroups", {})),
            "bus": await ask(backends, "events", json_request("AWSEvents.ListEventBuses", {})),
            "machine": await ask(backends, "states", json_request("AWSStepFunctions.ListStateMachines", {}, "1.0")),
        }  # fmt: skip

    warnings, found = run(tmp_path, body, *RESOURCES)
    assert warnings == ()
    assert {name: status for name, (status, _) in found.items()} == dict.fromkeys(found, 200)
    assert json.loads(found["queue"][1])["Attributes"] == {"VisibilityTimeout": "45"}
    assert ":orders</Endpoint>" in found["topic"][1]
    secret = json.loads(json.loads(found["secret"][1])["SecretString"])
    assert (secret["user"], len(secret["password"])) == ("ada", 12)
    assert json.loads(found["described"][1])["Description"] == "of the shop"
    assert json.loads(found["stream"][1])["StreamNames"] == ["clicks"]
    (log,) = json.loads(found["log"][1])["logGroups"]
    assert (log["logGroupName"], log["retentionInDays"]) == ("/aws/lambda/fn", 7)
    assert '"shop"' in found["bus"][1]
    assert ":stateMachine:m" in found["machine"][1]


def test_a_change_makes_deletes_and_keeps(tmp_path):
    new = Resource("Fresh", "AWS::SQS::Queue", {"QueueName": "fresh"})
    kept, gone = RESOURCES[4], RESOURCES[1]

    async def body(backends):
        put = {"TableName": "Table", "Item": {"id": {"S": "1"}}}
        await ask(backends, "dynamodb", json_request("DynamoDB_20120810.PutItem", put, "1.0"))
        await change_to(backends, cloud(kept, new))
        queues = await ask(backends, "sqs", json_request("AmazonSQS.ListQueues", {}, "1.0"))
        items = await ask(backends, "dynamodb", json_request("DynamoDB_20120810.Scan", {"TableName": "Table"}, "1.0"))
        return backends.warnings, json.loads(queues[1])["QueueUrls"], json.loads(items[1])["Count"]

    warnings, queues, count = run(tmp_path, body, kept, gone)
    assert (warnings, count) == ((), 1)
    assert [url.rpartition("/")[2] for url in queues] == ["fresh"]


def test_a_change_that_is_taken_back_loses_nothing(tmp_path):
    """The table goes, a queue comes, a parameter has another value: and then the template stays as it was."""
    fresh = Resource("Fresh", "AWS::SQS::Queue", {"QueueName": "fresh"})
    put = {"TableName": "Table", "Item": {"id": {"S": "1"}}}
    value = {"Name": "/colour", "Value": "changed by a user", "Overwrite": True}

    def having(text, *resources):
        parameter = SsmParameter("Colour", "/colour", text)
        return cloud(*resources).having(ssm_parameters={"Colour": parameter})

    before, after = having("green", RESOURCES[4]), having("blue", fresh)

    async def there(backends):
        asked = {
            "dynamodb": json_request("DynamoDB_20120810.Scan", {"TableName": "Table"}, "1.0"),
            "sqs": json_request("AmazonSQS.ListQueues", {}, "1.0"),
            "ssm": json_request("AmazonSSM.GetParameter", {"Name": "/colour"}),
        }
        found = {service: json.loads((await ask(backends, service, one))[1]) for service, one in asked.items()}
        return found["dynamodb"]["Count"], found["sqs"].get("QueueUrls", []), found["ssm"]["Parameter"]["Value"]

    async def body(backends):
        await change_to(backends, before)
        await ask(backends, "dynamodb", json_request("DynamoDB_20120810.PutItem", put, "1.0"))
        await ask(backends, "ssm", json_request("AmazonSSM.PutParameter", value))
        first = await there(backends)
        await backends.follow(before, after)
        under_way = await there(backends)
        await backends.follow(after, before)
        await backends.settle()
        return first, under_way, await there(backends)

    first, under_way, last = run(tmp_path, body)
    assert first == last == (1, [], "changed by a user")
    assert (under_way[0], len(under_way[1]), under_way[2]) == (1, 1, "blue")


def test_a_parameter_has_its_tier_and_the_pattern_of_its_value(tmp_path):
    long = SsmParameter("Long", "/long", "x" * 5000, settings={"Tier": "Advanced"})
    other = SsmParameter("Other", "/other", "blue", settings={"AllowedPattern": "^green$"})

    async def body(backends):
        await change_to(backends, cloud().having(ssm_parameters={"Long": long, "Other": other}))
        asked = json_request("AmazonSSM.DescribeParameters", {})
        found = json.loads((await ask(backends, "ssm", asked))[1])["Parameters"]
        return [(one["Name"], one["Tier"]) for one in found], [*backends.left_out]

    assert run(tmp_path, body) == ([("/long", "Advanced")], ["Other"])


def cognito(operation, **content):
    return json_request(f"AWSCognitoIdentityProviderService.{operation}", content)


POOL = id_in("eu-west-1", "AWS::Cognito::UserPool", "People")
SIGN_IN = (
    cognito("AdminCreateUser", UserPoolId=POOL, Username="ada", MessageAction="SUPPRESS"),
    cognito("AdminSetUserPassword", UserPoolId=POOL, Username="ada", Password="Secret-123", Permanent=True),
    cognito(
        "InitiateAuth",
        ClientId=id_in("eu-west-1", "AWS::Cognito::UserPoolClient", "Web"),
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada", "PASSWORD": "Secret-123"},
    ),
)


def test_user_pools_are_made_under_the_ids_that_templates_refer_to(tmp_path):
    web = Resource("Web", "AWS::Cognito::UserPoolClient", {"UserPoolId": POOL, "ClientName": "web"})
    domain = Resource("Domain", "AWS::Cognito::UserPoolDomain", {"UserPoolId": POOL, "Domain": "sign-in"})
    group = Resource("Staff", "AWS::Cognito::UserPoolGroup", {"UserPoolId": POOL, "GroupName": "staff"})
    pool = Resource("People", "AWS::Cognito::UserPool", {"UserPoolName": "p", "AutoVerifiedAttributes": ["email"]})

    async def body(backends):
        for request in SIGN_IN:
            status, text = await ask(backends, "cognito-idp", request)
            assert status == 200, text
        made = [
            await ask(backends, "cognito-idp", cognito("DescribeUserPool", UserPoolId=POOL)),
            await ask(backends, "cognito-idp", cognito("GetGroup", UserPoolId=POOL, GroupName="staff")),
        ]
        warnings = backends.warnings
        await change_to(backends, cloud())
        gone = await ask(backends, "cognito-idp", cognito("DescribeUserPool", UserPoolId=POOL))
        return warnings, text, made, gone

    warnings, signed_in, made, gone = run(tmp_path, body, web, domain, group, pool)
    assert warnings == ()
    assert json.loads(signed_in)["AuthenticationResult"]["IdToken"]
    assert [status for status, _ in made] == [200, 200]
    described = json.loads(made[0][1])["UserPool"]
    assert (described["Name"], described["Domain"], described["Id"]) == ("p", "sign-in", POOL)
    assert gone[0] == 400


def rule(source, **more):
    target = {"Id": "1", "Arn": "arn:aws:lambda:eu-west-1:123456789012:function:fn"}
    return Resource("Rule", "AWS::Events::Rule", {"EventPattern": {"source": [source]}, "Targets": [target], **more})


def test_rules_follow_a_change_and_tell_their_targets(tmp_path):
    sent = []

    async def body(backends):
        async def rules(bus):
            await ask(
                backends,
                "events",
                json_request(
                    "AWSEvents.PutEvents",
                    {
                        "Entries": [
                            {"Source": source, "DetailType": "x", "Detail": "{}", "EventBusName": bus}
                            for source in ("a", "b")
                        ]
                    },
                ),
            )
            told = [json.loads(one.text)["source"] for one in sent]
            sent.clear()
            _, text = await ask(backends, "events", json_request("AWSEvents.ListRules", {"EventBusName": bus}))
            return told, [one["Name"] for one in json.loads(text)["Rules"]]

        found = [await rules("default")]
        await change_to(backends, cloud(rule("b")))
        found.append(await rules("default"))
        await change_to(backends, cloud(RESOURCES[-1], rule("a", EventBusName="shop")))
        found += [await rules("default"), await rules("shop")]
        return backends.warnings, found

    warnings, found = run(tmp_path, body, rule("a"), deliver=sent.append)
    assert warnings == ()
    assert found == [(["a"], ["Rule"]), (["b"], ["Rule"]), ([], []), (["a"], ["Rule"])]


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"QueueName": Unknown("a parameter")}, "its name is not known: a parameter"),
        ({"QueueName": "not a name"}, "alphanumeric"),
    ],
)
def test_what_cannot_be_made_is_told(tmp_path, properties, why):
    async def body(backends):
        return backends.warnings

    bad = Resource("Bad", "AWS::SQS::Queue", properties, origin=Origin("t.yaml", 4))
    (warning,) = run(tmp_path, body, bad)
    assert warning.startswith("t.yaml:4: `Bad` is left out: ")
    assert why in warning


def kms(operation, **content):
    return json_request(f"TrentService.{operation}", content)


def test_keys_are_made_under_the_ids_that_templates_refer_to(tmp_path):
    arn = "arn:aws:kms:eu-west-1:123456789012:key/"
    key = Resource("TheKeyOfAllTheOrdersThatWereEverMadeHere", "AWS::KMS::Key", {"Description": "orders"})
    other = Resource("Other", "AWS::KMS::Key")
    key_id, other_id = (id_in("eu-west-1", one.type, one.id) for one in (key, other))
    alias = Resource("Alias", "AWS::KMS::Alias", {"AliasName": "alias/orders", "TargetKeyId": key_id})

    async def body(backends):
        told = []
        for name in (key_id, arn + key_id, "alias/orders", other_id):
            _, encrypted = await ask(backends, "kms", kms("Encrypt", KeyId=name, Plaintext="aGk="))
            blob = json.loads(encrypted)["CiphertextBlob"]
            status, opened = await ask(backends, "kms", kms("Decrypt", CiphertextBlob=blob))
            told.append((status, json.loads(opened)["Plaintext"], json.loads(opened)["KeyId"]))
        status, made = await ask(backends, "kms", kms("CreateKey"))
        assert (status, len(json.loads(made)["KeyMetadata"]["KeyId"])) == (200, 36)
        return backends.warnings, told

    warnings, told = run(tmp_path, body, key, other, alias)
    assert warnings == ()
    assert told == [(200, "aGk=", arn + key_id)] * 3 + [(200, "aGk=", arn + other_id)]


def test_state_machines_are_made(tmp_path):
    states = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${Fn}", "End": True}}}
    machine = Resource("Machine", "AWS::StepFunctions::StateMachine", {
        "StateMachineName": "flow", "Definition": states, "DefinitionSubstitutions": {"Fn": "arn:fn"},
        "RoleArn": "arn:aws:iam::123456789012:role/r",
    })  # fmt: skip
    elsewhere = Resource("Elsewhere", "AWS::StepFunctions::StateMachine", {"DefinitionS3Location": "flow.asl.json"})
    arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:"

    async def body(backends):
        described = await ask(backends, "states", json_request(
            "AWSStepFunctions.DescribeStateMachine", {"stateMachineArn": arn + "flow"}, "1.0"))  # fmt: skip
        started = await ask(backends, "states", json_request(
            "AWSStepFunctions.StartExecution", {"stateMachineArn": arn + "Elsewhere"}, "1.0"))  # fmt: skip
        return backends.warnings, json.loads(described[1])["definition"], started[0]

    warnings, definition, started = run(tmp_path, body, machine, elsewhere)
    assert (warnings, started) == ((), 200)
    assert json.loads(definition)["States"]["A"]["Resource"] == "arn:fn"


@pytest.mark.parametrize("billing", ["PAY_PER_REQUEST", "PROVISIONED"])
def test_a_global_table_is_its_replica_in_the_region(tmp_path, billing):
    index = {
        "IndexName": "by-city",
        "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "WriteProvisionedThroughputSettings": {"WriteCapacityAutoScalingSettings": {"MinCapacity": 1}},
    }
    recovery = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    table = Resource("Table", "AWS::DynamoDB::GlobalTable", {
        **TABLE, "TableName": "orders", "BillingMode": billing, "GlobalSecondaryIndexes": [index],
        "AttributeDefinitions": [*TABLE["AttributeDefinitions"], {"AttributeName": "city", "AttributeType": "S"}],
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "Replicas": [{"Region": "eu-north-1"}, {"Region": "eu-west-1", **recovery}],
    })  # fmt: skip

    async def body(backends):
        named = {"TableName": "orders"}
        _, made = await ask(backends, "dynamodb", json_request("DynamoDB_20120810.DescribeTable", named, version="1.0"))
        _, kept = await ask(
            backends, "dynamodb", json_request("DynamoDB_20120810.DescribeContinuousBackups", named, version="1.0")
        )
        return backends.warnings, json.loads(made)["Table"], "ENABLED" in kept.partition("PointInTimeRecoveryStatus")[2]

    warnings, made, recovers = run(tmp_path, body, table)
    assert (warnings, recovers) == ((), True)
    assert [one["IndexName"] for one in made["GlobalSecondaryIndexes"]] == ["by-city"]
    assert made["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"


INDEXED = {
    "AttributeDefinitions": [*TABLE["AttributeDefinitions"], {"AttributeName": "city", "AttributeType": "S"}],
    "GlobalSecondaryIndexes": [{
        "IndexName": "by-city", "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }],
}  # fmt: skip
CHANGED = (
    Resource(
        "Queue", "AWS::SQS::Queue", {"QueueName": "orders", "VisibilityTimeout": 60, "KmsMasterKeyId": "alias/aws/sqs"}
    ),
    Resource("Topic", "AWS::SNS::Topic", {"DisplayName": "news"}),
    Resource(
        "Table", "AWS::DynamoDB::Table", TABLE | INDEXED | {"StreamSpecification": {"StreamViewType": "KEYS_ONLY"}}
    ),
    Resource("Bucket", "AWS::S3::Bucket", {"BucketName": "pictures", "Tags": [{"Key": "a", "Value": "b"}]}),
    Resource("Secret", "AWS::SecretsManager::Secret", {"Name": "login", "SecretString": "open"}),
    Resource("Stream", "AWS::Kinesis::Stream", {"Name": "clicks", "ShardCount": 4}),
    Resource("Log", "AWS::Logs::LogGroup", {"LogGroupName": "/aws/lambda/fn"}),
)
READS = {
    "Queue": ("sqs", json_request(
        "AmazonSQS.GetQueueAttributes",
        {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "AttributeNames": ["All"]}, version="1.0"),
        b'"KmsMasterKeyId":"alias/aws/sqs"', b'"VisibilityTimeout":"60"'),
    "Topic": ("sns", form_request({
        "Action": "GetTopicAttributes", "Version": "2010-03-31", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:Topic"}),
        b"news"),
    "Table": ("dynamodb", json_request("DynamoDB_20120810.DescribeTable", {"TableName": "Table"}, version="1.0"), b"KEYS_ONLY",
        b'"AttributeName":"city","AttributeType"', b'"IndexName":"by-city"'),
    "Bucket": ("s3", rest_request("GET", "/pictures?tagging"), b"<Value>b</Value>"),
    "Secret": ("secretsmanager", json_request("secretsmanager.GetSecretValue", {"SecretId": "login"}), b"open"),
    "Stream": ("kinesis", json_request("Kinesis_20131202.DescribeStreamSummary", {"StreamName": "clicks"}),
        b'"OpenShardCount":4'),
}  # fmt: skip


async def body_of(backends, service, request):
    response = await backends.call(service, request)
    return response.body.replace(b": ", b":").replace(b", ", b",")


def test_a_changed_property_changes_the_resource_and_comes_back(tmp_path):
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"

    async def body(backends):
        sent = json_request("AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": "kept"}, version="1.0")
        assert (await backends.call("sqs", sent)).status == 200
        changed = {one.id: one for one in CHANGED}
        after = cloud(*(changed.get(one.id, one) for one in RESOURCES))
        await change_to(backends, after)
        assert backends.warnings == ()
        kept = (b'"ApproximateNumberOfMessages":"1"', b'"MaximumMessageSize":"1048576"', b"sqs:SendMessage")
        for service, request, *texts in READS.values():
            found = await body_of(backends, service, request)
            assert [text for text in texts if text not in found] == []
        assert [text for text in kept if text not in await body_of(backends, *READS["Queue"][:2])] == []
        await change_to(backends, cloud(*RESOURCES))
        for service, request, *texts in (READS["Queue"], READS["Table"]):
            found = await body_of(backends, service, request)
            assert texts[-1] not in found
        assert [text for text in kept if text not in await body_of(backends, *READS["Queue"][:2])] == []

    run(tmp_path, body, *RESOURCES)


def test_a_queue_is_made_after_its_dead_letter_queue(tmp_path):
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead", "maxReceiveCount": 3}
    queue = Resource(
        "Queue", "AWS::SQS::Queue", {"QueueName": "orders", "RedrivePolicy": redrive}, references=("Dead",)
    )
    dead = Resource("Dead", "AWS::SQS::Queue", {"QueueName": "dead"})

    async def body(backends):
        request = form_request({"Action": "GetQueueUrl", "QueueName": "orders"})
        return backends.warnings, await ask(backends, "sqs", request)

    warnings, (status, _) = run(tmp_path, body, queue, dead)
    assert (list(warnings), status) == ([], 200)


SECRET = {"Name": "login", "SecretString": "x", "Tags": [{"Key": "team", "Value": "blue"}]}


@pytest.mark.parametrize(("written", "calls"), [(SECRET, 0), ({**SECRET, "Description": "of the database"}, 2)])
def test_a_kept_digest_tells_whether_a_resource_has_changed(written, calls):
    """Kinds that had no parts before kept the digest of their properties."""
    asked = []

    async def call_host(_host, request):
        asked.append(request)
        return Response(200, (), b"{}")

    key = ("AWS::SecretsManager::Secret", "login")
    kept = {" ".join(key): sha256(json.dumps(SECRET).encode()).hexdigest()}
    following = cloud(Resource("Login", key[0], written))
    made = make_resources(following, call_host, frozenset({key}), kept, (), again=False)
    assert asyncio.run(made) == {}
    assert len(asked) == calls


def test_another_reference_is_another_content():
    found = {
        value: contents_of(cloud(Resource("Login", "AWS::SecretsManager::Secret", {**SECRET, "SecretString": Unknown("a reference", reference=value)})), ())
        for value in ("{{resolve:ssm:/a}}", "{{resolve:ssm:/b}}")
    }  # fmt: skip
    assert len({str(one) for one in found.values()}) == 2
