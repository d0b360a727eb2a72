"""Load balancers: the four types, with their listeners, rules and target groups."""

from __future__ import annotations

from netful.model.authentication import ACTIONS, TOKENS
from netful.model.balancing.load_balancers import CONDITION_CONFIGS, LoadBalancerType
from netful.model.balancing.mutual_authentication import Mode
from netful.sources.understanding.declaration import Area, Declaration

_BALANCING = Area.BALANCING
_PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE")
_CHECKS = ("HTTP", "HTTPS", "TCP")
_ACTIONS = ("forward", "redirect", "fixed-response", *ACTIONS, TOKENS)
_ACTION = (
    "TargetGroupArn ForwardConfig.TargetGroups.TargetGroupArn ForwardConfig.TargetGroups.Weight"
    " RedirectConfig FixedResponseConfig AuthenticateCognitoConfig AuthenticateOidcConfig JwtValidationConfig"
)


def _actions(name: str) -> str:
    return " ".join(f"{name}.{each}" for each in _ACTION.split())


DECLARED = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Declaration(
        _BALANCING,
        "Name Subnets SubnetMappings.SubnetId SubnetMappings.AllocationId SubnetMappings.PrivateIPv4Address"
        " SecurityGroups LoadBalancerAttributes",
        "SubnetMappings.IPv6Address SubnetMappings.SourceNatIpv6Prefix EnableCapacityReservationProvisionStabilize"
        " EnablePrefixForIpv6SourceNat Ipv4IpamPoolId MinimumLoadBalancerCapacity",
        values={
            "Type": [kind for kind in LoadBalancerType if kind is not LoadBalancerType.CLASSIC],
            "Scheme": ("internet-facing", "internal"),
            "IpAddressType": ("ipv4", "dualstack", "dualstack-without-public-ipv4"),
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": ("on", "off"),
        },
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Declaration(
        _BALANCING,
        f"LoadBalancerArn Port Certificates.CertificateArn {_actions('DefaultActions')}"
        " MutualAuthentication.TrustStoreArn MutualAuthentication.IgnoreClientCertificateExpiry",
        "AlpnPolicy ListenerAttributes SslPolicy DefaultActions.Order DefaultActions.ForwardConfig.TargetGroupStickinessConfig",
        blocks="MutualAuthentication.ClientCertificateIdentityFilters",
        values={
            "Protocol": _PROTOCOLS,
            "DefaultActions.Type": _ACTIONS,
            "MutualAuthentication.Mode": (*Mode,),
            "MutualAuthentication.AdvertiseTrustStoreCaNames": ("on", "off"),
        },
        part_of="LoadBalancerArn",
    ),
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": Declaration(
        _BALANCING, "ListenerArn Certificates.CertificateArn", part_of="ListenerArn"
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Declaration(
        _BALANCING,
        "ListenerArn Priority Transforms Conditions.Values Conditions.RegexValues "
        + " ".join(f"Conditions.{config}" for config in CONDITION_CONFIGS.values())
        + f" {_actions('Actions')}",
        "Actions.Order Actions.ForwardConfig.TargetGroupStickinessConfig",
        values={"Conditions.Field": (*CONDITION_CONFIGS,), "Actions.Type": _ACTIONS},
        part_of="ListenerArn",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Declaration(
        _BALANCING,
        "Port VpcId Targets.Id Targets.Port Targets.AvailabilityZone TargetGroupAttributes HealthCheckEnabled"
        " HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort HealthCheckTimeoutSeconds HealthyThresholdCount"
        " UnhealthyThresholdCount Matcher.HttpCode",
        "Name TargetControlPort Matcher.GrpcCode Targets.QuicServerId",
        values={
            "TargetType": ("instance", "ip", "lambda", "alb"),
            "Protocol": _PROTOCOLS,
            "ProtocolVersion": ("HTTP1", "HTTP2", "GRPC"),
            "HealthCheckProtocol": _CHECKS,
        },
        supposed={"IpAddressType": ("ipv4",)},
    ),
    "AWS::ElasticLoadBalancingV2::TrustStore": Declaration(
        _BALANCING, "CaCertificatesBundleS3Bucket CaCertificatesBundleS3Key", "Name CaCertificatesBundleS3ObjectVersion"
    ),
    "AWS::ElasticLoadBalancing::LoadBalancer": Declaration(
        _BALANCING,
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
