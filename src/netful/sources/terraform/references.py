"""References of an expression: to other resources, variables and outputs of modules, followed to the end.

A plan lists references, not expressions. So a reference to a resource with several instances means all of them for a
list, else the one of the same index, and is unknown otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from netful.model.core.frozen import Frozen
from netful.model.core.unknown import Unknown
from netful.sources.terraform.plan import Module, Planned, mapping, texts

_RESOURCE = re.compile(r"([a-z][a-z0-9_]*)\.([\w-]+)(\[(?:\d+|\"[^\"]*\")\])?(?:\.(.+))?")
_OUTPUT = re.compile(r"module\.([\w-]+)(\[(?:\d+|\"[^\"]*\")\])?\.([\w-]+)")
_VARIABLE = re.compile(r"var\.([\w-]+)")
_BESIDE = ("count.", "each.", "path.", "terraform.", "self.")
_MOST_STEPS = 12


class AttributeReference(Frozen, dict=True):
    """A referenced resource, and its attribute."""

    resource: Planned
    attribute: str


class Literal(Frozen, dict=True):
    """A value from a module's caller, or a default."""

    value: Any


Found = AttributeReference | Literal | Unknown


class Referring:
    """Follows references among the resources of one plan."""

    def __init__(self, resources: Iterable[Planned], variables: dict[str, Any]) -> None:
        self._variables = variables
        self._instances: dict[tuple[str, str, str], list[Planned]] = {}
        for resource in resources:
            key = (resource.module.address, resource.type, resource.name)
            self._instances.setdefault(key, []).append(resource)

    def found(self, resource: Planned, expression: Any, *, several: bool) -> list[Found]:
        """Return everything that an expression of a resource refers to."""
        return list(self._of(resource.module, resource, expression, several=several, steps=0))

    def _of(self, module: Module, asking: Planned, expression: Any, *, several: bool, steps: int) -> Iterator[Found]:
        written = mapping(expression)
        if "constant_value" in written:
            yield Literal(written["constant_value"])
            return
        named = texts(written.get("references"))
        wanted = [text for text in _longest(named) if not text.startswith(_BESIDE)]
        if steps > _MOST_STEPS or (named and not wanted):
            yield Unknown(f"`{asking.address}` depends on `{named[0]}`", (f"{asking.address}: {named[0]}",))
            return
        for text in wanted:
            yield from self._of_text(module, asking, text, several=several, steps=steps + 1)

    def _of_text(self, module: Module, asking: Planned, text: str, *, several: bool, steps: int) -> Iterator[Found]:
        if variable := _VARIABLE.match(text):
            yield from self._of_variable(module, asking, variable[1], several=several, steps=steps)
        elif output := _OUTPUT.match(text):
            child = module.child(output[1], output[2] or "")
            said = mapping(mapping(child.configuration.get("outputs")).get(output[3])) if child else {}
            if child is None or not said:
                yield _unknown(text, module)
            else:
                yield from self._of(child, asking, said.get("expression"), several=several, steps=steps)
        elif found := _RESOURCE.fullmatch(text):
            yield from self._of_resource(module, asking, found, text, several=several)
        else:
            yield _unknown(text, module)

    def _of_variable(self, module: Module, asking: Planned, name: str, *, several: bool, steps: int) -> Iterator[Found]:
        expression = mapping(module.call.get("expressions")).get(name)
        if module.parent is not None and expression is not None:
            yield from self._of(module.parent, asking, expression, several=several, steps=steps)
            return
        given = mapping(self._variables.get(name)) if module.parent is None else {}
        declared = mapping(mapping(module.configuration.get("variables")).get(name))
        value = given.get("value", declared.get("default"))
        yield _unknown(f"var.{name}", module) if value is None else Literal(value)

    def _of_resource(
        self, module: Module, asking: Planned, found: re.Match[str], text: str, *, several: bool
    ) -> Iterator[Found]:
        kind, name, index, attribute = found.groups()
        instances = self._instances.get((module.address, kind, name), [])
        if index:
            instances = [each for each in instances if each.index == index]
        elif len(instances) > 1 and not several:
            instances = [each for each in instances if each.index == asking.index]
        if not instances:
            yield _unknown(text, module)
        for instance in instances:
            yield AttributeReference(instance, attribute or "id")


def _longest(texts: Iterable[str]) -> list[str]:
    """Return the references without those that are prefixes of others: a plan lists `a.b.id`, and then `a.b`."""
    every = list(dict.fromkeys(texts))
    return [
        text
        for text in every
        if not any(other != text and other.startswith((f"{text}.", f"{text}[")) for other in every)
    ]


def _unknown(text: str, module: Module) -> Unknown:
    place = f"{module.address}.{text}" if module.address else text
    return Unknown(f"`{place}` is known only after apply", (place,))
