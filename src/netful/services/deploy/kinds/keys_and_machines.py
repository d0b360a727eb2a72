"""KMS keys, their aliases, and state machines with their versions and aliases, made in the back ends under the names that the template gives them.

KMS generates ids. The back end takes the id that a request contains as `ID_MEMBER` (`moto.given_ids`), which no AWS client sends.
State machines are run by the back ends' interpreter.
"""

import json
from collections.abc import Iterator
from typing import Any

from netful.model.core import is_set, is_true, whole_number
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import (
    ID_MEMBER,
    LOWER,
    REF,
    JsonService,
    Kind,
    Properties,
    Wanted,
    document,
)
from netful.services.http.message import Request

NUMBER_MEMBER = "netful:Number"
"""The number of a version, as the template's ARN has it."""

REVISION_MEMBER = "netful:Revision"
"""The revision of the template's machine; the request differs with it."""

_KMS, _STATES = JsonService("TrentService", model="kms"), JsonService("AWSStepFunctions", "1.0")
_KEY_MEMBERS = ("Description", "KeySpec", "KeyUsage", "MultiRegion", "Origin")
# Substitute for a definition in another place.
_NO_DEFINITION = json.dumps(
    {
        "StartAt": "Elsewhere",
        "States": {
            "Elsewhere": {"Type": "Fail", "Error": "States.Runtime", "Cause": "the definition is not on this machine"}
        },
    }
)


def _make_key(one: Wanted) -> Iterator[Request]:
    written = {"Policy": one.document("KeyPolicy")} if is_set(one.properties.get("KeyPolicy")) else {}
    yield _KMS("CreateKey", **one.set(*_KEY_MEMBERS), **written, **{ID_MEMBER: one.name})
    if is_true(one.properties.get("EnableKeyRotation")):
        yield _KMS("EnableKeyRotation", KeyId=_key_arn(one, one.name))


def _key_parts(one: Wanted) -> Iterator[Part]:
    named = {"KeyId": _key_arn(one, one.name)}
    if str(one.properties.get("Enabled")).lower() == "false":
        yield Part(("disabled",), _KMS("DisableKey", **named), _KMS("EnableKey", **named))
    yield from one.tags(_KMS, named, lambda key, value: [{"TagKey": key, "TagValue": value}])


def _key_arn(one: Wanted, name: str) -> str:
    return name if name.startswith("arn:") else one.arn("kms", f"key/{name}")


def _make_alias(one: Wanted) -> list[Request]:
    target = one.text("TargetKeyId")
    return [_KMS("CreateAlias", AliasName=one.name, TargetKeyId=_key_arn(one, target))] if target else []


def _make_machine(one: Wanted) -> list[Request]:
    kind = one.text("StateMachineType")
    return [_STATES("CreateStateMachine", name=one.name, **({"type": kind} if kind else {}), **_settings(one))]


def _machine_parts(one: Wanted) -> Iterator[Part]:
    return one.tags(
        _STATES, {"resourceArn": _machine_arn(one)}, lambda key, value: [{"key": key, "value": value}], members=LOWER
    )


def _version_parts(one: Wanted) -> Iterator[Part]:
    """Yield the publication of a version under its number. It is not deleted: an alias may still lead to it."""
    machine, _, number = one.name.rpartition(":")
    revision = {NUMBER_MEMBER: int(number), REVISION_MEMBER: one.text("StateMachineRevisionId")}
    put = _STATES(
        "PublishStateMachineVersion", stateMachineArn=machine, description=one.text("Description"), **revision
    )
    yield Part(("version",), put)


def _alias_parts(one: Wanted) -> Iterator[Part]:
    """Yield an alias, which leads to a new version at once, whatever DeploymentPreference says."""
    preferred = one.mapping("DeploymentPreference")
    only = [{**preferred, "Weight": 100}] if preferred else []
    routes = [
        {
            "stateMachineVersionArn": route.get("StateMachineVersionArn"),
            "weight": whole_number(route.get("Weight"), 100),
        }
        for route in one.mappings("RoutingConfiguration") or only
    ]
    put = _STATES(
        "CreateStateMachineAlias",
        name=one.name.rpartition(":")[2],
        description=one.text("Description"),
        routingConfiguration=routes,
    )
    yield Part(("alias",), put, _STATES("DeleteStateMachineAlias", stateMachineAliasArn=one.name))


def _machine_arn(one: Wanted) -> str:
    return one.arn("states", f"stateMachine:{one.name}")


def _settings(one: Wanted) -> dict[str, Any]:
    """Return what an update may change."""
    role, logging = one.text("RoleArn"), one.set("LoggingConfiguration").get("LoggingConfiguration")
    arn = role if role.startswith("arn:") else one.arn("iam", f"role/{one.name}")
    logged = {"loggingConfiguration": _logging(logging)} if isinstance(logging, dict) else {}
    return {"definition": _definition_of(one), "roleArn": arn, **logged}


def _logging(written: Properties) -> dict[str, Any]:
    """Return a logging configuration as the service's requests have it."""
    groups = [one.get("CloudWatchLogsLogGroup", {}).get("LogGroupArn") for one in written.get("Destinations") or ()]
    return {
        "level": written.get("Level", "OFF"),
        "includeExecutionData": is_true(written.get("IncludeExecutionData")),
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}} for arn in groups if arn],
    }


def _definition_of(one: Wanted) -> str:
    """Return the definition of a state machine as text."""
    written, defined = one.text("DefinitionString"), one.properties.get("Definition")
    if not written:
        written = document(defined) if is_set(defined) else _NO_DEFINITION
    for key, value in one.mapping("DefinitionSubstitutions").items():
        written = written.replace(f"${{{key}}}", str(value))
    return written


KINDS: dict[str, Kind] = {
    "AWS::KMS::Key": Kind(
        "kms", "", _make_key,
        lambda one: [_KMS("ScheduleKeyDeletion", KeyId=_key_arn(one, one.name), PendingWindowInDays=7)], _key_parts,
    ),
    "AWS::KMS::Alias": Kind("kms", "AliasName", _make_alias, _KMS.by_name("DeleteAlias", "AliasName")),
    "AWS::StepFunctions::Activity": Kind(
        "states", "Name", _STATES.by_name("CreateActivity", "name"),
        lambda one: [_STATES("DeleteActivity", activityArn=one.arn("states", f"activity:{one.name}"))],
    ),
    "AWS::StepFunctions::StateMachine": Kind(
        "states", "StateMachineName", _make_machine,
        lambda one: [_STATES("DeleteStateMachine", stateMachineArn=_machine_arn(one))], _machine_parts,
        lambda one: [_STATES("UpdateStateMachine", stateMachineArn=_machine_arn(one), **_settings(one))],
    ),
    "AWS::StepFunctions::StateMachineVersion": Kind("states", REF, parts=_version_parts),
    "AWS::StepFunctions::StateMachineAlias": Kind("states", REF, parts=_alias_parts),
}  # fmt: skip
