"""Values of arguments by their text in the configuration beside a plan, which itself has only the references in it.

Three texts do not settle a value:
- one that chooses by a value that is known only after apply
- one in a form that is not read (`syntax`, `functions`, `named_values`)
- one with other references than the plan has: it was changed after the plan was made
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from netful.model.core import texts
from netful.sources.terraform.plan import syntax
from netful.sources.terraform.plan.configuration_text import argument_texts
from netful.sources.terraform.plan.functions import MISSING, UNSETTLED, Lack, Unordered, call, is_same, settled
from netful.sources.terraform.plan.named_values import NamedValues, Scope, scope_of
from netful.sources.terraform.plan.planned_resources import Planned, mapping
from netful.sources.terraform.plan.source_lines import Configuration
from netful.sources.terraform.plan.syntax import Node, template_tree, tree
from netful.sources.terraform.plan.text_files import READ, TextFiles

_NAMED = re.compile(r"[\w-]+\.[\w-]+")
_DATA = syntax.Name("data")
_ASIDE = ("path.", "terraform.")
_TEMPLATES = ("templatefile", "templatestring")
_MOST_STEPS = 5_000_000
"""Nodes that are evaluated for one plan: loops within loops may have any number."""


class Evaluation:
    """Evaluates texts of one plan's configuration. One class, because each value may lead to any other one of the plan."""

    def __init__(
        self,
        resources: Iterable[Planned],
        variables: Mapping[str, Any],
        data: Mapping[str, Any],
        configuration: Configuration,
    ) -> None:
        self._configuration, self._files = configuration, TextFiles(configuration.plan)
        self._values = NamedValues(
            resources, variables, data, configuration, self._written, partial(self.argument, own=False)
        )
        self._found: dict[tuple[str, ...], Any] = {}
        self._steps = 0
        self._ways: Mapping[type[Node], Callable[[Any, Scope], Any]] = {
            syntax.Constant: lambda node, _: node.value,
            syntax.Joined: self._joined,
            syntax.Call: self._call,
            syntax.Choice: self._choice,
            syntax.Several: self._several,
            syntax.Object: self._object,
            syntax.Loop: self._loop,
            syntax.Member: self._member,
            syntax.Splat: self._splat,
            syntax.Name: lambda node, scope: scope.names.get(node.name, UNSETTLED),
        }

    def argument(self, resource: Planned, name: str, values: dict[str, Any], *, own: bool) -> Any:
        """Return the value of an argument of a resource (`own`), or of one of its blocks, which has these values.

        A block is one of those that are written, or made of the items of a list, whose other arguments have these values: the argument is
        settled if it is the same for all, or if as many blocks are alike: their order means nothing.
        """
        scope = scope_of(resource)
        written, named = (
            self._configuration.argument_texts(scope.module, scope.block, name),
            {*_named(resource.expressions, name)},
        )
        if any(one not in " ".join(written) for one in named) or (own and named and _has_others(written, named)):
            return UNSETTLED
        found = self._written(scope, scope.block, name, own=own)
        return found if own or settled(found) else self._in_items(resource, name, values)

    def _in_items(self, resource: Planned, name: str, values: dict[str, Any]) -> Any:
        items = [
            *self._blocks(resource, name, values),
            *self._dynamic(resource, name, values),
            *self._objects(resource),
        ]
        fitting = [one for one in items if one is None or _may_have(one, values, name)]
        found = [UNSETTLED if one is None else one[name] for one in fitting]
        if found and all(one == found[0] for one in found):
            return found[0]
        alike = _alike(resource, values)
        pairs = zip(alike, found, strict=True) if len(alike) == len(found) else ()
        return next((each for one, each in pairs if one is values), UNSETTLED)

    def _blocks(self, resource: Planned, name: str, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield the arguments of each block that is written with an argument."""
        scope = scope_of(resource)
        for body in self._configuration.bodies_with(scope.module, scope.block, name):
            texts = {one: [*argument_texts(body, one, own=True)] for one in (*values, name)}
            yield {one: self._of_text(scope, written[0]) for one, written in texts.items() if written}

    def _dynamic(self, resource: Planned, name: str, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield the arguments of each block that `dynamic` blocks with an argument make: of any item if the items are not settled."""
        for iterator, over, content in self._configuration.dynamic_blocks(resource.module, scope_of(resource).block):
            texts = {one: [*argument_texts(content, one, own=True)] for one in (*values, name)}
            items = _items(self._values.listed(self._of_text(scope_of(resource), over))) if texts[name] else ()
            for key, value in [(UNSETTLED, UNSETTLED)] if items is None else items:
                scope = scope_of(resource, {iterator: {"key": key, "value": value}})
                yield {one: self._of_text(scope, written[0]) for one, written in texts.items() if written}

    def _objects(self, resource: Planned) -> Iterator[Mapping[str, Any] | None]:
        """Yield the objects of arguments that have blocks in the form of a list; a plan lists written blocks likewise."""
        scope = scope_of(resource)
        for name, written in resource.expressions.items():
            value = dict.get(resource.values, name)
            is_list = isinstance(value, list) and any(isinstance(one, dict) for one in value)
            if (
                is_list
                and isinstance(written, dict)
                and self._configuration.argument_texts(scope.module, scope.block, name, own=True)
            ):
                items = self._written(scope, scope.block, name)
                yield from items if isinstance(items, list) and all(isinstance(one, dict) for one in items) else [None]

    def _written(self, scope: Scope, block: str, name: str, *, own: bool = True) -> Any:
        """Return the value of an argument that a block of a module has once."""
        key = (scope.module.address, scope.index, block, name, str(own))
        if key not in self._found:
            self._found[key] = UNSETTLED  # so for what leads back to itself
            texts = self._configuration.argument_texts(scope.module, block, name, own=own)
            self._found[key] = self._of_text(scope, texts[0]) if len(texts) == 1 else UNSETTLED
        return self._found[key]

    def _of_text(self, scope: Scope, text: str) -> Any:
        node = tree(text.strip())
        try:
            return UNSETTLED if node is None else self._of(node, scope)
        except RecursionError:
            return UNSETTLED

    def _of(self, node: Node, scope: Scope) -> Any:
        self._steps += 1
        return self._ways[type(node)](node, scope) if self._steps < _MOST_STEPS else UNSETTLED

    def _joined(self, node: syntax.Joined, scope: Scope) -> Any:
        return call("tostring", [self._of(one, scope) for one in node.parts])

    def _call(self, node: syntax.Call, scope: Scope) -> Any:
        arguments = [self._values.all_of(self._of(one, scope)) for one in node.arguments]
        if node.spread and not isinstance(arguments[-1], list):
            return UNSETTLED
        given = [*arguments[:-1], *arguments[-1]] if node.spread else arguments
        if node.function in _TEMPLATES:
            return self._template(scope, node.function, given)
        return self._files.call(node.function, given) if node.function in READ else call(node.function, given)

    def _template(self, scope: Scope, function: str, arguments: Sequence[Any]) -> Any:
        """Return a text with the values that it is given."""
        place, names = arguments if len(arguments) == 2 else (UNSETTLED, UNSETTLED)
        if not isinstance(place, str) or not isinstance(names, dict):
            return UNSETTLED
        text = self._files.text(place) if function == "templatefile" else place
        node = template_tree(text) if isinstance(text, str) else None
        return UNSETTLED if node is None else self._of(node, Scope(scope.module, names=names))

    def _choice(self, node: syntax.Choice, scope: Scope) -> Any:
        condition = self._of(node.condition, scope)
        if isinstance(condition, bool):
            return self._of(node.yes if condition else node.no, scope)
        yes, no = (self._of(one, scope) for one in (node.yes, node.no))
        return yes if yes == no else UNSETTLED

    def _several(self, node: syntax.Several, scope: Scope) -> Any:
        return _whole([self._of(one, scope) for one in node.items])

    def _object(self, node: syntax.Object, scope: Scope) -> Any:
        return _mapped([(self._of(key, scope), self._of(value, scope)) for key, value in node.members])

    def _loop(self, node: syntax.Loop, scope: Scope) -> Any:
        over = self._values.listed(self._of(node.over, scope))
        items = _items(over)
        if items is None:
            return UNSETTLED
        found = []
        for key, value in items:
            names = {**scope.names, **dict(zip(node.names, (key, value)[-len(node.names) :], strict=True))}
            inner = Scope(scope.module, scope.block, scope.index, names)
            wanted = True if node.condition is None else self._of(node.condition, inner)
            if not isinstance(wanted, bool) or self._steps >= _MOST_STEPS:
                return UNSETTLED
            if wanted:
                found.append((None if node.key is None else self._of(node.key, inner), self._of(node.value, inner)))
        if node.key is None:
            return _whole(_like(over, [each for _, each in found]))
        return _mapped(found)

    def _member(self, node: syntax.Member, scope: Scope) -> Any:
        key = self._of(node.key, scope)
        if isinstance(node.of, syntax.Name) and node.of.name not in scope.names:
            return self._values.named(scope, node.of.name, key)
        if isinstance(node.of, syntax.Member) and node.of.of == _DATA:
            return self._values.data(scope, self._of(node.of.key, scope), key)
        return self._values.inside(self._of(node.of, scope), key)

    def _splat(self, node: syntax.Splat, scope: Scope) -> Any:
        of = self._values.listed(self._of(node.of, scope))
        if not isinstance(of, list):
            return of if isinstance(of, Lack) else [] if of is None else UNSETTLED
        way = [self._of(key, scope) for key in node.way]
        return _whole(_like(of, [reduce(self._values.inside, way, one) for one in of]))


def _named(written: Mapping[str, Any], argument: str) -> Iterator[str]:
    """Yield the beginnings of the references that a plan has for an argument, also within blocks."""
    for name, one in written.items():
        if name == argument:
            yield from (found[0] for each in texts(mapping(one).get("references")) if (found := _NAMED.match(each)))
        for block in one if isinstance(one, list) else [one]:
            yield from _named(mapping(block), argument)


def _has_others(written: Sequence[str], named: set[str]) -> bool:
    """Return whether a text has a reference that a plan does not have for it; `path` and the like decide nothing."""
    every = (one for text in written for one in syntax.references(tree(text.strip())))
    try:
        return any(one not in named and not one.startswith(_ASIDE) for one in every)
    except RecursionError:
        return True


def _alike(resource: Planned, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the blocks of a resource that a plan shows alike, as these values and beside them; none for a block within another."""
    lists = (one for one in dict.values(resource.values) if isinstance(one, list))
    return [each for one in lists if any(held is values for held in one) for each in one if each == values]


def _may_have(item: Mapping[str, Any], values: dict[str, Any], name: str) -> bool:
    """Return whether an item that has an argument may be the block that has these values."""
    return name in item and not any(
        is_same(value, item.get(one, UNSETTLED)) is False for one, value in dict.items(values)
    )


def _items(of: Any) -> Sequence[tuple[Any, Any]] | None:
    """Return the keys and values over which a loop goes; None if they are not settled."""
    if isinstance(of, dict):
        return sorted(of.items(), key=lambda one: one[0])
    return [*enumerate(of)] if isinstance(of, list) else None


def _like(of: Any, items: list[Any]) -> list[Any]:
    """Return items in no order if those that they are made of have none."""
    return Unordered(items) if isinstance(of, Unordered) else items


def _whole(items: list[Any]) -> Any:
    """Return a list; Terraform fails at it where it fails at an item."""
    return MISSING if any(one is MISSING for one in items) else items


def _mapped(members: Sequence[tuple[Any, Any]]) -> Any:
    """Return an object of its keys and values likewise."""
    if any(MISSING in one for one in members):
        return MISSING
    keys = all(isinstance(key, (str, int)) and not isinstance(key, bool) for key, _ in members)
    return {str(key): value for key, value in members} if keys else UNSETTLED
