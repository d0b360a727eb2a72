"""The request that an integration sends through its VPC link, as far as a question determines it (api-gateway §5.1, §6.4).

| API | host | path |
|---|---|---|
| HTTP | the client's, or the mapped one | the client's with the stage, or the mapped one |
| REST | the URL's | the URL's, with filled placeholders and the mapped query |

The headers are not known, because a question does not have the client's.
"""

import re
from urllib.parse import parse_qs, urlencode

from netful.engine.apis.routing import path_parameters
from netful.engine.http.headers import value_of
from netful.engine.http.http_request import HttpRequest
from netful.engine.integrations import http_parameter_mapping, parameter_mapping
from netful.engine.integrations.parameter_mapping import Message
from netful.engine.integrations.web_requests import web_request, with_query
from netful.model.apis.api import ApiRoute
from netful.model.apis.integration import Integration
from netful.model.apis.stage import Stage
from netful.model.core import Maybe

_MAPPED = ("integration.request.path.", "integration.request.querystring.")
_HOST, _PATH = "overwrite:header.host", "overwrite:path"
_QUERY = re.compile(r"\w+:querystring\..*")
_NOT_ASKED = re.compile(r"\b(?:context|request\.(?:header|body|multivalueheader))\b")
"""References to parts of a request that a question does not have."""


def through_link(
    stage: Stage, route: ApiRoute, integration: Integration, client: HttpRequest, path: str
) -> HttpRequest | None:
    """Return the request that follows from a client's, whose path without the stage is `path`; None if it is not known."""
    query = client.path.partition("?")[2]
    values = {"": [path], **{name: [value] for name, value in path_parameters(route, path).items()}}
    variables = {name: value for name, value in stage.variables.items() if isinstance(value, str)}
    message = Message(
        {"path": values, "querystring": parse_qs(query, keep_blank_values=True)}, stage_variables=variables
    )
    method = str(integration.http_method or "ANY").upper()
    method = client.method or "GET" if method == "ANY" else method
    if isinstance(integration.uri, str) and "://" in integration.uri:
        return _to_url(integration, integration.uri, method, message)
    return _to_listener(integration, method, client, message)


def _to_url(integration: Integration, uri: str, method: str, message: Message) -> HttpRequest | None:
    """Return the request of a REST API to a URL. The client's query is added if the request is not mapped as a whole."""
    mappings = {name: value for name, value in integration.request_parameters.items() if name.startswith(_MAPPED)}
    templates = () if integration.type == "HTTP_PROXY" else integration.request_templates.values()
    overridden = any("requestOverride" in str(template) for template in templates)
    if overridden or any(map(_is_beyond, mappings.values())):
        return None
    path, added = (parameter_mapping.mapped(mappings, place, message) or {} for place in _MAPPED)
    made = web_request(uri, method, path, added)
    if made is None:
        return None
    made = with_query(made, message.values["querystring"] if integration.type == "HTTP_PROXY" else {})
    return HttpRequest(made.authority, made.target, method)


def _to_listener(integration: Integration, method: str, client: HttpRequest, message: Message) -> HttpRequest | None:
    """Return the request of an HTTP API to a load balancer: the client's, with the mapped parts."""
    mappings = {
        name: value
        for name, value in integration.request_parameters.items()
        if name.lower() in (_HOST, _PATH) or _QUERY.fullmatch(name.lower())
    }
    if any(map(_is_beyond, mappings.values())):
        return None
    made = http_parameter_mapping.mapped(mappings, message, (("host", client.host),), {**message.values["querystring"]})
    path = client.path.partition("?")[0] if made.path is None else made.path
    query = urlencode(made.query, doseq=True)
    return HttpRequest(value_of(made.headers, "host"), f"{path}?{query}" if query else path, method)


def _is_beyond(expression: Maybe[str]) -> bool:
    return not isinstance(expression, str) or _NOT_ASKED.search(expression) is not None
