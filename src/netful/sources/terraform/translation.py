"""The template for a plan during its creation: values of arguments, references, resources."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from netful.model.core.unknown import Unknown, known_in
from netful.sources.files.json_text import from_json
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.terraform.plan import Planned, items, mapping
from netful.sources.terraform.references import AttributeReference, Literal, Referring
from netful.sources.terraform.types import ATTRIBUTES, DEFAULTS, DOCUMENTS, FIREWALLS, LISTS, kind_of

_INVOCATION = ":lambda:path/2015-03-31/functions/"
_MADE_UP = re.compile(r"arn:.+|[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}")
"""An ARN, or an id that AWS generates: these are unique. Several objects may share a name."""


class Translation:
    """The resources of a template, made one by one from those of a plan (rules: `resources`).

    `ids` are those of a planned resource and its parts, by its address.
    """

    def __init__(self, file: str, resources: list[Planned], variables: dict[str, Any]) -> None:
        self.file = file
        self._planned = resources
        self.resources = MarkedMap(file, 1)
        self.ids: dict[str, list[str]] = {}
        self._referring = Referring(resources, variables)
        self._firewalls = {resource.address for resource in resources if resource.type == FIREWALLS}
        self._by_value = {
            value: AttributeReference(resource, name)
            for resource in resources
            for name in ("arn", "id")
            if isinstance(value := resource.values.get(name), str) and _MADE_UP.fullmatch(value)
        }

    def first(self, type_: str) -> Planned | None:
        """Return the first resource of a type."""
        return next((resource for resource in self._planned if resource.type == type_), None)

    def put(self, resource: Planned, kind: str, properties: dict[str, Any], part: str = "") -> None:
        """Add a resource, or a part of one."""
        made = MarkedMap(self.file, resource.line)
        made.put("Type", kind)
        made.put("Properties", self._marked({k: v for k, v in properties.items() if v is not None}, resource.line))
        self.resources.put(f"{resource.address}{part}", made, resource.line)
        self.ids.setdefault(resource.address, []).append(f"{resource.address}{part}")

    def value(self, resource: Planned, path: str) -> Any:
        """Return the value of an argument in a template's form (rules 2 and 3); None if it is left out."""
        *way, name = path.split(".")
        values, unknown, written = resource.values, resource.unknown, resource.expressions
        for step in way:
            values, unknown, written = (_first(mapping(each).get(step)) for each in (values, unknown, written))
        return self.argument(resource, name, mapping(values), mapping(unknown), mapping(written))

    def argument(
        self, resource: Planned, name: str, values: dict[str, Any], unknown: dict[str, Any], written: dict[str, Any]
    ) -> Any:
        """Return the value of an argument within a block."""
        value, expression = values.get(name), written.get(name)
        if value is not None and not _holds_true(unknown.get(name)):
            return self._known(value, name)
        if expression is None and not resource.module.configuration and _holds_true(unknown.get(name)):
            place = f"{resource.address}.{name}"
            return Unknown(f"`{place}` is known only after apply, and the plan has no configuration", (place,))
        if expression is None or (name in values and not _holds_true(unknown.get(name))):
            return None
        found = [
            self._node(each, resource) for each in self._referring.found(resource, expression, several=name in LISTS)
        ]
        if name in LISTS:
            return found or None
        if name == "vpc_endpoint_id":
            found = [one for one in found if self._is_firewall(one)] or found
        if len(found) == 1:
            return found[0]
        place = f"{resource.address}.{name}"
        return Unknown(f"`{place}` is known only after apply", (place,)) if found or expression else None

    def _is_firewall(self, node: Any) -> bool:
        return isinstance(node, dict) and node.get("Ref") in self._firewalls

    def required(self, resource: Planned, name: str) -> Any:
        """Return the value of an argument that every resource of its type has; unknown if the plan does not say it."""
        place = f"{resource.address}.{name}"
        value = self.value(resource, name)
        return Unknown(f"`{place}` is known only after apply", (place,)) if value is None else value

    def references(self, resource: Planned) -> list[dict[str, Any]]:
        """Return references to all resources that a resource's arguments refer to."""
        return [{"Ref": address} for address in self._addresses(resource, resource.expressions)]

    def awaited(self, resource: Planned) -> dict[str, None]:
        """Return the addresses of the resources after which Terraform creates a resource."""
        return self._addresses(resource, [resource.expressions, {"references": resource.depends_on}])

    def _addresses(self, resource: Planned, written: Any) -> dict[str, None]:
        named = [one.resource for one in self._named(resource, written) if isinstance(one, AttributeReference)]
        held = [one.resource for value in _leaves(resource.values) if (one := known_in(self._by_value, value))]
        return dict.fromkeys(one.address for one in (*named, *held))

    def _named(self, resource: Planned, written: Any) -> Iterator[AttributeReference | Literal | Unknown]:
        ahead: list[Any] = [written]
        while ahead:
            node = ahead.pop()
            if isinstance(node, dict) and "references" in node:
                yield from self._referring.found(resource, node, several=True)
            elif isinstance(node, dict | list):
                ahead += node.values() if isinstance(node, dict) else node

    def extend(self, made: MarkedMap, key: str, value: Any, said_by: Planned) -> None:
        """Add a value to a resource: a list grows, all else is set."""
        properties = made["Properties"]
        if not isinstance(value, list):
            properties.put(key, self._marked(value, said_by.line), said_by.line)
            return
        held = properties.get(key) or MarkedList(self.file, said_by.line)
        for item in value:
            held.put(self._marked(item, said_by.line))
        properties.put(key, held, said_by.line)

    def holder(self, node: Any) -> MarkedMap | None:
        """Return the resource that a reference names, or a role by its name."""
        name = _name_of(node)
        roles = (made for made in self.resources.values() if made["Properties"].get("RoleName") == name)
        found = self.resources.get(name) or next(roles, None)
        return found if isinstance(found, MarkedMap) else None

    def default_of(self, resource: Planned) -> Any:
        """Return the default resource of a VPC that a resource adopts, by the VPC or by its own id.

        None if neither is known.
        """
        named, attribute = DEFAULTS[kind_of(resource.type)]
        value = self.value(resource, named) if named else None
        vpc = self.value(resource, "vpc_id") if value is None else None
        return {"Fn::GetAtt": [_name_of(vpc), attribute]} if isinstance(vpc, dict) else value

    def _known(self, value: Any, name: str) -> Any:
        if name in DOCUMENTS and isinstance(value, str):
            try:
                return from_json(value)
            except json.JSONDecodeError:
                return value
        if isinstance(value, list):
            return [self._known(item, "") for item in value]
        target = known_in(self._by_value, value)
        return value if target is None else _reference(target)

    def _node(self, found: AttributeReference | Literal | Unknown, resource: Planned) -> Any:
        if isinstance(found, Unknown):
            return found
        if isinstance(found, Literal):
            return self._known(found.value, "")
        if kind_of(found.resource.type) in DEFAULTS and found.attribute == "id":
            adopted = self.default_of(found.resource)
            if adopted is not None:
                return adopted
        own = found.resource.values.get(found.attribute)
        if isinstance(own, (str, int, bool)) and found.attribute not in ("id", "arn") and own != "":
            return own
        return _reference(found) or Unknown(
            f"`{found.resource.address}.{found.attribute}` is known only after apply, which `{resource.address}` needs",
            (f"{found.resource.address}.{found.attribute}",),
        )

    def _marked(self, value: Any, line: int) -> Any:
        if isinstance(value, (MarkedMap, MarkedList)):
            return value
        if isinstance(value, dict):
            out = MarkedMap(self.file, line)
            for key, member in value.items():
                out.put(key, None if member is None else self._marked(member, line), line)
            return out
        if isinstance(value, (list, tuple)):
            listed = MarkedList(self.file, line)
            for item in value:
                listed.put(self._marked(item, line), line)
            return listed
        return value


def _reference(target: AttributeReference) -> dict[str, Any] | None:
    """Return the reference to a resource's attribute in a template; None if a template has no such attribute."""
    address, kind = target.resource.address, kind_of(target.resource.type)
    attribute = ATTRIBUTES.get((kind, target.attribute.partition("[")[0]))
    if kind == FIREWALLS and target.attribute.startswith("firewall_status"):
        return {"Ref": address}
    if (kind, target.attribute) == ("aws_lambda_function", "invoke_arn"):
        parts = [
            "arn:aws:apigateway:",
            {"Ref": "AWS::Region"},
            _INVOCATION,
            {"Fn::GetAtt": [address, "Arn"]},
            "/invocations",
        ]
        return {"Fn::Join": ["", parts]}
    if attribute == "Ref" or (attribute is None and target.attribute == "id"):
        return {"Ref": address}
    if attribute is None and target.attribute != "arn":
        return None
    return {"Fn::GetAtt": [address, attribute or "Arn"]}


def _name_of(node: Any) -> str:
    """Return the logical id that a reference names."""
    if isinstance(node, dict):
        named = node.get("Ref") or next(iter(node.get("Fn::GetAtt", [""])), "")
        return str(named)
    return str(node)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    else:
        yield value


def _first(value: Any) -> Any:
    """Return the first block under a block's name."""
    return next(iter(items(value)), {}) if isinstance(value, list) else value


def _holds_true(value: Any) -> bool:
    """Return whether any part of an argument is known only after apply."""
    members: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is True or any(map(_holds_true, members))


Maker = Callable[[Translation, Planned], None]
"""Makes further resources for a resource, or others in its place."""

Completion = Callable[[Translation, Planned], dict[str, Any]]
"""Returns the properties that a resource's type needs besides its arguments."""
