"""CloudFormation's intrinsic functions: from a value as written to the value as deployed.

Rules:
1. `Evaluator` implements the functions; its `Scope` (a stack) returns the values of names.
2. An unknown operand makes the result unknown and keeps its needs: `Fn::Sub` of an unknown is unknown. Only functions
   that pick (`Select`, `If`, `FindInMap`) stay known if the picked value is known.
3. Text is made as CloudFormation makes it: booleans are `true` and `false`, whole numbers have no point.
4. `AWS::NoValue` removes its key or item.
5. Every resulting mapping and list keeps its lines.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from types import MappingProxyType
from typing import Any

from netful.model.core import Origin, Unknown, mapping, whole_number
from netful.model.network.availability_zones import zone_names
from netful.sources.files.complaint import SURELY, close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.template.conditions import CONNECTIVES, truth
from netful.sources.template.scope import Scope
from netful.sources.template.values import NO_VALUE, as_text, in_text, merged, unknowns_in

SUBSTITUTION = re.compile(r"\$\{([^${}]+)\}")
DYNAMIC_REFERENCE = re.compile(r"\{\{(resolve:(?:ssm|ssm-secure|secretsmanager):[^}]+)\}\}")

_MOST_BLOCKS = 256


class Evaluator:
    """Resolves values in a scope. `more` are functions that exist only in a part of the template."""

    def __init__(self, scope: Scope, more: Mapping[str, Function] = MappingProxyType({})) -> None:
        self.scope = scope
        self._functions = {**FUNCTIONS, **more}

    def value(self, node: Any) -> Any:
        """Return the resolved value."""
        if isinstance(node, MarkedMap):
            return self._mapping(node)
        if isinstance(node, MarkedList):
            return self._list(node)
        if isinstance(node, str) and "{{resolve:" in node:
            return self._dynamic(node)
        return node

    def text(self, node: Any, origin: Origin) -> str | Unknown:
        """Return the resolved value, which must be a text."""
        return as_text(self.value(node), origin)

    def operands(self, argument: Any, origin: Origin, name: str, counts: tuple[int, ...]) -> list[Any]:
        """Return the unresolved operands of a function that takes a list."""
        if not isinstance(argument, list) or len(argument) not in counts:
            wanted = " or ".join(map(str, counts)) if len(counts) < 4 else f"{counts[0]} to {counts[-1]}"
            fail(f"`{name}` takes a list of {wanted}", origin, hint=_USAGE.get(name, ""))
        return argument

    def _mapping(self, node: MarkedMap) -> Any:
        if len(node) == 1:
            (name, argument) = next(iter(node.items()))
            function = self._functions.get(name)
            if function is not None:
                made = function(self, argument, node.origin_of(name))
                return self._dynamic(made) if isinstance(made, str) and "{{resolve:" in made else made
            if name.startswith("Fn::") and "::" in name.removeprefix("Fn::"):
                return Unknown(f"`!{name.removeprefix('Fn::')}` at {node.origin} is the tag of another tool")
            if name.startswith("Fn::"):
                known = f"known here: {', '.join(f'`{one}`' for one in self._functions)}"
                hint = close_match(name, self._functions, known, likeness=SURELY)
                fail(f"unknown function `{name}`", node.origin_of(name), hint=hint)
        out = MarkedMap(node.file, node.line)
        for key, member in node.items():
            value = self.value(member)
            if value is not NO_VALUE:
                out.put(key, value, node.lines.get(key, 0))
        return out

    def _list(self, node: MarkedList) -> MarkedList:
        out = MarkedList(node.file, node.line)
        for index, item in enumerate(node):
            origin = node.origin_of(index)
            value = self.value(item)
            if value is not NO_VALUE:
                out.put(value, origin.line)
        return out

    def _dynamic(self, text: str) -> str | Unknown:
        missing = []
        for match in DYNAMIC_REFERENCE.finditer(text):
            supplied = self.scope.supplied(match[1])
            if supplied is None:
                missing.append(match[1])
            else:
                text = text.replace(match[0], supplied)
        if missing:
            return Unknown(f"`{missing[0]}` is read at deployment", tuple(missing), text)
        return text


def _ref(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    name = evaluator.value(argument)
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else fail("`Ref` takes a name", origin, hint=_USAGE["Ref"])
    return evaluator.scope.ref(name, origin)


def _get_att(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    operands = [evaluator.value(part) for part in evaluator.operands(parts, origin, "Fn::GetAtt", (2, 3))]
    if unknowns := unknowns_in(operands):
        return merged(unknowns)
    logical_id, *attribute = (str(operand) for operand in operands)
    return evaluator.scope.attribute(logical_id, ".".join(attribute), origin)


def _sub(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    template, local = argument, MarkedMap()
    if isinstance(argument, list):
        template, *rest = evaluator.operands(argument, origin, "Fn::Sub", (1, 2))
        local = rest[0] if rest else local
    template = template if isinstance(template, str) else evaluator.value(template)
    if isinstance(template, Unknown):
        return template
    if not isinstance(template, str) or not isinstance(local, MarkedMap):
        fail("`Fn::Sub` takes a text, or a text and a mapping", origin, hint=_USAGE["Fn::Sub"])
    unknowns: list[Unknown] = []

    def replacement(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in local:
            value = evaluator.value(local[name])
        elif "." in name:
            logical_id, _, attribute = name.partition(".")
            value = evaluator.scope.attribute(logical_id, attribute, origin)
        else:
            value = evaluator.scope.ref(name, origin)
        text = "" if value is NO_VALUE else as_text(value, origin)
        if isinstance(text, Unknown):
            unknowns.append(text)
            return in_text(text)
        return text

    text = SUBSTITUTION.sub(replacement, template)
    return merged(unknowns, text) if unknowns else text


def _join(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    delimiter, node = evaluator.operands(argument, origin, "Fn::Join", (2,))
    items = evaluator.value(node)
    if isinstance(items, Unknown):
        return items
    if isinstance(items, str):
        return items
    if not isinstance(items, list):
        fail("`Fn::Join` takes a delimiter and a list", origin, hint=_USAGE["Fn::Join"])
    texts = [as_text(item, origin) for item in items]
    joined = str(delimiter).join(in_text(text) if isinstance(text, Unknown) else text for text in texts)
    unknowns = unknowns_in(texts)
    return merged(unknowns, joined) if unknowns else joined


_OF_DEPLOYMENT = "AWS::NotificationARNs"
"""List that a deployment gives."""


def _select(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    index_node, items_node = evaluator.operands(argument, origin, "Fn::Select", (2,))
    index = evaluator.value(index_node)
    items = evaluator.value(items_node)
    if unknowns := [u for u in (index, items) if isinstance(u, Unknown)]:
        return merged(unknowns)
    if isinstance(items, str):
        items = [part.strip() for part in items.split(",")]
    place = whole_number(index)
    if not isinstance(items, list) or place is None:
        fail("`Fn::Select` takes an index and a list", origin, hint=_USAGE["Fn::Select"])
    if place < len(items):
        return items[place]
    named = mapping(items_node).get("Ref")
    if isinstance(items_node, MarkedList) or named not in (None, _OF_DEPLOYMENT):
        fail(f"`Fn::Select` asks for item {index} of {len(items)}", origin, hint="the first item has the index 0")
    return Unknown(f"item {index} of the list at {origin} is decided by AWS")  # such as a part of a physical id


def _split(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    delimiter, node = evaluator.operands(argument, origin, "Fn::Split", (2,))
    text = evaluator.text(node, origin)
    if isinstance(text, Unknown):
        return text
    if not isinstance(delimiter, str) or not delimiter:
        fail("`Fn::Split` takes a delimiter and a text", origin, hint=_USAGE["Fn::Split"])
    return _listed(text.split(delimiter), origin)


def _listed(values: Iterable[Any], origin: Origin) -> MarkedList:
    items = MarkedList(origin.file, origin.line)
    for value in values:
        items.put(value)
    return items


def _find_in_map(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    operands = evaluator.operands(argument, origin, "Fn::FindInMap", (3, 4))
    default = (
        operands[3].get("DefaultValue", NO_VALUE) if len(operands) == 4 and isinstance(operands[3], dict) else NO_VALUE
    )
    keys = [evaluator.text(operand, origin) for operand in operands[:3]]
    if unknowns := unknowns_in(keys):
        return merged(unknowns)
    name, *path = (str(key) for key in keys)
    found: Any = evaluator.scope.mapping(name, origin)
    for key in path:
        if isinstance(found, Unknown):
            return found
        if isinstance(found, Mapping) and "Fn::Transform" in found and key not in found:
            return _transform(evaluator, found["Fn::Transform"], origin)
        if not isinstance(found, Mapping) or key not in found:
            if default is not NO_VALUE:
                return evaluator.value(default)
            names = found if isinstance(found, Mapping) else ()
            fail(f"mapping `{name}` has no `{key}`", origin, hint=close_match(key, names, f"it has {_some(names)}"))
        found = found[key]
    return evaluator.value(found)


def _some(names: Iterable[str]) -> str:
    first = [f"`{name}`" for name in names][:6]
    return ", ".join(first) or "no entries"


def _get_azs(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    region = evaluator.value("" if argument is None else argument)
    if isinstance(region, Unknown):
        return region
    return _listed(zone_names(str(region) or evaluator.scope.region), origin)


def _cidr(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    operands = evaluator.operands(argument, origin, "Fn::Cidr", (2, 3))
    values = [evaluator.text(operand, origin) for operand in operands]
    if unknowns := unknowns_in(values):
        return merged(unknowns)
    try:
        block = ip_network(str(values[0]), strict=False)
        count, bits = int(str(values[1])), int(str(values[2])) if len(values) > 2 else 8
        if not 1 <= count <= _MOST_BLOCKS:
            fail(f"`Fn::Cidr` is asked for {count} blocks", origin, hint=f"it gives 1 to {_MOST_BLOCKS}")
        subnets = block.subnets(new_prefix=block.max_prefixlen - bits)
        return _listed([str(subnet) for subnet, _ in zip(subnets, range(count), strict=False)], origin)
    except ValueError as error:
        return fail("`Fn::Cidr` cannot cut these blocks", origin, why=str(error), hint=_USAGE["Fn::Cidr"])


def _base64(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    text = evaluator.text(argument, origin)
    return text if isinstance(text, Unknown) else base64.b64encode(text.encode()).decode()


def _import_value(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    name = evaluator.text(argument, origin)
    if not isinstance(name, Unknown):
        return evaluator.scope.import_value(name, origin)
    pattern = _pattern(evaluator, argument, origin)
    found = evaluator.scope.import_matching(pattern, origin) if pattern else None
    return name if found is None else found


def _pattern(evaluator: Evaluator, argument: Any, origin: Origin) -> re.Pattern[str] | None:
    """Return the pattern of a name that `Fn::Sub` makes if some of its parts are unknown."""
    template = argument.get("Fn::Sub") if isinstance(argument, MarkedMap) and len(argument) == 1 else None
    if not isinstance(template, str):
        return None
    pattern, end = "", 0
    for match in SUBSTITUTION.finditer(template):
        part = _sub(evaluator, match[0], origin)
        pattern += re.escape(template[end : match.start()]) + (
            ".+" if isinstance(part, Unknown) else re.escape(str(part))
        )
        end = match.end()
    return re.compile(pattern + re.escape(template[end:]))


def _get_stack_output(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    written = argument if isinstance(argument, MarkedMap) else MarkedMap()
    names = [evaluator.text(written.get(key), origin) for key in ("StackName", "OutputName") if written.get(key)]
    if len(names) < 2:
        fail("`Fn::GetStackOutput` takes a stack's name and an output's", origin, hint=_USAGE["Fn::GetStackOutput"])
    if unknowns := unknowns_in(names):
        return merged(unknowns)
    stack, output = (str(name) for name in names)
    return evaluator.scope.stack_output(stack, output)


def _length(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    items = evaluator.value(argument)
    if isinstance(items, Unknown):
        return items
    if not isinstance(items, list):
        fail("`Fn::Length` takes a list", origin)
    return len(items)


def _to_json_string(evaluator: Evaluator, argument: Any, _origin: Origin) -> Any:
    value = evaluator.value(argument)
    if unknowns := unknowns_in(value):
        return merged(unknowns)
    return json.dumps(value, separators=(",", ":"))


def _transform(_: Evaluator, argument: Any, origin: Origin) -> Any:
    name = argument.get("Name", "") if isinstance(argument, Mapping) else argument
    return Unknown(f"macro `{name}` at {origin} runs at deployment", (f"macro {name}",))


def _if(evaluator: Evaluator, argument: Any, origin: Origin) -> Any:
    name, yes, no = evaluator.operands(argument, origin, "Fn::If", (3,))
    holds = evaluator.scope.condition(name, origin) if isinstance(name, str) else truth(evaluator, name, origin)
    if not isinstance(holds, Unknown):
        return evaluator.value(yes if holds else no)
    either = evaluator.value(yes), evaluator.value(no)
    return either[0] if either[0] == either[1] else holds


Function = Callable[[Evaluator, Any, Origin], Any]
FUNCTIONS: dict[str, Function] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _get_azs,
    "Fn::Cidr": _cidr,
    "Fn::Base64": _base64,
    "Fn::ImportValue": _import_value,
    "Fn::GetStackOutput": _get_stack_output,
    "Fn::Length": _length,
    "Fn::ToJsonString": _to_json_string,
    "Fn::Transform": _transform,
    **CONNECTIVES,
}

_USAGE = {
    "Ref": "write `!Ref Name`",
    "Fn::GetAtt": "write `!GetAtt LogicalId.Attribute`",
    "Fn::Sub": 'write `!Sub "text ${Name}"`, or `!Sub [text, {Name: value}]`',
    "Fn::Join": 'write `!Join [",", [a, b]]`',
    "Fn::Select": "write `!Select [0, list]`",
    "Fn::Split": 'write `!Split [",", text]`',
    "Fn::If": "write `!If [ConditionName, value if true, value if false]`",
    "Fn::FindInMap": "write `!FindInMap [MapName, TopLevelKey, SecondLevelKey]`",
    "Fn::Cidr": "write `!Cidr [block, count, host bits]`, such as `!Cidr [10.0.0.0/16, 4, 8]`",
    "Fn::GetStackOutput": "write `Fn::GetStackOutput: {StackName: name, OutputName: name}`",
    "Fn::Equals": "write `!Equals [left, right]`",
    "Fn::Not": "write `!Not [condition]`",
}
