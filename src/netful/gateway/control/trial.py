"""TestInvokeMethod: a method as it is now, called without its authorizer, its key and its throttles (api-gateway §5.17).

It is called on a stage of its own, `test-invoke-stage`, with the stage variables that the request gives, and its execution
log is part of the answer. Validators and API Gateway's permissions hold as in any call.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import msgspec

from netful.engine.api_integration import integration_step
from netful.engine.api_judgement import Judgement
from netful.engine.api_routing import route_for
from netful.engine.execution_logs import Verbosity
from netful.fabric.door import Door, DoorKind
from netful.gateway.call import Call
from netful.gateway.control import found
from netful.gateway.control.asked import Asked
from netful.gateway.control.faults import bad_request
from netful.gateway.control.site import Operation, Site
from netful.gateway.execution_log import ExecutionLog
from netful.gateway.faults import Fault, refused
from netful.gateway.identifiers import new_identifiers
from netful.gateway.record import Record
from netful.model.api import RestApi, Route
from netful.model.stage import Stage
from netful.services.message import Connection, Headers, Request, Response

_STAGE, _HOST = "test-invoke-stage", "testPrefix.testDomainName"
_SOURCE = "test-invoke-source-ip"
_KEY = {"apiKey": "test-invoke-api-key", "apiKeyId": "test-invoke-api-key-id"}
_NOWHERE = Connection(Door(DoorKind.LOCAL), (_SOURCE, 0), (_HOST, 443))


class _Given(msgspec.Struct, rename="camel"):
    """What TestInvokeMethod takes."""

    path_with_query_string: str = ""
    body: str = ""
    headers: dict[str, str] = {}
    multi_value_headers: dict[str, list[str]] = {}
    stage_variables: dict[str, str] = {}


class TrialCall(Call):
    """A call that came through no door: its integration is told what the request gives, and no more."""

    def _added(self) -> Headers:
        return ()


async def test_invoke_method(site: Site, wanted: Asked) -> Any:
    """TestInvokeMethod."""
    api, route = found.method(site.cloud(), wanted)
    log = ExecutionLog(Verbosity(info=True, error=True, data=True))
    call = _call(site, wanted, api, route)
    began = time.monotonic()
    response = await _answer(site, call, log)
    latency = round((time.monotonic() - began) * 1000)
    body = response.body.decode("utf-8", "replace")
    headers = (*response.headers, *response.own)
    every: dict[str, list[str]] = {}
    for name, value in headers:
        every.setdefault(name, []).append(value)
    return {
        "status": response.status,
        "body": body,
        "headers": {name: values[-1] for name, values in every.items()},
        "multiValueHeaders": every,
        "log": _written(call, log, site.clock()),
        "latency": latency,
    }


async def _answer(site: Site, call: Call, log: ExecutionLog) -> Response:
    record = Record(time.monotonic, time.monotonic(), execution=log)
    call = replace(call, record=record)
    log.started(call)
    try:
        site.validation.check(call)
        response = await site.integrations.answer(call)
    except Fault as fault:
        response = refused(call, fault.answer, fault.why)
    log.finished(response, well=record.error is None)
    return response


def _call(site: Site, wanted: Asked, api: RestApi, route: Route) -> Call:
    cloud, given = site.cloud(), wanted.given(_Given)
    stage = Stage(f"{api.id}/{_STAGE}", api.id, _STAGE, variables=given.stage_variables, origin=api.origin)
    target = given.path_with_query_string or route.path
    path = urlsplit(target).path or "/"
    method = _method(wanted, api, route, path)
    step = integration_step(cloud, api, stage, route)
    denied = step.answer if step.ruling.verdict == "deny" else None
    judged = Judgement(api, stage, route, path, integration_refusal=denied, policy_allows=True)
    request = Request(method, target, _headers(given), given.body.encode(), _NOWHERE)
    at = site.clock()
    return TrialCall(cloud, request, _HOST, judged, new_identifiers(at), at, _SOURCE, _KEY)


def _method(wanted: Asked, api: RestApi, route: Route, path: str) -> str:
    """The method that the call has: any, for a method ANY. The path has to be the resource's."""
    method = wanted.names["method"].upper()
    method = "GET" if method == "ANY" else method
    only = replace(api, routes=(route,))
    if route_for(only, method, path) is None:
        raise bad_request(f"Invalid path specified: {path} is none of resource {route.path}")
    return method


def _headers(given: _Given) -> Headers:
    many = given.multi_value_headers
    return (
        *((name, value) for name, value in given.headers.items() if name not in many),
        *((name, value) for name, values in many.items() for value in values),
    )


def _written(call: Call, log: ExecutionLog, at: float) -> str:
    moment = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(at))
    lines = "".join(f"{moment} : {line}\n" for line in log.lines)
    return f"Execution log for request {call.names.request_id}\n{lines}"


OPERATIONS = (Operation("POST", "/restapis/{api}/resources/{resource}/methods/{method}", test_invoke_method),)
