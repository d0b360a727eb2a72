"""Methods that a template may call, and tables of them.

A table is keyed by name and number of arguments, as Java selects an overload. With an argument of the wrong kind the method does
not exist, which gives null in a template and not an error. A method that throws fails the whole render.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from netful.engine.vtl.syntax.errors import RenderError
from netful.model.core import Frozen


class Method(Frozen):
    """A function of the receiver and the arguments, and the kinds of the arguments.

    A method that `works` pays for what it does: its function takes the allowance first.
    """

    call: Callable[..., Any]
    takes: tuple[type, ...] = ()
    works: bool = False


Methods = dict[tuple[str, int], Method]


def methods(**of: Callable[..., Any] | Method | tuple[Callable[..., Any] | Method, ...]) -> Methods:
    """Return a table from `name=function` for no arguments, `name=Method(function, kinds)`, or a tuple of overloads."""
    table: Methods = {}
    for name, overloads in of.items():
        for overload in overloads if isinstance(overloads, tuple) else (overloads,):
            method = overload if isinstance(overload, Method) else Method(overload)
            table[name, len(method.takes)] = method
    return table


def out_of_bounds(index: int, length: int) -> NoReturn:
    """Return the exception that Java throws."""
    raise RenderError(f"index {index} is out of bounds for length {length}")
