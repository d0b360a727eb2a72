"""PublishVersion, ListVersionsByFunction, and aliases with weights (lambda §5.1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.functions.api.operations.configuration import configuration, listed
from netful.functions.api.protocol.context import Context, Operation, Request, check_revision
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import Named
from netful.functions.api.protocol.pages import page
from netful.functions.api.protocol.refusals import conflict, invalid_parameter, not_implemented
from netful.functions.code.versions import LATEST, Alias, Revision, Versions
from netful.functions.invocations.invocation import InvokeRefused

_TWICE = "Invalid function version {version}. Function version {version} is already included in routing configuration."


async def publish_version(context: Context, request: Request) -> Reply:
    """PublishVersion."""
    one = context.changeable(request)
    latest = context.versions(one).latest
    check_revision(request.get("RevisionId"), latest.revision)
    digest = request.get("CodeSha256")
    if digest and digest != latest.code_sha256:
        raise invalid_parameter(
            f"CodeSHA256 ({digest}) is different from current CodeSHA256 in $LATEST ({latest.code_sha256}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )
    version = await context.service().updates.publish(one.function.id, request.get("Description", ""))
    return document(201, configuration(context.service(), version, version.number))


async def list_versions(context: Context, request: Request) -> Reply:
    """ListVersionsByFunction."""
    versions = context.versions(context.named(request))
    all_of_them = (versions.latest, *versions.published.values())
    return page(request, [listed(context.service(), version, version.number) for version in all_of_them], "Versions")


async def delete_version(context: Context, request: Request) -> Reply:
    """DeleteFunction: of a published version, or of a function that CreateFunction made.

    The others are the template's.
    """
    one = context.named(request)
    if not one.qualifier and context.service().updates.was_created(one.function.id):
        await context.service().updates.delete(one.function.id)
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
    await context.service().updates.delete_version(one.function.id, one.qualifier)
    return Reply(204)


async def create_alias(context: Context, request: Request) -> Reply:
    """CreateAlias."""
    one = context.named(request)
    versions, name = context.versions(one), request["Name"]
    if name in versions.aliases:
        raise conflict(f"Alias already exists: {context.arn(one, name)}")
    alias = Alias(name, request["FunctionVersion"], request.get("Description", ""), _weights(request))
    return document(201, await _set(context, one, alias))


async def update_alias(context: Context, request: Request) -> Reply:
    """UpdateAlias."""
    one = context.named(request)
    alias = _alias(context, one, request["Name"])
    check_revision(request.get("RevisionId"), alias.revision)
    changed = replace(
        alias,
        version=request.get("FunctionVersion", alias.version),
        description=request.get("Description", alias.description),
        weights=_weights(request) if "RoutingConfig" in request else alias.weights,
        revision=Revision(),
    )
    return document(200, await _set(context, one, changed))


async def get_alias(context: Context, request: Request) -> Reply:
    """GetAlias."""
    one = context.named(request)
    return document(200, _record(context, one, _alias(context, one, request["Name"])))


async def delete_alias(context: Context, request: Request) -> Reply:
    """DeleteAlias: also of a nonexistent one."""
    await context.service().updates.delete_alias(context.named(request).function.id, request["Name"])
    return Reply(204)


async def list_aliases(context: Context, request: Request) -> Reply:
    """ListAliases, of one version if the request names it."""
    one, wanted = context.named(request), request.get("FunctionVersion", "")
    aliases = sorted(context.versions(one).aliases.values(), key=lambda alias: alias.name)
    return page(request, [_record(context, one, a) for a in aliases if wanted in {"", a.version}], "Aliases")


async def _set(context: Context, one: Named, alias: Alias) -> dict[str, Any]:
    versions = context.versions(one)
    if alias.version in alias.weights:
        raise invalid_parameter(_TWICE.format(version=alias.version))
    if alias.weights and alias.version == LATEST:
        raise invalid_parameter("$LATEST is not supported for an alias pointing to more than 1 version")
    for number in (alias.version, *alias.weights):
        _check_version(context, one, versions, number)
    await context.service().updates.set_alias(one.function.id, alias)
    return _record(context, one, alias)


def _check_version(context: Context, one: Named, versions: Versions, number: str) -> None:
    if number != LATEST and number not in versions.published:
        message = f"Function not found: {context.arn(one, number)}"
        raise InvokeRefused(404, "ResourceNotFoundException", message)


def _weights(request: Mapping[str, Any]) -> dict[str, float]:
    weights: dict[str, float] = request.get("RoutingConfig", {}).get("AdditionalVersionWeights") or {}
    if len(weights) > 1:
        raise invalid_parameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
    return weights


def _alias(context: Context, one: Named, name: str) -> Alias:
    alias = context.versions(one).aliases.get(name)
    if alias is None:
        raise InvokeRefused(404, "ResourceNotFoundException", f"Cannot find alias arn: {context.arn(one, name)}")
    return alias


def _record(context: Context, one: Named, alias: Alias) -> dict[str, Any]:
    record: dict[str, Any] = {
        "AliasArn": context.arn(one, alias.name),
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision.id,
    }
    return record | ({"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {})


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
