"""IAM roles with everything that is attached to them (spec: lambda §1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.model.access.policy_statements import statements
from netful.model.core import Maybe, Unknown, known_in, listed
from netful.model.functions.function import Role
from netful.sources.parts import PartReader
from netful.sources.readers.vpc_endpoints import policy_document
from netful.sources.template.reading import Inventory, Reader

_OF_AWS = ":iam::aws:policy/"


def roles(inventory: Inventory) -> dict[str, Role]:
    """Return the roles; separate policies are added to the roles that they name."""
    found = {reader.id: _role(reader) for reader in inventory.of("AWS::IAM::Role")}
    by_name = {role.role_name: role.id for role in found.values()}
    for reader in inventory.of("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"):
        names = reader.known_texts("RoleName") if reader.has("RoleName") else reader.known_texts("Roles")
        for name in names:
            for role_id in found if isinstance(name, Unknown) else filter(None, [known_in(by_name, name)]):
                added = (name,) if isinstance(name, Unknown) else _statements(reader)
                found[role_id] = replace(found[role_id], statements=(*found[role_id].statements, *added))
    managed = {
        name: _statements(reader)
        for reader in inventory.of("AWS::IAM::ManagedPolicy")
        for name in (reader.id, reader.text("ManagedPolicyName"))
        if isinstance(name, str)
    }
    return {role_id: _with_managed(role, managed) for role_id, role in found.items()}


def _role(reader: Reader) -> Role:
    own = tuple(
        s for one in reader.each("Policies") for s in ((one,) if isinstance(one, Unknown) else _statements(one))
    )
    name, path = reader.text("RoleName"), reader.text("Path")
    return Role(
        id=reader.id,
        role_name=name if isinstance(name, str) else reader.id,
        statements=own,
        path=path if isinstance(path, str) else "/",
        managed_policy_arns=reader.known_texts("ManagedPolicyArns"),
        assume_role_policy=policy_document(reader, "AssumeRolePolicyDocument"),
        boundary=reader.text("PermissionsBoundary"),
        tags=_tags(reader.get("Tags")),
        origin=reader.origin,
    )


def _tags(written: Any) -> dict[str, Maybe[str]] | None:
    """Return the tags of a role; None if the list or a key in it is not known."""
    if not all(isinstance(one, Mapping) and isinstance(one.get("Key"), str) for one in listed(written)):
        return None
    return {str(one["Key"]): one.get("Value", "") for one in listed(written)}


def _with_managed(role: Role, managed: Mapping[str, tuple[Any, ...]]) -> Role:
    """Return a role with the text of the template's own managed policies that it names, and that of its boundary."""
    limit = managed.get(str(role.boundary).rpartition("/")[2]) if _OF_AWS not in str(role.boundary) else None
    if limit is not None:
        role = replace(role, boundary={"Statement": [*limit]})
    own = {
        arn: managed[arn.rpartition("/")[2]]
        for arn in role.managed_policy_arns
        if isinstance(arn, str) and _OF_AWS not in arn and arn.rpartition("/")[2] in managed
    }
    added = (statement for one in own.values() for statement in one)
    others = tuple(arn for arn in role.managed_policy_arns if arn not in own)
    return replace(role, statements=(*role.statements, *added), managed_policy_arns=others) if own else role


def _statements(reader: Reader) -> tuple[Any, ...]:
    document = policy_document(reader, "PolicyDocument")
    if document is None or isinstance(document, Unknown):
        return () if document is None else (document,)
    return statements(document)


READERS = (PartReader("roles", roles),)
