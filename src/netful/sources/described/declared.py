"""A description declared as resources of a template, which the readers of templates then read.

Ids are AWS's own. An object within another object has an id of its own: `API/STAGE`, `API/RESOURCE/METHOD`,
`ZONE/NAME/TYPE`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.core import Resource, Unknown
from netful.model.names.resolver import RECURSIVE
from netful.model.network.encryption_control import Exclusion
from netful.model.network.flow_logs import FLOW_LOG_RESOURCES
from netful.sources.described import functions, load_balancers, rules, same_names
from netful.sources.described.apis import domains, http_apis, rest_apis, web_acls
from netful.sources.described.apis.parts import pascal
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item
from netful.sources.described.kinds import KINDS
from netful.sources.described.network import block_public_access, gateways, transit_gateways, vpc_endpoints
from netful.sources.files.marked import marked
from netful.sources.readers.network_firewalls import FIREWALL, POLICY, RULE_GROUP
from netful.sources.template.reading import Inventory

_OWN_RECORDS = 2  # NS and SOA, which every zone has
_APIS = (rest_apis, domains, http_apis, web_acls)
_ASSOCIATED = (
    ("ResolverRules", "ResolverRuleAssociations", "AWS::Route53Resolver::ResolverRuleAssociation", "ResolverRuleId", ("VPCId",),
     "aws route53resolver list-resolver-rule-associations"),
    ("FirewallRuleGroups", "FirewallRuleGroupAssociations", "AWS::Route53Resolver::FirewallRuleGroupAssociation", "FirewallRuleGroupId",
     ("VpcId", "Priority"), "aws route53resolver list-firewall-rule-group-associations"),
    ("ProfileSummaries", "ProfileAssociations", "AWS::Route53Profiles::ProfileAssociation", "ProfileId", ("ResourceId",),
     "aws route53profiles list-profile-associations"),
)  # fmt: skip
"""Objects of names, the answer with their associations, its type, the member with the object's id, those with the VPC, and the command."""


def inventory(description: Description, shown: Mapping[str, Resource], account_id: str) -> Inventory:
    """Return what the readers of templates read of a description: the resources that are shown, and others."""
    read = (rules, vpc_endpoints, gateways, transit_gateways)
    made = [*functions.declarations(description), *(one for module in read for one in module.resources(description))]
    return Inventory({**shown, **_made(made)}, description.region, account_id, described=True)


def shown(description: Description) -> dict[str, Resource]:
    """Return the resources that the cloud has, besides those that are their own description, by id."""
    return _made(
        (
            *_classic(description),
            *load_balancers.resources(description),
            *block_public_access.resources(description),
            *_encryption_controls(description),
            *_flow_logs(description),
            *_names(description),
            *_dns_firewall(description),
            *_network_firewalls(description),
            *_profiles(description),
            *_associations_not_described(description),
            *_as_described(description),
            *(one for module in _APIS for one in module.declarations(description)),
            *functions.access(description),
        )
    )


def _made(declared: Iterable[Declaration]) -> dict[str, Resource]:
    found = {}
    for id_, kind, item, properties in declared:
        written = {key: same_names.of_aws(value) for key, value in properties.items() if value is not None}
        made = marked(written, item.origin.file, item.origin.line)
        found[id_] = Resource(id_, kind, made, account_id=item.account, origin=item.origin)
    return found


def _network_firewalls(description: Description) -> Iterator[Declaration]:
    """Yield the network firewalls with the ids of their endpoints, their policies and rule groups."""
    for item in description.of("network-firewall.Firewalls"):
        firewall, states = item.part("Firewall"), item.part("FirewallStatus").part("SyncStates")
        attached = [states.part(zone).part("Attachment") for zone in states.data]
        mappings = [{"SubnetId": one.text("SubnetId"), "EndpointId": one.text("EndpointId")} for one in attached]
        names = ("FirewallName", "FirewallPolicyArn", "VpcId", "TransitGatewayId")
        written = {name: firewall.text(name) or None for name in names}
        yield firewall.text("FirewallArn"), FIREWALL, item, {**written, "SubnetMappings": mappings}
    for item in description.of("network-firewall.Policies"):
        named, body = item.part("FirewallPolicyResponse"), item.data.get("FirewallPolicy")
        properties = {"FirewallPolicyName": named.text("FirewallPolicyName"), "FirewallPolicy": body}
        yield named.text("FirewallPolicyArn"), POLICY, item, properties
    for item in description.of("network-firewall.RuleGroups"):
        named, body = item.part("RuleGroupResponse"), item.data.get("RuleGroup")
        properties = {"RuleGroupName": named.text("RuleGroupName"), "Type": named.text("Type"), "RuleGroup": body}
        yield named.text("RuleGroupArn"), RULE_GROUP, item, properties


def _classic(description: Description) -> Iterator[Declaration]:
    """Yield the classic load balancers."""
    for item in description.of("LoadBalancerDescriptions"):
        properties = {
            **{
                name: item.data.get(name)
                for name in ("LoadBalancerName", "DNSName", "Scheme", "Subnets", "SecurityGroups")
            },
            "Instances": [part.text("InstanceId") for part in item.parts("Instances")],
            "Listeners": [part.part("Listener").data for part in item.parts("ListenerDescriptions")],
            "HealthCheck": item.data.get("HealthCheck"),
        }
        yield item.text("LoadBalancerName"), "AWS::ElasticLoadBalancing::LoadBalancer", item, properties


def _encryption_controls(description: Description) -> Iterator[Declaration]:
    """Yield the encryption controls, which the description of a VPC has, too."""
    within = (item.part("EncryptionControl") for item in description.of("Vpcs"))
    for item in (*(each for each in within if each.data), *description.of("VpcEncryptionControls")):
        if item.text("State") not in ("deleting", "deleted"):
            excluded = item.part("ResourceExclusions")
            states = {what: excluded.text(what, "State") for what in Exclusion}
            inputs = {f"{what}ExclusionInput": "enable" for what, state in states.items() if state == "enabled"}
            properties = {"VpcId": item.text("VpcId"), "Mode": item.text("Mode"), **inputs}
            yield item.text("VpcEncryptionControlId"), "AWS::EC2::VPCEncryptionControl", item, properties


def _flow_logs(description: Description) -> Iterator[Declaration]:
    """Yield the flow logs. Their description has no type of the resource: its id's prefix says it."""
    for item in description.of("FlowLogs"):
        kinds = (kind for prefix, kind in FLOW_LOG_RESOURCES.items() if item.text("ResourceId").startswith(prefix))
        yield item.text("FlowLogId"), "AWS::EC2::FlowLog", item, {**item.data, "ResourceType": next(kinds, None)}


def _names(description: Description) -> Iterator[Declaration]:
    yield from _zones(description)
    for item in description.of("ResolverEndpoints"):
        yield item.text("Id"), "AWS::Route53Resolver::ResolverEndpoint", item, {**item.data, "IpAddresses": None}
    for item in description.of("DhcpOptions"):
        yield item.text("DhcpOptionsId"), "AWS::EC2::DHCPOptions", item, dict(_dhcp(item))
    for item in description.of("Vpcs"):
        if item.text("DhcpOptionsId") not in ("", "default"):
            id_, kind = f"{item.text('VpcId')}/dhcp", "AWS::EC2::VPCDHCPOptionsAssociation"
            yield id_, kind, item, {"VpcId": item.text("VpcId"), "DhcpOptionsId": item.text("DhcpOptionsId")}


def _dns_firewall(description: Description) -> Iterator[Declaration]:
    """Yield DNS Firewall; an own list whose domains were not described is unknown."""
    domains = {item.text("Id"): item.data.get("Domains") for item in description.of("FirewallDomains")}
    for item in description.of("FirewallDomainLists"):
        id_ = item.text("Id")
        who = f"the domains of {id_} (`aws route53resolver list-firewall-domains --firewall-domain-list-id {id_}`)"
        listed = domains.get(id_, Unknown("the domains of a list were not described", (who,)))
        yield id_, "AWS::Route53Resolver::FirewallDomainList", item, {**item.data, "Domains": listed}
    for item in description.of("FirewallRuleGroups"):
        id_ = item.text("Id")
        own: Any = [rule.data for rule in description.of("FirewallRules") if rule.text("FirewallRuleGroupId") == id_]
        if not own and item.data.get("RuleCount") != 0:
            who = f"the rules of {id_} (`aws route53resolver list-firewall-rules --firewall-rule-group-id {id_}`)"
            own = [Unknown("the rules of a group were not described", (who,))]
        yield id_, "AWS::Route53Resolver::FirewallRuleGroup", item, {"FirewallRules": own}


def _profiles(description: Description) -> Iterator[Declaration]:
    """Yield Route 53 Profiles. Those of other accounts are listed too, and their resources if they were described."""
    described = {item.text("ProfileId") for item in description.of("ProfileResourceAssociations")}
    for item in description.of("ProfileSummaries"):
        if item.text("Id") in described:
            yield item.text("Id"), "AWS::Route53Profiles::Profile", item, {"Name": item.text("Name")}
    for key, kind in (("ProfileAssociations", "Association"), ("ProfileResourceAssociations", "ResourceAssociation")):
        for item in description.of(key):
            if item.text("Status") not in ("DELETED", "DELETING", "FAILED"):
                yield item.text("Id"), f"AWS::Route53Profiles::Profile{kind}", item, dict(item.data)


def _associations_not_described(description: Description) -> Iterator[Declaration]:
    """Yield an association with an unknown VPC for each object of names, if no answer lists the associations of its kind."""
    for of, key, kind, member, missing, command in _ASSOCIATED:
        without = [] if description.answers(key) else description.of(of)
        for item in (one for one in without if one.text("RuleType") != RECURSIVE):
            id_ = item.text("Id")
            vpcs = Unknown("not described", (f"the associations of {id_} (`{command}`)",))
            yield f"{id_}/vpcs", kind, item, {member: id_, **dict.fromkeys(missing, vpcs)}


def _as_described(description: Description) -> Iterator[Declaration]:
    """Yield the objects that are declared with the properties that they are described with."""
    for kind in KINDS.values():
        for item in description.of(kind.key) if kind.declared else ():
            yield item.text(kind.id_key), kind.declared, item, pascal(item.data)


def _dhcp(item: Item) -> Iterator[tuple[str, Any]]:
    kept = {"domain-name-servers": "DomainNameServers", "domain-name": "DomainName"}
    for part in item.parts("DhcpConfigurations"):
        values = [value.text("Value") for value in part.parts("Values")]
        name = kept.get(part.text("Key"), "")
        if name and values:
            yield name, values if name == "DomainNameServers" else values[0]


def _zones(description: Description) -> Iterator[Declaration]:
    whole = {item.text("HostedZone", "Id"): item for item in description.of("HostedZone")}
    listed = {item.text("Id"): item for item in description.of("HostedZones")}
    described = {item.text("Id") for item in description.of("ResourceRecordSets")}
    for id_ in {**whole, **listed}:
        zone = whole[id_].part("HostedZone") if id_ in whole else listed[id_]
        vpcs: Any = [vpc.data for vpc in whole[id_].parts("VPCs")] if id_ in whole else []
        if not vpcs and zone.part("Config").flag("PrivateZone"):
            who = f"which VPCs see {_bare(id_)} (`aws route53 get-hosted-zone --id {_bare(id_)}`)"
            vpcs = [{"VPCId": Unknown("the VPCs of a private zone were not described", (who,))}]
        yield _bare(id_), "AWS::Route53::HostedZone", zone, {"Name": zone.text("Name"), "VPCs": vpcs}
        if zone.number("ResourceRecordSetCount", _OWN_RECORDS + 1) > _OWN_RECORDS and id_ not in described:
            yield _records_not_described(_bare(id_), zone)
    yield from _zones_of_vpcs(description)
    for group in description.of("ResourceRecordSets"):
        for item in group.parts("ResourceRecordSets"):
            yield _record(_bare(group.text("Id")), item)


def _zones_of_vpcs(description: Description) -> Iterator[Declaration]:
    """Yield the zones of accounts that only the VPCs name that see them. Those of AWS's services, as of endpoints, are known otherwise."""
    seen: dict[str, list[tuple[str, Item]]] = {}
    for group in description.of("ZonesOfVpcs"):
        for item in group.parts("HostedZoneSummaries"):
            if item.text("Owner", "OwningAccount"):
                seen.setdefault(item.text("HostedZoneId"), []).append((group.text("VpcId"), item))
    for id_, places in seen.items():
        zone = places[0][1]
        vpcs = [{"VPCId": vpc_id} for vpc_id, _ in places]
        yield id_, "AWS::Route53::HostedZone", zone, {"Name": zone.text("Name"), "VPCs": vpcs}
        yield _records_not_described(id_, zone)


def _records_not_described(zone_id: str, zone: Item) -> Declaration:
    needed = f"the records of {zone_id} (`aws route53 list-resource-record-sets --hosted-zone-id {zone_id}`)"
    name = Unknown("the records of a zone were not described", (needed,))
    return f"{zone_id}/records", "AWS::Route53::RecordSet", zone, {"HostedZoneId": zone_id, "Name": name}


def _record(zone_id: str, item: Item) -> Declaration:
    name, kind = item.text("Name").replace("\\052", "*"), item.text("Type")
    values = [part.text("Value") for part in item.parts("ResourceRecords")]
    properties = {**item.data, "HostedZoneId": zone_id, "Name": name, "ResourceRecords": values or None}
    id_ = "/".join((zone_id, name.rstrip("."), kind, item.text("SetIdentifier"))).rstrip("/")
    return id_, "AWS::Route53::RecordSet", item, properties


def _bare(id_: str) -> str:
    """Return an id of Route 53 without the path before it."""
    return id_.rpartition("/")[2]
