"""Headers that an API needs and the distribution before it keeps."""

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of

TEMPLATE = """
Parameters: {Unset: {Type: String}}
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, EndpointConfiguration: {Types: [REGIONAL]}}}
  Users: {Type: AWS::ApiGateway::Authorizer, Properties: {RestApiId: !Ref Api, Name: a, Type: COGNITO_USER_POOLS, IdentitySource: method.request.header.Authorization, ProviderARNs: [!GetAtt Pool.Arn]}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, %s, Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
  Plan: {Type: AWS::ApiGateway::UsagePlan, DependsOn: Stage, Properties: {ApiStages: [{ApiId: !Ref Api, Stage: live}]}}
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: api, DomainName: !Sub "${Api}.execute-api.us-east-1.amazonaws.com", OriginPath: %s, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior: {TargetOriginId: api, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad%s}
"""
BY_KEY, BY_POOL = (
    "AuthorizationType: NONE, ApiKeyRequired: true",
    "AuthorizationType: COGNITO_USER_POOLS, AuthorizerId: !Ref Users",
)
BUT_HOST = ", OriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.mark.parametrize(
    ("method", "origin", "policy", "expected"),
    [
        (BY_POOL, "/live", "", ["Edge"]),
        (BY_POOL, '""', "", ["Edge"]),
        (BY_KEY, "/live", "", ["Edge"]),
        (BY_POOL, "/live", BUT_HOST, []),
        (BY_KEY, "/live", BUT_HOST, []),
        (BY_POOL, "/live", ", OriginRequestPolicyId: !Ref Unset", []),
        (BY_POOL, "/other", "", []),
        ("AuthorizationType: NONE", "/live", "", []),
    ],
)
def test_a_distribution_must_forward_what_an_api_needs(tmp_path, method, origin, policy, expected):
    facts = facts_of(tmp_path, TEMPLATE % (method, origin, policy))
    assert [one.resource for one in rule_named("NF307").findings(facts)] == expected
