"""Routing rules of custom domain names: the API and stage of a request by its headers and its path."""

from typing import Any

from netful.account.apigateway.edits import edit, new_id, resource, rewritten
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.lookups import domain_name
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site, page_of
from netful.account.apigateway.operations.representation import at_aws
from netful.account.apigateway.shapes import input_shape, properties, shown
from netful.account.changes import Remove, new
from netful.engine.names.api_names import loaded_id, rules_of
from netful.model.apis.domain import DomainName, RoutingRule
from netful.model.cloud import Cloud
from netful.model.names.arns import aws_arn

_RULE = "AWS::ApiGatewayV2::RoutingRule"
_PRIORITIES = range(1, 1_000_001)


def _arn(cloud: Cloud, domain: DomainName) -> str:
    return aws_arn("apigateway", cloud.region, "", f"/domainnames/{domain.domain_name}")


def _shown(cloud: Cloud, domain: DomainName, rule: RoutingRule) -> dict[str, Any]:
    found = shown("apigatewayv2", "RoutingRule", resource(cloud, rule.id).properties)
    for action in found.get("actions", ()):
        invoked = action.get("invokeApi", {})
        if "apiId" in invoked:
            invoked["apiId"] = at_aws(cloud, loaded_id(cloud, invoked["apiId"]))
    id_ = cloud.part_id(rule.id)
    return {
        "conditions": [],
        **found,
        "routingRuleArn": f"{_arn(cloud, domain)}/routingrules/{id_}",
        "routingRuleId": id_,
    }


def _named(cloud: Cloud, wanted: OperationRequest) -> RoutingRule:
    there = {one.id: one for one in rules_of(cloud, domain_name(cloud, wanted))}
    return lookups.part(cloud, there, wanted.names["rule"], "Invalid routing rule identifier specified")


def _list_routing_rules(site: Site, wanted: OperationRequest) -> Any:
    domain = domain_name(site.cloud, wanted)
    found = page_of(wanted, (_shown(site.cloud, domain, rule) for rule in rules_of(site.cloud, domain)))
    return {"routingRules": found.pop("items"), **found}


def _get_routing_rule(site: Site, wanted: OperationRequest) -> Any:
    return _shown(site.cloud, domain_name(site.cloud, wanted), _named(site.cloud, wanted))


def _checked(site: Site, wanted: OperationRequest, operation: str, id_: str) -> dict[str, Any]:
    """Return the properties of a rule as a request describes it; `id_` is that of the rule, "" for a new one."""
    cloud, domain = site.cloud, domain_name(site.cloud, wanted)
    own = properties(input_shape("apigatewayv2", operation), wanted.body)
    if own.get("Priority") not in _PRIORITIES:
        raise bad_request("Priority must be between 1 and 1000000")
    if any(rule.priority == own["Priority"] and rule.id != id_ for rule in rules_of(cloud, domain)):
        raise conflict("A routing rule with this priority already exists for this domain name")
    for action in own.get("Actions") or [{}]:
        invoked = action.get("InvokeApi", {})
        api_id = loaded_id(cloud, str(invoked.get("ApiId", "")))
        if api_id not in cloud.apis.by_id or lookups.stage_named(cloud, api_id, str(invoked.get("Stage"))) is None:
            raise not_found("Invalid API identifier or stage specified")
    return {"DomainNameArn": _arn(cloud, domain), **own}


def _create_routing_rule(site: Site, wanted: OperationRequest) -> Any:
    """CreateRoutingRule."""
    id_ = new_id()
    edit(site, new(_RULE, id_, _checked(site, wanted, "CreateRoutingRule", "")))
    return _get_routing_rule(site, wanted.naming(rule=id_))


def _put_routing_rule(site: Site, wanted: OperationRequest) -> Any:
    """PutRoutingRule: replace the whole rule."""
    one = resource(site.cloud, _named(site.cloud, wanted).id)
    edit(site, rewritten(one, _checked(site, wanted, "PutRoutingRule", one.id)))
    return _get_routing_rule(site, wanted)


def _delete_routing_rule(site: Site, wanted: OperationRequest) -> None:
    """DeleteRoutingRule."""
    edit(site, Remove(resource(site.cloud, _named(site.cloud, wanted).id).id))


OPERATIONS = (
    Operation(_list_routing_rules),
    Operation(_get_routing_rule),
    Change(_create_routing_rule),
    Change(_put_routing_rule),
    Change(_delete_routing_rule),
)
