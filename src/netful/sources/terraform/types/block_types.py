"""Blocks of the AWS provider's resources, beside CloudFormation's properties: type → block → shape."""

from collections.abc import Mapping

from netful.sources.terraform.types.rows import Shape, keyed, properties, repeated, single

_SESSION = "scope session_cookie_name session_timeout on_unauthenticated_request authentication_request_extra_params"
_ACTIONS = {
    "forward": single("ForwardConfig", target_group=repeated("TargetGroups", "weight", {"arn": "TargetGroupArn"})),
    "redirect": single("RedirectConfig", "protocol port host path query status_code"),
    "fixed_response": single("FixedResponseConfig", "content_type message_body status_code"),
    "authenticate_oidc": single("AuthenticateOidcConfig",
        f"authorization_endpoint token_endpoint user_info_endpoint issuer client_id client_secret {_SESSION}"),
    "authenticate_cognito": single("AuthenticateCognitoConfig",
        f"user_pool_arn user_pool_client_id user_pool_domain {_SESSION}"),
    "jwt_validation": single("JwtValidationConfig", "issuer jwks_endpoint",
        additional_claim=repeated("AdditionalClaims", "format name values")),
}  # fmt: skip
"""Actions of load balancers' listeners and rules, each with the block that configures it."""

_REWRITES = repeated("Rewrites", "regex replace")
_TRANSFORM = repeated("Transforms", "type",
    host_header_rewrite_config=single("HostHeaderRewriteConfig", rewrite=_REWRITES),
    url_rewrite_config=single("UrlRewriteConfig", rewrite=_REWRITES))  # fmt: skip

_CUSTOM = {"http_port": "HTTPPort", "https_port": "HTTPSPort", "origin_protocol_policy": "OriginProtocolPolicy"}
_BEHAVIOR = (
    "path_pattern target_origin_id viewer_protocol_policy allowed_methods cache_policy_id origin_request_policy_id "
    "trusted_key_groups trusted_signers response_headers_policy_id"
)
_IN_BEHAVIOR = {
    "forwarded_values": single("ForwardedValues", "headers query_string",
        cookies=single("Cookies", "forward whitelisted_names")),
    "function_association": repeated("FunctionAssociations", "event_type", {"function_arn": "FunctionARN"}),
    "lambda_function_association": repeated("LambdaFunctionAssociations",
        "event_type", {"lambda_arn": "LambdaFunctionARN"}),
}  # fmt: skip

_IP_SET = {"ip_set.definition": "Definition"}
_MATCH = single("MatchAttributes", "protocols",
    source=repeated("Sources", "address_definition"), destination=repeated("Destinations", "address_definition"),
    source_port=repeated("SourcePorts", "from_port to_port"),
    destination_port=repeated("DestinationPorts", "from_port to_port"),
    tcp_flag=repeated("TCPFlags", "flags masks"))  # fmt: skip


def _selections(holder: str) -> dict[str, Shape]:
    """Return the selections of a CloudFront policy within a property: headers, cookies and parts of the query."""
    return {
        f"{kind}s_config": single(f"{holder}.{name}sConfig", f"{kind}_behavior", {f"{kind}s.items": f"{name}s"})
        for kind, name in (("header", "Header"), ("cookie", "Cookie"), ("query_string", "QueryString"))
    }


_RESPONSE_BODIES = {"custom_response_body": keyed("CustomResponseBodies", properties("content content_type"))}
_BODY_LIMITS = {
    kind: single(kind.upper(), "default_size_inspection_limit")
    for kind in ("api_gateway", "app_runner_service", "cloudfront", "cognito_user_pool", "verified_access_instance")
}


BLOCKS: Mapping[str, Mapping[str, Shape]] = {
    "aws_api_gateway_usage_plan": {
        "api_stages": repeated("ApiStages", "api_id stage",
            throttle=keyed("Throttle", properties("burst_limit rate_limit"), "path")),
    },
    "aws_apigatewayv2_domain_name": {
        "domain_name_configuration": repeated("DomainNameConfigurations", "ip_address_type"),
    },
    "aws_apigatewayv2_integration": {"tls_config": single("TlsConfig", "server_name_to_verify")},
    "aws_apigatewayv2_routing_rule": {
        "action": repeated("Actions", invoke_api=single("InvokeApi", "api_id stage strip_base_path")),
        "condition": repeated("Conditions",
            match_headers=single("MatchHeaders", any_of=repeated("AnyOf", "header value_glob")),
            match_base_paths=single("MatchBasePaths", "any_of")),
    },
    "aws_autoscaling_group": {"traffic_source": repeated("TrafficSources", "identifier type")},
    "aws_cloudfront_cache_policy": {
        "parameters_in_cache_key_and_forwarded_to_origin": single("CachePolicyConfig",
            **_selections("ParametersInCacheKeyAndForwardedToOrigin")),
    },
    "aws_cloudfront_distribution": {
        "origin": repeated("DistributionConfig.Origins",
            "domain_name origin_path origin_access_control_id", {"origin_id": "Id"},
            custom_header=repeated("OriginCustomHeaders", "", {"name": "HeaderName", "value": "HeaderValue"}),
            custom_origin_config=single("CustomOriginConfig", "", _CUSTOM),
            vpc_origin_config=single("VpcOriginConfig", "vpc_origin_id"),
            s3_origin_config=single("S3OriginConfig", "origin_access_identity")),
        "origin_group": repeated("DistributionConfig.OriginGroups.Items",
            "", {"origin_id": "Id", "failover_criteria.status_codes": "FailoverCriteria.StatusCodes.Items"},
            member=repeated("Members.Items", "origin_id")),
        "ordered_cache_behavior": repeated("DistributionConfig.CacheBehaviors", _BEHAVIOR, **_IN_BEHAVIOR),
        "default_cache_behavior": single("DistributionConfig.DefaultCacheBehavior", _BEHAVIOR, **_IN_BEHAVIOR),
        "custom_error_response": repeated("DistributionConfig.CustomErrorResponses",
            "error_code response_code response_page_path"),
        "viewer_certificate": single("DistributionConfig.ViewerCertificate",
            "acm_certificate_arn", {"cloudfront_default_certificate": "CloudFrontDefaultCertificate"}),
    },
    "aws_cloudfront_origin_request_policy": _selections("OriginRequestPolicyConfig"),
    "aws_cloudfront_vpc_origin": {"vpc_origin_endpoint_config": single("VpcOriginEndpointConfig", "arn name", _CUSTOM)},
    "aws_db_proxy": {"auth": repeated("Auth", "auth_scheme secret_arn", {"iam_auth": "IAMAuth"})},
    "aws_ec2_managed_prefix_list": {"entry": repeated("Entries", "cidr")},
    "aws_ecs_service": {
        "load_balancer": repeated("LoadBalancers",
            "target_group_arn container_name container_port", {"elb_name": "LoadBalancerName"}),
        "service_registries": repeated("ServiceRegistries", "registry_arn"),
        "capacity_provider_strategy": repeated("CapacityProviderStrategy", "capacity_provider"),
        "service_connect_configuration": single("ServiceConnectConfiguration", "enabled namespace",
            service=repeated("Services", "port_name discovery_name",
                client_alias=repeated("ClientAliases", "dns_name port"))),
    },
    "aws_ecs_task_set": {
        "load_balancer": repeated("LoadBalancers", "target_group_arn container_name container_port"),
    },
    "aws_elb": {
        "listener": repeated("Listeners", "instance_port instance_protocol",
            {"lb_port": "LoadBalancerPort", "lb_protocol": "Protocol", "ssl_certificate_id": "SSLCertificateId"}),
    },
    "aws_flow_log": {
        "destination_options": single("DestinationOptions", "file_format hive_compatible_partitions per_hour_partition"),
    },
    "aws_instance": {
        "network_interface": repeated("NetworkInterfaces", "network_interface_id device_index"),
        "primary_network_interface": repeated("NetworkInterfaces", "network_interface_id"),
    },
    "aws_iam_role": {"inline_policy": repeated("Policies", "", {"name": "PolicyName", "policy": "PolicyDocument"})},
    "aws_lambda_event_source_mapping": {
        "source_access_configuration": repeated("SourceAccessConfigurations", "type", {"uri": "URI"}),
        "filter_criteria": single("FilterCriteria", filter=repeated("Filters", "pattern")),
    },
    "aws_lambda_function": {"file_system_config": repeated("FileSystemConfigs", "arn local_mount_path")},
    "aws_launch_template": {
        "network_interfaces": repeated("LaunchTemplateData.NetworkInterfaces",
            "subnet_id associate_public_ip_address network_interface_id ipv6_address_count", {"security_groups": "Groups"}),
    },
    "aws_lb": {
        "subnet_mapping": repeated("SubnetMappings",
            "subnet_id allocation_id", {"private_ipv4_address": "PrivateIPv4Address"}),
    },
    "aws_lb_listener": {
        "default_action": repeated("DefaultActions", "type target_group_arn", **_ACTIONS),
        "mutual_authentication": single("MutualAuthentication",
            "mode trust_store_arn ignore_client_certificate_expiry advertise_trust_store_ca_names"),
    },
    "aws_lb_listener_rule": {
        "action": repeated("Actions", "type target_group_arn", **_ACTIONS),
        "transform": _TRANSFORM,
    },
    "aws_mq_broker": {"user": repeated("Users", "username password")},
    "aws_nat_gateway": {
        "availability_zone_address": repeated("AvailabilityZoneAddresses",
            "allocation_ids availability_zone availability_zone_id"),
    },
    "aws_networkfirewall_firewall": {
        "availability_zone_mapping": repeated("AvailabilityZoneMappings",
            "", {"availability_zone_id": "AvailabilityZone"}),
    },
    "aws_networkfirewall_firewall_policy": {
        "firewall_policy": single("FirewallPolicy", "stateless_default_actions stateful_default_actions",
            {"tls_inspection_configuration_arn": "TLSInspectionConfigurationArn"},
            stateless_rule_group_reference=repeated("StatelessRuleGroupReferences", "priority resource_arn"),
            stateful_rule_group_reference=repeated("StatefulRuleGroupReferences", "priority resource_arn",
                override=single("Override", "action")),
            stateful_engine_options=single("StatefulEngineOptions", "rule_order stream_exception_policy"),
            policy_variables=single("PolicyVariables", rule_variables=keyed("RuleVariables", _IP_SET))),
    },
    "aws_networkfirewall_rule_group": {
        "rule_group": single("RuleGroup",
            stateful_rule_options=single("StatefulRuleOptions", "rule_order"),
            rule_variables=single("RuleVariables",
                ip_sets=keyed("IPSets", _IP_SET), port_sets=keyed("PortSets", {"port_set.definition": "Definition"})),
            reference_sets=single("ReferenceSets", ip_set_references=keyed("IPSetReferences",
                {"ip_set_reference.reference_arn": "ReferenceArn"})),
            rules_source=single("RulesSource", "rules_string",
                rules_source_list=single("RulesSourceList", "generated_rules_type target_types targets"),
                stateful_rule=repeated("StatefulRules", "action",
                    header=single("Header", "destination destination_port direction protocol source source_port"),
                    rule_option=repeated("RuleOptions", "keyword settings")),
                stateless_rules_and_custom_actions=single("StatelessRulesAndCustomActions",
                    stateless_rule=repeated("StatelessRules", "priority",
                        rule_definition=single("RuleDefinition", "actions", match_attributes=_MATCH))))),
    },
    "aws_networkfirewall_vpc_endpoint_association": {"subnet_mapping": single("SubnetMapping", "subnet_id")},
    "aws_route53_resolver_endpoint": {"ip_address": repeated("IpAddresses", "subnet_id ip")},
    "aws_route53_resolver_rule": {"target_ip": repeated("TargetIps", "ip port ipv6 protocol")},
    "aws_route53_zone": {"vpc": repeated("VPCs", "", {"vpc_id": "VPCId"})},
    "aws_service_discovery_service": {
        "dns_config": single("DnsConfig", "namespace_id", dns_records=repeated("DnsRecords", "type", {"ttl": "TTL"})),
    },
    "aws_vpc_endpoint": {"subnet_configuration": repeated("SubnetConfigurations", "subnet_id ipv4 ipv6")},
    "aws_wafv2_rule_group": _RESPONSE_BODIES,
    "aws_wafv2_web_acl": {
        **_RESPONSE_BODIES,
        "association_config": single("AssociationConfig", request_body=single("RequestBody", **_BODY_LIMITS)),
    },
}  # fmt: skip
