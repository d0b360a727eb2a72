"""CloudFront distributions on a path: behaviours, origins, and what makes the answer unknown (newer-aws §12)."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.names.distributions import Distribution
from netful.sources import load

TEMPLATE = """
Parameters: {{Elsewhere: {{Type: String}}}}
Resources:
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: {enabled}
        Origins:
          - {{Id: a, DomainName: a.example.com, CustomOriginConfig: {{OriginProtocolPolicy: {protocol}}}}}
          - {{Id: b, DomainName: b.example.com, OriginPath: /base, CustomOriginConfig: {{OriginProtocolPolicy: https-only, HTTPSPort: 8443}}}}
          - {{Id: vpc, DomainName: c.example.com, VpcOriginConfig: {{VpcOriginId: vo_1}}}}
          - {{Id: unknown, DomainName: !Ref Elsewhere, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}
        OriginGroups: {{Quantity: 1, Items: [{{Id: group, FailoverCriteria: {{}}, Members: {{Quantity: 2, Items: [{{OriginId: b}}, {{OriginId: a}}]}}}}]}}
        CacheBehaviors:
          - {{PathPattern: /b/*, TargetOriginId: b, ViewerProtocolPolicy: allow-all}}
          - {{PathPattern: /vpc, TargetOriginId: vpc, ViewerProtocolPolicy: allow-all}}
          - {{PathPattern: /unknown, TargetOriginId: unknown, ViewerProtocolPolicy: allow-all}}
          - {{PathPattern: /group, TargetOriginId: group, ViewerProtocolPolicy: allow-all}}
        DefaultCacheBehavior: {{TargetOriginId: a, ViewerProtocolPolicy: {viewer}, {more}}}
{restrictions}
"""
ALL_VIEWER = "OriginRequestPolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3"


def asked(
    folder, path, scheme="https", *, enabled="true", protocol="https-only", viewer="allow-all", more="", restrictions=""
):
    file = folder / "template.yaml"
    file.write_text(
        TEMPLATE.format(enabled=enabled, protocol=protocol, viewer=viewer, more=more, restrictions=restrictions)
    )
    cloud = load([file])
    host = cloud.names.distributions["Edge"].domain_name
    return host, trace(cloud, parse(cloud, "internet", f"{scheme}://{host}{path}"))


def edge_of(path):
    return next(hop for hop in path.hops if hop.kind == "edge")


@pytest.mark.parametrize(
    ("path", "settings", "rule"),
    [
        ("/x?y", {}, "asks a.example.com for /x?y with Host a.example.com"),
        ("/b/x", {}, "asks b.example.com for /base/b/x with Host b.example.com"),
        ("/group", {}, "asks b.example.com for /base/group with Host b.example.com"),
        ("/x", {"more": ALL_VIEWER}, "asks a.example.com for /x with Host {host}"),
        (
            "/x",
            {"more": "ForwardedValues: {QueryString: true, Headers: ['*']}"},
            "asks a.example.com for /x with Host {host}",
        ),
    ],
)
def test_origin(tmp_path, path, settings, rule):
    host, found = asked(tmp_path, path, **settings)
    assert (found.verdict, edge_of(found).rule) == ("reachable", rule.format(host=host))


@pytest.mark.parametrize(
    ("scheme", "protocol", "port"),
    [("http", "match-viewer", 80), ("https", "match-viewer", 443), ("http", "https-only", 443)],
)
def test_port_of_the_origin(tmp_path, scheme, protocol, port):
    _, found = asked(tmp_path, "/", scheme, protocol=protocol)
    assert f"tcp/{port}" in found.hops[-1].asks


@pytest.mark.parametrize(("scheme", "settings"), [("https", {"enabled": "false"}), ("http", {"viewer": "https-only"})])
def test_refused(tmp_path, scheme, settings):
    _, found = asked(tmp_path, "/", scheme, **settings)
    assert (found.verdict, found.symptom.status, edge_of(found).code) == ("blocked", 403, "NETFUL_DISTRIBUTION_REFUSES")


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("/vpc", {}),
        ("/unknown", {}),
        (
            "/",
            {"restrictions": "        Restrictions: {GeoRestriction: {RestrictionType: whitelist, Locations: [CH]}}"},
        ),
    ],
)
def test_unknown(tmp_path, path, settings):
    assert asked(tmp_path, path, **settings)[1].verdict == "unknown"


def test_functions_and_signed_urls_are_assumptions(tmp_path):
    _, plain = asked(tmp_path, "/")
    _, found = asked(
        tmp_path, "/", more="TrustedKeyGroups: [k], FunctionAssociations: [{EventType: viewer-request, FunctionARN: f}]"
    )
    assert len(found.assumptions) == len(plain.assumptions) + 2


def test_distribution_that_was_not_loaded(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    cloud = load([file])
    found = trace(cloud, parse(cloud, "internet", "https://d1.cloudfront.net/"))
    assert any("d1.cloudfront.net" in text for text in found.assumptions)


@pytest.mark.parametrize(
    ("host", "named"), [("a.example.com", True), ("b.a.example.com", True), ("example.com", False)]
)
def test_wildcard_in_an_alias(host, named):
    assert Distribution("Edge", "d1.cloudfront.net", ("*.example.com",)).is_named(host) is named


def test_restriction_to_none(tmp_path):
    assert (
        asked(tmp_path, "/", restrictions="        Restrictions: {GeoRestriction: {RestrictionType: none}}")[1].verdict
        == "reachable"
    )
