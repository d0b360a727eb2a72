"""Arguments of planned resources: a record of those that the translation reads, and those that a configuration has beyond them.

Rules:
1. What is read needs no list: `Arguments` records it.
2. An argument that is written and not read becomes a property of the resource under its own name, so the declarations of CloudFormation's
   types judge it: they do not have it, and it is an assumption.
3. `_ASIDE` are arguments without influence on paths. One whose value is empty is left out.
"""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, TypeAlias

from netful.model.core import Unknown
from netful.sources.files.marked import MarkedMap

Unread: TypeAlias = tuple[str, Any]
"""An argument with its value, within blocks as `block.argument`."""

_OF_EVERY_TYPE = frozenset(
    [
        "description",
        "force_destroy",
        "id",
        "name",
        "name_prefix",
        "provider",
        "region",
        "skip_destroy",
        "tags",
        "tags_all",
        "timeouts",
    ]
)

_ASIDE: Mapping[str, str] = {
    "aws_alb": "",
    "aws_api_gateway_api_key": "customer_id",
    "aws_api_gateway_authorizer": "",
    "aws_api_gateway_base_path_mapping": "domain_name_id",
    "aws_api_gateway_deployment": "stage_description triggers variables canary_settings",
    "aws_api_gateway_domain_name": "certificate_arn certificate_body certificate_chain certificate_name certificate_private_key"
    " ownership_verification_certificate_arn regional_certificate_arn regional_certificate_name security_policy"
    " mutual_tls_authentication.truststore_version",
    "aws_api_gateway_method": "operation_name",
    "aws_api_gateway_rest_api": "fail_on_warnings put_rest_api_mode security_policy",
    "aws_api_gateway_stage": "access_log_settings client_certificate_id documentation_version xray_tracing_enabled",
    "aws_api_gateway_usage_plan": "product_code",
    "aws_apigatewayv2_api": "api_key_selection_expression fail_on_warnings version",
    "aws_apigatewayv2_deployment": "triggers",
    "aws_apigatewayv2_domain_name": "domain_name_configuration.certificate_arn domain_name_configuration.endpoint_type"
    " domain_name_configuration.ownership_verification_certificate_arn domain_name_configuration.security_policy mutual_tls_authentication.truststore_version",
    "aws_apigatewayv2_stage": "access_log_settings client_certificate_id default_route_settings.data_trace_enabled"
    " default_route_settings.detailed_metrics_enabled default_route_settings.logging_level"
    " route_settings.data_trace_enabled route_settings.detailed_metrics_enabled route_settings.logging_level",
    "aws_cloudfront_cache_policy": "comment default_ttl max_ttl min_ttl"
    " parameters_in_cache_key_and_forwarded_to_origin.enable_accept_encoding_brotli"
    " parameters_in_cache_key_and_forwarded_to_origin.enable_accept_encoding_gzip",
    "aws_cloudfront_distribution": "comment continuous_deployment_policy_id is_ipv6_enabled logging_config price_class"
    " retain_on_delete staging viewer_certificate wait_for_deployment custom_error_response.error_caching_min_ttl"
    " restrictions.geo_restriction.locations"
    + "".join(
        f" {block}.{name}"
        for block in ("default_cache_behavior", "ordered_cache_behavior")
        for name in (
            "cached_methods", "compress", "default_ttl", "max_ttl", "min_ttl", "field_level_encryption_id",
            "forwarded_values.query_string_cache_keys", "realtime_log_config_arn",
            "smooth_streaming", "lambda_function_association.include_body", "grpc_config",
        )
    )
    + " origin.connection_attempts origin.connection_timeout origin.origin_shield origin.response_completion_timeout"
    " origin.custom_origin_config.origin_keepalive_timeout origin.custom_origin_config.origin_read_timeout"
    " origin.custom_origin_config.origin_ssl_protocols origin.vpc_origin_config.origin_keepalive_timeout"
    " origin.vpc_origin_config.origin_read_timeout",
    "aws_cloudfront_origin_access_control": "origin_access_control_origin_type signing_protocol",
    "aws_cloudfront_origin_access_identity": "comment",
    "aws_cloudfront_origin_request_policy": "comment",
    "aws_cloudfront_vpc_origin": "vpc_origin_endpoint_config.origin_ssl_protocols",
    "aws_default_network_acl": "",
    "aws_ec2_managed_prefix_list": "address_family max_entries entry.description",
    "aws_ec2_transit_gateway": "amazon_side_asn auto_accept_shared_attachments dns_support multicast_support"
    " transit_gateway_cidr_blocks vpn_ecmp_support",
    "aws_ec2_transit_gateway_route_table_association": "replace_existing_association",
    "aws_ec2_transit_gateway_vpc_attachment": "dns_support",
    "aws_eip": "domain vpc public_ipv4_pool network_border_group customer_owned_ipv4_pool ipam_pool_id",
    "aws_eip_association": "allow_reassociation",
    "aws_elb": "access_logs connection_draining connection_draining_timeout desync_mitigation_mode idle_timeout health_check"
    " availability_zones source_security_group",
    "aws_iam_policy": "path delay_after_policy_creation_in_ms",
    "aws_iam_role": "force_detach_policies max_session_duration path",
    "aws_lambda_capacity_provider": "permissions_config instance_requirements capacity_provider_scaling_config kms_key_arn",
    "aws_lambda_function": "use_resource_timeout_for_propagation code_signing_config_arn kms_key_arn"
    " replace_security_groups_on_destroy replacement_security_group_ids s3_object_version source_code_hash code_sha256"
    " source_kms_key_arn publish_to"
    " capacity_provider_config.lambda_managed_instances_capacity_provider_config.execution_environment_memory_gib_per_vcpu"
    " capacity_provider_config.lambda_managed_instances_capacity_provider_config.per_execution_environment_max_concurrency",
    "aws_lb": "access_logs connection_logs health_check_logs customer_owned_ipv4_pool enable_tls_version_and_cipher_suite_headers"
    " enable_cross_zone_load_balancing ipam_pools enable_xff_client_port minimum_load_balancer_capacity subnet_mapping.ipv6_address secondary_ips_auto_assigned_per_subnet",
    "aws_lb_listener": "alpn_policy ssl_policy order default_action.order default_action.forward.stickiness",
    "aws_lb_listener_rule": "action.order action.forward.stickiness",
    "aws_lb_target_group": "slow_start deregistration_delay lambda_multi_value_headers_enabled target_group_health stickiness"
    " load_balancing_anomaly_mitigation connection_termination target_failover target_health_state target_control_port",
    "aws_lb_trust_store": "ca_certificates_bundle_s3_object_version",
    "aws_nat_gateway": "",
    "aws_networkfirewall_firewall": "subnet_mapping.ip_address_type",
    "aws_network_acl": "ingress.from_port ingress.to_port ingress.icmp_code ingress.icmp_type"
    " egress.from_port egress.to_port egress.icmp_code egress.icmp_type",
    "aws_network_acl_rule": "from_port to_port icmp_code icmp_type",
    "aws_wafv2_ip_set": "ip_address_version",
    "aws_network_interface_attachment": "network_card_index",
    "aws_default_vpc": "enable_network_address_usage_metrics ipv6_cidr_block_network_border_group ipv6_netmask_length",
    "aws_default_subnet": "customer_owned_ipv4_pool map_customer_owned_ip_on_launch private_dns_hostname_type_on_launch"
    " enable_resource_name_dns_a_record_on_launch enable_resource_name_dns_aaaa_record_on_launch",
    "aws_network_interface": "interface_type private_ips_count ipv4_prefixes ipv6_prefixes private_ip_list_enabled ipv6_address_list",
    "aws_route53_record": "set_identifier health_check_id alias.evaluate_target_health alias.zone_id ttl",
    "aws_route53_resolver_firewall_rule_group_association": "mutation_protection",
    "aws_route53_zone": "comment delegation_set_id enable_accelerated_recovery vpc.vpc_region",
    "aws_security_group": "revoke_rules_on_delete ingress.description egress.description",
    "aws_security_group_rule": "",
    "aws_ssm_parameter": "allowed_pattern data_type key_id overwrite tier has_value_wo value_wo_version insecure_value arn",
    "aws_subnet": "private_dns_hostname_type_on_launch enable_resource_name_dns_a_record_on_launch"
    " enable_resource_name_dns_aaaa_record_on_launch map_customer_owned_ip_on_launch customer_owned_ipv4_pool outpost_arn"
    " enable_lni_at_device_index",
    "aws_vpc": "enable_network_address_usage_metrics ipv4_netmask_length"
    " ipv6_cidr_block_network_border_group ipv6_netmask_length",
    "aws_vpc_endpoint": "auto_accept",
    "aws_vpc_endpoint_service": "allowed_principals supported_ip_address_types supported_regions",
    "aws_vpc_peering_connection": "auto_accept peer_owner_id peer_region",
    "aws_vpn_connection": "enable_acceleration preshared_key_storage tunnel_bandwidth local_ipv4_network_cidr"
    " remote_ipv4_network_cidr outside_ip_address_type tunnel_inside_ip_version"
    + "".join(
        f" tunnel{number}_{name}"
        for number in (1, 2)
        for name in (
            "dpd_timeout_action", "dpd_timeout_seconds", "enable_tunnel_lifecycle_control", "ike_versions", "inside_cidr",
            "inside_ipv6_cidr", "log_options", "phase1_dh_group_numbers", "phase1_encryption_algorithms",
            "phase1_integrity_algorithms", "phase1_lifetime_seconds", "phase2_dh_group_numbers", "phase2_encryption_algorithms",
            "phase2_integrity_algorithms", "phase2_lifetime_seconds", "preshared_key", "rekey_fuzz_percentage",
            "rekey_margin_time_seconds", "replay_window_size", "startup_action",
        )
    ),
    "aws_vpn_gateway": "amazon_side_asn availability_zone",
}  # fmt: skip


class Arguments(dict[str, Any]):
    """Arguments of a resource or a block that record which of them are read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__({name: _recording(value) for name, value in values.items()})
        self.seen: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """Return an argument, which is read from now on."""
        self.seen.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)

    def values(self) -> Any:
        """Return all arguments, which are read from now on."""
        self.seen.update(self.keys())
        return super().values()

    def items(self) -> Any:
        """Return all arguments with their names; they are read from now on."""
        self.seen.update(self.keys())
        return super().items()

    def unread(self, kind: str, written: Mapping[str, Any], later: Mapping[str, Any]) -> Iterator[Unread]:
        """Yield the arguments of a type that are written and were not read; `later` are those known only after apply."""
        aside = {*_OF_EVERY_TYPE, *_ASIDE.get(kind, "").split()}
        yield from ((name, value) for name, value in self.within(written, later, "") if name not in aside)

    def within(self, written: Mapping[str, Any], later: Mapping[str, Any], before: str) -> Iterator[Unread]:
        """Yield the same of a block, with its place; arguments without influence are among them."""
        for name, expression in written.items():
            value, path, unknown = dict.get(self, name), f"{before}{name}", later.get(name)
            if name not in self.seen:
                if unknown is True:
                    yield path, Unknown(f"`{path}` is known only after apply", (path,), of_stack=True)
                elif value not in (None, "", [], {}):
                    yield path, value
            elif isinstance(value, list) and isinstance(expression, list):
                unknowns = unknown if isinstance(unknown, list) else ()
                for block, inner, hidden in zip_longest(value, expression, unknowns):
                    if isinstance(block, Arguments) and isinstance(inner, Mapping):
                        yield from block.within(inner, hidden if isinstance(hidden, Mapping) else {}, f"{path}.")


def _recording(value: Any) -> Any:
    if isinstance(value, MarkedMap):
        return Arguments(value)
    return [_recording(item) for item in value] if isinstance(value, list) else value
