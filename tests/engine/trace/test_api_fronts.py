"""Names whose records lead to the public front of API Gateway, or to a distribution before it (api-gateway §2.7, §5.19)."""

import pytest

NAMED = "NETFUL_TLS_NAME_MISMATCH", "NETFUL_API_HOST_UNKNOWN"
API = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: api, EndpointConfiguration: {Types: [REGIONAL]}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties: {DomainName: api.example.com, RegionalCertificateArn: c, EndpointConfiguration: {Types: [REGIONAL]}}
  Mapping: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Domain, RestApiId: !Ref Api, Stage: live}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
"""
RECORD = """
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: %s.example.com, Type: CNAME, TTL: 60, ResourceRecords: [%s]}}
"""
OWN, REGIONAL = "!Sub '${Api}.execute-api.us-east-1.amazonaws.com'", "!GetAtt Domain.RegionalDomainName"
ELSEWHERE = "d-abcdefghij.execute-api.us-east-1.amazonaws.com"
EDGE = """
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Aliases: [api.example.com]
        ViewerCertificate: {AcmCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/c", SslSupportMethod: sni-only}
        WebACLId: !GetAtt Acl.Arn
        Origins: [{Id: api, DomainName: !GetAtt Domain.RegionalDomainName, CustomOriginConfig: {OriginProtocolPolicy: match-viewer}}]
        DefaultCacheBehavior: {TargetOriginId: api, ViewerProtocolPolicy: allow-all, OriginRequestPolicyId: %s}
  Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT, DefaultAction: {%s: {}}, Rules: []}}
"""
ALL_VIEWER, EXCEPT_HOST = "216adef6-5c7f-47e4-b989-5492eafa07d3", "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def codes(path):
    return tuple(hop.code for hop in path.hops if hop.verdict == "deny")


@pytest.mark.parametrize(
    ("name", "target", "url", "refused"),
    [
        ("api", REGIONAL, "https://api.example.com/", ()),
        ("api", OWN, "https://api.example.com/", ()),
        ("other", OWN, "https://other.example.com/live/", NAMED),
        ("other", OWN, "http://other.example.com/live/", NAMED[1:]),
        ("other", REGIONAL, "https://other.example.com/", NAMED),
        ("other", REGIONAL, "https://other.example.com/ Host: api.example.com", NAMED[:1]),
        ("other", ELSEWHERE, "https://other.example.com/", ()),
        ("other", OWN, f"https://{ELSEWHERE}/", NAMED[1:]),
    ],
)
def test_only_custom_domain_names_are_served(cloud_of, ask, name, target, url, refused):
    path = ask(cloud_of(API + RECORD % (name, target)), "internet", url)
    assert codes(path) == refused


def test_custom_domain_name_that_was_not_loaded_is_an_assumption(cloud_of, ask):
    path = ask(cloud_of(API + RECORD % ("other", ELSEWHERE)), "internet", "https://other.example.com/")
    assert any("other.example.com" in text for text in path.assumptions)


@pytest.mark.parametrize(
    ("policy", "action", "refused"),
    [
        (ALL_VIEWER, "Allow", ()),
        (ALL_VIEWER, "Block", ("NETFUL_FILTERED",)),
        (EXCEPT_HOST, "Allow", ("NETFUL_API_HOST_UNKNOWN",)),
    ],
)
def test_distribution_before_a_custom_domain_name_of_the_same_name(cloud_of, ask, policy, action, refused):
    cloud = cloud_of(API + RECORD % ("api", "!GetAtt Edge.DomainName") + EDGE % (policy, action))
    path = ask(cloud, "internet", "https://api.example.com/")
    assert codes(path) == refused
    assert "edge" in [hop.kind for hop in path.hops]
    assert path.symptom.status == (403 if refused else None)


@pytest.mark.parametrize(("scheme", "assumes"), [("https", False), ("http", True)])
def test_api_without_tls_behind_a_distribution_is_an_assumption(cloud_of, ask, scheme, assumes):
    cloud = cloud_of(API + RECORD % ("api", "!GetAtt Edge.DomainName") + EDGE % (ALL_VIEWER, "Allow"))
    path = ask(cloud, "internet", f"{scheme}://api.example.com/")
    assert (path.verdict, any("tcp/80" in text for text in path.assumptions)) == ("reachable", assumes)
