"""Blocks of the AWS provider's resources that repeat, beside the lists of CloudFormation's: type → block → list, argument → member."""

from netful.sources.terraform.rows import row

BLOCKS = {
    "aws_api_gateway_usage_plan": {"api_stages": row("ApiStages", "api_id stage")},
    "aws_db_proxy": {"auth": row("Auth", "auth_scheme secret_arn", {"iam_auth": "IAMAuth"})},
    "aws_mq_broker": {"user": row("Users", "username password")},
    "aws_ecs_service": {
        "load_balancer": row("LoadBalancers",
            "target_group_arn container_name container_port", {"elb_name": "LoadBalancerName"}),
        "service_registries": row("ServiceRegistries", "registry_arn"),
    },
    "aws_lambda_event_source_mapping": {
        "source_access_configuration": row("SourceAccessConfigurations", "type", {"uri": "URI"}),
    },
    "aws_lambda_function": {"file_system_config": row("FileSystemConfigs", "arn local_mount_path")},
    "aws_route53_resolver_endpoint": {"ip_address": row("IpAddresses", "subnet_id ip")},
    "aws_route53_resolver_rule": {"target_ip": row("TargetIps", "ip port ipv6")},
    "aws_route53_zone": {"vpc": row("VPCs", other={"vpc_id": "VPCId"})},
    "aws_service_discovery_service": {"dns_config.dns_records": row("DnsConfig.DnsRecords", "type", {"ttl": "TTL"})},
}  # fmt: skip
