"""Blocks of the AWS provider's resources that repeat, beside the lists of CloudFormation's: type → block → list, argument → member."""

from __future__ import annotations

_ADDRESS = {"subnet_id": "SubnetId", "ip": "Ip"}

BLOCKS: dict[str, dict[str, tuple[str, dict[str, str]]]] = {
    "aws_api_gateway_usage_plan": {"api_stages": ("ApiStages", {"api_id": "ApiId", "stage": "Stage"})},
    "aws_db_proxy": {
        "auth": ("Auth", {"auth_scheme": "AuthScheme", "secret_arn": "SecretArn", "iam_auth": "IAMAuth"}),
    },
    "aws_mq_broker": {"user": ("Users", {"username": "Username", "password": "Password"})},
    "aws_ecs_service": {
        "load_balancer": ("LoadBalancers", {
            "target_group_arn": "TargetGroupArn", "elb_name": "LoadBalancerName", "container_name": "ContainerName",
            "container_port": "ContainerPort",
        }),
        "service_registries": ("ServiceRegistries", {"registry_arn": "RegistryArn"}),
    },
    "aws_lambda_event_source_mapping": {
        "source_access_configuration": ("SourceAccessConfigurations", {"type": "Type", "uri": "URI"}),
    },
    "aws_lambda_function": {
        "file_system_config": ("FileSystemConfigs", {"arn": "Arn", "local_mount_path": "LocalMountPath"}),
    },
    "aws_route53_resolver_endpoint": {"ip_address": ("IpAddresses", _ADDRESS)},
    "aws_route53_resolver_rule": {"target_ip": ("TargetIps", {"ip": "Ip", "port": "Port", "ipv6": "Ipv6"})},
    "aws_route53_zone": {"vpc": ("VPCs", {"vpc_id": "VPCId"})},
    "aws_service_discovery_service": {"dns_config.dns_records": ("DnsConfig.DnsRecords", {"type": "Type", "ttl": "TTL"})},
}  # fmt: skip
