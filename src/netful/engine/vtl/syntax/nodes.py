"""Syntax tree of a mapping template. `Block` is the content between two directives; `Expression` has a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Property:
    """`.name`."""

    name: str


@dataclass(frozen=True, slots=True)
class MethodCall:
    """`.name(arguments)`."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """`[key]`."""

    key: Expression


Step = Property | MethodCall | Index


@dataclass(frozen=True, slots=True)
class Reference:
    """`$root` and the steps from there."""

    root: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a boolean, or a string without anything to interpolate."""

    value: Any


@dataclass(frozen=True, slots=True)
class Interpolation:
    """A double-quoted string, which is itself a template."""

    body: Block


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """`{a: b}`."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Range:
    """`[first..last]`, both ends included; it may descend."""

    first: Expression
    last: Expression


@dataclass(frozen=True, slots=True)
class Not:
    """`!operand`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`; the operator is in its symbol form."""

    operator: str
    left: Expression
    right: Expression


Expression = Reference | Literal | Interpolation | ListLiteral | MapLiteral | Range | Not | Binary


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that print unchanged."""

    text: str


@dataclass(frozen=True, slots=True)
class Set:
    """`#set($target = value)`."""

    target: Reference
    value: Expression


@dataclass(frozen=True, slots=True)
class If:
    """`#if`, `#elseif` …, and `#else` as a branch without a condition."""

    branches: tuple[tuple[Expression | None, Block], ...]


@dataclass(frozen=True, slots=True)
class Foreach:
    """`#foreach($name in source)`; `weight` is the length of the body's text."""

    name: str
    source: Expression
    body: Block
    weight: int


@dataclass(frozen=True, slots=True)
class Macro:
    """`#macro(name $parameters…)`."""

    name: str
    parameters: tuple[str, ...]
    body: Block
    weight: int


@dataclass(frozen=True, slots=True)
class MacroCall:
    """`#name(arguments…)`."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Define:
    """`#define($name)`: a block that is rendered at each use of the name."""

    name: str
    body: Block
    weight: int


@dataclass(frozen=True, slots=True)
class EvaluateText:
    """`#evaluate(text)`."""

    source: Expression


@dataclass(frozen=True, slots=True)
class Break:
    """`#break`."""


@dataclass(frozen=True, slots=True)
class Stop:
    """`#stop`."""


Node = Text | Reference | Set | If | Foreach | Macro | MacroCall | Define | EvaluateText | Break | Stop
Block = tuple[Node, ...]
