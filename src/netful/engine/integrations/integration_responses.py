"""Selection of an integration response, and of the template for a body (api-gateway §5.5, §5.6, §5.9).

| passthrough behaviour | a template for the type | templates for other types only | no templates |
|---|---|---|---|
| WHEN_NO_MATCH | transform | pass | pass |
| WHEN_NO_TEMPLATES | transform | 415 | pass |
| NEVER | transform | 415 | 415 |
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum

from netful.engine.effort.allowance import Allowance, BeyondAllowanceError, of_turn
from netful.engine.patterns.pattern import fits_if_valid
from netful.model.apis.api import ApiRoute
from netful.model.apis.integration import Integration, IntegrationResponse
from netful.model.core import Maybe, Unknown, known

JSON = "application/json"
_STATUS_CODE = re.compile(r"""["']?statusCode["']?\s*:\s*(?P<code>\d+)\s*[,}\n]""")


class Passthrough(Enum):
    """Treatment of a body without a matching template."""

    PASS = "pass"  # noqa: S105  # not a password
    REFUSE = "refuse"


def request_template(integration: Integration, key: str) -> str | Passthrough:
    """Return the template for a request body: an empty one, and one that is not known, pass the body.

    The key is the body's type, or what the selection expression of a WebSocket API gives.
    """
    found = written_template(integration, key)
    if found is not None:
        return found if isinstance(found, str) and found else Passthrough.PASS
    refused = ("NEVER",) if not integration.request_templates else ("NEVER", "WHEN_NO_TEMPLATES")
    return Passthrough.REFUSE if integration.passthrough_behavior in refused else Passthrough.PASS


def written_template(integration: Integration, key: str) -> Maybe[str] | None:
    """Return the template that is written for a request body; a body without a type counts as JSON."""
    templates = integration.request_templates
    return templates.get(key or JSON, templates.get("$default"))


def response_template(templates: Mapping[str, Maybe[str]], accept: str) -> tuple[str, str] | None:
    """Return the type and template of a response: the client's first accepted type, else JSON, else the first."""
    wanted = accept.partition(",")[0].partition(";")[0].strip()
    for content_type in (wanted, JSON, *templates):
        text = templates.get(content_type)
        if isinstance(text, str):
            return content_type, text
    return None


def select(integration: Integration, value: str, work: Allowance) -> IntegrationResponse | None:
    """Return the response whose pattern matches the whole value, else the response without a pattern.

    The value is a failed function's message, or the status for any other integration. The lowest status wins. Raise
    BeyondAllowanceError if a pattern needs more than a turn.
    """
    ordered = sorted(integration.responses, key=lambda response: response.status_code)
    for response in ordered:
        pattern = known(response.selection_pattern) if response.selection_pattern else None
        if pattern and fits_if_valid(pattern, value, work):
            return response
    return next((response for response in ordered if not response.selection_pattern), None)


def with_default_response(integration: Integration) -> Integration:
    """Return the integration of a WebSocket API with a response for every answer, if it has no response."""
    written = integration.responses or not integration.responses_known
    return integration if written else replace(integration, responses=(IntegrationResponse("200"),))


def declares(route: ApiRoute, status_code: str) -> bool:
    """Return whether a method declares a response for a status (§5.9). A method without any declaration accepts all."""
    declared = {response.status_code for response in route.method_responses}
    return not declared or status_code in declared


def unanswered(route: ApiRoute, integration: Integration) -> str:
    """Return why every call of a mapped integration ends without a response (§5.6, §5.9); "" if one may have a response."""
    if not integration.responses_known:
        return ""
    declared = [one for one in integration.responses if declares(route, one.status_code)]
    if not declared:
        return "it has no integration response of a status that the method declares"
    (text, *others) = (integration.type == "MOCK" and integration.request_templates.values()) or (None,)
    if not isinstance(text, str) or not text or others or set("$#") & set(text):
        return ""
    status = mock_status(text)
    if status is None:
        return "its template has no whole number as `statusCode`"
    if not patterns_known(declared):
        return ""
    try:
        chosen = select(integration, status, of_turn())
    except BeyondAllowanceError:
        return ""
    return "" if chosen in declared else f"no integration response of a status that the method declares is for {status}"


def patterns_known(responses: Iterable[IntegrationResponse]) -> bool:
    """Return whether all selection patterns are known."""
    return not any(isinstance(one.selection_pattern, Unknown) for one in responses)


def mock_status(text: str) -> str | None:
    """Return the status code in a MOCK's request; None if it contains no whole number.

    The JSON may have names without quotes or in single quotes, as AWS CDK generates it.
    """
    found = _STATUS_CODE.search(text)
    return found["code"] if found and text.lstrip().startswith("{") else None
