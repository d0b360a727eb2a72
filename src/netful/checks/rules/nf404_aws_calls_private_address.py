"""NF404: a service of AWS calls an address that only a VPC has.

API Gateway without a VPC link, CloudFront without a VPC origin, SNS, EventBridge, AppSync, Firehose and the health
checkers of Route 53 call from networks of AWS, which are in no VPC. So do API Gateway, AppSync and Cognito for the keys
of an issuer. A private address does not exist there: requests fail, messages are lost after their retries, and a health
check stays unhealthy.

Instead: Use a VPC link, a VPC origin, a connection with a resource configuration, or a function in the VPC.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.codes import Code
from netful.model.core import Frozen, Origin, at, mapping, words_of

_CODES = (Code.NETFUL_PRIVATE_ADDRESS, Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS)
_FUNCTION = "subscribe a function in the VPC, which calls it"
_CONNECTION = "give the connection a resource configuration, or let a function in the VPC call it"
_DESTINATION = "AWS::Events::ApiDestination"
_AUTHORIZER = "authorize by a function in the VPC"
_URLS = {
    "AWS::ApiGatewayV2::Authorizer": ("JwtConfiguration.Issuer", _AUTHORIZER),
    "AWS::AppSync::DataSource": ("HttpConfig.Endpoint", "use a function in the VPC as data source"),
    "AWS::AppSync::GraphQLApi": ("OpenIDConnectConfig.Issuer", _AUTHORIZER),
    "AWS::Cognito::UserPoolIdentityProvider": ("ProviderDetails", "give the provider's endpoints a public address"),
    _DESTINATION: ("InvocationEndpoint", _CONNECTION),
    "AWS::KinesisFirehose::DeliveryStream": (
        "HttpEndpointDestinationConfiguration.EndpointConfiguration.Url",
        "give the endpoint a public address, or read the stream by a function in the VPC",
    ),
    "AWS::SNS::Subscription": ("Endpoint", _FUNCTION),
    "AWS::SNS::Topic": ("Subscription", _FUNCTION),
}
"""The property with what a service calls, and the advice, by type."""


class _Call(Frozen):
    """A call of AWS for a resource; `advice` leads into the VPC."""

    owner: str
    origin: Origin
    url: str
    advice: str


@Rule.of("AWS calls a private address", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for call in dict.fromkeys((*_of_resources(facts), *_of_apis(facts), *_of_distributions(facts))):
        path = facts.path("internet", call.url)
        if path is not None and any(hop.code in _CODES for hop in path.denials):
            message = f"`{call.owner}` calls {call.url}, which has only a private address"
            yield Problem(call.owner, call.origin, message, call.advice, path=path, cause=call.url)


def _of_resources(facts: Facts) -> Iterator[_Call]:
    for type_, (property_, advice) in _URLS.items():
        for resource in facts.cloud.template.of_type(type_):
            named = filter(None, map(facts.cloud.template.resources.get, resource.references))
            connections = [one for one in named if one.type == "AWS::Events::Connection"]
            # a connection of another stack may have a resource configuration, too
            unseen = type_ == _DESTINATION and not connections
            private = unseen or any("InvocationConnectivityParameters" in one.properties for one in connections)
            for text in words_of(at(resource.properties, property_)) if not private else ():
                if text.startswith(("http://", "https://")):
                    yield _Call(resource.id, resource.origin_of(property_), text, advice)
    for resource in facts.cloud.template.of_type("AWS::Route53::HealthCheck"):
        checked = mapping(resource.properties.get("HealthCheckConfig"))
        host = checked.get("FullyQualifiedDomainName")
        if isinstance(host, str) and not checked.get("IPAddress"):
            scheme = "https" if str(checked.get("Type")).startswith("HTTPS") else "http"
            port = f":{checked['Port']}" if str(checked.get("Port")).isdecimal() else ""
            advice = "check an alarm of CloudWatch instead, which a health check can watch"
            yield _Call(resource.id, resource.origin_of("HealthCheckConfig"), f"{scheme}://{host}{port}/", advice)


def _of_apis(facts: Facts) -> Iterator[_Call]:
    for api in facts.cloud.apis.by_id.values():
        for called in (route.integration for route in api.routes):
            by_internet = called is not None and called.type in ("HTTP", "HTTP_PROXY") and called.connection_id is None
            if called is not None and by_internet and isinstance(called.uri, str):
                yield _Call(called.id, called.origin, called.uri, "call it through a VPC link")


def _of_distributions(facts: Facts) -> Iterator[_Call]:
    for distribution in facts.cloud.names.distributions.values():
        for origin in distribution.origins:
            if origin.vpc_origin_id is None and isinstance(origin.domain_name, str):
                url = f"https://{origin.domain_name}/"
                yield _Call(distribution.id, distribution.origin, url, "make its origin a VPC origin")
