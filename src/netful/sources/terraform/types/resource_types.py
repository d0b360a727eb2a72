"""The AWS provider's types and CloudFormation's: type → type, argument → property.

`a.b` is argument `b` in the first block `a`. Modules of this package make what a row cannot express: blocks that
repeat, and parts of other resources.
"""

from netful.sources.terraform.types.api_types import API_TYPES
from netful.sources.terraform.types.database_types import DATABASE_ATTRIBUTES, DATABASE_LISTS, DATABASE_TYPES
from netful.sources.terraform.types.managed_types import MANAGED_ATTRIBUTES, MANAGED_LISTS, MANAGED_TYPES
from netful.sources.terraform.types.rows import TASK, inside, row

# Type → CloudFormation's type and properties.
TYPES = {
    "aws_vpc": row("AWS::EC2::VPC",
        "cidr_block ipv4_ipam_pool_id enable_dns_support enable_dns_hostnames instance_tenancy"),
    "aws_vpc_ipv6_cidr_block_association": row("AWS::EC2::VPCCidrBlock",
        "vpc_id ipv6_cidr_block ipv6_ipam_pool_id",
        {"assign_generated_ipv6_cidr_block": "AmazonProvidedIpv6CidrBlock"}),
    "aws_vpc_ipv4_cidr_block_association": row("AWS::EC2::VPCCidrBlock",
        "vpc_id cidr_block ipv4_ipam_pool_id"),
    "aws_subnet": row("AWS::EC2::Subnet",
        "vpc_id cidr_block ipv6_cidr_block ipv6_native availability_zone availability_zone_id map_public_ip_on_launch "
        "assign_ipv6_address_on_creation enable_dns64 ipv6_ipam_pool_id"),
    "aws_internet_gateway": row("AWS::EC2::InternetGateway"),
    "aws_internet_gateway_attachment": row("AWS::EC2::VPCGatewayAttachment", "vpc_id internet_gateway_id"),
    "aws_egress_only_internet_gateway": row("AWS::EC2::EgressOnlyInternetGateway", "vpc_id"),
    "aws_eip": row("AWS::EC2::EIP", other={"instance": "InstanceId", "public_ip": "Address", "address": "Address"}),
    "aws_eip_association": row("AWS::EC2::EIPAssociation", "allocation_id instance_id network_interface_id private_ip_address", {"public_ip": "EIP"}),
    "aws_nat_gateway": row("AWS::EC2::NatGateway",
        "subnet_id allocation_id connectivity_type vpc_id availability_mode secondary_allocation_ids", {"private_ip": "PrivateIpAddress"}),
    "aws_route_table": row("AWS::EC2::RouteTable", "vpc_id"),
    "aws_route": row("AWS::EC2::Route",
        "route_table_id destination_cidr_block destination_ipv6_cidr_block destination_prefix_list_id gateway_id "
        "nat_gateway_id transit_gateway_id vpc_peering_connection_id network_interface_id instance_id vpc_endpoint_id "
        "local_gateway_id carrier_gateway_id core_network_arn",
        {"egress_only_gateway_id": "EgressOnlyInternetGatewayId"}),
    "aws_security_group": row("AWS::EC2::SecurityGroup", "vpc_id", {"name": "GroupName"}),
    "aws_network_acl": row("AWS::EC2::NetworkAcl", "vpc_id"),
    "aws_network_acl_association": row("AWS::EC2::SubnetNetworkAclAssociation", "subnet_id network_acl_id"),
    "aws_vpc_endpoint": row("AWS::EC2::VPCEndpoint",
        "vpc_id service_name vpc_endpoint_type subnet_ids security_group_ids route_table_ids private_dns_enabled "
        "ip_address_type service_region resource_configuration_arn service_network_arn dns_options.dns_record_ip_type "
        "dns_options.private_dns_only_for_inbound_resolver_endpoint", {"policy": "PolicyDocument"}),
    "aws_vpc_endpoint_service": row("AWS::EC2::VPCEndpointService",
        "network_load_balancer_arns acceptance_required private_dns_name"),
    "aws_networkfirewall_firewall": row("AWS::NetworkFirewall::Firewall",
        "vpc_id firewall_policy_arn transit_gateway_id", {"name": "FirewallName"}),
    "aws_networkfirewall_firewall_policy": row("AWS::NetworkFirewall::FirewallPolicy",
        other={"name": "FirewallPolicyName"}),
    "aws_networkfirewall_rule_group": row("AWS::NetworkFirewall::RuleGroup",
        "type", {"name": "RuleGroupName", "rules": "RuleGroup.RulesSource.RulesString"}),
    "aws_networkfirewall_vpc_endpoint_association": row("AWS::NetworkFirewall::VpcEndpointAssociation",
        "vpc_id firewall_arn"),
    "aws_vpc_security_group_vpc_association": row("AWS::EC2::SecurityGroupVpcAssociation",
        "vpc_id", {"security_group_id": "GroupId"}),
    "aws_vpc_block_public_access_options": row("AWS::EC2::VPCBlockPublicAccessOptions", "internet_gateway_block_mode"),
    "aws_vpc_block_public_access_exclusion": row("AWS::EC2::VPCBlockPublicAccessExclusion",
        "internet_gateway_exclusion_mode vpc_id subnet_id"),
    "aws_dx_gateway_association": row("AWS::DirectConnect::DirectConnectGatewayAssociation",
        "associated_gateway_id",
        {"dx_gateway_id": "DirectConnectGatewayId", "allowed_prefixes": "AllowedPrefixesToDirectConnectGateway"}),
    "aws_vpc_encryption_control": row("AWS::EC2::VPCEncryptionControl",
        "vpc_id mode",
        {"internet_gateway_exclusion": "InternetGatewayExclusionInput",
         "egress_only_internet_gateway_exclusion": "EgressOnlyInternetGatewayExclusionInput",
         "nat_gateway_exclusion": "NatGatewayExclusionInput", "vpc_peering_exclusion": "VpcPeeringExclusionInput",
         "virtual_private_gateway_exclusion": "VirtualPrivateGatewayExclusionInput",
         "lambda_exclusion": "LambdaExclusionInput", "vpc_lattice_exclusion": "VpcLatticeExclusionInput",
         "elastic_file_system_exclusion": "ElasticFileSystemExclusionInput"}),
    "aws_vpc_peering_connection": row("AWS::EC2::VPCPeeringConnection",
        "vpc_id peer_vpc_id",
        {"requester.allow_remote_vpc_dns_resolution": "RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc",
         "accepter.allow_remote_vpc_dns_resolution": "AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc"}),
    "aws_vpc_dhcp_options": row("AWS::EC2::DHCPOptions", "domain_name domain_name_servers"),
    "aws_vpc_dhcp_options_association": row("AWS::EC2::VPCDHCPOptionsAssociation", "vpc_id dhcp_options_id"),
    "aws_ec2_transit_gateway_peering_attachment": row("AWS::EC2::TransitGatewayPeeringAttachment",
        "transit_gateway_id peer_transit_gateway_id peer_region peer_account_id"),
    "aws_ec2_transit_gateway": row("AWS::EC2::TransitGateway",
        "default_route_table_association default_route_table_propagation security_group_referencing_support "
        "encryption_support dns_support"),
    "aws_ec2_transit_gateway_vpc_attachment": row("AWS::EC2::TransitGatewayVpcAttachment",
        "transit_gateway_id vpc_id subnet_ids",
        {"appliance_mode_support": "Options.ApplianceModeSupport", "ipv6_support": "Options.Ipv6Support",
         "dns_support": "Options.DnsSupport",
         "security_group_referencing_support": "Options.SecurityGroupReferencingSupport"}),
    "aws_ec2_transit_gateway_route_table": row("AWS::EC2::TransitGatewayRouteTable", "transit_gateway_id"),
    "aws_ec2_transit_gateway_route": row("AWS::EC2::TransitGatewayRoute",
        "destination_cidr_block blackhole transit_gateway_attachment_id transit_gateway_route_table_id"),
    "aws_ec2_transit_gateway_route_table_association": row("AWS::EC2::TransitGatewayRouteTableAssociation",
        "transit_gateway_attachment_id transit_gateway_route_table_id"),
    "aws_ec2_transit_gateway_route_table_propagation": row("AWS::EC2::TransitGatewayRouteTablePropagation",
        "transit_gateway_attachment_id transit_gateway_route_table_id"),
    "aws_instance": row("AWS::EC2::Instance",
        "subnet_id associate_public_ip_address source_dest_check ipv6_address_count security_groups",
        {"vpc_security_group_ids": "SecurityGroupIds", "private_ip": "PrivateIpAddress"}),
    "aws_network_interface": row("AWS::EC2::NetworkInterface",
        "subnet_id source_dest_check ipv6_address_count", {"security_groups": "GroupSet"}),
    "aws_network_interface_attachment": row("AWS::EC2::NetworkInterfaceAttachment",
        "instance_id network_interface_id device_index"),
    "aws_lambda_function": row("AWS::Lambda::Function",
        "function_name handler runtime role timeout memory_size package_type reserved_concurrent_executions "
        "vpc_config.subnet_ids vpc_config.security_group_ids vpc_config.ipv6_allowed_for_dual_stack "
        "capacity_provider_config.lambda_managed_instances_capacity_provider_config.capacity_provider_arn "
        "durable_config.execution_timeout tenancy_config.tenant_isolation_mode environment.variables "
        "image_config.entry_point image_config.command image_config.working_directory description tracing_config.mode "
        "logging_config.log_format logging_config.log_group logging_config.application_log_level "
        "logging_config.system_log_level layers architectures ephemeral_storage.size dead_letter_config.target_arn "
        "snap_start.apply_on",
        {"s3_bucket": "Code.S3Bucket", "s3_key": "Code.S3Key", "image_uri": "Code.ImageUri",
         "durable_config.retention_period": "DurableConfig.RetentionPeriodInDays"}),
    "aws_lambda_alias": row("AWS::Lambda::Alias", "name description function_name function_version"),
    "aws_lambda_layer_version": row("AWS::Lambda::LayerVersion",
        "layer_name description compatible_runtimes compatible_architectures"),
    "aws_lambda_capacity_provider": row("AWS::Lambda::CapacityProvider",
        "vpc_config.subnet_ids vpc_config.security_group_ids", {"name": "CapacityProviderName"}),
    "aws_lambda_permission": row("AWS::Lambda::Permission",
        "action function_name qualifier principal source_arn source_account function_url_auth_type event_source_token "
        "invoked_via_function_url", {"principal_org_id": "PrincipalOrgID"}),
    "aws_lambda_event_source_mapping": row("AWS::Lambda::EventSourceMapping",
        "event_source_arn function_name enabled batch_size starting_position starting_position_timestamp topics queues "
        "bisect_batch_on_function_error function_response_types maximum_batching_window_in_seconds "
        "maximum_record_age_in_seconds maximum_retry_attempts parallelization_factor tumbling_window_in_seconds "
        "scaling_config.maximum_concurrency amazon_managed_kafka_event_source_config.consumer_group_id "
        "self_managed_kafka_event_source_config.consumer_group_id provisioned_poller_config.minimum_pollers "
        "provisioned_poller_config.maximum_pollers",
        {"destination_config.on_failure.destination_arn": "DestinationConfig.OnFailure.Destination",
         "self_managed_event_source.endpoints.KAFKA_BOOTSTRAP_SERVERS":
         "SelfManagedEventSource.Endpoints.KafkaBootstrapServers",
         **inside("document_db_event_source_config", "DocumentDBEventSourceConfig",
            "database_name collection_name full_document")}),
    "aws_lambda_function_event_invoke_config": row("AWS::Lambda::EventInvokeConfig",
        "function_name qualifier maximum_event_age_in_seconds maximum_retry_attempts "
        "destination_config.on_success.destination destination_config.on_failure.destination"),
    "aws_lambda_function_url": row("AWS::Lambda::Url",
        "qualifier invoke_mode function_url cors.allow_credentials cors.allow_headers cors.allow_methods "
        "cors.allow_origins cors.expose_headers cors.max_age",
        {"function_name": "TargetFunctionArn", "authorization_type": "AuthType"}),
    "aws_ecs_capacity_provider": row("AWS::ECS::CapacityProvider",
        "name auto_scaling_group_provider.auto_scaling_group_arn"),
    "aws_ecs_cluster": row("AWS::ECS::Cluster", other={"name": "ClusterName"}),
    "aws_ecs_cluster_capacity_providers": row("AWS::ECS::ClusterCapacityProviderAssociations",
        "capacity_providers", {"cluster_name": "Cluster"}),
    "aws_ecs_task_definition": row("AWS::ECS::TaskDefinition", "family network_mode"),
    "aws_ecs_service": row("AWS::ECS::Service",
        "cluster desired_count launch_type task_definition",
        inside("network_configuration", "NetworkConfiguration.AwsvpcConfiguration", TASK)),
    "aws_ecs_task_set": row("AWS::ECS::TaskSet",
        "cluster service task_definition launch_type",
        inside("network_configuration", "NetworkConfiguration.AwsVpcConfiguration", TASK)),
    "aws_efs_file_system": row("AWS::EFS::FileSystem"),
    "aws_efs_access_point": row("AWS::EFS::AccessPoint", "file_system_id"),
    "aws_efs_mount_target": row("AWS::EFS::MountTarget", "file_system_id subnet_id security_groups"),
    "aws_lb": row("AWS::ElasticLoadBalancingV2::LoadBalancer",
        "subnets security_groups name ip_address_type enforce_security_group_inbound_rules_on_private_link_traffic",
        {"load_balancer_type": "Type"}),
    "aws_lb_target_group": row("AWS::ElasticLoadBalancingV2::TargetGroup",
        "port protocol target_type vpc_id protocol_version ip_address_type",
        {"health_check.enabled": "HealthCheckEnabled", "health_check.healthy_threshold": "HealthyThresholdCount",
         "health_check.interval": "HealthCheckIntervalSeconds", "health_check.path": "HealthCheckPath",
         "health_check.port": "HealthCheckPort", "health_check.protocol": "HealthCheckProtocol",
         "health_check.timeout": "HealthCheckTimeoutSeconds",
         "health_check.unhealthy_threshold": "UnhealthyThresholdCount"}),
    "aws_lb_listener": row("AWS::ElasticLoadBalancingV2::Listener", "load_balancer_arn port protocol"),
    "aws_lb_listener_rule": row("AWS::ElasticLoadBalancingV2::ListenerRule", "listener_arn priority"),
    "aws_lb_trust_store": row("AWS::ElasticLoadBalancingV2::TrustStore",
        "name ca_certificates_bundle_s3_bucket ca_certificates_bundle_s3_key"),
    "aws_cloudfront_distribution": row("AWS::CloudFront::Distribution",
        other={"enabled": "DistributionConfig.Enabled", "aliases": "DistributionConfig.Aliases",
         "default_root_object": "DistributionConfig.DefaultRootObject",
         "http_version": "DistributionConfig.HttpVersion", "web_acl_id": "DistributionConfig.WebACLId",
         "restrictions.geo_restriction.restriction_type": "DistributionConfig.Restrictions.GeoRestriction.RestrictionType"}),
    "aws_cloudfront_cache_policy": row("AWS::CloudFront::CachePolicy"),
    "aws_cloudfront_origin_request_policy": row("AWS::CloudFront::OriginRequestPolicy"),
    "aws_cloudfront_origin_access_control": row("AWS::CloudFront::OriginAccessControl",
        other={"signing_behavior": "OriginAccessControlConfig.SigningBehavior"}),
    "aws_cloudfront_origin_access_identity": row("AWS::CloudFront::CloudFrontOriginAccessIdentity"),
    "aws_cloudfront_vpc_origin": row("AWS::CloudFront::VpcOrigin"),
    "aws_cognito_user_pool": row("AWS::Cognito::UserPool", other={"name": "UserPoolName"}),
    "aws_cognito_user_pool_domain": row("AWS::Cognito::UserPoolDomain", "domain user_pool_id"),
    "aws_cognito_user_pool_client": row("AWS::Cognito::UserPoolClient",
        "user_pool_id generate_secret",
        {"name": "ClientName", "allowed_oauth_flows_user_pool_client": "AllowedOAuthFlowsUserPoolClient",
         "allowed_oauth_flows": "AllowedOAuthFlows", "allowed_oauth_scopes": "AllowedOAuthScopes",
         "callback_urls": "CallbackURLs", "logout_urls": "LogoutURLs"}),
    "aws_ssm_parameter": row("AWS::SSM::Parameter", "name type value"),
    "aws_dynamodb_table": row("AWS::DynamoDB::Table", other={"name": "TableName"}),
    "aws_s3_bucket": row("AWS::S3::Bucket", other={"bucket": "BucketName"}),
    "aws_s3_bucket_policy": row("AWS::S3::BucketPolicy", "bucket", {"policy": "PolicyDocument"}),
    "aws_sqs_queue": row("AWS::SQS::Queue",
        "delay_seconds", {"name": "QueueName", "visibility_timeout_seconds": "VisibilityTimeout",
         "message_retention_seconds": "MessageRetentionPeriod", "max_message_size": "MaximumMessageSize",
         "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds"}),
    "aws_sns_topic": row("AWS::SNS::Topic", other={"name": "TopicName"}),
    "aws_sns_topic_subscription": row("AWS::SNS::Subscription", "topic_arn protocol endpoint"),
    "aws_kinesis_stream": row("AWS::Kinesis::Stream", "name shard_count"),
    "aws_cloudwatch_event_rule": row("AWS::Events::Rule", "name schedule_expression event_pattern event_bus_name state"),
    "aws_scheduler_schedule": row("AWS::Scheduler::Schedule",
        "name schedule_expression target.arn target.role_arn flexible_time_window.mode",
        inside("target.ecs_parameters.network_configuration", "Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration", TASK)),
    "aws_iam_role": row("AWS::IAM::Role",
        "managed_policy_arns permissions_boundary", {"name": "RoleName", "assume_role_policy": "AssumeRolePolicyDocument"}),
    "aws_iam_policy": row("AWS::IAM::ManagedPolicy", other={"name": "ManagedPolicyName", "policy": "PolicyDocument"}),
    "aws_launch_template": row("AWS::EC2::LaunchTemplate",
        other={"name": "LaunchTemplateName", "vpc_security_group_ids": "LaunchTemplateData.SecurityGroupIds",
         "security_group_names": "LaunchTemplateData.SecurityGroups"}),
    "aws_launch_configuration": row("AWS::AutoScaling::LaunchConfiguration",
        "security_groups associate_public_ip_address", {"name": "LaunchConfigurationName"}),
    "aws_autoscaling_group": row("AWS::AutoScaling::AutoScalingGroup",
        "min_size max_size",
        {"vpc_zone_identifier": "VPCZoneIdentifier",
         "launch_configuration": "LaunchConfigurationName", "target_group_arns": "TargetGroupARNs",
         "load_balancers": "LoadBalancerNames"}),
    "aws_elb": row("AWS::ElasticLoadBalancing::LoadBalancer",
        "subnets security_groups instances health_check.target",
        {"name": "LoadBalancerName", "cross_zone_load_balancing": "CrossZone"}),
    "aws_ec2_managed_prefix_list": row("AWS::EC2::PrefixList", "address_family max_entries", {"name": "PrefixListName"}),
    "aws_flow_log": row("AWS::EC2::FlowLog",
        "traffic_type log_destination_type log_destination log_group_name log_format max_aggregation_interval",
        {"iam_role_arn": "DeliverLogsPermissionArn"}),
    "aws_vpn_gateway": row("AWS::EC2::VPNGateway"),
    "aws_vpn_gateway_attachment": row("AWS::EC2::VPCGatewayAttachment", "vpc_id vpn_gateway_id"),
    "aws_vpn_gateway_route_propagation": row("AWS::EC2::VPNGatewayRoutePropagation",
        "vpn_gateway_id", {"route_table_id": "RouteTableIds"}),
    "aws_customer_gateway": row("AWS::EC2::CustomerGateway", "ip_address bgp_asn type"),
    "aws_vpn_connection": row("AWS::EC2::VPNConnection",
        "customer_gateway_id vpn_gateway_id type transit_gateway_id static_routes_only"),
    "aws_vpn_connection_route": row("AWS::EC2::VPNConnectionRoute", "destination_cidr_block vpn_connection_id"),
    "aws_route53_resolver_firewall_domain_list": row("AWS::Route53Resolver::FirewallDomainList", "name domains"),
    "aws_route53_resolver_firewall_rule_group": row("AWS::Route53Resolver::FirewallRuleGroup", "name"),
    "aws_route53_resolver_firewall_rule_group_association": row("AWS::Route53Resolver::FirewallRuleGroupAssociation",
        "firewall_rule_group_id vpc_id priority"),
    "aws_route53_resolver_endpoint": row("AWS::Route53Resolver::ResolverEndpoint", "name direction security_group_ids"),
    "aws_route53_resolver_rule": row("AWS::Route53Resolver::ResolverRule",
        "name domain_name rule_type resolver_endpoint_id"),
    "aws_route53_resolver_rule_association": row("AWS::Route53Resolver::ResolverRuleAssociation",
        "resolver_rule_id", {"vpc_id": "VPCId"}),
    "aws_route53_zone": row("AWS::Route53::HostedZone"),
    "aws_service_discovery_private_dns_namespace": row("AWS::ServiceDiscovery::PrivateDnsNamespace", "name vpc"),
    "aws_service_discovery_instance": row("AWS::ServiceDiscovery::Instance",
        "service_id", {"attributes.AWS_INSTANCE_IPV4": "InstanceAttributes.AWS_INSTANCE_IPV4"}),
    "aws_service_discovery_public_dns_namespace": row("AWS::ServiceDiscovery::PublicDnsNamespace", "name"),
    "aws_service_discovery_service": row("AWS::ServiceDiscovery::Service", "name namespace_id"),
    "aws_route53profiles_profile": row("AWS::Route53Profiles::Profile", "name"),
    "aws_route53profiles_association": row("AWS::Route53Profiles::ProfileAssociation", "name profile_id resource_id"),
    "aws_route53profiles_resource_association": row("AWS::Route53Profiles::ProfileResourceAssociation",
        "name profile_id resource_arn resource_properties"),
    "aws_wafv2_web_acl": row("AWS::WAFv2::WebACL", "name scope"),
    "aws_wafv2_rule_group": row("AWS::WAFv2::RuleGroup", "name scope"),
    "aws_wafv2_ip_set": row("AWS::WAFv2::IPSet", "name addresses"),
    "aws_wafv2_regex_pattern_set": row("AWS::WAFv2::RegexPatternSet", "name"),
    "aws_wafv2_web_acl_association": row("AWS::WAFv2::WebACLAssociation", "resource_arn", {"web_acl_arn": "WebACLArn"}),
    **API_TYPES,
    **DATABASE_TYPES,
    **MANAGED_TYPES,
}  # fmt: skip
_ALIASES = {
    "aws_alb": "aws_lb",
    "aws_alb_listener": "aws_lb_listener",
    "aws_alb_listener_rule": "aws_lb_listener_rule",
    "aws_alb_target_group": "aws_lb_target_group",
    "aws_alb_target_group_attachment": "aws_lb_target_group_attachment",
    "aws_spot_instance_request": "aws_instance",
}


def kind_of(type_: str) -> str:
    """Return the name under which a type is in these tables."""
    return _ALIASES.get(type_, type_)


LISTS = {
    "subnet_ids", "subnets", "security_group_ids", "security_groups", "vpc_security_group_ids", "route_table_ids",
    "topics", "domain_name_servers", "vpc_zone_identifier", "target_group_arns", "load_balancers", "instances", "target_arns", "vpc_endpoint_ids",
    "network_load_balancer_arns", "managed_policy_arns", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids",
    "private_ips", "ipv6_addresses", "propagating_vgws", "layers", "security_group_names", "secondary_allocation_ids", "allocation_ids", "actions", "not_actions", "resources", "roles", "not_resources", "identifiers", "values",
    *DATABASE_LISTS, *MANAGED_LISTS,
}  # fmt: skip
"""Arguments with several values."""

REFERRED: dict[str, tuple[str, ...]] = {
    "api_id": ("aws_apigatewayv2_api",),
    "db_subnet_group_name": ("aws_db_subnet_group",),
    "egress_only_gateway_id": ("aws_egress_only_internet_gateway",),
    "gateway_id": ("aws_internet_gateway", "aws_vpn_gateway"),
    "listener_arn": ("aws_lb_listener", "aws_alb_listener"),
    "load_balancer_arn": ("aws_lb", "aws_alb"),
    "nat_gateway_id": ("aws_nat_gateway",),
    "destination_prefix_list_id": ("aws_ec2_managed_prefix_list", "aws_vpc_endpoint"),
    "network_interface_id": ("aws_network_interface",),
    "prefix_list_ids": ("aws_ec2_managed_prefix_list", "aws_vpc_endpoint"),
    "rest_api_id": ("aws_api_gateway_rest_api",),
    "route_table_id": ("aws_route_table",),
    "security_group_id": ("aws_security_group",),
    "security_group_ids": ("aws_security_group",),
    "security_groups": ("aws_security_group",),
    "target_group_arn": ("aws_lb_target_group", "aws_alb_target_group"),
    "transit_gateway_id": ("aws_ec2_transit_gateway",),
    "vpc_endpoint_id": ("aws_vpc_endpoint", "aws_networkfirewall_firewall"),
    "vpc_id": ("aws_vpc",),
    "vpc_peering_connection_id": ("aws_vpc_peering_connection",),
    "vpc_security_group_ids": ("aws_security_group",),
}
"""The types that an argument refers to."""

WITHIN_EACH = {
    **REFERRED,
    "integration_uri": ("aws_lambda_function",),
    "referenced_security_group_id": ("aws_security_group",),
    "source_arn": (
        "aws_api_gateway_rest_api",
        "aws_apigatewayv2_api",
        "aws_cloudwatch_event_rule",
        "aws_s3_bucket",
        "aws_sns_topic",
    ),
    "source_security_group_id": ("aws_security_group",),
    "subnet_id": ("aws_subnet",),
    "subnet_ids": ("aws_subnet",),
    "subnets": ("aws_subnet",),
    "target_id": ("aws_instance", "aws_lambda_function", "aws_lb"),
}
"""The types that an argument refers to by a value within the map of `for_each`."""

PROXIED = ("aws_lb_listener", "aws_service_discovery_service")
"""The types that `integration_uri` refers to so, where an integration passes requests on."""

FIREWALLS = "aws_networkfirewall_firewall"
"""Type whose endpoints a plan names by expressions over its status. A route to the firewall itself means that of its zone."""

FIRST_OF_SEVERAL = ("allocation_id", "nat_gateway_id", "route_table_id", "subnet_id")
"""Arguments for which instances of a resource are alike: `element(aws_subnet.public[*].id, 0)` is one of them."""

ALIKE = ("aws_subnet", "aws_route_table")
"""Types of which a list with fewer items than there are instances is taken to have the first ones."""

EXECUTED = {("aws_api_gateway_rest_api", "execution_arn"), ("aws_apigatewayv2_api", "execution_arn")}
"""Attributes of APIs that a policy names."""

NEEDED = {
    ("aws_api_gateway_rest_api", "parent_id"): "root_resource_id",
    ("aws_api_gateway_rest_api", "resource_id"): "root_resource_id",
    ("aws_iam_role", "role"): "arn",
    ("aws_lambda_function", "authorizer_uri"): "invoke_arn",
    ("aws_lambda_function", "integration_uri"): "invoke_arn",
    ("aws_lambda_function", "target_id"): "arn",
    ("aws_lambda_function", "uri"): "invoke_arn",
    ("aws_lambda_layer_version", "layers"): "arn",
    ("aws_lb", "target_id"): "arn",
    ("aws_lb_listener", "integration_uri"): "arn",
    ("aws_service_discovery_service", "integration_uri"): "arn",
    ("aws_vpc", "network_acl_id"): "default_network_acl_id",
    ("aws_vpc", "route_table_id"): "main_route_table_id",
    ("aws_vpc", "security_group_id"): "default_security_group_id",
    ("aws_vpc_endpoint", "name"): "dns_entry[0]",
    ("aws_vpc_endpoint", "records"): "dns_entry[0]",
}
"""Attribute of a type that an argument needs and that is not its id. Arguments with `_arn` need the ARN."""

IPV6_BLOCK = "ipv6_cidr_block"
"""Attribute of a VPC with the block that AWS gives to it, and argument of a subnet with a part of that."""

SAME = {
    "aws_ec2_transit_gateway_vpc_attachment_accepter": "transit_gateway_attachment_id",
    "aws_vpc_peering_connection_accepter": "vpc_peering_connection_id",
    "aws_vpc_peering_connection_options": "vpc_peering_connection_id",
}
"""Types whose id is that of another resource: the argument that names it."""

DOCUMENTS = {"policy", "assume_role_policy", "body", "container_definitions", "event_pattern", "schema"}
"""Arguments with JSON as a text."""

YAML_DOCUMENTS = {"body"}
"""Those that may be YAML instead."""

URLS = ("uri", "integration_uri")
"""Arguments with a URL or an ARN: a name in them is a part of a URL."""

_REFS = {
    "name": "aws_autoscaling_group aws_ecs_capacity_provider aws_ecs_cluster aws_elb aws_iam_role aws_launch_configuration "
    "aws_launch_template",
    "arn": "aws_autoscaling_group aws_ecs_capacity_provider aws_ecs_cluster aws_ecs_task_definition "
    "aws_route53_zone aws_route53_resolver_firewall_rule_group aws_vpc_endpoint "
    "aws_networkfirewall_firewall aws_networkfirewall_firewall_policy aws_networkfirewall_rule_group "
    "aws_lambda_alias aws_lambda_layer_version aws_lb aws_lb_target_group aws_lb_listener aws_lb_trust_store aws_iam_policy",
}
"""Attributes that are the `Ref` of their types."""

# The value of an attribute of a type, besides `id` and the plan's known values: `Ref`, or the attribute for `GetAtt`.
ATTRIBUTES = {
    **{(kind, name): "Ref" for name, kinds in _REFS.items() for kind in kinds.split()},
    ("aws_eip", "id"): "AllocationId",
    ("aws_eip", "allocation_id"): "AllocationId",
    ("aws_eip", "public_ip"): "PublicIp",
    ("aws_nat_gateway", "route_table_id"): "RouteTableId",
    ("aws_ec2_transit_gateway", "association_default_route_table_id"): "AssociationDefaultRouteTableId",
    ("aws_ec2_transit_gateway", "propagation_default_route_table_id"): "PropagationDefaultRouteTableId",
    ("aws_vpc", "default_security_group_id"): "DefaultSecurityGroup",
    ("aws_vpc", "default_network_acl_id"): "DefaultNetworkAcl",
    ("aws_vpc", "default_route_table_id"): "Netful::MainRouteTable",
    ("aws_vpc", "main_route_table_id"): "Netful::MainRouteTable",
    ("aws_api_gateway_domain_name", "arn"): "DomainNameArn",
    ("aws_api_gateway_domain_name", "domain_name_id"): "DomainNameId",
    ("aws_api_gateway_stage", "arn"): "Id",
    ("aws_api_gateway_rest_api", "root_resource_id"): "RootResourceId",
    ("aws_networkfirewall_vpc_endpoint_association", "vpc_endpoint_association_status"): "EndpointId",
    ("aws_elb", "dns_name"): "DNSName",
    ("aws_lb", "dns_name"): "DNSName",
    ("aws_cloudfront_distribution", "domain_name"): "DomainName",
    ("aws_cloudfront_origin_access_identity", "cloudfront_access_identity_path"): "Ref",
    ("aws_cloudfront_origin_access_identity", "s3_canonical_user_id"): "S3CanonicalUserId",
    ("aws_cognito_user_pool_domain", "domain"): "Ref",
    ("aws_dynamodb_table", "stream_arn"): "StreamArn",
    ("aws_s3_bucket", "bucket"): "Ref",
    ("aws_s3_bucket", "bucket_domain_name"): "DomainName",
    ("aws_s3_bucket", "bucket_regional_domain_name"): "RegionalDomainName",
    ("aws_s3_bucket", "website_endpoint"): "WebsiteEndpoint",
    ("aws_sqs_queue", "url"): "Ref",
    ("aws_lambda_function", "function_name"): "Ref",
    ("aws_instance", "private_ip"): "PrivateIp",
    ("aws_instance", "spot_instance_id"): "Ref",
    ("aws_instance", "primary_network_interface_id"): "Ref",
    ("aws_network_interface", "private_ip"): "PrimaryPrivateIpAddress",
    ("aws_route53_zone", "zone_id"): "Ref",
    **DATABASE_ATTRIBUTES,
    **MANAGED_ATTRIBUTES,
}

# Types that only extend another: the argument that names it, and their additions to one of its lists, or another property of it.
ADDITIONS = {
    "aws_vpc_endpoint_route_table_association": ("vpc_endpoint_id", "RouteTableIds", "route_table_id"),
    "aws_vpc_endpoint_subnet_association": ("vpc_endpoint_id", "SubnetIds", "subnet_id"),
    "aws_vpc_endpoint_security_group_association": ("vpc_endpoint_id", "SecurityGroupIds", "security_group_id"),
    "aws_api_gateway_rest_api_policy": ("rest_api_id", "Policy", "policy"),
    "aws_route53_resolver_firewall_rule": ("firewall_rule_group_id", "FirewallRules", "action"),
    "aws_vpc_endpoint_policy": ("vpc_endpoint_id", "PolicyDocument", "policy"),
    "aws_vpc_endpoint_private_dns": ("vpc_endpoint_id", "PrivateDnsEnabled", "private_dns_enabled"),
    "aws_autoscaling_traffic_source_attachment": (
        "autoscaling_group_name",
        "TrafficSources",
        "traffic_source.identifier",
    ),
    "aws_autoscaling_attachment": ("autoscaling_group_name", "TargetGroupARNs", "lb_target_group_arn"),
    "aws_elb_attachment": ("elb", "Instances", "instance"),
    "aws_route53_zone_association": ("zone_id", "VPCs", "vpc_id"),
    "aws_ec2_managed_prefix_list_entry": ("prefix_list_id", "Entries", "cidr"),
    "aws_network_interface_sg_attachment": ("network_interface_id", "SecurityGroupIds", "security_group_id"),
    "aws_iam_role_policy_attachment": ("role", "ManagedPolicyArns", "policy_arn"),
    "aws_lb_target_group_attachment": ("target_group_arn", "Targets", "target_id"),
}

NO_RESOURCES = {"aws_route53_resolver_firewall_config"}
"""Types that are neither resources nor read."""

# Types that adopt a default of a VPC: the argument that names it, else by the VPC; and the VPC's attribute.
DEFAULTS = {
    "aws_default_route_table": ("default_route_table_id", "Netful::MainRouteTable"),
    "aws_default_security_group": ("", "DefaultSecurityGroup"),
    "aws_default_network_acl": ("default_network_acl_id", "DefaultNetworkAcl"),
}
