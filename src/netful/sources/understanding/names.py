"""Names: distributions, hosted zones, Cloud Map, Route 53 Resolver and DHCP options."""

from netful.model.names.resolver import Direction
from netful.sources.understanding.declaration import Declaration, within

_RECORD = "HostedZoneId HostedZoneName Name Type TTL ResourceRecords AliasTarget.DNSName Weight Failover Region"
_RECORD_ASIDE = (
    "Comment SetIdentifier HealthCheckId MultiValueAnswer AliasTarget.HostedZoneId AliasTarget.EvaluateTargetHealth"
)
_BY_PLACE = "GeoLocation GeoProximityLocation CidrRoutingConfig"


_BEHAVIOR = (
    "AllowedMethods CachePolicyId TargetOriginId OriginRequestPolicyId ForwardedValues.Headers ForwardedValues.QueryString"
    " ForwardedValues.Cookies.Forward ForwardedValues.Cookies.WhitelistedNames FunctionAssociations LambdaFunctionAssociations"
    " TrustedKeyGroups TrustedSigners ResponseHeadersPolicyId"
)
_BEHAVIOR_ASIDE = (
    "CachedMethods Compress DefaultTTL FieldLevelEncryptionId MaxTTL MinTTL RealtimeLogConfigArn"
    " SmoothStreaming ForwardedValues.QueryStringCacheKeys GrpcConfig.Enabled"
)
_BEHAVIORS = ("DefaultCacheBehavior", "CacheBehaviors")
_PROTOCOLS = ("http-only", "https-only", "match-viewer")
_SELECTIONS = ("none", "whitelist", "allExcept", "all")
_IN_KEY = "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin"
_POLICY = "HeadersConfig.Headers CookiesConfig.Cookies QueryStringsConfig.QueryStrings"
_VIEWERS = ("allow-all", "https-only", "redirect-to-https")


def _behaviors(names: str) -> str:
    return " ".join(_in_config(within(holder, names)) for holder in _BEHAVIORS)


def _in_config(names: str) -> str:
    return within("DistributionConfig", names)


DECLARED = {
    "AWS::CloudFront::Distribution": Declaration(
        _in_config(
            "Aliases DefaultRootObject Enabled HttpVersion WebACLId CacheBehaviors.PathPattern Origins.Id Origins.DomainName Origins.OriginPath"
            " Origins.OriginCustomHeaders.HeaderName Origins.OriginCustomHeaders.HeaderValue Origins.VpcOriginConfig.VpcOriginId"
            " Origins.CustomOriginConfig.HTTPPort Origins.CustomOriginConfig.HTTPSPort"
            " Origins.OriginAccessControlId Origins.S3OriginConfig.OriginAccessIdentity"
            " OriginGroups.Items.Id OriginGroups.Items.Members.Items.OriginId OriginGroups.Items.FailoverCriteria.StatusCodes.Items"
            " CustomErrorResponses.ErrorCode CustomErrorResponses.ResponseCode CustomErrorResponses.ResponsePagePath"
        )
        + f" {_behaviors(_BEHAVIOR)}",
        _in_config(
            "Comment CustomErrorResponses.ErrorCachingMinTTL IPV6Enabled Logging PriceClass Staging"
            " ViewerCertificate CallerReference Origins.ConnectionAttempts Origins.ConnectionTimeout"
            " Origins.OriginShield Origins.S3OriginConfig.OriginReadTimeout Origins.ResponseCompletionTimeout"
            " Origins.CustomOriginConfig.OriginKeepaliveTimeout Origins.CustomOriginConfig.OriginReadTimeout"
            " Origins.CustomOriginConfig.OriginSSLProtocols Origins.VpcOriginConfig.OriginKeepaliveTimeout"
            " Origins.VpcOriginConfig.OwnerAccountId"
            " Origins.VpcOriginConfig.OriginReadTimeout OriginGroups.Quantity OriginGroups.Items.FailoverCriteria.StatusCodes.Quantity"
            " OriginGroups.Items.SelectionCriteria OriginGroups.Items.Members.Quantity Restrictions.GeoRestriction.Locations"
        )
        + f" {_behaviors(_BEHAVIOR_ASIDE)}",
        blocks=_in_config("ViewerMtlsConfig"),
        values={
            "DistributionConfig.Origins.CustomOriginConfig.OriginProtocolPolicy": _PROTOCOLS,
            **{f"DistributionConfig.{holder}.ViewerProtocolPolicy": _VIEWERS for holder in _BEHAVIORS},
        },
        supposed={
            "DistributionConfig.ConnectionMode": ("direct",),
            "DistributionConfig.Restrictions.GeoRestriction.RestrictionType": ("none",),
        },
    ),
    "AWS::CloudFront::VpcOrigin": Declaration(
        within("VpcOriginEndpointConfig", "Arn HTTPPort HTTPSPort"),
        within("VpcOriginEndpointConfig", "Name OriginSSLProtocols"),
        values={"VpcOriginEndpointConfig.OriginProtocolPolicy": _PROTOCOLS},
    ),
    "AWS::CloudFront::OriginAccessControl": Declaration(
        "",
        within("OriginAccessControlConfig", "Name Description SigningProtocol OriginAccessControlOriginType"),
        values={"OriginAccessControlConfig.SigningBehavior": ("always", "never", "no-override")},
    ),
    "AWS::CloudFront::CloudFrontOriginAccessIdentity": Declaration("", "CloudFrontOriginAccessIdentityConfig.Comment"),
    "AWS::CloudFront::CachePolicy": Declaration(
        within(_IN_KEY, _POLICY),
        within("CachePolicyConfig", "Comment Name DefaultTTL MaxTTL MinTTL")
        + " "
        + within(_IN_KEY, "EnableAcceptEncodingBrotli EnableAcceptEncodingGzip"),
        values={
            f"{_IN_KEY}.HeadersConfig.HeaderBehavior": ("none", "whitelist"),
            f"{_IN_KEY}.CookiesConfig.CookieBehavior": _SELECTIONS,
            f"{_IN_KEY}.QueryStringsConfig.QueryStringBehavior": _SELECTIONS,
        },
    ),
    "AWS::CloudFront::OriginRequestPolicy": Declaration(
        within("OriginRequestPolicyConfig", _POLICY),
        within("OriginRequestPolicyConfig", "Comment Name"),
        values={
            "OriginRequestPolicyConfig.HeadersConfig.HeaderBehavior": (
                "none",
                "whitelist",
                "allViewer",
                "allViewerAndWhitelistCloudFront",
                "allExcept",
            ),
            "OriginRequestPolicyConfig.CookiesConfig.CookieBehavior": _SELECTIONS,
            "OriginRequestPolicyConfig.QueryStringsConfig.QueryStringBehavior": _SELECTIONS,
        },
    ),
    "AWS::Route53::HostedZone": Declaration(
        "Name VPCs.VPCId", "VPCs.VPCRegion DelegationSetId HostedZoneConfig HostedZoneTags QueryLoggingConfig"
    ),
    "AWS::Route53::RecordSet": Declaration(_RECORD, f"{_RECORD_ASIDE} AllowOverwrite", decides=_BY_PLACE),
    "AWS::Route53::RecordSetGroup": Declaration(
        f"HostedZoneId HostedZoneName {within('RecordSets', _RECORD)}",
        f"Comment {within('RecordSets', _RECORD_ASIDE)}",
        decides=within("RecordSets", _BY_PLACE),
        part_of="HostedZoneId",
    ),
    "AWS::Route53Resolver::ResolverEndpoint": Declaration(
        "SecurityGroupIds IpAddresses.SubnetId IpAddresses.Ip",
        "Name OutpostArn PreferredInstanceType Protocols ResolverEndpointType IpAddresses.Ipv6 RniEnhancedMetricsEnabled"
        " TargetNameServerMetricsEnabled",
        values={"Direction": (*Direction,)},
    ),
    "AWS::Route53Resolver::ResolverRule": Declaration(
        "DomainName ResolverEndpointId TargetIps.Ip TargetIps.Port DelegationRecord",
        "Name TargetIps.ServerNameIndication",
        decides="TargetIps.Ipv6",
        supposed={"TargetIps.Protocol": ("Do53",)},
        values={"RuleType": ("FORWARD", "SYSTEM", "DELEGATE", "RECURSIVE")},
    ),
    "AWS::Route53Resolver::ResolverRuleAssociation": Declaration(
        "ResolverRuleId VPCId", "Name", part_of="ResolverRuleId VPCId"
    ),
    "AWS::Route53Resolver::FirewallDomainList": Declaration("Name Domains DomainFileUrl ManagedOwnerName"),
    "AWS::Route53Resolver::FirewallRuleGroup": Declaration("FirewallRules", "Name"),
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": Declaration(
        "FirewallRuleGroupId VpcId Priority", "Name MutationProtection", part_of="FirewallRuleGroupId VpcId"
    ),
    "AWS::Route53Profiles::Profile": Declaration(aside="Name"),
    "AWS::Route53Profiles::ProfileAssociation": Declaration(
        "ProfileId ResourceId", "Name Arn", part_of="ProfileId ResourceId"
    ),
    "AWS::Route53Profiles::ProfileResourceAssociation": Declaration(
        "ProfileId ResourceArn ResourceProperties", "Name", part_of="ProfileId"
    ),
    "AWS::EC2::DHCPOptions": Declaration(
        "DomainNameServers DomainName", "Ipv6AddressPreferredLeaseTime NetbiosNameServers NetbiosNodeType NtpServers"
    ),
    "AWS::EC2::VPCDHCPOptionsAssociation": Declaration("DhcpOptionsId VpcId", part_of="VpcId"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Declaration("Name Vpc", "Properties"),
    "AWS::ServiceDiscovery::PublicDnsNamespace": Declaration("Name", "Properties"),
    "AWS::ServiceDiscovery::Service": Declaration(
        "Name NamespaceId DnsConfig.NamespaceId DnsConfig.DnsRecords.Type DnsConfig.DnsRecords.TTL",
        "DnsConfig.RoutingPolicy HealthCheckConfig HealthCheckCustomConfig ServiceAttributes Type",
        part_of="NamespaceId",
    ),
    "AWS::ServiceDiscovery::Instance": Declaration("ServiceId InstanceAttributes", "InstanceId", part_of="ServiceId"),
}
