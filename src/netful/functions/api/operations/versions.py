"""PublishVersion, ListVersionsByFunction, and aliases with weights (lambda §5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.functions.api.operations.configuration import configuration, listed
from netful.functions.api.protocol.context import Asked, Context, Operation, check_revision
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import Named
from netful.functions.api.protocol.pages import page
from netful.functions.api.protocol.refusals import conflict, invalid_parameter, not_implemented
from netful.functions.code.versions import LATEST, Alias, Revision, Versions
from netful.functions.environments import changes
from netful.functions.invocations.invocation import InvokeRefused


async def publish_version(context: Context, asked: Asked) -> Reply:
    """PublishVersion."""
    one = context.changeable(asked)
    latest = context.versions(one).latest
    check_revision(asked.get("RevisionId"), latest.revision)
    digest = asked.get("CodeSha256")
    if digest and digest != latest.code_sha256:
        raise invalid_parameter(
            f"CodeSHA256 ({digest}) is different from current CodeSHA256 in $LATEST ({latest.code_sha256}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )
    version = await changes.publish(context.service(), one.function.id, asked.get("Description", ""))
    return document(201, configuration(context.service(), version, version.number))


async def list_versions(context: Context, asked: Asked) -> Reply:
    """ListVersionsByFunction."""
    versions = context.versions(context.named(asked))
    all_of_them = (versions.latest, *versions.published.values())
    return page(asked, [listed(context.service(), version) for version in all_of_them], "Versions")


async def delete_version(context: Context, asked: Asked) -> Reply:
    """DeleteFunction: a published version, or a function that CreateFunction made; the others are the template's."""
    one = context.named(asked)
    if not one.qualifier and one.function.id in context.service().created:
        await changes.delete(context.service(), one.function.id)
        return Reply(204)
    if not one.qualifier:
        raise not_implemented("DeleteFunction: take it out of the template, and run `netful up` again")
    if one.qualifier == LATEST:
        raise invalid_parameter("$LATEST version cannot be deleted without deleting the function.")
    versions = context.versions(one)
    users = [a.name for a in versions.aliases.values() if one.qualifier in {a.version, *a.weights}]
    if users:
        raise conflict(
            f"{context.arn(one, one.qualifier)} is referenced by aliases [{', '.join(users)}]. "
            "Remove the aliases before deleting."
        )
    await changes.delete_version(context.service(), one.function.id, one.qualifier)
    return Reply(204)


async def create_alias(context: Context, asked: Asked) -> Reply:
    """CreateAlias."""
    one = context.named(asked)
    versions, name = context.versions(one), asked["Name"]
    if name in versions.aliases:
        raise conflict(f"Alias already exists: {context.arn(one, name)}")
    alias = Alias(name, asked["FunctionVersion"], asked.get("Description", ""), _weights(asked))
    return document(201, _set(context, one, alias))


async def update_alias(context: Context, asked: Asked) -> Reply:
    """UpdateAlias."""
    one = context.named(asked)
    alias = _alias(context, one, asked["Name"])
    check_revision(asked.get("RevisionId"), alias.revision)
    changed = replace(
        alias,
        version=asked.get("FunctionVersion", alias.version),
        description=asked.get("Description", alias.description),
        weights=_weights(asked) if "RoutingConfig" in asked else alias.weights,
        revision=Revision(),
    )
    return document(200, _set(context, one, changed))


async def get_alias(context: Context, asked: Asked) -> Reply:
    """GetAlias."""
    one = context.named(asked)
    return document(200, _told(context, one, _alias(context, one, asked["Name"])))


async def delete_alias(context: Context, asked: Asked) -> Reply:
    """DeleteAlias: also of one that is not there."""
    context.versions(context.named(asked)).aliases.pop(asked["Name"], None)
    return Reply(204)


async def list_aliases(context: Context, asked: Asked) -> Reply:
    """ListAliases, of one version where it is named."""
    one, wanted = context.named(asked), asked.get("FunctionVersion", "")
    aliases = sorted(context.versions(one).aliases.values(), key=lambda alias: alias.name)
    return page(asked, [_told(context, one, a) for a in aliases if wanted in {"", a.version}], "Aliases")


def _set(context: Context, one: Named, alias: Alias) -> dict[str, Any]:
    versions = context.versions(one)
    for number in (alias.version, *alias.weights):
        _check_version(context, one, versions, number)
    if alias.weights and alias.version == LATEST:
        raise invalid_parameter("$LATEST is not supported for an alias pointing to more than 1 version")
    versions.aliases[alias.name] = alias
    return _told(context, one, alias)


def _check_version(context: Context, one: Named, versions: Versions, number: str) -> None:
    if number != LATEST and number not in versions.published:
        message = f"Function not found: {context.arn(one, number)}"
        raise InvokeRefused(404, "ResourceNotFoundException", message)


def _weights(asked: Mapping[str, Any]) -> dict[str, float]:
    weights: dict[str, float] = asked.get("RoutingConfig", {}).get("AdditionalVersionWeights") or {}
    if len(weights) > 1:
        raise invalid_parameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
    return weights


def _alias(context: Context, one: Named, name: str) -> Alias:
    alias = context.versions(one).aliases.get(name)
    if alias is None:
        raise InvokeRefused(404, "ResourceNotFoundException", f"Cannot find alias arn: {context.arn(one, name)}")
    return alias


def _told(context: Context, one: Named, alias: Alias) -> dict[str, Any]:
    told: dict[str, Any] = {
        "AliasArn": context.arn(one, alias.name),
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision.id,
    }
    return told | ({"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {})


OPERATIONS: dict[str, Operation] = {
    "PublishVersion": publish_version,
    "ListVersionsByFunction": list_versions,
    "DeleteFunction": delete_version,
    "CreateAlias": create_alias,
    "ListAliases": list_aliases,
    "UpdateAlias": update_alias,
    "GetAlias": get_alias,
    "DeleteAlias": delete_alias,
}
