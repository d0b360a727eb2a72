"""Roles of the cloud as IAM's back end has them, with the texts of the policies of the account that are attached to them.

A role of a template keeps its place there, and what is not known of its policies: the back end has those without that.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from netful.model.access.policy_statements import statements
from netful.model.cloud import Cloud
from netful.model.core import BY_CALL, Frozen, Unknown, known_parts
from netful.model.functions.function import Role
from netful.model.json_texts import json_object
from netful.sources.template.values import unknowns_in


class Described(Frozen):
    """A role in the back end, and the ARNs of all its managed policies."""

    role: Role
    attached: frozenset[str]


def described(answer: bytes) -> Mapping[str, Described]:
    """Return the roles in an answer of GetAccountAuthorizationDetails, by name."""
    root = ET.fromstring(answer)  # noqa: S314  # of the stack's own back end
    texts = {
        one.findtext("{*}Arn", ""): _document(version.findtext("{*}Document", ""))
        for one in _members(root, ".//{*}Policies")
        for version in _members(one, "{*}PolicyVersionList")
        if version.findtext("{*}IsDefaultVersion") == "true"
    }
    found = (_described(one, texts) for one in _members(root, ".//{*}RoleDetailList"))
    return {one.role.role_name: one for one in found}


def _members(element: ET.Element, path: str) -> Iterator[ET.Element]:
    return element.iterfind(f"{path}/{{*}}member")


def _described(one: ET.Element, texts: Mapping[str, Mapping[str, Any]]) -> Described:
    name = one.findtext("{*}RoleName", "")
    attached = [each.findtext("{*}PolicyArn", "") for each in _members(one, "{*}AttachedManagedPolicies")]
    inline = [_document(each.findtext("{*}PolicyDocument", "")) for each in _members(one, "{*}RolePolicyList")]
    boundary = one.findtext(".//{*}PermissionsBoundaryArn", "")
    own = [texts[arn] for arn in attached if arn in texts]
    role = Role(
        id=name,
        role_name=name,
        statements=tuple(statement for text in (*inline, *own) for statement in statements(text)),
        path=one.findtext("{*}Path", "/"),
        managed_policy_arns=tuple(arn for arn in attached if arn not in texts),
        assume_role_policy=_document(one.findtext("{*}AssumeRolePolicyDocument", "")),
        whole=True,
        boundary=texts.get(boundary, boundary) or None,
        tags={tag.findtext("{*}Key", ""): tag.findtext("{*}Value", "") for tag in _members(one, "{*}Tags")},
        origin=BY_CALL,
    )
    return Described(role, frozenset((*attached, boundary)))


def _document(text: str) -> Mapping[str, Any]:
    """Return a document of an answer; an empty one for another text, which the back end takes as the trust of a new role."""
    return json_object(text if text.lstrip().startswith("{") else unquote(text))


def following(cloud: Cloud, found: Mapping[str, Described], names: Collection[str]) -> Cloud:
    """Return the cloud with the roles that have these names, or policies with these ARNs, as they were found."""
    roles, deleted = {**cloud.access.roles}, {**cloud.access.deleted_roles}
    for name in {*names, *(name for name, one in found.items() if not one.attached.isdisjoint(names))}:
        before = next((one for one in roles.values() if one.role_name == name), None)
        now = found.get(name)
        if now is None and before is not None:
            del roles[before.id]
            deleted[name] = Role(name, name, assume_role_policy={}, whole=True)
        elif now is not None:
            id_ = before.id if before else f"role/{name}" if name in roles else name
            roles[id_] = _changed(before, now.role) if before else replace(now.role, id=id_)
            deleted.pop(name, None)
    return cloud.having(roles=roles, deleted_roles=deleted)


def _unknown(tags: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in tags.items() if isinstance(value, Unknown)}


def _changed(before: Role, now: Role) -> Role:
    unclear = tuple(one for one in before.statements if unknowns_in(one))
    unread = tuple(one for one in before.managed_policy_arns if isinstance(one, Unknown))
    cut = [known_parts(one) for one in unclear]
    trust = before.assume_role_policy
    stays = bool(unknowns_in(trust)) and known_parts(trust) == now.assume_role_policy
    limit = before.boundary
    unread_limit = bool(unknowns_in(limit)) and now.boundary in (None, known_parts(limit))
    return replace(
        now,
        id=before.id,
        statements=(*(one for one in now.statements if one not in cut), *unclear),
        managed_policy_arns=(*now.managed_policy_arns, *unread),
        assume_role_policy=trust if stays else now.assume_role_policy,
        whole=not (unclear or unread),
        boundary=limit if unread_limit else now.boundary,
        tags=None if before.tags is None else {**_unknown(before.tags), **(now.tags or {})},
        origin=before.origin,
    )
