"""Components of AWS's analyzers: resources by id, ARN and name, and the headers of packets."""

from typing import Any

from netful.account.ec2.view import View
from netful.engine.flows.flow import End, Flow, Ports
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

Record = dict[str, Any]

OF_NETFUL = "netful:"
"""Beginning of the keys of what AWS's analyzer does not know."""

_ARN_TYPES = {
    "acl": "network-acl", "eigw": "egress-only-internet-gateway", "eni": "network-interface", "i": "instance",
    "igw": "internet-gateway", "nat": "natgateway", "pcx": "vpc-peering-connection", "pl": "prefix-list",
    "rtb": "route-table", "sg": "security-group", "subnet": "subnet", "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment", "tgw-rtb": "transit-gateway-route-table", "vgw": "vpn-gateway",
    "vpc": "vpc", "vpce": "vpc-endpoint", "vpce-svc": "vpc-endpoint-service", "vpn": "vpn-connection",
}  # fmt: skip
"""Resource types in ARNs, by the prefixes of ids."""


def arn(view: View, id_: str) -> str | None:
    """Return the ARN of a thing of EC2; an ARN is its own, and what has no type has none."""
    if id_.startswith("arn:"):
        return id_
    type_ = _ARN_TYPES.get(id_.rpartition("-")[0])
    return view.arn(type_, id_) if type_ else None


def component(view: View, name: object) -> Record | None:
    """Return a component: its id, its ARN, and the name that its tags or the template give it; None if it is not known."""
    if name is None or isinstance(name, Unknown):
        return None
    text = str(name)
    eni = text in view.cloud.network.network_interfaces
    id_ = view.interface_id(text) if eni else str(view.id(text))
    tagged = next((tag["Value"] for tag in view.tags(text) if tag["Key"] == "Name"), None)
    return {"Id": id_, "Arn": arn(view, id_), "Name": tagged or (text if text != id_ else None)}


def header(flow: Flow) -> Record:
    """Return the header of packets."""
    return {
        "SourceAddresses": _addresses(flow.source),
        "SourcePortRanges": [port_range(flow.source.ports)],
        "DestinationAddresses": _addresses(flow.destination),
        "DestinationPortRanges": [port_range(flow.destination.ports)],
        "Protocol": str(flow.protocol),
    }


def _addresses(end: End) -> list[str]:
    return [str(end.address)] if end.address is not None else []


def port_range(ports: Ports) -> Record:
    """Return a range of ports."""
    return {"From": ports.first, "To": ports.last}


def interface(view: View, eni: NetworkInterface | None) -> Record:
    """Return the component of an interface, with its subnet, its VPC, and the resource that it is attached to."""
    if eni is None:
        return {}
    vpc = view.cloud.network.vpc_of_interface(eni)
    own = eni.owner_id != eni.id and eni.owner not in (InterfaceOwner.LAMBDA, InterfaceOwner.OTHER)
    row = {
        "Component": component(view, eni.id),
        "Subnet": component(view, eni.subnet_id),
        "Vpc": component(view, vpc.id if vpc else None),
        "AttachedTo": component(view, eni.owner_id) if own else None,
        "AdditionalDetails": [
            {"AdditionalDetailType": f"{OF_NETFUL}function", "Component": {"Id": name, "Name": name}}
            for name in eni.function_ids
        ],
    }
    return {key: value for key, value in row.items() if value}
