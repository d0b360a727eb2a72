"""One render under way: its variables, what it has written, and what it may still spend."""

from __future__ import annotations

from typing import Any

from netful.engine.vtl import limits
from netful.engine.vtl.errors import RenderError


class Loop:
    """`$foreach`: where a loop is."""

    __slots__ = ("index", "length", "parent")

    def __init__(self, length: int, parent: Loop | None) -> None:
        self.index = 0
        self.length = length
        self.parent = parent


class Run:
    """The state of one render.

    `work` counts down the characters of template run and of text made. What is done once a loop only takes from it;
    every turn of a loop and every call of a macro looks whether something is left.
    """

    __slots__ = ("depth", "loop", "out", "variables", "work")

    def __init__(self, variables: dict[str, Any]) -> None:
        self.variables = variables
        self.out: list[str] = []
        self.loop: Loop | None = None
        self.depth = 0
        self.work = limits.WORK

    def spend(self, amount: int) -> None:
        """Pay for work, as long as there is something left."""
        self.work -= amount
        if self.work < 0:
            raise RenderError("the template does too much work", why=f"more than {limits.WORK} characters' worth")

    def enter(self, weight: int) -> None:
        """Into a macro, a defined block or an evaluated text, which `leave` ends."""
        self.spend(weight + 1)
        if self.depth >= limits.CALL_DEPTH:
            raise RenderError(f"macros call one another more than {limits.CALL_DEPTH} levels deep")
        self.depth += 1

    def leave(self) -> None:
        """Out of what `enter` began."""
        self.depth -= 1

    def written(self) -> str:
        """All that was printed."""
        if sum(map(len, self.out)) > limits.TEXT_LENGTH:
            raise RenderError(f"the template printed more than {limits.TEXT_LENGTH} characters")
        return "".join(self.out)
