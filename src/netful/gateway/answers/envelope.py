"""What is done around every call that is answered at length, whatever stands behind its route.

limits      a request that is too large is refused before anything is asked (engine.api_limits)
preflight   an HTTP API answers those of other origins itself (engine.cors)
codings     a packed body is unpacked, an answer packed (gateway.coding)
log         a line for each call to a stage with an access log (engine.access_log), and those of its execution log
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from netful.engine.admission import access_log
from netful.engine.admission.execution_logs import event, group, verbosity, writes
from netful.engine.apis.request_limits import excess
from netful.gateway.answers import coding, cross_origin
from netful.gateway.answers.access_logs import AccessLogs
from netful.gateway.calls.call import Call
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.context import method_arn, request_context
from netful.gateway.calls.execution_log import ExecutionLog
from netful.gateway.calls.faults import Fault, refused
from netful.gateway.calls.record import Record
from netful.gateway.integrations.streaming import followed
from netful.model.apis.api import RestApi
from netful.services.http.message import Response

Inner = Callable[[Call], Awaitable[Response]]


class Envelope:
    """Does so, with the clock and the logs that it is given."""

    def __init__(self, clock: Clock, logs: AccessLogs) -> None:
        self._clock = clock
        self._logs = logs

    async def answer(self, call: Call, inner: Inner) -> Response:
        """The response to a call; `inner` is asked for what stands behind it."""
        stage, route = call.judged.stage, call.judged.route
        if stage is None or (stage.access_log is None and not writes(stage)):
            return await self._answer(call, inner)
        rest = isinstance(call.judged.api, RestApi)  # no other kind has execution logs (§6.1)
        execution = ExecutionLog(verbosity(stage, route)) if rest and route is not None else None
        record = Record(self._clock.monotonic, self._clock.monotonic(), execution=execution)
        call = replace(call, record=record)
        response = await self._answer(call, inner)
        if response.stream is not None:
            return followed(response, record, lambda: self._write(call, record, response))
        self._write(call, record, response)
        return response

    def _write(self, call: Call, record: Record, response: Response) -> None:
        """Write what there is to say of a call that is answered."""
        if record.execution is not None:
            record.execution.finished(response, well=record.error is None)
            self._log_execution(call, record.execution)
        self._log(record.call or call, record, response)

    async def _answer(self, call: Call, inner: Inner) -> Response:
        if call.judged.api is None:
            return await inner(call)
        try:
            _check_size(call)
            call = coding.unpacked(call)
        except Fault as fault:
            return refused(call, fault.answer, fault.why)
        preflight = cross_origin.preflight(call)
        if preflight is not None:
            return preflight
        return coding.packed(call, cross_origin.opened(call, await inner(call)))

    def _log(self, call: Call, record: Record, response: Response) -> None:
        setting = call.stage.access_log
        if setting is None or not isinstance(setting.format, str):
            return
        known = request_context(call)
        phases = {name: {**(known.get(name) or {}), **told} for name, told in record.phases.items()}
        context = {**known, **_domain(call), **_of_api(call, response), **record.told(response), **phases}
        line = access_log.line(setting.format, context)
        self._logs.write(call.api.id, str(call.stage.stage_name), setting.destination_arn, line)

    def _log_execution(self, call: Call, execution: ExecutionLog) -> None:
        arn = f"arn:aws:logs:{call.api.region}:{call.cloud.account_id}:log-group:{group(call.api.id, call.stage)}"
        for text in execution.lines:
            self._logs.write(call.api.id, str(call.stage.stage_name), arn, event(call.names.request_id, text))


def _domain(call: Call) -> dict[str, Any]:
    """What an access log may tell of the custom domain by which a call came."""
    if call.judged.domain is None:
        return {}
    base = call.request.path.removesuffix(call.judged.path).strip("/")
    return {"customDomain": {"basePathMatched": base or "(none)"}}


def _of_api(call: Call, response: Response) -> dict[str, Any]:
    """What an access log may tell of the kind of API."""
    if isinstance(call.api, RestApi):
        return {"endpointType": str(call.api.endpoint_type)}
    return {"dataProcessed": len(call.request.body) + len(response.body)}


def _check_size(call: Call) -> None:
    request = call.request
    if call.judged.stage is None:
        return
    too_large = excess(call.api, request.target, request.headers, len(request.body), lambda: method_arn(call))
    if too_large is not None:
        raise Fault(too_large)
