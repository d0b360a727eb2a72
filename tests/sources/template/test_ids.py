"""AWS's ids in what a template gives, and the model's own names behind them."""

import re

import pytest

from netful.model.identity import id_of
from netful.sources import load
from tests.helpers.ids import api_id, ec2_id
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Routes: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Routes, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Address: {Type: AWS::EC2::EIP}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Sg]}}
  Door:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.execute-api, SubnetIds: [!Ref Subnet]}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: x}}
  Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: x, ProtocolType: HTTP}}
  Messages: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: y, ProtocolType: WEBSOCKET}}
  Orders: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}}
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: TYPE, Subnets: [!Ref Subnet, !Ref Other]}}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Name: shop, Port: 80, Protocol: HTTP, VpcId: !Ref Vpc}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties: {ListenerArn: !Ref Listener, Priority: 1, Conditions: [], Actions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
  Table: {Type: AWS::DynamoDB::Table}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: x}
      Environment:
        Variables: {VPC: !Ref Vpc, SUBNETS: !Join [",", [!Ref Subnet, !Ref Other]], API: !Ref Api, TABLE: !Ref Table, TARGETS: !Ref Targets}
      VpcConfig: {SubnetIds: !Split [",", !Join [",", [!Ref Subnet, !Ref Other]]], SecurityGroupIds: [!GetAtt Vpc.DefaultSecurityGroup]}
  Said: {Type: AWS::SSM::Parameter, Properties: {Name: /app/vpc, Type: String, Value: !Ref Vpc}}
  Key: {Type: AWS::KMS::Key}
  Files: {Type: AWS::EFS::FileSystem}
  Way2: {Type: AWS::EFS::AccessPoint, Properties: {FileSystemId: !Ref Files}}
  Mount: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref Subnet, SecurityGroups: [!Ref Sg]}}
  Pool: {Type: AWS::Cognito::UserPool}
  Client: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref Pool}}
  Who:
    Type: AWS::ApiGateway::Authorizer
    Properties: {RestApiId: !Ref Api, Name: who, Type: COGNITO_USER_POOLS, IdentitySource: method.request.header.A, ProviderARNs: [!GetAtt Pool.Arn]}
  Token:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      {ApiId: !Ref Chat, Name: t, AuthorizerType: JWT, IdentitySource: [$request.header.A],
       JwtConfiguration: {Audience: [!Ref Client], Issuer: !GetAtt Pool.ProviderURL}}
  Behind: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Chat, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://x.example/", PayloadFormatVersion: "1.0"}}
  Open: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Chat, RouteKey: GET /x, Target: !Sub "integrations/${Behind}", AuthorizationType: JWT, AuthorizerId: !Ref Token}}
  Strict: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Api}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      {RestApiId: !Ref Api, ResourceId: !Ref Orders, HttpMethod: GET, AuthorizationType: COGNITO_USER_POOLS, AuthorizerId: !Ref Who,
       RequestValidatorId: !Ref Strict}
  ApiKey: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
  Plan: {Type: AWS::ApiGateway::UsagePlan}
  InPlan: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref ApiKey, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
  Link: {Type: AWS::ApiGatewayV2::VpcLink, Properties: {Name: l, SubnetIds: [!Ref Subnet]}}
  Wall: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL, DefaultAction: {Allow: {}}, Rules: []}}
  Deps: {Type: AWS::Lambda::LayerVersion, Properties: {Content: x}}
  First: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Fn}}
  Second: {Type: AWS::Lambda::Version, Properties: {FunctionName: !GetAtt Fn.Arn}}
  Queue: {Type: AWS::SQS::Queue}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: shop}}
  OfDatabase: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: !Ref Secret, TargetId: db, TargetType: AWS::RDS::DBInstance}}
  Polls: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt Queue.Arn}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: x.test, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  Inbound: {Type: AWS::Route53Resolver::ResolverEndpoint, Properties: {Direction: INBOUND, SecurityGroupIds: [!Ref Sg], IpAddresses: [{SubnetId: !Ref Subnet}]}}
  Space: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: s.test, Vpc: !Ref Vpc}}
  Found: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: f, NamespaceId: !Ref Space}}
  Cert: {Type: AWS::CertificateManager::Certificate, Properties: {DomainName: x.test}}
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: c}}
  Tasks: {Type: AWS::ECS::Service, Properties: {Cluster: !Ref Cluster, ServiceName: s, TaskDefinition: !Ref Definition}}
  Definition: {Type: AWS::ECS::TaskDefinition, Properties: {Family: f}}
Outputs:
  Value: {Value: WRITTEN}
"""


UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def cloud_with(cloud_of, written="none", kind="application"):
    return cloud_of(replaced(TEMPLATE, {"WRITTEN": written, "Type: TYPE": f"Type: {kind}"}))


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("!Ref Vpc", r"vpc-[0-9a-f]{17}"),
        ("!GetAtt Vpc.VpcId", r"vpc-[0-9a-f]{17}"),
        ("!GetAtt Subnet.VpcId", r"vpc-[0-9a-f]{17}"),
        ("!GetAtt Sg.GroupId", r"sg-[0-9a-f]{17}"),
        ("!GetAtt Vpc.DefaultNetworkAcl", r"acl-[0-9a-f]{17}"),
        ("!GetAtt Address.AllocationId", r"eipalloc-[0-9a-f]{17}"),
        ("!Ref Way", r"rtb-[0-9a-f]{17}\|0\.0\.0\.0/0"),
        ("!Ref Attached", r"IGW\|vpc-[0-9a-f]{17}"),
        ("!Ref Web", r"i-[0-9a-f]{17}"),
        ("!Ref Door", r"vpce-[0-9a-f]{17}"),
        ("!Select [0, !GetAtt Door.DnsEntries]", r"\w+:vpce-[0-9a-f]{17}-[0-9a-f]{8}\.execute-api\.us-east-1\.vpce\.amazonaws\.com"),
        ("!Ref Api", r"[a-z0-9]{10}"),
        ("!Ref Chat", r"[a-z0-9]{10}"),
        ("!GetAtt Chat.ApiEndpoint", r"https://[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com"),
        ("!GetAtt Messages.ApiEndpoint", r"wss://[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com"),
        ("!Ref Orders", r"[a-z0-9]{6}"),
        ("!GetAtt Api.RootResourceId", r"[a-z0-9]{6}"),
        ("!Ref Balancer", r"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/Balancer/[0-9a-f]{16}"),
        ("!GetAtt Balancer.LoadBalancerFullName", r"app/Balancer/[0-9a-f]{16}"),
        ("!Ref Targets", r"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shop/[0-9a-f]{16}"),
        ("!Ref Listener", r"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/Balancer/[0-9a-f]{16}/[0-9a-f]{16}"),
        ("!Ref Rule", r"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/Balancer(/[0-9a-f]{16}){3}"),
        ("!Ref Table", r"[\w-]+-Table-[A-Za-z0-9]{12}"),
        ("!Ref Key", UUID),
        *((f"!{what}", "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-[A-Za-z0-9]{6}")
          for what in ("Ref Secret", "Ref OfDatabase", "GetAtt OfDatabase.Id")),
        ("!GetAtt Key.Arn", rf"arn:aws:kms:us-east-1:123456789012:key/{UUID}"),
        ("!Ref Files", r"fs-[0-9a-f]{17}"),
        ("!Ref Way2", r"fsap-[0-9a-f]{17}"),
        ("!GetAtt Way2.Arn", r"arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-[0-9a-f]{17}"),
        ("!Ref Mount", r"fsmt-[0-9a-f]{17}"),
        ("!Ref Pool", r"us-east-1_[A-Za-z0-9]{9}"),
        ("!GetAtt Pool.ProviderURL", r"https://cognito-idp\.us-east-1\.amazonaws\.com/us-east-1_[A-Za-z0-9]{9}"),
        ("!Ref Client", r"[a-z0-9]{26}"),
        ("!Ref Who", r"[a-z0-9]{6}"),
        ("!Ref Token", r"[a-z0-9]{6}"),
        ("!Ref Strict", r"[a-z0-9]{6}"),
        ("!Ref Plan", r"[a-z0-9]{6}"),
        ("!Ref ApiKey", r"[a-z0-9]{10}"),
        ("!GetAtt ApiKey.APIKeyId", r"[a-z0-9]{10}"),
        ("!Ref Link", r"[a-z0-9]{6}"),
        ("!Ref Wall", rf"Wall\|{UUID}\|REGIONAL"),
        ("!GetAtt Wall.Arn", rf"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/Wall/{UUID}"),
        ("!GetAtt Wall.Id", UUID),
        ("!Ref Deps", r"arn:aws:lambda:us-east-1:123456789012:layer:Deps:1"),
        ("!Ref Second", r"arn:aws:lambda:us-east-1:123456789012:function:[\w-]+-Fn-[A-Za-z0-9]{12}:2"),
        ("!GetAtt First.Version", "1"),
        ("!Ref Polls", UUID),
        ("!GetAtt Polls.EventSourceMappingArn", rf"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{UUID}"),
        ("!Ref Zone", r"Z[A-Z0-9]{20}"),
        ("!GetAtt Space.HostedZoneId", r"Z[A-Z0-9]{20}"),
        ("!Ref Inbound", r"rslvr-in-[0-9a-f]{17}"),
        ("!Ref Space", r"ns-[a-z0-9]{16}"),
        ("!GetAtt Found.Arn", r"arn:aws:servicediscovery:us-east-1:123456789012:service/srv-[a-z0-9]{16}"),
        ("!Ref Cert", rf"arn:aws:acm:us-east-1:123456789012:certificate/{UUID}"),
        ("!Ref Tasks", r"arn:aws:ecs:us-east-1:123456789012:service/c/s"),
        ("!Ref Definition", r"arn:aws:ecs:us-east-1:123456789012:task-definition/f:1"),
        ("!GetAtt Fn.Arn", r"arn:aws:lambda:us-east-1:123456789012:function:[\w-]+-Fn-[A-Za-z0-9]{12}"),
    ],
)  # fmt: skip
def test_a_value_has_the_form_of_aws(cloud_of, written, form):
    (output,) = cloud_with(cloud_of, written).template.outputs
    assert re.fullmatch(form, output.value)


def test_a_network_load_balancer_has_its_own_form(cloud_of):
    (output,) = cloud_with(cloud_of, "!Ref Listener", "network").template.outputs
    assert ":listener/net/Balancer/" in output.value


def test_free_text_keeps_the_ids_that_code_and_parameters_get(cloud_of):
    cloud = cloud_with(cloud_of)
    subnets = f"{ec2_id('subnet', 'Subnet')},{ec2_id('subnet', 'Other')}"
    given = cloud.compute.functions["Fn"].environment
    assert (given["VPC"], given["SUBNETS"], given["API"]) == (ec2_id("vpc", "Vpc"), subnets, api_id("Api"))
    assert given["TARGETS"] == cloud.aws_id("Targets")
    assert given["TABLE"] == cloud.template.resources["Table"].properties["TableName"]
    assert cloud.compute.ssm_parameters["Said"].value == ec2_id("vpc", "Vpc")


def test_the_model_keeps_its_own_names(cloud_of):
    cloud = cloud_with(cloud_of)
    assert cloud.network.subnets["Subnet"].vpc_id == "Vpc"
    assert cloud.network.vpc_endpoints["Door"].subnet_ids == ("Subnet",)
    function = cloud.compute.functions["Fn"]
    assert (function.subnet_ids, function.security_group_ids) == (("Subnet", "Other"), ("Vpc.default",))
    assert cloud.balancing.listeners["Listener"].load_balancer_id == "Balancer"
    assert cloud.balancing.listener_rules["Rule"].actions[0].target_group_ids == ("Targets",)
    method = next(iter(cloud.apis.rest_apis["Api"].routes))
    assert (method.authorizer_id, method.request_validator_id) == ("Who", "Strict")
    (route,) = cloud.apis.http_apis["Chat"].routes
    assert (route.authorizer_id, route.integration.id) == ("Token", "Behind")
    assert cloud.apis.usage_plans["Plan"].key_ids == ("ApiKey",)
    assert cloud.names.hosted_zones["Zone"].vpc_ids == ("Vpc",)


def test_what_tokens_carry_is_compared_by_the_ids_of_aws(cloud_of):
    cloud = cloud_with(cloud_of)
    token = cloud.apis.http_apis["Chat"].authorizers["Token"]
    assert token.audience == (cloud.aws_id("Client"),)
    assert token.issuer == f"https://cognito-idp.us-east-1.amazonaws.com/{cloud.aws_id('Pool')}"


def test_a_name_that_has_the_form_of_an_id_is_the_id():
    given = "0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f"
    assert id_of("AWS::KMS::Key", "1", "r", given, {}.get) == given
    assert str(id_of("AWS::WAFv2::WebACL", "1", "r", given, {"Name": "acl"}.get)).endswith(f"/acl/{given}")
    assert id_of("AWS::EFS::FileSystem", "1", "r", "fs-0123456789abcdef0", {}.get) == "fs-0123456789abcdef0"


@pytest.mark.parametrize(
    "named", ["AWS id", "physical name", "ARN", "ARN of a version", "stack and logical id", "logical id"]
)
def test_a_function_or_a_resource_is_found_by_each_of_its_names(cloud_of, named):
    cloud = cloud_with(cloud_of)
    name, stack = cloud.compute.functions["Fn"].function_name, cloud.template.resources["Fn"].stack
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    given = {
        "AWS id": (cloud.aws_id("Vpc"), "Vpc"),
        "physical name": (name, "Fn"),
        "ARN": (arn, "Fn"),
        "ARN of a version": (f"{arn}:7", "Fn"),
        "stack and logical id": (f"{stack}/Fn", "Fn"),
        "logical id": ("Fn", "Fn"),
    }
    text, found = given[named]
    assert cloud.named(text) == found


def test_an_endpoint_and_a_load_balancer_named_by_their_parts_are_the_same_things(cloud_of):
    full_name = (
        "arn:aws:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:loadbalancer/${Balancer.LoadBalancerFullName}"
    )
    cloud = cloud_with(cloud_of, f'!Sub "{full_name}"')
    assert cloud.named(cloud.template.outputs[0].value) == "Balancer"


def test_things_of_one_name_in_two_stacks_have_different_ids(write):
    text = replaced(TEMPLATE, {"WRITTEN": "!Ref Vpc", "Type: TYPE": "Type: application"})
    cloud = load([write(text, "a.yaml"), write(text, "b.yaml")])
    first, second = (output.value for output in cloud.template.outputs)
    assert (cloud.named(first), cloud.named(second)) == ("Vpc", "b/Vpc")
    names = [cloud.compute.functions[id_].function_name for id_ in ("Fn", "b/Fn")]
    assert [name.partition("-Fn-")[0] for name in names] == ["a", "b"]
    assert cloud.network.subnets["b/Subnet"].vpc_id == "b/Vpc"


def test_a_stack_alone_has_the_name_of_its_folder_or_the_one_that_is_given(write):
    text = replaced(TEMPLATE, {"WRITTEN": "!Ref AWS::StackName", "Type: TYPE": "Type: application"})
    file = write(text, "shop/network.yaml")
    named = [load([file]), load([file], stack_name="live")]
    assert [cloud.template.outputs[0].value for cloud in named] == ["shop", "live"]
    assert [cloud.compute.functions["Fn"].function_name.partition("-Fn-")[0] for cloud in named] == ["shop", "live"]


@pytest.mark.parametrize(
    ("attribute", "region", "value"),
    [
        ("DomainName", "us-east-1", "files.s3.amazonaws.com"),
        ("RegionalDomainName", "eu-central-1", "files.s3.eu-central-1.amazonaws.com"),
        ("DualStackDomainName", "eu-central-1", "files.s3.dualstack.eu-central-1.amazonaws.com"),
        ("WebsiteURL", "us-east-1", "http://files.s3-website-us-east-1.amazonaws.com"),
        ("WebsiteURL", "eu-central-1", "http://files.s3-website.eu-central-1.amazonaws.com"),
        ("WebsiteURL", "cn-north-1", "http://files.s3-website.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_names_of_a_bucket(write, attribute, region, value):
    text = f"""\
Resources:
  Files: {{Type: AWS::S3::Bucket, Properties: {{BucketName: files}}}}
Outputs: {{Name: {{Value: !GetAtt Files.{attribute}}}}}
"""
    assert load([write(text)], region=region).template.outputs[0].value == value


@pytest.mark.parametrize("attribute", ["Id", "HostedZoneId", "LookupId", "Value"])
def test_the_attributes_of_a_custom_resource_are_known_to_its_function_alone(cloud_of, attribute):
    cloud = cloud_of(f"""\
Resources:
  Found: {{Type: Custom::Lookup, Properties: {{ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:lookup'}}}}
  Shown: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: !GetAtt Found.{attribute}}}}}
""")
    assert cloud.template.resources["Shown"].properties["Value"].needs == (f"Found.{attribute}",)
