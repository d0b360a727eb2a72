"""Request for the action of a question as policies see it: its resource, and the condition keys of its way and of its signer."""

from dataclasses import replace
from ipaddress import ip_address

from netful.engine.flows.flow import single_address
from netful.engine.iam import source_context
from netful.engine.iam.authorization import Caller
from netful.engine.iam.policies import PolicyRequest
from netful.engine.trace.ends.destinations import HostDestination
from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.model.network.addresses import CLIENT_BLOCK, ELASTIC_IP_BLOCKS
from netful.model.network.vpc import IPNetwork
from netful.model.network.vpc_endpoints import VpcEndpoint

_ADDRESS = "aws:SourceIp"
_CHOSEN = (CLIENT_BLOCK, *ELASTIC_IP_BLOCKS)


def requested(
    cloud: Cloud, endpoint: VpcEndpoint | None, target: HostDestination, client: IPNetwork | None
) -> PolicyRequest:
    """Return the request that reached an endpoint, or the service past all endpoints; `client` is its source address if known."""
    context = source_context.BY_ITSELF | {"aws:SecureTransport": "true"}
    if region := _region(cloud, endpoint, target.host):
        context["aws:RequestedRegion"] = region
    if endpoint is not None:
        context |= source_context.through(cloud, endpoint)
    if address := single_address(client):
        context["aws:VpcSourceIp" if endpoint else _ADDRESS] = address
    absent = source_context.ABSENT_THROUGH_ENDPOINT if endpoint else source_context.ABSENT_PAST_ENDPOINT
    return PolicyRequest(target.action, target.resource, context=context, absent=absent)


def signed(request: PolicyRequest, caller: Caller) -> PolicyRequest:
    """Return a request with the condition keys of its signer."""
    return replace(request, context={**request.context, **caller.keys}, absent=request.absent | caller.absent)


def unplaced(request: PolicyRequest) -> PolicyRequest:
    """Return a request without an address that netful chose for its source: AWS may choose another one."""
    address = request.context.get(_ADDRESS)
    if not address or not any(ip_address(str(address)) in block for block in _CHOSEN):
        return request
    return replace(request, context={key: value for key, value in request.context.items() if key != _ADDRESS})


def _region(cloud: Cloud, endpoint: VpcEndpoint | None, host: str) -> str:
    """Return the Region that a request is for; "" if it is not known."""
    if endpoint is None:
        found = service_names.service_of_host(host)
        return found[1] if found else ""
    region = endpoint.service_region or cloud.region_of(endpoint.id)
    return region if region in host.split(".") else ""
