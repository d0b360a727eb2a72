"""IAM's users, groups, roles, policies, instance profiles and access keys of a template.

IAM generates ids. The back end uses the ids that a request contains (`moto.iam_ids`), which no AWS client sends.
"""

from collections.abc import Iterator

from netful.model.names.iam_names import access_key_id, role_id, secret_access_key, with_path
from netful.model.names.id_forms import partition
from netful.services.deploy.part import Part
from netful.services.deploy.resource_kind import Kind, Place, Properties, document, is_known, known, mappings, texts
from netful.services.http.backend_requests import query_request
from netful.services.http.message import Request

ID_MEMBER, SECRET_MEMBER, OLDEST_MEMBER = "netful:Id", "netful:Secret", "netful:DropOldest"

_SERVICE = "iam"
_LONGEST_SESSION = 3600
_MEMBERSHIPS = {"Users": "User", "Groups": "Group", "Roles": "Role"}
_ROLE_SETTINGS = ("Description", "MaxSessionDuration")


def _iam(action: str, **members: object) -> Request:
    return query_request(action, "2010-05-08", members)


def _set(properties: Properties, *names: str) -> dict[str, object]:
    """Return the properties that are set and known."""
    return {name: known(properties[name]) for name in names if is_known(properties.get(name))}


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


def _tags(entity: str, properties: Properties, **named: str) -> Iterator[Part]:
    for tag in mappings(properties, "Tags"):
        put = _iam(f"Tag{entity}", **named, Tags=[{name: str(tag.get(name, "")) for name in ("Key", "Value")}])
        yield Part(("tag", str(tag.get("Key"))), put, _iam(f"Untag{entity}", **named, TagKeys=[str(tag.get("Key"))]))


def _policies_of(entity: str, name: str, properties: Properties) -> Iterator[Part]:
    """Yield the policies in the properties of a user, group or role."""
    for arn in texts(properties, "ManagedPolicyArns"):
        yield _attached(entity, name, arn)
    for policy in mappings(properties, "Policies"):
        if isinstance(policy.get("PolicyName"), str) and is_known(policy.get("PolicyDocument")):
            yield _inline(entity, name, policy["PolicyName"], document(policy["PolicyDocument"]))


def _make_role(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    more = _set(properties, "Path", "PermissionsBoundary", *_ROLE_SETTINGS)
    trust = document(properties.get("AssumeRolePolicyDocument") or {})
    given = {ID_MEMBER: role_id(name, place.account_id)}
    yield _iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=trust, **more, **given)


def _role_parts(name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    trust = document(properties.get("AssumeRolePolicyDocument") or {})
    yield Part(("trust",), _iam("UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=trust), initial=True)
    settings = {"Description": "", "MaxSessionDuration": _LONGEST_SESSION} | _set(properties, *_ROLE_SETTINGS)
    yield Part(("settings",), _iam("UpdateRole", RoleName=name, **settings), initial=True)
    boundary = _set(properties, "PermissionsBoundary")
    if boundary:
        put = _iam("PutRolePermissionsBoundary", RoleName=name, **boundary)
        yield Part(("boundary",), put, _iam("DeleteRolePermissionsBoundary", RoleName=name), initial=True)
    yield from _tags("Role", properties, RoleName=name)
    yield from _policies_of("Role", name, properties)


def _delete_role(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield _iam("DeleteRole", RoleName=name)


def _make_user(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    yield _iam("CreateUser", UserName=name, **_set(properties, "Path"))


def _user_parts(name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    for group in texts(properties, "Groups"):
        yield _member(name, group)
    login = properties.get("LoginProfile")
    if is_known(login):
        put = _iam("CreateLoginProfile", UserName=name, **known(login))
        yield Part(("login",), put, _iam("DeleteLoginProfile", UserName=name))
    yield from _tags("User", properties, UserName=name)
    yield from _policies_of("User", name, properties)


def _delete_user(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield _iam("DeleteUser", UserName=name)


def _make_group(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    yield _iam("CreateGroup", GroupName=name, **_set(properties, "Path"))


def _group_parts(name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    return _policies_of("Group", name, properties)


def _delete_group(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield _iam("DeleteGroup", GroupName=name)


def _make_policy(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    text = document(properties.get("PolicyDocument"))
    yield _iam("CreatePolicy", PolicyName=name, PolicyDocument=text, **_set(properties, "Path", "Description"))


def _policy_arn(name: str, properties: Properties, place: Place) -> str:
    own = with_path(properties.get("Path"), name)
    return f"arn:{partition(place.region)}:iam::{place.account_id}:policy/{own}"


def _policy_parts(name: str, properties: Properties, place: Place) -> Iterator[Part]:
    arn, text = _policy_arn(name, properties, place), document(properties.get("PolicyDocument"))
    # The change of a policy is a new version; the oldest one makes room for it.
    given = {OLDEST_MEMBER: "true"}
    put = _iam("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text, SetAsDefault="true", **given)
    yield Part(("document",), put, initial=True)
    for members, entity in _MEMBERSHIPS.items():
        for one in texts(properties, members):
            yield _attached(entity, one, arn)


def _delete_policy(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    yield _iam("DeletePolicy", PolicyArn=_policy_arn(name, properties, place))


def _inline_parts(_name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    """Yield an inline policy for each user, group and role that it names: in lists, or by the name of one."""
    policy, text = properties.get("PolicyName"), document(properties.get("PolicyDocument"))
    if isinstance(policy, str):
        for members, entity in _MEMBERSHIPS.items():
            for one in (*texts(properties, members), *texts(properties, f"{entity}Name")):
                yield _inline(entity, one, policy, text)


def _make_profile(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    yield _iam("CreateInstanceProfile", InstanceProfileName=name, **_set(properties, "Path"))


def _profile_parts(name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    for role in texts(properties, "Roles"):
        named = {"InstanceProfileName": name, "RoleName": role}
        put, remove = _iam("AddRoleToInstanceProfile", **named), _iam("RemoveRoleFromInstanceProfile", **named)
        yield Part(("role", role), put, remove)


def _delete_profile(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield _iam("DeleteInstanceProfile", InstanceProfileName=name)


def _make_key(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    id_ = access_key_id(name, place.region, place.account_id)
    given = {ID_MEMBER: id_, SECRET_MEMBER: secret_access_key(id_)}
    yield _iam("CreateAccessKey", **_set(properties, "UserName"), **given)


def _key_parts(name: str, properties: Properties, place: Place) -> Iterator[Part]:
    named = _set(properties, "UserName") | {"AccessKeyId": access_key_id(name, place.region, place.account_id)}
    status = properties.get("Status")
    put = _iam("UpdateAccessKey", **named, Status=status if isinstance(status, str) else "Active")
    yield Part(("status",), put)


def _delete_key(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    id_ = access_key_id(name, place.region, place.account_id)
    yield _iam("DeleteAccessKey", **_set(properties, "UserName"), AccessKeyId=id_)


def _memberships(_name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    for group in texts(properties, "GroupName"):
        for user in texts(properties, "Users"):
            yield _member(user, group)


# In the order of creation. Parts are put when all of them are there, so policies and roles may name each other.
KINDS: dict[str, Kind] = {
    "AWS::IAM::Group": Kind(_SERVICE, "GroupName", _make_group, _delete_group, _group_parts),
    "AWS::IAM::User": Kind(_SERVICE, "UserName", _make_user, _delete_user, _user_parts),
    "AWS::IAM::AccessKey": Kind(_SERVICE, "", _make_key, _delete_key, _key_parts),
    "AWS::IAM::Role": Kind(_SERVICE, "RoleName", _make_role, _delete_role, _role_parts),
    "AWS::IAM::ManagedPolicy": Kind(_SERVICE, "ManagedPolicyName", _make_policy, _delete_policy, _policy_parts),
    "AWS::IAM::InstanceProfile": Kind(
        _SERVICE, "InstanceProfileName", _make_profile, _delete_profile, _profile_parts
    ),
    "AWS::IAM::UserToGroupAddition": Kind(_SERVICE, "", parts=_memberships),
    **{f"AWS::IAM::{policy}": Kind(_SERVICE, "", parts=_inline_parts) for policy in (
        "Policy", "RolePolicy", "UserPolicy", "GroupPolicy",
    )},
}  # fmt: skip
