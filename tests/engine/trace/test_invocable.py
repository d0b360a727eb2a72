"""Functions with tenant isolation and durable ones behind APIs and URLs: Lambda refuses to invoke them in some ways."""

import pytest

from tests.helpers.paths import path

TEMPLATE = """
Resources:
  Fn: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.13, Handler: a.b, Role: r, {own}, Code: {{ZipFile: x}}}}}}
  Version: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref Fn}}}}
  Alias: {{Type: AWS::Lambda::Alias, Properties: {{FunctionName: !Ref Fn, Name: live, FunctionVersion: !GetAtt Version.Version}}}}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref {called}, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}}}}
  Open: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref {called}, Action: lambda:InvokeFunctionUrl, Principal: "*"}}}}
  Too: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref {called}, Action: lambda:InvokeFunction, Principal: "*", InvokedViaFunctionUrl: true}}}}
  Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: !Ref {called}, AuthType: NONE}}}}
  Http: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: h, ProtocolType: HTTP, Target: {arn}}}}}
  Rest: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: r, EndpointConfiguration: {{Types: [REGIONAL]}}}}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Rest
      ResourceId: !GetAtt Rest.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      RequestParameters: {{method.request.header.tenant: true}}
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub ["arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{Arn}}/invocations", {{Arn: {arn}}}]
        RequestParameters: {{integration.request.header.X-Amz-Tenant-Id: method.request.header.tenant}}
  Deployment: {{Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {{RestApiId: !Ref Rest}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Rest, DeploymentId: !Ref Deployment, StageName: s}}}}
"""
TENANTS = "TenancyConfig: {TenantIsolationMode: PER_TENANT}"
DURABLE = "DurableConfig: {ExecutionTimeout: 100}"
NO_TENANT, NO_QUALIFIER = "NETFUL_FUNCTION_WITHOUT_TENANT", "NETFUL_FUNCTION_WITHOUT_QUALIFIER"


@pytest.mark.parametrize(
    ("own", "called", "asked", "code"),
    [
        (TENANTS, "Fn", "Url", NO_TENANT),
        (TENANTS, "Fn", "Http GET /", NO_TENANT),
        (TENANTS, "Fn", "Rest GET /s/", ""),
        (DURABLE, "Fn", "Url", NO_QUALIFIER),
        (DURABLE, "Fn", "Http GET /", NO_QUALIFIER),
        (DURABLE, "Alias", "Http GET /", ""),
        (DURABLE, "Alias", "Rest GET /s/", ""),
        ("Timeout: 3", "Fn", "Url", ""),
        ("Timeout: 3", "Fn", "Http GET /", ""),
    ],
)
def test_invocation(cloud_of, own, called, asked, code):
    arn = "!GetAtt Fn.Arn" if called == "Fn" else "!Ref Alias"
    found = path(cloud_of(TEMPLATE.format(own=own, called=called, arn=arn)), "internet", asked)
    assert (found.verdict, found.hops[-1].code or "") == ("blocked" if code else "reachable", code)
