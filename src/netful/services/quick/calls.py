"""Table of the calls with a quick answer, and their dispatch."""

from collections.abc import Callable, Mapping

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.quick import items, objects, parameters

_TARGETS: dict[str, Callable[[FrameCall], FrameReply | None]] = {
    "AmazonSSM.GetParameter": parameters.get_parameter,
    "DynamoDB_20120810.GetItem": items.get_item,
    "DynamoDB_20120810.PutItem": items.put_item,
}
_OBJECTS: dict[str, Callable[[FrameCall, Mapping[str, str]], FrameReply | None]] = {
    "GET": objects.get_object,
    "PUT": objects.put_object,
}
_OBJECT_HOST = "s3."


def quick_answer(call: FrameCall) -> FrameReply | None:
    """Return the answer to a plain call, None if moto must answer it, for example with an error."""
    try:
        return _answer(call)
    except Exception:  # noqa: BLE001  # whatever the error is, moto reports it
        return None


def _answer(call: FrameCall) -> FrameReply | None:
    target = next((value for name, value in call.headers if name.lower() == "x-amz-target"), None)
    if target is not None:
        answer = _TARGETS.get(target)
        return answer(call) if answer else None
    by_method = _OBJECTS.get(call.method)
    if by_method is None or _OBJECT_HOST not in call.host:
        return None
    headers = {name.lower(): value for name, value in call.headers}
    # With a repeated header this mapping would lose a value.
    return by_method(call, headers) if len(headers) == len(call.headers) else None
