"""Logs of a call: a line for the access log of its stage (engine.admission.access_log), and those of its execution log."""

from dataclasses import replace
from typing import Any

from netful.engine.admission import access_log
from netful.engine.admission.execution_logs import event, group, masked_key, shown, verbosity, writes
from netful.engine.http.media_types import is_binary
from netful.gateway.answers.access_logs import AccessLogs
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import AtOnce, CallStage, Next
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.context import request_context
from netful.gateway.calls.execution_log import ExecutionLog
from netful.gateway.calls.faults import answered
from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.record import Record
from netful.gateway.integrations.streaming import followed
from netful.model.apis.api import RestApi
from netful.model.apis.stage import Stage
from netful.services.http.message import Response


class CallLogs(CallStage):
    """Stage that gives a call its record, and writes the log lines after the response."""

    def __init__(self, clock: Clock, logs: AccessLogs) -> None:
        self._clock = clock
        self._logs = logs

    def passes(self, meaning: Meaning) -> bool:
        """Return whether such calls are not logged."""
        return not _is_logged(meaning.judged.stage)

    async def __call__(self, call: Call, following: Next) -> Response:
        """Have a call answered, and write its lines: after the end of a streamed response."""
        if not _is_logged(call.judged.stage):
            return await following(call)
        route = call.judged.route
        rest = isinstance(call.judged.api, RestApi)  # no other kind has execution logs (§6.1)
        execution = ExecutionLog(verbosity(call.stage, route)) if rest and route is not None else None
        record = Record(self._clock.monotonic, self._clock.monotonic(), execution=execution)
        call = replace(call, record=record)
        response = await answered(call, following)
        if response.stream is not None:
            return followed(response, record, lambda: self._write(call, record, response))
        self._write(call, record, response)
        return response

    def _write(self, call: Call, record: Record, response: Response) -> None:
        stage = str(call.stage.stage_name)
        if record.execution is not None:
            record.execution.finished(response, well=record.error is None)
            arn = call.cloud.arn("logs", f"log-group:{group(call.api_id, call.stage)}", call.api.id)
            for text in record.execution.lines:
                self._logs.write(call.api.id, stage, arn, event(call.names.request_id, text))
        setting = call.stage.access_log
        if setting is not None and isinstance(setting.format, str):
            line = access_log.line(setting.format, _context(call, record, response))
            self._logs.write(call.api.id, stage, setting.destination_arn, line)


class Admitted(CallStage):
    """Stage that marks a call as admitted: from here on, the responses of its refusals use the facts about its caller."""

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the API shapes no refusal, and such calls are not logged."""
        api = meaning.judged.api
        shapes = isinstance(api, RestApi) and bool(api.gateway_responses)
        return not shapes and not _is_logged(meaning.judged.stage)

    def at_once(self, meaning: Meaning) -> AtOnce | None:
        """Return a step that does nothing, for calls that are not logged: a caller that is admitted at once has no known facts."""
        return None if _is_logged(meaning.judged.stage) else lambda _request, _now, _at: None

    async def __call__(self, call: Call, following: Next) -> Response:
        """Have a call answered."""
        if call.record is not None:
            call.record.context = request_context(call)
            if call.record.execution is not None:
                _begin(call, call.record.execution)
        return await answered(call, following)


def _is_logged(stage: Stage | None) -> bool:
    return stage is not None and (stage.access_log is not None or writes(stage))


def _begin(call: Call, execution: ExecutionLog) -> None:
    names, key = call.names, call.identity.get("apiKey", "")
    shown_key, stage = masked_key(key), f"{call.api_id}/{call.stage.stage_name}"
    execution.info(f"Extended Request Id: {names.extended_id}")
    execution.info(f"Verifying Usage Plan for request: {names.request_id}. API Key: {shown_key} API Stage: {stage}")
    if not key:
        execution.info(
            f"API Key  authorized because method '{call.request.method} {call.route.path}' does not require API Key. "
            "Request will not contribute to throttle or quota limits"
        )
    execution.info(f"Usage Plan check succeeded for API Key {shown_key} and API Stage {stage}")
    start(call, execution)


def start(call: Call, execution: ExecutionLog) -> None:
    """Write the first lines of a method."""
    execution.info(f"Starting execution for request: {call.names.request_id}")
    execution.info(f"HTTP Method: {call.request.method}, Resource Path: {call.route.path}")
    execution.data(f"Method request path: {shown(call.path_parameters)}")
    execution.data(f"Method request query string: {shown(call.query)}")
    execution.data(f"Method request headers: {shown(call.headers)}")
    body = "[Binary Data]" if is_binary(call.api, call.request.header("content-type")) else call.text
    execution.data(f"Method request body before transformations: {body}")


def _context(call: Call, record: Record, response: Response) -> dict[str, Any]:
    """Return `$context` in the form of an access log."""
    known = request_context(call) if record.context is None else record.context
    phases = {name: {**(known.get(name) or {}), **ended} for name, ended in record.phases.items()}
    return {**known, **_domain(call), **_of_api(call, response), **record.logged(response), **phases}


def _domain(call: Call) -> dict[str, Any]:
    """Return the values of an access log for the custom domain of a call."""
    if call.judged.domain is None:
        return {}
    if call.judged.rule_id:
        return {"customDomain": {"routingRuleIdMatched": call.cloud.aws_id(call.judged.rule_id)}}
    base = call.request.path.removesuffix(call.judged.path).strip("/")
    return {"customDomain": {"basePathMatched": base or "(none)"}}


def _of_api(call: Call, response: Response) -> dict[str, Any]:
    """Return the values of an access log that only one kind of API has."""
    if isinstance(call.api, RestApi):
        return {"endpointType": str(call.api.endpoint_type)}
    return {"dataProcessed": len(call.request.body) + len(response.body)}
