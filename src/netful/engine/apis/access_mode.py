"""Endpoint access mode `STRICT` of an API or a domain name: the TLS server name must be the Host (newer-aws §4.3).

So it refuses a private API by the name of an endpoint, with the API in the Host or in `x-apigw-api-id`. The status of the refusal is
not documented.
"""

from dataclasses import replace

from netful.engine.apis.door import Arrival
from netful.engine.flows.codes import Code
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import FORBIDDEN
from netful.model.apis.api import RestApi

_ASSUMED = "the TLS server name of the connection to {id} is {host}, which is the Host of the request"


def judged(came: Arrival, host: str, api_id: str, server_name: str) -> Arrival:
    """Return an arrival as the access mode of its API or domain name has it; `server_name` is "" if it is not known."""
    strict = _strict(came)
    if not strict or came.step.ruling.verdict != "allow":
        return came
    if not api_id and not server_name:
        ruling = came.step.ruling
        assumed = (*ruling.assumptions, _ASSUMED.format(id=strict, host=host))
        return replace(came, step=replace(came.step, ruling=replace(ruling, assumptions=assumed)))
    if not api_id and server_name.lower() == host.lower().partition(":")[0]:
        return came
    rule = f"{strict} has the access mode STRICT: the TLS server name {server_name or host} is not the Host"
    if api_id:
        rule = f"{strict} has the access mode STRICT: x-apigw-api-id does not lead to it"
    ruling = Ruling("deny", strict, rule, Code.NETFUL_API_STRICT_SERVER_NAME, came.step.ruling.origin)
    return replace(came, step=replace(came.step, ruling=ruling, answer=FORBIDDEN))


def _strict(came: Arrival) -> str:
    """Return the domain name or the API whose mode is `STRICT`; "" without one. The mode of a domain name replaces the API's."""
    if came.domain is not None:
        return came.domain.id if came.domain.strict else ""
    return came.api.id if isinstance(came.api, RestApi) and came.api.strict else ""
