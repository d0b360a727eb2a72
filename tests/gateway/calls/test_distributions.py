"""Answers of distributions, and the headers that origins get. An origin here answers with the request that it received."""

import asyncio
import json

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.gateway.distributions.distribution_service import DistributionService
from netful.gateway.distributions.origin_calls import OriginCalls
from netful.services.http.message import ClientConnection, Request, Response
from tests.helpers.gateway_bench import INTERNET

TEMPLATE = """
Resources:
  Headers:
    Type: AWS::CloudFront::OriginRequestPolicy
    Properties:
      OriginRequestPolicyConfig:
        Name: h
        HeadersConfig: %s
        CookiesConfig: {CookieBehavior: none}
        QueryStringsConfig: {QueryStringBehavior: none}
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties: {Scope: CLOUDFRONT, DefaultAction: %s, Rules: []}
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        WebACLId: !GetAtt Acl.Arn
        Origins: [{Id: o, DomainName: o.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior: {TargetOriginId: o, ViewerProtocolPolicy: allow-all, OriginRequestPolicyId: !Ref Headers}
        CustomErrorResponses: [{ErrorCode: 403, ResponseCode: 200, ResponsePagePath: /index.html}]
"""
NO_HEADERS = "{HeaderBehavior: none}"


async def echo(request, _end):
    body = {"target": request.target, "headers": {name.lower(): value for name, value in request.headers}}
    return Response(200, (), json.dumps(body).encode())


def ask(cloud, method="GET", *, tls=True, headers=(), body=b""):
    host = cloud.names.distributions["Edge"].domain_name
    connection = ClientConnection(INTERNET, ("203.0.113.9", 4711), ("198.18.0.14", 443), tls=tls)
    service = DistributionService(cloud, OriginCalls(echo, lambda _: {}))
    answer = asyncio.run(service.handle(Request(method, "/x", (("Host", host), *headers), body, connection)))
    return answer.status, json.loads(answer.body) if answer.status == 200 else {}


def predicted(cloud, method):
    host = cloud.names.distributions["Edge"].domain_name
    return trace(cloud, parse(cloud, "internet", f"{method} https://{host}/x"))


@pytest.mark.parametrize(
    ("action", "method", "status", "target"),
    [
        ("{Allow: {}}", "GET", 200, "/x"),
        ("{Allow: {}}", "POST", 200, "/index.html"),
        ("{Block: {}}", "GET", 200, "/index.html"),
        ("{Block: {CustomResponse: {ResponseCode: 403}}}", "GET", 403, None),
    ],
)
def test_page_in_place_of_a_refusal(cloud_of, action, method, status, target):
    cloud = cloud_of(TEMPLATE % (NO_HEADERS, action))
    seen, body = ask(cloud, method)
    assert (seen, body.get("target")) == (status, target)
    if target != "/x":
        assert predicted(cloud, method).symptom.status == status


@pytest.mark.parametrize(("body", "target"), [(b"", "/x"), (b"b", "/index.html")])
def test_a_get_has_no_body(cloud_of, body, target):
    cloud = cloud_of(TEMPLATE % (NO_HEADERS, "{Allow: {}}"))
    assert ask(cloud, body=body)[1].get("target") == target  # the page for 403


@pytest.mark.parametrize(
    ("config", "tls", "expected"),
    [
        (NO_HEADERS, True, (None, None)),
        ("{HeaderBehavior: allViewer}", True, (None, None)),
        ("{HeaderBehavior: whitelist, Headers: [CloudFront-Forwarded-Proto]}", True, ("https", None)),
        ("{HeaderBehavior: whitelist, Headers: [CloudFront-Forwarded-Proto]}", False, ("http", None)),
        ("{HeaderBehavior: allViewerAndWhitelistCloudFront, Headers: [CloudFront-Viewer-Country]}", True, (None, "US")),
    ],
)
def test_headers_that_describe_the_viewer(cloud_of, config, tls, expected):
    cloud = cloud_of(TEMPLATE % (config, "{Allow: {}}"))
    _, body = ask(cloud, tls=tls)
    names = "cloudfront-forwarded-proto", "cloudfront-viewer-country"
    assert tuple(body["headers"].get(name) for name in names) == expected


def test_viewer_does_not_describe_itself(cloud_of):
    cloud = cloud_of(TEMPLATE % ("{HeaderBehavior: whitelist, Headers: [CloudFront-Viewer-Country]}", "{Allow: {}}"))
    _, body = ask(cloud, headers=(("CloudFront-Viewer-Country", "XX"),))
    assert body["headers"]["cloudfront-viewer-country"] == "US"
