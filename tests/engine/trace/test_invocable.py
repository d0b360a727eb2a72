"""Functions that Lambda refuses to invoke in some ways, behind APIs, URLs and load balancers."""

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
OFF = "ReservedConcurrentExecutions: 0"
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
        (OFF, "Fn", "Url", "NETFUL_FUNCTION_OFF"),
        (OFF, "Alias", "Http GET /", "NETFUL_FUNCTION_OFF"),
        (OFF, "Fn", "Rest GET /s/", "NETFUL_FUNCTION_OFF"),
        (OFF.replace("0", "1"), "Fn", "Rest GET /s/", ""),
        ("Timeout: 3", "Fn", "Url", ""),
        ("Timeout: 3", "Fn", "Http GET /", ""),
    ],
)
def test_invocation(cloud_of, own, called, asked, code):
    arn = "!GetAtt Fn.Arn" if called == "Fn" else "!Ref Alias"
    found = path(cloud_of(TEMPLATE.format(own=own, called=called, arn=arn)), "internet", asked)
    assert (found.verdict, found.hops[-1].code or "") == ("blocked" if code else "reachable", code)


@pytest.mark.parametrize(
    ("kind", "pattern", "status"),
    [("AWS_PROXY", "429", 502), ("AWS", "429", 202), ("AWS", "500", 500)],
)
def test_a_rest_api_maps_the_throttling_of_a_function(cloud_of, kind, pattern, status):
    text = TEMPLATE.format(own=OFF, called="Fn", arn="!GetAtt Fn.Arn").replace("Type: AWS_PROXY", f"Type: {kind}")
    answers = f"IntegrationResponses: [{{StatusCode: 202, SelectionPattern: '{pattern}'}}]"
    text = text.replace("IntegrationHttpMethod: POST", f"IntegrationHttpMethod: POST\n        {answers}")
    text = text.replace(
        "AuthorizationType: NONE\n", "AuthorizationType: NONE\n      MethodResponses: [{StatusCode: 202}]\n"
    )
    found = path(cloud_of(text), "internet", "Rest GET /s/")
    assert (found.hops[-1].code, found.symptom.status) == ("NETFUL_FUNCTION_OFF", status)


BALANCED = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1b}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: r, ReservedConcurrentExecutions: 0, Code: {ZipFile: x}}}
  Client: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: r, Code: {ZipFile: x}, VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: elasticloadbalancing.amazonaws.com}}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda, Targets: [{Id: !GetAtt Fn.Arn}]}}
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Open]}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Front, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}}
"""


def test_a_target_that_is_turned_off(cloud_of):
    found = path(cloud_of(BALANCED), "Client", "Front:tcp/80")
    assert (found.symptom.status, found.hops[-1].code) == (502, "NETFUL_FUNCTION_OFF")


@pytest.mark.parametrize(
    ("own", "asked", "status"),
    [
        (OFF, "Url", 429),
        (OFF, "Http GET /", 500),
        (OFF, "Rest GET /s/", 502),
        (f"{OFF}, {TENANTS}", "Url", 502),
        (f"{OFF}, {DURABLE}", "Rest GET /s/", 500),
    ],
)
def test_the_status_of_a_function_that_is_turned_off(cloud_of, own, asked, status):
    cloud = cloud_of(TEMPLATE.format(own=own, called="Fn", arn="!GetAtt Fn.Arn"))
    assert path(cloud, "internet", asked).symptom.status == status


def test_a_function_that_is_turned_off_and_invoked_by_a_role(cloud_of):
    template = TEMPLATE.replace(
        "Type: AWS_PROXY", "Type: AWS_PROXY\n        Credentials: arn:aws:iam::123456789012:role/r"
    )
    found = path(cloud_of(template.format(own=OFF, called="Fn", arn="!GetAtt Fn.Arn")), "internet", "Rest GET /s/")
    assert (found.symptom.status, found.hops[-1].code) == (502, "NETFUL_FUNCTION_OFF")


@pytest.mark.parametrize(("concurrency", "assumed"), [("!Ref Some", True), ("1", False)])
@pytest.mark.parametrize("asked", ["Url", "Http GET /", "Rest GET /s/"])
def test_a_reserved_concurrency_that_is_not_known(cloud_of, asked, concurrency, assumed):
    own = f"ReservedConcurrentExecutions: {concurrency}"
    template = "Parameters: {Some: {Type: Number}}" + TEMPLATE.format(own=own, called="Fn", arn="!GetAtt Fn.Arn")
    found = path(cloud_of(template), "internet", asked)
    assert (found.verdict, any("is not turned off" in one for one in found.assumptions)) == ("reachable", assumed)


@pytest.mark.parametrize(("concurrency", "assumed"), [("!Ref Some", True), ("1", False)])
def test_a_target_whose_reserved_concurrency_is_not_known(cloud_of, concurrency, assumed):
    template = BALANCED.replace("ReservedConcurrentExecutions: 0", f"ReservedConcurrentExecutions: {concurrency}")
    found = path(cloud_of("Parameters: {Some: {Type: Number}}" + template), "Client", "Front:tcp/80")
    assert (found.verdict, any("is not turned off" in one for one in found.assumptions)) == ("reachable", assumed)


TENANT = "integration.request.header.X-Amz-Tenant-Id: method.request.header.tenant"
LATER = "integration.request.header.X-Amz-Invocation-Type: {value}"


@pytest.mark.parametrize(
    ("own", "value", "verdict", "assumed"),
    [
        (OFF, "\"'Event'\"", "reachable", "Fn does not run"),
        (OFF, "\"'RequestResponse'\"", "blocked", ""),
        (OFF, "method.request.header.tenant", "blocked", "does not map `Event`"),
        ("Timeout: 3", "\"'Event'\"", "reachable", ""),
    ],
)
def test_an_event_for_a_function_that_is_turned_off(cloud_of, own, value, verdict, assumed):
    template = TEMPLATE.replace("Type: AWS_PROXY", "Type: AWS\n        IntegrationResponses: [{{StatusCode: 202}}]")
    template = template.replace("NONE\n", "NONE\n      MethodResponses: [{{StatusCode: 202}}]\n", 1)
    template = template.replace(TENANT, LATER.format(value=value))
    found = path(cloud_of(template.format(own=own, called="Fn", arn="!GetAtt Fn.Arn")), "internet", "Rest GET /s/")
    assert found.verdict == verdict
    assert [text for text in found.assumptions if assumed in text] if assumed else not found.assumptions
