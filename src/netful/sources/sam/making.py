"""Tools to make resources out of resources: values that keep the lines of what they came from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from netful.model.core.unknown import known_in
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.template.template import Template

PREFIX = "AWS::Serverless::"
ANY = "x-amazon-apigateway-any-method"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", ANY)
"""The keys of a path of an OpenAPI body that are methods."""

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


def serverless_kind(resource: MarkedMap) -> str:
    """The part after `AWS::Serverless::` in a resource's type; "" for any other type."""
    kind = resource.get("Type")
    return kind.removeprefix(PREFIX) if isinstance(kind, str) and kind.startswith(PREFIX) else ""


def marked(value: Any, like: MarkedMap) -> Any:
    """A plain value with the place of another one."""
    if isinstance(value, (MarkedMap, MarkedList)):
        return value
    if isinstance(value, Mapping):
        mapping = MarkedMap(like.file, like.line)
        for key, member in value.items():
            mapping.put(key, marked(member, like))
        return mapping
    if isinstance(value, (list, tuple)):
        items = MarkedList(like.file, like.line)
        for item in value:
            items.put(marked(item, like))
        return items
    return value


def ref(name: str) -> dict[str, str]:
    """A `Ref`."""
    return {"Ref": name}


def get_att(name: str, attribute: str) -> dict[str, list[str]]:
    """A `Fn::GetAtt`."""
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str) -> dict[str, str]:
    """A `Fn::Sub`."""
    return {"Fn::Sub": text}


def identifier(text: str) -> str:
    """A text as part of a logical id: letters and digits only."""
    return re.sub(r"[^A-Za-z0-9]", "", text)


def digits(value: Any) -> str:
    """What SAM tells resources apart by that it makes for something: the beginning of its hash."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), sort_keys=True, default=str)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:10]


def stage_id_of(api_id: str, name: Any) -> str:
    """The id of an API's stage, with its name where that is written out, or with the hash of one of more than letters."""
    if not isinstance(name, str):
        return f"{api_id}Stage"
    return f"{api_id}{name}Stage" if name.isalnum() else f"{api_id}Stage{digits(name)}"


def copied(source: MarkedMap, names: Mapping[str, str] | Iterable[str]) -> MarkedMap:
    """Some properties, under new names where a mapping gives them, with their lines."""
    pairs = names if isinstance(names, Mapping) else {name: name for name in names}
    out = MarkedMap(source.file, source.line)
    for name, new in pairs.items():
        if source.get(name) is not None:
            out.put(new, source[name], source.lines.get(name, 0))
    return out


def is_plain(value: Any) -> bool:
    """Whether a value is a mapping that is not an intrinsic function."""
    if not isinstance(value, MarkedMap):
        return False
    return not (len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")))


def members(value: Any) -> list[Any]:
    """A list's items, or the one thing that stands where a list may."""
    return value if isinstance(value, list) else [] if value is None else [value]


class Maker:
    """Adds what is made from one SAM resource to the template, at that resource's line and under its condition."""

    def __init__(self, template: Template, logical_id: str, resource: MarkedMap) -> None:
        self.template = template
        self.id = logical_id
        self.resource = resource
        self.origin = template.resources.origin_of(logical_id)
        properties = resource.get("Properties")
        self.properties = properties if isinstance(properties, MarkedMap) else MarkedMap(resource.file, resource.line)

    def literal(self, value: Any) -> Any:
        """A value as SAM reads it: a parameter's value is in the place of what refers to it, as far as it is known."""
        form, inner = next(iter(value.items())) if isinstance(value, Mapping) and len(value) == 1 else ("", None)
        if form == "Ref":
            return self._parameter(inner, value)
        if form == "Fn::Sub" and isinstance(inner, str):
            text = _VARIABLE.sub(lambda found: str(self._parameter(found[1], found[0])), inner)
            return value if _VARIABLE.search(text) else text
        return value

    def _parameter(self, name: Any, otherwise: Any) -> Any:
        """The given value or the default of a parameter."""
        declaration = known_in(self.template.parameters, name)
        default = declaration.get("Default") if isinstance(declaration, Mapping) else None
        return (
            otherwise
            if declaration is None
            else self.template.given.get(name, otherwise if default is None else default)
        )

    @property
    def alias_id(self) -> str:
        """The id of the alias that SAM publishes for a function; "" where it publishes none."""
        name = self.literal(self.properties.get("AutoPublishAlias"))
        return "" if name is None else f"{self.id}Alias{identifier(name if isinstance(name, str) else '')}"

    @property
    def invoked(self) -> dict[str, Any]:
        """The ARN that events invoke: the published alias's, or the function's own."""
        return ref(self.alias_id) if self.alias_id else get_att(self.id, "Arn")

    def become(self, kind: str, properties: MarkedMap) -> None:
        """Turn the resource itself into one of another type; all but type and properties stays."""
        for key, value in (("Type", kind), ("Properties", properties)):
            self.resource.put(key, value, self.resource.lines.get(key, 0))

    def make(self, logical_id: str, kind: str, properties: Mapping[str, Any], like: MarkedMap | None = None) -> None:
        """Add a resource, unless the template has one of that id."""
        if logical_id in self.template.resources:
            return
        place = like or self.resource
        made = MarkedMap(place.file, place.line)
        made.put("Type", kind)
        if "Condition" in self.resource:
            made.put("Condition", self.resource["Condition"])
        made.put("Properties", marked(properties, place))
        line = place.line if like is not None else self.origin.line
        self.template.resources.put(logical_id, made, line)

    def alias(self, name: str, logical_id: str) -> None:
        """Let `ID.name` stand for something that was made."""
        self.template.aliases[f"{self.id}.{name}"] = logical_id
