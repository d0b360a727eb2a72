"""Which calls are answered quickly: the table, and the way past moto."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netful.services.backends.frames import Answer, Call
from netful.services.quick import items, objects, parameters

_TARGETS: dict[str, Callable[[Call], Answer | None]] = {
    "AmazonSSM.GetParameter": parameters.get_parameter,
    "DynamoDB_20120810.GetItem": items.get_item,
    "DynamoDB_20120810.PutItem": items.put_item,
}
_OBJECTS: dict[str, Callable[[Call, Mapping[str, str]], Answer | None]] = {
    "GET": objects.get_object,
    "PUT": objects.put_object,
}
_OBJECT_HOST = "s3."


def quick_answer(call: Call) -> Answer | None:
    """The answer to a plain call; None for what is moto's to answer, its errors included."""
    try:
        return _answer(call)
    except Exception:  # noqa: BLE001  # whatever it is that is wrong with the call, moto tells
        return None


def _answer(call: Call) -> Answer | None:
    target = next((value for name, value in call.headers if name.lower() == "x-amz-target"), None)
    if target is not None:
        answer = _TARGETS.get(target)
        return answer(call) if answer else None
    by_method = _OBJECTS.get(call.method)
    if by_method is None or _OBJECT_HOST not in call.host:
        return None
    headers = {name.lower(): value for name, value in call.headers}
    # A header that stands twice means more than a table of them can tell.
    return by_method(call, headers) if len(headers) == len(call.headers) else None
