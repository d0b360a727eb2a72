"""Where a request goes: from its door and its Host to a service, or to the emulated internet. Pure.

| door | what decides |
|---|---|
| interface endpoint | the endpoint: it leads to one service, whatever the Host says (vpc-network §5.1) |
| gateway endpoint | the Host, as far as it is one of the endpoint's service; else the endpoint |
| internet, on-premises | the Host: a public name of AWS's, an API's custom domain, or a host of its own |
| local | a Host that AWS serves, as from the internet; `….SERVICE.localhost`, or a path that names an API or a function URL; else the service that the signature is for, or whose users ask without one |
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from netful.engine.names import api_names, endpoint_names
from netful.fabric.doors.door import Door, DoorKind
from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.model.names.service_names import Service
from netful.model.network.vpc_endpoints import VpcEndpoint
from netful.services.http.message import Request

LOCAL_API_PATH = "/_execute-api/"
"""Before an API's id, at the local endpoint; no bucket's name begins with an underscore, so S3's paths never do."""

LOCAL_URL_PATH = "/_lambda-url/"
"""Before a function URL's id, likewise."""

_LOCAL_PATHS = {LOCAL_API_PATH: "execute-api", LOCAL_URL_PATH: "lambda-url"}
_LOCAL = ".localhost"
_UNSIGNED = {"AWSCognitoIdentityProviderService": "cognito-idp", "AWSCognitoIdentityService": "cognito-identity"}
"""Services that are asked without a signature, when somebody signs in: by what their requests name as their target."""

_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9.-]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class ServiceRoute:
    """A service, by the public host that stands for it; `endpoint` is set when it was reached through one."""

    service: Service
    region: str
    host: str
    endpoint: VpcEndpoint | None = None


@dataclass(frozen=True, slots=True)
class InternetRoute:
    """A host on the internet that is none of AWS's."""

    host: str


Route = ServiceRoute | InternetRoute


def route(cloud: Cloud, request: Request) -> Route:
    """Where a request goes."""
    door = request.connection.door
    endpoint = endpoint_of(cloud, door)
    if endpoint is not None:
        return _through_endpoint(cloud, endpoint, request.host)
    found = _public(request.host) or _custom_domain(cloud, request.host)
    if found is None and door.kind is DoorKind.LOCAL:
        found = _on_the_host(cloud, request) or _signed(request) or _signing_in(cloud, request)
    return found or InternetRoute(request.host)


def is_served(cloud: Cloud, host: str) -> bool:
    """Whether a host's requests are answered here when they come from the internet: AWS's, or an API's own domain."""
    return (_public(host) or _custom_domain(cloud, host)) is not None


def endpoint_of(cloud: Cloud, door: Door) -> VpcEndpoint | None:
    """The endpoint that a door belongs to."""
    return cloud.network.vpc_endpoints.get(door.endpoint_id) if door.endpoint_id else None


def _through_endpoint(cloud: Cloud, endpoint: VpcEndpoint, host: str) -> ServiceRoute:
    service, region = service_names.service(endpoint.service), endpoint_names.region_of(cloud, endpoint)
    public = service_names.service_of_host(host)
    if public is None or public[0].code != service.code:
        host = _prefix(host, endpoint_names.regional_name(cloud, endpoint)) + service.host(region)
    return ServiceRoute(service, region, host, endpoint)


def _prefix(host: str, own: str) -> str:
    """What stands before an endpoint's own name: `orders.bucket.vpce-…` is the bucket `orders` (vpc-network §5.6)."""
    labels = host.removesuffix(own) if host.endswith("." + own) else ""
    bucket = labels.removesuffix("bucket.")
    return bucket if bucket != labels else ""


def _public(host: str) -> ServiceRoute | None:
    found = service_names.service_of_host(host)
    return ServiceRoute(*found, host) if found else None


def _custom_domain(cloud: Cloud, host: str) -> ServiceRoute | None:
    """API Gateway, for the host of one of its custom domain names."""
    if not api_names.domains_named(cloud, host):
        return None
    return ServiceRoute(service_names.service("execute-api"), cloud.region, host)


def _on_the_host(cloud: Cloud, request: Request) -> ServiceRoute | None:
    """The service of a name such as `API.execute-api.localhost`, or of a path that names an API or a function URL.

    Not every resolver leads names under `localhost` to the loopback, as RFC 6761 wants: the path serves everybody.
    """
    for path, code in _LOCAL_PATHS.items():
        if request.path.startswith(path):
            service = service_names.service(code)
            return ServiceRoute(service, cloud.region, service.host(cloud.region))
    label, _, code = request.host.removesuffix(_LOCAL).partition(".")
    if not request.host.endswith(_LOCAL) or code not in service_names.SERVICES:
        return None
    service = service_names.service(code)
    return ServiceRoute(service, cloud.region, f"{label}.{service.host(cloud.region)}")


def _signed(request: Request) -> ServiceRoute | None:
    """The service that a request at the local endpoint is signed for (Signature Version 4's credential scope)."""
    scope = _CREDENTIAL_SCOPE.search(request.header("authorization")) or _CREDENTIAL_SCOPE.search(
        request.query.replace("%2F", "/").replace("X-Amz-Credential", "Credential")
    )
    if scope is None:
        return None
    service = service_names.service(scope["service"])
    return ServiceRoute(service, scope["region"], service.host(scope["region"]))


def _signing_in(cloud: Cloud, request: Request) -> ServiceRoute | None:
    """The service that a request at the local endpoint without a signature says it is for."""
    code = _UNSIGNED.get(request.header("x-amz-target").partition(".")[0])
    service = service_names.service(code) if code else None
    return ServiceRoute(service, cloud.region, service.host(cloud.region)) if service else None
