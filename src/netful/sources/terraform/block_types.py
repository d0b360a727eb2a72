"""Blocks of the AWS provider's resources, beside CloudFormation's properties: type → block → shape."""

from collections.abc import Mapping

from netful.sources.terraform.rows import Shape, block, blocks, keyed

_SESSION = "scope session_cookie_name session_timeout on_unauthenticated_request authentication_request_extra_params"
_ACTIONS = {
    "forward": block("ForwardConfig", target_group=blocks("TargetGroups", "weight", {"arn": "TargetGroupArn"})),
    "redirect": block("RedirectConfig", "protocol port host path query status_code"),
    "fixed_response": block("FixedResponseConfig", "content_type message_body status_code"),
    "authenticate_oidc": block("AuthenticateOidcConfig",
        f"authorization_endpoint token_endpoint user_info_endpoint issuer client_id client_secret {_SESSION}"),
    "authenticate_cognito": block("AuthenticateCognitoConfig",
        f"user_pool_arn user_pool_client_id user_pool_domain {_SESSION}"),
    "jwt_validation": block("JwtValidationConfig", "issuer jwks_endpoint",
        additional_claim=blocks("AdditionalClaims", "format name values")),
}  # fmt: skip
"""Actions of load balancers' listeners and rules, each with the block that configures it."""

_CUSTOM = {"http_port": "HTTPPort", "https_port": "HTTPSPort", "origin_protocol_policy": "OriginProtocolPolicy"}
_BEHAVIOR = (
    "path_pattern target_origin_id viewer_protocol_policy allowed_methods cache_policy_id origin_request_policy_id "
    "trusted_key_groups trusted_signers"
)
_IN_BEHAVIOR = {
    "forwarded_values": block("ForwardedValues", "headers query_string",
        cookies=block("Cookies", "forward whitelisted_names")),
    "function_association": blocks("FunctionAssociations", "event_type", {"function_arn": "FunctionARN"}),
    "lambda_function_association": blocks("LambdaFunctionAssociations",
        "event_type", {"lambda_arn": "LambdaFunctionARN"}),
}  # fmt: skip

_IP_SET = {"ip_set.definition": "Definition"}
_MATCH = block("MatchAttributes", "protocols",
    source=blocks("Sources", "address_definition"), destination=blocks("Destinations", "address_definition"),
    source_port=blocks("SourcePorts", "from_port to_port"),
    destination_port=blocks("DestinationPorts", "from_port to_port"),
    tcp_flag=blocks("TCPFlags", "flags masks"))  # fmt: skip


def _selections(holder: str) -> dict[str, Shape]:
    """Return the selections of a CloudFront policy within a property: headers, cookies and parts of the query."""
    return {
        f"{kind}s_config": block(f"{holder}.{name}sConfig", f"{kind}_behavior", {f"{kind}s.items": f"{name}s"})
        for kind, name in (("header", "Header"), ("cookie", "Cookie"), ("query_string", "QueryString"))
    }


BLOCKS: Mapping[str, Mapping[str, Shape]] = {
    "aws_api_gateway_usage_plan": {"api_stages": blocks("ApiStages", "api_id stage")},
    "aws_apigatewayv2_routing_rule": {
        "actions": blocks("Actions", invoke_api=block("InvokeApi", "api_id stage strip_base_path")),
        "conditions": blocks("Conditions",
            match_headers=block("MatchHeaders", any_of=blocks("AnyOf", "header value_glob")),
            match_base_paths=block("MatchBasePaths", "any_of")),
    },
    "aws_cloudfront_cache_policy": {
        "parameters_in_cache_key_and_forwarded_to_origin": block("CachePolicyConfig",
            **_selections("ParametersInCacheKeyAndForwardedToOrigin")),
    },
    "aws_cloudfront_distribution": {
        "origin": blocks("DistributionConfig.Origins",
            "domain_name origin_path origin_access_control_id", {"origin_id": "Id"},
            custom_header=blocks("OriginCustomHeaders", "", {"name": "HeaderName", "value": "HeaderValue"}),
            custom_origin_config=block("CustomOriginConfig", "", _CUSTOM),
            vpc_origin_config=block("VpcOriginConfig", "vpc_origin_id"),
            s3_origin_config=block("S3OriginConfig", "origin_access_identity")),
        "origin_group": blocks("DistributionConfig.OriginGroups.Items",
            "", {"origin_id": "Id", "failover_criteria.status_codes": "FailoverCriteria.StatusCodes.Items"},
            member=blocks("Members.Items", "origin_id")),
        "ordered_cache_behavior": blocks("DistributionConfig.CacheBehaviors", _BEHAVIOR, **_IN_BEHAVIOR),
        "default_cache_behavior": block("DistributionConfig.DefaultCacheBehavior", _BEHAVIOR, **_IN_BEHAVIOR),
        "custom_error_response": blocks("DistributionConfig.CustomErrorResponses",
            "error_code response_code response_page_path"),
    },
    "aws_cloudfront_origin_request_policy": _selections("OriginRequestPolicyConfig"),
    "aws_cloudfront_vpc_origin": {"vpc_origin_endpoint_config": block("VpcOriginEndpointConfig", "arn name", _CUSTOM)},
    "aws_db_proxy": {"auth": blocks("Auth", "auth_scheme secret_arn", {"iam_auth": "IAMAuth"})},
    "aws_ec2_managed_prefix_list": {"entry": blocks("Entries", "cidr")},
    "aws_ecs_service": {
        "load_balancer": blocks("LoadBalancers",
            "target_group_arn container_name container_port", {"elb_name": "LoadBalancerName"}),
        "service_registries": blocks("ServiceRegistries", "registry_arn"),
    },
    "aws_elb": {
        "listener": blocks("Listeners", "instance_port instance_protocol",
            {"lb_port": "LoadBalancerPort", "lb_protocol": "Protocol", "ssl_certificate_id": "SSLCertificateId"}),
    },
    "aws_flow_log": {
        "destination_options": block("DestinationOptions", "file_format hive_compatible_partitions per_hour_partition"),
    },
    "aws_lambda_event_source_mapping": {
        "source_access_configuration": blocks("SourceAccessConfigurations", "type", {"uri": "URI"}),
    },
    "aws_lambda_function": {"file_system_config": blocks("FileSystemConfigs", "arn local_mount_path")},
    "aws_lb": {
        "subnet_mapping": blocks("SubnetMappings",
            "subnet_id allocation_id", {"private_ipv4_address": "PrivateIPv4Address"}),
    },
    "aws_lb_listener": {
        "default_action": blocks("DefaultActions", "type target_group_arn", **_ACTIONS),
        "mutual_authentication": block("MutualAuthentication",
            "mode trust_store_arn ignore_client_certificate_expiry advertise_trust_store_ca_names"),
    },
    "aws_lb_listener_rule": {"action": blocks("Actions", "type target_group_arn", **_ACTIONS)},
    "aws_mq_broker": {"user": blocks("Users", "username password")},
    "aws_networkfirewall_firewall": {"subnet_mapping": blocks("SubnetMappings", "subnet_id")},
    "aws_networkfirewall_firewall_policy": {
        "firewall_policy": block("FirewallPolicy", "stateless_default_actions stateful_default_actions",
            stateless_rule_group_reference=blocks("StatelessRuleGroupReferences", "priority resource_arn"),
            stateful_rule_group_reference=blocks("StatefulRuleGroupReferences", "priority resource_arn"),
            stateful_engine_options=block("StatefulEngineOptions", "rule_order stream_exception_policy"),
            policy_variables=block("PolicyVariables", rule_variables=keyed("RuleVariables", _IP_SET))),
    },
    "aws_networkfirewall_rule_group": {
        "rule_group": block("RuleGroup",
            rule_variables=block("RuleVariables",
                ip_sets=keyed("IPSets", _IP_SET), port_sets=keyed("PortSets", {"port_set.definition": "Definition"})),
            reference_sets=block("ReferenceSets", ip_set_references=keyed("IPSetReferences",
                {"ip_set_reference.reference_arn": "ReferenceArn"})),
            rules_source=block("RulesSource", "rules_string",
                rules_source_list=block("RulesSourceList", "generated_rules_type target_types targets"),
                stateful_rule=blocks("StatefulRules", "action",
                    header=block("Header", "destination destination_port direction protocol source source_port"),
                    rule_option=blocks("RuleOptions", "keyword settings")),
                stateless_rules_and_custom_actions=block("StatelessRulesAndCustomActions",
                    stateless_rule=blocks("StatelessRules", "priority",
                        rule_definition=block("RuleDefinition", "actions", match_attributes=_MATCH))))),
    },
    "aws_networkfirewall_vpc_endpoint_association": {"subnet_mapping": block("SubnetMapping", "subnet_id")},
    "aws_route53_resolver_endpoint": {"ip_address": blocks("IpAddresses", "subnet_id ip")},
    "aws_route53_resolver_rule": {"target_ip": blocks("TargetIps", "ip port ipv6")},
    "aws_route53_zone": {"vpc": blocks("VPCs", "", {"vpc_id": "VPCId"})},
    "aws_service_discovery_service": {
        "dns_config": block("DnsConfig", "namespace_id", dns_records=blocks("DnsRecords", "type", {"ttl": "TTL"})),
    },
}  # fmt: skip
