"""API Gateway's mapping templates: the Velocity Template Language as AWS offers it (api-gateway §5.7).

    text ── parser ──▶ nodes ── compiler ──▶ closures ── render(Scope) ──▶ text, and the overrides in the context

1. A template is compiled once and kept by its text; a render is calls of closures and dictionary look-ups.
2. Values are Java's to the eye: maps print `{a=1}`, arrays that came from JSON print as JSON, `7 / 2` is `3`.
3. What is undefined prints as nothing, as AWS was recorded to do; stock Velocity would print the reference.
4. Nothing but `TemplateError` (the text) and `RenderError` (the run) leaves this package, and no template can run for
   ever: loops, nesting, work and sizes are bounded (`limits`).
"""

from netful.engine.vtl.context import Context, Overrides, new_context, overrides_of
from netful.engine.vtl.scope import Parameters, Scope
from netful.engine.vtl.syntax.errors import BodyError, RenderError, TemplateError
from netful.engine.vtl.template import Template, compile_template

__all__ = [
    "BodyError",
    "Context",
    "Overrides",
    "Parameters",
    "RenderError",
    "Scope",
    "Template",
    "TemplateError",
    "compile_template",
    "new_context",
    "overrides_of",
]
