"""APIs of API Gateway: REST, HTTP and WebSocket, their stages, domains, plans and links."""

from netful.model.apis.api import ApiEndpointType, Authorization, Protocol
from netful.sources.apis.integrations import HTTP, REST
from netful.sources.understanding.declaration import Declaration, within

_TYPES = ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK")
_CONNECTIONS = ("INTERNET", "VPC_LINK")
_ENDPOINTS = "EndpointConfiguration.VpcEndpointIds"
_ADDRESS_TYPES = ("ipv4", "dualstack")
_ENDPOINT_ADDRESSES = {"EndpointConfiguration.IpAddressType": _ADDRESS_TYPES}
_SETTING = (
    "ThrottlingRateLimit ThrottlingBurstLimit CachingEnabled CacheTtlInSeconds CacheDataEncrypted"
    " RequireAuthorizationForCacheControl UnauthorizedCacheControlHeaderStrategy LoggingLevel DataTraceEnabled MetricsEnabled DetailedMetricsEnabled"
)
_STAGE = "Variables CacheClusterEnabled CacheClusterSize TracingEnabled Description"
_STAGE_ASIDE = "ClientCertificateId DocumentationVersion"
_ENUMERATED = {"type", "connection_type", "tls", "insecure", "server_name", "responses"}


def _integration(spelling: dict[str, str]) -> str:
    return " ".join(name for field, name in spelling.items() if field not in _ENUMERATED)


_REST_ROUTING = ("BASE_PATH_MAPPING_ONLY", "ROUTING_RULE_THEN_BASE_PATH_MAPPING", "ROUTING_RULE_ONLY")
_HTTP_ROUTING = ("API_MAPPING_ONLY", "ROUTING_RULE_THEN_API_MAPPING", "ROUTING_RULE_ONLY")
_ACCESS_MODES = ("BASIC", "STRICT")
_OF_DOMAINS = {
    "EndpointConfiguration.Types": (*ApiEndpointType,),
    **_ENDPOINT_ADDRESSES,
    "RoutingMode": _REST_ROUTING,
    "EndpointAccessMode": _ACCESS_MODES,
}

DECLARED = {
    "AWS::ApiGateway::RestApi": Declaration(
        f"Name BodyS3Location Parameters Policy DisableExecuteApiEndpoint EndpointAccessMode BinaryMediaTypes MinimumCompressionSize"
        f" {_ENDPOINTS}",
        "FailOnWarnings Mode SecurityPolicy Version",
        decides="CloneFrom",
        bodies="Body",
        values={
            "EndpointConfiguration.Types": (*ApiEndpointType,),
            **_ENDPOINT_ADDRESSES,
            "ApiKeySourceType": ("HEADER", "AUTHORIZER"),
            "EndpointAccessMode": _ACCESS_MODES,
        },
    ),
    "AWS::ApiGateway::Resource": Declaration("ParentId PathPart", "RestApiId", part_of="RestApiId"),
    "AWS::ApiGateway::Method": Declaration(
        "RestApiId ResourceId HttpMethod AuthorizerId AuthorizationScopes ApiKeyRequired RequestParameters RequestModels"
        " RequestValidatorId MethodResponses.StatusCode MethodResponses.ResponseParameters MethodResponses.ResponseModels "
        + within("Integration", _integration(REST))
        + " Integration.TlsConfig.InsecureSkipVerification "
        + within(
            "Integration.IntegrationResponses",
            "StatusCode SelectionPattern ResponseParameters ResponseTemplates ContentHandling",
        ),
        "OperationName",
        values={
            "AuthorizationType": (*Authorization,),
            "Integration.Type": _TYPES,
            "Integration.ConnectionType": _CONNECTIONS,
        },
        part_of="RestApiId",
    ),
    "AWS::ApiGateway::Authorizer": Declaration(
        "RestApiId Name AuthorizerUri AuthorizerCredentials AuthorizerResultTtlInSeconds IdentitySource"
        " IdentityValidationExpression ProviderARNs",
        "AuthType",
        values={"Type": ("TOKEN", "REQUEST", "COGNITO_USER_POOLS")},
        part_of="RestApiId",
    ),
    "AWS::ApiGateway::RequestValidator": Declaration(
        "RestApiId ValidateRequestBody ValidateRequestParameters", "Name", part_of="RestApiId"
    ),
    "AWS::ApiGateway::Model": Declaration("RestApiId Name ContentType Schema", part_of="RestApiId"),
    "AWS::ApiGateway::GatewayResponse": Declaration(
        "RestApiId ResponseType StatusCode ResponseParameters ResponseTemplates", part_of="RestApiId"
    ),
    "AWS::ApiGateway::Deployment": Declaration(
        f"RestApiId StageName Description {within('StageDescription', _STAGE)} {within('StageDescription', _SETTING)} "
        + within("StageDescription.MethodSettings", f"ResourcePath HttpMethod {_SETTING}")
        + " StageDescription.CanarySetting StageDescription.AccessLogSetting",
        f"{within('StageDescription', _STAGE_ASIDE)} StageDescription.Tags",
        decides="DeploymentCanarySettings",
        part_of="RestApiId",
    ),
    "AWS::ApiGateway::Stage": Declaration(
        f"RestApiId StageName DeploymentId {_STAGE} CanarySetting AccessLogSetting "
        + within("MethodSettings", f"ResourcePath HttpMethod {_SETTING}"),
        _STAGE_ASIDE,
        part_of="RestApiId",
    ),
    "AWS::ApiGateway::UsagePlan": Declaration(
        "UsagePlanName ApiStages.ApiId ApiStages.Stage ApiStages.Throttle Quota.Limit Quota.Offset Throttle.RateLimit"
        " Throttle.BurstLimit",
        values={"Quota.Period": ("DAY", "WEEK", "MONTH")},
    ),
    "AWS::ApiGateway::UsagePlanKey": Declaration(
        "UsagePlanId KeyId", supposed={"KeyType": ("API_KEY",)}, part_of="UsagePlanId"
    ),
    "AWS::ApiGateway::ApiKey": Declaration("Name Value Enabled", "CustomerId GenerateDistinctId StageKeys"),
    "AWS::ApiGateway::VpcLink": Declaration("TargetArns", "Name"),
    "AWS::ApiGateway::DomainName": Declaration(
        "DomainName Policy EndpointAccessMode MutualTlsAuthentication.TruststoreUri",
        "CertificateArn OwnershipVerificationCertificateArn RegionalCertificateArn SecurityPolicy"
        " MutualTlsAuthentication.TruststoreVersion",
        values=_OF_DOMAINS,
    ),
    "AWS::ApiGateway::DomainNameV2": Declaration(
        "DomainName Policy EndpointAccessMode", "CertificateArn SecurityPolicy", values=_OF_DOMAINS
    ),
    "AWS::ApiGateway::DomainNameAccessAssociation": Declaration(
        "DomainNameArn AccessAssociationSource",
        supposed={"AccessAssociationSourceType": ("VPCE",)},
        part_of="DomainNameArn",
    ),
    "AWS::ApiGateway::BasePathMapping": Declaration("DomainName BasePath RestApiId Stage", part_of="DomainName"),
    "AWS::ApiGateway::BasePathMappingV2": Declaration(
        "DomainNameArn BasePath RestApiId Stage", part_of="DomainNameArn"
    ),
    "AWS::ApiGatewayV2::Api": Declaration(
        "Name BodyS3Location BasePath RouteSelectionExpression CorsConfiguration DisableExecuteApiEndpoint Target"
        " RouteKey CredentialsArn",
        "ApiKeySelectionExpression DisableSchemaValidation FailOnWarnings Version",
        bodies="Body",
        values={
            "ProtocolType": [kind for kind in Protocol if kind is not Protocol.REST],
            "IpAddressType": _ADDRESS_TYPES,
        },
    ),
    "AWS::ApiGatewayV2::Route": Declaration(
        "ApiId RouteKey Target AuthorizerId AuthorizationScopes ApiKeyRequired RequestParameters ModelSelectionExpression"
        " RequestModels",
        "OperationName RouteResponseSelectionExpression",
        values={"AuthorizationType": (*Authorization,)},
        part_of="ApiId",
    ),
    "AWS::ApiGatewayV2::Model": Declaration("ApiId Name ContentType Schema", part_of="ApiId"),
    "AWS::ApiGatewayV2::Integration": Declaration(
        f"{_integration(HTTP)} TlsConfig.ServerNameToVerify",
        "ApiId",
        values={"IntegrationType": _TYPES, "ConnectionType": _CONNECTIONS},
        part_of="ApiId",
    ),
    "AWS::ApiGatewayV2::IntegrationResponse": Declaration(
        "IntegrationId IntegrationResponseKey ResponseTemplates TemplateSelectionExpression",
        "ApiId ContentHandlingStrategy ResponseParameters",
    ),
    "AWS::ApiGatewayV2::RouteResponse": Declaration(
        "RouteId", "ApiId ModelSelectionExpression ResponseModels ResponseParameters RouteResponseKey"
    ),
    "AWS::ApiGatewayV2::Authorizer": Declaration(
        "ApiId Name AuthorizerUri AuthorizerCredentialsArn AuthorizerPayloadFormatVersion AuthorizerResultTtlInSeconds"
        " EnableSimpleResponses IdentitySource IdentityValidationExpression JwtConfiguration.Issuer JwtConfiguration.Audience",
        values={"AuthorizerType": ("REQUEST", "JWT")},
        part_of="ApiId",
    ),
    "AWS::ApiGatewayV2::Deployment": Declaration("ApiId Description StageName", part_of="ApiId"),
    "AWS::ApiGatewayV2::Stage": Declaration(
        "ApiId StageName DeploymentId StageVariables AutoDeploy Description AccessLogSettings RouteSettings "
        + within("DefaultRouteSettings", _SETTING),
        "ClientCertificateId AccessPolicyId",
        part_of="ApiId",
    ),
    "AWS::ApiGatewayV2::DomainName": Declaration(
        "DomainName MutualTlsAuthentication.TruststoreUri",
        "MutualTlsAuthentication.TruststoreVersion "
        + within(
            "DomainNameConfigurations",
            "CertificateArn CertificateName EndpointType OwnershipVerificationCertificateArn SecurityPolicy",
        ),
        values={"RoutingMode": _HTTP_ROUTING, "DomainNameConfigurations.IpAddressType": _ADDRESS_TYPES},
    ),
    "AWS::ApiGatewayV2::ApiMapping": Declaration("DomainName ApiMappingKey ApiId Stage", part_of="DomainName"),
    "AWS::ApiGatewayV2::RoutingRule": Declaration(
        "DomainNameArn Priority Conditions.MatchBasePaths.AnyOf Conditions.MatchHeaders.AnyOf Actions.InvokeApi",
        part_of="DomainNameArn",
    ),
    "AWS::ApiGatewayV2::VpcLink": Declaration("SubnetIds SecurityGroupIds", "Name"),
}
