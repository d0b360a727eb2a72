"""What SAM makes of APIs: the model is that of the template which SAM's own translator makes."""

import json
import re
from dataclasses import fields, is_dataclass

import pytest

HEAD = "Transform: AWS::Serverless-2016-10-31\n"
FUNCTION = "InlineCode: pass, Handler: index.handler, Runtime: python3.12"

HTTP = f"""
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      {{{FUNCTION}, Events: {{
        A: {{Type: HttpApi, Properties: {{ApiId: !Ref Http, Path: /a, Method: get}}}},
        B: {{Type: HttpApi, Properties: {{ApiId: !Ref Http, Path: /b, Method: post, Auth: {{Authorizer: L}}}}}},
        C: {{Type: HttpApi, Properties: {{ApiId: !Ref Http, Path: /c, Method: post, Auth: {{Authorizer: NONE}}}}}},
        D: {{Type: HttpApi, Properties: {{ApiId: !Ref Http, Path: /d, Method: ANY, TimeoutInMillis: 5000, RouteSettings: {{ThrottlingBurstLimit: 3}}, Auth: {{Authorizer: AWS_IAM}}}}}}}}}}
  Auth: {{Type: AWS::Serverless::Function, Properties: {{{FUNCTION}}}}}
  Zone: {{Type: AWS::Route53::HostedZone, Properties: {{Name: example.com}}}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      Name: orders
      Description: described
      DisableExecuteApiEndpoint: true
      CorsConfiguration: {{AllowOrigins: ["https://a.example"], AllowMethods: [GET], AllowHeaders: [x-a], MaxAge: 5, AllowCredentials: true, ExposeHeaders: [x-b]}}
      StageName: v-1
      StageVariables: {{a: b}}
      DefaultRouteSettings: {{ThrottlingBurstLimit: 10}}
      AccessLogSettings: {{DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:x", Format: $context.requestId}}
      Auth:
        EnableIamAuthorizer: true
        DefaultAuthorizer: J
        Authorizers:
          J: {{AuthorizationScopes: [s1, s2], IdentitySource: $request.header.Authorization, JwtConfiguration: {{Issuer: "https://i.example", audience: [a]}}}}
          L: {{FunctionArn: !GetAtt Auth.Arn, AuthorizerPayloadFormatVersion: "2.0", EnableSimpleResponses: true, EnableFunctionDefaultPermissions: true, Identity: {{Headers: [X-Token], QueryStrings: [q], ReauthorizeEvery: 33}}}}
          M: {{FunctionArn: !GetAtt Auth.Arn, AuthorizerPayloadFormatVersion: "1.0", FunctionInvokeRole: NONE}}
      Domain:
        DomainName: http.example.com
        CertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/x
        BasePath: [/one, two/v1]
        SecurityPolicy: TLS_1_2
        MutualTlsAuthentication: {{TruststoreUri: s3://b/k.pem, TruststoreVersion: v}}
        Route53: {{HostedZoneId: !Ref Zone, IpV6: true, EvaluateTargetHealth: true}}
"""

REST = f"""
Conditions: {{Never: !Equals [a, b]}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      {{{FUNCTION}, Events: {{
        A: {{Type: Api, Properties: {{RestApiId: !Ref Rest, Path: /a/, Method: get}}}},
        B: {{Type: Api, Properties: {{RestApiId: !Ref Rest, Path: "/b/{{id}}", Method: post,
          RequestModel: {{Model: User, Required: true, ValidateBody: true, ValidateParameters: true}},
          RequestParameters: [method.request.header.X-A, method.request.querystring.k: {{Required: true, Caching: true}}],
          Auth: {{Authorizer: NONE, ApiKeyRequired: true}}}}}},
        C: {{Type: Api, Properties: {{RestApiId: !Ref Rest, Path: "/c/{{proxy+}}", Method: any, Auth: {{Authorizer: AWS_IAM}}}}}},
        D: {{Type: Api, Properties: {{RestApiId: !Ref Rest, Path: /d, Method: get, TimeoutInMillis: 4000, Auth: {{ApiKeyRequired: false,
          ResourcePolicy: {{IpRangeWhitelist: [10.0.0.0/8], CustomStatements: [{{Effect: Deny, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/x"}}]}}}}}}}},
        E: {{Type: Api, Properties: {{RestApiId: !Ref Rest, Path: /e, Method: get, ResponseTransferMode: RESPONSE_STREAM}}}}}}}}
  Gone: {{Type: AWS::Serverless::Function, Condition: Never, Properties: {{{FUNCTION}, Events: {{
    A: {{Type: Api, Properties: {{RestApiId: !Ref Rest, Path: /gone, Method: get}}}},
    B: {{Type: Api, Properties: {{RestApiId: !Ref Rest, Path: /e, Method: put}}}}}}}}}}
  Auth: {{Type: AWS::Serverless::Function, Properties: {{{FUNCTION}}}}}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      Name: orders
      StageName: live
      OpenApiVersion: "2.0"
      Description: described
      ApiKeySourceType: AUTHORIZER
      BinaryMediaTypes: [image~1png]
      MinimumCompressionSize: 100
      DisableExecuteApiEndpoint: true
      EndpointConfiguration: {{Type: REGIONAL}}
      Variables: {{v: w}}
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      MethodSettings: [{{HttpMethod: "*", ResourcePath: "/*", CachingEnabled: true, ThrottlingRateLimit: 5}}]
      AccessLogSetting: {{DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:x", Format: $context.requestId}}
      CanarySetting: {{PercentTraffic: 12.5, StageVariableOverrides: {{v: x}}, UseStageCache: true}}
      Models: {{User: {{type: object, required: [n], properties: {{n: {{type: string}}}}}}}}
      Cors: {{AllowOrigin: "'https://a.example'", AllowHeaders: "'x-a'", MaxAge: "'5'", AllowCredentials: true}}
      GatewayResponses: {{UNAUTHORIZED: {{StatusCode: 402, ResponseParameters: {{Headers: {{X-Why: "'no'"}}, Paths: {{p: "'x'"}}, QueryStrings: {{q: "'y'"}}}}, ResponseTemplates: {{application/json: "{{}}"}}}}}}
      Auth:
        ApiKeyRequired: true
        DefaultAuthorizer: Pool
        AddDefaultAuthorizerToCorsPreflight: false
        AddApiKeyRequiredToCorsPreflight: false
        UsagePlan: {{CreateUsagePlan: PER_API, UsagePlanName: p, Quota: {{Limit: 5, Period: DAY}}, Throttle: {{RateLimit: 2, BurstLimit: 3}}}}
        Authorizers:
          Pool: {{UserPoolArn: "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_x", AuthorizationScopes: [s], Identity: {{Header: X-Auth, ValidationExpression: "^B"}}}}
          Token: {{FunctionArn: !GetAtt Auth.Arn, Identity: {{Header: X-T, ReauthorizeEvery: 0}}}}
          Request: {{FunctionArn: !GetAtt Auth.Arn, FunctionPayloadType: REQUEST, Identity: {{Headers: [X-A], QueryStrings: [q], StageVariables: [s], Context: [c], ReauthorizeEvery: 7}}}}
        ResourcePolicy:
          AwsAccountWhitelist: ["111111111111"]
          AwsAccountBlacklist: ["222222222222"]
          IpRangeBlacklist: [1.2.3.4, 5.6.7.0/24]
          IpRangeWhitelist: [9.9.9.9]
          SourceVpcWhitelist: [vpc-1, vpce-2, vpc-3]
          SourceVpcBlacklist: [vpc-4, vpce-5]
          IntrinsicVpcWhitelist: [vpc-6]
          IntrinsicVpceBlacklist: [vpce-7]
          CustomStatements: [{{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/live/GET/a"}}]
      Domain:
        DomainName: rest.example.com
        CertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/x
        BasePath: [/one, two-v1]
        EndpointConfiguration: EDGE
        Route53: {{HostedZoneName: example.com., IpV6: true}}
"""

GLOBALS = f"""
Parameters: {{Name: {{Type: String, Default: api.example.com}}}}
Globals:
  Api: {{Cors: "'*'", OpenApiVersion: 3.0.1, Auth: {{DefaultAuthorizer: AWS_IAM}}, EndpointConfiguration: REGIONAL}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      {{{FUNCTION}, Events: {{
        Any: {{Type: Api, Properties: {{Path: "/{{proxy+}}", Method: any}}}},
        None: {{Type: Api, Properties: {{Path: /n, Method: get, Auth: {{Authorizer: NONE}}}}}},
        Role: {{Type: Api, Properties: {{Path: /r, Method: get, Auth: {{Authorizer: AWS_IAM, InvokeRole: NONE}}}}}},
        Key: {{Type: Api, Properties: {{Path: /k, Method: get, Auth: {{ApiKeyRequired: true}}}}}},
        Merged: {{Type: Api, Properties: {{Path: /m, Method: post, RestApiId: !Ref Merged}}}},
        Both: {{Type: Api, Properties: {{Path: /x, Method: get, RestApiId: !Ref Merged}}}},
        Written: {{Type: Api, Properties: {{Path: /w, Method: get, RestApiId: !Ref Written, Auth: {{OverrideApiAuth: true, Authorizer: NONE}}}}}},
        Any: {{Type: Api, Properties: {{Path: /any, Method: put, RestApiId: !Ref Written}}}},
        Missing: {{Type: Api, Properties: {{Path: /missing, Method: get, RestApiId: !Ref Written}}}}}}}}
  Merged:
    Type: AWS::Serverless::Api
    Properties:
      StageName: m
      MergeDefinitions: true
      Auth: {{InvokeRole: NONE}}
      DefinitionBody:
        swagger: "2.0"
        info: {{title: merged, version: "1"}}
        paths:
          /x: {{get: {{summary: own, parameters: [{{in: query, name: q, required: true}}], x-amazon-apigateway-integration: {{type: mock}}}}}}
      Domain: {{DomainName: !Ref Name, CertificateArn: c, BasePath: merged, Route53: {{HostedZoneId: Z1, SetIdentifier: one, Region: us-east-1}}}}
  Written:
    Type: AWS::Serverless::Api
    Properties:
      StageName: w
      DefinitionBody:
        swagger: "2.0"
        info: {{title: written, version: "1"}}
        paths:
          /w: {{get: {{x-amazon-apigateway-integration: {{type: mock}}}}}}
          /any: {{x-amazon-apigateway-any-method: {{x-amazon-apigateway-integration: {{type: mock}}}}}}
      Domain: {{DomainName: !Ref Name, CertificateArn: c, BasePath: written, Route53: {{HostedZoneId: Z1, SetIdentifier: one, Region: us-east-1}}}}
"""

PRIVATE = """
Resources:
  Private:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      OpenApiVersion: 3.0.1
      EndpointConfiguration: {Type: PRIVATE, VPCEndpointIds: [vpce-1]}
      DefinitionBody: {openapi: 3.0.1, info: {title: p, version: "1"}, paths: {/: {get: {x-amazon-apigateway-integration: {type: mock}}}}}
      Domain:
        DomainName: private.example.com
        EndpointConfiguration: PRIVATE
        CertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/x
        Policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/*"}]}
        AccessAssociation: {VpcEndpointId: vpce-1}
        Route53: {HostedZoneId: Z1, VpcEndpointDomainName: vpce-1.example, VpcEndpointHostedZoneId: Z2, SeparateRecordSetGroup: true}
"""

PARTS = ("rest_apis", "http_apis", "stages", "usage_plans", "api_keys", "domain_names", "base_path_mappings",
         "domain_name_access_associations", "hosted_zones")  # fmt: skip
HASH = re.compile(
    r"(Deployment|DomainNameAccessAssociation)[0-9a-f]{10}\b"
)  # ids with a hash that netful does not make


@pytest.mark.parametrize("text", [HTTP, REST, GLOBALS, PRIVATE], ids=["http", "rest", "globals", "private"])
def test_model_is_that_of_sam_s_own_translation(cloud_of, monkeypatch, text):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    ours, theirs = told(cloud_of(HEAD + text)), told(cloud_of(translated(HEAD + text)))
    assert ours == theirs


def translated(text):
    from samtranslator.translator.transform import transform
    from samtranslator.yaml_helper import yaml_parse

    class Policies:
        def load(self):
            return {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"}

    return json.dumps(transform(yaml_parse(text), {}, Policies()))


def told(cloud):
    """The APIs of a cloud, and who lets them invoke, as plain values without places and without any order."""
    parts = {name: plain(cloud.part(name)) for name in PARTS}
    parts["sources"] = sorted(
        str(resource.properties["SourceArn"])
        for resource in cloud.template.resources.values()
        if resource.type == "AWS::Lambda::Permission"
    )
    kinds = ("AWS::Route53::RecordSetGroup", "AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")
    parts["resources"] = {
        id_: plain(one.properties) for id_, one in cloud.template.resources.items() if one.type in kinds
    }
    return json.loads(HASH.sub(r"\1", json.dumps(parts, sort_keys=True, default=str)))


def plain(value):
    if is_dataclass(value):
        places = ("origin", "policy_origin")
        return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.name not in places}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "Tags"}
    if isinstance(value, (list, tuple)):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    return value


def test_route_that_a_written_body_lacks_is_told_of(cloud_of):
    cloud = cloud_of(HEAD + GLOBALS)
    told_of = [warning for warning in cloud.template.warnings if "is not in it" in warning]
    assert len(told_of) == 1
    assert "GET /missing is not in it" in told_of[0]
    assert [route.path for route in cloud.apis.rest_apis["Written"].routes if route.http_method == "GET"] == ["/w"]


def test_origin_of_preflights_may_be_a_reference(cloud_of):
    cloud = cloud_of(
        HEAD
        + f"""
Parameters: {{Origin: {{Type: String, Default: "'https://a.example'"}}}}
Resources:
  Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: live, Cors: !Ref Origin}}}}
  Fn: {{Type: AWS::Serverless::Function, Properties: {{{FUNCTION}, Events: {{A: {{Type: Api, Properties: {{RestApiId: !Ref Api, Path: /a, Method: get}}}}}}}}}}
"""
    )
    (preflight,) = [route for route in cloud.apis.rest_apis["Api"].routes if route.http_method == "OPTIONS"]
    headers = preflight.integration.responses[0].response_parameters
    assert headers["method.response.header.Access-Control-Allow-Origin"] == "'https://a.example'"
    assert headers["method.response.header.Access-Control-Allow-Methods"] == "'GET,OPTIONS'"
