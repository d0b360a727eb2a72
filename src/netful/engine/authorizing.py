"""What an authorizer needs of a request, and what its answer means (api-gateway §5.12).

| a Lambda authorizer's policy, for the method that is called | the caller gets |
|---|---|
| allows | the integration's answer |
| denies | 403, with an explicit deny |
| does neither | 403 |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from netful.engine import policies
from netful.engine.api_access import ACTION
from netful.engine.api_answers import Answer, not_authorized
from netful.engine.parameter_mapping import Message, evaluate
from netful.model.api import Authorizer

_DEFAULT_SOURCE = "method.request.header.Authorization"


def identity(authorizer: Authorizer, message: Message) -> tuple[str, ...] | None:
    """The values by which a caller is known; None where one is missing or of the wrong form: a 401 without a call."""
    sources = [source for source in authorizer.identity_source if isinstance(source, str)]
    if not sources and authorizer.type != "REQUEST":
        sources = [_DEFAULT_SOURCE]
    values = [_value(source, message) for entry in sources for source in entry.split(",")]
    pattern = authorizer.identity_validation_expression
    if not all(values) or (isinstance(pattern, str) and not re.fullmatch(pattern, values[0] or "")):
        return None
    return tuple(str(value) for value in values)


def _value(source: str, message: Message) -> str | None:
    """A source's value; names of headers are compared without regard to case."""
    expression = (
        source.strip()
        .replace("route.request.", "method.request.")
        .replace("$request.", "method.request.")
        .replace("$stageVariables", "stageVariables")
    )
    place, _, name = expression.removeprefix("method.request.").partition(".")
    if place != "header":
        return evaluate(expression, message)
    headers = message.values.get("header", {})
    return next((values[-1] for key, values in headers.items() if key.lower() == name.lower()), None)


def denial(policy: Mapping[str, Any], method_arn: str) -> Answer | None:
    """What a caller gets whom a policy does not let through."""
    decision = policies.evaluate(policy, policies.Request(ACTION, method_arn))
    if decision.outcome == "allow":
        return None
    return not_authorized(explicit=decision.outcome == "deny" and bool(decision.statement))
