"""API Gateway's types of the AWS provider beside CloudFormation's, as in `types`."""

_SETTINGS = "default_route_settings.{}"

API_TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "aws_api_gateway_rest_api": ("AWS::ApiGateway::RestApi", {
        "name": "Name", "body": "Body", "policy": "Policy", "api_key_source": "ApiKeySourceType",
        "binary_media_types": "BinaryMediaTypes", "disable_execute_api_endpoint": "DisableExecuteApiEndpoint",
        "minimum_compression_size": "MinimumCompressionSize",
        "endpoint_configuration.types": "EndpointConfiguration.Types",
        "endpoint_configuration.vpc_endpoint_ids": "EndpointConfiguration.VpcEndpointIds",
    }),
    "aws_api_gateway_resource": ("AWS::ApiGateway::Resource", {
        "rest_api_id": "RestApiId", "parent_id": "ParentId", "path_part": "PathPart",
    }),
    "aws_api_gateway_method": ("AWS::ApiGateway::Method", {
        "rest_api_id": "RestApiId", "resource_id": "ResourceId", "http_method": "HttpMethod",
        "authorization": "AuthorizationType", "authorizer_id": "AuthorizerId", "api_key_required": "ApiKeyRequired",
        "request_parameters": "RequestParameters", "request_models": "RequestModels",
        "request_validator_id": "RequestValidatorId", "authorization_scopes": "AuthorizationScopes",
    }),
    "aws_api_gateway_request_validator": ("AWS::ApiGateway::RequestValidator", {
        "rest_api_id": "RestApiId", "name": "Name", "validate_request_body": "ValidateRequestBody",
        "validate_request_parameters": "ValidateRequestParameters",
    }),
    "aws_api_gateway_model": ("AWS::ApiGateway::Model", {
        "rest_api_id": "RestApiId", "name": "Name", "content_type": "ContentType", "schema": "Schema",
    }),
    "aws_api_gateway_gateway_response": ("AWS::ApiGateway::GatewayResponse", {
        "rest_api_id": "RestApiId", "response_type": "ResponseType", "status_code": "StatusCode",
        "response_templates": "ResponseTemplates", "response_parameters": "ResponseParameters",
    }),
    "aws_api_gateway_deployment": ("AWS::ApiGateway::Deployment", {
        "rest_api_id": "RestApiId", "stage_name": "StageName",
    }),
    "aws_api_gateway_stage": ("AWS::ApiGateway::Stage", {
        "rest_api_id": "RestApiId", "stage_name": "StageName", "deployment_id": "DeploymentId", "variables": "Variables",
        "cache_cluster_enabled": "CacheClusterEnabled", "cache_cluster_size": "CacheClusterSize",
    }),
    "aws_api_gateway_authorizer": ("AWS::ApiGateway::Authorizer", {
        "rest_api_id": "RestApiId", "name": "Name", "type": "Type", "authorizer_uri": "AuthorizerUri",
        "provider_arns": "ProviderARNs", "identity_source": "IdentitySource",
        "authorizer_result_ttl_in_seconds": "AuthorizerResultTtlInSeconds",
    }),
    "aws_api_gateway_api_key": ("AWS::ApiGateway::ApiKey", {"name": "Name", "enabled": "Enabled", "value": "Value"}),
    "aws_api_gateway_usage_plan": ("AWS::ApiGateway::UsagePlan", {
        "name": "UsagePlanName", "throttle_settings.burst_limit": "Throttle.BurstLimit",
        "throttle_settings.rate_limit": "Throttle.RateLimit", "quota_settings.limit": "Quota.Limit",
        "quota_settings.period": "Quota.Period", "quota_settings.offset": "Quota.Offset",
    }),
    "aws_api_gateway_usage_plan_key": ("AWS::ApiGateway::UsagePlanKey", {
        "key_id": "KeyId", "key_type": "KeyType", "usage_plan_id": "UsagePlanId",
    }),
    "aws_api_gateway_domain_name": ("AWS::ApiGateway::DomainName", {
        "domain_name": "DomainName", "endpoint_configuration.types": "EndpointConfiguration.Types",
        "routing_mode": "RoutingMode",
    }),
    "aws_api_gateway_base_path_mapping": ("AWS::ApiGateway::BasePathMapping", {
        "api_id": "RestApiId", "stage_name": "Stage", "domain_name": "DomainName", "base_path": "BasePath",
    }),
    "aws_api_gateway_vpc_link": ("AWS::ApiGateway::VpcLink", {"name": "Name", "target_arns": "TargetArns"}),
    "aws_apigatewayv2_api": ("AWS::ApiGatewayV2::Api", {
        "name": "Name", "protocol_type": "ProtocolType", "body": "Body", "route_key": "RouteKey", "target": "Target",
        "route_selection_expression": "RouteSelectionExpression",
        "disable_execute_api_endpoint": "DisableExecuteApiEndpoint",
        "cors_configuration.allow_origins": "CorsConfiguration.AllowOrigins",
        "cors_configuration.allow_methods": "CorsConfiguration.AllowMethods",
        "cors_configuration.allow_headers": "CorsConfiguration.AllowHeaders",
        "cors_configuration.allow_credentials": "CorsConfiguration.AllowCredentials",
        "cors_configuration.expose_headers": "CorsConfiguration.ExposeHeaders",
        "cors_configuration.max_age": "CorsConfiguration.MaxAge",
    }),
    "aws_apigatewayv2_integration": ("AWS::ApiGatewayV2::Integration", {
        "api_id": "ApiId", "integration_type": "IntegrationType", "integration_uri": "IntegrationUri",
        "integration_method": "IntegrationMethod", "integration_subtype": "IntegrationSubtype",
        "connection_type": "ConnectionType", "connection_id": "ConnectionId", "credentials_arn": "CredentialsArn",
        "payload_format_version": "PayloadFormatVersion", "timeout_milliseconds": "TimeoutInMillis",
        "request_parameters": "RequestParameters",
    }),
    "aws_apigatewayv2_stage": ("AWS::ApiGatewayV2::Stage", {
        "api_id": "ApiId", "name": "StageName", "auto_deploy": "AutoDeploy", "stage_variables": "StageVariables",
        _SETTINGS.format("throttling_burst_limit"): "DefaultRouteSettings.ThrottlingBurstLimit",
        _SETTINGS.format("throttling_rate_limit"): "DefaultRouteSettings.ThrottlingRateLimit",
    }),
    "aws_apigatewayv2_authorizer": ("AWS::ApiGatewayV2::Authorizer", {
        "api_id": "ApiId", "name": "Name", "authorizer_type": "AuthorizerType", "authorizer_uri": "AuthorizerUri",
        "identity_sources": "IdentitySource", "jwt_configuration.issuer": "JwtConfiguration.Issuer",
        "jwt_configuration.audience": "JwtConfiguration.Audience",
        "authorizer_payload_format_version": "AuthorizerPayloadFormatVersion",
        "enable_simple_responses": "EnableSimpleResponses",
    }),
    "aws_apigatewayv2_vpc_link": ("AWS::ApiGatewayV2::VpcLink", {
        "name": "Name", "subnet_ids": "SubnetIds", "security_group_ids": "SecurityGroupIds",
    }),
    "aws_apigatewayv2_domain_name": ("AWS::ApiGatewayV2::DomainName", {
        "domain_name": "DomainName", "routing_mode": "RoutingMode",
    }),
    "aws_apigatewayv2_api_mapping": ("AWS::ApiGatewayV2::ApiMapping", {
        "api_id": "ApiId", "domain_name": "DomainName", "stage": "Stage", "api_mapping_key": "ApiMappingKey",
    }),
}  # fmt: skip

# A method's integration, which the provider keeps apart from it.
INTEGRATION = {
    "type": "Type", "uri": "Uri", "integration_http_method": "IntegrationHttpMethod",
    "connection_type": "ConnectionType", "connection_id": "ConnectionId", "credentials": "Credentials",
    "timeout_milliseconds": "TimeoutInMillis", "passthrough_behavior": "PassthroughBehavior",
    "content_handling": "ContentHandling", "request_parameters": "RequestParameters",
    "request_templates": "RequestTemplates", "cache_key_parameters": "CacheKeyParameters",
    "cache_namespace": "CacheNamespace",
}  # fmt: skip

# The settings of a stage's methods, in the block `settings`.
SETTINGS = {
    "throttling_burst_limit": "ThrottlingBurstLimit", "throttling_rate_limit": "ThrottlingRateLimit",
    "caching_enabled": "CachingEnabled", "cache_ttl_in_seconds": "CacheTtlInSeconds",
    "cache_data_encrypted": "CacheDataEncrypted", "metrics_enabled": "MetricsEnabled",
}  # fmt: skip
