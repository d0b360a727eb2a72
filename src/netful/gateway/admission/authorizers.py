"""Authorizers of callers: functions, and tokens (api-gateway §5.12).

Rules:
1. A request without the identity that its authorizer requires gets a 401, and nothing is called. A route whose authorizer,
   or kind of authorization, is not known admits no caller.
2. The result of a Lambda authorizer is kept for its time. It applies to every method of the stage with this authorizer.
3. An authorizer of an HTTP or WebSocket API has ten seconds, one of a REST API as long as an integration (§6.5).
4. `engine.authorization.tokens` has the table of requirements for tokens, `engine.authorization.token_issuers` that of the
   issuers whose keys sign them.
"""

import asyncio
import logging
from dataclasses import replace
from typing import Any

import msgspec

from netful.engine.authorization import tokens
from netful.engine.authorization.authorizers import denial, identity, is_simple, is_usable, misconfiguration
from netful.engine.authorization.callers import Caller, seen_by_authorizers
from netful.engine.effort.allowance import BeyondAllowanceError, of_time, of_turn
from netful.engine.http.function_payloads import MalformedResultError, decoded, error_message, text
from netful.engine.http.gateway_errors import (
    AUTHORIZER_FAILED,
    HTTP_FORBIDDEN,
    HTTP_INTERNAL_ERROR,
    NO_TOKEN,
    UNAUTHORIZED,
    GatewayAnswer,
)
from netful.engine.integrations.integration_targets import asked
from netful.fabric.doors.door import DoorKind
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.gateway.admission.authorizer_results import Results
from netful.gateway.admission.token_keys import TokenKeys
from netful.gateway.apart.apart import ApartError
from netful.gateway.calls.call import Call
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.context import method_arn, request_context
from netful.gateway.calls.faults import Fault, misconfigured, phase
from netful.gateway.calls.ports import Ports, Run
from netful.gateway.integrations import http_event, lambda_proxy
from netful.gateway.sockets import events
from netful.model.apis.api import Authorization, Authorizer, Protocol
from netful.model.core import NetfulError, Unknown

log = logging.getLogger(__name__)

_SECONDS, _SECONDS_OF_OTHERS = 29.0, 10.0


class Authorizers:
    """Authorizers of every API, with their cached results."""

    def __init__(self, ports: Ports, clock: Clock, results: Results, apart: Run) -> None:
        self.keys = TokenKeys(ports)
        self._ports = ports
        self._clock = clock
        self._results = results
        self._apart = apart

    async def admit(self, call: Call, now: float) -> Call:
        """Return the call with the result of its authorizer, and the API key in that result; raise Fault for a refusal."""
        if call.route.authorization_type in (Authorization.NONE, Authorization.AWS_IAM):
            return call
        with phase(call, "authorizer", now):
            return await self._admitted(call, _authorizer_of(call), now)

    async def _admitted(self, call: Call, authorizer: Authorizer, now: float) -> Call:
        kind = call.route.authorization_type
        who = await self._identity(call, authorizer)
        if who is None:
            raise Fault(NO_TOKEN if kind is Authorization.JWT else UNAUTHORIZED)
        if kind is Authorization.CUSTOM:
            return await self._by_function(call, authorizer, who, now)
        return replace(call, authorizer=await self._claims(call, authorizer, who[0], now))

    async def _identity(self, call: Call, authorizer: Authorizer) -> tuple[str, ...] | None:
        message = call.message(request_context(call))
        try:
            return identity(authorizer, message, of_turn())
        except BeyondAllowanceError:
            pass
        try:
            who: tuple[str, ...] | None = await self._apart(identity, authorizer, message, of_time())
        except ApartError as error:
            log.warning("%s: the expression for identities is given up: %s", authorizer.origin, error)
            raise Fault(AUTHORIZER_FAILED) from error
        return who

    async def _claims(self, call: Call, authorizer: Authorizer, token: str, now: float) -> dict[str, Any]:
        """Return the claims of a token; raise Fault for a token that is not accepted."""
        token = token.removeprefix("Bearer ")
        found = tokens.parts_of(token)
        signed = await self.keys.signed(call.cloud, authorizer, token, found, now) if found else None
        refused = tokens.refusal(authorizer, call.route, found, call.at, signed=signed)
        if refused is not None or found is None:
            raise Fault(refused or UNAUTHORIZED)
        http = call.api.protocol is Protocol.HTTP
        claims = {name: _claim(value, http=http) for name, value in found[1].items() if value is not None}
        if not http:
            return {"claims": claims}
        scopes = tokens.scopes_of(found[1]) if call.route.authorization_scopes else None
        return {"jwt": {"claims": claims, "scopes": scopes}}

    async def tried(self, call: Call, authorizer: Authorizer) -> dict[str, Any]:
        """Return the result of a REST API's authorizer without the cache (TestInvokeAuthorizer); raise Fault for a refusal."""
        who = await self._identity(call, authorizer)
        if who is None:
            raise Fault(UNAUTHORIZED)
        if authorizer.type == Authorization.COGNITO_USER_POOLS:
            return await self._claims(call, authorizer, who[0], self._clock.monotonic())
        return await self._ask(call, authorizer, who)

    async def flush(self, stage_id: str) -> None:
        """Forget the results of a stage (FlushStageAuthorizersCache)."""
        await self._results.flush(stage_id)

    async def _by_function(self, call: Call, authorizer: Authorizer, who: tuple[str, ...], now: float) -> Call:
        place = (call.stage.id, authorizer.id, *who)
        ttl = authorizer.authorizer_result_ttl_in_seconds
        kept = bool(who) and isinstance(ttl, int) and ttl > 0
        result = await self._results.get(place, now) if kept else None
        latency = 0
        if result is None:
            began = self._clock.monotonic()
            result = await self._ask(call, authorizer, who)
            latency = round((self._clock.monotonic() - began) * 1000)
            if kept and isinstance(ttl, int):
                await self._results.put(place, ttl, now, result)
        api_key = str(result.get("usageIdentifierKey") or "")
        known = replace(call, authorizer=_result_of(call, result, latency), api_key=api_key)
        refused = _refusal(call, authorizer, result)
        if refused is not None:
            raise Fault(refused, call=known)
        return known

    async def _ask(self, call: Call, authorizer: Authorizer, who: tuple[str, ...]) -> dict[str, Any]:
        called = asked(call.cloud, authorizer, call.stage)
        function_id = called.function or ""
        rest = call.api.protocol is Protocol.REST
        failed, useless = AUTHORIZER_FAILED if rest else HTTP_INTERNAL_ERROR, misconfiguration(call.api.protocol)
        if call.judged.authorizer_refusal is not None:
            raise Fault(call.judged.authorizer_refusal)
        if function_id not in call.cloud.compute.functions:
            raise Fault(useless)
        event, began = msgspec.json.encode(_event(call, authorizer, who)), self._clock.monotonic()
        try:
            invoked = self._ports.invoke(function_id, event, call.names.trace_id, called.qualifier or "")
            done = await asyncio.wait_for(invoked, _SECONDS if rest else _SECONDS_OF_OTHERS)
        except (InvokeRefused, NetfulError, TimeoutError) as error:
            raise Fault(failed) from error
        if call.record is not None:
            call.record.asked(began, done.request_id)
        if done.function_error:
            raise Fault(UNAUTHORIZED if _says_unauthorized(done) else failed)
        try:
            result: dict[str, Any] = decoded(done.payload)
        except MalformedResultError as error:
            raise Fault(useless) from error
        if not is_usable(result, authorizer, rest=rest):
            raise Fault(useless)
        return result


def _authorizer_of(call: Call) -> Authorizer:
    """Return the authorizer of a route; raise Fault if that is not known: such a route admits no caller."""
    authorizer = call.api.authorizers.get(str(call.route.authorizer_id))
    if authorizer is None or isinstance(call.route.authorization_type, Unknown):
        why = f"the authorization of {call.route.id} is not known, so no caller is admitted"
        log.warning("%s: %s", call.route.origin, why)
        raise misconfigured(why, misconfiguration(call.api.protocol))
    return authorizer


def _claim(value: Any, *, http: bool) -> str:
    """Return a claim in the form for integrations: several values become `[a b]` in an HTTP API, `a,b` in a REST API."""
    if not isinstance(value, list):
        return text(value)
    texts = [text(item) for item in value]
    return f"[{' '.join(texts)}]" if http else ",".join(texts)


def _says_unauthorized(done: Invocation) -> bool:
    return error_message(done.payload) == "Unauthorized"


def _event(call: Call, authorizer: Authorizer, who: tuple[str, ...]) -> dict[str, Any]:
    """Return the event of a Lambda authorizer: a token, or the request without its body.

    In format 1.0, parameters and variables that do not exist are `{}`, not `null` as in the events of integrations.
    """
    arn = method_arn(call)
    if authorizer.type == "TOKEN":
        return {"type": "TOKEN", "authorizationToken": who[0], "methodArn": arn}
    if call.context is not None:
        return {"type": "REQUEST", "methodArn": arn, **events.event(call, call.context)}
    http = call.api.protocol is Protocol.HTTP
    newer = http and authorizer.payload_format_version != "1.0"
    event = http_event.event(call) if newer else lambda_proxy.event(call)
    for name in ("body", "isBase64Encoded"):
        event.pop(name, None)
    if newer:
        return {**event, "type": "REQUEST", "routeArn": arn, "identitySource": list(who)}
    sources = ",".join(who) or None
    own = {"version": "1.0", "identitySource": sources, "authorizationToken": sources} if http else {}
    filled = {name: {} if value is None else value for name, value in event.items()}
    return {**own, "type": "REQUEST", "methodArn": arn, **filled}


def _refusal(call: Call, authorizer: Authorizer, result: dict[str, Any]) -> GatewayAnswer | None:
    if is_simple(result, authorizer):
        return None if result["isAuthorized"] is True else HTTP_FORBIDDEN
    door = call.request.connection.door
    endpoint_id = door.endpoint_id if door.kind is DoorKind.ENDPOINT else None
    request = seen_by_authorizers(
        call.cloud, Caller(endpoint_id, call.source_ip, at=call.at), call.request.headers, method_arn(call)
    )
    refused = denial(result["policyDocument"], request, allowed=call.judged.policy_allows)
    return HTTP_FORBIDDEN if refused is not None and call.api.protocol is not Protocol.REST else refused


def _result_of(call: Call, result: dict[str, Any], latency: int) -> dict[str, Any]:
    """Return the result of an authorizer in the form for integrations (§5.12, §6.3).

    All values become text, except in an HTTP API, which keeps them.
    """
    context = result.get("context") or {}
    if call.api.protocol is Protocol.HTTP:
        return {"lambda": context}
    principal = {"principalId": result["principalId"]} if "principalId" in result else {}
    return {name: text(value) for name, value in context.items()} | principal | {"integrationLatency": latency}
