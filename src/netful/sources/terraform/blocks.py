"""What the AWS provider writes otherwise than CloudFormation: blocks that repeat, several peers in one rule, attachments.

`completed` adds to a resource's own properties, `add` makes the further resources that it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netful.model.core.unknown import Unknown
from netful.sources.terraform.plan import Planned, items, mapping, texts

if TYPE_CHECKING:
    from netful.sources.terraform.translating import Translation

_NOTHING = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
"""An egress rule that nothing matches: a group that has it has none of EC2's own."""

MAIN_ROUTE_TABLE = "Terraform::MainRouteTable"
RESTRICTED_DEFAULT_GROUP, RESTRICTED_DEFAULT_ACL = "Custom::VpcRestrictDefaultSG", "Terraform::RestrictedDefaultAcl"
"""Resources that no template has, which change what a VPC comes with; the first is the CDK's own."""

_PEERS = {"cidr_blocks": "CidrIp", "ipv6_cidr_blocks": "CidrIpv6", "prefix_list_ids": "PrefixListId"}
_SINGLE_PEERS = {
    "cidr_ipv4": "CidrIp",
    "cidr_ipv6": "CidrIpv6",
    "prefix_list_id": "PrefixListId",
    "referenced_security_group_id": "SecurityGroupId",
}
_SIDES = {"ingress": "Source", "egress": "Destination"}

# An inline route's target → CloudFormation's property.
_ROUTE = {
    "cidr_block": "DestinationCidrBlock", "ipv6_cidr_block": "DestinationIpv6CidrBlock",
    "destination_prefix_list_id": "DestinationPrefixListId", "gateway_id": "GatewayId",
    "nat_gateway_id": "NatGatewayId", "transit_gateway_id": "TransitGatewayId",
    "vpc_peering_connection_id": "VpcPeeringConnectionId", "network_interface_id": "NetworkInterfaceId",
    "vpc_endpoint_id": "VpcEndpointId", "egress_only_gateway_id": "EgressOnlyInternetGatewayId",
}  # fmt: skip

_ROUTE_TARGETS = [target for target in _ROUTE.values() if not target.startswith("Destination")]

_REFERRED = {
    "gateway_id": ("aws_internet_gateway", "aws_vpn_gateway"),
    "nat_gateway_id": ("aws_nat_gateway",),
    "transit_gateway_id": ("aws_ec2_transit_gateway",),
    "vpc_peering_connection_id": ("aws_vpc_peering_connection",),
    "network_interface_id": ("aws_network_interface",),
    "vpc_endpoint_id": ("aws_vpc_endpoint",),
    "egress_only_gateway_id": ("aws_egress_only_internet_gateway",),
    "security_groups": ("aws_security_group",),
    "target_group_arn": ("aws_lb_target_group", "aws_alb_target_group"),
}
"""The types that an argument of a block refers to."""

Block = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def completed(making: Translation, resource: Planned, kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """A resource's properties with what its type needs besides its arguments."""
    if kind == "aws_security_group":
        return {"GroupDescription": resource.address, "SecurityGroupEgress": [_NOTHING], **properties}
    if kind == "aws_lb":
        scheme = "internal" if making.value(resource, "internal") is True else "internet-facing"
        return {**properties, "Scheme": scheme}
    if kind == "aws_elb":
        internal = making.value(resource, "internal") is True
        return {
            **properties,
            "Scheme": "internal" if internal else "internet-facing",
            "Listeners": list(_listeners(resource)),
        }
    if kind == "aws_lb_listener":
        return {**properties, "DefaultActions": list(_actions(making, resource, "default_action"))}
    if kind == "aws_lambda_function":
        return {"Code": _package(making, resource), **properties}
    if kind == "aws_vpc_endpoint":
        return {"PrivateDnsEnabled": False, **properties}
    return properties


def _package(making: Translation, resource: Planned) -> Any:
    """Where a function's code is: the file that the plan names, beside it, else somewhere that is not here."""
    file = resource.values.get("filename")
    if isinstance(file, str) and (Path(making.file).parent / file).is_file():
        return file
    return {"S3Bucket": "package", "S3Key": resource.address}


def add(making: Translation, resource: Planned, kind: str) -> None:
    """Make what a resource stands for besides itself, or instead of itself."""
    maker = _MAKERS.get(kind)
    if maker is not None:
        maker(making, resource)


def blocks_of(resource: Planned, name: str) -> Iterator[Block]:
    """The blocks of a name: values, what is unknown of them, and how they are written."""
    values, unknown = items(resource.values.get(name)), resource.unknown.get(name)
    written = resource.expressions.get(name)
    for number, block in enumerate(values):
        yield block, _at(unknown, number), _at(written, number) or _shared(resource, name, values, block)


def _shared(resource: Planned, name: str, blocks: list[dict[str, Any]], block: dict[str, Any]) -> dict[str, Any]:
    """How a block is written where a plan lists the references of all blocks together: by the types that fit.

    Where several blocks could mean them, it is not known which does: the blocks themselves are named.
    """
    references = texts(mapping(resource.expressions.get(name)).get("references"))
    found: dict[str, Any] = {}
    for argument, kinds in _REFERRED.items():
        fitting = [text for text in references if text.partition(".")[0] in kinds]
        if argument not in block and fitting:
            alone = sum(argument not in each for each in blocks) == 1
            found[argument] = {"references": fitting if alone else [f"{resource.type}.{resource.name}.{name}"]}
    return found


def _at(value: Any, number: int) -> dict[str, Any]:
    return mapping(value[number]) if isinstance(value, list) and number < len(value) else {}


def _attachment(making: Translation, resource: Planned) -> None:
    vpc_id = making.value(resource, "vpc_id")
    if vpc_id is not None:
        properties = {"VpcId": vpc_id, "InternetGatewayId": {"Ref": resource.address}}
        making.put(resource, "AWS::EC2::VPCGatewayAttachment", properties, ".vpc_id")


def _vpn_attachment(making: Translation, resource: Planned) -> None:
    vpc_id = making.value(resource, "vpc_id")
    if vpc_id is not None:
        properties = {"VpcId": vpc_id, "VpnGatewayId": {"Ref": resource.address}}
        making.put(resource, "AWS::EC2::VPCGatewayAttachment", properties, ".vpc_id")


def _interface_of_eip(making: Translation, resource: Planned) -> None:
    interface = making.value(resource, "network_interface")
    if interface is not None:
        allocation = {"Fn::GetAtt": [resource.address, "AllocationId"]}
        properties = {"AllocationId": allocation, "NetworkInterfaceId": interface}
        making.put(resource, "AWS::EC2::EIPAssociation", properties, ".network_interface")


def _inline_routes(making: Translation, resource: Planned) -> None:
    _routes(making, resource, {"Ref": resource.address})


def _default_table(making: Translation, resource: Planned) -> None:
    table = making.default_of(resource)
    if table is not None:
        _routes(making, resource, table)


def _main_table(making: Translation, resource: Planned) -> None:
    named = {"VpcId": making.value(resource, "vpc_id"), "RouteTableId": making.value(resource, "route_table_id")}
    making.put(resource, MAIN_ROUTE_TABLE, named)


def _default_group(making: Translation, resource: Planned) -> None:
    """The provider takes all rules from a VPC's own group and gives it these."""
    group = making.default_of(resource)
    if group is None:
        return
    making.put(resource, RESTRICTED_DEFAULT_GROUP, {"DefaultSecurityGroupId": group})
    _rules_of(making, resource, group)


def _default_acl(making: Translation, resource: Planned) -> None:
    """The same of a VPC's own ACL."""
    acl = making.default_of(resource)
    if acl is not None:
        making.put(resource, RESTRICTED_DEFAULT_ACL, {"DefaultNetworkAclId": acl})
        _entries_of(making, resource, acl)


def _routes(making: Translation, resource: Planned, table: Any) -> None:
    for number, (values, unknown, written) in enumerate(blocks_of(resource, "route")):
        properties: dict[str, Any] = {"RouteTableId": table}
        for name, target in _ROUTE.items():
            value = making.argument(resource, name, values, unknown, written)
            if value not in (None, ""):
                properties[target] = value
        if not properties.keys() & set(_ROUTE_TARGETS):
            place = f"{resource.address}.route"
            properties["GatewayId"] = Unknown(f"the target of `{place}` is known only after apply", (place,))
        making.put(resource, "AWS::EC2::Route", properties, f".route[{number}]")


def _inline_rules(making: Translation, resource: Planned) -> None:
    _rules_of(making, resource, {"Ref": resource.address})


def _rules_of(making: Translation, resource: Planned, group: Any) -> None:
    for direction in _SIDES:
        for number, block in enumerate(blocks_of(resource, direction)):
            _rules(making, resource, direction, group, block, f".{direction}[{number}]")


def _rule(making: Translation, resource: Planned) -> None:
    """`aws_security_group_rule`: one direction, several peers."""
    direction = str(resource.values.get("type"))
    group = making.value(resource, "security_group_id")
    if direction in _SIDES and group is not None:
        block = resource.values, resource.unknown, resource.expressions
        _rules(making, resource, direction, group, block, "")


def _rules(making: Translation, resource: Planned, direction: str, group: Any, block: Block, part: str) -> None:
    """A resource for each peer of a rule."""
    values, unknown, written = block
    ports = {
        "IpProtocol": str(values.get("protocol", "-1")),
        "FromPort": making.argument(resource, "from_port", values, unknown, written),
        "ToPort": making.argument(resource, "to_port", values, unknown, written),
    }
    peers: list[tuple[str, Any]] = []
    for name, target in _PEERS.items():
        peers += [(target, peer) for peer in _several(making.argument(resource, name, values, unknown, written))]
    for name in ("security_groups", "source_security_group_id"):
        found = _several(making.argument(resource, name, values, unknown, written))
        peers += [("SecurityGroupId", peer) for peer in found]
    if values.get("self") is True:
        peers.append(("SecurityGroupId", group))
    for number, (target, peer) in enumerate(peers):
        _put_rule(making, resource, direction, {"GroupId": group, **_ports(ports), target: peer}, f"{part}.{number}")


def _single_rule(direction: str) -> Callable[[Translation, Planned], None]:
    """`aws_vpc_security_group_…_rule`: one direction, one peer."""

    def make(making: Translation, resource: Planned) -> None:
        found = {target: making.value(resource, name) for name, target in _SINGLE_PEERS.items()}
        peers = {target: peer for target, peer in found.items() if peer is not None}
        ports = {
            "IpProtocol": str(resource.values.get("ip_protocol", "-1")),
            "FromPort": making.value(resource, "from_port"),
            "ToPort": making.value(resource, "to_port"),
        }
        group = {"GroupId": making.value(resource, "security_group_id")}
        _put_rule(making, resource, direction, {**group, **_ports(ports), **peers}, "")

    return make


def _put_rule(making: Translation, resource: Planned, direction: str, rule: dict[str, Any], part: str) -> None:
    peers = {"SecurityGroupId", "PrefixListId"}
    named = {f"{_SIDES[direction]}{name}" if name in peers else name: value for name, value in rule.items()}
    making.put(resource, f"AWS::EC2::SecurityGroup{direction.capitalize()}", named, part)


def _ports(ports: dict[str, Any]) -> dict[str, Any]:
    """A rule's ports; all protocols have none."""
    return {"IpProtocol": "-1"} if ports["IpProtocol"] in ("-1", "all") else ports


def _inline_entries(making: Translation, resource: Planned) -> None:
    _entries_of(making, resource, {"Ref": resource.address})


def _entries_of(making: Translation, resource: Planned, acl: Any) -> None:
    for direction in _SIDES:
        for number, (values, unknown, written) in enumerate(blocks_of(resource, direction)):
            cidr = making.argument(resource, "cidr_block", values, unknown, written)
            egress = direction == "egress"
            entry = _entry(values, {"rule_number": values.get("rule_no"), "rule_action": values.get("action")})
            peer = {"CidrBlock": cidr or None, "Ipv6CidrBlock": values.get("ipv6_cidr_block") or None}
            properties = {"NetworkAclId": acl, "Egress": egress, **peer, **entry}
            making.put(resource, "AWS::EC2::NetworkAclEntry", properties, f".{direction}[{number}]")
    for number, subnet in enumerate(_several(making.value(resource, "subnet_ids"))):
        properties = {"NetworkAclId": acl, "SubnetId": subnet}
        making.put(resource, "AWS::EC2::SubnetNetworkAclAssociation", properties, f".subnet_ids[{number}]")


def _entry_of_acl(making: Translation, resource: Planned) -> None:
    peer = {
        "CidrBlock": making.value(resource, "cidr_block"),
        "Ipv6CidrBlock": resource.values.get("ipv6_cidr_block") or None,
    }
    properties = {"NetworkAclId": making.value(resource, "network_acl_id"), "Egress": resource.values.get("egress")}
    making.put(
        resource, "AWS::EC2::NetworkAclEntry", {**properties, **peer, **_entry(resource.values, resource.values)}
    )


_NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "all": -1}


def _entry(values: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    protocol = str(values.get("protocol", "-1")).lower()
    number = _NUMBERS.get(protocol, protocol)
    entry = {"RuleNumber": named.get("rule_number"), "RuleAction": named.get("rule_action"), "Protocol": number}
    if str(number) in ("6", "17"):
        entry["PortRange"] = {"From": values.get("from_port"), "To": values.get("to_port")}
    if str(number) in ("1", "58"):
        entry["Icmp"] = {"Type": values.get("icmp_type", -1), "Code": values.get("icmp_code", -1)}
    return entry


def _actions(making: Translation, resource: Planned, name: str) -> Iterator[dict[str, Any]]:
    for values, unknown, written in blocks_of(resource, name):
        group = making.argument(resource, "target_group_arn", values, unknown, written)
        yield {"Type": values.get("type"), **({} if group in (None, "") else {"TargetGroupArn": group})}


def _listeners(resource: Planned) -> Iterator[dict[str, Any]]:
    """The listeners of a classic load balancer."""
    for block in items(resource.values.get("listener")):
        yield {
            "LoadBalancerPort": block.get("lb_port"),
            "Protocol": str(block.get("lb_protocol", "tcp")).upper(),
            "InstancePort": block.get("instance_port"),
            "InstanceProtocol": str(block.get("instance_protocol", "tcp")).upper(),
            **({"SSLCertificateId": block["ssl_certificate_id"]} if block.get("ssl_certificate_id") else {}),
        }


def _listener_rule(making: Translation, resource: Planned) -> None:
    conditions = [
        {"Field": field, "Values": inner.get("values")}
        for block in items(resource.values.get("condition"))
        for name, field in (("path_pattern", "path-pattern"), ("host_header", "host-header"))
        for inner in items(block.get(name))
    ]
    properties = {
        "ListenerArn": making.value(resource, "listener_arn"),
        "Priority": resource.values.get("priority"),
        "Conditions": conditions,
        "Actions": list(_actions(making, resource, "action")),
    }
    making.put(resource, "AWS::ElasticLoadBalancingV2::ListenerRule", properties)


def _role_policy(making: Translation, resource: Planned) -> None:
    role = making.value(resource, "role")
    properties = {
        "PolicyName": resource.address,
        "PolicyDocument": making.value(resource, "policy"),
        "Roles": [role],
    }
    making.put(resource, "AWS::IAM::Policy", properties)


def _prefix_list(making: Translation, resource: Planned) -> None:
    entries = [{"Cidr": entry.get("cidr")} for entry in items(resource.values.get("entry")) if entry.get("cidr")]
    properties = {"PrefixListName": resource.values.get("name"), "Entries": entries}
    making.put(resource, "AWS::EC2::PrefixList", properties)


def _hosted_zone(making: Translation, resource: Planned) -> None:
    vpcs = [
        {"VPCId": making.argument(resource, "vpc_id", values, unknown, written)}
        for values, unknown, written in blocks_of(resource, "vpc")
    ]
    making.put(resource, "AWS::Route53::HostedZone", {"Name": resource.values.get("name"), "VPCs": vpcs or None})


def _record(making: Translation, resource: Planned) -> None:
    values = resource.values
    properties = {
        "HostedZoneId": making.value(resource, "zone_id"),
        "Name": values.get("name"),
        "Type": values.get("type"),
        "TTL": values.get("ttl"),
        "ResourceRecords": _several(making.value(resource, "records")) or None,
    }
    for block, unknown, written in blocks_of(resource, "alias"):
        properties["AliasTarget"] = {"DNSName": making.argument(resource, "name", block, unknown, written)}
    making.put(resource, "AWS::Route53::RecordSet", properties)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


_MAKERS: dict[str, Callable[[Translation, Planned], None]] = {
    "aws_internet_gateway": _attachment,
    "aws_vpn_gateway": _vpn_attachment,
    "aws_eip": _interface_of_eip,
    "aws_route_table": _inline_routes,
    "aws_default_route_table": _default_table,
    "aws_main_route_table_association": _main_table,
    "aws_default_security_group": _default_group,
    "aws_default_network_acl": _default_acl,
    "aws_security_group": _inline_rules,
    "aws_security_group_rule": _rule,
    "aws_vpc_security_group_ingress_rule": _single_rule("ingress"),
    "aws_vpc_security_group_egress_rule": _single_rule("egress"),
    "aws_network_acl": _inline_entries,
    "aws_network_acl_rule": _entry_of_acl,
    "aws_lb_listener_rule": _listener_rule,
    "aws_iam_role_policy": _role_policy,
    "aws_ec2_managed_prefix_list": _prefix_list,
    "aws_route53_zone": _hosted_zone,
    "aws_route53_record": _record,
}
PARTS = set(_MAKERS)
"""Types whose resources are made here, by themselves or besides what their table says."""
