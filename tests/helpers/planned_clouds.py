"""A drawn network as a Terraform plan: each thing in one of the forms that the AWS provider has for it."""

from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, NAMES
from netful.model.network.route_tables import TargetKind
from netful.model.network.security_groups import PeerKind
from tests.helpers.terraform_plans import Plan, refers

SPELLED = {number: name for name, number in NAMES.items()} | {ALL_PROTOCOLS: "-1"}
TARGETS = {
    TargetKind.INTERNET_GATEWAY: ("gateway_id", "aws_internet_gateway"),
    TargetKind.NAT_GATEWAY: ("nat_gateway_id", "aws_nat_gateway"),
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: ("egress_only_gateway_id", "aws_egress_only_internet_gateway"),
    TargetKind.PEERING: ("vpc_peering_connection_id", "aws_vpc_peering_connection"),
    TargetKind.TRANSIT_GATEWAY: ("transit_gateway_id", "aws_ec2_transit_gateway"),
    TargetKind.VPN_GATEWAY: ("gateway_id", "aws_vpn_gateway"),
}
LISTS = {"own": "aws_ec2_managed_prefix_list.own.id", "s3": "aws_vpc_endpoint.S3.prefix_list_id"}
OPTIONS = {True: "enable", False: "disable"}


def all_of(kind, names):
    """An expression for a list of ids."""
    return {"references": [part for name in names for part in (f"{kind}.{name}.id", f"{kind}.{name}")]}


def snake(words):
    """`NatGateway` as the provider spells it."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in words).lstrip("_")


class Planned:
    """Writes the plan of a network. `random` chooses among the forms."""

    def __init__(self, cloud, random):
        self.cloud, self.network, self.random, self.plan = cloud, cloud.network, random, Plan()
        self.tables, self.separate = {}, set()
        for write in (
            self.vpcs, self.gateways, self.lists, self.groups, self.instances, self.acls, self.hubs, self.routes,
            self.endpoints, self.functions, self.controls, self.balancers, self.sites,
        ):  # fmt: skip
            write()

    def put(self, address, expressions=None, later=None, **values):
        """Add a resource: `expressions` are its references, `later` the blocks with values that are not known."""
        written = expressions or {}
        self.plan.add(address, written, **values, **{name: ... for name in written if name not in values})
        self.plan.changes[-1]["change"]["after_unknown"].update(later or {})

    def either(self):
        """One of two forms."""
        return self.random.random() < 0.5

    def vpcs(self):
        for vpc in self.network.vpcs.values():
            first, *more = vpc.cidr_blocks
            six = {"assign_generated_ipv6_cidr_block": True, "ipv6_cidr_block": str(vpc.ipv6_cidr_blocks[0])} if vpc.ipv6_cidr_blocks else {}  # fmt: skip
            own = {"enable_dns_support": vpc.enable_dns_support, "enable_dns_hostnames": vpc.enable_dns_hostnames}
            self.put(f"aws_vpc.{vpc.id}", cidr_block=str(first), **own, **six)
            of = {"vpc_id": refers(f"aws_vpc.{vpc.id}.id")}
            for number, block in enumerate(vpc.ipv6_cidr_blocks[1:]):
                pool = {"ipv6_ipam_pool_id": "ipam-pool-1", "ipv6_cidr_block": str(block)}
                self.put(f"aws_vpc_ipv6_cidr_block_association.{vpc.id}{number}", of, **pool)
            for number, block in enumerate(more):
                self.put(f"aws_vpc_ipv4_cidr_block_association.{vpc.id}{number}", of, cidr_block=str(block))
        for subnet in self.network.subnets.values():
            block = {"ipv6_native": True} if subnet.ipv6_native else {"cidr_block": str(subnet.cidr_block)}
            six = {"ipv6_cidr_block": str(subnet.ipv6_cidr_block)} if subnet.ipv6_cidr_block else {}
            self.put(
                f"aws_subnet.{subnet.id}", {"vpc_id": refers(f"aws_vpc.{subnet.vpc_id}.id")},
                availability_zone=subnet.availability_zone, enable_dns64=subnet.enable_dns64,
                assign_ipv6_address_on_creation=subnet.assign_ipv6_address_on_creation, **block, **six,
            )  # fmt: skip

    def gateways(self):
        for gateway in self.network.internet_gateways.values():
            address = f"aws_internet_gateway.{gateway.id}"
            of = {"vpc_id": refers(f"aws_vpc.{gateway.vpc_id}.id")}
            if gateway.vpc_id and self.either():
                self.put(address, of)
                continue
            self.put(address)
            if gateway.vpc_id:
                self.put("aws_internet_gateway_attachment.it", {**of, "internet_gateway_id": refers(f"{address}.id")})
        for gateway in self.network.egress_only_internet_gateways.values():
            of = {"vpc_id": refers(f"aws_vpc.{gateway.vpc_id}.id")}
            self.put(f"aws_egress_only_internet_gateway.{gateway.id}", of)
        for address in self.network.elastic_ips.values():
            self.put(f"aws_eip.{address.id}", domain="vpc")
        for nat in self.network.nat_gateways.values():
            self.nat_gateway(nat)

    def nat_gateway(self, nat):
        if not nat.regional:
            at = {"subnet_id": refers(f"aws_subnet.{nat.subnet_id}.id")}
            if nat.public and nat.allocation_ids:
                at["allocation_id"] = refers(f"aws_eip.{nat.allocation_ids[0]}.id")
            self.put(f"aws_nat_gateway.{nat.id}", at, connectivity_type="public" if nat.public else "private")
            return
        zones = [{"availability_zone": zone} for zone in nat.zonal_allocation_ids]
        held = [
            {"availability_zone": {"constant_value": zone}, "allocation_ids": all_of("aws_eip", ids)}
            for zone, ids in nat.zonal_allocation_ids.items()
        ]
        written = {
            "vpc_id": refers(f"aws_vpc.{nat.vpc_id}.id"),
            **({"availability_zone_address": held} if held else {}),
        }
        values = {"availability_zone_address": zones} if zones else {}
        later = {name: [{"allocation_ids": True} for _ in zones] for name in values}
        self.put(f"aws_nat_gateway.{nat.id}", written, later, availability_mode="regional", **values)

    def lists(self):
        blocks = [{"cidr": str(block)} for block in self.network.prefix_lists["pl-own"].cidr_blocks]
        self.put("aws_ec2_managed_prefix_list.own", name="own", entry=blocks)

    def list_of(self, id_):
        return refers(LISTS[id_.removeprefix("pl-")])

    def groups(self):
        for group in self.network.security_groups.values():
            rules = {"ingress": group.ingress, "egress": group.egress}
            own = all(one.peer_kind is PeerKind.CIDR or one.peer == group.id for way in rules.values() for one in way)
            form = self.random.choice(("blocks", "old", "new") if own else ("old", "new"))
            blocks = {way: [self.block(one, group) for one in every] for way, every in rules.items() if every}
            written = {"vpc_id": refers(f"aws_vpc.{group.vpc_id}.id")}
            if form == "blocks":
                written |= {way: [{name: {} for name in one} for one in every] for way, every in blocks.items()}
            self.put(f"aws_security_group.{group.id}", written, **(blocks if form == "blocks" else {}))
            for way, every in rules.items() if form != "blocks" else ():
                for number, rule in enumerate(every):
                    (self.old_rule if form == "old" else self.new_rule)(group, way, number, rule)

    def block(self, rule, group):
        """The provider's older form of a rule; ports of all protocols are 0."""
        every = rule.ip_protocol == ALL_PROTOCOLS
        found = {"protocol": SPELLED[rule.ip_protocol], "from_port": 0 if every else rule.from_port,
                 "to_port": 0 if every else rule.to_port}  # fmt: skip
        if rule.peer_kind is PeerKind.CIDR:
            found["ipv6_cidr_blocks" if rule.peer.version == 6 else "cidr_blocks"] = [str(rule.peer)]
        elif rule.peer == group.id:
            found["self"] = True
        return found

    def old_rule(self, group, way, number, rule):
        of = {"security_group_id": refers(f"aws_security_group.{group.id}.id")}
        values = self.block(rule, group)
        if rule.peer_kind is PeerKind.PREFIX_LIST:
            of["prefix_list_ids"] = self.list_of(rule.peer)
        elif rule.peer_kind is PeerKind.GROUP and rule.peer != group.id:
            of["source_security_group_id"] = refers(f"aws_security_group.{rule.peer}.id")
        own = values.pop("self", None)
        self.put(f"aws_security_group_rule.{group.id}{way}{number}", of, type=way, **values)
        if own:
            self.plan.resources[-1]["values"]["self"] = True

    def new_rule(self, group, way, number, rule):
        of = {"security_group_id": refers(f"aws_security_group.{group.id}.id")}
        values = {"ip_protocol": SPELLED[rule.ip_protocol]}
        if rule.ip_protocol != ALL_PROTOCOLS:
            values |= {"from_port": rule.from_port, "to_port": rule.to_port}
        if rule.peer_kind is PeerKind.CIDR:
            values["cidr_ipv6" if rule.peer.version == 6 else "cidr_ipv4"] = str(rule.peer)
        elif rule.peer_kind is PeerKind.GROUP:
            of["referenced_security_group_id"] = refers(f"aws_security_group.{rule.peer}.id")
        else:
            of["prefix_list_id"] = self.list_of(rule.peer)
        self.put(f"aws_vpc_security_group_{way}_rule.{group.id}{number}", of, **values)

    def instances(self):
        for eni in self.network.network_interfaces.values():
            if eni.owner != "instance":
                continue
            place = {"subnet_id": refers(f"aws_subnet.{eni.subnet_id}.id")}
            groups = all_of("aws_security_group", eni.security_group_ids)
            addresses = [str(one) for one in (eni.private_ip_address, *eni.secondary_private_ip_addresses) if one]
            if len(addresses) > 1 or self.either():
                self.separate.add(eni.id)
                own = {"private_ips": addresses} if addresses else {}
                self.put(
                    f"aws_network_interface.{eni.id}", {**place, "security_groups": groups},
                    source_dest_check=eni.source_dest_check, **own,
                )  # fmt: skip
                named = {"network_interface_id": refers(f"aws_network_interface.{eni.id}.id")}
                self.put(
                    f"aws_instance.{eni.id}", {"network_interface": [named]},
                    {"network_interface": [{"network_interface_id": True}]}, network_interface=[{"device_index": 0}],
                )  # fmt: skip
            else:
                own = {"private_ip": addresses[0]} if addresses else {}
                self.put(
                    f"aws_instance.{eni.id}", {**place, "vpc_security_group_ids": groups},
                    source_dest_check=eni.source_dest_check, **own,
                )  # fmt: skip
            if eni.public_ip:
                self.elastic_ip(eni)

    def elastic_ip(self, eni):
        forms = ("instance", "association", "network_interface")
        form = self.random.choice(forms if eni.id in self.separate else forms[:2])
        instance, interface = refers(f"aws_instance.{eni.id}.id"), refers(f"aws_network_interface.{eni.id}.id")
        named = {"instance": {"instance": instance}, "network_interface": {"network_interface": interface}}
        self.put(f"aws_eip.of_{eni.id}", named.get(form), domain="vpc")
        if form == "association":
            of = {"instance_id": instance, "allocation_id": refers(f"aws_eip.of_{eni.id}.id")}
            self.put(f"aws_eip_association.{eni.id}", of)

    def acls(self):
        for acl in self.network.network_acls.values():
            if acl.default:
                continue
            of = {"vpc_id": refers(f"aws_vpc.{acl.vpc_id}.id")}
            apart, inline = self.either(), self.either()
            subnets = {} if apart else {"subnet_ids": all_of("aws_subnet", acl.subnet_ids)}
            ways = {"ingress": acl.ingress, "egress": acl.egress}
            blocks = {way: [self.entry(one) for one in every] for way, every in ways.items()} if inline else {}
            written = {way: [{name: {} for name in one} for one in every] for way, every in blocks.items()}
            address = f"aws_network_acl.{acl.id}"
            self.put(address, {**of, **subnets, **written}, **blocks)
            for subnet in acl.subnet_ids if apart else ():
                ends = {"subnet_id": refers(f"aws_subnet.{subnet}.id"), "network_acl_id": refers(f"{address}.id")}
                self.put(f"aws_network_acl_association.{subnet}", ends)
            for way, every in ways.items() if not inline else ():
                for entry in every:
                    values = {name: value for name, value in self.entry(entry).items() if value != ""}
                    values |= {"rule_number": values.pop("rule_no"), "rule_action": values.pop("action")}
                    named = {"network_acl_id": refers(f"{address}.id")}
                    self.put(f"aws_network_acl_rule.{way}{entry.rule_number}", named, egress=way == "egress", **values)

    def entry(self, entry):
        """The provider's block for an entry, in which every argument has a value."""
        six = entry.cidr_block.version == 6
        ports, echo = (0, 0), (0, 0)
        if entry.protocol in (ICMP, ICMPV6):
            echo = entry.from_port, entry.to_port
        elif entry.protocol != ALL_PROTOCOLS:
            ports = (0, 65535) if entry.from_port < 0 else (entry.from_port, entry.to_port)
        return {
            "rule_no": entry.rule_number, "protocol": SPELLED[entry.protocol].replace("icmpv6", "58"),
            "action": "allow" if entry.allow else "deny", "from_port": ports[0], "to_port": ports[1], "icmp_type": echo[0],
            "icmp_code": echo[1], "cidr_block": "" if six else str(entry.cidr_block),
            "ipv6_cidr_block": str(entry.cidr_block) if six else "",
        }  # fmt: skip

    def hubs(self):
        for peering in self.network.vpc_peering_connections.values():
            ends = {name: refers(f"aws_vpc.{getattr(peering, name)}.id") for name in ("vpc_id", "peer_vpc_id")}
            self.put(f"aws_vpc_peering_connection.{peering.id}", ends, auto_accept=True)
        for gateway in self.network.transit_gateways.values():
            self.put(
                f"aws_ec2_transit_gateway.{gateway.id}",
                default_route_table_association="disable", default_route_table_propagation="disable",
                security_group_referencing_support=OPTIONS[gateway.security_group_referencing],
                encryption_support=OPTIONS[gateway.encryption_support],
            )  # fmt: skip
        attachment = "aws_ec2_transit_gateway_vpc_attachment"
        for one in self.network.transit_gateway_attachments.values():
            ends = {
                "transit_gateway_id": refers(f"aws_ec2_transit_gateway.{one.transit_gateway_id}.id"),
                "vpc_id": refers(f"aws_vpc.{one.resource_id}.id"), "subnet_ids": all_of("aws_subnet", one.subnet_ids),
            }  # fmt: skip
            self.put(
                f"{attachment}.{one.id}", ends, ipv6_support=OPTIONS[one.ipv6_support],
                security_group_referencing_support=OPTIONS[one.security_group_referencing],
            )  # fmt: skip
        for table in self.network.transit_gateway_route_tables.values():
            address = f"aws_ec2_transit_gateway_route_table.{table.id}"
            self.put(address, {"transit_gateway_id": refers(f"aws_ec2_transit_gateway.{table.transit_gateway_id}.id")})
            of = {"transit_gateway_route_table_id": refers(f"{address}.id")}
            for kind, named in (("association", table.associations), ("propagation", table.propagations)):
                for id_ in named:
                    ends = {**of, "transit_gateway_attachment_id": refers(f"{attachment}.{id_}.id")}
                    self.put(f"aws_ec2_transit_gateway_route_table_{kind}.{id_}", ends)
            for number, route in enumerate(table.routes):
                to = {"transit_gateway_attachment_id": refers(f"{attachment}.{route.attachment_id}.id")}
                self.put(
                    f"aws_ec2_transit_gateway_route.r{number}", {**of, **(to if route.attachment_id else {})},
                    destination_cidr_block=str(route.destination_cidr_block), blackhole=route.blackhole,
                )  # fmt: skip

    def routes(self):
        for table in self.network.route_tables.values():
            if table.gateway_ids == ("Nat",):
                continue  # AWS makes it with the gateway
            name = table.id.replace(".", "-")
            kind, of = "aws_route_table", {"vpc_id": refers(f"aws_vpc.{table.vpc_id}.id")}
            if table.main:
                kind = "aws_default_route_table"
                of = {"default_route_table_id": refers(f"aws_vpc.{table.vpc_id}.default_route_table_id")}
            self.tables[table.id] = address = f"{kind}.{name}"
            routes = [one for one in table.routes if one.target_kind is not TargetKind.VPC_ENDPOINT]
            if self.either():
                ends = [self.ends(route, "cidr_block", "ipv6_cidr_block") for route in routes]
                known = [{name: one for name, one in end.items() if isinstance(one, str)} for end in ends]
                written = [{n: {"constant_value": one} if isinstance(one, str) else one for n, one in end.items()} for end in ends]  # fmt: skip
                unknown = [{name: True for name, one in end.items() if not isinstance(one, str)} for end in ends]
                self.put(address, {**of, "route": written}, {"route": unknown}, route=known)
            else:
                self.put(address, of)
                for number, route in enumerate(routes):
                    end = self.ends(route, "destination_cidr_block", "destination_ipv6_cidr_block")
                    values = {name: one for name, one in end.items() if isinstance(one, str)}
                    named = {name: one for name, one in end.items() if not isinstance(one, str)}
                    self.put(
                        f"aws_route.{name}{number}", {"route_table_id": refers(f"{address}.id"), **named}, **values
                    )
            for subnet in table.subnet_ids:
                ends = {"subnet_id": refers(f"aws_subnet.{subnet}.id"), "route_table_id": refers(f"{address}.id")}
                self.put(f"aws_route_table_association.{subnet}", ends)

    def ends(self, route, block, block6):
        """The destination and the target of a route: texts are known, the rest are references."""
        if route.target_kind is TargetKind.INSTANCE and route.target_id in self.separate:
            target = {"network_interface_id": refers(f"aws_network_interface.{route.target_id}.id")}
        elif route.target_kind is TargetKind.INSTANCE:
            target = {"network_interface_id": refers(f"aws_instance.{route.target_id}.primary_network_interface_id")}
        else:
            argument, kind = TARGETS[route.target_kind]
            target = {argument: refers(f"{kind}.{route.target_id}.id")}
        if route.destination_prefix_list_id:
            return {"destination_prefix_list_id": self.list_of(route.destination_prefix_list_id), **target}
        return {
            block6 if route.destination_cidr_block.version == 6 else block: str(route.destination_cidr_block),
            **target,
        }

    def endpoints(self):
        for endpoint in self.network.vpc_endpoints.values():
            of = {"vpc_id": refers(f"aws_vpc.{endpoint.vpc_id}.id")}
            address = f"aws_vpc_endpoint.{endpoint.id}"
            if endpoint.id == "S3":
                tables = [self.tables[id_] for id_ in endpoint.route_table_ids]
                named = {"references": [part for one in tables for part in (f"{one}.id", one)]}
                whole = bool(tables) and self.either()
                more = {"route_table_ids": named} if whole else {}
                self.put(address, {**of, **more}, service_name=endpoint.service_name, vpc_endpoint_type="Gateway")
                for number, table in enumerate(() if whole else tables):
                    ends = {"vpc_endpoint_id": refers(f"{address}.id"), "route_table_id": refers(f"{table}.id")}
                    self.put(f"aws_vpc_endpoint_route_table_association.a{number}", ends)
                continue
            options = {"dns_options": [{"dns_record_ip_type": endpoint.dns_record_ip_type}]}
            place = {
                "subnet_ids": all_of("aws_subnet", endpoint.subnet_ids),
                "security_group_ids": all_of("aws_security_group", endpoint.security_group_ids),
            }
            kind = {"ip_address_type": endpoint.ip_address_type} if endpoint.ip_address_type else {}
            offered = endpoint.service_name.endswith(".Offered")
            name = {} if offered else {"service_name": endpoint.service_name}
            place |= {"service_name": refers("aws_vpc_endpoint_service.Offered.service_name")} if offered else {}
            self.put(
                address, {**of, **place}, vpc_endpoint_type="Interface", **name, **kind,
                private_dns_enabled=endpoint.private_dns_enabled,
                **(options if endpoint.dns_record_ip_type else {}),
            )  # fmt: skip

    def functions(self):
        for function in self.cloud.compute.functions.values():
            place = {
                "subnet_ids": all_of("aws_subnet", function.subnet_ids),
                "security_group_ids": all_of("aws_security_group", function.security_group_ids),
            }
            six = {"ipv6_allowed_for_dual_stack": function.ipv6_allowed_for_dual_stack}
            self.put(
                f"aws_lambda_function.{function.id}", {"vpc_config": [place]},
                {"vpc_config": [dict.fromkeys(place, True)]}, function_name=function.id, runtime="python3.13",
                handler="a.b", role="arn:aws:iam::123456789012:role/r", vpc_config=[six],
            )  # fmt: skip

    def controls(self):
        for options in self.network.block_public_access_options.values():
            mode = options.internet_gateway_block_mode.value
            self.put("aws_vpc_block_public_access_options.it", internet_gateway_block_mode=mode)
        for one in self.network.block_public_access_exclusions.values():
            kind, id_ = ("vpc", one.vpc_id) if one.vpc_id else ("subnet", one.subnet_id)
            self.put(
                f"aws_vpc_block_public_access_exclusion.{one.id}", {f"{kind}_id": refers(f"aws_{kind}.{id_}.id")},
                internet_gateway_exclusion_mode=one.internet_gateway_exclusion_mode.value,
            )  # fmt: skip
        for control in self.network.encryption_controls.values():
            excluded = {f"{snake(one.value)}_exclusion": OPTIONS[on] for one, on in control.exclusions.items()}
            of = {"vpc_id": refers(f"aws_vpc.{control.vpc_id}.id")}
            self.put(f"aws_vpc_encryption_control.{control.id}", of, mode=control.mode.value, **excluded)

    def balancers(self):
        for one in self.cloud.balancing.load_balancers.values():
            groups = (
                {"security_groups": all_of("aws_security_group", one.security_group_ids)}
                if one.security_group_ids
                else {}
            )
            enforced = "on" if one.enforce_inbound_rules_on_private_link else "off"
            self.put(
                f"aws_lb.{one.id}", {"subnets": all_of("aws_subnet", one.subnet_ids), **groups}, load_balancer_type="network",
                internal=one.internal, enable_cross_zone_load_balancing=one.cross_zone,
                enforce_security_group_inbound_rules_on_private_link_traffic=enforced,
            )  # fmt: skip
        for one in self.cloud.balancing.listeners.values():
            action = {
                "target_group_arn": refers(f"aws_lb_target_group.{one.default_actions[0].target_group_ids[0]}.arn")
            }
            of = {"load_balancer_arn": refers(f"aws_lb.{one.load_balancer_id}.arn"), "default_action": [action]}
            self.put(
                f"aws_lb_listener.{one.id}", of, {"default_action": [{"target_group_arn": True}]}, port=one.port,
                protocol=one.protocol, default_action=[{"type": "forward"}],
            )  # fmt: skip
        for group in self.cloud.balancing.target_groups.values():
            keeps = (
                {}
                if group.preserve_client_ip is None
                else {"preserve_client_ip": str(group.preserve_client_ip).lower()}
            )
            self.put(
                f"aws_lb_target_group.{group.id}", {"vpc_id": refers(f"aws_vpc.{group.vpc_id}.id")}, port=group.port,
                protocol=group.protocol, target_type=group.target_type, **keeps,
            )  # fmt: skip
            for number, target in enumerate(group.targets):
                of = {"target_group_arn": refers(f"aws_lb_target_group.{group.id}.arn")}
                by_id = group.target_type == "instance"
                more, values = ({"target_id": refers(f"aws_instance.{target.id}.id")}, {}) if by_id else ({}, {"target_id": target.id})  # fmt: skip
                self.put(f"aws_lb_target_group_attachment.t{number}", {**of, **more}, **values)
        for service in self.network.vpc_endpoint_services.values():
            arns = {"references": [f"aws_lb.{id_}.arn" for id_ in service.load_balancer_ids]}
            self.put(
                f"aws_vpc_endpoint_service.{service.id}",
                {"network_load_balancer_arns": arns},
                acceptance_required=False,
            )

    def sites(self):
        for gateway in self.network.vpn_gateways.values():
            vpc = {"vpc_id": refers(f"aws_vpc.{gateway.vpc_id}.id")}
            apart = self.either()
            self.put(f"aws_vpn_gateway.{gateway.id}", {} if apart else vpc)
            if apart:
                self.put(
                    "aws_vpn_gateway_attachment.it",
                    {**vpc, "vpn_gateway_id": refers(f"aws_vpn_gateway.{gateway.id}.id")},
                )
        for vpn in self.network.vpn_connections.values():
            self.put("aws_customer_gateway.it", type="ipsec.1", ip_address="198.51.100.7", bgp_asn="65000")
            ends = {
                "vpn_gateway_id": refers(f"aws_vpn_gateway.{vpn.vpn_gateway_id}.id"),
                "customer_gateway_id": refers("aws_customer_gateway.it.id"),
            }
            self.put(f"aws_vpn_connection.{vpn.id}", ends, type="ipsec.1", static_routes_only=True)
            for number, block in enumerate(vpn.routes):
                of = {"vpn_connection_id": refers(f"aws_vpn_connection.{vpn.id}.id")}
                self.put(f"aws_vpn_connection_route.r{number}", of, destination_cidr_block=str(block))
