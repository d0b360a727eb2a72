"""Systems Manager's GetParameter."""

from __future__ import annotations

from calendar import timegm
from datetime import datetime
from typing import Any

import msgspec

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.quick.place import backend, region_of
from netful.services.quick.reply import json_answer

# Parts of names that moto handles elsewhere: a label or a version, an ARN, and AWS's own parameters.
_SPECIAL = (":", "/aws/")


class _GetParameter(msgspec.Struct, forbid_unknown_fields=True):
    name: str = msgspec.field(name="Name")
    with_decryption: bool = msgspec.field(name="WithDecryption", default=False)


_decoder = msgspec.json.Decoder(_GetParameter)


def get_parameter(call: FrameCall) -> FrameReply | None:
    """Return the newest version of a parameter."""
    asked = _decoder.decode(call.body)
    if any(mark in asked.name for mark in _SPECIAL):
        return None
    region = region_of(call.host)
    parameters = backend("ssm", region)._parameters  # noqa: SLF001  # there is no public way
    # Without the dictionary's own lookup, which adds an entry for a missing name.
    versions = dict.get(parameters, parameters.normalize_name(asked.name))
    if not versions:
        return None
    return json_answer(call, {"Parameter": _described(versions[-1], asked, region)}, "1.1")


def _described(parameter: Any, asked: _GetParameter, region: str) -> dict[str, object]:
    content: dict[str, object] = {
        "Name": parameter.name,
        "Type": parameter.parameter_type,
        "Value": parameter.decrypt(parameter.value) if asked.with_decryption else parameter.value,
        "Version": parameter.version,
    }
    if parameter.source_result:
        content["SourceResult"] = parameter.source_result
    content["LastModifiedDate"] = _seconds(parameter.last_modified_date)
    content["ARN"] = f"arn:aws:ssm:{region}:{parameter.account_id}:parameter/{parameter.name.removeprefix('/')}"
    content["DataType"] = parameter.data_type
    return content


def _seconds(moment: datetime) -> float:
    """Return the seconds since 1970, to the millisecond as moto writes them."""
    return timegm(moment.timetuple()) + moment.microsecond // 1000 / 1000
