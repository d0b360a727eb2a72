"""Sessions of roles: who may begin one, and what it may do then."""

import asyncio
import json
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from netful.engine.iam.role_sessions import caller_of
from netful.model.core import Resource, StackError
from netful.model.functions.function import Code, Function, Role
from netful.services.front.guard import Guard
from netful.services.front.routing import route
from netful.services.front.signature import Signer
from netful.services.http.message import ClientConnection, Request
from netful.stack.parts.assumed_roles import AssumedRoles
from tests.helpers.services_bench import ACCOUNT, CLOUD, INTERNET, REGION

CALLER, OTHER = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("Caller", "other"))
FUNCTION = Function("Fn", "fn", Code(inline="x"), role=CALLER)
OWN = Credentials("ASIA0123456789ABCDEF", "secret", "token")
GIVEN = Credentials("ASIAGIVENGIVENGIVEN0", "given", "given token")
ANSWER = "<AccessKeyId>{0.access_key}</AccessKeyId><SecretAccessKey>{0.secret_key}</SecretAccessKey><SessionToken>{0.token}</SessionToken>"
CONNECTION = ClientConnection(INTERNET, ("10.0.1.9", 1), ("10.0.1.5", 443), tls=True)
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": OTHER}
READ = {"Effect": "Allow", "Action": ["s3:GetObject", "logs:*"], "Resource": "*"}


def trust(principal, **more):
    return {"Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **more}]}


def guarded(*statements, trusted=None, resources=()):
    roles = {
        "Caller": Role("Caller", "Caller", statements),
        "Other": Role("Other", "other", (READ,), assume_role_policy=trusted),
    }
    found = {one.id: one for one in resources}
    cloud = CLOUD.having(roles=roles, functions={"Fn": FUNCTION}, resources=found)
    assumed = AssumedRoles(cloud)
    own = {OWN.access_key: Signer(caller_of(cloud, FUNCTION), OWN.secret_key, OWN.token)}
    return cloud, Guard(cloud, {**own}), assumed


def signed(service, method, path, body=b"", keys=OWN, **headers):
    host = f"{service}.{REGION}.amazonaws.com"
    asked = AWSRequest(method, f"https://{host}{path}", headers, body)
    SigV4Auth(keys, service, REGION).add_auth(asked)
    return Request(method, path, (("Host", host), *asked.headers.items()), body, CONNECTION)


def sts(**members):
    form = {"Action": "AssumeRole", "RoleArn": OTHER, "RoleSessionName": "session", **members}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return form, signed("sts", "POST", "/", urlencode(form).encode(), **headers)


def begin(assumed, form, answer):
    asyncio.run(assumed.add(form, answer))


def admitted(cloud, guard, request):
    return guard.refusal(route(cloud, request), request) is None


ID = {"StringEquals": {"sts:ExternalId": "x"}}


@pytest.mark.parametrize(
    ("statements", "trusted", "members", "allowed"),
    [
        ([ASSUME], trust(CALLER), {}, True),
        ([READ], trust(CALLER), {}, True),  # within an account, a trust in the caller itself is enough
        ([READ], trust(ACCOUNT), {}, False),
        ([ASSUME], trust(ACCOUNT), {}, True),
        ([ASSUME], trust(f"arn:aws:iam::{ACCOUNT}:root"), {}, True),
        ([ASSUME], trust("999999999999"), {}, False),
        ([ASSUME], {"Statement": []}, {}, False),
        ([{**ASSUME, "Resource": CALLER}], trust(ACCOUNT), {}, False),
        ([ASSUME, {**ASSUME, "Effect": "Deny"}], trust(CALLER), {}, False),
        ([ASSUME], trust(CALLER, Condition=ID), {}, False),
        ([ASSUME], trust(CALLER, Condition=ID), {"ExternalId": "x"}, True),
        ([ASSUME], trust(CALLER, Condition={"StringLike": {"sts:RoleSessionName": "a*"}}), {}, False),
        ([ASSUME], None, {}, True),  # its trust is not known
        ([ASSUME], trust(CALLER), {"RoleArn": "arn:aws:iam::999999999999:role/other"}, False),
    ],
)
def test_a_session_begins_if_the_role_trusts_the_caller_and_the_caller_may(statements, trusted, members, allowed):
    cloud, guard, _ = guarded(*statements, trusted=trusted)
    assert admitted(cloud, guard, sts(**members)[1]) == allowed


def limit(action):
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


MANAGED = "arn:aws:iam::aws:policy/"
DIRECT = Resource("P", "AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": {"Statement": [
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/other/session"}, "Action": "s3:*", "Resource": "*"},
]}})  # fmt: skip


@pytest.mark.parametrize(
    ("members", "resources", "reads", "writes"),
    [
        ({}, [], True, False),
        ({"Policy": limit("s3:GetObject")}, [], True, False),
        ({"Policy": limit("s3:PutObject")}, [], False, False),
        ({"PolicyArns.member.1.arn": f"{MANAGED}AmazonS3ReadOnlyAccess"}, [], True, False),
        ({"PolicyArns.member.1.arn": f"{MANAGED}AmazonSSMReadOnlyAccess"}, [], False, False),
        ({"PolicyArns.member.1.arn": f"{MANAGED}Unread"}, [], True, False),
        ({"Policy": limit("sqs:*")}, [DIRECT], True, True),
        ({"RoleArn": "arn:aws:iam::999999999999:role/other"}, [], True, True),  # its policies are not known
    ],
)
def test_a_session_may_do_what_its_role_and_its_session_policies_allow(members, resources, reads, writes):
    cloud, _, assumed = guarded(ASSUME, trusted=trust(CALLER), resources=resources)
    guard = Guard(cloud, assumed.signers)
    begin(assumed, sts(**members)[0], ANSWER.format(GIVEN))
    found = [admitted(cloud, guard, signed("s3", method, "/b/k", keys=GIVEN)) for method in ("GET", "PUT")]
    assert found == [reads, writes]


def test_sessions_of_one_name_are_judged_by_their_own_policies():
    cloud, _, assumed = guarded(trusted=trust(CALLER))
    guard = Guard(cloud, assumed.signers)
    second = Credentials("ASIAGIVENGIVENGIVEN1", "given", "given token")
    begin(assumed, sts()[0], ANSWER.format(GIVEN))
    begin(assumed, sts(Policy=limit("sqs:*"))[0], ANSWER.format(second))
    found = [admitted(cloud, guard, signed("s3", "GET", "/b/k", keys=keys)) for keys in (GIVEN, second)]
    assert found == [True, False]


def test_sessions_follow_the_cloud():
    cloud, _, assumed = guarded(trusted=trust(CALLER))
    begin(assumed, sts()[0], ANSWER.format(GIVEN))
    begin(assumed, {"Action": "AssumeRole", "RoleArn": OTHER}, "<Error/>")
    after = cloud.having(roles={"Other": Role("Other", "other", (ASSUME,))})
    assumed.follow(after)
    assert not admitted(after, Guard(after, assumed.signers), signed("s3", "GET", "/b/k", keys=GIVEN))


@pytest.mark.parametrize(("until", "may_read"), [("2999-01-01T00:00:00Z", True), ("2020-01-01T00:00:00.000Z", False)])
def test_a_session_is_there_after_a_restart_until_it_expires(tmp_path, until, may_read):
    cloud, _, _ = guarded(ASSUME)
    more = f"<Expiration>{until}</Expiration><AssumedRoleId>AROA1:session</AssumedRoleId>"
    begin(AssumedRoles(cloud, tmp_path / "sessions.json"), sts(Policy=limit("s3:*"))[0], ANSWER.format(GIVEN) + more)
    again = AssumedRoles(cloud, tmp_path / "sessions.json")
    assert again.user_id(GIVEN.access_key) == "AROA1:session"
    judge = Guard(cloud, again.signers)
    admitted_ones = [
        admitted(cloud, judge, signed("s3", "GET", "/b/k", keys=GIVEN)),
        admitted(cloud, judge, signed("s3", "PUT", "/b/k", keys=GIVEN)),
    ]
    assert admitted_ones == [may_read, False]


@pytest.mark.parametrize(
    ("service", "headers", "status", "code"),
    [
        ("s3", {}, 400, b"<Code>ExpiredToken<"),
        ("sts", {"Content-Type": "application/x-www-form-urlencoded"}, 403, b"<Code>ExpiredToken<"),
        ("ssm", {"X-Amz-Target": "AmazonSSM.GetParameter"}, 400, b"ExpiredTokenException"),
        ("lambda", {}, 403, b"ExpiredTokenException"),
    ],
)
def test_a_session_that_has_expired_is_refused_by_each_service(service, headers, status, code):
    cloud, _, assumed = guarded(ASSUME)
    begin(assumed, sts()[0], f"{ANSWER.format(GIVEN)}<Expiration>2020-01-01T00:00:00Z</Expiration>")
    request = signed(service, "POST", "/", keys=GIVEN, **headers)
    answer = Guard(cloud, assumed.signers).refusal(route(cloud, request), request)
    assert (answer.status, code in answer.body) == (status, True)


def test_a_file_of_sessions_that_is_none_is_refused(tmp_path):
    (tmp_path / "sessions.json").write_text("no")
    with pytest.raises(StackError):
        AssumedRoles(guarded(ASSUME)[0], tmp_path / "sessions.json")
