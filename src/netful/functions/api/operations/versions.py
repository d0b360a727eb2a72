"""PublishVersion, ListVersionsByFunction, and aliases with weights (lambda §5.1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.functions.api.operations.configuration import configuration, listed
from netful.functions.api.protocol.call import Call, Operation, check_revision
from netful.functions.api.protocol.message import Reply, document, page
from netful.functions.api.protocol.refusals import (
    conflict,
    invalid_parameter,
    no_such_resource,
    not_found,
    not_implemented,
)
from netful.functions.code.versions import LATEST, Alias, Revision

_TWICE = "Invalid function version {version}. Function version {version} is already included in routing configuration."


async def _publish_version(call: Call) -> Reply:
    call.check_changeable()
    latest = call.versions.latest
    check_revision(call.request.get("RevisionId"), latest.revision)
    digest = call.request.get("CodeSha256")
    if digest and digest != latest.code_sha256:
        raise invalid_parameter(
            f"CodeSHA256 ({digest}) is different from current CodeSHA256 in $LATEST ({latest.code_sha256}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )
    version = await call.service.updates.publish(call.function.id, call.request.get("Description", ""))
    return document(201, configuration(call.service, version, version.number))


async def _list_versions(call: Call) -> Reply:
    versions = call.versions
    all_of_them = (versions.latest, *versions.published.values())
    return page(call.request, [listed(call.service, version, version.number) for version in all_of_them], "Versions")


async def _delete_version(call: Call) -> Reply:
    """DeleteFunction: of a published version, or of a function that CreateFunction made.

    The others are the template's.
    """
    if not call.qualifier and call.service.updates.was_created(call.function.id):
        await call.service.updates.delete(call.function.id)
        return Reply(204)
    if not call.qualifier:
        raise not_implemented("DeleteFunction: take it out of the template, and run `netful up` again")
    if call.qualifier == LATEST:
        raise invalid_parameter("$LATEST version cannot be deleted without deleting the function.")
    versions = call.versions
    users = [a.name for a in versions.aliases.values() if call.qualifier in {a.version, *a.weights}]
    if users:
        raise conflict(
            f"{call.arn(call.qualifier)} is referenced by aliases [{', '.join(users)}]. "
            "Remove the aliases before deleting."
        )
    await call.service.updates.delete_version(call.function.id, call.qualifier)
    return Reply(204)


async def _create_alias(call: Call) -> Reply:
    versions, name = call.versions, call.request["Name"]
    if name in versions.aliases:
        raise conflict(f"Alias already exists: {call.arn(name)}")
    alias = Alias(name, call.request["FunctionVersion"], call.request.get("Description", ""), _weights(call.request))
    return document(201, await _set(call, alias))


async def _update_alias(call: Call) -> Reply:
    alias = _alias(call, call.request["Name"])
    check_revision(call.request.get("RevisionId"), alias.revision)
    changed = replace(
        alias,
        version=call.request.get("FunctionVersion", alias.version),
        description=call.request.get("Description", alias.description),
        weights=_weights(call.request) if "RoutingConfig" in call.request else alias.weights,
        revision=Revision(),
    )
    return document(200, await _set(call, changed))


async def _get_alias(call: Call) -> Reply:
    return document(200, _record(call, _alias(call, call.request["Name"])))


async def _delete_alias(call: Call) -> Reply:
    """DeleteAlias: also of a nonexistent one."""
    await call.service.updates.delete_alias(call.function.id, call.request["Name"])
    return Reply(204)


async def _list_aliases(call: Call) -> Reply:
    """ListAliases, of one version if the request names it."""
    wanted = call.request.get("FunctionVersion", "")
    aliases = sorted(call.versions.aliases.values(), key=lambda alias: alias.name)
    return page(call.request, [_record(call, a) for a in aliases if wanted in {"", a.version}], "Aliases")


async def _set(call: Call, alias: Alias) -> dict[str, Any]:
    versions = call.versions
    if alias.version in alias.weights:
        raise invalid_parameter(_TWICE.format(version=alias.version))
    if alias.weights and alias.version == LATEST:
        raise invalid_parameter("$LATEST is not supported for an alias pointing to more than 1 version")
    for number in (alias.version, *alias.weights):
        if number != LATEST and number not in versions.published:
            raise not_found(call.arn(number))
    await call.service.updates.set_alias(call.function.id, alias)
    return _record(call, alias)


def _weights(request: Mapping[str, Any]) -> dict[str, float]:
    weights: dict[str, float] = request.get("RoutingConfig", {}).get("AdditionalVersionWeights") or {}
    if len(weights) > 1:
        raise invalid_parameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
    return weights


def _alias(call: Call, name: str) -> Alias:
    alias = call.versions.aliases.get(name)
    if alias is None:
        raise no_such_resource(f"Cannot find alias arn: {call.arn(name)}")
    return alias


def _record(call: Call, alias: Alias) -> dict[str, Any]:
    record: dict[str, Any] = {
        "AliasArn": call.arn(alias.name),
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision.id,
    }
    return record | ({"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {})


OPERATIONS: dict[str, Operation] = {
    "PublishVersion": _publish_version,
    "ListVersionsByFunction": _list_versions,
    "DeleteFunction": _delete_version,
    "CreateAlias": _create_alias,
    "ListAliases": _list_aliases,
    "UpdateAlias": _update_alias,
    "GetAlias": _get_alias,
    "DeleteAlias": _delete_alias,
}
