"""Load balancers: the four types, with their listeners, rules and target groups."""

from netful.model.authentication import ACTIONS, TOKENS
from netful.model.balancing import attributes
from netful.model.balancing.load_balancers import CONDITION_CONFIGS, WITHOUT_PUBLIC_IPV4, LoadBalancerType
from netful.model.balancing.mutual_authentication import Mode
from netful.sources.understanding.declaration import Declaration, within

_PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE")
_CHECKS = ("HTTP", "HTTPS", "TCP")
_ACTIONS = ("forward", "redirect", "fixed-response", *ACTIONS, TOKENS)
_ACTION = (
    "TargetGroupArn ForwardConfig.TargetGroups.TargetGroupArn ForwardConfig.TargetGroups.Weight"
    " RedirectConfig FixedResponseConfig AuthenticateCognitoConfig AuthenticateOidcConfig JwtValidationConfig"
)


_OF_BALANCERS = sorted(
    {
        *(name for defaults in attributes.OF_BALANCERS.values() for name in defaults),
        *(f"health_check_logs.s3.{name}" for name in ("enabled", "bucket", "prefix")),
        "ipv6.deny_all_igw_traffic",
        "routing.http.x_amzn_tls_kx.enabled",
    }
)
_OF_GROUPS = sorted(
    {
        *attributes.OF_HTTP_GROUPS,
        *attributes.OF_NETWORK_GROUPS,
        *attributes.OF_FUNCTIONS,
        "preserve_client_ip.enabled",
        "routing.http2.rst_stream_error_forwarding.enabled",
        "send_tcp_reset.on_deregistration.enabled",
        "send_tcp_reset.on_unhealthy.enabled",
        "target_failover.on_deregistration",
        "target_failover.on_unhealthy",
        "waf.http2.traffic_inspection_behavior",
    }
)
_OF_LISTENERS = sorted(
    {
        *(name for defaults in attributes.OF_LISTENERS.values() for name in defaults),
        "send_tcp_reset.on_idle_timeout.enabled",
    }
)
"""Attributes that netful acts on, assumes, or knows to change no path, by what has them (newer-aws §11.3)."""


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
        f"LoadBalancerArn Port Certificates.CertificateArn {within('DefaultActions', _ACTION)}"
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
        + f" {within('Actions', _ACTION)}",
        "Actions.Order Actions.ForwardConfig.TargetGroupStickinessConfig",
        values={"Conditions.Field": (*CONDITION_CONFIGS,), "Actions.Type": _ACTIONS},
        part_of="ListenerArn",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Declaration(
        "Port VpcId Targets.Id Targets.Port Targets.AvailabilityZone HealthCheckEnabled"
        " HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort HealthCheckTimeoutSeconds HealthyThresholdCount"
        " UnhealthyThresholdCount Matcher.HttpCode Matcher.GrpcCode",
        "Name Targets.QuicServerId",
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
