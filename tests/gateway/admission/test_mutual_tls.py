"""Custom domains that want a certificate of their clients: over TLS, with certificates of the test's own authorities."""

import asyncio
import json
import socket
import ssl
import textwrap
from datetime import UTC, datetime

import pytest
import uvloop

from netful.services.front.front import Front
from netful.services.tls.authority import Authority
from tests.helpers.abused import DOOR, SECONDS, Nothing
from tests.helpers.client_authorities import Signer
from tests.helpers.gateway_bench import FUNCTION, header

TEMPLATE = f"""
Transform: AWS::Serverless-2016-10-31
Resources:
{FUNCTION}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {{Type: REGIONAL}}
      AccessLogSetting: {{DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:calls", Format: "$context.requestId $context.status $context.identity.clientCert.serialNumber"}}
      MethodSettings: [{{HttpMethod: "*", ResourcePath: "/*", LoggingLevel: ERROR}}]
      Domain: &domain
        DomainName: api.example.com
        CertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/1
        MutualTlsAuthentication: {{TruststoreUri: "s3://stores/truststore.pem"}}
      DefinitionBody:
        swagger: "2.0"
        info: {{title: api, version: "1"}}
        paths:
          /who: {{get: {{x-amazon-apigateway-integration: {{type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{Fn.Arn}}/invocations"}}}}}}
          /mock:
            get:
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {{application/json: '{{"statusCode": 200}}'}}
                responses: {{default: {{statusCode: "200", responseTemplates: {{application/json: '$context.identity.clientCert.subjectDN, $context.identity.clientCert.validity.notAfter'}}}}}}
  Other: {{Type: AWS::ApiGateway::DomainName, Properties: {{DomainName: other.example.com, EndpointConfiguration: {{Types: [REGIONAL]}}, MutualTlsAuthentication: {{TruststoreUri: "s3://stores/other.pem"}}}}}}
  OtherMapping: {{Type: AWS::ApiGateway::BasePathMapping, Properties: {{DomainName: !Ref Other, RestApiId: !Ref Api, Stage: live}}}}
  Open: {{Type: AWS::ApiGateway::DomainName, Properties: {{DomainName: open.example.com, EndpointConfiguration: {{Types: [REGIONAL]}}}}}}
  OpenMapping: {{Type: AWS::ApiGateway::BasePathMapping, Properties: {{DomainName: !Ref Open, RestApiId: !Ref Api, Stage: live}}}}
  Http: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: http, ProtocolType: HTTP}}}}
  HttpStage: {{Type: AWS::ApiGatewayV2::Stage, Properties: {{ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}}}
  HttpFn: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Fn.Arn, PayloadFormatVersion: "2.0"}}}}
  HttpRoute: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Http, RouteKey: $default, Target: !Sub "integrations/${{HttpFn}}"}}}}
  HttpDomain: {{Type: AWS::ApiGatewayV2::DomainName, Properties: {{DomainName: http.example.com, MutualTlsAuthentication: {{TruststoreUri: "s3://stores/truststore.pem"}}}}}}
  HttpMapping: {{Type: AWS::ApiGatewayV2::ApiMapping, Properties: {{DomainName: !Ref HttpDomain, ApiId: !Ref Http, Stage: $default}}}}
"""
HOST = "api.example.com"
TRUSTED, STRANGER = Signer("authority", ca=True), Signer("stranger", ca=True)
LINKS = [TRUSTED]
for _number in range(4):
    LINKS.append(Signer(f"link-{_number}", LINKS[-1], ca=True))
CLIENT = Signer("client", TRUSTED, serial=0xA1B2C3)
REFUSED = {
    "stranger": (Signer("other", STRANGER), "Could not find issuer for certificate"),
    "self-signed": (Signer("itself"), "self signed certificate"),
    "expired": (Signer("old", TRUSTED, days=(-30, -1)), "certificate has expired"),
    "not yet": (Signer("early", TRUSTED, days=(1, 30)), "certificate is not yet valid"),
    "short key": (Signer("weak", TRUSTED, rsa_bits=1024), "Client cert using an insecure Signature Algorithm"),
    "long chain": (Signer("far", LINKS[-1]), "the chain has more than 4 certificates"),
}


@pytest.fixture
def bench(bench_of, tmp_path):
    (tmp_path / "truststore.pem").write_text("".join(one.pem for one in LINKS))
    (tmp_path / "other.pem").write_text(STRANGER.pem)
    (tmp_path / "netful.toml").write_text(
        textwrap.dedent("""
        truststores."api.example.com".pem = "truststore.pem"
        truststores."http.example.com".pem = "truststore.pem"
        truststores.Other.pem = "other.pem"
    """)
    )
    return bench_of(TEMPLATE, lambda _event: {"statusCode": 200, "body": "in"})


class Client:
    """Asks the front over TLS, with a certificate or without."""

    def __init__(self, port, trust):
        self.port, self.trust = port, trust

    async def get(self, path, host=HOST, shown=None, sni=None, version=ssl.TLSVersion.TLSv1_3, body=b""):
        """The status and the body; raises ssl.SSLError, or ConnectionError, where the server refuses to go on."""
        context = ssl.create_default_context(cafile=self.trust)
        context.maximum_version = version
        if shown is not None:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")  # a client that is none too careful
            context.load_cert_chain(shown)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=context, server_hostname=sni or host)
        try:
            head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            head, _, body = (await asyncio.wait_for(reader.read(), SECONDS)).partition(b"\r\n\r\n")
            if not head:
                raise ConnectionError("no answer")
            return int(head.split()[1]), body.decode()
        finally:
            writer.close()


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def with_client(request, bench, tmp_path):
    """Run what a client does, against the bench's gateway behind a front."""

    def with_client_(act):
        async def run():
            authority = Authority(tmp_path / "ca")
            handlers = {"execute-api": bench.gateway.answer}
            front = Front(bench.gateway.cloud, authority, Nothing(), handlers, known=bench.gateway.known)
            listener = socket.create_server(("127.0.0.1", 0))
            listener.setblocking(False)
            server = await front.listen(DOOR, listener, tls=True)
            try:
                return await act(Client(listener.getsockname()[1], authority.bundle))
            finally:
                server.close()

        return request.param(run())

    return with_client_


def test_client_that_is_trusted_is_let_in_and_told_of(with_client, bench, tmp_path):
    shown = CLIENT.files(tmp_path)

    async def act(client):
        return [await client.get("/who", shown=shown), await client.get("/mock", shown=shown)]

    answers = with_client(act)
    assert answers[0] == (200, "in")
    told = bench.events[0]["requestContext"]["identity"]["clientCert"]
    assert told["clientCertPem"] == CLIENT.pem
    assert (told["subjectDN"], told["issuerDN"]) == ("CN=client,O=Example", "CN=authority,O=Example")
    assert told["serialNumber"] == "a1:b2:c3"
    end = CLIENT.certificate.not_valid_after_utc
    assert datetime.strptime(told["validity"]["notAfter"], "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC) == end
    assert answers[1] == (200, f"CN=client,O=Example, {told['validity']['notAfter']}")
    assert [line.split()[1:] for line in bench.gateway.logs.of("Api").text.splitlines()] == [["200", "a1:b2:c3"]] * 2


def test_each_client_is_told_of_however_alike_its_calls_are(with_client, bench, tmp_path):
    shown = [CLIENT.files(tmp_path), Signer("second", TRUSTED).files(tmp_path)]

    async def act(client):
        for file in shown * 4:
            await client.get("/who", shown=file)

    with_client(act)
    told = [e["requestContext"]["identity"]["clientCert"]["subjectDN"] for e in bench.events if "requestContext" in e]
    assert told == ["CN=client,O=Example", "CN=second,O=Example"] * 4


def test_event_of_an_http_api_tells_of_the_client(with_client, bench, tmp_path):
    shown = CLIENT.files(tmp_path)

    async def act(client):
        return await client.get("/", host="http.example.com", shown=shown)

    assert with_client(act)[0] == 200
    told = bench.events[0]["requestContext"]["authentication"]["clientCert"]
    assert (told["subjectDN"], told["serialNumber"]) == ("CN=client,O=Example", "a1:b2:c3")


VERSIONS = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


@VERSIONS
def test_client_without_a_certificate_gets_no_connection(with_client, bench, version):
    async def act(client):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await client.get("/who", version=version)

    with_client(act)
    assert bench.events == []


@VERSIONS
def test_much_is_said_both_ways(with_client, bench, tmp_path, version):
    shown, much = CLIENT.files(tmp_path), "m" * 2_000_000
    bench.function = lambda event: {"statusCode": 200, "body": event["body"]}

    async def act(client):
        return await client.get("/who", shown=shown, version=version, body=much.encode())

    assert with_client(act) == (200, much)


@pytest.mark.parametrize("kind", REFUSED)
def test_certificate_that_will_not_do_is_refused_by_http(with_client, bench, tmp_path, kind):
    signer, why = REFUSED[kind]
    between = LINKS[:0:-1] if kind == "long chain" else ()
    shown = signer.files(tmp_path, *between)

    async def act(client):
        return await client.get("/who", shown=shown)

    status, body = with_client(act)
    assert (status, json.loads(body)) == (403, {"message": "Forbidden"})
    assert not any(isinstance(event, dict) and "requestContext" in event for event in bench.events)
    assert f"Access denied. Reason: {why}" in bench.gateway.logs.of("Api").text


def test_other_names_ask_for_nothing(with_client, tmp_path):
    """Neither a client without a certificate nor one that has one for elsewhere is asked at a name that does not want it."""
    shown = REFUSED["stranger"][0].files(tmp_path)

    async def act(client):
        return [await client.get("/mock", host="open.example.com", shown=file) for file in (None, shown)]

    assert with_client(act) == [(200, ", ")] * 2


def test_each_domain_has_its_own_authorities(with_client, tmp_path):
    stranger, trusted = REFUSED["stranger"][0].files(tmp_path), CLIENT.files(tmp_path)

    async def act(client):
        return [(await client.get("/mock", host="other.example.com", shown=file))[0] for file in (stranger, trusted)]

    assert with_client(act) == [200, 403]


@pytest.mark.parametrize("sni", ["open.example.com", "other.example.com"])
def test_connection_for_another_name_has_shown_nothing(with_client, tmp_path, sni):
    shown = REFUSED["stranger"][0].files(tmp_path)  # whom other.example.com trusts

    async def act(client):
        return await client.get("/mock", sni=sni, shown=shown)

    status, body = with_client(act)
    assert (status, json.loads(body)) == (403, {"message": "Forbidden"})


def test_request_without_tls_has_shown_nothing(bench):
    response = asyncio.run(bench.call("GET", "/mock", host=HOST))
    assert (response.status, response.body) == (403, b'{"message":"Forbidden"}')
    assert header(response, "x-amzn-ErrorType") == "ForbiddenException"


def test_default_endpoint_goes_round_it(bench):
    assert asyncio.run(bench.call("GET", "/live/mock")).status == 200


def test_domain_whose_truststore_is_not_known_trusts_nobody(with_client, bench, tmp_path):

    bench.gateway.change(bench.gateway.cloud.having(truststores={}))
    shown = CLIENT.files(tmp_path)

    async def act(client):
        return await client.get("/mock", shown=shown)

    assert with_client(act)[0] == 403


def test_client_that_leaves_or_speaks_no_tls_harms_nobody(with_client):
    """The front says so itself where an exception comes out of it (`served` in abused.py does the same for all of TLS)."""

    async def act(client):
        wrong = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: wrong.append(context))
        for data in (
            b"",
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
            b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
            writer.write(data)
            writer.write_eof()
            assert b"HTTP/1.1 2" not in await asyncio.wait_for(reader.read(), SECONDS)
            writer.close()
        return wrong

    assert with_client(act) == []
