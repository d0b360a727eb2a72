"""The part of a path behind services that find their resource by the Host of a request: function URLs and buckets.

| Host | then |
|---|---|
| of no function URL, or of no bucket | 403, such as a viewer's name that CloudFront forwards |
| of a function URL that no source has | an assumption: the URL admits the request |
| of a function URL of the sources | its authorization (`engine.authorization.function_urls`) |

A public API of AppSync is not served behind an endpoint, to which private DNS leads its generated name.
"""

from collections.abc import Iterator

from netful.engine.authorization import function_urls
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Symptom
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import FORBIDDEN
from netful.engine.iam.authorization import Caller
from netful.engine.iam.role_sessions import caller_of, caller_of_identity
from netful.engine.network.walk import Walk
from netful.engine.trace.apis import api_trace
from netful.engine.trace.ends import in_aws_network
from netful.engine.trace.ends.destinations import HostDestination
from netful.engine.trace.ends.sources import Source
from netful.model.cloud import Cloud
from netful.model.names import service_names

_BY_HOST = ("lambda-url", "s3")


def judge(walk: Walk, source: Source, asked: HostDestination) -> dict[int, Symptom]:
    """Add the findings of a service about a request outside every VPC; return the caller's symptom for each denying hop."""
    request, cloud = walk.journey.request, walk.cloud
    if in_aws_network.is_public_api(cloud, asked.label) and walk.journey.endpoint_id is not None:
        rule = f"a public API, reached by {walk.journey.endpoint_id}"
        origin = cloud.template.resources[asked.label].origin
        ruling = Ruling("deny", asked.label, rule, Code.NETFUL_API_PUBLIC_THROUGH_ENDPOINT, origin)
        return api_trace.note(walk, Finding(HopKind.HOST, asked.host, ruling, FORBIDDEN))
    service = _service_of(asked.host)
    if service not in _BY_HOST or request is None or walk.journey.end is not None:
        return {}
    if _service_of(request.host) != service:
        rule = f"its Host is {request.host}, by which the service finds nothing"
        ruling = Ruling("deny", asked.host, rule, Code.NETFUL_HOST_NOT_SERVED)
        return api_trace.note(walk, Finding(HopKind.HOST, request.host, ruling, FORBIDDEN))
    url = function_urls.url_at(cloud, request.host)
    if url is None:
        walk.trail.note(tuple(_not_loaded(service, request.host)))
        return {}
    refused: dict[int, Symptom] = {}
    if source.name not in cloud.names.distributions or url.properties.get("AuthType") == "NONE":
        signed = api_trace.is_signed(walk, source)
        refused = api_trace.note(walk, function_urls.judge(cloud, url, _signer(cloud, source), signed=signed))
    return refused | api_trace.note(walk, function_urls.invocation(cloud, url))


def _not_loaded(service: str, host: str) -> Iterator[Finding]:
    """Yield the finding about a function URL that no source has."""
    if service == "lambda-url":
        assumed = (f"{host} is a function URL, and it admits the request",)
        yield Finding(
            HopKind.HOST, host, Ruling("allow", host, "a function URL that was not loaded", assumptions=assumed)
        )


def _service_of(host: str) -> str:
    found = service_names.service_of_host(host.lower())
    return found[0].code if found is not None else ""


def _signer(cloud: Cloud, source: Source) -> Caller | None:
    identity = cloud.access.identities.get(source.identity)
    if identity is not None:
        return caller_of_identity(identity)
    function = cloud.compute.functions.get(source.name)
    return caller_of(cloud, function) if function is not None else None
