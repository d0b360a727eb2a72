"""Texts in place of parameters without a value, where SAM's translator reads the value.

After the translation, references to the parameters replace the texts; ids of resources are without them. A translation that needs
more than that of a value, such as the path of a route, is refused.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from netful.sources.sam.translator import RefusedError

_TEXT = re.compile(r"ValueOf([A-Za-z0-9]+?)IsNotGiven")


def texts(names: Iterable[str]) -> dict[str, str]:
    """Return the placeholder text for the value of each parameter."""
    return {name: f"ValueOf{name}IsNotGiven" for name in names}


def referred(made: dict[str, Any]) -> dict[str, Any]:
    """Return a translated template with references to the parameters in place of their texts."""
    written = json.dumps(made)
    for name in filter(_TEXT.search, made["Resources"]):
        written = written.replace(name, _TEXT.sub("", name))
    found: dict[str, Any] = _referred(json.loads(written))
    left = re.search(_TEXT.pattern, json.dumps(found), re.IGNORECASE)
    if left:
        raise RefusedError([f"The value of parameter '{left[1]}' is needed."])
    return found


def _referred(value: Any, *, within_sub: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _referred(member, within_sub=key == "Fn::Sub") for key, member in value.items()}
    if isinstance(value, list):
        return [_referred(item, within_sub=within_sub and index == 0) for index, item in enumerate(value)]
    if not isinstance(value, str) or not _TEXT.search(value):
        return value
    if whole := _TEXT.fullmatch(value):
        return {"Ref": whole[1]}
    text = value if within_sub else value.replace("${", "${!")
    text = _TEXT.sub(r"${\1}", text)
    return text if within_sub else {"Fn::Sub": text}
