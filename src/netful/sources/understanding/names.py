"""Names: hosted zones, Cloud Map, Route 53 Resolver and DHCP options."""

from __future__ import annotations

from netful.model.names.resolver import Direction
from netful.sources.understanding.declaration import Area, Declaration

_NAMES = Area.NAMES
_RECORD = "HostedZoneId HostedZoneName Name Type TTL ResourceRecords AliasTarget.DNSName Weight Failover Region"
_RECORD_ASIDE = (
    "Comment SetIdentifier HealthCheckId MultiValueAnswer AliasTarget.HostedZoneId AliasTarget.EvaluateTargetHealth"
)
_BY_PLACE = "GeoLocation GeoProximityLocation CidrRoutingConfig"


def _of_group(names: str) -> str:
    return " ".join(f"RecordSets.{name}" for name in names.split())


DECLARED = {
    "AWS::Route53::HostedZone": Declaration(
        _NAMES,
        "Name VPCs.VPCId",
        "VPCs.VPCRegion DelegationSetId HostedZoneConfig HostedZoneTags QueryLoggingConfig",
    ),
    "AWS::Route53::RecordSet": Declaration(_NAMES, _RECORD, _RECORD_ASIDE, decides=_BY_PLACE),
    "AWS::Route53::RecordSetGroup": Declaration(
        _NAMES,
        f"HostedZoneId HostedZoneName {_of_group(_RECORD)}",
        f"Comment {_of_group(_RECORD_ASIDE)}",
        decides=_of_group(_BY_PLACE),
        part_of="HostedZoneId",
    ),
    "AWS::Route53Resolver::ResolverEndpoint": Declaration(
        _NAMES,
        "SecurityGroupIds IpAddresses.SubnetId IpAddresses.Ip",
        "Name OutpostArn PreferredInstanceType Protocols ResolverEndpointType IpAddresses.Ipv6 RniEnhancedMetricsEnabled"
        " TargetNameServerMetricsEnabled",
        values={"Direction": (*Direction,)},
    ),
    "AWS::Route53Resolver::ResolverRule": Declaration(
        _NAMES,
        "DomainName ResolverEndpointId TargetIps.Ip TargetIps.Port",
        "Name TargetIps.Protocol TargetIps.ServerNameIndication",
        decides="DelegationRecord TargetIps.Ipv6",
        values={"RuleType": ("FORWARD", "SYSTEM")},
    ),
    "AWS::Route53Resolver::ResolverRuleAssociation": Declaration(
        _NAMES, "ResolverRuleId VPCId", "Name", part_of="ResolverRuleId VPCId"
    ),
    "AWS::Route53Resolver::FirewallDomainList": Declaration(_NAMES, "Name Domains DomainFileUrl ManagedOwnerName"),
    "AWS::Route53Resolver::FirewallRuleGroup": Declaration(_NAMES, "FirewallRules", "Name"),
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": Declaration(
        _NAMES, "FirewallRuleGroupId VpcId Priority", "Name MutationProtection", part_of="FirewallRuleGroupId VpcId"
    ),
    "AWS::Route53Profiles::Profile": Declaration(_NAMES, aside="Name"),
    "AWS::Route53Profiles::ProfileAssociation": Declaration(
        _NAMES, "ProfileId ResourceId", "Name Arn", part_of="ProfileId ResourceId"
    ),
    "AWS::Route53Profiles::ProfileResourceAssociation": Declaration(
        _NAMES, "ProfileId ResourceArn ResourceProperties", "Name", part_of="ProfileId"
    ),
    "AWS::EC2::DHCPOptions": Declaration(
        _NAMES,
        "DomainNameServers DomainName",
        "Ipv6AddressPreferredLeaseTime NetbiosNameServers NetbiosNodeType NtpServers",
    ),
    "AWS::EC2::VPCDHCPOptionsAssociation": Declaration(_NAMES, "DhcpOptionsId VpcId", part_of="VpcId"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Declaration(_NAMES, "Name Vpc", "Properties"),
    "AWS::ServiceDiscovery::PublicDnsNamespace": Declaration(_NAMES, "Name", "Properties"),
    "AWS::ServiceDiscovery::Service": Declaration(
        _NAMES,
        "Name NamespaceId DnsConfig.NamespaceId DnsConfig.DnsRecords.Type DnsConfig.DnsRecords.TTL",
        "DnsConfig.RoutingPolicy HealthCheckConfig HealthCheckCustomConfig ServiceAttributes Type",
        part_of="NamespaceId",
    ),
    "AWS::ServiceDiscovery::Instance": Declaration(
        _NAMES, "ServiceId InstanceAttributes", "InstanceId", part_of="ServiceId"
    ),
}
