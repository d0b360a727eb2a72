"""Authorizers: the values that they need of a request, and the effect of their answers (api-gateway §2.6 table A, §5.12).

| a Lambda authorizer's policy, for the called method | the API's own policy | the caller gets |
|---|---|---|
| allows | does not deny | the integration's answer |
| does neither | allows | the integration's answer |
| does neither | does not exist, or does neither | 403 |
| denies | | 403, with an explicit deny |

If the API's policy denies the request, the authorizer is not called.
"""

import re
from collections.abc import Mapping
from typing import Any

from netful.engine.effort.allowance import Allowance
from netful.engine.http.gateway_errors import (
    AUTHORIZER_MISCONFIGURED,
    HTTP_INTERNAL_ERROR,
    GatewayAnswer,
    not_authorized,
)
from netful.engine.iam import policies
from netful.engine.integrations.parameter_mapping import Message, evaluate
from netful.engine.patterns.pattern import fits_if_valid
from netful.model.apis.api import Authorizer, Protocol

_DEFAULT_SOURCE = "method.request.header.Authorization"
_HEADER = re.compile(r"request\.header\.([\w-]+)")
_VARIABLE = re.compile(r"\$?stageVariables\.([\w-]+)")


def identity(authorizer: Authorizer, message: Message, work: Allowance) -> tuple[str, ...] | None:
    """Return the values that identify a caller. None if one is missing or malformed: a 401 without a call.

    A validation expression is for tokens: authorizers of the type REQUEST do not use theirs. Raise BeyondAllowanceError if it needs
    more than a turn.
    """
    values = [_value(source, message) for entry in _sources(authorizer) for source in entry.split(",")]
    known = tuple(value for value in values if value)
    if len(known) < len(values):
        return None
    pattern = authorizer.identity_validation_expression if authorizer.type != "REQUEST" else None
    return None if isinstance(pattern, str) and not fits_if_valid(pattern, known[0], work) else known


def identity_headers(authorizer: Authorizer) -> frozenset[str]:
    """Return the headers, in lower case, that an authorizer needs of a request."""
    return frozenset(found.lower() for one in _sources(authorizer) for found in _HEADER.findall(one))


def identity_variables(authorizer: Authorizer) -> frozenset[str]:
    """Return the stage variables that an authorizer needs."""
    return frozenset(found for one in _sources(authorizer) for found in _VARIABLE.findall(one))


def _sources(authorizer: Authorizer) -> list[str]:
    written = [one for one in authorizer.identity_source if isinstance(one, str)]
    return written or ([_DEFAULT_SOURCE] if authorizer.type != "REQUEST" else [])


def _value(source: str, message: Message) -> str | None:
    """Return a source's value; names of headers are case-insensitive."""
    expression = (
        source.strip()
        .replace("route.request.", "method.request.")
        .replace("$request.", "method.request.")
        .replace("$stageVariables", "stageVariables")
        .replace("$context", "context")
    )
    place, _, name = expression.removeprefix("method.request.").partition(".")
    if place != "header":
        return evaluate(expression, message)
    headers = message.values.get("header", {})
    return next((values[-1] for key, values in headers.items() if key.lower() == name.lower()), None)


def denial(policy: Mapping[str, Any], asked: policies.PolicyRequest, *, allowed: bool = False) -> GatewayAnswer | None:
    """Return the response to a caller whom an authorizer's policy does not admit; `allowed`: the API's own policy allows it."""
    decision = policies.evaluate(policy, asked)
    explicit = decision.outcome == "deny" and bool(decision.statement)
    if decision.outcome == "allow" or (allowed and not explicit):
        return None
    return not_authorized(explicit=explicit)


def misconfiguration(protocol: Protocol) -> GatewayAnswer:
    """Return the response to a caller whose authorizer cannot be asked, or has no usable answer (§2.7, §6.5)."""
    return AUTHORIZER_MISCONFIGURED if protocol is Protocol.REST else HTTP_INTERNAL_ERROR


def is_simple(result: Mapping[str, Any], authorizer: Authorizer) -> bool:
    """Return whether the output of an authorizer's function is a simple response, which the authorizer has to enable."""
    return authorizer.enable_simple_responses and "isAuthorized" in result


def is_usable(result: Any, authorizer: Authorizer, *, rest: bool) -> bool:
    """Return whether the output of an authorizer's function is valid; a REST API's context has no maps and lists (§5.12).

    Only an authorizer with simple responses may answer without a policy (§6.5).
    """
    context = result.get("context") or {} if isinstance(result, dict) else None
    if not isinstance(result, dict) or not isinstance(context, dict):
        return False
    if rest and any(isinstance(value, dict | list) for value in context.values()):
        return False
    return is_simple(result, authorizer) or isinstance(result.get("policyDocument"), dict)
