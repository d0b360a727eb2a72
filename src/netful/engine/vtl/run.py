"""State of one render: variables, output, and the allowance of work."""

from __future__ import annotations

from typing import Any

from netful.engine.effort import weight
from netful.engine.effort.allowance import Allowance
from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import RenderError


class Loop:
    """`$foreach`: the position of a loop."""

    __slots__ = ("index", "length", "parent")

    def __init__(self, length: int, parent: Loop | None) -> None:
        self.index = 0
        self.length = length
        self.parent = parent


class Run:
    """State of one render.

    `work` is the allowance. An iteration of a loop and a call of a macro cost the characters of their body; text that an
    expression makes costs its length, and a list or map that is printed or compared its weight.
    """

    __slots__ = ("depth", "loop", "out", "variables", "work")

    def __init__(self, variables: dict[str, Any], work: Allowance) -> None:
        self.variables = variables
        self.out: list[str] = []
        self.loop: Loop | None = None
        self.depth = 0
        self.work = work

    def pay_for(self, text: str) -> None:
        """Charge for text that was read or made. It may not be longer than a payload."""
        if len(text) > limits.TEXT_LENGTH:
            raise RenderError(f"a text of more than {limits.TEXT_LENGTH} characters")
        self.work.spend(len(text) >> 4)

    def weigh(self, value: Any) -> None:
        """Charge for a value that is printed or compared as a whole."""
        if not isinstance(value, str) and value is not None:
            weight.pay_for(self.work, value)

    def enter(self, characters: int) -> None:
        """Enter a macro, a defined block or an evaluated text of some characters; `leave` ends it."""
        self.work.spend(characters * limits.CHARACTER + limits.ENTRY)
        if self.depth >= limits.CALL_DEPTH:
            raise RenderError(f"macros call one another more than {limits.CALL_DEPTH} levels deep")
        self.depth += 1

    def leave(self) -> None:
        """Leave the innermost `enter`."""
        self.depth -= 1

    def written(self) -> str:
        """Return the whole output."""
        if sum(map(len, self.out)) > limits.TEXT_LENGTH:
            raise RenderError(f"the template printed more than {limits.TEXT_LENGTH} characters")
        return "".join(self.out)
