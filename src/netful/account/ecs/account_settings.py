"""Settings of ECS's account. They are kept as calls leave them; no task here depends on one."""

from collections.abc import Mapping
from typing import Any

from netful.account.changes import Remove, new
from netful.account.ecs.view import View
from netful.account.operations.query_api import Parameters
from netful.account.reading import Look, Record
from netful.account.writing import Change, Write
from netful.model.names.arns import account_root

_TYPE = "Netful::ECS::AccountSetting"
_DEFAULTS: Mapping[str, str] = {
    **dict.fromkeys(("serviceLongArnFormat", "taskLongArnFormat", "containerInstanceLongArnFormat"), "enabled"),
    **dict.fromkeys(("awsvpcTrunking", "containerInsights", "fargateFIPSMode"), "disabled"),
    "fargateTaskRetirementWaitPeriod": "7",
    "guardDutyActivate": "off",
    "tagResourceAuthorization": "off",
}


def _record(view: View, name: str, value: str) -> Record:
    principal = account_root(view.cloud.account_id, view.cloud.arn("ecs", ""))
    kind = "aws_managed" if name == "guardDutyActivate" else "user"
    return {"name": name, "value": value, "principalArn": principal, "type": kind}


def _set(view: View) -> dict[str, str]:
    return {str(one.properties["Name"]): str(one.properties["Value"]) for one in view.of_type(_TYPE)}


def _list(view: View, asked: Parameters) -> Record:
    """ListAccountSettings: those that calls set, and with `effectiveSettings` the defaults of the others."""
    found = {**(_DEFAULTS if asked.get("effectiveSettings") else {}), **_set(view)}
    name, value = asked.get("name"), asked.get("value")
    return {
        "settings": [
            _record(view, one, text)
            for one, text in sorted(found.items())
            if name in (None, one) and value in (None, text)
        ]
    }


def _put(_view: View, asked: Parameters) -> Change[View]:
    name, value = str(asked["name"]), str(asked["value"])
    made = new(_TYPE, f"ecs-setting/{name}", {"Name": name, "Value": value})
    return Change((made,), lambda after: {"setting": _record(after, name, value)})


def _delete(view: View, asked: Parameters) -> Change[View]:
    name = str(asked["name"])
    gone = tuple(Remove(one.id) for one in view.of_type(_TYPE) if one.properties["Name"] == name)
    answer: dict[str, Any] = {"setting": _record(view, name, _DEFAULTS.get(name, ""))}
    return Change(gone, lambda _after: answer)


LOOKS: Mapping[str, Look[View]] = {"ListAccountSettings": _list}
WRITES: Mapping[str, Write[View]] = {
    "PutAccountSetting": _put,
    "PutAccountSettingDefault": _put,
    "DeleteAccountSetting": _delete,
}
