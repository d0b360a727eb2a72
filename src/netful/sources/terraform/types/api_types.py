"""API Gateway's types of the AWS provider beside CloudFormation's, as in `resource_types`."""

from netful.sources.terraform.types.rows import properties, row

API_TYPES = {
    "aws_api_gateway_rest_api": row("AWS::ApiGateway::RestApi",
        "name body parameters policy binary_media_types disable_execute_api_endpoint endpoint_access_mode minimum_compression_size "
        "endpoint_configuration.types endpoint_configuration.vpc_endpoint_ids endpoint_configuration.ip_address_type", {"api_key_source": "ApiKeySourceType"}),
    "aws_api_gateway_resource": row("AWS::ApiGateway::Resource", "rest_api_id parent_id path_part"),
    "aws_api_gateway_method": row("AWS::ApiGateway::Method",
        "rest_api_id resource_id http_method authorizer_id api_key_required request_parameters request_models "
        "request_validator_id authorization_scopes", {"authorization": "AuthorizationType"}),
    "aws_api_gateway_request_validator": row("AWS::ApiGateway::RequestValidator",
        "rest_api_id name validate_request_body validate_request_parameters"),
    "aws_api_gateway_model": row("AWS::ApiGateway::Model", "rest_api_id name content_type schema"),
    "aws_api_gateway_gateway_response": row("AWS::ApiGateway::GatewayResponse",
        "rest_api_id response_type status_code response_templates response_parameters"),
    "aws_api_gateway_deployment": row("AWS::ApiGateway::Deployment", "rest_api_id stage_name"),
    "aws_api_gateway_stage": row("AWS::ApiGateway::Stage",
        "rest_api_id stage_name deployment_id variables cache_cluster_enabled cache_cluster_size",
        {"canary_settings.deployment_id": "CanarySetting.DeploymentId",
         "canary_settings.percent_traffic": "CanarySetting.PercentTraffic",
         "canary_settings.stage_variable_overrides": "CanarySetting.StageVariableOverrides",
         "canary_settings.use_stage_cache": "CanarySetting.UseStageCache"}),
    "aws_api_gateway_authorizer": row("AWS::ApiGateway::Authorizer",
        "rest_api_id name type authorizer_uri authorizer_credentials identity_source identity_validation_expression "
        "authorizer_result_ttl_in_seconds",
        {"provider_arns": "ProviderARNs"}),
    "aws_api_gateway_api_key": row("AWS::ApiGateway::ApiKey", "name enabled value"),
    "aws_api_gateway_usage_plan": row("AWS::ApiGateway::UsagePlan",
        other={"name": "UsagePlanName", "throttle_settings.burst_limit": "Throttle.BurstLimit",
         "throttle_settings.rate_limit": "Throttle.RateLimit", "quota_settings.limit": "Quota.Limit",
         "quota_settings.period": "Quota.Period", "quota_settings.offset": "Quota.Offset"}),
    "aws_api_gateway_usage_plan_key": row("AWS::ApiGateway::UsagePlanKey", "key_id key_type usage_plan_id"),
    "aws_api_gateway_domain_name_access_association": row("AWS::ApiGateway::DomainNameAccessAssociation",
        "domain_name_arn access_association_source access_association_source_type"),
    "aws_api_gateway_base_path_mapping": row("AWS::ApiGateway::BasePathMapping",
        "domain_name base_path", {"api_id": "RestApiId", "stage_name": "Stage"}),
    "aws_api_gateway_vpc_link": row("AWS::ApiGateway::VpcLink", "name target_arns"),
    "aws_apigatewayv2_api": row("AWS::ApiGatewayV2::Api",
        "name protocol_type body route_key target credentials_arn route_selection_expression disable_execute_api_endpoint ip_address_type "
        "cors_configuration.allow_origins cors_configuration.allow_methods cors_configuration.allow_headers "
        "cors_configuration.allow_credentials cors_configuration.expose_headers cors_configuration.max_age"),
    "aws_apigatewayv2_integration": row("AWS::ApiGatewayV2::Integration",
        "api_id integration_type integration_uri integration_method integration_subtype connection_type connection_id "
        "credentials_arn payload_format_version request_parameters request_templates content_handling_strategy "
        "passthrough_behavior template_selection_expression", {"timeout_milliseconds": "TimeoutInMillis"}),
    "aws_apigatewayv2_model": row("AWS::ApiGatewayV2::Model", "api_id name content_type schema"),
    "aws_apigatewayv2_routing_rule": row("AWS::ApiGatewayV2::RoutingRule", "priority", {"domain_name": "DomainNameArn"}),
    "aws_apigatewayv2_deployment": row("AWS::ApiGatewayV2::Deployment", "api_id"),
    "aws_apigatewayv2_stage": row("AWS::ApiGatewayV2::Stage",
        "api_id auto_deploy deployment_id stage_variables", {"name": "StageName"}),
    "aws_apigatewayv2_authorizer": row("AWS::ApiGatewayV2::Authorizer",
        "api_id name authorizer_type authorizer_uri authorizer_credentials_arn jwt_configuration.issuer jwt_configuration.audience "
        "authorizer_payload_format_version authorizer_result_ttl_in_seconds enable_simple_responses", {"identity_sources": "IdentitySource"}),
    "aws_apigatewayv2_vpc_link": row("AWS::ApiGatewayV2::VpcLink", "name subnet_ids security_group_ids"),
    "aws_apigatewayv2_domain_name": row("AWS::ApiGatewayV2::DomainName",
        "domain_name routing_mode mutual_tls_authentication.truststore_uri"),
    "aws_apigatewayv2_api_mapping": row("AWS::ApiGatewayV2::ApiMapping", "api_id domain_name stage api_mapping_key"),
}  # fmt: skip

# A method's integration, which the provider keeps apart from it.
INTEGRATION = {
    **properties("type uri integration_http_method connection_type connection_id credentials passthrough_behavior"),
    **properties("content_handling request_parameters request_templates cache_key_parameters cache_namespace"),
    **properties("integration_target response_transfer_mode tls_config.insecure_skip_verification"),
    "timeout_milliseconds": "TimeoutInMillis",
}

# Responses, which the provider keeps apart, too.
INTEGRATION_RESPONSE = properties(
    "status_code selection_pattern response_templates response_parameters content_handling"
)
METHOD_RESPONSE = properties("status_code response_models response_parameters")

# The settings of a stage's methods, in the block `settings`.
SETTINGS = properties(
    "throttling_burst_limit throttling_rate_limit caching_enabled cache_ttl_in_seconds cache_data_encrypted metrics_enabled "
    "require_authorization_for_cache_control unauthorized_cache_control_header_strategy"
)
