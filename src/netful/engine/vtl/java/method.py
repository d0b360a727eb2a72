"""A method that a template may call, and how a table of them is written.

A table is keyed by name and number of arguments, as Java picks an overload; an argument of the wrong kind means that
there is no such method, which in a template is null and not an error. A method that throws fails the whole render.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from netful.engine.vtl.syntax.errors import RenderError


@dataclass(frozen=True, slots=True)
class Method:
    """What is called with the receiver and the arguments, and what kinds those must be."""

    call: Callable[..., Any]
    takes: tuple[type, ...] = ()


Methods = dict[tuple[str, int], Method]


def methods(**of: Callable[..., Any] | Method | tuple[Callable[..., Any] | Method, ...]) -> Methods:
    """A table from `name=function` for no arguments, `name=Method(function, kinds)`, or a tuple of overloads."""
    table: Methods = {}
    for name, overloads in of.items():
        for overload in overloads if isinstance(overloads, tuple) else (overloads,):
            method = overload if isinstance(overload, Method) else Method(overload)
            table[name, len(method.takes)] = method
    return table


def out_of_bounds(index: int, length: int) -> NoReturn:
    """What Java throws."""
    raise RenderError(f"index {index} is out of bounds for length {length}")
