"""Imports: a stack takes resources that the account has already, which stay as they are.

A resource is found by its identifier: among those that the account has, by its id in AWS and its properties; else at its
service, by its name. What the import of a resource needs is checked when the change set is made, and whether it exists when
it is executed, as CloudFormation does.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.deployments.changes import Seen
from netful.account.cloudformation.deployments.existing_names import exists, is_named
from netful.account.cloudformation.templates.template_text import invalid
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource
from netful.model.names.generated.generated_names import NAMINGS

_BY_ITSELF = "AWS::SSM::Parameter"
"""The type whose resources the stack makes again with each deployment."""

_OF_ACCOUNT = tuple(
    f"AWS::{service}::"
    for service in (
        "AutoScaling", "EC2", "ECS", "EFS", "ElastiCache", "ElasticLoadBalancingV2", "RDS", "Route53", "Route53Resolver",
        "ServiceDiscovery", "WAFv2",
    )
)  # fmt: skip
"""The beginnings of the types whose resources the account has, by stacks and by calls."""

_PARTS = frozenset({
    "AWS::EC2::EIPAssociation", "AWS::EC2::NetworkAclEntry", "AWS::EC2::Route", "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress", "AWS::EC2::TransitGatewayRoute", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VolumeAttachment",
    "AWS::Route53::RecordSet",
})  # fmt: skip
"""The types whose resources calls make as parts of others: the account cannot tell whether it has one."""

_BY_ARN = "AWS::SecretsManager::Secret"
_SECRET_ARN = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)-[A-Za-z0-9]{6}")


class Wish(Frozen):
    """A resource that is to be imported: its type, its logical id in the template, and its identifier."""

    type: str
    logical_id: str
    identifier: Mapping[str, str]


def wishes(asked: Iterable[Mapping[str, Any]], written: Mapping[str, Seen]) -> list[Wish]:
    """Return the resources that a request imports into a template. Raises ApiError for what CloudFormation refuses."""
    found = [
        Wish(str(one.get("ResourceType")), str(one.get("LogicalResourceId")), one.get("ResourceIdentifier") or {})
        for one in asked
    ]
    if not found:
        raise invalid("ResourcesToImport must be specified when ChangeSetType is IMPORT")
    for one in found:
        own = written.get(one.logical_id)
        if own is None:
            raise invalid(f"Resources [{one.logical_id}] to import do not exist in the template.")
        if own.resource.type != one.type:
            raise invalid(f"Resource type [{one.type}] of [{one.logical_id}] to import is not that of the template.")
        if not one.identifier or (is_named(one.type) and _name(one) is None):
            raise invalid(f"Invalid resource identifier {[*one.identifier]} for [{one.logical_id}] of type {one.type}.")
        if one.type in {_BY_ITSELF, *_PARTS} or not (is_named(one.type) or one.type.startswith(_OF_ACCOUNT)):
            raise invalid(f"netful does not import resources of the type {one.type}")
    bare = [one.logical_id for one in found if "DeletionPolicy" not in written[one.logical_id].attributes]
    if bare:
        names = ", ".join(bare)
        raise invalid(
            f"The following resources to import [{names}] must have DeletionPolicy attribute specified in the template."
        )
    return found


def refuse_other_changes(names: Iterable[str]) -> None:
    """Raise ApiError if an import changes resources that it does not import."""
    if changed := ", ".join(names):
        raise invalid(
            f"You have modified resources [{changed}] in your template that are not being imported. Update, create or delete "
            "operations cannot be executed during import operations."
        )


async def located(account: Account, wish: Wish) -> tuple[str, str]:
    """Return the id in the cloud of a resource that is to be imported ("" if only its service has it), and why it cannot be."""
    cloud = account.cloud
    found = next((one for one in cloud.template.resources.values() if _is(cloud, one, wish)), None)
    if found is not None:
        why = f"Resource {_id(wish)} already exists in the stack {found.stack}." if _stack(account, found) else ""
        return found.id, why
    if is_named(wish.type) and await exists(account, cloud.region, wish.type, _id(wish)):
        return "", ""
    text = f"Resource of type '{wish.type}' with identifier '{_id(wish)}' was not found."
    return "", f"{text} (RequestToken: 00000000-0000-0000-0000-000000000000, HandlerErrorCode: NotFound)"


def misnamed(wish: Wish, resource: Resource) -> str:
    """Return why a resource of a template is not the one of an identifier: it has another name; "" if it is."""
    own, given = resource.properties.get(_name_property(wish.type)), _name(wish)
    if given is None or own == given:
        return ""
    return f"The identifier {given} of the resource to import is not the {_name_property(wish.type)} of the template, {own}."


def _name_property(type_: str) -> str:
    naming = NAMINGS.get(type_)
    return naming.property if naming else "Name"


def _name(wish: Wish) -> str | None:
    """Return the name in an identifier, which is the ARN of a secret; None where it has no name."""
    arn = _SECRET_ARN.fullmatch(str(wish.identifier.get("Id"))) if wish.type == _BY_ARN else None
    return arn[1] if arn else wish.identifier.get(_name_property(wish.type))


def _id(wish: Wish) -> str:
    return "|".join(map(str, wish.identifier.values()))


def _stack(account: Account, resource: Resource) -> bool:
    """Return whether a resource belongs to a stack that exists."""
    written = account.as_written.template.resources.get(resource.id)
    return written is not None and bool(written.stack)


def _is(cloud: Cloud, resource: Resource, wish: Wish) -> bool:
    if resource.type != wish.type:
        return False
    own = {cloud.physical_id(resource.id), cloud.aws_id(resource.id)}
    texts = {name: value for name, value in resource.properties.items() if isinstance(value, str)}
    given = {name: (value, cloud.aws_id(value)) for name, value in texts.items()}
    values = [(value in own, value in given.get(name, ())) for name, value in wish.identifier.items()]
    naming = NAMINGS.get(wish.type)
    by_name = naming is not None and any(name == naming.property for name in wish.identifier)
    return all(map(any, values)) and (by_name or any(is_own for is_own, _ in values))
