"""Roles that calls of IAM make and change: the cloud has them as IAM has them, before the call is answered."""

import asyncio
import json

import pytest
from moto.backends import get_backend

from netful.account.iam.api import IamApi
from netful.account.iam.roles import described
from netful.engine.iam.role_sessions import may_assume, refusal, task_caller
from netful.engine.iam.service_actions import RequestedAction
from netful.model.cloud import Cloud
from netful.model.core import UnkeptError, Unknown
from netful.model.functions.function import Role
from netful.services.backends.frames import FrameCall
from netful.services.deploy.kinds.iam import NAMED_MEMBER
from netful.services.http.backend_requests import query_request
from netful.services.http.message import Response
from netful.services.moto.dispatch import Dispatcher
from tests.helpers.account_client import Client, Running

HOST, PLACE = "iam.amazonaws.com", "arn:aws:ssm:eu-west-1:123456789012:parameter/colour"
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
READ, WRITE = "ssm:GetParameter", "ssm:PutParameter"


def policy(action, effect="Allow", resource="*"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}


def trust(service):
    principal = {"Service": f"{service}.amazonaws.com"}
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


@pytest.fixture(scope="module")
def dispatcher():
    return Dispatcher()


@pytest.fixture
def running():
    return Running()


@pytest.fixture
def back_end(dispatcher):
    async def call_host(host, request):
        call = FrameCall(0, host, request.method, request.path_and_query, FORM, request.body)
        answer = dispatcher.answer(call)
        return Response(answer.status, answer.headers, answer.body)

    return call_host


@pytest.fixture
def iam(running, back_end):
    yield Client("iam", IamApi(running, back_end).handle)
    get_backend("iam")["123456789012"]["aws"].roles.clear()


@pytest.fixture
def reader(iam):
    made = iam("CreateRole", RoleName="reader", Path="/team/", AssumeRolePolicyDocument=trust("lambda"))
    return made["Role"]["Arn"]


def may(cloud, action=READ, role="reader"):
    caller = task_caller(cloud, f"arn:aws:iam::123456789012:role/team/{role}", "session")
    return refusal(cloud, caller, RequestedAction(action, PLACE), cloud.region) is None


def test_an_inline_policy_counts_as_long_as_the_role_has_it(iam, running, reader):
    assert running.cloud.access.role_named(reader).path == "/team/"
    assert not may(running.cloud)
    iam("PutRolePolicy", RoleName="reader", PolicyName="own", PolicyDocument=json.dumps(policy("ssm:*")))
    assert may(running.cloud)
    denial = json.dumps(policy(READ, "Deny"))
    iam("PutRolePolicy", RoleName="reader", PolicyName="less", PolicyDocument=denial)
    assert (may(running.cloud), may(running.cloud, WRITE)) == (False, True)
    iam("DeleteRolePolicy", RoleName="reader", PolicyName="less")
    assert may(running.cloud)
    iam("DeleteRolePolicy", RoleName="reader", PolicyName="own")
    assert not may(running.cloud)


@pytest.mark.usefixtures("reader")
def test_the_tags_of_a_role_count_as_long_as_it_has_them(iam, running):
    document = policy("ssm:*")
    document["Statement"][0]["Condition"] = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    iam("PutRolePolicy", RoleName="reader", PolicyName="own", PolicyDocument=json.dumps(document))
    assert not may(running.cloud)
    iam("TagRole", RoleName="reader", Tags=[{"Key": "team", "Value": "blue"}])
    assert may(running.cloud)
    iam("UntagRole", RoleName="reader", TagKeys=["team"])
    assert not may(running.cloud)


@pytest.mark.usefixtures("reader")
def test_a_managed_policy_counts_by_its_default_version(iam, running):
    arn = iam("CreatePolicy", PolicyName="some", PolicyDocument=json.dumps(policy(READ)))["Policy"]["Arn"]
    assert not may(running.cloud)
    iam("AttachRolePolicy", RoleName="reader", PolicyArn=arn)
    assert may(running.cloud)
    version = {"PolicyArn": arn, "PolicyDocument": json.dumps(policy(WRITE))}
    iam("CreatePolicyVersion", **version)
    assert (may(running.cloud), may(running.cloud, WRITE)) == (True, False)
    iam("CreatePolicyVersion", **version, SetAsDefault=True)
    assert (may(running.cloud), may(running.cloud, WRITE)) == (False, True)
    iam("SetDefaultPolicyVersion", PolicyArn=arn, VersionId="v1")
    assert may(running.cloud)
    iam("DetachRolePolicy", RoleName="reader", PolicyArn=arn)
    assert not may(running.cloud)
    assert iam("DeletePolicy", PolicyArn=arn) == "DeleteConflict"
    for version in ("v2", "v3"):
        iam("DeletePolicyVersion", PolicyArn=arn, VersionId=version)
    assert iam("DeletePolicy", PolicyArn=arn)["ResponseMetadata"]


@pytest.mark.usefixtures("reader")
def test_a_policy_of_aws_whose_text_is_not_known_may_allow_anything(iam, running):
    iam("AttachRolePolicy", RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess")
    assert (may(running.cloud), may(running.cloud, WRITE)) == (True, False)
    iam("AttachRolePolicy", RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert may(running.cloud, WRITE)


def test_the_trust_is_that_of_the_last_call(iam, running, reader):
    assert may_assume(running.cloud.access.role_named(reader), "lambda.amazonaws.com")
    iam("UpdateAssumeRolePolicy", RoleName="reader", PolicyDocument=trust("ec2"))
    assert not may_assume(running.cloud.access.role_named(reader), "lambda.amazonaws.com")


def test_a_deleted_role_is_gone_and_a_refused_call_changes_nothing(iam, running, reader):
    before = running.cloud
    assert iam("CreateRole", RoleName="reader", AssumeRolePolicyDocument=trust("ec2")) == "EntityAlreadyExists"
    assert iam("UpdateRole", RoleName="reader", Description="text")["ResponseMetadata"]
    assert running.cloud is before
    iam("DeleteRole", RoleName="reader")
    assert not running.cloud.access.roles
    assert running.cloud.access.role_named(reader).assume_role_policy == {}


@pytest.mark.usefixtures("reader")
def test_a_role_of_a_template_keeps_its_place_and_what_is_not_known_of_it(iam, running):
    named, denied = Unknown("a parameter"), policy("s3:*", "Deny")["Statement"][0]
    unclear = {"Version": "2012-10-17", "Effect": "Deny", "Action": "ssm:*", "Resource": [PLACE, named]}
    cut = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ssm:*", "Resource": [PLACE]}]}
    iam("PutRolePolicy", RoleName="reader", PolicyName="template", PolicyDocument=json.dumps(cut))
    running.cloud = Cloud.of(roles={"Role": Role("Role", "reader", (unclear,), managed_policy_arns=(named,))})
    iam("PutRolePolicy", RoleName="reader", PolicyName="call", PolicyDocument=json.dumps({"Statement": denied}))
    (role,) = running.cloud.access.roles.values()
    assert (role.id, role.statements, role.managed_policy_arns) == ("Role", (denied, unclear), (named,))


def test_a_role_has_an_id_of_its_own_beside_one_of_a_template(iam, running):
    running.cloud = Cloud.of(roles={"reader": Role("reader", "app-reader-1X")})
    iam("CreateRole", RoleName="reader", AssumeRolePolicyDocument=trust("lambda"))
    assert [one.role_name for one in running.cloud.access.roles.values()] == ["app-reader-1X", "reader"]


def test_a_change_that_cannot_be_kept_is_an_error_of_the_server(iam, running, monkeypatch):
    async def become(_step):
        raise UnkeptError("the disk is full")

    monkeypatch.setattr(running, "become", become)
    assert iam("CreateRole", RoleName="reader", AssumeRolePolicyDocument=trust("lambda")) == 503


@pytest.mark.usefixtures("reader")
def test_the_back_end_describes_the_roles_that_are_named_and_those_with_a_policy_that_is(iam, back_end):
    arn = iam("CreatePolicy", PolicyName="shared", PolicyDocument=json.dumps(policy(READ)))["Policy"]["Arn"]
    for name in ("one", "two"):
        iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=trust("lambda"))
    iam("AttachRolePolicy", RoleName="two", PolicyArn=arn)
    asked = {"Filter": ["Role", "LocalManagedPolicy"]}
    names = []
    for named in ({}, {NAMED_MEMBER: ["one"]}, {NAMED_MEMBER: ["one", arn]}):
        request = query_request("GetAccountAuthorizationDetails", "2010-05-08", {**asked, **named})
        found = asyncio.run(back_end(HOST, request))
        names.append([*described(found.body)])
    assert names == [["reader", "one", "two"], ["one"], ["one", "two"]]


def test_a_policy_that_is_attached_stays(iam):
    arn = iam("CreatePolicy", PolicyName="kept", PolicyDocument=json.dumps(policy(READ)))["Policy"]["Arn"]
    iam("CreateRole", RoleName="worker", AssumeRolePolicyDocument=trust("lambda"))
    iam("AttachRolePolicy", RoleName="worker", PolicyArn=arn)
    assert iam("DeletePolicy", PolicyArn=arn) == "DeleteConflict"
    iam("DetachRolePolicy", RoleName="worker", PolicyArn=arn)
    assert iam("DeletePolicy", PolicyArn=arn)["ResponseMetadata"]
    assert iam("DeletePolicy", PolicyArn=arn) == "NoSuchEntity"


@pytest.mark.parametrize("text", ["nothing", "[]", "{"])
def test_a_trust_policy_is_an_object_of_json(iam, text):
    assert iam("CreateRole", RoleName="worker", AssumeRolePolicyDocument=text) == "MalformedPolicyDocument"
    iam("CreateRole", RoleName="worker", AssumeRolePolicyDocument=trust("lambda"))
    assert iam("UpdateAssumeRolePolicy", RoleName="worker", PolicyDocument=text) == "MalformedPolicyDocument"
