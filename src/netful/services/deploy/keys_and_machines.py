"""KMS keys, their aliases, and state machines, made in the back ends under the names that the template gives them.

KMS generates ids. The back end takes the id that a request contains as `ID_MEMBER` (`moto.keys`), which no AWS client sends.
Executions of a state machine are accepted and listed. Its states do not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from netful.services.deploy.resource_kind import Kind, Place, Properties, is_known, plain
from netful.services.http.backend_requests import json_request
from netful.services.http.message import Request

ID_MEMBER = "netful:Id"

_KEY_MEMBERS = ("Description", "KeySpec", "KeyUsage", "MultiRegion", "Origin")
# Substitute for a definition in another place.
_NO_DEFINITION = '{"StartAt": "Elsewhere", "States": {"Elsewhere": {"Type": "Succeed"}}}'


def _kms(operation: str, content: dict[str, Any]) -> Request:
    return json_request(f"TrentService.{operation}", content)


def _make_key(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    members = {member: plain(properties[member]) for member in _KEY_MEMBERS if is_known(properties.get(member))}
    policy = properties.get("KeyPolicy")
    written = {"Policy": json.dumps(_known(policy))} if is_known(policy) else {}
    yield _kms("CreateKey", {**members, **written, ID_MEMBER: name})
    if str(properties.get("EnableKeyRotation")).lower() == "true":
        yield _kms("EnableKeyRotation", {"KeyId": _key_arn(name, place)})


def _delete_key(name: str, place: Place) -> Request:
    return _kms("ScheduleKeyDeletion", {"KeyId": _key_arn(name, place), "PendingWindowInDays": 7})


def _key_arn(name: str, place: Place) -> str:
    return f"arn:aws:kms:{place.region}:{place.account_id}:key/{name}"


def _make_alias(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    target = properties.get("TargetKeyId")
    if isinstance(target, str):
        arn = target if target.startswith("arn:") else _key_arn(target, place)
        yield _kms("CreateAlias", {"AliasName": name, "TargetKeyId": arn})


def _delete_alias(name: str, _place: Place) -> Request:
    return _kms("DeleteAlias", {"AliasName": name})


def _make_machine(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    role = properties.get("RoleArn")
    arn = role if isinstance(role, str) and role.startswith("arn:") else f"arn:aws:iam::{place.account_id}:role/{name}"
    kind = properties.get("StateMachineType")
    content = {"name": name, "definition": definition_of(properties), "roleArn": arn}
    yield json_request(
        "AWSStepFunctions.CreateStateMachine", content | ({"type": kind} if isinstance(kind, str) else {}), "1.0"
    )


def _delete_machine(name: str, place: Place) -> Request:
    arn = f"arn:aws:states:{place.region}:{place.account_id}:stateMachine:{name}"
    return json_request("AWSStepFunctions.DeleteStateMachine", {"stateMachineArn": arn}, "1.0")


def definition_of(properties: Properties) -> str:
    """Return the definition of a state machine as text."""
    written = properties.get("DefinitionString")
    if not isinstance(written, str):
        known = properties.get("Definition")
        written = json.dumps(_known(known)) if is_known(known) else _NO_DEFINITION
    values = properties.get("DefinitionSubstitutions")
    for key, value in values.items() if isinstance(values, dict) else ():
        written = written.replace(f"${{{key}}}", str(value))
    return written


def _known(value: Any) -> Any:
    """Return a JSON value without its unknown parts."""
    if isinstance(value, dict):
        return {str(name): _known(part) for name, part in value.items() if is_known(part)}
    return [_known(part) for part in value if is_known(part)] if isinstance(value, list | tuple) else value


KINDS: dict[str, Kind] = {
    "AWS::KMS::Key": Kind("kms", "", _make_key, _delete_key),
    "AWS::KMS::Alias": Kind("kms", "AliasName", _make_alias, _delete_alias),
    "AWS::StepFunctions::StateMachine": Kind("states", "StateMachineName", _make_machine, _delete_machine),
}
