"""IAM's users, groups, roles, policies, instance profiles and access keys of a template.

IAM generates ids. The back end uses the ids that a request contains (`moto.given_ids`), which no AWS client sends.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from netful.model.core import is_set
from netful.model.names.generated.iam_names import access_key_id, role_id, secret_access_key, with_path
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import ID_MEMBER, Kind, Requests, Wanted, document
from netful.services.http.backend_requests import query_request
from netful.services.http.message import Request

SECRET_MEMBER, OLDEST_MEMBER = "netful:Secret", "netful:DropOldest"
NAMED_MEMBER = "netful:Named"
"""Member of a request for the details of roles: the names of the wanted ones, or ARNs of policies that they have."""

_SERVICE = "iam"
_LONGEST_SESSION = 3600
_MEMBERSHIPS = {"Users": "User", "Groups": "Group", "Roles": "Role"}
_ROLE_SETTINGS = ("Description", "MaxSessionDuration")


def _iam(action: str, **members: object) -> Request:
    return query_request(action, "2010-05-08", members)


def _inline(entity: str, name: str, policy: str, text: str) -> Part:
    """Return the part for an inline policy of a user, group or role."""
    named = {f"{entity}Name": name, "PolicyName": policy}
    put = _iam(f"Put{entity}Policy", **named, PolicyDocument=text)
    return Part(("inline", entity, name, policy), put, _iam(f"Delete{entity}Policy", **named))


def _attached(entity: str, name: str, arn: str) -> Part:
    """Return the part for a managed policy of a user, group or role."""
    named = {f"{entity}Name": name, "PolicyArn": arn}
    remove = _iam(f"Detach{entity}Policy", **named)
    return Part(("attached", entity, name, arn), _iam(f"Attach{entity}Policy", **named), remove)


def _member(user: str, group: str) -> Part:
    named = {"UserName": user, "GroupName": group}
    return Part(("member", user, group), _iam("AddUserToGroup", **named), _iam("RemoveUserFromGroup", **named))


def _tags_and_policies(entity: str, one: Wanted) -> Iterator[Part]:
    """Yield the tags and the policies in the properties of a user, group or role."""
    named = {f"{entity}Name": one.name}
    yield from one.tags(_iam, named, operations=(f"Tag{entity}", f"Untag{entity}"))
    for arn in one.texts("ManagedPolicyArns"):
        yield _attached(entity, one.name, arn)
    for policy in one.mappings("Policies"):
        if isinstance(policy.get("PolicyName"), str) and is_set(policy.get("PolicyDocument")):
            yield _inline(entity, one.name, policy["PolicyName"], document(policy["PolicyDocument"]))


def _trust(one: Wanted) -> str:
    return document(one.properties.get("AssumeRolePolicyDocument") or {})


def _make_role(one: Wanted) -> list[Request]:
    more = one.set("Path", "PermissionsBoundary", *_ROLE_SETTINGS)
    given = {ID_MEMBER: role_id(one.name, one.place.account_id)}
    return [_iam("CreateRole", RoleName=one.name, AssumeRolePolicyDocument=_trust(one), **more, **given)]


def _role_parts(one: Wanted) -> Iterator[Part]:
    named = {"RoleName": one.name}
    yield Part(("trust",), _iam("UpdateAssumeRolePolicy", **named, PolicyDocument=_trust(one)), initial=True)
    settings = {"Description": "", "MaxSessionDuration": _LONGEST_SESSION} | one.set(*_ROLE_SETTINGS)
    yield Part(("settings",), _iam("UpdateRole", **named, **settings), initial=True)
    boundary = one.set("PermissionsBoundary")
    if boundary:
        put = _iam("PutRolePermissionsBoundary", **named, **boundary)
        yield Part(("boundary",), put, _iam("DeleteRolePermissionsBoundary", **named), initial=True)
    yield from _tags_and_policies("Role", one)


def _user_parts(one: Wanted) -> Iterator[Part]:
    for group in one.texts("Groups"):
        yield _member(one.name, group)
    login = one.set("LoginProfile")
    if login:
        put = _iam("CreateLoginProfile", UserName=one.name, **login["LoginProfile"])
        yield Part(("login",), put, _iam("DeleteLoginProfile", UserName=one.name))
    yield from _tags_and_policies("User", one)


def _make_policy(one: Wanted) -> list[Request]:
    more = one.set("Path", "Description")
    return [_iam("CreatePolicy", PolicyName=one.name, PolicyDocument=one.document("PolicyDocument"), **more)]


def _policy_arn(one: Wanted) -> str:
    own = with_path(one.properties.get("Path"), one.name)
    return one.arn("iam", f"policy/{own}")


def _policy_parts(one: Wanted) -> Iterator[Part]:
    arn, text = _policy_arn(one), one.document("PolicyDocument")
    # The change of a policy is a new version; the oldest one makes room for it.
    given = {OLDEST_MEMBER: "true"}
    put = _iam("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text, SetAsDefault="true", **given)
    yield Part(("document",), put, initial=True)
    for members, entity in _MEMBERSHIPS.items():
        for name in one.texts(members):
            yield _attached(entity, name, arn)


def _inline_parts(one: Wanted) -> Iterator[Part]:
    """Yield an inline policy for each user, group and role that it names: in lists, or by the name of one."""
    policy, text = one.text("PolicyName"), one.document("PolicyDocument")
    if policy:
        for members, entity in _MEMBERSHIPS.items():
            for name in (*one.texts(members), *one.texts(f"{entity}Name")):
                yield _inline(entity, name, policy, text)


def _profile_parts(one: Wanted) -> Iterator[Part]:
    for role in one.texts("Roles"):
        named = {"InstanceProfileName": one.name, "RoleName": role}
        put, remove = _iam("AddRoleToInstanceProfile", **named), _iam("RemoveRoleFromInstanceProfile", **named)
        yield Part(("role", role), put, remove)


def _key_id(one: Wanted) -> str:
    return access_key_id(one.name, one.place.region, one.place.account_id)


def _make_key(one: Wanted) -> list[Request]:
    given = {ID_MEMBER: _key_id(one), SECRET_MEMBER: secret_access_key(_key_id(one))}
    return [_iam("CreateAccessKey", **one.set("UserName"), **given)]


def _key_parts(one: Wanted) -> Iterator[Part]:
    named = one.set("UserName") | {"AccessKeyId": _key_id(one)}
    yield Part(("status",), _iam("UpdateAccessKey", **named, Status=one.text("Status", "Active")))


def _delete_key(one: Wanted) -> list[Request]:
    return [_iam("DeleteAccessKey", **one.set("UserName"), AccessKeyId=_key_id(one))]


def _memberships(one: Wanted) -> Iterator[Part]:
    for group in one.texts("GroupName"):
        for user in one.texts("Users"):
            yield _member(user, group)


def _entity(kind: str, parts: Callable[[Wanted], Iterable[Part]], make: Requests | None = None) -> Kind:
    """Return the kind of an entity that has a name: `CreateKind` and `DeleteKind` take it as `KindName`."""
    named = f"{kind}Name"
    return Kind(
        _SERVICE,
        named,
        make or (lambda one: [_iam(f"Create{kind}", **{named: one.name}, **one.set("Path"))]),
        lambda one: [_iam(f"Delete{kind}", **{named: one.name})],
        parts,
    )


# In the order of creation. Parts are put when all of them are there, so policies and roles may name each other.
KINDS: dict[str, Kind] = {
    "AWS::IAM::Group": _entity("Group", partial(_tags_and_policies, "Group")),
    "AWS::IAM::User": _entity("User", _user_parts),
    "AWS::IAM::AccessKey": Kind(
        _SERVICE,
        "",
        _make_key,
        lambda one: [_iam("DeleteAccessKey", **one.set("UserName"), AccessKeyId=_key_id(one))],
        _key_parts,
    ),
    "AWS::IAM::Role": _entity("Role", _role_parts, _make_role),
    "AWS::IAM::ManagedPolicy": Kind(
        _SERVICE,
        "ManagedPolicyName",
        _make_policy,
        lambda one: [_iam("DeletePolicy", PolicyArn=_policy_arn(one))],
        _policy_parts,
    ),
    "AWS::IAM::InstanceProfile": _entity("InstanceProfile", _profile_parts),
    "AWS::IAM::UserToGroupAddition": Kind(_SERVICE, "", parts=_memberships),
    **{
        f"AWS::IAM::{policy}": Kind(_SERVICE, "", parts=_inline_parts)
        for policy in ("Policy", "RolePolicy", "UserPolicy", "GroupPolicy")
    },
}
