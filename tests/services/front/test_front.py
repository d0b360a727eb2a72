"""What answers behind a door: the right certificate, service or host, and who the client is said to be."""

import http.client
import json
import socket
import ssl
from dataclasses import replace

import pytest

from netful.fabric.doors.door import Door, DoorKind
from netful.model.apis.domain import DomainName
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.names.distributions import Distribution
from netful.services.front.front import Front
from netful.services.front.internet import balancer_elsewhere
from netful.services.front.routing import InternetRoute, ServiceRoute, route, speaks_http2
from netful.services.http.message import ClientConnection, Request, Response
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.services_bench import CLOUD, INTERNET, LOCAL, S3_GATEWAY, SSM_ENDPOINT

pytestmark = pytest.mark.packets


def get(services, door, host, path="/", *, tls=True, **headers):
    context = ssl.create_default_context(cafile=services.authority.bundle)
    connection = http.client.HTTPConnection("127.0.0.1", services.port(door, tls=tls), timeout=ENOUGH_SECONDS)
    connection.connect()
    if tls:
        connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
    connection.request("GET", path, headers={"Host": host, **headers})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def test_any_host_of_the_internet_tells_what_it_saw(services):
    status, body = get(services, INTERNET, "api.example.com", "/v1/orders?limit=1")
    assert status == 200
    assert json.loads(body) == {
        "host": "api.example.com", "method": "GET", "path": "/v1/orders?limit=1", "source": "127.0.0.1",
        "destination": "127.0.0.1", "door": "internet", "tls": True,
    }  # fmt: skip


def test_plain_http(services):
    status, body = get(services, INTERNET, "example.com", tls=False)
    assert (status, json.loads(body)["tls"]) == (200, False)


def test_headers_cannot_change_who_a_client_is(services):
    forged = {"X-Forwarded-For": "10.9.9.9", "X-Amz-Source-Vpce": "vpce-1"}
    _, body = get(services, INTERNET, "example.com", **forged)
    assert json.loads(body)["source"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("door", "host", "spoken"),
    [
        (INTERNET, "abc.execute-api.eu-west-1.amazonaws.com", "h2"),
        (INTERNET, "abc.lambda-url.eu-west-1.on.aws", "http/1.1"),
        (INTERNET, "ssm.eu-west-1.amazonaws.com", "http/1.1"),
        (INTERNET, "example.com", "http/1.1"),
        (INTERNET, None, "http/1.1"),
        (SSM_ENDPOINT, "ssm.eu-west-1.amazonaws.com", "http/1.1"),
    ],
)
def test_protocol_that_a_host_speaks(services, door, host, spoken):
    context = ssl.create_default_context(cafile=services.authority.bundle)
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.check_hostname = host is not None
    with (
        socket.create_connection(("127.0.0.1", services.port(door))) as sock,
        context.wrap_socket(sock, server_hostname=host) as connection,
    ):
        assert connection.selected_alpn_protocol() == spoken


def test_protocol_that_distributions_and_custom_domains_speak():
    domain = DomainName("Domain", "api.example.com")
    sites = {
        name: Distribution(name, f"{name}.cloudfront.net", http_version=name)
        for name in ("http1.1", "http2", "http2and3", "http3")
    }
    cloud = Cloud.of(domain_names={"Domain": domain}, distributions=sites)
    hosts = ["api.example.com", "www.example.com", *(one.domain_name for one in sites.values())]
    assert [speaks_http2(cloud, host) for host in hosts] == [True, False, False, True, True, False]


def test_a_bucket_with_a_dot_fails_its_certificate_as_in_aws(services):
    get(services, S3_GATEWAY, "orders.s3.eu-west-1.amazonaws.com")
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        get(services, S3_GATEWAY, "my.orders.s3.eu-west-1.amazonaws.com")


def test_the_gateway_endpoint_serves_no_other_name(services):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        get(services, S3_GATEWAY, "example.com")


def test_a_handler_takes_its_service(services):
    async def answer(request):
        return Response(418, (), request.host.encode())

    front = Front(CLOUD, services.authority, services.backends, {"lambda": answer})
    request = ask(INTERNET, "lambda.eu-west-1.amazonaws.com")
    assert services.run(front.handle(request)).status == 418


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("ec2.us-east-1.amazonaws.com", 403),
        ("cloudformation.us-east-1.amazonaws.com", 403),
        ("lambda.us-east-1.amazonaws.com", 403),
        ("wafv2.us-east-1.amazonaws.com", 418),  # the Region of CloudFront's firewalls
        ("iam.amazonaws.com", 418),
        ("ec2.eu-west-1.amazonaws.com", 418),
    ],
)
def test_a_region_that_the_account_does_not_have(services, host, status):
    async def answer(_request):
        return Response(418)

    code = host.partition(".")[0]
    front = Front(CLOUD, services.authority, services.backends, {code: answer})
    response = services.run(front.handle(ask(INTERNET, host)))
    assert response.status == status
    assert status == 418 or (b"us-east-1" in response.body and b"eu-west-1" in response.body)


def ask(door, host, target="/", **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request(
        "GET", target, (("Host", host), *named), b"", ClientConnection(door, ("10.0.1.9", 4000), ("10.0.1.5", 443))
    )


S3_INTERFACE = Door(DoorKind.ENDPOINT, "Vpc", "S3Interface")
SCOPE = "AWS4-HMAC-SHA256 Credential=AKIA/20250101/us-west-2/{}/aws4_request, SignedHeaders=host, Signature=0"
ROUTES = {
    "a service": (ask(INTERNET, "ssm.eu-west-1.amazonaws.com"), "ssm", "ssm.eu-west-1.amazonaws.com"),
    "a service with a port": (ask(INTERNET, "SSM.eu-west-1.amazonaws.com:443"), "ssm", "ssm.eu-west-1.amazonaws.com"),
    "another region": (ask(INTERNET, "ssm.us-east-2.amazonaws.com"), "ssm", "ssm.us-east-2.amazonaws.com"),
    "a bucket": (ask(INTERNET, "b.s3.eu-west-1.amazonaws.com"), "s3", "b.s3.eu-west-1.amazonaws.com"),
    "any host at an endpoint": (ask(SSM_ENDPOINT, "sqs.eu-west-1.amazonaws.com"), "ssm", "ssm.eu-west-1.amazonaws.com"),
    "an address at an endpoint": (ask(SSM_ENDPOINT, "10.0.1.5"), "ssm", "ssm.eu-west-1.amazonaws.com"),
    "a bucket at the gateway": (ask(S3_GATEWAY, "b.s3.eu-west-1.amazonaws.com"), "s3", "b.s3.eu-west-1.amazonaws.com"),
    "signed at the local door": (ask(LOCAL, "127.0.0.1:4566", authorization=SCOPE.format("kinesis")), "kinesis-streams",
                                 "kinesis.us-west-2.amazonaws.com"),
    "signed for another service at the local door": (
        ask(LOCAL, "127.0.0.1:4566", authorization=SCOPE.format("dynamodb"), x_amz_target="DynamoDBStreams_20120810.ListStreams"),
        "streams.dynamodb", "streams.dynamodb.us-west-2.amazonaws.com"),
    "presigned at the local door": (
        ask(LOCAL, "localhost", "/b/k?X-Amz-Credential=AKIA%2F20250101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=1"), "s3",
        "s3.eu-west-1.amazonaws.com"),
    "a bucket of the local door": (
        ask(LOCAL, "b-1.localhost:4566", "/k", authorization=SCOPE.format("s3")), "s3", "b-1.s3.us-west-2.amazonaws.com"),
    "no bucket at another name of the local door": (
        ask(LOCAL, "b-1.localhost:4566", authorization=SCOPE.format("sqs")), "sqs", "sqs.us-west-2.amazonaws.com"),
    "no bucket at the local door": (ask(LOCAL, "localhost", authorization=SCOPE.format("s3")), "s3", "s3.us-west-2.amazonaws.com"),
    "signing in at the local door": (
        ask(LOCAL, "localhost:4566", x_amz_target="AWSCognitoIdentityProviderService.InitiateAuth"), "cognito-idp",
        "cognito-idp.eu-west-1.amazonaws.com"),
    "assuming a role at the local door": (
        replace(ask(LOCAL, "127.0.0.1:4566"), body=b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15"), "sts",
        "sts.eu-west-1.amazonaws.com"),
    "named at the local door": (ask(LOCAL, "sqs.eu-west-1.amazonaws.com"), "sqs", "sqs.eu-west-1.amazonaws.com"),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "code", "host"), ROUTES.values(), ids=ROUTES)
def test_routes_to_a_service(request_, code, host):
    found = route(CLOUD, request_)
    assert isinstance(found, ServiceRoute)
    assert (found.service.code, found.host) == (code, host)
    assert (found.endpoint is not None) == (request_.connection.door.endpoint_id is not None)


@pytest.mark.parametrize(
    "request_",
    [ask(INTERNET, "example.com"), ask(INTERNET, "198.18.0.5", authorization=SCOPE.format("ssm")), ask(LOCAL, "x")],
)
def test_routes_to_the_internet(request_):
    assert route(CLOUD, request_) == InternetRoute(request_.host)


def test_the_local_endpoint_says_where_a_load_balancer_answers():
    name = "web-1.eu-west-1.elb.amazonaws.com"
    web = LoadBalancer("Web", "web", name, LoadBalancerType.APPLICATION, internal=False)
    cloud = Cloud.of(load_balancers={"Web": web})
    answer = balancer_elsewhere(cloud, ask(LOCAL, name))
    assert (answer.status, b"netful status" in answer.body) == (404, True)
    others = [ask(LOCAL, "web-2.eu-west-1.elb.amazonaws.com"), ask(INTERNET, name)]
    assert [balancer_elsewhere(cloud, one) for one in others] == [None, None]


def test_an_s3_endpoints_own_names_carry_the_bucket():

    from netful.engine.names.endpoint_names import regional_name
    from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

    endpoint = VpcEndpoint("S3Interface", "Vpc", "com.amazonaws.eu-west-1.s3", "s3", EndpointType.INTERFACE)
    cloud = CLOUD.having(vpc_endpoints={"S3Interface": endpoint})
    name = regional_name(cloud, endpoint)
    hosts = {
        f"bucket.{name}": "s3.eu-west-1.amazonaws.com",
        f"orders.bucket.{name}": "orders.s3.eu-west-1.amazonaws.com",
        "orders.s3.eu-west-1.amazonaws.com": "orders.s3.eu-west-1.amazonaws.com",
    }
    assert {host: route(cloud, ask(S3_INTERFACE, host)).host for host in hosts} == hosts
