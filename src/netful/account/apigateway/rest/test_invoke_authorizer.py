"""TestInvokeAuthorizer: the result of an authorizer for a caller, without the cache of results.

The status is 0 if the authorizer returned a result, even one that denies access: the policy is part of the response.
"""

import time
from typing import Any

import msgspec

from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.operation import Operation, OperationRequest, Site
from netful.account.apigateway.rest.parts import AUTHORIZERS
from netful.account.apigateway.rest.trial_calls import Given, trial_call, trial_stage, written
from netful.engine.admission.execution_logs import masked
from netful.engine.authorization.permissions import may_ask
from netful.gateway.calls.call import Call
from netful.gateway.calls.faults import Fault
from netful.model.apis.api import ApiRoute, Authorizer, RestApi

_STAGE = "ESTestInvoke-stage"
_NOWHERE = ApiRoute("", "GET", "/")


async def _test_invoke_authorizer(site: Site, wanted: OperationRequest) -> Any:
    api = lookups.rest_api(site.cloud, wanted)
    authorizer = AUTHORIZERS.of(site, wanted)
    call = _call(site, wanted, api)
    lines = [f"Starting authorizer: {site.cloud.part_id(authorizer.id)} for request: {call.names.request_id}"]
    began = time.monotonic()
    said = await _said(site, call, authorizer, lines)
    latency = round((time.monotonic() - began) * 1000)
    return {**said, "latency": latency, "log": written(call, lines, site.clock())}


def _call(site: Site, wanted: OperationRequest, api: RestApi) -> Call:
    given = wanted.given(Given)
    return trial_call(site, api, trial_stage(api, _STAGE, given), _NOWHERE, "GET", given, None)


async def _said(site: Site, call: Call, authorizer: Authorizer, lines: list[str]) -> dict[str, Any]:
    try:
        if may_ask(call.cloud, call.api, authorizer, call.stage) is False:
            lines.append("Execution failed due to configuration error: Invalid permissions on Lambda function")
            return {"clientStatus": 500}
        result = await site.authorizers.tried(call, authorizer)
    except Fault as fault:
        lines.append(
            f"Unauthorized request: {call.names.request_id}"
            if fault.answer.status == 401
            else fault.answer.error_type or "Execution failed"
        )
        return {"clientStatus": fault.answer.status}
    if "claims" in result:
        lines.append("Successfully completed authorizer execution")
        return {"clientStatus": 0, "claims": result["claims"]}
    principal = str(result.get("principalId", ""))
    lines += [
        f"Authorizer result body before parsing: {msgspec.json.encode(result).decode()}",
        f"Using valid authorizer policy for principal: {masked(principal)}",
        "Successfully completed authorizer execution",
    ]
    policy = msgspec.json.encode(result["policyDocument"]).decode()
    return {"clientStatus": 0, "principalId": principal, "policy": policy}


OPERATIONS = (Operation(_test_invoke_authorizer),)
