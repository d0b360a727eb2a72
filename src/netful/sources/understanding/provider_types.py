"""Types of Terraform's `aws` provider that netful does not read, by their influence on the paths of what they refer to.

Rules:
1. The provider's names begin with a service. A type of a service that only uses a network has no influence; the services are
   those of CloudFormation's types, and some that the provider names otherwise.
2. `_ASIDE` are types, or beginnings of them, without influence although their service is one of networking.
3. Every other type is an assumption, unless `_WEIGHTS` has more.
"""

from functools import cache

from netful.model.unread import Weight
from netful.sources import schema_names

_FURTHER_SERVICES = (
    "acm ami appautoscaling codestarconnections db ebs inspector2 macie2 mq secretsmanager sfn snapshot spot volume"
)

_ASIDE = tuple(
    f"aws_{name}"
    for names in (
        "api_gateway_account api_gateway_client_certificate api_gateway_documentation app_cookie_stickiness_policy",
        "customer_gateway ec2_availability_zone_group ec2_capacity ec2_fleet ec2_host ec2_image_block ec2_instance_metadata",
        "ec2_instance_state ec2_network_insights ec2_serial_console ec2_tag ec2_traffic_mirror eip_domain_name flow_log key_pair",
        "lb_cookie_stickiness_policy lb_ssl_negotiation_policy lb_trust_store load_balancer_ network_interface_permission",
        "placement_group proxy_protocol_policy route53_delegation_set route53_health_check route53_hosted_zone_dnssec",
        "route53_key_signing_key route53_query_log route53_resolver_dnssec route53_resolver_firewall_domain_list",
        "route53_resolver_query_log service_discovery_http_namespace vpc_endpoint_connection_notification",
        "vpc_peering_connection_accepter",
        "vpc_endpoint_service_allowed_principal vpc_ipam wafv2_web_acl_logging",
    )
    for name in names.split()
)
_FIREWALL_RULES = ("aws_route53_resolver_firewall_rule", "aws_route53_resolver_firewall_rule_group")

_DECIDING = (
    "ec2_local_gateway_route ec2_transit_gateway_default_route_table_association"
    " ec2_transit_gateway_default_route_table_propagation ec2_transit_gateway_policy_table_association"
    " route53_records_exclusive route53profiles_association vpc_route_server_propagation"
    " vpc_security_group_vpc_association wafv2_web_acl_rule"
)
_OPENING = "networkmanager_transit_gateway_route_table_attachment"
_BLOCKING = "route53_resolver_firewall_rule_group_association wafregional_web_acl_association"
_WEIGHTS = {
    f"aws_{name}": weight
    for weight, names in ((Weight.DECIDES, _DECIDING), (Weight.OPENS, _OPENING), (Weight.BLOCKS, _BLOCKING))
    for name in names.split()
}


def weight_of(type_: str, networking: frozenset[str]) -> Weight | None:
    """Return the influence of a provider's type; None if it has none. `networking` are CloudFormation's services of networks."""
    if type_ in _WEIGHTS:
        return _WEIGHTS[type_]
    words = type_.removeprefix("aws_").split("_")
    beginnings = {"".join(words[:number]) for number in range(1, len(words) + 1)}
    only_uses = not beginnings.isdisjoint(_services() - {name.lower() for name in networking})
    aside = only_uses or type_ in _FIREWALL_RULES or type_.startswith(_ASIDE) or not type_.startswith("aws_")
    return None if aside else Weight.ASSUMED


@cache
def _services() -> frozenset[str]:
    return frozenset({*_FURTHER_SERVICES.split(), *(type_.split("::")[1].lower() for type_ in schema_names.types())})
