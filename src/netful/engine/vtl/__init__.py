"""Mapping templates of API Gateway: the Velocity Template Language as AWS implements it (api-gateway §5.7).

    text ── parser ──▶ nodes ── compiler ──▶ closures ── render(Scope) ──▶ text, and the overrides in the context

1. A template is compiled once and cached by its text; a render is calls of closures and dictionary look-ups.
2. Values print as in Java: maps print `{a=1}`, arrays from JSON print as JSON, `7 / 2` is `3`.
3. An undefined reference prints nothing, as recorded on AWS; stock Velocity prints the reference.
4. Only `TemplateError` (the text) and `RenderError` (the run) leave this package. No template can run for ever: loops, nesting
   and sizes are bounded (`limits`), work by an allowance (`engine.effort`).
"""

from netful.engine.vtl.context import Context, Overrides, copied, new_context, overrides_of
from netful.engine.vtl.scope import Parameters, Scope
from netful.engine.vtl.syntax.errors import BodyError, RenderError, TemplateError
from netful.engine.vtl.template import LONGEST_IN_TURN, Template, compile_template, error_of, render_apart

__all__ = [
    "LONGEST_IN_TURN",
    "BodyError",
    "Context",
    "Overrides",
    "Parameters",
    "RenderError",
    "Scope",
    "Template",
    "TemplateError",
    "compile_template",
    "copied",
    "error_of",
    "new_context",
    "overrides_of",
    "render_apart",
]
