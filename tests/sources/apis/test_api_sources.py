"""Templates → APIs, routes, stages."""

import pytest

from netful.gateway.calls.local_names import api_entries
from netful.model.core import SourceError, Unknown
from tests.helpers.ids import api_id
from tests.helpers.texts import replaced

NESTED = """
    Resources:
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties: {Name: orders, EndpointConfiguration: {Types: [REGIONAL]}}
      Orders:
        Type: AWS::ApiGateway::Resource
        Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}
      Order:
        Type: AWS::ApiGateway::Resource
        Properties: {RestApiId: !Ref Api, ParentId: !Ref Orders, PathPart: "{id}"}
      Get:
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Api
          ResourceId: !Ref Order
          HttpMethod: GET
          AuthorizationType: COGNITO_USER_POOLS
          AuthorizerId: !Ref Pool
          ApiKeyRequired: true
          RequestParameters: {method.request.path.id: true}
          Integration:
            Type: AWS
            IntegrationHttpMethod: POST
            Uri: !Sub arn:aws:apigateway:${AWS::Region}:dynamodb:action/GetItem
            CacheKeyParameters: [method.request.path.id]
      Pool:
        Type: AWS::ApiGateway::Authorizer
        Properties: {RestApiId: !Ref Api, Name: pool, Type: COGNITO_USER_POOLS, ProviderARNs: [arn:pool]}
      Deployment:
        Type: AWS::ApiGateway::Deployment
        DependsOn: Get
        Properties: {RestApiId: !Ref Api, StageName: live}
"""


def test_a_method_names_a_model_by_its_resource(cloud_of):
    text = replaced(
        NESTED,
        {
            "          ApiKeyRequired: true\n": "          RequestModels: {application/json: !Ref Model}\n",
            "      Pool:\n": """      Model:
        Type: AWS::ApiGateway::Model
        Properties: {RestApiId: !Ref Api, Name: Order, ContentType: application/json, Schema: {type: object}}
      Pool:
""",
        },
    )
    api = cloud_of(text).apis.rest_apis["Api"]
    assert (dict(api.routes[0].request_models), list(api.models)) == ({"application/json": "Order"}, ["Order"])


def test_an_api_without_its_own_endpoint_has_no_local_url(cloud_of):
    disabled = "Properties: {Name: orders, DisableExecuteApiEndpoint: true, EndpointConfiguration"
    cloud = cloud_of(replaced(NESTED, {"Properties: {Name: orders, EndpointConfiguration": disabled}))
    (stage,) = api_entries(cloud, 1)
    assert (stage["url"], stage["reached_by"]) == (None, "custom domains")


def test_nested_resources_make_the_path(cloud_of):
    api = cloud_of(NESTED).apis.rest_apis["Api"]
    (route,) = api.routes
    assert (route.http_method, route.path, route.resource_id) == ("GET", "/orders/{id}", "Order")
    assert route.authorization_type == "COGNITO_USER_POOLS"
    assert route.authorizer_id == "Pool"
    assert route.api_key_required
    assert route.request_parameters == {"method.request.path.id": True}
    assert route.integration.cache_key_parameters == ("method.request.path.id",)
    assert api.endpoint_type == "REGIONAL"
    assert api.authorizers["Pool"].provider_arns == ("arn:pool",)
    assert str(route.origin) == "template.yaml:12"


def test_deployment_with_a_stage_name_makes_the_stage(cloud_of):
    cloud = cloud_of(NESTED)
    (stage,) = cloud.apis.stages_of("Api")
    assert (stage.stage_name, stage.deployment_id) == ("live", "Deployment")
    assert cloud.apis.deployments["Deployment"].depends_on == ("Get",)


BODY = """
    Parameters: {FnArn: {Type: String, Default: "arn:aws:lambda:us-east-1:123456789012:function:hello"}}
    Resources:
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties:
          Body:
            openapi: "3.0.1"
            x-amazon-apigateway-policy:
              Statement: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/live/*"}]
            x-amazon-apigateway-binary-media-types: [image/png]
            x-amazon-apigateway-api-key-source: AUTHORIZER
            x-amazon-apigateway-request-validators: {all: {validateRequestBody: true, validateRequestParameters: true}}
            x-amazon-apigateway-request-validator: all
            x-amazon-apigateway-gateway-responses: {THROTTLED: {statusCode: 503}}
            servers:
              - url: https://example.com
                x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true, vpcEndpointIds: [vpce-1]}
            components:
              securitySchemes:
                key: {type: apiKey, name: x-api-key, in: header}
                sigv4: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
                fn:
                  type: apiKey
                  name: X-Token
                  in: header
                  x-amazon-apigateway-authtype: custom
                  x-amazon-apigateway-authorizer: {type: token, authorizerUri: !Ref FnArn, authorizerResultTtlInSeconds: 60}
              x-amazon-apigateway-integrations:
                shared: {type: http_proxy, httpMethod: GET, uri: https://example.org/a}
            security: [{key: []}]
            paths:
              /a/:
                parameters: [{name: id, in: query, required: true}]
                get:
                  x-amazon-apigateway-integration: {$ref: "#/components/x-amazon-apigateway-integrations/shared"}
                post:
                  security: [{fn: []}, {key: []}]
                  x-amazon-apigateway-integration: {type: mock}
              /b/{proxy+}:
                x-amazon-apigateway-any-method:
                  security: [{sigv4: []}]
                  x-amazon-apigateway-integration:
                    type: aws
                    uri: arn:aws:apigateway:us-east-1:sns:action/Publish
                    responses:
                      default: {statusCode: "200"}
                      "4\\\\d{2}": {statusCode: "400"}
"""


def test_openapi_body(cloud_of):
    api = cloud_of(BODY).apis.rest_apis["Api"]
    by_place = {(route.http_method, route.path): route for route in api.routes}
    assert set(by_place) == {("GET", "/a"), ("POST", "/a"), ("ANY", "/b/{proxy+}")}
    get, post, any_ = by_place["GET", "/a"], by_place["POST", "/a"], by_place["ANY", "/b/{proxy+}"]
    assert (get.authorization_type, get.api_key_required) == ("NONE", True)
    assert get.integration.uri == "https://example.org/a"
    assert get.request_parameters == {"method.request.querystring.id": True}
    assert get.request_validator_id == "all"
    assert (post.authorization_type, post.authorizer_id, post.api_key_required) == ("CUSTOM", "fn", True)
    assert (any_.authorization_type, any_.api_key_required) == ("AWS_IAM", False)
    assert [r.selection_pattern for r in any_.integration.responses] == [None, "4\\d{2}"]


def test_extensions_for_the_whole_api(cloud_of):
    api = cloud_of(BODY).apis.rest_apis["Api"]
    assert api.endpoint_type == "EDGE"
    assert api.disable_execute_api_endpoint
    assert api.vpc_endpoint_ids == ("vpce-1",)
    assert api.binary_media_types == ("image/png",)
    assert api.api_key_source == "AUTHORIZER"
    assert (
        api.policy["Statement"][0]["Resource"] == f"arn:aws:execute-api:us-east-1:123456789012:{api_id('Api')}/live/*"
    )
    assert api.request_validators["all"].validate_request_body
    assert api.gateway_responses["THROTTLED"].status_code == "503"
    authorizer = api.authorizers["fn"]
    assert authorizer.identity_source == ("method.request.header.X-Token",)
    assert authorizer.authorizer_result_ttl_in_seconds == 60


def test_body_elsewhere_leaves_the_routes_unknown(cloud_of):
    template = """
        Resources:
          Api:
            Type: AWS::ApiGateway::RestApi
            Properties: {BodyS3Location: {Bucket: b, Key: k}}
    """
    api = cloud_of(template).apis.rest_apis["Api"]
    assert api.routes == ()
    assert isinstance(api.definition, Unknown)


def test_http_api(cloud_of):
    cloud = cloud_of("""
        Resources:
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties: {Name: orders, ProtocolType: HTTP}
          Get:
            Type: AWS::ApiGatewayV2::Route
            Properties:
              ApiId: !Ref Api
              RouteKey: GET /orders
              AuthorizationType: JWT
              AuthorizerId: !Ref Pool
              Target: !Sub integrations/${Queue}
          Rest:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub "integrations/${Queue}"}
          Queue:
            Type: AWS::ApiGatewayV2::Integration
            Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationSubtype: SQS-SendMessage}
          Pool:
            Type: AWS::ApiGatewayV2::Authorizer
            Properties:
              {ApiId: !Ref Api, Name: p, AuthorizerType: JWT, JwtConfiguration: {Issuer: https://i, Audience: [a]}}
          Stage:
            Type: AWS::ApiGatewayV2::Stage
            Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}
    """)
    get, rest = cloud.apis.http_apis["Api"].routes
    assert (get.http_method, get.path, get.authorization_type) == ("GET", "/orders", "JWT")
    assert (rest.http_method, rest.path) == ("ANY", "$default")
    assert get.integration.subtype == "SQS-SendMessage"
    assert get.integration.timeout_in_millis == 30_000
    assert cloud.apis.http_apis["Api"].authorizers["Pool"].issuer == "https://i"


def test_quick_create_makes_a_route(cloud_of):
    api = cloud_of("""
        Resources:
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties: {Name: q, ProtocolType: HTTP, RouteKey: GET /x, Target: https://example.org}
    """).apis.http_apis["Api"]
    (route,) = api.routes
    assert (route.http_method, route.path, route.integration.type) == ("GET", "/x", "HTTP_PROXY")


@pytest.mark.parametrize(
    ("properties", "what"),
    [
        ("MinimumCompressionSize: big", "`MinimumCompressionSize` of `Api` is `big`"),
        ("Policy: not a policy", "`Policy` of `Api` is not a policy"),
    ],
)
def test_bad_values_are_refused_with_their_line(cloud_of, properties, what):
    template = f"""
        Resources:
          Api:
            Type: AWS::ApiGateway::RestApi
            Properties:
              {properties}
    """
    with pytest.raises(SourceError) as refused:
        cloud_of(template)
    assert refused.value.what == what
    assert str(refused.value.origin) == "template.yaml:6"


def test_sam_authorizers(cloud_of):
    cloud = cloud_of("""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Api:
            Type: AWS::Serverless::Api
            Properties:
              StageName: prod
              Cors: "'*'"
              Auth:
                DefaultAuthorizer: Request
                AddDefaultAuthorizerToCorsPreflight: false
                Authorizers:
                  Request:
                    FunctionPayloadType: REQUEST
                    FunctionArn: arn:aws:lambda:us-east-1:1:function:auth
                    Identity: {Headers: [X-A, X-B], QueryStrings: [q], ReauthorizeEvery: 0}
                  Pool: {UserPoolArn: arn:pool, Identity: {Header: X-Id, ValidationExpression: "Bearer .*"}}
              DefinitionBody:
                swagger: "2.0"
                paths: {/: {get: {x-amazon-apigateway-integration: {type: mock}}}}
    """)
    api = cloud.apis.rest_apis["Api"]
    request, pool = api.authorizers["Request"], api.authorizers["Pool"]
    assert request.identity_source == (
        "method.request.header.X-A", "method.request.header.X-B", "method.request.querystring.q",
    )  # fmt: skip
    assert request.authorizer_result_ttl_in_seconds == 0
    assert pool.identity_source == ("method.request.header.X-Id",)
    assert pool.identity_validation_expression == "Bearer .*"
    assert {r.http_method: r.authorization_type for r in api.routes} == {"GET": "CUSTOM", "OPTIONS": "NONE"}


@pytest.mark.parametrize(
    ("kind", "body", "form", "ttl"),
    [
        ("Api", 'swagger: "2.0"', "FunctionPayloadType: REQUEST", 300),
        ("HttpApi", "openapi: 3.0.1", "AuthorizerPayloadFormatVersion: '2.0'", 0),
    ],
)
def test_results_of_authorizers_are_kept_by_default_in_rest_apis_only(cloud_of, kind, body, form, ttl):
    cloud = cloud_of(f"""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Api:
            Type: AWS::Serverless::{kind}
            Properties:
              StageName: prod
              Auth:
                Authorizers:
                  Asked:
                    FunctionArn: arn:aws:lambda:us-east-1:1:function:auth
                    {form}
                    Identity: {{Headers: [X-A]}}
                  Timed:
                    FunctionArn: arn:aws:lambda:us-east-1:1:function:auth
                    {form}
                    Identity: {{Headers: [X-A], ReauthorizeEvery: 33}}
              DefinitionBody:
                {body}
                paths: {{/: {{get: {{x-amazon-apigateway-integration: {{type: mock}}}}}}}}
    """)
    found = cloud.apis.by_id["Api"].authorizers
    assert {name: one.authorizer_result_ttl_in_seconds for name, one in found.items()} == {"Asked": ttl, "Timed": 33}


@pytest.mark.parametrize(
    "body",
    [
        "{paths: {/: {get: {parameters: 7, x-amazon-apigateway-integration: {type: mock}}}}}",
        "{paths: {/: {get: {parameters: [{in: {}}, 3], requestBody: {content: 4}}}}}",
        "{paths: {/: {get: {security: [{key: []}], x-amazon-apigateway-integration: {$ref: '#/nowhere'}}}}}",
    ],
)
def test_odd_operations_are_read(cloud_of, body):
    template = f"Resources: {{Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Body: {body}}}}}}}"
    assert [route.path for route in cloud_of(template).apis.rest_apis["Api"].routes] == ["/"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("{paths: [1, 2]}", "`paths` of `Api` is not a mapping"),
        ("{securityDefinitions: text}", "`securityDefinitions` of `Api` is not a mapping"),
    ],
)
def test_odd_bodies_are_refused(cloud_of, body, what):
    with pytest.raises(SourceError) as refused:
        cloud_of(f"Resources: {{Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Body: {body}}}}}}}")
    assert refused.value.what == what


def test_an_empty_policy_is_none(cloud_of):
    cloud = cloud_of("""
        Resources:
          Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders, Policy: ""}}
    """)
    assert cloud.apis.rest_apis["Api"].policy is None


BASED = """
    Resources:
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties:
          Parameters: {endpointConfigurationTypes: PRIVATE, %s}
          Body: {info: {title: orders, description: all of them}, %s, paths: {/e: {get: {x-amazon-apigateway-integration: {type: mock}}}}}
"""
SERVERS = 'openapi: 3.0.1, servers: [{url: "https://x.example/{basePath}", variables: {basePath: {default: /a/b/c}}}]'


@pytest.mark.parametrize("body", ['swagger: "2.0", basePath: /a/b/c', SERVERS, replaced(SERVERS, {"{basePath}": "v1"})])
@pytest.mark.parametrize(
    ("asked", "path"),
    [("x: y", "/e"), ("basepath: ignore", "/e"), ("basepath: prepend", "/a/b/c/e"), ("basepath: split", "/b/c/e")],
)
def test_base_path_of_a_body(cloud_of, body, asked, path):
    api = cloud_of(BASED % (asked, body)).apis.rest_apis["Api"]
    assert [route.path for route in api.routes] == [path]


def test_base_path_of_a_server_without_variables(cloud_of):
    api = cloud_of(
        BASED % ("basepath: prepend", 'openapi: 3.0.1, servers: [{url: "https://x.example/v1/"}]')
    ).apis.rest_apis["Api"]
    assert [route.path for route in api.routes] == ["/v1/e"]


def test_parameters_of_an_import_and_what_its_body_is_called(cloud_of):
    api = cloud_of(BASED % ("x: y", 'swagger: "2.0"')).apis.rest_apis["Api"]
    assert (api.endpoint_type, api.name, api.description) == ("PRIVATE", "orders", "all of them")


def test_body_of_an_http_api(cloud_of):
    api = cloud_of(
        """
        Resources:
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties:
              BasePath: prepend
              Body:
                openapi: 3.0.1
                info: {title: orders, description: all of them}
                servers: [{url: /v1, x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}}]
                x-amazon-apigateway-importexport-version: "1.0"
                x-amazon-apigateway-cors: {allowOrigins: ["*"], maxAge: 3}
                tags: [{name: team, x-amazon-apigateway-tag-value: x}]
                paths:
                  /$default: {x-amazon-apigateway-any-method: {isDefaultRoute: true, x-amazon-apigateway-integration: {$ref: "#/components/x-amazon-apigateway-integrations/one"}}}
                  /e: {get: {x-amazon-apigateway-integration: {type: http_proxy, uri: "https://x.example", connectionType: INTERNET}}}
                components:
                  x-amazon-apigateway-integrations: {one: {type: http_proxy, httpMethod: ANY, uri: "https://default.example"}}
        """
    ).apis.http_apis["Api"]
    assert (api.name, api.description, api.disable_execute_api_endpoint) == ("orders", "all of them", True)
    assert api.cors_configuration.max_age == 3
    assert {(route.path, route.integration.uri) for route in api.routes} == {
        ("$default", "https://default.example"),
        ("/v1/e", "https://x.example"),
    }
