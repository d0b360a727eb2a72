"""Integration, as far as its definition and its mappings decide about a request (api-gateway §5.1 to §5.9, §6.4).

The body of a request is not known, and the answer of the back end neither: what depends on them is an assumption.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from netful.engine.apis.request_validation import model_for
from netful.engine.effort.allowance import BeyondAllowanceError, of_turn
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.http import header_rules
from netful.engine.http.gateway_errors import HTTP_BAD_REQUEST, INTERNAL_ERROR, UNSUPPORTED_MEDIA, GatewayAnswer
from netful.engine.http.media_types import Conversion, request_conversion, response_conversion
from netful.engine.integrations.integration_faults import fault, undeclared
from netful.engine.integrations.integration_responses import (
    JSON,
    Passthrough,
    declares,
    patterns_known,
    request_template,
    select,
    unanswered,
    with_default_response,
    written_template,
)
from netful.engine.integrations.parameter_mapping import Message
from netful.engine.integrations.selection_expressions import chosen, template_key
from netful.engine.integrations.service_subtypes import SUBTYPES, missing
from netful.engine.integrations.uri_placeholders import never_filled
from netful.engine.vtl import error_of
from netful.model.apis.api import Api, ApiRoute
from netful.model.apis.integration import Integration
from netful.model.core import Frozen, Unknown

MAPPED = ("MOCK", "AWS", "HTTP")
"""Types whose requests and responses a REST API maps."""
BY_CONTENT_TYPE = (Code.NETFUL_API_NO_TEMPLATE, Code.NETFUL_API_MAPPING_FAILS)
"""Refusals of requests of some content types, which the gateway decides call by call."""
_HEADER = "integration.request.header."
_OF_REQUEST = re.compile(r"\$\{?request\.(?!path\b)")
_WITH_BODY = ("PATCH", "POST", "PUT")
_FAILS = Code.NETFUL_API_MAPPING_FAILS


class Mapped(Frozen):
    """Effect of the mappings on a request: its refusal, or the assumptions about it."""

    refusal: Finding | None = None
    assumptions: tuple[str, ...] = ()


def judge(api: Api, route: ApiRoute, integration: Integration, method: str, content_type: str | None) -> Mapped:
    """Return the effect on a request of a method and a content type; None if the type is not known."""
    if integration.type not in MAPPED:
        passed = (
            (*_of_body(api, route, integration, method, content_type or ""),)
            if integration.type == "HTTP_PROXY"
            else ()
        )
        return _by_header(route, integration, passed) or Mapped(assumptions=passed)
    assumed, kind = _type_of(api, route, integration, content_type)
    treated = request_template(integration, kind)
    if treated is Passthrough.REFUSE:
        rule = f"it has no template for `{kind or JSON}`, and passes no such body through (`{integration.passthrough_behavior}`)"
        ruling = Ruling("deny", route.id, rule, Code.NETFUL_API_NO_TEMPLATE, integration.origin)
        return Mapped(_finding(route, ruling, UNSUPPORTED_MEDIA))
    if isinstance(treated, str) and _stays_binary(api, integration, kind):
        rule = f"`BinaryMediaTypes` cover `{kind or '*/*'}`, and no template can transform a binary body"
        remedy = f"set `ContentHandling: CONVERT_TO_TEXT` on the integration of `{route.id}`, or list fewer binary media types"
        ruling = Ruling("deny", route.id, rule, _FAILS, integration.origin, assumptions=assumed, remedy=remedy)
        return Mapped(_finding(route, ruling))
    error = error_of(treated) if isinstance(treated, str) else ""
    if error:
        rule = f"its request template is not valid: {error}"
        return Mapped(_finding(route, Ruling("deny", route.id, rule, _FAILS, integration.origin)))
    if isinstance(written_template(integration, kind), Unknown):
        assumed = (*assumed, f"the template of {route.id} for `{kind or JSON}`, which is not known, can be filled")
    assumptions = (
        *assumed,
        *_of_body(api, route, integration, method, kind),
        *_of_answer(route, integration, treated, method),
    )
    return _by_header(route, integration, assumed) or Mapped(assumptions=assumptions)


def _of_body(api: Api, route: ApiRoute, integration: Integration, method: str, content_type: str) -> Iterator[str]:
    """Yield the assumption about a body that API Gateway decodes for the integration (§5.16)."""
    has_body = method in ("POST", "PUT", "PATCH") or model_for(api, route, content_type) is not None
    if has_body and request_conversion(api, content_type, integration.content_handling) is Conversion.DECODE:
        yield f"the body of the request, which API Gateway decodes for {route.id}, is Base64"


def _stays_binary(api: Api, integration: Integration, content_type: str) -> bool:
    return request_conversion(api, content_type, integration.content_handling) is Conversion.BYTES


def judge_handshake(api: Api, route: ApiRoute, method: str, content_type: str | None) -> Mapped:
    """Return the effect of the mappings of a `$connect` route: a handshake has no body, so its expression gives one template."""
    assert route.integration is not None
    integration = with_default_response(route.integration)
    expression = integration.template_selection_expression
    if integration.type not in MAPPED:
        return Mapped()
    if isinstance(expression, Unknown):
        rule = f"the selection expression of {route.id}, which is not known, gives the key of a template that answers"
        return Mapped(assumptions=(rule,))
    if expression is not None:
        content_type = key = template_key(integration, "", Message())
        text = chosen(integration.request_templates, key)
        if not text and any(integration.request_templates.values()) and _needs_template(integration, key):
            rule = f"it has no template for `{key}`, and a handshake has no body with a `statusCode`"
            ruling = Ruling("deny", route.id, rule, Code.NETFUL_API_NO_TEMPLATE, integration.origin)
            return Mapped(_finding(route, ruling))
        integration = integration if text is None else replace(integration, request_templates={key: text})
    why = unanswered(route, integration)
    if why:
        ruling = Ruling("deny", route.id, why, Code.NETFUL_API_NO_RESPONSE, integration.origin)
        return Mapped(_finding(route, ruling))
    return judge(api, route, integration, method, content_type)


def _needs_template(integration: Integration, key: str) -> bool:
    return integration.type == "MOCK" and request_template(integration, key) is Passthrough.PASS


def of_conversion(api: Api, route: ApiRoute, integration: Integration, accept: str) -> tuple[str, ...]:
    """Return the assumption about an answer that API Gateway decodes for the client, by what the client accepts (§5.16)."""
    if integration.type not in MAPPED:
        return ()
    for one in integration.responses:
        is_empty = integration.type == "MOCK" and not any(one.response_templates.values())
        if not is_empty and response_conversion(api, "", accept, one.content_handling) is Conversion.DECODE:
            return (f"what {route.id} answers is Base64, or has a binary media type",)
    return ()


def judge_parameters(route: ApiRoute, integration: Integration) -> Mapped:
    """Return the effect of the parameters of an HTTP API's action: those that it requires, and those that requests provide."""
    subtype = SUBTYPES.get(str(integration.subtype))
    given = {name: str(value) for name, value in integration.request_parameters.items()}
    lacking = missing(subtype, given) if subtype is not None else ()
    if lacking:
        rule = f"it does not map `{lacking[0]}`, which {integration.subtype} requires"
        return Mapped(_finding(route, Ruling("deny", route.id, rule, _FAILS, integration.origin), HTTP_BAD_REQUEST))
    provided = [name for name in subtype.required if _OF_REQUEST.search(given[name])] if subtype is not None else ()
    return Mapped(assumptions=tuple(f"the request has what {route.id} maps to {name}" for name in provided))


def _finding(route: ApiRoute, ruling: Ruling, answer: GatewayAnswer = INTERNAL_ERROR) -> Finding:
    return Finding(HopKind.INTEGRATION, f"{route.http_method} {route.path}", ruling, answer)


def _by_header(route: ApiRoute, integration: Integration, assumed: tuple[str, ...] = ()) -> Mapped | None:
    """Return the refusal of every request by the mapping of a header: for a proxied function, whatever its value is (§5.3)."""
    for name, value in integration.request_parameters.items() if integration.type != "MOCK" else ():
        always = integration.type == "AWS_PROXY" or (isinstance(value, str) and value.startswith("'"))
        header = name.removeprefix(_HEADER)
        if name != header and always and header_rules.fails(str(integration.type), header):
            rule = f"it maps the header `{header}`, which API Gateway does not let it set"
            ruling = Ruling("deny", route.id, rule, _FAILS, integration.origin, assumptions=assumed)
            return Mapped(_finding(route, ruling))
    return None


def fault_of(route: ApiRoute, integration: Integration) -> tuple[str, Code] | None:
    """Return why every call of an integration fails by its definition, with the code; None if none does."""
    wrong = fault(integration) or undeclared(route)
    if wrong:
        return f"it cannot be deployed: {wrong}", Code.NETFUL_API_INVALID_INTEGRATION
    method = integration.http_method or "POST"
    if integration.type == "AWS_PROXY" and isinstance(method, str) and method.upper() != "POST":
        return f"it invokes by {method}, and functions are invoked by POST", Code.NETFUL_API_PROXY_METHOD
    name = never_filled(integration)
    if name:
        return f"nothing maps to `{{{name}}}` of its URI", Code.NETFUL_API_NO_PATH_MAPPING
    why = unanswered(route, integration) if integration.type in MAPPED else ""
    return (why, Code.NETFUL_API_NO_RESPONSE) if why else None


def _type_of(
    api: Api, route: ApiRoute, integration: Integration, content_type: str | None
) -> tuple[tuple[str, ...], str]:
    """Return the content type of a request, with the assumption about it if the templates are for other types than JSON."""
    templates = integration.request_templates
    treated = request_template(integration, content_type or "")
    passes = treated is Passthrough.PASS and integration.type != "MOCK"
    if content_type is not None or isinstance(treated, str) or passes or not templates:
        return (), content_type or ""
    valid = [name for name, text in templates.items() if isinstance(text, str) and not error_of(text)]
    valid = [name for name in valid if not _stays_binary(api, integration, name)] or valid
    if not valid:
        return (), ""
    return (f"the request has a Content-Type that {route.id} has a template for: {', '.join(sorted(valid))}",), min(
        valid
    )


def _of_answer(route: ApiRoute, integration: Integration, treated: str | Passthrough, method: str) -> tuple[str, ...]:
    """Return the assumption about the answer of the back end, unless a response is for its success.

    The template of a MOCK takes the place of a back end, or the request's own body if it has no template.
    """
    mock, of_function = integration.type == "MOCK", ":lambda:path/" in str(integration.uri)
    computed = mock and isinstance(treated, str) and bool(set("$#") & set(treated))
    usual = _has_response(route, integration, "200" if not mock and not of_function else "")
    who = "the function fails with a message" if of_function else "the back end answers with a status"
    if mock:
        needed = any(integration.request_templates.values()) or not usual
        body = "the body of the request" + ("" if needed else ", if it has one,")
        who = f"{f'the template of {route.id}' if isinstance(treated, str) else body} has a `statusCode`"
        usual = usual and (treated is not Passthrough.PASS or not (needed or method in _WITH_BODY))
    declared = all(declares(route, one.status_code) for one in integration.responses)
    decided = patterns_known(integration.responses) and not computed
    if usual and (declared or decided):
        return ()
    if mock and isinstance(treated, str) and decided:
        return ()  # `unanswered` has judged its status
    written = (one.selection_pattern for one in integration.responses if declares(route, one.status_code))
    patterns = ", ".join(
        f"`{one}`" if isinstance(one, str) else "a pattern that is not known" for one in written if one
    )
    return (f"{who} that {route.id} has a response for" + (f": {patterns}" if patterns else ""),)


def _has_response(route: ApiRoute, integration: Integration, value: str) -> bool:
    """Return whether a response is for a value, as far as the responses are known."""
    if not integration.responses_known:
        return True
    try:
        found = select(integration, value, of_turn())
    except BeyondAllowanceError:
        return True
    return found is not None and declares(route, found.status_code)
