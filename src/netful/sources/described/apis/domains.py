"""Custom domain names of a description: mappings, routing rules, and associations of private ones."""

from collections.abc import Iterator
from typing import Any

from netful.model.core import Unknown
from netful.sources.described.apis.parts import each, pascal, policy
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item


def declarations(description: Description) -> Iterator[Declaration]:
    """Yield the domain names with everything that leads to them and from them."""
    yield from _domains(description)
    yield from _mappings(description)
    yield from _routing_rules(description)


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
    for domain, item in each(description, first):
        id_ = f"{domain}/{item.text('basePath')}"
        yield id_, "AWS::ApiGateway::BasePathMapping", item, pascal(item.data) | {"DomainName": domain}
    for domain, item in each(description, newer):
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


def _domain(item: Item) -> dict[str, Any]:
    endpoint = item.part("endpointConfiguration")
    types = list(endpoint.texts("types")) or ["EDGE"]
    store = pascal(item.part("mutualTlsAuthentication").data) or None
    return {
        "DomainName": item.text("domainName"),
        "EndpointConfiguration": {"Types": types, "IpAddressType": endpoint.data.get("ipAddressType")},
        "Policy": policy(item.text("policy")),
        "MutualTlsAuthentication": store,
        "RoutingMode": item.data.get("routingMode"),
        "EndpointAccessMode": item.data.get("endpointAccessMode"),
    }
