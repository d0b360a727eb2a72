"""IAM's part of a template is there from the first call to IAM on, follows a change and goes with its stack."""

import json
from urllib.parse import unquote

import pytest

from netful.model.core import Resource, Unknown
from netful.model.names.generated.iam_names import access_key_id, role_id, secret_access_key
from netful.services.backends.state_folder import StateFolder
from netful.services.http.backend_requests import query_request
from tests.helpers.backends import change, run

pytestmark = pytest.mark.packets

ACCOUNT = "123456789012"
READS = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/team/orders"


def trust(service="lambda"):
    principal = {"Service": f"{service}.amazonaws.com"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }


def policy(action):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def role(**more):
    return Resource("Role", "AWS::IAM::Role", {"RoleName": "runner", "AssumeRolePolicyDocument": trust(), **more})


def managed(action="sqs:*", **more):
    given = {"ManagedPolicyName": "orders", "Path": "/team/", "PolicyDocument": policy(action), **more}
    return Resource("Managed", "AWS::IAM::ManagedPolicy", given)


def inline(action="s3:*", name="more"):
    given = {"PolicyName": name, "PolicyDocument": policy(action), "Roles": ["runner"], "Users": ["ada"]}
    return Resource("Inline", "AWS::IAM::Policy", given)


USER = Resource(
    "User", "AWS::IAM::User", {"UserName": "ada", "Groups": ["staff"], "Tags": [{"Key": "a", "Value": "b"}]}
)
REST = (
    USER,
    Resource("Group", "AWS::IAM::Group", {"GroupName": "staff", "ManagedPolicyArns": [READS]}),
    Resource("Key", "AWS::IAM::AccessKey", {"UserName": "ada"}),
    Resource("Profile", "AWS::IAM::InstanceProfile", {"InstanceProfileName": "box", "Roles": ["runner"]}),
)


async def iam(backends, action, **members):
    response = await backends.call("iam", query_request(action, "2010-05-08", members))
    return unquote(response.body.decode()) if response.status == 200 else f"{response.status} {response.body.decode()}"


async def attached(backends, name="runner"):
    return await iam(backends, "ListAttachedRolePolicies", RoleName=name)


def test_roles_policies_users_groups_profiles_and_keys_are_there(tmp_path):
    async def body(backends):
        found = await iam(backends, "GetRole", RoleName="runner")
        assert role_id("runner", ACCOUNT) in found
        assert "lambda.amazonaws.com" in found
        found = await attached(backends)
        assert READS in found
        assert OWN in found
        assert "sns:Publish" in await iam(backends, "GetRolePolicy", RoleName="runner", PolicyName="own")
        assert '"s3:*"' in await iam(backends, "GetUserPolicy", UserName="ada", PolicyName="more")
        assert "<GroupName>staff</GroupName>" in await iam(backends, "ListGroupsForUser", UserName="ada")
        assert "<Value>b</Value>" in await iam(backends, "ListUserTags", UserName="ada")
        assert READS in await iam(backends, "ListAttachedGroupPolicies", GroupName="staff")
        key = access_key_id("Key", "eu-west-1", ACCOUNT)
        assert key in await iam(backends, "ListAccessKeys", UserName="ada")
        assert len(secret_access_key(key)) == 40
        assert "runner" in await iam(backends, "GetInstanceProfile", InstanceProfileName="box")
        return backends.warnings

    # as SAM's policy templates have it: without a version
    own = {"PolicyName": "own", "PolicyDocument": {"Statement": policy("sns:Publish")["Statement"]}}
    mine = role(ManagedPolicyArns=[READS], Policies=[own])
    assert run(tmp_path, body, mine, managed(Roles=["runner"]), inline(), *REST) == ()


def test_a_policy_and_a_role_may_name_each_other(tmp_path):
    async def body(backends):
        assert OWN in await attached(backends)
        await change(backends, role())
        assert OWN not in await attached(backends)
        assert (await iam(backends, "GetPolicy", PolicyArn=OWN)).startswith("404")
        return backends.warnings

    assert run(tmp_path, body, role(ManagedPolicyArns=[OWN]), managed()) == ()


def test_a_changed_property_changes_the_resource(tmp_path):
    async def body(backends):
        before = await iam(backends, "GetRole", RoleName="runner")
        await change(
            backends,
            role(AssumeRolePolicyDocument=trust("ec2"), Description="new", MaxSessionDuration=7200),
            managed("sqs:SendMessage"),
            inline("s3:GetObject", "other"),
            *REST,
        )
        found = await iam(backends, "GetRole", RoleName="runner")
        assert "Description" not in before or "new" not in before
        for text in ("ec2.amazonaws.com", "<Description>new", "7200", role_id("runner", ACCOUNT)):
            assert text in found
        assert READS not in await attached(backends)
        assert '"s3:GetObject"' in await iam(backends, "GetRolePolicy", RoleName="runner", PolicyName="other")
        assert (await iam(backends, "GetRolePolicy", RoleName="runner", PolicyName="more")).startswith("404")
        for action in ("a:b", "c:d", "e:f", "g:h", "sqs:Last"):
            await change(backends, role(), managed(action), *REST)
        versions = await iam(backends, "ListPolicyVersions", PolicyArn=OWN)
        assert "sqs:Last" in versions
        assert versions.count("<VersionId>") == 5
        return backends.warnings

    assert run(tmp_path, body, role(ManagedPolicyArns=[READS]), managed(), inline(), *REST) == ()


def test_a_deleted_stack_takes_everything_away(tmp_path):
    async def body(backends):
        assert "runner" in await iam(backends, "ListRoles")
        await change(backends)
        for action in ("ListRoles", "ListUsers", "ListGroups", "ListInstanceProfiles"):
            found = await iam(backends, action)
            assert not any(f">{name}<" in found for name in ("runner", "ada", "staff", "box")), found
        return await iam(backends, "ListPolicies", Scope="Local")

    assert "orders" not in run(tmp_path, body, role(ManagedPolicyArns=[OWN]), managed(), inline(), *REST)


def test_what_iam_refuses_is_left_out_and_leaves_nothing(tmp_path):
    async def body(backends):
        await iam(backends, "ListRoles")
        broken = role(Policies=[{"PolicyName": "p", "PolicyDocument": {"Statement": "?"}}])
        await change(backends, broken)
        why = backends.left_out["Role"]
        assert (await iam(backends, "GetRole", RoleName="runner")).startswith("404")
        await change(backends, role())
        assert "runner" in await iam(backends, "GetRole", RoleName="runner")
        return why

    assert "policy" in run(tmp_path, body).lower()


def test_it_is_made_at_the_first_call_and_kept(tmp_path):
    kept = tmp_path / "state"

    async def unopened(backends):
        assert not any("Role" in type_ for type_, _ in StateFolder(kept).deployed().resources)
        await iam(backends, "CreateRole", RoleName="by-hand", AssumeRolePolicyDocument=json.dumps(trust()))
        assert ("AWS::IAM::Role", "runner") in StateFolder(kept).deployed().resources
        return await iam(backends, "GetRole", RoleName="runner")

    async def again(backends):
        assert "by-hand" in await iam(backends, "ListRoles")
        assert "<Description>later" in await iam(backends, "GetRole", RoleName="runner")
        await change(backends, role())
        return backends.warnings

    assert "runner" in run(tmp_path, unopened, role(), kept=StateFolder(kept))
    assert run(tmp_path, again, role(Description="later"), kept=StateFolder(kept)) == ()


def test_a_role_whose_trust_is_not_known_is_left_out_and_the_others_are_there(tmp_path):
    async def body(backends):
        return await iam(backends, "ListRoles"), backends.left_out

    unknown = Resource(
        "Other", "AWS::IAM::Role", {"RoleName": "other", "AssumeRolePolicyDocument": Unknown("no value")}
    )
    found, left_out = run(tmp_path, body, unknown, role())
    assert "<RoleName>runner</RoleName>" in found
    assert [*left_out] == ["Other"]
