"""References of an expression: to other resources, variables and outputs of modules, followed to the end.

A plan lists references, not expressions. Rules:
0. What an argument's text settles needs none of this (`evaluation`). A local value is known by its text alone.
1. A reference to a resource with several instances means the one of the index that is written, of the value of `each.value`, or of the
   same index if the expression counts (`count.index`, `each.key`). Otherwise it means all of them for a list; beside `each.` this is an
   assumption. A single value is unknown.
2. `each.value` is the instance of the same index, if `for_each` is a resource or a module. Its value is known if `for_each` is written down.
3. A value that is known only after apply comes from a resource. Beside one, literals and resources without instances decide nothing;
   texts belong to a list. Beside literals alone, it comes from `each.value`.
4. Lists of several resources (`a[*].id` and `b[*].id`) may be joined, or one replaces the other: all of them are an assumption.
5. Several resources beside a switch (a literal that is true, false or a number) may be alternatives: unknown. `each.value` is one
   beside lists of several resources.
6. A value within the map of `for_each` (`each.value.x`) that is known only after apply may be any reference in that map of the kind that
   the argument needs: the only one is an assumption, and for a list the instances of the only resource. A resource that the expression
   names too is an alternative. The map may be that of a module, which gives the value on.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.model.core import Frozen, Unknown, texts
from netful.sources.terraform.plan.planned_resources import Module, Planned, index_of, mapping

_INDEX = r"(\[(?:\d+|\"[^\"]*\")\])?"
_RESOURCE = re.compile(rf"([a-z][a-z0-9_]*)\.([\w-]+){_INDEX}(?:\.(.+))?")
_OUTPUT = re.compile(rf"module\.([\w-]+){_INDEX}\.([\w-]+){_INDEX}")
_CALL = re.compile(r"module\.[\w-]+")
_VARIABLE = re.compile(rf"var\.([\w-]+){_INDEX}")
_EACH = re.compile(r"each\.value(?:\.([\w-]+))?")
_OF_DOCUMENT = "data."
COUNTING = ("count.", "each.")
SAME_INDEX = ("count.", "each.key")
_BESIDE = (*COUNTING, "path.", "terraform.", "self.")
_MOST_STEPS = 12
_DEFAULT = "default"


class AttributeReference(Frozen, dict=True):
    """A referenced resource, and its attribute, `id` if none is written. `whole`: that is so of all instances, as of `[*]`."""

    resource: Planned
    attribute: str
    whole: bool = False
    written: bool = True


class Literal(Frozen, dict=True):
    """A value from a module's caller, or a default."""

    value: Any


Found = AttributeReference | Literal | Unknown


class _Asking(Frozen, dict=True):
    """An instance whose argument is followed: of a resource, or of a module whose caller gives the value.

    `several`: the argument is a list. `alike`: the expression counts, so it means instances of the same index. `made_for` is the
    expression of its `for_each`; `values` are those of `each.value` that the expression names, as indexes.
    """

    address: str
    several: bool
    alike: bool
    made_for: Any = None
    values: tuple[str, ...] = ()

    @property
    def index(self) -> str:
        return index_of(self.address)


class Referring:
    """Follows references among the resources of one plan."""

    def __init__(
        self, resources: Iterable[Planned], variables: dict[str, Any], data: Mapping[str, dict[str, Any]]
    ) -> None:
        self._variables, self._data = variables, data
        self._instances: dict[tuple[str, str, str], dict[str, Planned]] = {}
        for resource in resources:
            key = (resource.module.address, resource.type, resource.name)
            self._instances.setdefault(key, {})[resource.index] = resource

    def found(self, resource: Planned, expression: Any, *, several: bool) -> list[Found]:
        """Return everything that an expression of a resource refers to."""
        made_for = resource.module.written(resource.type, resource.name).get("for_each_expression")
        values = self._values(resource.module, made_for, index_of(resource.address), expression)
        asking = _Asking(resource.address, several, counts(expression, SAME_INDEX), made_for, values)
        return list(self._of(resource.module, asking, expression, steps=0))

    def within_each(self, resource: Planned, expression: Any) -> list[AttributeReference]:
        """Return the references in the map of a resource's `for_each`, if an expression names a value within it (rule 6)."""
        made_for = resource.module.written(resource.type, resource.name).get("for_each_expression")
        return [*self._in_maps(resource.module, resource.address, made_for, expression, steps=0)]

    def _in_maps(
        self, module: Module, address: str, made_for: Any, expression: Any, *, steps: int
    ) -> Iterator[AttributeReference]:
        """Yield the references in the map of which an expression names a value; also of one that the expression is given."""
        named = texts(mapping(expression).get("references"))
        if any(map(_EACH.fullmatch, named)):
            found = self._of(module, _Asking(address, several=True, alike=False), made_for, steps=0)
            yield from (one for one in found if isinstance(one, AttributeReference))
            named = [*named, *texts(mapping(made_for).get("references"))]
        given = mapping(module.call.get("expressions")) if steps <= _MOST_STEPS else {}
        for variable in filter(None, map(_VARIABLE.fullmatch, named)):
            if module.parent is not None and variable[1] in given:
                calls = module.call.get("for_each_expression")
                yield from self._in_maps(module.parent, module.address, calls, given[variable[1]], steps=steps + 1)

    def meant(self, resource: Planned, expression: Any, *, several: bool) -> list[Found]:
        """Return the resources and values that an expression means (rules 3 and 5)."""
        found = self.found(resource, expression, several=several)
        named = {(one.resource.address, one.attribute): one for one in found if isinstance(one, AttributeReference)}
        if not named and not several:
            return found
        values = [one.value for one in found if isinstance(one, Literal)]
        switched = any(isinstance(value, bool | int | float) for value in values)
        if several and switched and len({_without_index(address) for address, _ in named}) > 1:
            place = f"{resource.address}: a condition"
            return [Unknown(f"`{resource.address}` chooses among resources", (place,), of_stack=True)]
        written = [item for value in values for item in (value if isinstance(value, list) else [value])]
        beside = [Literal(item) for item in written if several and isinstance(item, str)]
        return [*named.values(), *beside, *(one for one in found if isinstance(one, Unknown))]

    def _of(self, module: Module, asking: _Asking, expression: Any, *, steps: int) -> Iterator[Found]:
        written = mapping(expression)
        if "constant_value" in written:
            yield Literal(written["constant_value"])
            return
        named = texts(written.get("references"))
        wanted = [text for text in longest(named) if not text.startswith(_BESIDE)]
        if steps > _MOST_STEPS or (named and not wanted):
            yield from self._of_each(module, asking, named, steps=steps + 1)
            return
        found = [one for text in wanted for one in self._of_text(module, asking, text, steps=steps + 1)]
        yield from found
        by_each = any(map(_EACH.fullmatch, named))
        if are_lists(found) and by_each:
            yield Literal(value=True)
        if by_each and all(isinstance(one, Literal) for one in found):
            yield from self._of_each(module, asking, named, steps=steps + 1)

    def _of_text(self, module: Module, asking: _Asking, text: str, *, steps: int) -> Iterator[Found]:
        if variable := _VARIABLE.match(text):
            name, index = variable.groups()
            yield from _picked(
                [*self._of_variable(module, _whole(asking, index), name, steps=steps)], index, text, module
            )
        elif output := _OUTPUT.match(text):
            call, instance, name, index = output.groups()
            child = module.child(call, instance or "")
            said = mapping(mapping(child.configuration.get("outputs")).get(name)) if child else {}
            if child is None or not said:
                yield _unknown(text, module)
            else:
                of_output = self._of(child, _whole(asking, index), said.get("expression"), steps=steps)
                found_of = _picked([*of_output], index, text, module)
                yield from (_with_attribute(one, text[output.end() :]) for one in found_of)
        elif (read := self._read(module, text)) is not None:
            yield Literal(read)
        elif found := _RESOURCE.fullmatch(text.removeprefix(_OF_DOCUMENT)):
            yield from self._of_resource(module, asking, found, text)
        else:
            yield _unknown(text, module)

    def _read(self, module: Module, text: str) -> Any:
        """Return the value of an attribute of data that the plan has read; None for another reference."""
        address, _, attribute = f"{module.address}.{text}".lstrip(".").rpartition(".")
        return self._data.get(address, {}).get(attribute)

    def _of_each(self, module: Module, asking: _Asking, named: list[str], *, steps: int) -> Iterator[Found]:
        """Yield the instance of another resource that a resource or module is made for (rule 2)."""
        each = next(filter(None, map(_EACH.fullmatch, named)), None)
        if each is not None and (call := _CALL.fullmatch("".join(texts(mapping(asking.made_for).get("references"))))):
            yield from self._of_text(module, asking, f"{call[0]}{asking.index}.{each[1]}", steps=steps)
            return
        followed = each is not None and asking.made_for is not None and steps <= _MOST_STEPS
        chained = _Asking(asking.address, several=False, alike=True)
        found = [*self._of(module, chained, asking.made_for, steps=steps)] if followed else []
        one = found[0] if len(found) == 1 else None
        if each is not None and isinstance(one, AttributeReference) and not (one.written and each[1]):
            yield AttributeReference(one.resource, one.attribute if one.written else each[1] or "id")
        else:
            place = f"{asking.address}: {named[0]}"
            yield Unknown(f"`{asking.address}` depends on `{named[0]}`", (place,), of_stack=True)

    def _of_variable(self, module: Module, asking: _Asking, name: str, *, steps: int) -> Iterator[Found]:
        expression = mapping(module.call.get("expressions")).get(name)
        if module.parent is not None and expression is not None:
            made_for = module.call.get("for_each_expression")
            alike = counts(expression, SAME_INDEX)
            address = module.address if alike else asking.address
            values = self._values(module.parent, made_for, index_of(module.address), expression)
            caller = _Asking(address, asking.several, asking.alike or alike, made_for, values)
            yield from self._of(module.parent, caller, expression, steps=steps)
            return
        given = mapping(self._variables.get(name)) if module.parent is None else {}
        declared = mapping(mapping(module.configuration.get("variables")).get(name))
        written = given if "value" in given else {"value": declared[_DEFAULT]} if _DEFAULT in declared else {}
        yield Literal(written["value"]) if written else _unknown(f"var.{name}", module)

    def _values(self, module: Module, made_for: Any, index: str, expression: Any) -> tuple[str, ...]:
        """Return the values of `each.value` that an expression names and that are written down, in the form of indexes (rule 2)."""
        named = [
            found[1] or "" for text in texts(mapping(expression).get("references")) if (found := _EACH.fullmatch(text))
        ]
        if not named:
            return ()
        asking = _Asking("", several=True, alike=False)
        written = [one.value for one in self._of(module, asking, made_for, steps=0) if isinstance(one, Literal)]
        each = mapping(written[0]).get(index[2:-2]) if len(written) == 1 else None
        held = [mapping(each).get(name) if name else each for name in named]
        return tuple(f'["{one}"]' for value in held for one in (value if isinstance(value, list) else [value]) if one)

    def _of_resource(self, module: Module, asking: _Asking, found: re.Match[str], text: str) -> Iterator[Found]:
        kind, name, index, attribute = found.groups()
        every = self._instances.get((module.address, kind, name), {})
        instances = [*every.values()] if asking.several or len(every) == 1 else []
        if index:
            instances = _at(every, index)
        elif len(every) > 1:
            instances = _at(every, *asking.values) or (_at(every, asking.index) if asking.alike else []) or instances
        if not instances and (every or not module.written(kind, name)):
            yield _unknown(text, module)
        whole = attribute is None and len(instances) == len(every)
        for instance in instances:
            yield AttributeReference(instance, attribute or "id", whole=whole, written=attribute is not None)


def _at(instances: Mapping[str, Planned], *indexes: str) -> list[Planned]:
    return [instances[one] for one in indexes if one in instances]


def types_meant(module: Module | None, text: str, *, steps: int = 0) -> Iterator[str]:
    """Yield the types of the resources that a reference leads to, through variables and outputs of modules."""
    expression: Any = None
    if variable := _VARIABLE.match(text):
        expression = mapping(module.call.get("expressions")).get(variable[1]) if module else None
        module = module.parent if module else None
    elif output := _OUTPUT.match(text):
        module = module.child(output[1], output[2] or "") if module else None
        said = mapping(module.configuration.get("outputs")).get(output[3]) if module else None
        expression = mapping(said).get("expression")
    else:
        yield text.partition(".")[0]
    if steps <= _MOST_STEPS:
        for one in texts(mapping(expression).get("references")):
            yield from types_meant(module, one, steps=steps + 1)


def after_apply(place: str, more: str = "") -> Unknown:
    """Return an unknown value of one of the plan's resources. `more` completes the reason."""
    return Unknown(f"`{place}` is known only after apply{more}", (place,), of_stack=True)


def counts(expression: Any, beginnings: tuple[str, ...] = COUNTING) -> bool:
    """Return whether an expression names what differs between the instances of its resource."""
    return any(text.startswith(beginnings) for text in texts(mapping(expression).get("references")))


def _whole(asking: _Asking, index: str | None) -> _Asking:
    """Return an asking for the whole list of which an index means one."""
    return _Asking(asking.address, several=True, alike=asking.alike, made_for=asking.made_for) if index else asking


def _picked(found: list[Found], index: str | None, text: str, module: Module) -> list[Found]:
    """Return what an index of a list or map means: the resource of that number or key."""
    named = [one for one in found if isinstance(one, AttributeReference)]
    if not index or not named:
        return found
    meant = [one for one in named if one.resource.index == index]
    if index[1:-1].isdigit():
        meant = named[int(index[1:-1]) :][:1] if len(named) == len(found) else []
    return [replace(one, whole=False) for one in meant] if len(meant) == 1 else [_unknown(text, module)]


def _with_attribute(found: Found, rest: str) -> Found:
    """Return an output that is a whole resource with the attribute that is written after it (`module.alb.listeners["http"].arn`)."""
    if not isinstance(found, AttributeReference) or found.written or not rest.startswith("."):
        return found
    return AttributeReference(found.resource, rest[1:], whole=found.whole)


def are_lists(found: Iterable[Found]) -> bool:
    """Return whether an expression names the lists of several resources (rule 4)."""
    return (
        len(
            {_without_index(one.resource.address) for one in found if isinstance(one, AttributeReference) and one.whole}
        )
        > 1
    )


def are_all(found: Iterable[Found]) -> bool:
    """Return whether an expression names all instances of a resource that has several."""
    named = [_without_index(one.resource.address) for one in found if isinstance(one, AttributeReference) and one.whole]
    return len(named) > len({*named})


def _without_index(address: str) -> str:
    return re.sub(rf"{_INDEX}$", "", address)


def longest(texts: Iterable[str]) -> list[str]:
    """Return the references without those that are prefixes of others: a plan lists `a.b.id`, and then `a.b`."""
    every = list(dict.fromkeys(texts))
    return [
        text
        for text in every
        if not any(other != text and other.startswith((f"{text}.", f"{text}[")) for other in every)
    ]


def _unknown(text: str, module: Module) -> Unknown:
    return after_apply(f"{module.address}.{text}" if module.address else text)
