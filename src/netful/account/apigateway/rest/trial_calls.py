"""Calls of TestInvokeMethod and TestInvokeAuthorizer, which come through no door (api-gateway §5.17)."""

import time
from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec

from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import Site
from netful.engine.admission.judgement import Judgement
from netful.engine.http.gateway_errors import GatewayAnswer
from netful.fabric.doors.door import Door, DoorKind
from netful.gateway.calls.call import Call
from netful.gateway.calls.identifiers import new_identifiers
from netful.model.apis.api import ApiRoute, RestApi
from netful.model.apis.stage import Stage
from netful.services.http.message import ClientConnection, Headers, Request

_HOST, _SOURCE = "testPrefix.testDomainName", "test-invoke-source-ip"
_KEY = {"apiKey": "test-invoke-api-key", "apiKeyId": "test-invoke-api-key-id"}
_NOWHERE = ClientConnection(Door(DoorKind.LOCAL), (_SOURCE, 0), (_HOST, 443))


class Given(msgspec.Struct, rename="camel"):
    """Input of a trial."""

    path_with_query_string: str = ""
    body: str = ""
    headers: dict[str, str] = {}
    multi_value_headers: dict[str, list[str]] = {}
    stage_variables: dict[str, str] = {}

    @property
    def every_header(self) -> Headers:
        """All headers. Those in `multi_value_headers` replace those of the same name in `headers`."""
        many = self.multi_value_headers
        return (
            *((name, value) for name, value in self.headers.items() if name not in many),
            *((name, value) for name, values in many.items() for value in values),
        )


class TrialCall(Call):
    """A call without a connection: its integration receives only the headers of the request."""

    def _added(self) -> Headers:
        return ()


def trial_stage(api: RestApi, name: str, given: Given) -> Stage:
    """Return the stage of a trial, which is not deployed."""
    return Stage(f"{api.id}/{name}", api.id, name, variables=given.stage_variables, origin=api.origin)


def trial_call(
    site: Site, api: RestApi, stage: Stage, route: ApiRoute, method: str, given: Given, denied: GatewayAnswer | None
) -> Call:
    """Return the call of a route. `denied` is the answer of its integration if API Gateway may not call it."""
    target, at = given.path_with_query_string or route.path, site.clock()
    try:
        path = urlsplit(target).path or "/"
    except ValueError:
        raise bad_request(f"Invalid path specified: {target}") from None
    judged = Judgement(api, stage, route, path, integration_refusal=denied, policy_allows=True)
    request = Request(method, target, given.every_header, given.body.encode(), _NOWHERE)
    return TrialCall(site.cloud, request, _HOST, judged, new_identifiers(at), at, _SOURCE, _KEY)


def written(call: Call, lines: Iterable[str], at: float) -> str:
    """Return the log of a call, as the answer has it."""
    moment = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(at))
    return f"Execution log for request {call.names.request_id}\n" + "".join(f"{moment} : {line}\n" for line in lines)
