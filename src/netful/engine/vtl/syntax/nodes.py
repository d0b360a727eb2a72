"""Syntax tree of a mapping template. `Block` is the content between two directives; `Expression` has a value."""

from __future__ import annotations

from typing import Any

from netful.model.core import Frozen


class Property(Frozen):
    """`.name`."""

    name: str


class MethodCall(Frozen):
    """`.name(arguments)`."""

    name: str
    arguments: tuple[Expression, ...]


class Index(Frozen):
    """`[key]`."""

    key: Expression


Step = Property | MethodCall | Index


class Reference(Frozen):
    """`$root` and the steps from there."""

    root: str
    steps: tuple[Step, ...] = ()


class Literal(Frozen):
    """A number, a boolean, or a string without anything to interpolate."""

    value: Any


class Interpolation(Frozen):
    """A double-quoted string, which is itself a template."""

    body: Block


class ListLiteral(Frozen):
    """`[a, b]`."""

    items: tuple[Expression, ...]


class MapLiteral(Frozen):
    """`{a: b}`."""

    entries: tuple[tuple[Expression, Expression], ...]


class Range(Frozen):
    """`[first..last]`, both ends included; it may descend."""

    first: Expression
    last: Expression


class Not(Frozen):
    """`!operand`."""

    operand: Expression


class Binary(Frozen):
    """`left operator right`; the operator is in its symbol form."""

    operator: str
    left: Expression
    right: Expression


Expression = Reference | Literal | Interpolation | ListLiteral | MapLiteral | Range | Not | Binary


class Text(Frozen):
    """Characters that print unchanged."""

    text: str


class Set(Frozen):
    """`#set($target = value)`."""

    target: Reference
    value: Expression


class If(Frozen):
    """`#if`, `#elseif` …, and `#else` as a branch without a condition."""

    branches: tuple[tuple[Expression | None, Block], ...]


class Foreach(Frozen):
    """`#foreach($name in source)`; `weight` is the length of the body's text."""

    name: str
    source: Expression
    body: Block
    weight: int


class Macro(Frozen):
    """`#macro(name $parameters…)`."""

    name: str
    parameters: tuple[str, ...]
    body: Block
    weight: int


class MacroCall(Frozen):
    """`#name(arguments…)`."""

    name: str
    arguments: tuple[Expression, ...]


class Define(Frozen):
    """`#define($name)`: a block that is rendered at each use of the name."""

    name: str
    body: Block
    weight: int


class EvaluateText(Frozen):
    """`#evaluate(text)`."""

    source: Expression


class Break(Frozen):
    """`#break`."""


class Stop(Frozen):
    """`#stop`."""


Node = Text | Reference | Set | If | Foreach | Macro | MacroCall | Define | EvaluateText | Break | Stop
Block = tuple[Node, ...]
