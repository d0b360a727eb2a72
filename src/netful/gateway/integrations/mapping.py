"""Mappings of REST APIs: the request for the integration, and its answer for the client (api-gateway §5.4, §5.5, §5.9)."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from netful.engine.effort.allowance import BeyondAllowanceError, of_time, of_turn
from netful.engine.http.gateway_errors import BAD_JSON, INTERNAL_ERROR, UNSUPPORTED_MEDIA, GatewayAnswer
from netful.engine.http.header_rules import fails, returned_name
from netful.engine.http.headers import by_name, replaced
from netful.engine.http.media_types import Conversion, request_conversion, response_conversion
from netful.engine.integrations.integration_responses import (
    Passthrough,
    declares,
    request_template,
    select,
)
from netful.engine.integrations.parameter_mapping import Message
from netful.engine.integrations.parameter_mapping import mapped as mapped_parameters
from netful.engine.integrations.selection_expressions import answer_template
from netful.engine.vtl import (
    LONGEST_IN_TURN,
    BodyError,
    Context,
    Overrides,
    Parameters,
    RenderError,
    Scope,
    TemplateError,
    compile_template,
    copied,
    new_context,
    overrides_of,
    render_apart,
)
from netful.gateway.apart.apart import ApartError
from netful.gateway.calls.body_conversion import converted
from netful.gateway.calls.call import Call
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault, misconfigured
from netful.gateway.calls.lazy_property import Lazy
from netful.gateway.calls.ports import Run
from netful.model.apis.integration import IntegrationResponse
from netful.model.core import Frozen, Maybe, whole_number
from netful.services.http.message import Response

log = logging.getLogger(__name__)

_REQUEST_HEADER, _RESPONSE_HEADER = "integration.request.header.", "method.response.header."
_JSON = "application/json"
_LARGEST_TEXT = 256 * 1024  # bytes; a larger body takes too long to decode and to parse in a turn
_LARGEST_BODY = 64 * 1024  # characters; a larger one takes too long to parse in a turn

T = TypeVar("T")


class Mapped(Frozen, dict=True):
    """Body for the integration, and the context after its template, None without one."""

    body: bytes
    call: Call
    rendered: Context | None = None

    @Lazy
    def context(self) -> Context:
        """The context of the response's template, which sees the values that the request's one sets."""
        return new_context(request_context(self.call)) if self.rendered is None else self.rendered


def refuse_headers(call: Call) -> None:
    """Raise Fault if the request mapping names a header that must not be set, whatever its other headers are (§5.3)."""
    names = (name for name in call.integration.request_parameters if name.startswith(_REQUEST_HEADER))
    _refuse(call, (name.removeprefix(_REQUEST_HEADER) for name in names))


def _refuse(call: Call, names: Iterable[str]) -> None:
    failing = next((name for name in names if fails(str(call.integration.type), name)), "")
    if failing:
        raise misconfigured(f"{failing} header already present")


def _overrides(context: Context) -> Overrides:
    try:
        return overrides_of(context)
    except RenderError as error:
        raise misconfigured(str(error)) from error


def _status(chosen: IntegrationResponse) -> int:
    return whole_number(chosen.status_code, 200)


_TENANT = f"{_REQUEST_HEADER}x-amz-tenant-id"


class Mapper:
    """Mappings of calls. Whatever is beyond a turn goes to `apart`."""

    def __init__(self, apart: Run) -> None:
        self._apart = apart

    async def request_body(self, call: Call) -> Mapped:
        """Return the body for the integration; raise Fault if the integration accepts no body of its type."""
        content_type = call.request.header("content-type")
        found = request_template(call.integration, call.template_key)
        if found is Passthrough.REFUSE:
            raise Fault(UNSUPPORTED_MEDIA)
        conversion = request_conversion(call.api, content_type, call.integration.content_handling)
        if isinstance(found, str) and conversion is Conversion.BYTES:
            raise misconfigured("Unable to transform request")
        unmapped = await self.passed_body(call)
        if isinstance(found, Passthrough):
            return unmapped
        body = unmapped.body
        context = new_context(request_context(call))
        body, context = await self._rendered(call, found, body, context, wrong_body=BAD_JSON)
        return Mapped(body, call, context)

    async def passed_body(self, call: Call) -> Mapped:
        """Return the client's body for a web server behind a proxy integration, which has no templates (§5.1)."""
        content_type = call.request.header("content-type")
        conversion = request_conversion(call.api, content_type, call.integration.content_handling)
        return Mapped(await self._converted(call, call.request.body, conversion), call)

    async def request_parameters(self, call: Call, place: str, mapped: Mapped) -> dict[str, str]:
        """Return the values that the request mapping, then the template, sets in a place: `path`, `querystring` or `header`."""
        parameters, prefix = call.integration.request_parameters, f"integration.request.{place}."
        found: dict[str, str] = {}
        if parameters:
            found = await self._mapped(call, parameters, prefix, call.message(mapped.context), BAD_JSON)
        if place == "header":
            _refuse(call, found)
        if mapped.rendered is None:
            return found
        overrides = _overrides(mapped.rendered)
        if place == "header":
            return dict(replaced(tuple(found.items()), overrides.request_header))
        return {**found, **(overrides.request_path if place == "path" else overrides.request_querystring)}

    async def tenant(self, call: Call) -> str:
        """Return the tenant that the request mapping names for a function (`X-Amz-Tenant-Id`); "" without one."""
        name = next((one for one in call.integration.request_parameters if one.lower() == _TENANT), None)
        if name is None:
            return ""
        parameters = {name: call.integration.request_parameters[name]}
        found = await self._mapped(call, parameters, _REQUEST_HEADER, call.message(request_context(call)), BAD_JSON)
        return next(iter(found.values()), "")

    async def response(self, call: Call, value: str, answer: Response, mapped: Mapped) -> Response:
        """Return the response for the answer of an integration, chosen by a value of it; raise Fault if none matches."""
        chosen = await self._selected(call, value)
        if chosen is None or not declares(call.route, chosen.status_code):
            log.warning("%s: no response of the integration, or of the method, is for `%s`", call.route.origin, value)
            why = "No match for output mapping and no default output mapping configured"
            raise misconfigured(f"{why}. Endpoint Response Status Code: {answer.status}")
        reads_body = any(".body" in str(expression) for expression in chosen.response_parameters.values())
        text = answer.body.decode("utf-8", "replace") if reads_body else ""
        message = Message({"header": by_name(answer.headers)}, text, mapped.context, call.stage_variables)
        body, context = await self._response_body(call, chosen, answer, mapped.context)
        overrides = _overrides(context)
        headers = {"Content-Type": _JSON}
        settings = await self._mapped(call, chosen.response_parameters, _RESPONSE_HEADER, message, INTERNAL_ERROR)
        for name, setting in settings.items():
            headers["Content-Type" if name.lower() == "content-type" else returned_name(name)] = setting
        sent = replaced(tuple(headers.items()), overrides.response_header)
        return Response(overrides.status or _status(chosen), sent, body)

    async def _selected(self, call: Call, value: str) -> IntegrationResponse | None:
        try:
            return select(call.integration, value, of_turn())
        except BeyondAllowanceError:
            return await self._done(call, "a selection pattern", select, call.integration, value, of_time())

    async def _response_body(
        self, call: Call, chosen: IntegrationResponse, answer: Response, context: Context
    ) -> tuple[bytes, Context]:
        """Return the body after its template, if it has one that is not empty. A decoding follows the template; other conversions precede it."""
        accept = call.request.header("accept")
        conversion = response_conversion(call.api, answer.header("content-type"), accept, chosen.content_handling)
        template = answer_template(chosen, accept, call.text, answer.status, by_name(answer.headers))
        if not template:
            return await self._converted(call, answer.body, conversion), context
        body, after = answer.body, conversion if conversion is Conversion.DECODE else Conversion.BYTES
        if after is Conversion.BYTES:
            body = await self._converted(call, body, conversion)
        body, context = await self._rendered(call, template, body, context)
        return await self._converted(call, body, after), context

    async def _converted(self, call: Call, body: bytes, conversion: Conversion) -> bytes:
        if conversion is Conversion.TEXT and len(body) > _LARGEST_TEXT and not body.isascii():
            return await self._done(call, "a conversion", converted, body, conversion)
        return converted(body, conversion)

    async def _mapped(
        self, call: Call, parameters: Mapping[str, Maybe[str]], prefix: str, message: Message, wrong_body: GatewayAnswer
    ) -> dict[str, str]:
        """Return the values of the parameters with a prefix; raise Fault with `wrong_body` if one needs a body of JSON."""
        if len(message.body) > _LARGEST_BODY and any(".body." in str(expression) for expression in parameters.values()):
            found = await self._done(call, "a mapping", mapped_parameters, parameters, prefix, message)
        else:
            found = mapped_parameters(parameters, prefix, message)
        if found is None:
            raise Fault(wrong_body)
        return found

    async def _rendered(
        self, call: Call, template: str, body: bytes, context: Context, wrong_body: GatewayAnswer = INTERNAL_ERROR
    ) -> tuple[bytes, Context]:
        """Return the output of a template, and the context afterwards.

        A template that is wrong, or fails, is an error of the API's configuration (§5.10). `wrong_body` is the answer to a body
        that begins as JSON but is not JSON. For a request, that is an error of its client (§5.4).
        """
        query = {name: values[-1] for name, values in call.query.items()}
        header = {name: values[-1] for name, values in call.headers.items()}
        parameters = Parameters(call.path_parameters, query, header)
        scope = Scope("", parameters, context, call.stage_variables)
        try:
            if len(template) <= LONGEST_IN_TURN and len(body) <= _LARGEST_TEXT:
                in_turn = _in_turn(template, scope, body)
                if in_turn is not None:
                    return in_turn
            return await self._done(call, "a mapping template", render_apart, template, scope, body)
        except BodyError as error:
            raise Fault(wrong_body) from error
        except (TemplateError, RenderError) as error:
            log.warning("%s: a mapping template failed: %s", call.route.origin, error)
            raise misconfigured(f"Unable to transform: {error}") from error

    async def _done(self, call: Call, what: str, function: Callable[..., T], *arguments: Any) -> T:
        """Return the result of work apart; raise Fault if it is not done."""
        try:
            done: T = await self._apart(function, *arguments)
        except ApartError as error:
            log.warning("%s: %s is given up: %s", call.route.origin, what, error)
            raise misconfigured(f"Unable to transform: {error}") from error
        return done


def _in_turn(template: str, scope: Scope, body: bytes) -> tuple[bytes, Context] | None:
    """Return the output of a template, and the context afterwards; None if it needs more than a turn."""
    scope = replace(scope, body=body.decode("utf-8", "replace"), context=copied(scope.context))
    try:
        return compile_template(template).render(scope, of_turn()).encode(), scope.context
    except BeyondAllowanceError:
        return None
