"""APIs of `netful show`: what their integrations lead to."""

import pytest

TEMPLATE = """
Resources:
  Inner: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: inner, ProtocolType: HTTP}}}}
  Web: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Subnets: [subnet-1, subnet-2]}}}}
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: outer}}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: {{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: !Sub "{uri}"}}
"""


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("https://${Inner}.execute-api.${AWS::Region}.${AWS::URLSuffix}/", "Inner"),
        ("http://${Web.DNSName}:8080/{{proxy}}", "Web"),
        ("https://abcdef1234.execute-api.${AWS::Region}.amazonaws.com/", None),
        ("https://www.example.com/${Inner}", None),
    ],
)
def test_a_url_of_an_api_or_a_load_balancer_is_its_target(cloud_of, shown, uri, target):
    outer = shown(cloud_of(TEMPLATE.format(uri=uri)))["Api"]
    assert [route["integration"]["target"] for route in outer["routes"]] == [target]
