"""Route of a request from its door and its Host to a service, or to the emulated internet. Pure.

| door | route |
|---|---|
| interface endpoint | the endpoint's service, whatever the Host is (vpc-network §5.1) |
| gateway endpoint | by the Host, if it is one of the endpoint's service; else the endpoint's service |
| internet, on-premises | by the Host: at CloudFront's address a distribution; a public name of AWS, an API's custom domain; at API Gateway's address that service; any other host |
| local | by a Host that AWS serves, as from the internet, or that a distribution has; by `….SERVICE.localhost`, or a path that names an API or a function URL; else the service of the signature (of S3 the bucket `BUCKET.localhost`; of DynamoDB its streams, by the target), or the sign-in service of an unsigned request |
"""

import re

from netful.engine.distributions import behaviors
from netful.engine.names import api_names, endpoint_names
from netful.fabric.doors.door import Door, DoorKind
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.names import service_names
from netful.model.names.service_names import Service
from netful.model.network.addresses import service_address
from netful.model.network.vpc_endpoints import VpcEndpoint
from netful.services.front.signature_v2 import is_presigned
from netful.services.http.message import Request

LOCAL_API_PATH = "/_execute-api/"
"""Path prefix of an API's id at the local endpoint. No bucket's name begins with an underscore, so no S3 path has this prefix."""

LOCAL_URL_PATH = "/_lambda-url/"
"""Path prefix of a function URL's id at the local endpoint."""

LOCAL_DISTRIBUTION_PATH = "/_cloudfront/"
"""Path prefix of the first label of a distribution's domain at the local endpoint."""

EDGE = Service("cloudfront-edge", ("*.cloudfront.net",))
"""CloudFront where it serves viewers; its API is the service `cloudfront`."""

_LOCAL_PATHS = {LOCAL_API_PATH: "execute-api", LOCAL_URL_PATH: "lambda-url"}
_LOCAL = ".localhost"
_UNSIGNED = {"AWSCognitoIdentityProviderService": "cognito-idp", "AWSCognitoIdentityService": "cognito-identity"}
"""Services with unsigned sign-in requests, by the first part of their `X-Amz-Target`."""

_SIGNED_AS_ANOTHER = {"DynamoDBStreams_20120810": "streams.dynamodb"}
"""Services with requests that are signed for another one, by the first part of their `X-Amz-Target`."""

_STS_SIGN_IN = re.compile(rb"(?:^|&)Action=AssumeRoleWith(?:SAML|WebIdentity)(?:&|$)")
"""Unsigned requests of STS, by their action."""

_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9.-]+)/aws4_request")

_BUCKET_OF_LOCALHOST = re.compile(r"([a-z0-9][a-z0-9-]{2,62})\.localhost")
"""The host of a bucket where a client's endpoint is `localhost`: SDKs name buckets so, unless their settings have paths."""


class ServiceRoute(Frozen):
    """A service with its public host; `endpoint` is set if the request came through one."""

    service: Service
    region: str
    host: str
    endpoint: VpcEndpoint | None = None


class InternetRoute(Frozen):
    """A host on the internet that does not belong to AWS."""

    host: str


Route = ServiceRoute | InternetRoute


def route(cloud: Cloud, request: Request) -> Route:
    """Return the route of a request."""
    door = request.connection.door
    endpoint = endpoint_of(cloud, door)
    if endpoint is not None:
        return _through_endpoint(cloud, endpoint, request.host)
    if _is_at(cloud, request, "cloudfront") and behaviors.named(cloud, request.host):
        return ServiceRoute(EDGE, cloud.region, request.host)
    found = _public(request.host) or _custom_domain(cloud, request.host)
    if found is None and _is_at(cloud, request, "execute-api"):
        found = ServiceRoute(service_names.service("execute-api"), cloud.region, request.host)
    if found is None and door.kind is DoorKind.LOCAL:
        found = (
            _distribution(cloud, request)
            or _on_the_host(cloud, request)
            or _signed(cloud, request)
            or _signing_in(cloud, request)
        )
    return found or InternetRoute(request.host)


def route_to_service(cloud: Cloud, request: Request) -> ServiceRoute:
    """Return the route of a request that a service of AWS answers."""
    found = route(cloud, request)
    assert not isinstance(found, InternetRoute)  # the host of this request leads here
    return found


def is_served(cloud: Cloud, host: str) -> bool:
    """Return whether requests from the internet to a host are served here: a host of AWS, a custom domain, or a distribution."""
    return (_public(host) or _custom_domain(cloud, host) or behaviors.named(cloud, host)) is not None


def speaks_http2(cloud: Cloud, host: str) -> bool:
    """Return whether clients on the internet may speak HTTP/2 with a host.

    APIs and custom domains do (newer-aws §4.4), and distributions by their settings. Function URLs and other services of AWS do not.
    """
    distribution = behaviors.named(cloud, host)
    if distribution is not None:
        return distribution.speaks_http2
    found = _public(host) or _custom_domain(cloud, host)
    return found is not None and found.service.code == "execute-api"


def endpoint_of(cloud: Cloud, door: Door) -> VpcEndpoint | None:
    """Return the endpoint that a door belongs to."""
    return cloud.network.vpc_endpoints.get(door.endpoint_id) if door.endpoint_id else None


def _is_at(cloud: Cloud, request: Request, code: str) -> bool:
    """Return whether a client connected to the public address of a service."""
    return request.connection.server[0] == str(service_address(service_names.service(code), cloud.region))


def _distribution(cloud: Cloud, request: Request) -> ServiceRoute | None:
    """Return CloudFront for a request of the host to a distribution, by its name or by the path."""
    if request.path.startswith(LOCAL_DISTRIBUTION_PATH) or behaviors.named(cloud, request.host):
        return ServiceRoute(EDGE, cloud.region, request.host)
    return None


def _through_endpoint(cloud: Cloud, endpoint: VpcEndpoint, host: str) -> ServiceRoute:
    service, region = service_names.service(endpoint.service), endpoint_names.region_of(cloud, endpoint)
    public = service_names.service_of_host(host)
    if public is None or public[0].code != service.code:
        host = _prefix(host, endpoint_names.regional_name(cloud, endpoint)) + service.host(region)
    return ServiceRoute(service, region, host, endpoint)


def _prefix(host: str, own: str) -> str:
    """Return the prefix of an endpoint's own name: `orders.bucket.vpce-…` is the bucket `orders` (vpc-network §5.6)."""
    labels = host.removesuffix(own) if host.endswith("." + own) else ""
    bucket = labels.removesuffix("bucket.")
    return bucket if bucket != labels else ""


def _public(host: str) -> ServiceRoute | None:
    found = service_names.service_of_host(host)
    return ServiceRoute(*found, host) if found else None


def _custom_domain(cloud: Cloud, host: str) -> ServiceRoute | None:
    """Return API Gateway for the host of one of its custom domain names."""
    if not api_names.domains_named(cloud, host):
        return None
    return ServiceRoute(service_names.service("execute-api"), cloud.region, host)


def _on_the_host(cloud: Cloud, request: Request) -> ServiceRoute | None:
    """Return the service of a name such as `API.execute-api.localhost`, or of a path that names an API or a function URL.

    Not every resolver maps names under `localhost` to the loopback address, as RFC 6761 requires. The path always works.
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


def _signed(cloud: Cloud, request: Request) -> ServiceRoute | None:
    """Return the service that a request at the local endpoint is signed for (Signature Version 4's credential scope)."""
    scope = _CREDENTIAL_SCOPE.search(request.header("authorization")) or _CREDENTIAL_SCOPE.search(
        request.query.replace("%2F", "/").replace("X-Amz-Credential", "Credential")
    )
    if scope is None:
        return _of_buckets(cloud, request)
    code = _SIGNED_AS_ANOTHER.get(request.header("x-amz-target").partition(".")[0], scope["service"])
    return _regional(request, service_names.service(code), scope["region"])


def _regional(request: Request, service: Service, region: str) -> ServiceRoute:
    bucket = _BUCKET_OF_LOCALHOST.fullmatch(request.host) if service.code == "s3" else None
    host = service.host(region)
    return ServiceRoute(service, region, f"{bucket[1]}.{host}" if bucket else host)


def _of_buckets(cloud: Cloud, request: Request) -> ServiceRoute | None:
    """Return S3 for requests that only S3 takes: with a query of Signature Version 2, or a form with a signed policy."""
    is_form = request.header("content-type").startswith("multipart/form-data") and b'name="policy"' in request.body
    if not is_form and not is_presigned(request.query):
        return None
    return _regional(request, service_names.service("s3"), cloud.region)


def _signing_in(cloud: Cloud, request: Request) -> ServiceRoute | None:
    """Return the service that an unsigned request at the local endpoint names as its target."""
    named = _UNSIGNED.get(request.header("x-amz-target").partition(".")[0])
    code = "sts" if _STS_SIGN_IN.search(request.body) else named
    service = service_names.service(code) if code else None
    return ServiceRoute(service, cloud.region, service.host(cloud.region)) if service else None
