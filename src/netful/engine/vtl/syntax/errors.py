"""Errors of mapping templates.

NetfulError
├── TemplateError       the text is not VTL: line and column
└── RenderError         the text is VTL but fails for this request; API Gateway answers 500
    └── BodyError       the body starts as JSON and is not valid; API Gateway answers 400 to a caller
"""

from netful.model.core import NetfulError


class TemplateError(NetfulError):
    """A mapping template that cannot be compiled, with the place in its text."""

    def __init__(self, what: str, *, line: int, column: int, hint: str = "") -> None:
        super().__init__(f"{what} at line {line}, column {column} of the mapping template", hint=hint)
        self.line = line
        self.column = column


class RenderError(NetfulError):
    """A mapping template that fails on this request."""


class BodyError(RenderError):
    """A body that starts as JSON and is not valid (api-gateway §5.4)."""
