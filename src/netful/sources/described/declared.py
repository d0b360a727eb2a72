"""A description declared as resources of a template, which the readers of templates then read.

Ids are AWS's own. An object within another object has an id of its own: `API/STAGE`, `API/RESOURCE/METHOD`,
`ZONE/NAME/TYPE`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.core import Resource, Unknown
from netful.model.network.encryption_control import Exclusion
from netful.model.network.flow_logs import FLOW_LOG_RESOURCES
from netful.sources.described import load_balancers, rules, vpc_endpoints, web_acls
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item
from netful.sources.described.kinds import KINDS
from netful.sources.files.complaint import fail
from netful.sources.files.json_text import from_json
from netful.sources.files.marked import marked
from netful.sources.readers.network_firewalls import FIREWALL, POLICY, RULE_GROUP
from netful.sources.template.reading import Inventory


def inventory(description: Description, shown: Mapping[str, Resource], account_id: str) -> Inventory:
    """Return what the readers of templates read of a description: the resources that are shown, and others."""
    read = (load_balancers, rules, vpc_endpoints)
    made = [*_functions(description), *(one for module in read for one in module.resources(description))]
    names = load_balancers.names(description)
    resources = {**shown, **_made(made)}
    return Inventory(resources, description.region, account_id, given_names=names, described=True)


def shown(description: Description) -> dict[str, Resource]:
    """Return the resources that the cloud has, besides those that are their own description, by id."""
    return _made(
        (
            *_classic(description),
            *_public_access(description),
            *_encryption_controls(description),
            *_flow_logs(description),
            *_names(description),
            *_dns_firewall(description),
            *_network_firewalls(description),
            *_profiles(description),
            *_as_described(description),
            *_rest(description),
            *_http(description),
            *web_acls.declarations(description),
        )
    )


def _made(declared: Iterable[Declaration]) -> dict[str, Resource]:
    found = {}
    for id_, kind, item, properties in declared:
        written = {key: value for key, value in properties.items() if value is not None}
        found[id_] = Resource(id_, kind, marked(written, item.origin.file, item.origin.line), origin=item.origin)
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


def _public_access(description: Description) -> Iterator[Declaration]:
    """Yield VPC Block Public Access settings; removed or never made ones are left out."""
    for item in description.of("VpcBlockPublicAccessOptions"):
        options = item.part("VpcBlockPublicAccessOptions")
        region = options.text("AwsRegion") or description.region
        id_ = ".".join(("block-public-access", region, options.text("AwsAccountId"))).rstrip(".")
        mode = {"InternetGatewayBlockMode": options.text("InternetGatewayBlockMode") or "off"}
        yield id_, "AWS::EC2::VPCBlockPublicAccessOptions", item, mode
    if not description.of("VpcBlockPublicAccessOptions"):
        yield from _public_access_of_vpcs(description)
    for item in description.of("VpcBlockPublicAccessExclusions"):
        kind, _, place = item.text("ResourceArn").rpartition(":")[2].partition("/")
        if not item.text("State").startswith(("delete-", "disable-", "create-failed")):
            properties = {"VpcId": place if kind == "vpc" else None, "SubnetId": place if kind == "subnet" else None}
            mode = {"InternetGatewayExclusionMode": item.text("InternetGatewayExclusionMode")}
            yield item.text("ExclusionId"), "AWS::EC2::VPCBlockPublicAccessExclusion", item, {**properties, **mode}


def _public_access_of_vpcs(description: Description) -> Iterator[Declaration]:
    """Yield VPC Block Public Access as descriptions of VPCs and subnets have it: what it leaves open, among others, is excluded."""
    name, id_ = "InternetGatewayBlockMode", f"block-public-access.{description.region}"
    modes = {item.text("VpcId"): item.text("BlockPublicAccessStates", name) for item in description.of("Vpcs")}
    blocked = [item for item in description.of("Vpcs") if modes[item.text("VpcId")] not in ("", "off")]
    for item in blocked[:1]:
        yield id_, "AWS::EC2::VPCBlockPublicAccessOptions", item, {name: modes[item.text("VpcId")]}
    for kind in ("Vpc", "Subnet") if blocked else ():
        for item in description.of(f"{kind}s"):
            within = kind == "Subnet" and modes.get(item.text("VpcId")) == "off"
            if item.text("BlockPublicAccessStates", name) == "off" and not within:
                place = item.text(f"{kind}Id")
                properties = {f"{kind}Id": place, "InternetGatewayExclusionMode": "allow-bidirectional"}
                yield f"{id_}.{place}", "AWS::EC2::VPCBlockPublicAccessExclusion", item, properties


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


_OF_FUNCTIONS = (
    "FunctionName", "Handler", "Runtime", "Timeout", "MemorySize", "Environment", "VpcConfig", "Role", "DurableConfig",
    "TenancyConfig", "PackageType", "CapacityProviderConfig",
)  # fmt: skip
"""Members of a function that are properties of the same name."""


def _functions(description: Description) -> Iterator[Declaration]:
    """Yield the functions; their code is in AWS."""
    for item in description.of("Functions"):
        name = item.text("FunctionName")
        if not name:
            fail("a function has no `FunctionName`", item.origin, hint="as `aws lambda list-functions` answers")
        code = {"ZipFile": Unknown(why=f"the code of `{name}` is in AWS")}
        image = item.part("ImageConfigResponse").data.get("ImageConfig")
        properties = {name: item.data.get(name) for name in _OF_FUNCTIONS}
        yield name, "AWS::Lambda::Function", item, {**properties, "Code": code, "ImageConfig": image}


def _as_described(description: Description) -> Iterator[Declaration]:
    """Yield the objects that are declared with the properties that they are described with."""
    for kind in KINDS.values():
        for item in description.of(kind.key) if kind.declared else ():
            yield item.text(kind.id_key), kind.declared, item, _pascal(item.data)


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
    for id_ in {**whole, **listed}:
        zone = whole[id_].part("HostedZone") if id_ in whole else listed[id_]
        vpcs: Any = [vpc.data for vpc in whole[id_].parts("VPCs")] if id_ in whole else []
        if not vpcs and zone.part("Config").flag("PrivateZone"):
            who = f"which VPCs see {_bare(id_)} (`aws route53 get-hosted-zone --id {_bare(id_)}`)"
            vpcs = [{"VPCId": Unknown("the VPCs of a private zone were not described", (who,))}]
        yield _bare(id_), "AWS::Route53::HostedZone", zone, {"Name": zone.text("Name"), "VPCs": vpcs}
    for group in description.of("ResourceRecordSets"):
        for item in group.parts("ResourceRecordSets"):
            yield _record(_bare(group.text("Id")), item)


def _record(zone_id: str, item: Item) -> Declaration:
    name, kind = item.text("Name").replace("\\052", "*"), item.text("Type")
    values = [part.text("Value") for part in item.parts("ResourceRecords")]
    properties = {**item.data, "HostedZoneId": zone_id, "Name": name, "ResourceRecords": values or None}
    id_ = "/".join((zone_id, name.rstrip("."), kind, item.text("SetIdentifier"))).rstrip("/")
    return id_, "AWS::Route53::RecordSet", item, properties


def _bare(id_: str) -> str:
    """Return an id of Route 53 without the path before it."""
    return id_.rpartition("/")[2]


def _rest(description: Description) -> Iterator[Declaration]:
    for item in description.of("apigateway.RestApis"):
        yield item.text("id"), "AWS::ApiGateway::RestApi", item, _rest_api(description, item)
    for api_id, item in _each(description, "apigateway.Resources"):
        yield from _rest_resource(description, api_id, item)
    for api_id, item in _each(description, "apigateway.Stages"):
        id_ = f"{api_id}/{item.text('stageName')}"
        yield id_, "AWS::ApiGateway::Stage", item, _rest_stage(api_id, item)
    for item in _without(description, "apigateway.RestApis", "id", "apigateway.Stages"):
        api_id = item.text("id")
        name = _not_described(f"the stages of {api_id} (`aws apigateway get-stages --rest-api-id {api_id}`)")
        yield f"{api_id}/stages", "AWS::ApiGateway::Stage", item, {"RestApiId": api_id, "StageName": name}
    for api_id, item in _each(description, "apigateway.Authorizers"):
        ttl = item.data.get("authorizerResultTtlInSeconds")
        properties = _pascal(item.data) | {"RestApiId": api_id, "AuthorizerResultTtlInSeconds": ttl}
        yield (
            item.text("id"),
            "AWS::ApiGateway::Authorizer",
            item,
            properties | {"ProviderARNs": item.data.get("providerARNs")},
        )
    for api_id, item in _each(description, "apigateway.GatewayResponses"):
        if not item.flag("defaultResponse"):
            kind = item.text("responseType")
            yield (
                f"{api_id}/{kind}",
                "AWS::ApiGateway::GatewayResponse",
                item,
                _pascal(item.data) | {"RestApiId": api_id},
            )
    for item in description.of("apigateway.UsagePlans"):
        stages = [_plan_stage(part) for part in item.parts("apiStages")]
        limits = {name: _pascal(item.part(name.lower()).data) or None for name in ("Throttle", "Quota")}
        properties = _pascal(item.data) | {"UsagePlanName": item.text("name"), "ApiStages": stages} | limits
        yield item.text("id"), "AWS::ApiGateway::UsagePlan", item, properties
    yield from _plan_keys(description)
    yield from _domains(description)
    yield from _mappings(description)
    yield from _routing_rules(description)
    yield from _permissions(description)
    for item in description.of("FunctionUrlConfigs"):
        function, _, alias = item.text("FunctionArn").partition(":function:")[2].partition(":")
        properties = {**item.data, "TargetFunctionArn": function, "Qualifier": alias or None}
        yield f"{function}/url{alias and f'/{alias}'}", "AWS::Lambda::Url", item, properties


def _domains(description: Description) -> Iterator[Declaration]:
    """Yield the domain names; only private ones have an id, and associations, which are unknown if they were not described."""
    associated = "apigateway.DomainNameAccessAssociations"
    for item in description.of("apigateway.DomainNames"):
        kind, id_ = "AWS::ApiGateway::DomainName", item.text("domainNameId")
        yield id_ or item.text("domainName"), f"{kind}V2" if id_ else kind, item, _domain(item)
        if id_ and not [*description.of(associated)]:
            needed = (
                f"the endpoints of {item.text('domainName')} (`aws apigateway get-domain-name-access-associations`)"
            )
            source = Unknown("the associations of private domain names were not described", (needed,))
            association = {"DomainNameArn": item.text("domainNameArn"), "AccessAssociationSource": source}
            yield f"{id_}/associations", f"{kind}AccessAssociation", item, association


def _mappings(description: Description) -> Iterator[Declaration]:
    """Yield the mappings of each domain name; those of a domain whose mappings were not described are unknown."""
    first, newer = "apigateway.BasePathMappings", "apigatewayv2.ApiMappings"
    for domain, item in _each(description, first):
        id_ = f"{domain}/{item.text('basePath')}"
        yield id_, "AWS::ApiGateway::BasePathMapping", item, _pascal(item.data) | {"DomainName": domain}
    for domain, item in _each(description, newer):
        id_ = f"{domain}/{item.text('ApiMappingId')}"
        yield id_, "AWS::ApiGatewayV2::ApiMapping", item, {**item.data, "DomainName": domain}
    described = {group.text("domainName") for kind in (first, newer) for group in description.of(kind)}
    for item in description.of("apigateway.DomainNames"):
        name = item.text("domainName")
        if name not in described:
            needed = f"the mappings of {name} (`aws apigateway get-base-path-mappings --domain-name {name}`)"
            path = Unknown("the domain's mappings were not described", (needed,))
            properties = {"DomainName": name, "RestApiId": path, "BasePath": path}
            yield f"{name}/mappings", "AWS::ApiGateway::BasePathMapping", item, properties


def _routing_rules(description: Description) -> Iterator[Declaration]:
    """Yield the routing rules of each domain name; those of a domain that has rules which were not described are unknown."""
    kind, described = "AWS::ApiGatewayV2::RoutingRule", set()
    for item in description.of("RoutingRules"):
        arn = item.text("RoutingRuleArn").partition("/routingrules/")[0]
        described.add(arn.rpartition("/")[2].partition("+")[0])
        yield item.text("RoutingRuleId"), kind, item, {**item.data, "DomainNameArn": arn}
    for item in description.of("apigateway.DomainNames"):
        name, mode = item.text("domainName"), item.text("routingMode")
        may_have = mode == "ROUTING_RULE_ONLY" or (
            mode.startswith("ROUTING_RULE") and not description.answers("RoutingRules")
        )
        if may_have and name not in described:
            needed = f"the routing rules of {name} (`aws apigatewayv2 list-routing-rules --domain-name {name}`)"
            rules = Unknown("the domain's routing rules were not described", (needed,))
            action = {"InvokeApi": {"ApiId": rules, "Stage": rules}}
            properties = {"DomainNameArn": name, "Priority": rules, "Conditions": [rules], "Actions": [action]}
            yield f"{name}/routing-rules", kind, item, properties


def _plan_keys(description: Description) -> Iterator[Declaration]:
    """Yield the keys of each plan; those of a plan whose keys were not described are unknown."""
    kind = "AWS::ApiGateway::UsagePlanKey"
    for plan_id, item in _each(description, "apigateway.UsagePlanKeys"):
        properties = {"UsagePlanId": plan_id, "KeyId": item.text("id"), "KeyType": "API_KEY"}
        yield f"{plan_id}/{item.text('id')}", kind, item, properties
    asked = {group.text("id") for group in description.of("apigateway.UsagePlanKeys")}
    for plan in description.of("apigateway.UsagePlans"):
        id_ = plan.text("id")
        if id_ not in asked:
            needed = f"the keys of {id_} (`aws apigateway get-usage-plan-keys --usage-plan-id {id_}`)"
            keys = Unknown("the plan's keys were not described", (needed,))
            yield f"{id_}/keys", kind, plan, {"UsagePlanId": id_, "KeyId": keys, "KeyType": "API_KEY"}


def _without(description: Description, kind: str, id_key: str, parts: str) -> Iterator[Item]:
    """Yield the objects of a kind whose parts were not described: no answer about the parts is kept under their id."""
    described = {group.text(id_key) for group in description.of(parts)}
    return (item for item in description.of(kind) if item.text(id_key) not in described)


def _not_described(needed: str) -> Unknown:
    return Unknown("not described", (needed,))


def _each(description: Description, kind: str) -> Iterator[tuple[str, Item]]:
    """Yield the nested objects, each with the id of its holder."""
    for group in description.of(kind):
        names = ("id", "ApiId", "domainName")
        holder = next((group.text(name) for name in names if group.text(name)), "")
        for item in group.parts("items" if "items" in group.data else "Items"):
            yield holder, item


def _pascal(value: Any) -> dict[str, Any]:
    """Return a mapping with its keys as CloudFormation writes them, each word with a capital; {} for another value."""
    if not isinstance(value, Mapping):
        return {}
    return {f"{key[:1].upper()}{key[1:]}": each for key, each in value.items()}


def _rest_api(description: Description, item: Item) -> dict[str, Any]:
    endpoint = item.part("endpointConfiguration")
    properties = _pascal(item.data) | {
        "ApiKeySourceType": item.data.get("apiKeySource"),
        "EndpointConfiguration": {
            "Types": list(endpoint.texts("types")) or ["EDGE"],
            "VpcEndpointIds": list(endpoint.texts("vpcEndpointIds")) or None,
        },
        "Policy": _policy(item.text("policy")),
        "Tags": None,
    }
    parts = [part for id_, part in _each(description, "apigateway.Resources") if id_ == item.text("id")]
    bare = not parts or any(method == {} for part in parts for method in part.part("resourceMethods").data.values())
    if bare:
        needed = f"the methods of {item.text('id')} (`aws apigateway get-resources --embed methods`)"
        properties["Body"] = Unknown("its methods were not described", (needed,))
    return properties


def _policy(text: str) -> Any:
    """Return a policy as a mapping; API Gateway gives it as a text with its quotes escaped."""
    for written in (text, text.replace('\\"', '"').replace("\\/", "/")):
        try:
            return from_json(written) if written else None
        except json.JSONDecodeError:
            continue
    return Unknown("the resource policy is not JSON")


def _rest_resource(description: Description, api_id: str, item: Item) -> Iterator[Declaration]:
    roots = {part.text("id") for id_, part in _each(description, "apigateway.Resources") if part.text("path") == "/"}

    def placed(id_: str) -> str:
        return f"{api_id}.root" if id_ in roots else id_

    own = placed(item.text("id"))
    if item.text("path") != "/":
        properties = {"RestApiId": api_id, "ParentId": placed(item.text("parentId")), "PathPart": item.text("pathPart")}
        yield own, "AWS::ApiGateway::Resource", item, properties
    for verb, method in item.part("resourceMethods").data.items():
        if isinstance(method, Mapping) and method:
            properties = _method(Item(method, item.origin)) | {
                "RestApiId": api_id,
                "ResourceId": own,
                "HttpMethod": verb,
            }
            yield f"{api_id}/{item.text('id')}/{verb}", "AWS::ApiGateway::Method", item, properties


def _method(item: Item) -> dict[str, Any]:
    integration = item.part("methodIntegration")
    written = _pascal(integration.data) | {
        "IntegrationHttpMethod": integration.data.get("httpMethod"),
        "TlsConfig": _pascal(integration.part("tlsConfig").data) or None,
        "IntegrationResponses": [_pascal(each) for each in integration.part("integrationResponses").data.values()],
    }
    responses = [_pascal(each) for each in item.part("methodResponses").data.values()]
    return _pascal(item.data) | {"Integration": written if integration.data else None, "MethodResponses": responses}


def _rest_stage(api_id: str, item: Item) -> dict[str, Any]:
    settings = [_setting(key, value) for key, value in item.part("methodSettings").data.items()]
    log = item.part("accessLogSettings")
    return _pascal(item.data) | {
        "RestApiId": api_id,
        "MethodSettings": settings,
        "CanarySetting": _pascal(item.part("canarySettings").data) or None,
        "AccessLogSetting": _pascal(log.data) or None,
        "CacheClusterSize": item.data.get("cacheClusterSize"),
    }


def _setting(key: str, value: Any) -> dict[str, Any]:
    """Return the settings of methods, whose path has no slash before it and others escaped: `~1orders~1{id}/GET`."""
    path, _, method = key.rpartition("/")
    whole = "/*" if path == "*" else f"/{path.replace('~1', '/').lstrip('/')}"
    return _pascal(value) | {"ResourcePath": whole, "HttpMethod": method}


def _plan_stage(item: Item) -> dict[str, Any]:
    throttles = {key: _pascal(value) for key, value in item.part("throttle").data.items()}
    return {"ApiId": item.text("apiId"), "Stage": item.text("stage"), "Throttle": throttles}


def _domain(item: Item) -> dict[str, Any]:
    types = list(item.part("endpointConfiguration").texts("types")) or ["EDGE"]
    store = _pascal(item.part("mutualTlsAuthentication").data) or None
    return {
        "DomainName": item.text("domainName"),
        "EndpointConfiguration": {"Types": types},
        "Policy": _policy(item.text("policy")),
        "MutualTlsAuthentication": store,
        "RoutingMode": item.data.get("routingMode"),
    }


def _permissions(description: Description) -> Iterator[Declaration]:
    """Yield the permissions to invoke functions; those of a policy that was not described are unknown.

    The policy of a function is not that of its versions and aliases.
    """
    policies = {item.text("FunctionName"): item for item in description.of("lambda.Policies")}
    for function in description.of("Functions"):
        name = function.text("FunctionName")
        kind = "AWS::Lambda::Permission"
        of_one = Unknown("not described", (f"who may invoke versions and aliases of {name}",))
        yield f"{name}/policies", kind, function, {"FunctionName": name, "Principal": of_one, "Qualifier": of_one}
        if name not in policies:
            who = Unknown("not described", (f"who may invoke {name} (`aws lambda get-policy --function-name {name}`)",))
            yield (
                f"{name}/policy",
                kind,
                function,
                {"FunctionName": name, "Action": "lambda:InvokeFunction", "Principal": who},
            )
            continue
        policy = _policy(policies[name].text("Policy"))
        statements = policy.get("Statement", []) if isinstance(policy, dict) else []
        for number, statement in enumerate(s for s in statements if isinstance(s, dict) and s.get("Effect") == "Allow"):
            properties = {
                "FunctionName": name,
                "Action": statement.get("Action"),
                "Principal": _principal(statement.get("Principal")),
                **{name: _operand(statement.get("Condition"), key) for name, key in _OPERANDS.items()},
            }
            yield f"{name}/policy/{number + 1}", kind, policies[name], properties


def _principal(value: Any) -> Any:
    return next(iter(value.values()), None) if isinstance(value, dict) else value


_OPERANDS = {
    "SourceArn": "aws:sourcearn",
    "SourceAccount": "aws:sourceaccount",
    "FunctionUrlAuthType": "lambda:functionurlauthtype",
}
"""Properties of a permission, and the condition keys that its statement has for them."""


def _operand(condition: Any, wanted: str) -> Any:
    """Return the value that a statement requires of a condition key."""
    for operands in condition.values() if isinstance(condition, dict) else ():
        for key, value in operands.items() if isinstance(operands, dict) else ():
            if key.lower() == wanted:
                return value
    return None


def _http(description: Description) -> Iterator[Declaration]:
    for kind, name in (("Route", "RouteId"), ("Integration", "IntegrationId"), ("Authorizer", "AuthorizerId")):
        for api_id, item in _each(description, f"apigatewayv2.{kind}s"):
            yield item.text(name), f"AWS::ApiGatewayV2::{kind}", item, {**item.data, "ApiId": api_id}
    for item in _without(description, "apigatewayv2.Apis", "ApiId", "apigatewayv2.Routes"):
        api_id = item.text("ApiId")
        key = _not_described(f"the routes of {api_id} (`aws apigatewayv2 get-routes --api-id {api_id}`)")
        yield f"{api_id}/routes", "AWS::ApiGatewayV2::Route", item, {"ApiId": api_id, "RouteKey": key, "Target": key}
    for item in _without(description, "apigatewayv2.Apis", "ApiId", "apigatewayv2.Integrations"):
        yield from _unknown_integrations(description, item.text("ApiId"))
    for item in _without(description, "apigatewayv2.Apis", "ApiId", "apigatewayv2.Stages"):
        api_id = item.text("ApiId")
        unknown = _not_described(f"the stages of {api_id} (`aws apigatewayv2 get-stages --api-id {api_id}`)")
        yield (
            f"{api_id}/stages",
            "AWS::ApiGatewayV2::Stage",
            item,
            {"ApiId": api_id, "StageName": unknown, "AutoDeploy": unknown},
        )
    for api_id, item in _each(description, "apigatewayv2.Stages"):
        yield f"{api_id}/{item.text('StageName')}", "AWS::ApiGatewayV2::Stage", item, {**item.data, "ApiId": api_id}


def _unknown_integrations(description: Description, api_id: str) -> Iterator[Declaration]:
    """Yield the integrations to which the routes of an API lead; nothing is known of them."""
    unknown = _not_described(f"the integrations of {api_id} (`aws apigatewayv2 get-integrations --api-id {api_id}`)")
    for id_, route in _each(description, "apigatewayv2.Routes"):
        name = route.text("Target").removeprefix("integrations/")
        if id_ == api_id and name:
            properties = {"ApiId": api_id, "IntegrationType": unknown, "IntegrationUri": unknown}
            yield name, "AWS::ApiGatewayV2::Integration", route, properties
