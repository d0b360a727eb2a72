"""Routing rules of a custom domain in the gateway: requests reach APIs by headers and paths, each by its own plan."""

import asyncio
import json

from netful.services.http.message import Response

TEMPLATE = """
Resources:
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties: {DomainName: api.example.com, EndpointConfiguration: {Types: [REGIONAL]}, RoutingMode: ROUTING_RULE_THEN_BASE_PATH_MAPPING}
  Beta:
    Type: AWS::ApiGatewayV2::RoutingRule
    Properties:
      DomainNameArn: !GetAtt Domain.DomainNameArn
      Priority: 1
      Conditions: [{MatchHeaders: {AnyOf: [{Header: X-Version, ValueGlob: beta*}]}}, {MatchBasePaths: {AnyOf: [shop]}}]
      Actions: [{InvokeApi: {ApiId: !Ref New, Stage: live, StripBasePath: true}}]
  Mapping: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Domain, RestApiId: !Ref Old, Stage: live, BasePath: shop}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: r, Code: {ZipFile: x}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}
"""
API = """
  {name}: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {name}}}}}
  {name}Dogs: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref {name}, ParentId: !GetAtt {name}.RootResourceId, PathPart: dogs}}}}
  {name}Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref {name}
      ResourceId: !Ref {name}Dogs
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub "arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{Fn.Arn}}/invocations"
  {name}Deployment: {{Type: AWS::ApiGateway::Deployment, DependsOn: {name}Get, Properties: {{RestApiId: !Ref {name}}}}}
  {name}Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref {name}
      DeploymentId: !Ref {name}Deployment
      StageName: live
      AccessLogSetting:
        DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:access"
        Format: '{{"rule":"$context.customDomain.routingRuleIdMatched","base":"$context.customDomain.basePathMatched"}}'
"""


def test_each_request_goes_by_its_own_headers(bench_of):
    lines = []

    def function(asked):
        if isinstance(asked, dict):
            return {"statusCode": 200, "body": asked["path"]}
        lines.extend(json.loads(event["message"]) for event in json.loads(asked.body).get("logEvents", ()))
        return Response(200, (), b"{}")

    bench = bench_of(TEMPLATE + API.format(name="Old") + API.format(name="New"), function=function)
    old, new = (bench.gateway.cloud.aws_id(name) for name in ("Old", "New"))

    async def main():
        for version in ("beta2", "stable", "beta3"):
            response = await bench.call("GET", "/shop/dogs", host="api.example.com", x_version=version)
            assert (response.status, response.body) == (200, b"/shop/dogs")
        assert (await bench.call("GET", "/other", host="api.example.com", x_version="beta")).status == 403
        await bench.gateway.logs.settled()

    asyncio.run(main())
    events = [event for event in bench.events if isinstance(event, dict)]
    assert [event["requestContext"]["apiId"] for event in events] == [new, old, new]
    by_rule, by_mapping = {"rule": "Beta", "base": "-"}, {"rule": "-", "base": "shop"}
    assert sorted(lines, key=str) == sorted([by_rule, by_mapping, by_rule], key=str)
