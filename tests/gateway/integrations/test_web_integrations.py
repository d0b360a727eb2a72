"""HTTP and HTTP_PROXY of REST APIs: what the web server gets, and what comes back (api-gateway §5.1, §5.3, §5.10)."""

import asyncio

import pytest

from netful.gateway.integrations.web_connection import UnreachableError
from netful.services.http.message import Response
from tests.helpers.api_templates import of_document
from tests.helpers.gateway_bench import header
from tests.helpers.ids import api_id
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.texts import replaced

BODY = """
    swagger: "2.0"
    paths:
      /pets/{{id}}:
        x-amazon-apigateway-any-method:
          parameters: [{{name: id, in: path, required: true, type: string}}]
          x-amazon-apigateway-integration:
            type: {type}
            httpMethod: {method}
            uri: {uri}
            requestParameters: {parameters}
            responses:
              default: {{statusCode: 200}}
              "5\\\\d\\\\d": {{statusCode: 502, responseParameters: {{method.response.header.Server: "'x'"}}}}
"""
URI = "https://shop.example.com:8443/a/{id}?own=1"
PATH = "integration.request.path.id: method.request.path.id"


def api(kind="HTTP", method="ANY", uri=URI, parameters=f"{{{PATH}}}", more=""):
    body = BODY.format(type=kind, method=method, uri=f'"{uri}"', parameters=parameters)
    return of_document(body, "Variables: {backend: b.example}") + more


def ask(bench, method="GET", path="/live/pets/7?q=1", **more):
    return asyncio.run(bench.call(method, path, **more))


def sent(bench):
    return bench.events[0]


def names(request):
    return {name.lower() for name, _ in request.headers}


def value(request, name):
    return next((v for n, v in request.headers if n.lower() == name), None)


@pytest.mark.parametrize("kind", ["HTTP", "HTTP_PROXY"])
@pytest.mark.parametrize(
    "parameters", ["{}", "{integration.request.path.id: method.request.querystring.id}"], ids=["no mapping", "no value"]
)
def test_placeholder_without_a_value_is_a_500(bench_of, kind, parameters):
    bench = bench_of(api(kind, parameters=parameters), function=lambda _request: Response(200, (), b"{}"))
    response = ask(bench)
    assert (response.status, response.body, bench.events) == (500, b'{"message": "Internal server error"}', [])


def test_http_sends_nothing_of_the_clients_headers_and_query(bench_of):
    bench = bench_of(api(), function=lambda _request: Response(200, (("X-Own", "1"),), b"{}"))
    response = ask(
        bench, "POST", body=b"{}", **{"Content-Type": "application/json", "X-Client": "1", "User-Agent": "curl"}
    )
    request = sent(bench)
    assert (request.method, request.host, request.port, request.target) == (
        "POST", "shop.example.com", 8443, "/a/7?own=1",
    )  # fmt: skip
    assert (request.authority, request.server_name, request.tls) == ("shop.example.com:8443", "shop.example.com", True)
    assert names(request) == {"content-type", "accept", "user-agent", "x-amzn-trace-id", "x-amzn-apigateway-api-id"}
    assert value(request, "user-agent") == f"AmazonAPIGateway_{api_id('Api')}"
    assert value(request, "accept") == "application/json"
    assert (response.status, header(response, "x-own")) == (200, None)
    assert header(response, "x-amzn-trace-id") == value(request, "x-amzn-trace-id")


def test_http_without_a_body_has_no_type(bench_of):
    bench = bench_of(api(method="PUT"), function=lambda _request: Response(200))
    ask(bench)
    assert (sent(bench).method, value(sent(bench), "content-type")) == ("PUT", None)


def test_answer_of_a_server_is_mapped_by_its_status(bench_of):
    unmapped = ask(bench_of(api(), function=lambda _request: Response(404, (), b"no")))
    assert (unmapped.status, unmapped.body) == (200, b"no")
    mapped = ask(bench_of(api(), function=lambda _request: Response(503)))
    assert (mapped.status, header(mapped, "x-amzn-remapped-server")) == (502, "x")


PROXIED = api("HTTP_PROXY", parameters=f"{{{PATH}, integration.request.header.X-Own: \"'o'\", "
              "integration.request.header.Via: \"'v'\", integration.request.querystring.q: \"'2'\"}")  # fmt: skip


def test_proxy_sends_the_clients_request(bench_of):
    bench = bench_of(PROXIED, function=lambda _request: Response(200))
    sent_headers = {
        "X-Own": "c",
        "X-Other": "1",
        "Content-Encoding": "br",
        "Via": "1.1 x",
        "TE": "trailers",
        "Expect": "a",
    }
    ask(bench, "PATCH", body=b"raw", **sent_headers)
    request = sent(bench)
    assert (request.method, request.target, request.body) == ("PATCH", "/a/7?own=1&q=2&q=1", b"raw")
    assert (value(request, "x-own"), value(request, "x-other")) == ("o", "1")
    assert value(request, "x-forwarded-for") == "203.0.113.9"
    assert not names(request) & {"content-encoding", "via", "te", "expect", "host"}


def test_proxy_has_no_templates(bench_of):
    more = "type: HTTP_PROXY\n                passthroughBehavior: never\n                requestTemplates: {application/json: gone}"
    bench = bench_of(replaced(PROXIED, {"type: HTTP_PROXY": more}), function=lambda _request: Response(200))
    for kind in ("application/json", "text/plain"):
        assert ask(bench, "POST", body=b"raw", **{"Content-Type": kind}).status == 200
    assert [request.body for request in bench.events] == [b"raw", b"raw"]


def test_proxy_returns_the_servers_answer_under_other_names(bench_of):
    headers = (("Server", "nginx"), ("Date", "today"), ("Content-Length", "2"), ("x-amzn-RequestId", "r"),
               ("Connection", "close"), ("Transfer-Encoding", "x"), ("Accept", "a"), ("Set-Cookie", "a=1"))  # fmt: skip
    response = ask(bench_of(PROXIED, function=lambda _request: Response(400, headers, b"no")))
    assert (response.status, response.body) == (400, b"no")
    remapped = {n for n, _ in response.headers if n.startswith("x-amzn-Remapped-")}
    assert remapped == {
        f"x-amzn-Remapped-{n}" for n in ("Server", "Date", "Content-Length", "x-amzn-RequestId", "Connection")
    }
    assert (header(response, "accept"), header(response, "set-cookie")) == ("a", "a=1")
    assert header(response, "transfer-encoding") is None


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (UnreachableError("refused"), 504, b'{"message": "Network error communicating with endpoint"}'),
        (UnreachableError("no such host", misconfigured=True), 500, b'{"message": "Internal server error"}'),
    ],
)
def test_server_that_is_not_there(bench_of, fault, status, body):
    response = ask(bench_of(api(), function=lambda _request: fault))
    assert (response.status, response.body) == (status, body)


def test_uri_of_stage_variables(bench_of):
    bench = bench_of(api(uri="http://${stageVariables.backend}/x"), function=lambda _request: Response(200))
    ask(bench)
    assert (sent(bench).host, sent(bench).port, sent(bench).tls) == ("b.example", 80, False)


def test_uri_that_is_none(bench_of):
    response = ask(bench_of(api(uri="ftp://x/"), function=None))
    assert (response.status, len(response.body)) == (500, 36)


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding"])
def test_header_that_may_not_be_mapped_to_a_server(bench_of, name):
    mapping = f"{{{PATH}, integration.request.header.{name}: \"'1'\"}}"
    response = ask(bench_of(api(parameters=mapping), function=lambda _request: Response(200)))
    assert (response.status, header(response, "x-amzn-errortype")) == (500, "InternalServerErrorException")


@pytest.mark.parametrize("name", ["Content-MD5", "Max-Forwards", "Server", "Trailer", "Upgrade", "WWW-Authenticate"])
def test_dropped_header_that_a_mapping_sets_arrives(bench_of, name):
    mapping = f"{{{PATH}, integration.request.header.{name}: \"'1'\"}}"
    bench = bench_of(api(parameters=mapping), function=lambda _request: Response(200))
    ask(bench)
    assert value(sent(bench), name.lower()) == "1"


@pytest.mark.parametrize("name", ["Expect", "Proxy-Authenticate", "TE", "Via"])
def test_header_that_never_arrives(bench_of, name):
    mapping = f"{{{PATH}, integration.request.header.{name}: \"'1'\"}}"
    bench = bench_of(api(parameters=mapping), function=lambda _request: Response(200))
    ask(bench)
    assert value(sent(bench), name.lower()) is None


NETWORK = """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Type: network, Scheme: internal, Subnets: [!Ref Subnet]}
  Link: {Type: AWS::ApiGateway::VpcLink, Properties: {Name: l, TargetArns: [!Ref Balancer]}}
"""


def test_vpc_link_leads_to_the_load_balancers_node(bench_of):
    text = replaced(
        api("HTTP_PROXY", uri="https://internal.example.com:8443/x"),
        {
            "type: HTTP_PROXY": "type: HTTP_PROXY\n                connectionType: VPC_LINK\n                connectionId: !Ref Link"
        },
    )
    bench = bench_of(replaced(text, {"Resources:": "Resources:" + NETWORK}), function=lambda _request: Response(200))
    ask(bench)
    request = sent(bench)
    assert (str(request.link.address).startswith("10.0.0."), request.port) == (True, 8443)
    assert (request.link.link.id, request.link.node.owner_id) == ("Link", "Balancer")
    assert (request.authority, request.server_name) == ("internal.example.com:8443", "internal.example.com")


def test_certificate_that_nobody_looks_at(bench_of):
    text = replaced(
        api("HTTP_PROXY"),
        {"type: HTTP_PROXY": "type: HTTP_PROXY\n                tlsConfig: {insecureSkipVerification: true}"},
    )
    bench = bench_of(text, function=lambda _request: Response(200))
    ask(bench)
    assert (sent(bench).tls, sent(bench).server_name) == (True, "")


@pytest.mark.parametrize("kind", ["HTTP", "HTTP_PROXY"])
def test_a_server_that_does_not_answer_in_time_is_not_waited_for(bench_of, kind):
    bench = bench_of(api(kind, parameters=f"{{{PATH}}}\n            timeoutInMillis: 50"))
    given_up = asyncio.Event()

    async def send(_request):
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    async def run():
        bench.send = send
        response = await bench.call("GET", "/live/pets/7")
        await asyncio.wait_for(given_up.wait(), ENOUGH_SECONDS)
        return response

    response = asyncio.run(run())
    assert (response.status, response.body) == (504, b'{"message": "Endpoint request timed out"}')
