"""Types, descriptions, requesters and attachment owners of interfaces, by their owners, as AWS shows them (control-plane §6.3).

Deployment tools find leftover interfaces by these texts, and `sources.described` finds the owners by them.
"""

from collections.abc import Mapping

from netful.account.ec2.view import View
from netful.model.core import Frozen
from netful.model.load_balancing_arns import BALANCERS, arns, full_name
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

AWS, ELB = "amazon-aws", "amazon-elb"
_PEER, _NETWORK = "interface", "network_load_balancer"
_OF_THE_ACCOUNT = frozenset({InterfaceOwner.INSTANCE, InterfaceOwner.OTHER})


class Appearance(Frozen):
    """The type, description, requester and attachment owner of an interface; an empty requester is the account itself."""

    type: str
    description: str
    requester: str = ""
    instance_owner: str = AWS


_OF_OWNER = {
    InterfaceOwner.ENDPOINT: Appearance("vpc_endpoint", "VPC Endpoint Interface {}", "727180483921"),
    InterfaceOwner.NAT_GATEWAY: Appearance("nat_gateway", "Interface for NAT Gateway {}", "036872051663"),
    InterfaceOwner.DATABASE: Appearance(_PEER, "RDSNetworkInterface", "amazon-rds", "amazon-rds"),
    InterfaceOwner.CACHE: Appearance(_PEER, "ElastiCache {}", "amazon-elasticache", "amazon-elasticache"),
    InterfaceOwner.SERVICE: Appearance(_PEER, "{}", AWS),
    InterfaceOwner.VPC_ORIGIN: Appearance(_PEER, "CloudFront VPC origin {}", AWS),
}
_REDSHIFT = Appearance(_PEER, "RedshiftNetworkInterface", "amazon-redshift", "amazon-redshift")
_SEARCH = Appearance(_PEER, "ES {}", "amazon-elasticsearch", "amazon-elasticsearch")
_OF_TYPE: Mapping[str, Appearance] = {
    "AWS::Redshift::Cluster": _REDSHIFT,
    "AWS::RedshiftServerless::Workgroup": _REDSHIFT,
    "AWS::OpenSearchService::Domain": _SEARCH,
    "AWS::Elasticsearch::Domain": _SEARCH,
    "AWS::DAX::Cluster": Appearance(_PEER, "DAX {}", "amazon-dax", "amazon-dax"),
    "AWS::DMS::ReplicationInstance": Appearance(_PEER, "DMSNetworkInterface", "amazon-dms", "amazon-dms"),
    "AWS::EKS::Cluster": Appearance(_PEER, "Amazon EKS {}", "amazon-eks", AWS),
    "AWS::EFS::MountTarget": Appearance("efs", "EFS mount target for {}", AWS),
    "AWS::Route53Resolver::ResolverEndpoint": Appearance(_PEER, "Route 53 Resolver: {}:{eni}", AWS),
    "AWS::ECS::Service": Appearance(_PEER, "{ecs}attachment/{}", AWS),
    "Netful::ECS::Task": Appearance(_PEER, "{ecs}attachment/{}", AWS),
    "AWS::ApiGatewayV2::VpcLink": Appearance("api_gateway_managed", "{}", AWS),
    "AWS::EC2::InstanceConnectEndpoint": Appearance("ec2_instance_connect_endpoint", "EC2 Instance Connect Endpoint {}", AWS),
}  # fmt: skip
_OF_BALANCER = {"network": (_NETWORK, AWS), "gateway": ("gateway_load_balancer", AWS)}


def appearance(view: View, eni: NetworkInterface) -> Appearance:
    """Return the appearance of an interface of anything but functions."""
    if eni.owner in _OF_THE_ACCOUNT:
        return Appearance(_PEER, _own_description(view, eni))
    if eni.owner is InterfaceOwner.LOAD_BALANCER:
        return _of_balancer(view, eni.owner_id)
    resource = view.resource(eni.owner_id)
    found = _OF_TYPE.get(resource.type if resource else "") or _OF_OWNER[eni.owner]
    place = {"eni": view.interface_id(eni.id), "ecs": view.cloud.arn("ecs", "")}
    text = found.description.format(view.id(eni.owner_id), **place)
    return Appearance(found.type, text, found.requester, found.instance_owner)


def _of_balancer(view: View, name: str) -> Appearance:
    balancer = view.cloud.balancing.load_balancers.get(name)
    kind, instance_owner = _OF_BALANCER.get(balancer.type if balancer else "", (_PEER, ELB))
    arn = arns(view.cloud)[BALANCERS].get(name)
    named = full_name(arn) if arn else name  # a classic load balancer has no ARN
    return Appearance(kind, f"ELB {named}", ELB, instance_owner)


def _own_description(view: View, eni: NetworkInterface) -> str:
    """Return the description that the account gave to its interface."""
    if view.resource(eni.id) is not None:
        return str(view.said(eni.id).get("Description") or "")
    parts = view.said(eni.owner_id).get("NetworkInterfaces") or ()
    number = eni.id.removeprefix(f"eni-{eni.owner_id}").lstrip("-") or "0"
    own = parts[int(number)] if number.isdecimal() and int(number) < len(parts) else {}
    return str(own.get("Description") or "")
