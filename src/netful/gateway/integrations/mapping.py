"""Mappings of REST APIs: the request for the integration, and its answer for the client (api-gateway §5.4, §5.5, §5.9)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netful.engine.http.gateway_errors import BAD_JSON, INTERNAL_ERROR, UNSUPPORTED_MEDIA, GatewayAnswer
from netful.engine.http.header_rules import fails, returned_name
from netful.engine.http.media_types import Conversion, request_conversion, response_conversion
from netful.engine.integrations.integration_responses import (
    Passthrough,
    declares,
    request_template,
    response_template,
    select,
)
from netful.engine.integrations.parameter_mapping import Message, evaluate, is_broken
from netful.engine.vtl import (
    BodyError,
    Context,
    Overrides,
    Parameters,
    RenderError,
    Scope,
    TemplateError,
    compile_template,
    new_context,
    overrides_of,
)
from netful.gateway.calls.body_conversion import converted
from netful.gateway.calls.call import Call, headers_of
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault, misconfigured
from netful.model.apis.integration import IntegrationResponse
from netful.model.core.numbers import whole_number
from netful.model.core.unknown import Maybe
from netful.services.http.message import Response

log = logging.getLogger(__name__)

_REQUEST_HEADER, _RESPONSE_HEADER = "integration.request.header.", "method.response.header."
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Mapped:
    """Body for the integration, and the context of both templates: the second sees what the first sets in it."""

    body: bytes
    context: Context


def request_body(call: Call) -> Mapped:
    """Return the body that the integration gets; raises Fault where it accepts none of its type."""
    context = new_context(request_context(call))
    found = request_template(call.integration, call.request.header("content-type"))
    if found is Passthrough.REFUSE:
        raise Fault(UNSUPPORTED_MEDIA)
    content_type = call.request.header("content-type")
    conversion = request_conversion(call.api, content_type, call.integration.content_handling)
    body = converted(call.request.body, conversion)
    if isinstance(found, Passthrough):
        return Mapped(body, context)
    text = _rendered(call, found, body.decode("utf-8", "replace"), context, wrong_body=BAD_JSON)
    return Mapped(text.encode(), context)


def refuse_headers(call: Call) -> None:
    """Raise Fault where the request mapping names a header that must not be set, whatever becomes of the others (§5.3)."""
    names = (name for name in call.integration.request_parameters if name.startswith(_REQUEST_HEADER))
    _refuse(call, (name.removeprefix(_REQUEST_HEADER) for name in names))


def _refuse(call: Call, names: Iterable[str]) -> None:
    failing = next((name for name in names if fails(str(call.integration.type), name)), "")
    if failing:
        raise misconfigured(f"{failing} header already present")


def request_parameters(call: Call, place: str, mapped: Mapped) -> dict[str, str]:
    """Return what the request mapping, and then the template, sets in a place: `path`, `querystring` or `header`."""
    prefix = f"integration.request.{place}."
    found = _mapped(call.integration.request_parameters, prefix, call.message(mapped.context), BAD_JSON)
    if place == "header":
        _refuse(call, found)
    overrides = _overrides(mapped.context)
    of_place = {
        "path": overrides.request_path,
        "querystring": overrides.request_querystring,
        "header": overrides.request_header,
    }
    return {**found, **of_place[place]}


def response(call: Call, value: str, answer: Response, mapped: Mapped) -> Response:
    """Return the response for the answer of an integration, chosen by a value of it; raises Fault where none matches."""
    chosen = select(call.integration, value)
    if chosen is None or not declares(call.route, chosen.status_code):
        log.warning("%s: no response of the integration, or of the method, is for `%s`", call.route.origin, value)
        why = "No match for output mapping and no default output mapping configured"
        raise misconfigured(f"{why}. Endpoint Response Status Code: {answer.status}")
    text = answer.body.decode("utf-8", "replace")
    message = Message({"header": headers_of(answer)}, text, mapped.context, call.stage_variables)
    body = _response_body(call, chosen, answer, mapped.context)
    overrides = _overrides(mapped.context)
    headers = {"Content-Type": _JSON}
    for name, setting in _mapped(chosen.response_parameters, _RESPONSE_HEADER, message, INTERNAL_ERROR).items():
        headers["Content-Type" if name.lower() == "content-type" else returned_name(name)] = setting
    headers |= overrides.response_header
    return Response(overrides.status or _status(chosen), tuple(headers.items()), body)


def _overrides(context: Context) -> Overrides:
    try:
        return overrides_of(context)
    except RenderError as error:
        raise misconfigured(str(error)) from error


def _status(chosen: IntegrationResponse) -> int:
    return whole_number(chosen.status_code, 200)


def _response_body(call: Call, chosen: IntegrationResponse, answer: Response, context: Context) -> bytes:
    """Return the body after its template, if there is one; a decoding comes behind it, other conversions before it."""
    accept = call.request.header("accept")
    conversion = response_conversion(call.api, answer.header("content-type"), accept, chosen.content_handling)
    template = response_template(chosen.response_templates, accept)
    if template is None:
        return converted(answer.body, conversion)
    body, after = answer.body, conversion if conversion is Conversion.DECODE else Conversion.BYTES
    if after is Conversion.BYTES:
        body = converted(body, conversion)
    return converted(_rendered(call, template[1], body.decode("utf-8", "replace"), context).encode(), after)


def _mapped(
    parameters: Mapping[str, Maybe[str]], prefix: str, message: Message, wrong_body: GatewayAnswer
) -> dict[str, str]:
    """Return the values of the parameters with a prefix; raises Fault with `wrong_body` where one needs a body of JSON."""
    found = {}
    for name, expression in parameters.items():
        if not name.startswith(prefix) or not isinstance(expression, str):
            continue
        if is_broken(expression, message):
            raise Fault(wrong_body)
        value = evaluate(expression, message)
        if value is not None:
            found[name.removeprefix(prefix)] = value
    return found


def _rendered(
    call: Call, template: str, body: str, context: Context, wrong_body: GatewayAnswer = INTERNAL_ERROR
) -> str:
    """Return a template filled in; one that is wrong, or fails, is an error of the API's configuration (§5.10).

    `wrong_body` is the answer to a body that begins as JSON and is not JSON: for a request, that is an error of its client (§5.4).
    """
    query = {name: values[-1] for name, values in call.query.items()}
    header = {name: values[-1] for name, values in call.headers.items()}
    scope = Scope(body, Parameters(call.path_parameters, query, header), context, call.stage_variables)
    try:
        return compile_template(template).render(scope)
    except BodyError as error:
        raise Fault(wrong_body) from error
    except (TemplateError, RenderError) as error:
        log.warning("%s: a mapping template failed: %s", call.route.origin, error)
        raise misconfigured(f"Unable to transform: {error}") from error
