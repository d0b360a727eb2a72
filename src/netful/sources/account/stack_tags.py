"""Tags that CloudFormation gives to the resources of a stack: the stack's own, and those that name stack and resource.

The types are those whose schema has tags of CloudFormation. A resource's own tag of a key stays.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.model.core import Resource, Unknown
from netful.sources.files.marked import marked, rebuilt

_NAMES = {
    "AWS::ApiGateway": "ApiKey DomainName RestApi Stage UsagePlan VpcLink",
    "AWS::ApiGatewayV2": "Api DomainName Stage VpcLink",
    "AWS::EC2": "CustomerGateway DHCPOptions EIP EgressOnlyInternetGateway FlowLog Instance InstanceConnectEndpoint"
    " InternetGateway NatGateway NetworkAcl NetworkInterface PrefixList RouteTable SecurityGroup Subnet TransitGateway"
    " TransitGatewayAttachment TransitGatewayRouteTable TransitGatewayVpcAttachment VPC VPCEndpoint VPCEndpointService"
    " VPCPeeringConnection VPNConnection VPNGateway Volume",
    "AWS::ElasticLoadBalancingV2": "Listener ListenerRule LoadBalancer TargetGroup TrustStore",
    "AWS::Lambda": "CapacityProvider EventSourceMapping Function",
    "AWS::RDS": "DBCluster DBInstance DBProxy DBProxyEndpoint DBSubnetGroup",
}
_SERVED = frozenset(f"{service}::{name}" for service, names in _NAMES.items() for name in names.split())
_AT_BACK_ENDS = frozenset({
    "AWS::ECR::Repository", "AWS::IAM::Role", "AWS::IAM::User", "AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue",
})  # fmt: skip
"""Types that have a stack's own tags alone here: back ends refuse keys that begin with `aws:`."""

_AS_MAP, _RESERVED = "AWS::ApiGatewayV2::", "aws:"


def tagged(resource: Resource, logical_id: str, name: str, id_: str, tags: Mapping[str, str]) -> Resource:
    """Return a resource of a deployed stack, by its name, id and tags, with the tags that it has from there."""
    if resource.type not in _SERVED | _AT_BACK_ENDS:
        return resource
    system = {"stack-name": name, "stack-id": id_, "logical-id": logical_id} if resource.type in _SERVED else {}
    given = {**tags, **{f"aws:cloudformation:{key}": value for key, value in system.items()}}
    own = resource.properties.get("Tags")
    if isinstance(own, Unknown) or not given:
        return resource
    properties = rebuilt(resource.properties, lambda value: value)
    properties.put(
        "Tags", marked(_together(resource.type, own or (), given), resource.origin.file, resource.origin.line)
    )
    return replace(resource, properties=properties)


def own_properties(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return properties without the tags that CloudFormation alone may give."""
    tags = properties.get("Tags")
    if isinstance(tags, Mapping):
        own: Any = {key: value for key, value in tags.items() if not key.startswith(_RESERVED)}
    elif isinstance(tags, list):
        own = [one for one in tags if not str(_key(one)).startswith(_RESERVED)]
    else:
        return properties
    return {**properties, "Tags": own} if own else {key: it for key, it in properties.items() if key != "Tags"}


def _key(tag: Any) -> Any:
    return tag.get("Key") if isinstance(tag, Mapping) else None


def _together(type_: str, own: Any, given: Mapping[str, str]) -> Any:
    if type_.startswith(_AS_MAP):
        return {**given, **dict(own)}
    keys = [*map(_key, own)]
    return [*own, *({"Key": key, "Value": value} for key, value in given.items() if key not in keys)]
