"""Answers that do not name their subject: a target group's health, an API's stages, a transit gateway table's routes.

The AWS CLI leaves out of such an answer the id of the request. The file's name identifies the subject: it contains the
id or the name of a described object. If only one object of the kind exists, it is the subject. Other answers are left
out, with a warning.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from netful.model.core import Frozen


class Subject(Frozen):
    """The subject of a kind of answer: objects under the key `of`, identified by `id_key`.

    An answer is stored as `{id_key, own_key}` under `kept_as`.
    """

    of: str
    id_key: str
    kept_as: str
    own_key: str


WEB_ACL_RESOURCES = "wafv2.WebACLResources"
TABLES = "TransitGatewayRouteTables"
APIS = "apigateway.RestApis"
HTTP_APIS = "apigatewayv2.Apis"
DOMAINS, NEWER_DOMAINS = "apigateway.DomainNames", "apigatewayv2.DomainNames"

SUBJECTS: Mapping[str, Subject] = {
    "TargetHealthDescriptions": Subject(
        "TargetGroups", "TargetGroupArn", "LoadBalancerTargetHealth", "TargetHealthDescriptions"
    ),
    "Attributes": Subject("TargetGroups", "TargetGroupArn", "TargetGroupAttributes", "Attributes"),
    "LoadBalancerAttributes.own": Subject("LoadBalancers", "LoadBalancerArn", "LoadBalancerAttributes", "Attributes"),
    "Entries": Subject("PrefixLists", "PrefixListId", "PrefixListEntries", "Entries"),
    "Routes": Subject(TABLES, "TransitGatewayRouteTableId", "TransitGatewayStaticRoutes", "Routes"),
    "Associations": Subject(TABLES, "TransitGatewayRouteTableId", "TransitGatewayAssociations", "Associations"),
    "TransitGatewayRouteTablePropagations": Subject(
        TABLES, "TransitGatewayRouteTableId", "TransitGatewayPropagations", "TransitGatewayRouteTablePropagations"
    ),
    "StackResourceSummaries": Subject("Stacks", "StackName", "StackLists", "Resources"),
    "HostedZoneSummaries": Subject("Vpcs", "VpcId", "ZonesOfVpcs", "HostedZoneSummaries"),
    "ResourceRecordSets": Subject("HostedZones", "Id", "ResourceRecordSets", "ResourceRecordSets"),
    "ResourceArns": Subject("wafv2.WebACL", "ARN", WEB_ACL_RESOURCES, "ResourceArns"),
    "Domains": Subject("FirewallDomainLists", "Id", "FirewallDomains", "Domains"),
    "Policy": Subject("Functions", "FunctionName", "lambda.Policies", "Policy"),
    "UsagePlanKeys": Subject("apigateway.UsagePlans", "id", "apigateway.UsagePlanKeys", "items"),
    "BasePathMappings": Subject(DOMAINS, "domainName", "apigateway.BasePathMappings", "items"),
    "ApiMappings": Subject(DOMAINS, "domainName", "apigatewayv2.ApiMappings", "Items"),
    **{
        name: Subject(APIS, "id", f"apigateway.{name}", "items")
        for name in ("Stages", "Resources", "Authorizers", "GatewayResponses")
    },
    **{
        f"{name}.v2": Subject(HTTP_APIS, "ApiId", f"apigatewayv2.{name}", "Items")
        for name in ("Stages", "Routes", "Integrations", "Authorizers")
    },
}

# API Gateway's answers are all under `items`, `item` or `Items`: their kinds, by keys that only such objects have.
_OF_ITEMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Resources", ("path",)),
    ("GatewayResponses", ("responseType",)),
    ("BasePathMappings", ("basePath", "restApiId")),
    ("apigateway.UsagePlans", ("apiStages",)),
    ("apigateway.ApiKeys", ("enabled", "createdDate")),
    ("apigateway.VpcLinks", ("targetArns",)),
    ("apigateway.DomainNameAccessAssociations", ("domainNameAccessAssociationArn",)),
    ("ApiMappings", ("ApiMappingId",)),
    (DOMAINS, ("domainName",)),
    ("UsagePlanKeys", ("value", "type")),
    ("Authorizers", ("type", "name")),
    (APIS, ("endpointConfiguration",)),
    (APIS, ("apiKeySource",)),
    (HTTP_APIS, ("ProtocolType",)),
    ("Routes.v2", ("RouteKey", "RouteId")),
    ("Integrations.v2", ("IntegrationId",)),
    ("Authorizers.v2", ("AuthorizerId",)),
    ("Stages.v2", ("StageName",)),
    ("apigatewayv2.VpcLinks", ("VpcLinkId",)),
    (NEWER_DOMAINS, ("DomainName",)),
    ("Stages", ("stageName",)),
)
_UNNAMED = ("items", "item", "Items")
_OWN: Mapping[str, str] = {
    "Associations": "TransitGatewayAttachmentId", "Entries": "Cidr", "Listeners": "LoadBalancerArn", "Routes": "DestinationCidrBlock",
    "Rules": "RuleArn",
}  # fmt: skip
_OF_OTHERS = ("DomainId", "LocalGatewayRouteTableId", "TransitGatewayPolicyTableId")
"""Other services have answers with the same keys, whose objects lack these members or have those."""

_OF_LOAD_BALANCERS = ("deletion_protection.enabled", "access_logs.s3.enabled", "load_balancing.cross_zone.enabled")
_OF_LISTENERS = ("routing.http.request.", "routing.http.response.", "tcp.idle_timeout.")
_OF_TARGET_GROUPS = ("deregistration_delay.timeout_seconds", "stickiness.enabled", "preserve_client_ip.enabled")


def kind_of(key: str, values: list[Any]) -> str:
    """Return the kind of the values under a key of an answer if the key is ambiguous, "" for one that is not read; else the key."""
    first: Any = next((value for value in values if isinstance(value, dict)), {})
    if key in _UNNAMED:
        return next((kind for kind, keys in _OF_ITEMS if all(name in first for name in keys)), "")
    if first and (_OWN.get(key) not in (None, *first) or any(name in first for name in _OF_OTHERS)):
        return ""
    if key == "Attributes":
        names = {str(value.get("Key")) for value in values if isinstance(value, dict)}
        if any(name.startswith(_OF_LISTENERS) for name in names):
            return ""
        own = not names & {*_OF_TARGET_GROUPS} and names & {*_OF_LOAD_BALANCERS}
        return "LoadBalancerAttributes.own" if own else key
    return key


def find(label: str, things: Iterable[Mapping[str, Any]], id_key: str) -> Mapping[str, Any] | None:
    """Return the object whose id or name is in a file's name, the longest match first.

    Else the only one that exists.
    """
    every = list(things)
    named = [(len(name), thing) for thing in every for name in _names(thing, id_key) if _has(label, name)]
    if named:
        return max(named, key=_length)[1]
    return every[0] if len(every) == 1 else None


_length: Callable[[tuple[int, Any]], int] = lambda pair: pair[0]  # noqa: E731


def _names(thing: Mapping[str, Any], id_key: str) -> list[str]:
    """Return the names of an object: its id, the last part of a path or ARN, its own name."""
    id_ = str(thing.get(id_key, ""))
    own = [str(thing.get(key, "")) for key in ("Name", "name", "LoadBalancerName", "TargetGroupName", "PrefixListName")]
    return [name for name in (id_, id_.rpartition("/")[2], *own, *(n.rstrip(".") for n in own)) if name]


def _has(label: str, name: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", label) is not None
