"""Macros that CloudFormation runs before it reads a template: `AWS::Include` and `Fn::ForEach`.

Rules:
1. An included file on this machine replaces the macro and keeps its own lines. One in S3 is searched by its name
   beside the template; if it is not found, the macro stays and its value is unknown.
2. `Fn::ForEach` is expanded with each value of its collection: `${Name}`, `&{Name}` and `Ref: Name` become the value.
   A `Condition` in it may be a function of mappings. A key without a value, as AWS's samples write one above an inner
   loop, makes nothing.
3. Other macros stay unchanged, except in the place of sections and of resources: there they are left out.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from netful.model.core import Maybe, Origin, SourceError, Unknown
from netful.sources.files import document
from netful.sources.files.complaint import fail
from netful.sources.files.document import Document, LeftOut
from netful.sources.files.marked import MarkedList, MarkedMap, rebuilt
from netful.sources.template import parameters
from netful.sources.template.intrinsics import Evaluator
from netful.sources.template.values import NO_VALUE, unknowns_in

_FOR_EACH = "Fn::ForEach::"
_MACRO, _INCLUDE, _OF_AWS = "Fn::Transform", "AWS::Include", "AWS::"
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Rules", "Globals", "Resources", "Outputs")
_MOST_ITEMS = 500
_DEEPEST_INCLUDE = 5
_USAGE = 'write `Fn::ForEach::Name: [Identifier, [values], {"Key${Identifier}": …}]`'


def expand(source: Document, given: Mapping[str, Any]) -> None:
    """Run the macros of a document in place."""
    if not source.has_macros or not isinstance(source.root, MarkedMap):
        return
    source.root = _Expansion(source, given).expanded(source.root)
    for macro, origin in _transforms(source.root):
        if isinstance(macro, MarkedMap) and macro.get("Name") == _INCLUDE:  # it includes into the whole template
            source.root.put(_MACRO, macro, origin.line)
            source.root = _Expansion(source, given).expanded(source.root)
            _leave_out(source, source.root)
        elif not _name(macro).startswith(_OF_AWS):
            _note(source, macro, origin)
    for section in (source.root, *(source.root.get(name) for name in _SECTIONS)):
        _leave_out(source, section)
    resources = source.root.get("Resources")
    for name, resource in [*resources.items()] if isinstance(resources, MarkedMap) else ():
        _leave_out(source, resource)
        if resource == {}:
            del resources[name]


def _transforms(root: MarkedMap) -> Iterator[tuple[Any, Origin]]:
    """Yield the macros of a whole template, with their places."""
    written = root.get("Transform")
    if isinstance(written, MarkedList):
        yield from ((macro, written.origin_of(index)) for index, macro in enumerate(written))
    elif written is not None:
        yield written, root.origin_of("Transform")


def _name(macro: Any) -> str:
    return str(macro.get("Name", "")) if isinstance(macro, MarkedMap) else str(macro)


def _leave_out(source: Document, section: Any) -> None:
    """Take a macro that was not run out of a section, and note it."""
    if isinstance(section, MarkedMap) and _MACRO in section:
        _note(source, section.pop(_MACRO), section.origin_of(_MACRO))


def _note(source: Document, macro: Any, origin: Origin) -> None:
    name = _name(macro)
    left, why = LeftOut(f"Transform: {name}", origin=origin), f"macro `{name}` is not run"
    if name == _INCLUDE:
        file = next(_texts(macro.get("Parameters")), "")
        left, why = LeftOut(f"{name}: {file}", (file,), origin=origin), f"`{name}` is left out, `{file}` is not here"
    source.left_out.append(left)
    source.warnings.append(f"{origin}: {why}: answers assume that it changes nothing")


def settled(node: Any, root: MarkedMap, given: Mapping[str, Any]) -> Any:
    """Return a value with results in place of the functions that only parameters and mappings decide."""
    return _settled(node, Evaluator(_Early(root, given)))


def _settled(node: Any, evaluator: Evaluator) -> Any:
    if isinstance(node, MarkedMap) and len(node) == 1 and next(iter(node)).startswith(("Ref", "Fn::")):
        with suppress(SourceError):
            value = evaluator.value(node)
            if not unknowns_in(value):
                return value
    return rebuilt(node, lambda member: _settled(member, evaluator))


class _Expansion:
    def __init__(self, source: Document, given: Mapping[str, Any], depth: int = 0) -> None:
        self._source = source
        self._given = given
        self._depth = depth
        root = source.root if isinstance(source.root, MarkedMap) else MarkedMap()
        self._evaluator = Evaluator(_Early(root, given))

    def expanded(self, node: Any) -> Any:
        """Return a value with its macros expanded."""
        if not isinstance(node, MarkedMap):
            return rebuilt(node, self.expanded)
        out = MarkedMap(node.file, node.line)
        for key, member in node.items():
            if key == _MACRO and self._include(member, out, node):
                continue
            if key.startswith(_FOR_EACH):
                self._repeat(member, node.origin_of(key), out)
            else:
                out.put(key, self.expanded(member), node.lines.get(key, 0))
        return out

    def _include(self, macro: Any, out: MarkedMap, node: MarkedMap) -> bool:
        """Put the content of an included file into a mapping; return False if the file does not exist here."""
        if not isinstance(macro, MarkedMap) or macro.get("Name") != _INCLUDE:
            return False
        arguments = macro.get("Parameters")
        location = arguments.get("Location") if isinstance(arguments, MarkedMap) else None
        file = self._included_file(location, node)
        if file is None:
            return False
        if self._depth >= _DEEPEST_INCLUDE:
            fail(f"files include one another more than {_DEEPEST_INCLUDE} deep", node.origin_of(_MACRO))
        included = document.read(file)
        self._source.warnings.extend(included.warnings)
        content = _Expansion(included, self._given, self._depth + 1).expanded(included.root)
        if not isinstance(content, MarkedMap):
            fail(f"the included file `{file}` is not a mapping", node.origin_of(_MACRO))
        for key, value in content.items():
            out[key] = value
            out.lines.setdefault(key, node.line)
        return True

    def _included_file(self, location: Any, node: MarkedMap) -> Path | None:
        """Return the file of a location: beside the template by its path, or by its name if it is in S3."""
        value = self._evaluator.value(location) if location is not None else ""
        text = value if isinstance(value, str) else next(_texts(location), "")
        at = replace(node.origin_of(_MACRO), file=node.file)
        file = document.beside(at, text)
        if file is None and re.match(r"s3://", text):
            file = document.beside(at, text.rsplit("/", 1)[-1])
            if file is not None:
                self._source.warnings.append(f"{node.origin_of('Fn::Transform')}: `{file}` is taken for `{text}`")
        return file

    def _repeat(self, loop: Any, origin: Origin, out: MarkedMap) -> None:
        if not isinstance(loop, list) or len(loop) != 3 or not isinstance(loop[0], (str, MarkedList)):
            fail("`Fn::ForEach` takes a name, a collection and a mapping", origin, hint=_USAGE)
        names, collection, body = loop
        values = self._evaluator.value(collection)
        if isinstance(values, Unknown):
            self._source.left_out.append(LeftOut("Fn::ForEach", values.needs, origin=origin))
            self._source.warnings.append(
                f"{origin}: `Fn::ForEach` is left out, its collection is unknown: {values.why}"
            )
            return
        if not isinstance(values, list) or not isinstance(body, MarkedMap) or not isinstance(names, str):
            fail("`Fn::ForEach` takes a name, a collection and a mapping", origin, hint=_USAGE)
        if len(values) > _MOST_ITEMS:
            fail(f"`Fn::ForEach` repeats {len(values)} times", origin, hint="CloudFormation allows 500 resources")
        for value in values:
            repeated = self.expanded(_replaced(body, names, str(value)))
            for key, member in repeated.items():
                if member is not None:
                    out.put(key, self._with_named_condition(member), repeated.lines.get(key, 0))
        if len(out) > _MOST_ITEMS * 4:
            fail("`Fn::ForEach` makes too many keys", origin, hint="CloudFormation allows 500 resources")

    def _with_named_condition(self, made: Any) -> Any:
        """Return what a loop makes, a function of mappings in its `Condition` replaced by the name that it gives, if any."""
        written = made.get("Condition") if isinstance(made, MarkedMap) else None
        if isinstance(written, MarkedMap):
            name = self._evaluator.value(written)
            if name is NO_VALUE:
                del made["Condition"]
            else:
                made["Condition"] = name
        return made


def _texts(node: Any) -> Iterator[str]:
    """Yield the texts within a value, so the path within `Fn::Sub` or `Fn::Join` is found."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for member in node.values():
            yield from _texts(member)
    elif isinstance(node, list):
        yield from (text for item in reversed(node) for text in _texts(item))


def _replaced(node: Any, name: str, value: str) -> Any:
    """Return a value with a loop's name replaced."""
    if isinstance(node, str):
        return node.replace("${" + name + "}", value).replace("&{" + name + "}", re.sub(r"[^A-Za-z0-9]", "", value))
    if isinstance(node, MarkedMap):
        if len(node) == 1 and node.get("Ref") == name:
            return value
        out = MarkedMap(node.file, node.line)
        for key, member in node.items():
            out.put(_replaced(key, name, value), _replaced(member, name, value), node.lines.get(key, 0))
        return out
    return rebuilt(node, lambda item: _replaced(item, name, value))


class _Early:
    """The scope of a collection: only parameters and mappings, which exist before all else."""

    region = ""

    def __init__(self, root: MarkedMap, given: Mapping[str, Any]) -> None:
        self._root = root
        self._given = given

    def ref(self, name: str, origin: Origin) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        declarations = self._root.get("Parameters")
        declaration = declarations.get(name) if isinstance(declarations, MarkedMap) else None
        if not isinstance(declaration, MarkedMap):
            return fail(
                f"the collection of `Fn::ForEach` refers to `{name}`", origin, hint="it can only use parameters"
            )
        return parameters.resolved(name, declaration, self._given.get(name))

    def attribute(self, logical_id: str, attribute: str, origin: Origin) -> Any:
        return fail(f"the collection of `Fn::ForEach` needs `{logical_id}.{attribute}`", origin, hint="use a parameter")

    def condition(self, name: str, origin: Origin) -> bool | Unknown:
        return fail(f"the collection of `Fn::ForEach` depends on condition `{name}`", origin, hint="use a parameter")

    def mapping(self, name: str, origin: Origin) -> Maybe[Mapping[str, Any]]:
        mappings = self._root.get("Mappings")
        found = mappings.get(name) if isinstance(mappings, MarkedMap) else None
        if isinstance(found, MarkedMap):
            return found
        if isinstance(mappings, MarkedMap) and _MACRO in mappings:
            return Unknown(f"mapping `{name}` is made by a macro", (f"mapping {name}",))
        return fail(f"mapping `{name}` is not defined", origin)

    def import_value(self, name: str, origin: Origin) -> Any:
        return fail(f"the collection of `Fn::ForEach` imports `{name}`", origin, hint="use a parameter")

    def import_matching(self, pattern: re.Pattern[str], origin: Origin) -> Any:
        return self.import_value(pattern.pattern, origin)

    def stack_output(self, stack: str, output: str) -> Any:
        return Unknown(f"output `{output}` of stack `{stack}` is not loaded", (f"{stack}.Outputs.{output}",))

    def supplied(self, reference: str) -> str | None:
        value = self._given.get(reference)
        return value if isinstance(value, str) else None
