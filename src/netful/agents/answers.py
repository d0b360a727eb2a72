"""Answers to agents: a text that is short enough for a model, and the JSON beside it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent

import netful
from netful.render.visible import visible

MOST_CHARACTERS = 6_000
P = ParamSpec("P")


def answer(text: str, document: dict[str, Any]) -> CallToolResult:
    """Return an answer; the end of a long text is left out, and the text says so."""
    if len(text) > MOST_CHARACTERS:
        kept = text[:MOST_CHARACTERS].rsplit("\n", 1)[0]
        text = f"{kept}\n… {len(text) - len(kept)} more characters are left out: ask for less, or read the JSON"
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=visible(document))


def errors_named(tool: Callable[P, CallToolResult]) -> Callable[P, CallToolResult]:
    """Return the tool with netful's errors as errors of the tool, which the model reads."""

    @wraps(tool)
    def named(*args: P.args, **kwargs: P.kwargs) -> CallToolResult:
        try:
            return tool(*args, **kwargs)
        except netful.NetfulError as error:
            raise ToolError(str(error)) from None

    return named
