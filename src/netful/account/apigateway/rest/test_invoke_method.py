"""TestInvokeMethod: the current version of a method, called without its authorizer, its key and its throttles (api-gateway §5.17).

The call runs on its own stage, `test-invoke-stage`, with the stage variables of the request. Its execution log is part of
the response. Validators and API Gateway's permissions apply as in any call.
"""

import time
from dataclasses import replace
from typing import Any

from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import Operation, OperationRequest, Site
from netful.account.apigateway.rest.trial_calls import Given, trial_call, trial_stage, written
from netful.engine.admission.execution_logs import Verbosity
from netful.engine.admission.invocation import integration_step, replaced_answer
from netful.engine.apis.routing import route_for
from netful.gateway.answers.call_logs import start
from netful.gateway.calls.call import Call
from netful.gateway.calls.execution_log import ExecutionLog
from netful.gateway.calls.faults import Fault, refused
from netful.gateway.calls.record import Record
from netful.gateway.integrations.streaming import gathered
from netful.services.http.message import Response

_STAGE = "test-invoke-stage"


async def _test_invoke_method(site: Site, wanted: OperationRequest) -> Any:
    log = ExecutionLog(Verbosity(info=True, error=True, data=True))
    call = _call(site, wanted)
    began = time.monotonic()
    response = await _answer(site, call, log)
    latency = round((time.monotonic() - began) * 1000)
    every: dict[str, list[str]] = {}
    for name, value in (*response.headers, *response.own):
        every.setdefault(name, []).append(value)
    return {
        "status": response.status,
        "body": response.body.decode("utf-8", "replace"),
        "headers": {name: values[-1] for name, values in every.items()},
        "multiValueHeaders": every,
        "log": written(call, log.lines, site.clock()),
        "latency": latency,
    }


async def _answer(site: Site, call: Call, log: ExecutionLog) -> Response:
    record = Record(time.monotonic, time.monotonic(), execution=log)
    call = replace(call, record=record)
    start(call, log)
    try:
        await site.validation.check(call)
        response = await gathered(await site.integrations.answer(call))
    except Fault as fault:
        response = refused(call, fault.answer, fault.why)
    log.finished(response, well=record.error is None)
    return response


def _call(site: Site, wanted: OperationRequest) -> Call:
    """Return the call for a request. Its path has to match the resource; for a method ANY, the call is a GET."""
    api, route = lookups.method(site.cloud, wanted)
    given, method = wanted.given(Given), wanted.names["method"].upper()
    method = "GET" if method == "ANY" else method
    stage = trial_stage(api, _STAGE, given)
    step = integration_step(site.cloud, api, stage, route, method)
    call = trial_call(site, api, stage, route, method, given, replaced_answer(step))
    if route_for(replace(api, routes=(route,)), method, call.judged.path) is None:
        raise bad_request(f"Invalid path specified: {call.judged.path} is not a path of resource {route.path}")
    return call


OPERATIONS = (Operation(_test_invoke_method),)
