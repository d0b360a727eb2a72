"""Authorizers: a function that is asked who calls, or a token that says so (api-gateway §5.12).

Rules:
1. Without the identity that it asks for, a request is a 401, and nothing is called.
2. A Lambda authorizer's answer is kept for its time and holds for every method of the stage that has this authorizer.
3. Tokens (Cognito, JWT) must be whole and not expired, and a JWT authorizer's issuer its own. Their signatures are not
   checked: who made them is not part of a stack.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any

import msgspec

from netful.engine.api_answers import AUTHORIZER_FAILED, HTTP_FORBIDDEN, HTTP_INTERNAL_ERROR, UNAUTHORIZED, Answer
from netful.engine.authorizing import denial, identity
from netful.engine.integrations import callee
from netful.functions.invocation import Invocation, InvokeRefused
from netful.gateway import http_event, lambda_proxy
from netful.gateway.authorizer_results import Results
from netful.gateway.call import Call
from netful.gateway.context import method_arn, request_context
from netful.gateway.faults import Fault
from netful.gateway.ports import Invoke
from netful.gateway.sockets import events
from netful.model.api import Authorization, Authorizer, HttpApi, Protocol
from netful.model.errors import NetfulError
from netful.model.integration import Integration


class Authorizers:
    """The authorizers of every API, with their cached answers."""

    def __init__(self, invoke: Invoke, results: Results) -> None:
        self._invoke = invoke
        self._results = results

    async def admit(self, call: Call, now: float) -> tuple[Call, str]:
        """The call with what its authorizer says of the caller, and the API key that it names; raises Fault for a refusal."""
        authorizer = call.api.authorizers.get(str(call.route.authorizer_id))
        kind = call.route.authorization_type
        if authorizer is None or kind in (Authorization.NONE, Authorization.AWS_IAM):
            return call, ""
        who = identity(authorizer, call.message(request_context(call)))
        if who is None:
            raise Fault(UNAUTHORIZED)
        if kind is Authorization.CUSTOM:
            return await self._by_function(call, authorizer, who, now)
        return replace(call, authorizer=_claims(authorizer, who[0], call)), ""

    async def _by_function(
        self, call: Call, authorizer: Authorizer, who: tuple[str, ...], now: float
    ) -> tuple[Call, str]:
        place = (call.stage.id, authorizer.id, *who)
        ttl = authorizer.authorizer_result_ttl_in_seconds
        kept = bool(who) and isinstance(ttl, int) and ttl > 0
        result = await self._results.get(place, now) if kept else None
        if result is None:
            result = await self._ask(call, authorizer, who)
            if kept and isinstance(ttl, int):
                await self._results.put(place, ttl, now, result)
        refused = _refusal(call, result)
        if refused is not None:
            raise Fault(refused)
        told = {name: _text(value) for name, value in (result.get("context") or {}).items()}
        principal = {"principalId": result["principalId"]} if "principalId" in result else {}
        context = {"lambda": told} if call.api.protocol is Protocol.HTTP else told | principal
        return replace(call, authorizer=context), str(result.get("usageIdentifierKey") or "")

    async def _ask(self, call: Call, authorizer: Authorizer, who: tuple[str, ...]) -> dict[str, Any]:
        integration = Integration(authorizer.id, "AWS_PROXY", uri=authorizer.authorizer_uri)
        function_id = callee(call.cloud, integration, call.stage).function
        failed = HTTP_INTERNAL_ERROR if isinstance(call.api, HttpApi) else AUTHORIZER_FAILED
        event = msgspec.json.encode(_event(call, authorizer, who))
        try:
            done = await self._invoke(str(function_id), event, call.names.trace_id)
        except (InvokeRefused, NetfulError) as error:
            raise Fault(failed) from error
        if done.function_error:
            raise Fault(UNAUTHORIZED if _says_unauthorized(done) else failed)
        result = msgspec.json.decode(done.payload)
        if not isinstance(result, dict) or not isinstance(result.get("context") or {}, dict):
            raise Fault(failed)
        if "isAuthorized" not in result and not isinstance(result.get("policyDocument"), dict):
            raise Fault(failed)
        return result


def _says_unauthorized(done: Invocation) -> bool:
    error = msgspec.json.decode(done.payload)
    return isinstance(error, dict) and error.get("errorMessage") == "Unauthorized"


def _event(call: Call, authorizer: Authorizer, who: tuple[str, ...]) -> dict[str, Any]:
    """What a Lambda authorizer is given: a token, or the request without its body."""
    arn = method_arn(call)
    if authorizer.type == "TOKEN":
        return {"type": "TOKEN", "authorizationToken": who[0], "methodArn": arn}
    if call.context is not None:
        return {"type": "REQUEST", "methodArn": arn, **events.event(call, call.context)}
    newer = isinstance(call.api, HttpApi) and authorizer.payload_format_version != "1.0"
    event = http_event.event(call) if newer else lambda_proxy.event(call)
    for name in ("body", "isBase64Encoded"):
        event.pop(name, None)
    if newer:
        return {**event, "type": "REQUEST", "routeArn": arn, "identitySource": list(who)}
    return {"type": "REQUEST", "methodArn": arn, **event}


def _refusal(call: Call, result: dict[str, Any]) -> Answer | None:
    if "isAuthorized" in result:
        return None if result["isAuthorized"] is True else HTTP_FORBIDDEN
    refused = denial(result["policyDocument"], method_arn(call))
    return HTTP_FORBIDDEN if refused is not None and isinstance(call.api, HttpApi) else refused


def _text(value: Any) -> str:
    """A value of the context as integrations get it: text (§5.12)."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _claims(authorizer: Authorizer, token: str, call: Call) -> dict[str, Any]:
    """The claims of a token; raises Fault for one that is no good."""
    parts = token.removeprefix("Bearer ").split(".")
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        expires = float(claims.get("exp", call.at + 1))
    except (IndexError, AttributeError, TypeError, ValueError, binascii.Error) as error:
        raise Fault(UNAUTHORIZED) from error
    issuer = authorizer.issuer
    if len(parts) != 3 or expires <= call.at or (isinstance(issuer, str) and claims.get("iss") != issuer):
        raise Fault(UNAUTHORIZED)
    scopes = {scope for scope in call.route.authorization_scopes if isinstance(scope, str)}
    if scopes and not scopes & set(str(claims.get("scope", "")).split()):
        raise Fault(UNAUTHORIZED)
    told = {name: _text(value) for name, value in claims.items()}
    return {"jwt": {"claims": told, "scopes": None}} if isinstance(call.api, HttpApi) else {"claims": told}
