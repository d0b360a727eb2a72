"""Gateway responses: an API's changes to the responses of the gateway itself (api-gateway §5.14).

A response for a type wins entirely over one for its class (DEFAULT_4XX, DEFAULT_5XX); without a status it keeps that of the type.
Templates are not VTL: only `$context.x`, `$stageVariables.x` and `$method.request…` are replaced.
"""

import json
import re
from dataclasses import replace
from typing import Any

from netful.engine.http.gateway_errors import GatewayAnswer
from netful.engine.integrations.integration_responses import JSON, response_template
from netful.engine.integrations.parameter_mapping import Message, evaluate
from netful.model.apis.api import Api, GatewayResponse, RestApi
from netful.model.core import Frozen, whole_number

_HEADER = "gatewayresponse.header."
_NAME = r"(?:context|stageVariables|method\.request)(?:\.[\w-]+)+"
_OF_ERROR = re.compile(r"context\.error\.(?:message|messageString|responseType)$")
_REFERENCE = re.compile(rf"\$(?:\{{({_NAME})\}}|({_NAME}))")


class Shaped(Frozen):
    """A response in the form that the API defines."""

    status: int
    body: str
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


def shaped(api: Api | None, answer: GatewayAnswer, message: Message, accept: str) -> Shaped:
    """Return the response to send."""
    found = response_for(api, answer)
    if found is None:
        return Shaped(answer.status, answer.body, answer.content_type, answer.headers)
    content_type, body = JSON, answer.body
    template = response_template(found.response_templates, accept)
    if template is not None:
        content_type, body = template[0], _filled(template[1], answer, message)
    headers = tuple(
        (name.removeprefix(_HEADER), value)
        for name, expression in found.response_parameters.items()
        if name.startswith(_HEADER)
        and isinstance(expression, str)
        and (value := evaluate(expression, message)) is not None
    )
    return Shaped(whole_number(found.status_code, answer.status), body, content_type, headers)


def response_for(api: Api | None, answer: GatewayAnswer) -> GatewayResponse | None:
    """Return the API's gateway response; None if it defines none."""
    if not isinstance(api, RestApi) or not answer.response_type:
        return None
    whole_class = f"DEFAULT_{answer.status // 100}XX"
    return api.gateway_responses.get(answer.response_type) or api.gateway_responses.get(whole_class)


def predicted(api: Api | None, answer: GatewayAnswer) -> Shaped:
    """Return the response before it is sent; its body is "" if that depends on the call."""
    said = shaped(api, answer, Message(), "")
    found = response_for(api, answer)
    template = response_template(found.response_templates, "") if found is not None else None
    names = (one[1] or one[2] for one in _REFERENCE.finditer(template[1] if template is not None else ""))
    return said if all(map(_OF_ERROR.match, names)) else replace(said, body="")


def _filled(template: str, answer: GatewayAnswer, message: Message) -> str:
    text = next(iter(json.loads(answer.body).values()))
    error: dict[str, Any] = {"message": text, "messageString": json.dumps(text), "responseType": answer.response_type}
    if answer.detail:
        error["validationErrorString"] = answer.detail
    known = Message(message.values, message.body, {**message.context, "error": error}, message.stage_variables)
    return _REFERENCE.sub(lambda found: evaluate(found[1] or found[2], known) or "", template)
