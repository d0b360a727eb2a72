"""KMS keys, their aliases, and state machines with their versions and aliases, made in the back ends under the names that the template gives them.

KMS generates ids. The back end takes the id that a request contains as `ID_MEMBER` (`moto.keys`), which no AWS client sends.
State machines are run by the back ends' interpreter.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core.numbers import whole_number
from netful.services.deploy.part import Part
from netful.services.deploy.resource_kind import (
    REF,
    Kind,
    Place,
    Properties,
    document,
    is_known,
    known,
    mappings,
    plain,
)
from netful.services.http.backend_requests import json_request
from netful.services.http.message import Request

ID_MEMBER = "netful:Id"
NUMBER_MEMBER = "netful:Number"
"""The number of a version, as the template's ARN has it."""

REVISION_MEMBER = "netful:Revision"
"""The revision of the template's machine; the request differs with it."""

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


def _kms(operation: str, content: dict[str, Any]) -> Request:
    return json_request(f"TrentService.{operation}", content)


def _make_key(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    members = {member: plain(properties[member]) for member in _KEY_MEMBERS if is_known(properties.get(member))}
    policy = properties.get("KeyPolicy")
    written = {"Policy": document(policy)} if is_known(policy) else {}
    yield _kms("CreateKey", {**members, **written, ID_MEMBER: name})
    if str(properties.get("EnableKeyRotation")).lower() == "true":
        yield _kms("EnableKeyRotation", {"KeyId": _key_arn(name, place)})


def _delete_key(name: str, _properties: Properties, place: Place) -> Iterator[Request]:
    yield _kms("ScheduleKeyDeletion", {"KeyId": _key_arn(name, place), "PendingWindowInDays": 7})


def _key_arn(name: str, place: Place) -> str:
    return f"arn:aws:kms:{place.region}:{place.account_id}:key/{name}"


def _make_alias(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    target = properties.get("TargetKeyId")
    if isinstance(target, str):
        arn = target if target.startswith("arn:") else _key_arn(target, place)
        yield _kms("CreateAlias", {"AliasName": name, "TargetKeyId": arn})


def _delete_alias(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield _kms("DeleteAlias", {"AliasName": name})


def _make_machine(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    kind = properties.get("StateMachineType")
    content = {"name": name, **({"type": kind} if isinstance(kind, str) else {}), **_settings(name, properties, place)}
    yield json_request("AWSStepFunctions.CreateStateMachine", content, "1.0")


def update_machine(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    """Yield the request that brings a state machine to changed properties."""
    content = {"stateMachineArn": _machine_arn(name, place), **_settings(name, properties, place)}
    yield json_request("AWSStepFunctions.UpdateStateMachine", content, "1.0")


def _delete_machine(name: str, _properties: Properties, place: Place) -> Iterator[Request]:
    yield json_request("AWSStepFunctions.DeleteStateMachine", {"stateMachineArn": _machine_arn(name, place)}, "1.0")


def _make_activity(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("AWSStepFunctions.CreateActivity", {"name": name}, "1.0")


def _delete_activity(name: str, _properties: Properties, place: Place) -> Iterator[Request]:
    arn = f"arn:aws:states:{place.region}:{place.account_id}:activity:{name}"
    yield json_request("AWSStepFunctions.DeleteActivity", {"activityArn": arn}, "1.0")


def _version_parts(arn: str, properties: Properties, _place: Place) -> Iterator[Part]:
    """Yield the publication of a version under its number. It is not deleted: an alias may still lead to it."""
    machine, _, number = arn.rpartition(":")
    content = {"stateMachineArn": machine, "description": _text(properties, "Description"), NUMBER_MEMBER: int(number)}
    revision = {REVISION_MEMBER: _text(properties, "StateMachineRevisionId")}
    yield Part(("version",), json_request("AWSStepFunctions.PublishStateMachineVersion", content | revision, "1.0"))


def _alias_parts(arn: str, properties: Properties, _place: Place) -> Iterator[Part]:
    """Yield an alias, which leads to a new version at once, whatever DeploymentPreference says."""
    preferred = properties.get("DeploymentPreference")
    only = [{**preferred, "Weight": 100}] if isinstance(preferred, Mapping) else []
    routes = mappings(properties, "RoutingConfiguration") or only
    content = {
        "name": arn.rpartition(":")[2],
        "description": _text(properties, "Description"),
        "routingConfiguration": [
            {
                "stateMachineVersionArn": one.get("StateMachineVersionArn"),
                "weight": whole_number(one.get("Weight"), 100),
            }
            for one in routes
        ],
    }
    yield Part(
        ("alias",),
        json_request("AWSStepFunctions.CreateStateMachineAlias", content, "1.0"),
        json_request("AWSStepFunctions.DeleteStateMachineAlias", {"stateMachineAliasArn": arn}, "1.0"),
    )


def _text(properties: Properties, name: str) -> str:
    value = properties.get(name)
    return value if isinstance(value, str) else ""


def _machine_arn(name: str, place: Place) -> str:
    return f"arn:aws:states:{place.region}:{place.account_id}:stateMachine:{name}"


def _settings(name: str, properties: Properties, place: Place) -> dict[str, Any]:
    """Return what an update may change."""
    role, logging = properties.get("RoleArn"), properties.get("LoggingConfiguration")
    arn = role if isinstance(role, str) and role.startswith("arn:") else f"arn:aws:iam::{place.account_id}:role/{name}"
    logged = {"loggingConfiguration": _logging(known(logging))} if isinstance(logging, Mapping) else {}
    return {"definition": _definition_of(properties), "roleArn": arn, **logged}


def _logging(written: Properties) -> dict[str, Any]:
    """Return a logging configuration as the service's requests have it."""
    groups = [one.get("CloudWatchLogsLogGroup", {}).get("LogGroupArn") for one in written.get("Destinations") or ()]
    return {
        "level": written.get("Level", "OFF"),
        "includeExecutionData": str(written.get("IncludeExecutionData")).lower() == "true",
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}} for arn in groups if arn],
    }


def _definition_of(properties: Properties) -> str:
    """Return the definition of a state machine as text."""
    written = properties.get("DefinitionString")
    if not isinstance(written, str):
        defined = properties.get("Definition")
        written = document(defined) if is_known(defined) else _NO_DEFINITION
    values = properties.get("DefinitionSubstitutions")
    for key, value in values.items() if isinstance(values, dict) else ():
        written = written.replace(f"${{{key}}}", str(value))
    return written


KINDS: dict[str, Kind] = {
    "AWS::KMS::Key": Kind("kms", "", _make_key, _delete_key),
    "AWS::KMS::Alias": Kind("kms", "AliasName", _make_alias, _delete_alias),
    "AWS::StepFunctions::Activity": Kind("states", "Name", _make_activity, _delete_activity),
    "AWS::StepFunctions::StateMachine": Kind("states", "StateMachineName", _make_machine, _delete_machine),
    "AWS::StepFunctions::StateMachineVersion": Kind("states", REF, parts=_version_parts),
    "AWS::StepFunctions::StateMachineAlias": Kind("states", REF, parts=_alias_parts),
}
