"""Systems Manager's GetParameter."""

from calendar import timegm
from datetime import datetime

from netful.model.names.arns import aws_arn
from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.quick.get_parameter import content, decoder
from netful.services.quick.place import backend, region_of
from netful.services.quick.reply import json_answer

# Parts of names that moto handles elsewhere: a label or a version, an ARN, and AWS's own parameters.
_SPECIAL = (":", "/aws/")


def get_parameter(call: FrameCall) -> FrameReply | None:
    """Return the newest version of a parameter."""
    asked = decoder.decode(call.body)
    if any(mark in asked.name for mark in _SPECIAL):
        return None
    region = region_of(call.host)
    parameters = backend("ssm", region)._parameters  # noqa: SLF001  # there is no public way
    # Without the dictionary's own lookup, which adds an entry for a missing name.
    versions = dict.get(parameters, parameters.normalize_name(asked.name))
    if not versions:
        return None
    newest = versions[-1]
    found = content(
        newest.name,
        newest.decrypt(newest.value) if asked.with_decryption else newest.value,
        type_=newest.parameter_type,
        version=newest.version,
        modified=_seconds(newest.last_modified_date),
        arn=aws_arn("ssm", region, newest.account_id, f"parameter/{newest.name.removeprefix('/')}"),
        data_type=newest.data_type,
        source=newest.source_result or "",
    )
    return json_answer(call, found, "1.1")


def _seconds(moment: datetime) -> float:
    """Return the seconds since 1970, to the millisecond as moto writes them."""
    return timegm(moment.timetuple()) + moment.microsecond // 1000 / 1000
