"""Names whose records lead to the public front of API Gateway (api-gateway §2.7, §5.19)."""

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
