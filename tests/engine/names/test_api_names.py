"""Exposure, invoke URLs, custom domains, which integration is called."""

import pytest

from netful.engine.names.api_names import domains_named
from tests.helpers.texts import replaced

REST = """
    Parameters: {{Endpoint: {{Type: String, Default: vpce-0a1b}}}}
    Resources:
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties:
          Name: x
          {properties}
      Stage:
        Type: AWS::ApiGateway::Stage
        Properties: {{RestApiId: !Ref Api, StageName: live, Variables: {{fn: second}}}}
      Get:
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Api
          ResourceId: !GetAtt Api.RootResourceId
          HttpMethod: GET
          Integration:
            {integration}
      {more}
"""
OWN = "https://API.execute-api.us-east-1.amazonaws.com/live"


def rest(properties="Description: d", integration="Type: MOCK", more="Topic: {Type: AWS::SNS::Topic}"):
    return REST.format(properties=properties, integration=integration, more=more)


@pytest.mark.parametrize(
    ("properties", "exposure", "kind", "urls"),
    [
        ("Description: d", "public", "EDGE", [OWN]),
        ("EndpointConfiguration: {Types: [REGIONAL]}", "public", "REGIONAL", [OWN]),
        ("DisableExecuteApiEndpoint: true", "public", "EDGE", []),
        ("EndpointConfiguration: {Types: [PRIVATE]}", "private", "PRIVATE", [OWN]),
        (
            "EndpointConfiguration: {Types: [PRIVATE], VpcEndpointIds: [!Ref Endpoint]}",
            "private",
            "PRIVATE",
            [OWN, replaced(OWN, {"API.": "API-vpce-0a1b."})],
        ),
    ],
)
def test_exposure_and_urls(cloud_of, shown, properties, exposure, kind, urls):
    cloud = cloud_of(rest(properties))
    api = shown(cloud)["Api"]
    own = [replaced(url, {"API": cloud.aws_id("Api")}) for url in urls]
    assert (api["exposure"], api["endpoint_type"], api["invoke_urls"]) == (exposure, kind, own)


def test_private_api_has_no_own_name_where_private_dns_is_off(cloud_of, shown):
    endpoint = """Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Door:
        Type: AWS::EC2::VPCEndpoint
        Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.execute-api}"""
    private = "EndpointConfiguration: {Types: [PRIVATE], VpcEndpointIds: [!Ref Door]}"
    cloud = cloud_of(rest(private, more=endpoint))
    own = f"{cloud.aws_id('Api')}-{cloud.aws_id('Door')}"
    assert shown(cloud)["Api"]["invoke_urls"] == [f"https://{own}.execute-api.us-east-1.amazonaws.com/live"]


def test_an_api_of_an_unknown_kind_at_an_unknown_domain(cloud_of, shown):
    domain = """Domain: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: "*.example.com"}}
      Mapping: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !ImportValue name, RestApiId: !Ref Api}}"""
    cloud = cloud_of(rest("EndpointConfiguration: {Types: [!ImportValue kind]}", more=domain))
    api = shown(cloud)["Api"]
    assert (api["exposure"], len(api["domains"]), api["domains"][0]["endpoint_type"]) == ("unknown", 1, None)
    named = [
        domains_named(cloud, host) for host in ("a.example.com", "A.example.com.", "a.b.example.com", "example.com")
    ]
    assert [[one.id for one in found] for found in named] == [["Domain"], ["Domain"], [], []]


def test_custom_domain(cloud_of, shown):
    domain = """Domain: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: api.example.com}}
      Mapping:
        Type: AWS::ApiGateway::BasePathMapping
        Properties: {DomainName: !Ref Domain, RestApiId: !Ref Api, BasePath: v1, Stage: !Ref Stage}"""
    api = shown(cloud_of(rest("DisableExecuteApiEndpoint: true", more=domain)))["Api"]
    assert api["invoke_urls"] == ["https://api.example.com/v1"]
    assert api["domains"] == [{"name": "api.example.com", "base_path": "v1", "stage": "live", "endpoint_type": "EDGE"}]


@pytest.mark.parametrize(
    ("integration", "service", "action", "function"),
    [
        ("{Type: AWS, Uri: arn:aws:apigateway:us-east-1:dynamodb:action/PutItem}", "dynamodb", "PutItem", None),
        ("{Type: AWS, Uri: arn:aws:apigateway:us-east-1:sync.states:action/StartSyncExecution}", "states", "StartSyncExecution", None),
        ("{Type: AWS, IntegrationHttpMethod: GET, Uri: 'arn:aws:apigateway:us-east-1:s3:path/{bucket}/{key}'}", "s3", "GetObject", None),
        ("{Type: AWS, IntegrationHttpMethod: GET, Uri: 'arn:aws:apigateway:us-east-1:s3:path/{bucket}'}", "s3", "ListObjects", None),
        ("{Type: AWS, IntegrationHttpMethod: GET, Uri: 'arn:aws:apigateway:us-east-1:my.bucket.s3:path/{key}'}", "s3", "GetObject", None),
        (
            "{Type: AWS, Uri: arn:aws:apigateway:us-east-1:sqs:path/1/q, RequestTemplates: {application/json: Action=SendMessage&MessageBody=x}}",
            "sqs", "SendMessage", None,
        ),
        (
            (
                "{Type: AWS, Uri: arn:aws:apigateway:us-east-1:sqs:path/1/q, "
                "RequestParameters: {integration.request.header.X-Amz-Target: \"'AmazonSQS.SendMessage'\"}}"
            ),
            "sqs", "SendMessage", None,
        ),
        (
            (
                "{Type: AWS_PROXY, Uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
                "arn:aws:lambda:us-east-1:1:function:${stageVariables.fn}/invocations'}"
            ),
            "lambda", "Invoke", "Fn",
        ),
        ("{Type: HTTP_PROXY, Uri: 'https://example.org/a'}", None, None, None),
    ],
)  # fmt: skip
def test_integration(cloud_of, shown, integration, service, action, function):
    fn = "Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: second, Runtime: python3.12, Handler: a.b, Code: {ZipFile: x}}}"
    template = replaced(
        rest(integration="Fn::If: [No, !Ref AWS::NoValue, X]", more=fn),
        {"\n            Fn::If: [No, !Ref AWS::NoValue, X]": " " + integration},
    )
    found = shown(cloud_of(template))["Api"]["routes"][0]["integration"]
    assert (found["service"], found["action"], found["function"]) == (service, action, function)


def test_websocket_and_default_stage_urls(cloud_of, shown):
    cloud = cloud_of("""
        Resources:
          Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: c, ProtocolType: WEBSOCKET}}
          ChatStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Chat, StageName: live, AutoDeploy: true}}
          Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
          HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
    """)
    apis, chat, http = shown(cloud), cloud.aws_id("Chat"), cloud.aws_id("Http")
    assert apis["Chat"]["invoke_urls"] == [f"wss://{chat}.execute-api.us-east-1.amazonaws.com/live"]
    assert apis["Http"]["invoke_urls"] == [f"https://{http}.execute-api.us-east-1.amazonaws.com"]
    assert (apis["Chat"]["protocol"], apis["Http"]["endpoint_type"]) == ("WEBSOCKET", "REGIONAL")
