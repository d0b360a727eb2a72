"""Calls that set the policy of a resource: the next requests are judged by it."""

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from netful.engine.iam.policies import PolicyRequest, evaluate
from netful.engine.iam.resource_policies import documents, policy_of, with_policy
from netful.model.core import Resource, Unknown
from netful.model.names.generated.secret_names import with_suffix
from netful.services.front.policy_calls import step_of
from netful.services.front.routing import route
from netful.services.http.message import ClientConnection, Request
from tests.helpers.services_bench import ACCOUNT, CLOUD, INTERNET, REGION

STATEMENT = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
TEXT = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
WRITTEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}
PLACE = f"{REGION}:{ACCOUNT}"
CONNECTION = ClientConnection(INTERNET, ("10.0.1.9", 1), ("10.0.1.5", 443))


def json_call(service, target, **content):
    named = (("Host", f"{service}.{REGION}.amazonaws.com"), ("X-Amz-Target", target))
    return Request("POST", "/", named, json.dumps(content).encode(), CONNECTION)


def s3(method, target, body=b""):
    return Request(method, target, (("Host", f"s3.{REGION}.amazonaws.com"),), body, CONNECTION)


def topic(**members):
    body = urlencode({"Action": "SetTopicAttributes", "TopicArn": f"arn:aws:sns:{PLACE}:t", **members}).encode()
    return Request("POST", "/", (("Host", f"sns.{REGION}.amazonaws.com"),), body, CONNECTION)


SECRET = f"arn:aws:secretsmanager:{PLACE}:secret:{with_suffix('s', ACCOUNT, REGION)}"
SET = {
    "a bucket": (s3("PUT", "/b?policy", TEXT.encode()), "arn:aws:s3:::b/k"),
    "a queue": (json_call("sqs", "AmazonSQS.SetQueueAttributes", QueueUrl="https://sqs/1/q", Attributes={"Policy": TEXT}),
                f"arn:aws:sqs:{PLACE}:q"),
    "a topic": (topic(AttributeName="Policy", AttributeValue=TEXT), f"arn:aws:sns:{PLACE}:t"),
    "a secret": (json_call("secretsmanager", "secretsmanager.PutResourcePolicy", SecretId="s", ResourcePolicy=TEXT),
                 SECRET),
    "a key": (json_call("kms", "TrentService.PutKeyPolicy", KeyId="1-2", Policy=TEXT), f"arn:aws:kms:{PLACE}:key/1-2"),
    "a table": (json_call("dynamodb", "DynamoDB_20120810.PutResourcePolicy", ResourceArn=f"arn:aws:dynamodb:{PLACE}:table/t", Policy=TEXT),
                f"arn:aws:dynamodb:{PLACE}:table/t/index/i"),
    "the default bus": (json_call("events", "AWSEvents.PutPermission", Policy=TEXT), f"arn:aws:events:{PLACE}:event-bus/default"),
    "a repository": (json_call("api.ecr", "AmazonEC2ContainerRegistry_V20150921.SetRepositoryPolicy", repositoryName="r", policyText=TEXT),
                     f"arn:aws:ecr:{PLACE}:repository/r"),
}  # fmt: skip


def after(cloud, request):
    return step_of(route(cloud, request), request, cloud)


@pytest.mark.parametrize(("request_", "arn"), SET.values(), ids=SET)
def test_a_call_sets_the_policy(request_, arn):
    cloud = after(CLOUD, request_)(CLOUD)
    assert policy_of(arn, documents(cloud)) == {"Statement": [{"Version": "2012-10-17", **STATEMENT}]}
    assert after(cloud, request_) is None  # the same once more


@pytest.mark.parametrize(
    "request_",
    [
        s3("PUT", "/b/policy", TEXT.encode()),
        s3("GET", "/b?policy"),
        s3("DELETE", "/b?policy"),
        topic(AttributeName="DisplayName", AttributeValue="Policy"),
        json_call("sqs", "AmazonSQS.SetQueueAttributes", QueueUrl="https://sqs/1/q", Attributes=["Policy"]),
    ],
)
def test_other_calls_change_nothing(request_):
    assert after(CLOUD, request_) is None


def with_template(document):
    bucket = Resource("Policy", "AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": document})
    return CLOUD.having(resources={"Policy": bucket})


def test_a_call_replaces_the_policy_of_the_template_until_that_changes():
    cloud = with_template(WRITTEN)
    assert documents(after(cloud, s3("DELETE", "/b?policy"))(cloud)) == {}
    put = after(cloud, s3("PUT", "/b?policy", TEXT.encode()))(cloud)
    assert documents(put)["arn:aws:s3:::b"]["Statement"][0]["Effect"] == "Deny"
    other = {"Statement": [{**WRITTEN["Statement"][0], "Action": "s3:GetObject"}]}
    deployed = put.having(resources=with_template(other).template.resources)
    assert documents(deployed)["arn:aws:s3:::b"] == other


@pytest.mark.parametrize(
    ("arn", "request_"),
    [
        ("arn:aws:s3:::b", s3("DELETE", "/b")),
        (f"arn:aws:events:{PLACE}:event-bus/b", json_call("events", "AWSEvents.DeleteEventBus", Name="b")),
        (
            SECRET,
            json_call("secretsmanager", "secretsmanager.DeleteSecret", SecretId="s", ForceDeleteWithoutRecovery=True),
        ),
    ],
)
def test_a_policy_goes_with_its_resource(arn, request_):
    cloud = with_policy(CLOUD, arn, WRITTEN)
    assert documents(after(cloud, request_)(cloud)) == {}


def test_a_secret_that_can_be_restored_keeps_its_policy():
    request = json_call("secretsmanager", "secretsmanager.DeleteSecret", SecretId="s")
    assert after(with_policy(CLOUD, SECRET, WRITTEN), request) is None


def form(service, action, **members):
    body = urlencode({"Action": action, **members}).encode()
    return Request("POST", "/", (("Host", f"{service}.{REGION}.amazonaws.com"),), body, CONNECTION)


QUEUE, TOPIC, BUS = (
    f"arn:aws:{name}" for name in (f"sqs:{PLACE}:q", f"sns:{PLACE}:t", f"events:{PLACE}:event-bus/default")
)
CALLER = "arn:aws:iam::210987654321:root"
CHANGED = {
    "a queue": (
        json_call("sqs", "AmazonSQS.AddPermission", QueueUrl="https://sqs/1/q", Label="l", AWSAccountIds=["210987654321"], Actions=["SendMessage"]),
        json_call("sqs", "AmazonSQS.RemovePermission", QueueUrl="https://sqs/1/q", Label="l"),
        QUEUE, "sqs:SendMessage", {},
    ),
    "a topic": (
        form("sns", "AddPermission", **{"TopicArn": TOPIC, "Label": "l", "AWSAccountId.member.1": "210987654321", "ActionName.member.1": "Publish"}),
        form("sns", "RemovePermission", TopicArn=TOPIC, Label="l"),
        TOPIC, "sns:Publish", {},
    ),
    "a bus": (
        json_call("events", "AWSEvents.PutPermission", StatementId="l", Principal="*", Action="events:PutEvents",
                  Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}),
        json_call("events", "AWSEvents.RemovePermission", RemoveAllPermissions=True),
        BUS, "events:PutEvents", {"aws:PrincipalOrgID": "o-1"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("added", "removed", "arn", "action", "context"), CHANGED.values(), ids=CHANGED)
def test_a_call_adds_a_statement_and_another_removes_it(added, removed, arn, action, context):
    cloud = with_policy(CLOUD, arn, {"Statement": []})
    admitting = after(cloud, added)(cloud)
    asks = PolicyRequest(action, arn, principals=(CALLER,), context=context)
    assert evaluate(policy_of(arn, documents(admitting)), asks).outcome == "allow"
    others = (
        replace(asks, action="x:y"),
        replace(asks, context=dict.fromkeys(context, "other"), principals=("arn:aws:iam::1:root",)),
    )
    assert {evaluate(policy_of(arn, documents(admitting)), one).outcome for one in others} == {"deny"}
    assert after(admitting, added) is None  # the same once more
    assert arn not in documents(after(admitting, removed)(admitting))


def test_a_call_adds_to_the_policy_of_the_template():
    policy = Resource("Policy", "AWS::SQS::QueuePolicy", {"Queues": ["https://sqs/1/q"], "PolicyDocument": WRITTEN})
    cloud = CLOUD.having(resources={"Policy": policy})
    assert len(documents(after(cloud, CHANGED["a queue"][0])(cloud))[QUEUE]["Statement"]) == 2


IN_THE_ORGANIZATION = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}


@pytest.mark.parametrize(
    ("written", "outcomes"),
    [
        ({"Statement": {"Effect": "Allow", "Principal": {"AWS": CALLER}, "Action": "events:PutEvents", "Resource": BUS}}, ["allow"] * 2),
        ({"Principal": "210987654321", "Action": "events:PutEvents"}, ["allow"] * 2),
        ({"Principal": 210987654321, "Action": "events:PutEvents"}, ["allow"] * 2),
        ({"Principal": "*", "Action": "events:PutEvents", "Condition": IN_THE_ORGANIZATION}, ["allow", "deny"]),
        ({"Principal": "*", "Action": "events:PutEvents", "Condition": Unknown("a parameter")}, ["unknown"] * 2),
        ({"Principal": Unknown("a parameter"), "Action": "events:PutEvents"}, ["unknown"] * 2),
        ({"Principal": "111122223333", "Action": "events:PutEvents"}, ["deny"] * 2),
    ],
)  # fmt: skip
def test_a_policy_of_a_bus_has_the_label_by_which_calls_remove_it(written, outcomes):
    policy = Resource("Policy", "AWS::Events::EventBusPolicy", {"StatementId": "l", **written})
    cloud = CLOUD.having(resources={"Policy": policy})
    asks = [
        PolicyRequest("events:PutEvents", BUS, principals=(CALLER,), context={"aws:PrincipalOrgID": one})
        for one in ("o-1", "o-2")
    ]
    assert [evaluate(policy_of(BUS, documents(cloud)), one).outcome for one in asks] == outcomes
    removed = after(cloud, json_call("events", "AWSEvents.RemovePermission", StatementId="l"))(cloud)
    assert BUS not in documents(removed)


def test_a_template_changes_its_own_statements_of_a_bus_alone():
    def written(*labels):
        named = {
            label: Resource(
                label, "AWS::Events::EventBusPolicy", {"StatementId": label, "Principal": "1", "Action": "a:b"}
            )
            for label in labels
        }
        return CLOUD.having(resources=named)  # fmt: skip

    def labels(cloud):
        return sorted(one["Sid"] for one in documents(cloud).get(BUS, {"Statement": []})["Statement"])

    cloud = after(written("first"), CHANGED["a bus"][0])(written("first"))
    assert labels(cloud) == ["first", "l"]
    for now in (["second"], ["first", "second"], []):
        following = written(*now).having(set_policies=cloud.access.set_policies)
        assert labels(following) == [*sorted([*now, "l"])]
