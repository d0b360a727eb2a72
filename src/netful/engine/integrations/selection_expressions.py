r"""Selection expressions of WebSocket APIs: they give the key of a route, of a model or of a template.

| part of an expression | value |
|---|---|
| `${request.body.PATH}`, `$request.body.PATH` | a value of the message's JSON body |
| `${integration.response.statuscode}`, `….header.N`, `….multivalueheader.N` | a value of the integration's answer |
| `\$` | `$` |
| other text | the text |

Values are not evaluated again. Without an entry for the key, `$default` is chosen.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from netful.engine.integrations import http_parameter_mapping
from netful.engine.integrations.integration_responses import response_template
from netful.engine.integrations.parameter_mapping import Message
from netful.model.apis.integration import Integration, IntegrationResponse
from netful.model.core import Maybe

DEFAULT = "$default"
_VARIABLE = re.compile(r"\\\$|\$\{([^}]+)\}|\$((?:request|integration|context|stageVariables)\.[^$\\]+)")

_Entry = TypeVar("_Entry")


def key_of(expression: Maybe[str] | None, message: Message) -> str:
    """Return the key that an expression gives; `$default` if it gives none, or is not known."""
    if not isinstance(expression, str):
        return DEFAULT

    def value(found: re.Match[str]) -> str:
        reference = found[1] or found[2]
        return _value(reference, message) if reference else "$"

    return _VARIABLE.sub(value, expression) or DEFAULT


def _value(reference: str, message: Message) -> str:
    return http_parameter_mapping.evaluate(f"${reference.removeprefix('integration.')}", message) or ""


def chosen(entries: Mapping[str, _Entry], key: str) -> _Entry | None:
    """Return the entry for a key, else the one for `$default`."""
    return entries.get(key, entries.get(DEFAULT))


def template_key(integration: Integration, content_type: str, message: Message) -> str:
    """Return the key of the template for a request: what the expression gives, else the type of the body."""
    expression = integration.template_selection_expression
    return content_type if expression is None else key_of(expression, message)


def answer_template(
    response: IntegrationResponse, accept: str, body: str, status: int, headers: Mapping[str, Sequence[str]]
) -> str | None:
    """Return the template for an integration's answer; `body` is that of the request."""
    if response.template_selection_expression is None:
        found = response_template(response.response_templates, accept)
        return found[1] if found else None
    single = {name: values[-1:] for name, values in headers.items()}
    values: dict[str, Mapping[str, Sequence[str]]] = {"header": single, "multivalueheader": headers}
    values["statuscode"] = {"": [str(status)]}
    text = chosen(response.response_templates, key_of(response.template_selection_expression, Message(values, body)))
    return text if isinstance(text, str) else None
