"""Types that netful does not read, by their influence on the paths of the resources that they refer to.

Rules:
1. In the services of `_NETWORKING` a type is an assumption unless a table here has it: `_ASIDE` has no influence on paths, and
   the types of `_WEIGHTS` have more than an assumption.
2. In all other services the types of AWS's schema only use a network. The few that change one are in `_WEIGHTS`.
3. `provider_types` has those of Terraform's provider.
4. A stack that is not loaded, or a custom resource, may open a way by what it gets of `ADDED_TO`.
5. A type that the schema does not have is new or misspelt: an assumption. So is a custom resource, which may do anything.
"""

from netful.model.unread import Weight
from netful.sources import schema_names
from netful.sources.understanding import provider_types

_NETWORKING = (
    "ApiGateway ApiGatewayV2 DirectConnect EC2 ElasticLoadBalancing ElasticLoadBalancingV2 FMS GlobalAccelerator"
    " NetworkFirewall NetworkManager NetworkSecurityManager Route53 Route53GlobalResolver Route53Profiles Route53Resolver"
    " VpcLattice WAF WAFRegional WAFv2"
)

_ASIDE = {
    "AWS::ApiGateway": "Account ClientCertificate DocumentationPart DocumentationVersion",
    "AWS::ApiGatewayV2": "PortalProduct",
    "AWS::DirectConnect": "Connection Lag",
    "AWS::EC2": "ApplicationStatusCheck CapacityManagerDataExport CapacityReservation CapacityReservationFleet CustomerGateway"
    " EC2Fleet EnclaveCertificateIamRoleAssociation FpgaImage Host IPAM IPAMAllocation IPAMPool IPAMPoolCidr"
    " IPAMPrefixListResolver IPAMResourceDiscovery IPAMResourceDiscoveryAssociation IPAMScope IPv4Pool InstanceEventWindow"
    " IpamExternalResourceVerificationToken IpamInternetRegistryAssociation KeyPair NetworkInsightsAccessScope"
    " NetworkInsightsAccessScopeAnalysis NetworkInsightsAnalysis NetworkInsightsPath NetworkInterfacePermission"
    " NetworkPerformanceMetricSubscription PlacementGroup SnapshotBlockPublicAccess SpotFleet SqlHaStandbyDetectedInstance"
    " SubnetCidrReservation TrafficMirrorFilter TrafficMirrorFilterRule TrafficMirrorSession TrafficMirrorTarget"
    " TransitGatewayMeteringPolicy TransitGatewayMeteringPolicyEntry TransitGatewayMulticastDomain"
    " TransitGatewayMulticastDomainAssociation TransitGatewayMulticastGroupMember TransitGatewayMulticastGroupSource"
    " VPCEndpointConnectionNotification VPCEndpointServicePermissions Volume VolumeAttachment",
    "AWS::FMS": "ApplicationsList NotificationChannel ProtocolsList ResourceSet",
    "AWS::NetworkFirewall": "ContainerAssociation LoggingConfiguration TLSInspectionConfiguration",
    "AWS::NetworkManager": "Connection CustomerGatewayAssociation Device GlobalNetwork Link LinkAssociation Site"
    " TransitGatewayRegistration",
    "AWS::Route53": "CidrCollection DNSSEC DelegationSet HealthCheck KeySigningKey QueryLoggingConfig",
    "AWS::Route53Resolver": "OutpostResolver ResolverDNSSECConfig"
    " ResolverQueryLoggingConfig ResolverQueryLoggingConfigAssociation",
    "AWS::VpcLattice": "AccessLogSubscription DomainVerification",
    "AWS::WAFv2": "LoggingConfiguration",
}

_WEIGHTS = {
    Weight.BLOCKS: {"AWS::WAFRegional": "WebACLAssociation"},
    Weight.DECIDES: {
        "AWS::ApiGatewayV2": "ApiGatewayManagedOverrides",
        "AWS::EC2": "IPAMPrefixListResolverTarget LocalGatewayRoute RouteServerPropagation TransitGatewayPolicyTableAssociation",
    },
    Weight.OPENS: {
        "AWS::NetworkManager": "TransitGatewayRouteTableAttachment",
        "AWS::VpcLattice": "ResourceConfiguration",
    },
    Weight.ASSUMED: {
        "AWS::CloudFormation": "CustomResource Stack StackSet",  # code, or templates, elsewhere or deployed to other places
        "AWS::Lambda": "NetworkConnector",
        "AWS::OpsWorks": "ElasticLoadBalancerAttachment Instance",
        "AWS::ServiceCatalog": "CloudFormationProvisionedProduct",
        "AWS::Shield": "Protection",
    },
}


def _named(table: dict[str, str]) -> frozenset[str]:
    return frozenset(f"{service}::{name}" for service, names in table.items() for name in names.split())


ASIDE = _named(_ASIDE)
"""Types of networking services without influence on paths."""

WEIGHTS = {type_: weight for weight, table in _WEIGHTS.items() for type_ in _named(table)}
"""Types with an influence that is known, although they are not read."""

ADDED_TO = (
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::RouteTable",
    "AWS::EC2::TransitGatewayRouteTable",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::Route53::HostedZone",
)
"""Types whose ids are of use only to what adds routes, entries, rules or records. Groups are mostly given to have them."""


OF_PLANS = "Terraform::"
"""Beginning of the types of plans that have no type of CloudFormation's."""

OF_EXPRESSIONS = f"{OF_PLANS}expression "
"""Beginning of the types of expressions that a plan does not show, and that are taken to mean what they refer to."""

OF_LATER = f"{OF_PLANS}deferred "
"""Beginning of the types of resources that a plan leaves to a later one."""


def weight_of(type_: str) -> Weight | None:
    """Return the influence of a type that is not read; None if it has none."""
    if type_.startswith((OF_EXPRESSIONS, OF_LATER)):
        return Weight.ASSUMED
    if type_.startswith(OF_PLANS):
        return provider_types.weight_of(type_.removeprefix(OF_PLANS), frozenset(_NETWORKING.split()))
    if type_ in WEIGHTS or type_ in ASIDE:
        return WEIGHTS.get(type_)
    if is_known(type_):
        return Weight.ASSUMED if type_.split("::")[1] in _NETWORKING.split() else None
    return Weight.ASSUMED


def is_known(type_: str) -> bool:
    """Return whether AWS's schema has a type."""
    return type_ in schema_names.types()
