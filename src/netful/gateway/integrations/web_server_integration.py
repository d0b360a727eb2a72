"""HTTP and HTTP_PROXY: web servers, by a URL or through a VPC link (api-gateway §5.1, §5.3, §6.4)."""

import logging
from dataclasses import replace
from urllib.parse import urlsplit

from netful.engine.http import header_rules
from netful.engine.http.gateway_errors import HTTP_UNAVAILABLE, INTERNAL_ERROR, NO_CONNECTION
from netful.engine.http.headers import Headers, replaced, with_defaults
from netful.engine.integrations import vpc_links
from netful.engine.integrations.integration_targets import callee, in_stage
from netful.engine.integrations.web_requests import WebRequest, web_request, with_query
from netful.gateway.calls.call import Call
from netful.gateway.calls.faults import Fault, misconfigured
from netful.gateway.calls.ports import Send
from netful.gateway.integrations.mapping import Mapped, Mapper
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.apis.api import HttpApi
from netful.services.http.message import Response

log = logging.getLogger(__name__)

_VPC_LINK = "VPC_LINK"


async def mapped(call: Call, send: Send, mapper: Mapper) -> Response:
    """Send the mapped request to the server, and map its answer (HTTP)."""
    made = await mapper.request_body(call)
    request = await _addressed(call, made, mapper)
    body_type = {"Content-Type": call.request.header("content-type")} if call.request.header("content-type") else {}
    own: Headers = tuple(body_type.items()) if made.body else ()
    set_here = await mapper.request_parameters(call, "header", made)
    request = replace(request, headers=_with_own(call, replaced(own, set_here)), body=made.body)
    answer = await sent(call, request, send)
    return await mapper.response(call, str(answer.status), answer, made)


async def proxied(call: Call, send: Send, mapper: Mapper) -> Response:
    """Send the client's request to the server, and the server's answer to the client (HTTP_PROXY)."""
    made = await mapper.passed_body(call)
    request = with_query(await _addressed(call, made, mapper), call.query)
    client = tuple((name, value) for name, values in call.headers.items() for value in values)
    headers = replaced(header_rules.proxied(client), await mapper.request_parameters(call, "header", made))
    answer = await sent(call, replace(request, headers=_with_own(call, headers), body=made.body), send)
    return replace(answer, headers=header_rules.returned(answer.headers))


def _with_own(call: Call, headers: Headers) -> Headers:
    """Return the headers, with those of API Gateway itself (§1.4)."""
    own = {
        "Accept": "application/json",
        "User-Agent": f"AmazonAPIGateway_{call.api_id}",
        "X-Amzn-Trace-Id": call.names.trace_id,
    }
    headers = replaced(with_defaults(headers, own), {"x-amzn-apigateway-api-id": call.api_id})
    return header_rules.sent(headers)


async def _addressed(call: Call, made: Mapped, mapper: Mapper) -> WebRequest:
    """Return the request without headers and body: its server, and its target."""
    integration = call.integration
    method = str(integration.http_method or "ANY").upper()
    uri = callee(call.cloud, integration, call.stage).uri
    path = await mapper.request_parameters(call, "path", made)
    query = await mapper.request_parameters(call, "querystring", made)
    request = None
    if isinstance(uri, str):
        request = web_request(uri, call.request.method if method == "ANY" else method, path, query)
    if request is None:
        log.warning("%s: `%s` is not a URL of a web server", call.route.origin, uri)
        raise Fault(INTERNAL_ERROR)
    if integration.insecure_skip_verification:
        request = replace(request, server_name="")
    return linked(call, request) if integration.connection_type == _VPC_LINK else request


def linked(call: Call, request: WebRequest) -> WebRequest:
    """Return the request with an address behind the VPC link of the integration, chosen by the id of the request."""
    ends = vpc_links.link_ends(call.cloud, in_stage(call.cloud, call.integration, call.stage))
    if not ends:
        log.warning("%s: where its VPC link leads is not known", call.route.origin)
        raise Fault(HTTP_UNAVAILABLE if isinstance(call.api, HttpApi) else INTERNAL_ERROR)
    end = ends[int(call.names.request_id[:8], 16) % len(ends)]
    return replace(request, link=end, port=end.port)


async def sent(call: Call, request: WebRequest, send: Send) -> Response:
    """Return the answer of the server; raise Fault if the server is unreachable."""
    if call.record is not None:
        scheme = "https" if request.tls else "http"
        call.record.sending(f"{scheme}://{request.authority}{request.target}", request.headers, request.body)
    try:
        answer = await send(request)
    except UnreachableError as fault:
        where = request.link.address if request.link else urlsplit(f"//{request.authority}").hostname
        log.warning("%s: %s: %s", call.route.origin, where, fault)
        if isinstance(call.api, HttpApi):
            raise Fault(HTTP_UNAVAILABLE) from fault
        if fault.misconfigured:
            raise misconfigured(str(fault)) from fault
        raise Fault(NO_CONNECTION, "a network error communicating with endpoint") from fault
    if call.record is not None:
        call.record.saw(answer.status)
        call.record.received(answer)
    return answer
