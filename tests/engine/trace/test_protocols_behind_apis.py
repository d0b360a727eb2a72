"""TLS and plain HTTP behind VPC links and load balancers, and the certificates that API Gateway checks (api-gateway §5.1, §6.4)."""

import pytest

from tests.engine.trace.test_api_requests import LINK, MOCK, OPEN, codes, template
from tests.helpers.texts import replaced

PROTOCOL, NAME = ["NETFUL_TLS_PROTOCOL"], ["NETFUL_TLS_NAME_MISMATCH"]
CERTIFICATE = "  Cert: {Type: AWS::CertificateManager::Certificate, Properties: {DomainName: web.example}}\n"
PLAIN = {"Protocol: HTTPS\n      Default": "Protocol: HTTP\n      Default"}
SECURE = {"Protocol: HTTPS\n": "Protocol: HTTPS\n      Certificates: [{CertificateArn: !Ref Cert}]\n"}
THROUGH = "{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: '%s', ConnectionType: VPC_LINK, ConnectionId: !Ref Link, IntegrationTarget: !Ref Alb%s}"
HTTP = """
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  All: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: $default, Target: !Sub "integrations/${Web}"}}
  Web:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationUri: !Ref Listener, ConnectionType: VPC_LINK, ConnectionId: !Ref Link%s}
  HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
"""


@pytest.mark.parametrize(
    ("listener", "verified", "refused"),
    [
        (SECURE, "", PROTOCOL),
        (SECURE, "web.example", []),
        (SECURE, "other.example", NAME),
        (PLAIN, "", []),
        (PLAIN, "web.example", PROTOCOL),
    ],
)
def test_http_api_speaks_tls_only_to_a_name_that_it_verifies(cloud_of, ask, listener, verified, refused):
    tls = f", TlsConfig: {{ServerNameToVerify: {verified}}}" if verified else ""
    path = ask(cloud_of(template(more=replaced(LINK, listener) + CERTIFICATE + HTTP % tls)), "internet", "Http GET /")
    assert codes(path) == refused
    assert path.symptom.status == (503 if refused else None)


@pytest.mark.parametrize(
    ("listener", "url", "more", "refused", "status"),
    [
        (SECURE, "https://web.example/", "", [], None),
        (SECURE, "https://other.example/", "", NAME, 500),
        (SECURE, "https://other.example/", ", TlsConfig: {InsecureSkipVerification: true}", [], None),
        (SECURE, "http://web.example:443/", "", PROTOCOL, 504),
        (PLAIN, "http://web.example:443/", "", [], None),
        (PLAIN, "https://web.example/", "", PROTOCOL, 504),
    ],
)
def test_rest_api_speaks_as_its_url(cloud_of, ask, listener, url, more, refused, status):
    text = replaced(template(more=replaced(LINK, listener) + CERTIFICATE), {MOCK: THROUGH % (url, more)})
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert (codes(path), path.symptom.status) == (refused, status)


@pytest.mark.parametrize(("protocol", "refused", "status"), [("HTTPS", [], None), ("HTTP", PROTOCOL, 502)])
def test_target_group_of_an_endpoint_speaks_tls(cloud_of, ask, protocol, refused, status):
    group = {"ip, Protocol: HTTPS, Port": f"ip, Protocol: {protocol}, Port", "!GetAtt Host.PrivateIp": "10.0.1.4"}
    text = template("PRIVATE", [OPEN % ""], more=replaced(LINK, {**SECURE, **group}) + CERTIFICATE)
    cloud = cloud_of(text)
    door, balancer = cloud.network.interfaces_of("Door")[0], cloud.balancing.load_balancers["Alb"].dns_name
    here = {"10.0.1.4": str(door.private_ip_address), "DomainName: web.example": f"DomainName: {balancer}"}
    cloud = cloud_of(replaced(text, here))
    host = f"{cloud.aws_id('Api')}.execute-api.us-east-1.amazonaws.com"
    path = ask(cloud, "Fn", f"https://{balancer}/live/ Host: {host}")
    assert (codes(path), path.symptom.status) == (refused, status)


NLB = {"Type: application": "Type: network", "Protocol: HTTPS, Port": "Protocol: TCP, Port"}
TLS = {**NLB, "Protocol: HTTPS\n": "Protocol: TLS\n      Certificates: [{CertificateArn: !Ref Cert}]\n"}
TCP = {**NLB, "Protocol: HTTPS\n": "Protocol: TCP\n"}


@pytest.mark.parametrize(
    ("listener", "url", "refused", "symptom"),
    [
        (SECURE, "http://%s:443/", PROTOCOL, ("http", 400)),
        (SECURE, "https://%s/", [], ("none", None)),
        (PLAIN, "http://%s:443/", [], ("none", None)),
        (PLAIN, "https://%s/", PROTOCOL, ("tls", None)),
        (PLAIN, "%s:tcp/443", [], ("none", None)),
        (SECURE, "%s:tcp/443", [], ("none", None)),
        (TLS, "http://%s:443/", PROTOCOL, ("tls", None)),
        (TCP, "http://%s:443/", [], ("none", None)),
        (TCP, "https://%s/", [], ("none", None)),
    ],
)
def test_a_client_speaks_as_its_url(cloud_of, ask, listener, url, refused, symptom):
    text = template(more=replaced(LINK, listener) + CERTIFICATE)
    balancer = cloud_of(text).balancing.load_balancers["Alb"].dns_name
    cloud = cloud_of(replaced(text, {"DomainName: web.example": f"DomainName: {balancer}"}))
    path = ask(cloud, "Fn", url % balancer)
    assert (codes(path), (path.symptom.kind, path.symptom.status)) == (refused, symptom)
