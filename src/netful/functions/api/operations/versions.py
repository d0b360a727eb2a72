"""PublishVersion, ListVersionsByFunction, and aliases with weights (lambda §5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.functions.api.operations.configuration import configuration, listed
from netful.functions.api.protocol.context import ONE, Context, Route, check_revision, content
from netful.functions.api.protocol.message import Call, Reply, document
from netful.functions.api.protocol.names import Named
from netful.functions.api.protocol.pages import page
from netful.functions.api.protocol.refusals import conflict, invalid_parameter, not_implemented
from netful.functions.code.versions import LATEST, Alias, Revision, Versions
from netful.functions.invocations.invocation import InvokeRefused

_ALIAS = ONE + r"/aliases/(?P<alias>[^/]+)"


async def publish_version(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """PublishVersion."""
    one, asked = context.changeable(call, part), content(call.body)
    latest = context.versions(one).latest
    check_revision(asked.get("RevisionId"), latest.revision)
    digest = asked.get("CodeSha256")
    if digest and digest != latest.code_sha256:
        raise invalid_parameter(
            f"CodeSHA256 ({digest}) is different from current CodeSHA256 in $LATEST ({latest.code_sha256}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )
    version = await context.service().publish(one.function.id, str(asked.get("Description") or ""))
    return document(201, configuration(context.service(), version, version.number))


async def list_versions(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """ListVersionsByFunction."""
    versions = context.versions(context.named(call, part))
    all_of_them = (versions.latest, *versions.published.values())
    return page(call, [listed(context.service(), version) for version in all_of_them], "Versions")


async def delete_version(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """DeleteFunction: a published version, or a function that CreateFunction made; the others are the template's."""
    one = context.named(call, part)
    if not one.qualifier and context.service().was_created(one.function.id):
        await context.service().delete(one.function.id)
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
    await context.service().delete_version(one.function.id, one.qualifier)
    return Reply(204)


async def create_alias(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """CreateAlias."""
    one, asked = context.named(call, part), content(call.body)
    versions, name = context.versions(one), str(asked.get("Name"))
    if name in versions.aliases:
        raise conflict(f"Alias already exists: {context.arn(one, name)}")
    alias = Alias(name, str(asked.get("FunctionVersion")), str(asked.get("Description") or ""), _weights(asked))
    return document(201, _set(context, one, alias))


async def update_alias(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """UpdateAlias."""
    one, asked = context.named(call, part), content(call.body)
    alias = _alias(context, one, part["alias"])
    check_revision(asked.get("RevisionId"), alias.revision)
    changed = replace(
        alias,
        version=str(asked.get("FunctionVersion") or alias.version),
        description=str(asked.get("Description", alias.description)),
        weights=_weights(asked) if "RoutingConfig" in asked else alias.weights,
        revision=Revision(),
    )
    return document(200, _set(context, one, changed))


async def get_alias(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """GetAlias."""
    one = context.named(call, part)
    return document(200, _told(context, one, _alias(context, one, part["alias"])))


async def delete_alias(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """DeleteAlias: also of one that is not there."""
    context.versions(context.named(call, part)).aliases.pop(part["alias"], None)
    return Reply(204)


async def list_aliases(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """ListAliases, of one version where it is named."""
    one, wanted = context.named(call, part), call.query.get("FunctionVersion", "")
    aliases = sorted(context.versions(one).aliases.values(), key=lambda alias: alias.name)
    return page(call, [_told(context, one, a) for a in aliases if wanted in {"", a.version}], "Aliases")


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
    written = (asked.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    weights = {str(number): float(weight) for number, weight in written.items()}
    if len(weights) > 1:
        raise invalid_parameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
    if any(not 0 <= weight <= 1 for weight in weights.values()):
        raise invalid_parameter("Invalid value for parameter AdditionalVersionWeights, valid range is 0.0 to 1.0")
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


ROUTES: tuple[Route, ...] = (
    ("POST", ONE + "/versions", publish_version),
    ("GET", ONE + "/versions", list_versions),
    ("DELETE", ONE, delete_version),
    ("POST", ONE + "/aliases", create_alias),
    ("GET", ONE + "/aliases", list_aliases),
    ("PUT", _ALIAS, update_alias),
    ("GET", _ALIAS, get_alias),
    ("DELETE", _ALIAS, delete_alias),
)
