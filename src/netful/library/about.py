"""Part of an inventory that is about one resource."""

from typing import Any

from netful.model.core.errors import QuestionError

_LISTS = ("vpcs", "enis", "endpoints", "apis", "unread")


def about(document: dict[str, Any], id_: str) -> dict[str, Any]:
    """Return the parts of an inventory that contain an id. Raise QuestionError if nothing contains it."""
    resources = {name: found for name, found in document["resources"].items() if name == id_}
    lists = {name: [item for item in document[name] if _holds(item, id_)] for name in _LISTS}
    if not resources and not any(lists.values()):
        raise QuestionError(f"there is no `{id_}`", hint="`netful show` lists everything")
    return {**document, **lists, "resources": resources}


def _holds(value: Any, id_: str) -> bool:
    if isinstance(value, dict):
        return any(_holds(item, id_) for item in value.values())
    return any(_holds(item, id_) for item in value) if isinstance(value, list) else value == id_
