"""Load balancers: the four types, with their listeners, rules and target groups."""

from netful.model.authentication import ACTIONS, TOKENS
from netful.model.balancing.load_balancers import CONDITION_CONFIGS, WITHOUT_PUBLIC_IPV4, LoadBalancerType
from netful.model.balancing.mutual_authentication import Mode
from netful.sources.understanding.declaration import Declaration

_PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE")
_CHECKS = ("HTTP", "HTTPS", "TCP")
_ACTIONS = ("forward", "redirect", "fixed-response", *ACTIONS, TOKENS)
_ACTION = (
    "TargetGroupArn ForwardConfig.TargetGroups.TargetGroupArn ForwardConfig.TargetGroups.Weight"
    " RedirectConfig FixedResponseConfig AuthenticateCognitoConfig AuthenticateOidcConfig JwtValidationConfig"
)


_OF_BALANCERS = (
    *(f"{kind}_logs.s3.{name}" for kind in ("access", "connection", "health_check") for name in ("enabled", "bucket", "prefix")),
    "client_keep_alive.seconds",
    "deletion_protection.enabled",
    "dns_record.client_routing_policy",
    "idle_timeout.timeout_seconds",
    "ipv6.deny_all_igw_traffic",
    "load_balancing.cross_zone.enabled",
    *(f"routing.http.{name}" for name in (
        "desync_mitigation_mode", "drop_invalid_header_fields.enabled", "preserve_host_header.enabled",
        "x_amzn_tls_kx.enabled", "x_amzn_tls_version_and_cipher_suite.enabled", "xff_client_port.enabled",
        "xff_header_processing.mode",
    )),
    "routing.http2.enabled",
    "secondary_ips.auto_assigned.per_subnet",
    "waf.fail_open.enabled",
    "zonal_shift.config.enabled",
)  # fmt: skip
_OF_GROUPS = (
    "deregistration_delay.connection_termination.enabled",
    "deregistration_delay.timeout_seconds",
    "lambda.multi_value_headers.enabled",
    "load_balancing.algorithm.anomaly_mitigation",
    "load_balancing.algorithm.type",
    "load_balancing.cross_zone.enabled",
    "preserve_client_ip.enabled",
    "proxy_protocol_v2.enabled",
    "routing.http2.rst_stream_error_forwarding.enabled",
    "send_tcp_reset.on_deregistration.enabled",
    "send_tcp_reset.on_unhealthy.enabled",
    "slow_start.duration_seconds",
    *(f"stickiness.{name}" for name in (
        "app_cookie.cookie_name", "app_cookie.duration_seconds", "enabled", "lb_cookie.duration_seconds", "type",
    )),
    "target_failover.on_deregistration",
    "target_failover.on_unhealthy",
    *(f"target_group_health.{part}.minimum_healthy_targets.{name}"
      for part in ("dns_failover", "unhealthy_state_routing") for name in ("count", "percentage")),
    "target_health_state.unhealthy.connection_termination.enabled",
    "target_health_state.unhealthy.draining_interval_seconds",
    "waf.http2.traffic_inspection_behavior",
)  # fmt: skip
_OF_LISTENERS = (
    *(f"routing.http.request.x_amzn_{name}.header_name" for name in (
        "mtls_clientcert", "mtls_clientcert_issuer", "mtls_clientcert_leaf", "mtls_clientcert_serial_number",
        "mtls_clientcert_subject", "mtls_clientcert_validity", "tls_cipher_suite", "tls_version",
    )),
    *(f"routing.http.response.{name}.header_value" for name in (
        "access_control_allow_credentials", "access_control_allow_headers", "access_control_allow_methods",
        "access_control_allow_origin", "access_control_expose_headers", "access_control_max_age", "content_security_policy",
        "strict_transport_security", "x_content_type_options", "x_frame_options",
    )),
    "routing.http.response.server.enabled",
    "send_tcp_reset.on_idle_timeout.enabled",
    "tcp.idle_timeout.seconds",
)  # fmt: skip
"""Attributes that netful acts on, assumes, or knows to change no path, by what has them (newer-aws §11.3)."""


def _actions(name: str) -> str:
    return " ".join(f"{name}.{each}" for each in _ACTION.split())


DECLARED = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Declaration(
        "Name Subnets SubnetMappings.SubnetId SubnetMappings.AllocationId SubnetMappings.PrivateIPv4Address"
        " SecurityGroups DNSName",
        "SubnetMappings.IPv6Address SubnetMappings.SourceNatIpv6Prefix EnableCapacityReservationProvisionStabilize"
        " EnablePrefixForIpv6SourceNat Ipv4IpamPoolId MinimumLoadBalancerCapacity",
        keys={"LoadBalancerAttributes": _OF_BALANCERS},
        values={
            "Type": [kind for kind in LoadBalancerType if kind is not LoadBalancerType.CLASSIC],
            "Scheme": ("internet-facing", "internal"),
            "IpAddressType": ("ipv4", "dualstack", WITHOUT_PUBLIC_IPV4),
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": ("on", "off"),
        },
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Declaration(
        f"LoadBalancerArn Port Certificates.CertificateArn {_actions('DefaultActions')}"
        " MutualAuthentication.TrustStoreArn MutualAuthentication.IgnoreClientCertificateExpiry",
        "AlpnPolicy SslPolicy DefaultActions.Order DefaultActions.ForwardConfig.TargetGroupStickinessConfig",
        blocks="MutualAuthentication.ClientCertificateIdentityFilters",
        keys={"ListenerAttributes": _OF_LISTENERS},
        values={
            "Protocol": _PROTOCOLS,
            "DefaultActions.Type": _ACTIONS,
            "MutualAuthentication.Mode": (*Mode,),
            "MutualAuthentication.AdvertiseTrustStoreCaNames": ("on", "off"),
        },
        part_of="LoadBalancerArn",
    ),
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": Declaration(
        "ListenerArn Certificates.CertificateArn", part_of="ListenerArn"
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Declaration(
        "ListenerArn Priority Transforms Conditions.Values Conditions.RegexValues "
        + " ".join(f"Conditions.{config}" for config in CONDITION_CONFIGS.values())
        + f" {_actions('Actions')}",
        "Actions.Order Actions.ForwardConfig.TargetGroupStickinessConfig",
        values={"Conditions.Field": (*CONDITION_CONFIGS,), "Actions.Type": _ACTIONS},
        part_of="ListenerArn",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Declaration(
        "Port VpcId Targets.Id Targets.Port Targets.AvailabilityZone HealthCheckEnabled"
        " HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort HealthCheckTimeoutSeconds HealthyThresholdCount"
        " UnhealthyThresholdCount Matcher.HttpCode Matcher.GrpcCode",
        "Name TargetControlPort Targets.QuicServerId",
        keys={"TargetGroupAttributes": _OF_GROUPS},
        values={
            "TargetType": ("instance", "ip", "lambda", "alb"),
            "Protocol": _PROTOCOLS,
            "ProtocolVersion": ("HTTP1", "HTTP2", "GRPC"),
            "HealthCheckProtocol": _CHECKS,
            "IpAddressType": ("ipv4", "ipv6"),
        },
    ),
    "AWS::ElasticLoadBalancingV2::TrustStore": Declaration(
        "CaCertificatesBundleS3Bucket CaCertificatesBundleS3Key", "Name CaCertificatesBundleS3ObjectVersion"
    ),
    "AWS::ElasticLoadBalancing::LoadBalancer": Declaration(
        "LoadBalancerName DNSName Subnets SecurityGroups CrossZone Instances HealthCheck.Target"
        " Listeners.LoadBalancerPort Listeners.InstancePort Listeners.SSLCertificateId",
        "AccessLoggingPolicy AppCookieStickinessPolicy AvailabilityZones ConnectionDrainingPolicy ConnectionSettings"
        " LBCookieStickinessPolicy Policies Listeners.PolicyNames HealthCheck.HealthyThreshold HealthCheck.Interval"
        " HealthCheck.Timeout HealthCheck.UnhealthyThreshold",
        values={
            "Scheme": ("internet-facing", "internal"),
            "Listeners.Protocol": ("HTTP", "HTTPS", "TCP", "SSL"),
            "Listeners.InstanceProtocol": ("HTTP", "HTTPS", "TCP", "SSL"),
        },
    ),
}
