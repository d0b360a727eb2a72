"""The AWS provider's types and CloudFormation's: type → type, argument → property.

`a.b` is argument `b` in the first block `a`. Modules of this package make what a row cannot express: blocks that
repeat, and parts of other resources.
"""

from __future__ import annotations

from netful.sources.terraform.api_types import API_TYPES
from netful.sources.terraform.database_types import DATABASE_ATTRIBUTES, DATABASE_LISTS, DATABASE_TYPES
from netful.sources.terraform.managed_types import MANAGED_ATTRIBUTES, MANAGED_LISTS, MANAGED_TYPES

_ECS = "network_configuration.{}"

# Type → CloudFormation's type and properties.
TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "aws_vpc": ("AWS::EC2::VPC", {
        "cidr_block": "CidrBlock", "enable_dns_support": "EnableDnsSupport", "enable_dns_hostnames": "EnableDnsHostnames",
    }),
    "aws_vpc_ipv6_cidr_block_association": ("AWS::EC2::VPCCidrBlock", {
        "vpc_id": "VpcId", "ipv6_cidr_block": "Ipv6CidrBlock", "ipv6_ipam_pool_id": "Ipv6IpamPoolId",
        "assign_generated_ipv6_cidr_block": "AmazonProvidedIpv6CidrBlock",
    }),
    "aws_vpc_ipv4_cidr_block_association": ("AWS::EC2::VPCCidrBlock", {"vpc_id": "VpcId", "cidr_block": "CidrBlock"}),
    "aws_subnet": ("AWS::EC2::Subnet", {
        "vpc_id": "VpcId", "cidr_block": "CidrBlock", "ipv6_cidr_block": "Ipv6CidrBlock", "ipv6_native": "Ipv6Native",
        "availability_zone": "AvailabilityZone", "map_public_ip_on_launch": "MapPublicIpOnLaunch",
        "assign_ipv6_address_on_creation": "AssignIpv6AddressOnCreation", "enable_dns64": "EnableDns64",
    }),
    "aws_internet_gateway": ("AWS::EC2::InternetGateway", {}),
    "aws_internet_gateway_attachment": ("AWS::EC2::VPCGatewayAttachment", {
        "vpc_id": "VpcId", "internet_gateway_id": "InternetGatewayId",
    }),
    "aws_egress_only_internet_gateway": ("AWS::EC2::EgressOnlyInternetGateway", {"vpc_id": "VpcId"}),
    "aws_eip": ("AWS::EC2::EIP", {"instance": "InstanceId"}),
    "aws_eip_association": ("AWS::EC2::EIPAssociation", {
        "allocation_id": "AllocationId", "instance_id": "InstanceId", "network_interface_id": "NetworkInterfaceId",
    }),
    "aws_nat_gateway": ("AWS::EC2::NatGateway", {
        "subnet_id": "SubnetId", "allocation_id": "AllocationId", "connectivity_type": "ConnectivityType",
        "private_ip": "PrivateIpAddress", "vpc_id": "VpcId", "availability_mode": "AvailabilityMode",
    }),
    "aws_route_table": ("AWS::EC2::RouteTable", {"vpc_id": "VpcId"}),
    "aws_route": ("AWS::EC2::Route", {
        "route_table_id": "RouteTableId", "destination_cidr_block": "DestinationCidrBlock",
        "destination_ipv6_cidr_block": "DestinationIpv6CidrBlock",
        "destination_prefix_list_id": "DestinationPrefixListId", "gateway_id": "GatewayId",
        "nat_gateway_id": "NatGatewayId", "transit_gateway_id": "TransitGatewayId",
        "vpc_peering_connection_id": "VpcPeeringConnectionId", "network_interface_id": "NetworkInterfaceId",
        "vpc_endpoint_id": "VpcEndpointId", "egress_only_gateway_id": "EgressOnlyInternetGatewayId",
        "local_gateway_id": "LocalGatewayId", "carrier_gateway_id": "CarrierGatewayId", "core_network_arn": "CoreNetworkArn",
    }),
    "aws_security_group": ("AWS::EC2::SecurityGroup", {"vpc_id": "VpcId", "name": "GroupName"}),
    "aws_network_acl": ("AWS::EC2::NetworkAcl", {"vpc_id": "VpcId"}),
    "aws_network_acl_association": ("AWS::EC2::SubnetNetworkAclAssociation", {
        "subnet_id": "SubnetId", "network_acl_id": "NetworkAclId",
    }),
    "aws_vpc_endpoint": ("AWS::EC2::VPCEndpoint", {
        "vpc_id": "VpcId", "service_name": "ServiceName", "vpc_endpoint_type": "VpcEndpointType",
        "subnet_ids": "SubnetIds", "security_group_ids": "SecurityGroupIds", "route_table_ids": "RouteTableIds",
        "private_dns_enabled": "PrivateDnsEnabled", "policy": "PolicyDocument", "ip_address_type": "IpAddressType",
        "service_region": "ServiceRegion", "dns_options.dns_record_ip_type": "DnsOptions.DnsRecordIpType",
        "dns_options.private_dns_only_for_inbound_resolver_endpoint": "DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint",
    }),
    "aws_vpc_endpoint_service": ("AWS::EC2::VPCEndpointService", {
        "network_load_balancer_arns": "NetworkLoadBalancerArns", "acceptance_required": "AcceptanceRequired",
    }),
    "aws_networkfirewall_firewall": ("AWS::NetworkFirewall::Firewall", {
        "name": "FirewallName", "vpc_id": "VpcId", "firewall_policy_arn": "FirewallPolicyArn",
        "transit_gateway_id": "TransitGatewayId",
    }),
    "aws_networkfirewall_firewall_policy": ("AWS::NetworkFirewall::FirewallPolicy", {"name": "FirewallPolicyName"}),
    "aws_networkfirewall_rule_group": ("AWS::NetworkFirewall::RuleGroup", {"name": "RuleGroupName", "type": "Type"}),
    "aws_networkfirewall_vpc_endpoint_association": ("AWS::NetworkFirewall::VpcEndpointAssociation", {
        "vpc_id": "VpcId", "firewall_arn": "FirewallArn",
    }),
    "aws_vpc_security_group_vpc_association": ("AWS::EC2::SecurityGroupVpcAssociation", {
        "security_group_id": "GroupId", "vpc_id": "VpcId",
    }),
    "aws_vpc_block_public_access_options": ("AWS::EC2::VPCBlockPublicAccessOptions", {
        "internet_gateway_block_mode": "InternetGatewayBlockMode",
    }),
    "aws_vpc_block_public_access_exclusion": ("AWS::EC2::VPCBlockPublicAccessExclusion", {
        "internet_gateway_exclusion_mode": "InternetGatewayExclusionMode", "vpc_id": "VpcId", "subnet_id": "SubnetId",
    }),
    "aws_dx_gateway_association": ("AWS::DirectConnect::DirectConnectGatewayAssociation", {
        "dx_gateway_id": "DirectConnectGatewayId", "associated_gateway_id": "AssociatedGatewayId",
        "allowed_prefixes": "AllowedPrefixesToDirectConnectGateway",
    }),
    "aws_vpc_encryption_control": ("AWS::EC2::VPCEncryptionControl", {
        "vpc_id": "VpcId", "mode": "Mode", "internet_gateway_exclusion": "InternetGatewayExclusionInput",
        "egress_only_internet_gateway_exclusion": "EgressOnlyInternetGatewayExclusionInput",
        "nat_gateway_exclusion": "NatGatewayExclusionInput", "vpc_peering_exclusion": "VpcPeeringExclusionInput",
        "virtual_private_gateway_exclusion": "VirtualPrivateGatewayExclusionInput", "lambda_exclusion": "LambdaExclusionInput",
        "vpc_lattice_exclusion": "VpcLatticeExclusionInput",
        "elastic_file_system_exclusion": "ElasticFileSystemExclusionInput",
    }),
    "aws_vpc_peering_connection": ("AWS::EC2::VPCPeeringConnection", {
        "vpc_id": "VpcId", "peer_vpc_id": "PeerVpcId",
        "requester.allow_remote_vpc_dns_resolution": "RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc",
        "accepter.allow_remote_vpc_dns_resolution": "AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc",
    }),
    "aws_vpc_dhcp_options": ("AWS::EC2::DHCPOptions", {
        "domain_name": "DomainName", "domain_name_servers": "DomainNameServers",
    }),
    "aws_vpc_dhcp_options_association": ("AWS::EC2::VPCDHCPOptionsAssociation", {
        "vpc_id": "VpcId", "dhcp_options_id": "DhcpOptionsId",
    }),
    "aws_ec2_transit_gateway_peering_attachment": ("AWS::EC2::TransitGatewayPeeringAttachment", {
        "transit_gateway_id": "TransitGatewayId", "peer_transit_gateway_id": "PeerTransitGatewayId",
        "peer_region": "PeerRegion", "peer_account_id": "PeerAccountId",
    }),
    "aws_ec2_transit_gateway": ("AWS::EC2::TransitGateway", {
        "default_route_table_association": "DefaultRouteTableAssociation",
        "default_route_table_propagation": "DefaultRouteTablePropagation",
        "security_group_referencing_support": "SecurityGroupReferencingSupport",
        "encryption_support": "EncryptionSupport",
    }),
    "aws_ec2_transit_gateway_vpc_attachment": ("AWS::EC2::TransitGatewayVpcAttachment", {
        "transit_gateway_id": "TransitGatewayId", "vpc_id": "VpcId", "subnet_ids": "SubnetIds",
        "appliance_mode_support": "Options.ApplianceModeSupport",
        "security_group_referencing_support": "Options.SecurityGroupReferencingSupport",
    }),
    "aws_ec2_transit_gateway_route_table": ("AWS::EC2::TransitGatewayRouteTable", {
        "transit_gateway_id": "TransitGatewayId",
    }),
    "aws_ec2_transit_gateway_route": ("AWS::EC2::TransitGatewayRoute", {
        "destination_cidr_block": "DestinationCidrBlock", "blackhole": "Blackhole",
        "transit_gateway_attachment_id": "TransitGatewayAttachmentId",
        "transit_gateway_route_table_id": "TransitGatewayRouteTableId",
    }),
    "aws_ec2_transit_gateway_route_table_association": ("AWS::EC2::TransitGatewayRouteTableAssociation", {
        "transit_gateway_attachment_id": "TransitGatewayAttachmentId",
        "transit_gateway_route_table_id": "TransitGatewayRouteTableId",
    }),
    "aws_ec2_transit_gateway_route_table_propagation": ("AWS::EC2::TransitGatewayRouteTablePropagation", {
        "transit_gateway_attachment_id": "TransitGatewayAttachmentId",
        "transit_gateway_route_table_id": "TransitGatewayRouteTableId",
    }),
    "aws_instance": ("AWS::EC2::Instance", {
        "subnet_id": "SubnetId", "vpc_security_group_ids": "SecurityGroupIds", "private_ip": "PrivateIpAddress",
        "associate_public_ip_address": "AssociatePublicIpAddress", "source_dest_check": "SourceDestCheck",
    }),
    "aws_network_interface": ("AWS::EC2::NetworkInterface", {
        "subnet_id": "SubnetId", "security_groups": "GroupSet", "source_dest_check": "SourceDestCheck",
    }),
    "aws_network_interface_attachment": ("AWS::EC2::NetworkInterfaceAttachment", {
        "instance_id": "InstanceId", "network_interface_id": "NetworkInterfaceId", "device_index": "DeviceIndex",
    }),
    "aws_lambda_function": ("AWS::Lambda::Function", {
        "function_name": "FunctionName", "handler": "Handler", "runtime": "Runtime", "role": "Role",
        "timeout": "Timeout", "memory_size": "MemorySize", "package_type": "PackageType",
        "reserved_concurrent_executions": "ReservedConcurrentExecutions",
        "vpc_config.subnet_ids": "VpcConfig.SubnetIds", "vpc_config.security_group_ids": "VpcConfig.SecurityGroupIds",
        "vpc_config.ipv6_allowed_for_dual_stack": "VpcConfig.Ipv6AllowedForDualStack",
        "capacity_provider_config.lambda_managed_instances_capacity_provider_config.capacity_provider_arn":
            "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig.CapacityProviderArn",
        "durable_config.execution_timeout": "DurableConfig.ExecutionTimeout",
        "tenancy_config.tenant_isolation_mode": "TenancyConfig.TenantIsolationMode",
        "environment.variables": "Environment.Variables", "s3_bucket": "Code.S3Bucket", "s3_key": "Code.S3Key",
        "image_uri": "Code.ImageUri", "image_config.entry_point": "ImageConfig.EntryPoint",
        "image_config.command": "ImageConfig.Command",
        "image_config.working_directory": "ImageConfig.WorkingDirectory", "description": "Description", "tracing_config.mode": "TracingConfig.Mode",
        "logging_config.log_format": "LoggingConfig.LogFormat", "logging_config.log_group": "LoggingConfig.LogGroup",
        "logging_config.application_log_level": "LoggingConfig.ApplicationLogLevel",
        "logging_config.system_log_level": "LoggingConfig.SystemLogLevel",
    }),
    "aws_lambda_capacity_provider": ("AWS::Lambda::CapacityProvider", {
        "name": "CapacityProviderName", "vpc_config.subnet_ids": "VpcConfig.SubnetIds",
        "vpc_config.security_group_ids": "VpcConfig.SecurityGroupIds",
    }),
    "aws_lambda_permission": ("AWS::Lambda::Permission", {
        "action": "Action", "function_name": "FunctionName", "principal": "Principal", "source_arn": "SourceArn",
        "source_account": "SourceAccount", "function_url_auth_type": "FunctionUrlAuthType",
    }),
    "aws_lambda_event_source_mapping": ("AWS::Lambda::EventSourceMapping", {
        "event_source_arn": "EventSourceArn", "function_name": "FunctionName", "enabled": "Enabled",
        "batch_size": "BatchSize", "starting_position": "StartingPosition", "topics": "Topics", "queues": "Queues",
    }),
    "aws_lambda_function_url": ("AWS::Lambda::Url", {
        "function_name": "TargetFunctionArn", "authorization_type": "AuthType", "qualifier": "Qualifier",
        "invoke_mode": "InvokeMode",
    }),
    "aws_ecs_service": ("AWS::ECS::Service", {
        _ECS.format("subnets"): "NetworkConfiguration.AwsvpcConfiguration.Subnets",
        _ECS.format("security_groups"): "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
        _ECS.format("assign_public_ip"): "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
        "desired_count": "DesiredCount",
    }),
    "aws_efs_file_system": ("AWS::EFS::FileSystem", {}),
    "aws_efs_access_point": ("AWS::EFS::AccessPoint", {"file_system_id": "FileSystemId"}),
    "aws_efs_mount_target": ("AWS::EFS::MountTarget", {
        "file_system_id": "FileSystemId", "subnet_id": "SubnetId", "security_groups": "SecurityGroups",
    }),
    "aws_lb": ("AWS::ElasticLoadBalancingV2::LoadBalancer", {
        "load_balancer_type": "Type", "subnets": "Subnets", "security_groups": "SecurityGroups", "name": "Name",
        "ip_address_type": "IpAddressType",
        "enforce_security_group_inbound_rules_on_private_link_traffic": "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
    }),
    "aws_lb_target_group": ("AWS::ElasticLoadBalancingV2::TargetGroup", {
        "port": "Port", "protocol": "Protocol", "target_type": "TargetType", "vpc_id": "VpcId",
        "protocol_version": "ProtocolVersion", "ip_address_type": "IpAddressType",
    }),
    "aws_lb_listener": ("AWS::ElasticLoadBalancingV2::Listener", {
        "load_balancer_arn": "LoadBalancerArn", "port": "Port", "protocol": "Protocol",
    }),
    "aws_lb_trust_store": ("AWS::ElasticLoadBalancingV2::TrustStore", {
        "name": "Name", "ca_certificates_bundle_s3_bucket": "CaCertificatesBundleS3Bucket",
        "ca_certificates_bundle_s3_key": "CaCertificatesBundleS3Key",
    }),
    "aws_cloudfront_distribution": ("AWS::CloudFront::Distribution", {}),
    "aws_cloudfront_cache_policy": ("AWS::CloudFront::CachePolicy", {}),
    "aws_cloudfront_origin_request_policy": ("AWS::CloudFront::OriginRequestPolicy", {}),
    "aws_cloudfront_origin_access_control": ("AWS::CloudFront::OriginAccessControl", {
        "signing_behavior": "OriginAccessControlConfig.SigningBehavior",
    }),
    "aws_cloudfront_origin_access_identity": ("AWS::CloudFront::CloudFrontOriginAccessIdentity", {}),
    "aws_cloudfront_vpc_origin": ("AWS::CloudFront::VpcOrigin", {}),
    "aws_cognito_user_pool": ("AWS::Cognito::UserPool", {"name": "UserPoolName"}),
    "aws_cognito_user_pool_domain": ("AWS::Cognito::UserPoolDomain", {
        "domain": "Domain", "user_pool_id": "UserPoolId",
    }),
    "aws_cognito_user_pool_client": ("AWS::Cognito::UserPoolClient", {
        "user_pool_id": "UserPoolId", "name": "ClientName", "generate_secret": "GenerateSecret",
        "allowed_oauth_flows_user_pool_client": "AllowedOAuthFlowsUserPoolClient",
        "allowed_oauth_flows": "AllowedOAuthFlows", "allowed_oauth_scopes": "AllowedOAuthScopes",
        "callback_urls": "CallbackURLs", "logout_urls": "LogoutURLs",
    }),
    "aws_ssm_parameter": ("AWS::SSM::Parameter", {"name": "Name", "type": "Type", "value": "Value"}),
    "aws_dynamodb_table": ("AWS::DynamoDB::Table", {"name": "TableName"}),
    "aws_s3_bucket": ("AWS::S3::Bucket", {"bucket": "BucketName"}),
    "aws_sqs_queue": ("AWS::SQS::Queue", {"name": "QueueName"}),
    "aws_sns_topic": ("AWS::SNS::Topic", {"name": "TopicName"}),
    "aws_iam_role": ("AWS::IAM::Role", {
        "name": "RoleName", "assume_role_policy": "AssumeRolePolicyDocument", "managed_policy_arns": "ManagedPolicyArns",
    }),
    "aws_iam_policy": ("AWS::IAM::ManagedPolicy", {"name": "ManagedPolicyName", "policy": "PolicyDocument"}),
    "aws_launch_template": ("AWS::EC2::LaunchTemplate", {
        "name": "LaunchTemplateName", "vpc_security_group_ids": "LaunchTemplateData.SecurityGroupIds",
        "network_interfaces.security_groups": "LaunchTemplateData.NetworkInterfaces.Groups",
        "network_interfaces.associate_public_ip_address": "LaunchTemplateData.NetworkInterfaces.AssociatePublicIpAddress",
    }),
    "aws_launch_configuration": ("AWS::AutoScaling::LaunchConfiguration", {
        "name": "LaunchConfigurationName", "security_groups": "SecurityGroups",
        "associate_public_ip_address": "AssociatePublicIpAddress",
    }),
    "aws_autoscaling_group": ("AWS::AutoScaling::AutoScalingGroup", {
        "vpc_zone_identifier": "VPCZoneIdentifier", "launch_template.id": "LaunchTemplate.LaunchTemplateId",
        "launch_configuration": "LaunchConfigurationName", "target_group_arns": "TargetGroupARNs",
        "load_balancers": "LoadBalancerNames", "min_size": "MinSize", "max_size": "MaxSize",
    }),
    "aws_elb": ("AWS::ElasticLoadBalancing::LoadBalancer", {
        "name": "LoadBalancerName", "subnets": "Subnets", "security_groups": "SecurityGroups", "instances": "Instances",
        "cross_zone_load_balancing": "CrossZone",
    }),
    "aws_vpn_gateway": ("AWS::EC2::VPNGateway", {}),
    "aws_vpn_gateway_attachment": ("AWS::EC2::VPCGatewayAttachment", {
        "vpc_id": "VpcId", "vpn_gateway_id": "VpnGatewayId",
    }),
    "aws_vpn_gateway_route_propagation": ("AWS::EC2::VPNGatewayRoutePropagation", {
        "vpn_gateway_id": "VpnGatewayId", "route_table_id": "RouteTableIds",
    }),
    "aws_customer_gateway": ("AWS::EC2::CustomerGateway", {"ip_address": "IpAddress", "bgp_asn": "BgpAsn", "type": "Type"}),
    "aws_vpn_connection": ("AWS::EC2::VPNConnection", {
        "customer_gateway_id": "CustomerGatewayId", "vpn_gateway_id": "VpnGatewayId", "type": "Type",
        "transit_gateway_id": "TransitGatewayId", "static_routes_only": "StaticRoutesOnly",
    }),
    "aws_vpn_connection_route": ("AWS::EC2::VPNConnectionRoute", {
        "destination_cidr_block": "DestinationCidrBlock", "vpn_connection_id": "VpnConnectionId",
    }),
    "aws_route53_resolver_firewall_domain_list": ("AWS::Route53Resolver::FirewallDomainList", {
        "name": "Name", "domains": "Domains",
    }),
    "aws_route53_resolver_firewall_rule_group": ("AWS::Route53Resolver::FirewallRuleGroup", {"name": "Name"}),
    "aws_route53_resolver_firewall_rule_group_association": ("AWS::Route53Resolver::FirewallRuleGroupAssociation", {
        "firewall_rule_group_id": "FirewallRuleGroupId", "vpc_id": "VpcId", "priority": "Priority",
    }),
    "aws_route53_resolver_endpoint": ("AWS::Route53Resolver::ResolverEndpoint", {
        "name": "Name", "direction": "Direction", "security_group_ids": "SecurityGroupIds",
    }),
    "aws_route53_resolver_rule": ("AWS::Route53Resolver::ResolverRule", {
        "name": "Name", "domain_name": "DomainName", "rule_type": "RuleType",
        "resolver_endpoint_id": "ResolverEndpointId",
    }),
    "aws_route53_resolver_rule_association": ("AWS::Route53Resolver::ResolverRuleAssociation", {
        "resolver_rule_id": "ResolverRuleId", "vpc_id": "VPCId",
    }),
    "aws_route53_zone": ("AWS::Route53::HostedZone", {}),
    "aws_service_discovery_private_dns_namespace": ("AWS::ServiceDiscovery::PrivateDnsNamespace", {
        "name": "Name", "vpc": "Vpc",
    }),
    "aws_service_discovery_service": ("AWS::ServiceDiscovery::Service", {
        "name": "Name", "namespace_id": "NamespaceId", "dns_config.namespace_id": "DnsConfig.NamespaceId",
    }),
    "aws_route53profiles_profile": ("AWS::Route53Profiles::Profile", {"name": "Name"}),
    "aws_route53profiles_association": ("AWS::Route53Profiles::ProfileAssociation", {
        "name": "Name", "profile_id": "ProfileId", "resource_id": "ResourceId",
    }),
    "aws_route53profiles_resource_association": ("AWS::Route53Profiles::ProfileResourceAssociation", {
        "name": "Name", "profile_id": "ProfileId", "resource_arn": "ResourceArn",
        "resource_properties": "ResourceProperties",
    }),
    "aws_wafv2_web_acl": ("AWS::WAFv2::WebACL", {"name": "Name", "scope": "Scope"}),
    "aws_wafv2_rule_group": ("AWS::WAFv2::RuleGroup", {"name": "Name", "scope": "Scope"}),
    "aws_wafv2_ip_set": ("AWS::WAFv2::IPSet", {"name": "Name", "addresses": "Addresses"}),
    "aws_wafv2_regex_pattern_set": ("AWS::WAFv2::RegexPatternSet", {"name": "Name"}),
    "aws_wafv2_web_acl_association": ("AWS::WAFv2::WebACLAssociation", {
        "resource_arn": "ResourceArn", "web_acl_arn": "WebACLArn",
    }),
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
}


def kind_of(type_: str) -> str:
    """Return the name under which a type is in these tables."""
    return _ALIASES.get(type_, type_)


LISTS = {
    "subnet_ids", "subnets", "security_group_ids", "security_groups", "vpc_security_group_ids", "route_table_ids",
    "topics", "domain_name_servers", "vpc_zone_identifier", "target_group_arns", "load_balancers", "instances", "target_arns", "vpc_endpoint_ids",
    "network_load_balancer_arns", "managed_policy_arns", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids",
    "private_ips", *DATABASE_LISTS, *MANAGED_LISTS,
}  # fmt: skip
"""Arguments with several values."""

REFERRED: dict[str, tuple[str, ...]] = {
    "api_id": ("aws_apigatewayv2_api",),
    "egress_only_gateway_id": ("aws_egress_only_internet_gateway",),
    "gateway_id": ("aws_internet_gateway", "aws_vpn_gateway"),
    "listener_arn": ("aws_lb_listener", "aws_alb_listener"),
    "load_balancer_arn": ("aws_lb", "aws_alb"),
    "nat_gateway_id": ("aws_nat_gateway",),
    "network_interface_id": ("aws_network_interface",),
    "rest_api_id": ("aws_api_gateway_rest_api",),
    "route_table_id": ("aws_route_table",),
    "security_group_id": ("aws_security_group",),
    "security_groups": ("aws_security_group",),
    "target_group_arn": ("aws_lb_target_group", "aws_alb_target_group"),
    "transit_gateway_id": ("aws_ec2_transit_gateway",),
    "vpc_endpoint_id": ("aws_vpc_endpoint",),
    "vpc_id": ("aws_vpc",),
    "vpc_peering_connection_id": ("aws_vpc_peering_connection",),
}
"""The types that an argument refers to."""

FIREWALLS = "aws_networkfirewall_firewall"
"""Type whose endpoints a plan names by expressions over its status. A route to the firewall itself means that of its zone."""

DOCUMENTS = {"policy", "assume_role_policy", "body", "schema"}
"""Arguments with JSON as a text."""

# The value of an attribute of a type, besides `id` and the plan's known values: `Ref`, or the attribute for `GetAtt`.
ATTRIBUTES = {
    ("aws_eip", "id"): "AllocationId",
    ("aws_eip", "allocation_id"): "AllocationId",
    ("aws_nat_gateway", "route_table_id"): "RouteTableId",
    ("aws_autoscaling_group", "name"): "Ref",
    ("aws_ec2_transit_gateway", "association_default_route_table_id"): "AssociationDefaultRouteTableId",
    ("aws_ec2_transit_gateway", "propagation_default_route_table_id"): "PropagationDefaultRouteTableId",
    ("aws_vpc", "default_security_group_id"): "DefaultSecurityGroup",
    ("aws_vpc", "default_network_acl_id"): "DefaultNetworkAcl",
    ("aws_vpc", "default_route_table_id"): "MainRouteTable",
    ("aws_vpc", "main_route_table_id"): "MainRouteTable",
    ("aws_api_gateway_stage", "arn"): "Id",
    ("aws_api_gateway_rest_api", "root_resource_id"): "RootResourceId",
    ("aws_route53_zone", "arn"): "Ref",
    ("aws_route53_resolver_firewall_rule_group", "arn"): "Ref",
    ("aws_vpc_endpoint", "arn"): "Ref",
    ("aws_networkfirewall_firewall", "arn"): "Ref",
    ("aws_networkfirewall_firewall_policy", "arn"): "Ref",
    ("aws_networkfirewall_rule_group", "arn"): "Ref",
    ("aws_networkfirewall_vpc_endpoint_association", "vpc_endpoint_association_status"): "EndpointId",
    ("aws_elb", "name"): "Ref",
    ("aws_elb", "dns_name"): "DNSName",
    ("aws_lb", "arn"): "Ref",
    ("aws_lb", "dns_name"): "DNSName",
    ("aws_lb_target_group", "arn"): "Ref",
    ("aws_lb_listener", "arn"): "Ref",
    ("aws_lb_trust_store", "arn"): "Ref",
    ("aws_cloudfront_distribution", "domain_name"): "DomainName",
    ("aws_cloudfront_origin_access_identity", "cloudfront_access_identity_path"): "Ref",
    ("aws_cloudfront_origin_access_identity", "s3_canonical_user_id"): "S3CanonicalUserId",
    ("aws_cognito_user_pool_domain", "domain"): "Ref",
    ("aws_sqs_queue", "url"): "Ref",
    ("aws_iam_role", "name"): "Ref",
    ("aws_iam_policy", "arn"): "Ref",
    ("aws_lambda_function", "function_name"): "Ref",
    ("aws_launch_configuration", "name"): "Ref",
    ("aws_instance", "private_ip"): "PrivateIp",
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
    "aws_vpc_endpoint_policy": ("vpc_endpoint_id", "PolicyDocument", "policy"),
    "aws_vpc_endpoint_private_dns": ("vpc_endpoint_id", "PrivateDnsEnabled", "private_dns_enabled"),
    "aws_autoscaling_attachment": ("autoscaling_group_name", "TargetGroupARNs", "lb_target_group_arn"),
    "aws_elb_attachment": ("elb", "Instances", "instance"),
    "aws_route53_zone_association": ("zone_id", "VPCs", "vpc_id"),
    "aws_ec2_managed_prefix_list_entry": ("prefix_list_id", "Entries", "cidr"),
    "aws_network_interface_sg_attachment": ("network_interface_id", "SecurityGroupIds", "security_group_id"),
    "aws_iam_role_policy_attachment": ("role", "ManagedPolicyArns", "policy_arn"),
    "aws_lb_target_group_attachment": ("target_group_arn", "Targets", "target_id"),
}

NO_RESOURCES = {
    "aws_api_gateway_integration_response", "aws_api_gateway_method_response", "aws_route53_resolver_firewall_config",
}  # fmt: skip
"""Types that are neither resources nor read."""

# Types that adopt a default of a VPC: the argument that names it, else by the VPC; and the VPC's attribute.
DEFAULTS = {
    "aws_default_route_table": ("default_route_table_id", "MainRouteTable"),
    "aws_default_security_group": ("", "DefaultSecurityGroup"),
    "aws_default_network_acl": ("default_network_acl_id", "DefaultNetworkAcl"),
}
