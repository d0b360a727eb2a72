"""Compiled mapping templates."""

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from netful.engine.effort.allowance import Allowance, BeyondAllowanceError
from netful.engine.vtl.compile_expressions import Execute
from netful.engine.vtl.compiler import Compiler, StopRender
from netful.engine.vtl.context import Context, settle
from netful.engine.vtl.run import Run
from netful.engine.vtl.scope import Scope
from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import RenderError, TemplateError
from netful.engine.vtl.syntax.parser import Parser

LONGEST_IN_TURN = 8 * 1024
"""Characters of the longest template that may be compiled in a turn."""


class Template:
    """A mapping template that can be rendered any number of times."""

    __slots__ = ("_execute",)

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def render(self, scope: Scope, work: Allowance | None = None) -> str:
        """Return the text for one request; values that the template sets in `$context` are in the scope's context afterwards.

        Raise BeyondAllowanceError if the render needs more than the allowance of a turn; without one it is done apart.
        """
        run = Run(scope.variables(), work or Allowance())
        try:
            self._run(run)
            settle(scope.context, run.work)
        except BeyondAllowanceError as error:
            if not run.work.apart:
                raise
            why = "its loops, macros, strings or paths multiply one another"
            raise RenderError("the template does too much work", why=why) from error
        except RecursionError as error:
            raise RenderError("values or calls too deep inside one another") from error
        except TemplateError as error:
            raise RenderError("`#evaluate` was given what is not a template", why=error.what) from error
        return _encodable(run.written())

    def _run(self, run: Run) -> None:
        with suppress(StopRender):
            self._execute(run)


def render_apart(text: str, scope: Scope, body: bytes) -> tuple[bytes, Context]:
    """Return the output of a template for a body, and the context afterwards; for a process apart.

    Raise RenderError, also for a broken template.
    """
    try:
        return compile_template(text).render(
            replace(scope, body=body.decode("utf-8", "replace"))
        ).encode(), scope.context
    except TemplateError as error:
        raise RenderError(error.what, hint=error.hint) from error


@lru_cache(maxsize=4096)
def compile_template(text: str) -> Template:
    """Compile a template; equal texts return the same object."""
    return Template(_execute(text))


def error_of(text: str) -> str:
    """Return why a template cannot be compiled; "" if it can, or if compiling it takes too long for a turn."""
    try:
        _ = compile_template(text) if len(text) <= LONGEST_IN_TURN else None
    except TemplateError as error:
        return error.what
    return ""


def _encodable(text: str) -> str:
    """Return the text with a question mark, as Java writes it, for half of a surrogate pair."""
    return text if text.isascii() else text.encode(errors="replace").decode()


@lru_cache(maxsize=256)
def _evaluated(text: str) -> Execute:
    """Compile a text of `#evaluate`; a separate cache, since such texts may come from requests."""
    return _execute(text)


def _execute(text: str) -> Execute:
    if len(text.encode(errors="replace")) > limits.TEMPLATE_BYTES:
        raise TemplateError(f"more than {limits.TEMPLATE_BYTES // 1024} KB", line=1, column=1)
    try:
        return Compiler(_evaluated).block(Parser(text).parse(text))
    except RecursionError as error:
        raise TemplateError("expression with too many operators", line=1, column=1) from error
