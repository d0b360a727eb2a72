"""A drawn network as a CloudFormation template: each thing in one of the forms that CloudFormation has for it."""

import json

from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6
from netful.model.network.route_tables import TargetKind
from netful.model.network.security_groups import PeerKind

TARGETS = {
    TargetKind.INTERNET_GATEWAY: "GatewayId",
    TargetKind.NAT_GATEWAY: "NatGatewayId",
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: "EgressOnlyInternetGatewayId",
    TargetKind.PEERING: "VpcPeeringConnectionId",
    TargetKind.TRANSIT_GATEWAY: "TransitGatewayId",
    TargetKind.VPN_GATEWAY: "GatewayId",
}
NOWHERE = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
"""The rule of a group that lets nothing out: without any, CloudFormation keeps EC2's own."""

OPTIONS = {True: "enable", False: "disable"}


def ref(id_):
    return {"Ref": named(id_)}


def named(id_):
    """A logical id."""
    return "".join(filter(str.isalnum, id_))


def get(id_, attribute):
    return {"Fn::GetAtt": [named(id_), attribute]}


class Templated:
    """Writes the template of a network. `random` chooses among the forms."""

    def __init__(self, cloud, random):
        self.cloud, self.network, self.random, self.resources = cloud, cloud.network, random, {}
        self.lists = {"pl-own": get("OwnList", "PrefixListId"), "pl-s3": {"Fn::FindInMap": ["Lists", "s3", "id"]}}
        for write in (
            self.vpcs, self.gateways, self.groups, self.instances, self.acls, self.hubs, self.routes, self.endpoints,
            self.functions, self.controls, self.balancers, self.sites,
        ):  # fmt: skip
            write()

    def write(self, folder, s3_list):
        """Write the template into a folder; `s3_list` is the id of the prefix list of S3."""
        file = folder / "template.json"
        lists = {"Lists": {"s3": {"id": s3_list}}}
        file.write_text(json.dumps({"Mappings": lists, "Resources": self.resources}))
        return file

    def put(self, id_, kind, **properties):
        prefix = "" if "::" in kind else "AWS::EC2::"
        self.resources[named(id_)] = {"Type": f"{prefix}{kind}", "Properties": properties}

    def either(self):
        return self.random.random() < 0.5

    def vpcs(self):
        for vpc in self.network.vpcs.values():
            first, *more = vpc.cidr_blocks
            self.put(vpc.id, "VPC", CidrBlock=str(first), EnableDnsSupport=vpc.enable_dns_support,
                     EnableDnsHostnames=vpc.enable_dns_hostnames)  # fmt: skip
            for number, block in enumerate(more):
                self.put(f"{vpc.id}Block{number}", "VPCCidrBlock", VpcId=ref(vpc.id), CidrBlock=str(block))
            for number, block in enumerate(vpc.ipv6_cidr_blocks):
                pool = {"Ipv6IpamPoolId": "ipam-pool-1", "Ipv6CidrBlock": str(block)}
                self.put(f"{vpc.id}Six{number}", "VPCCidrBlock", VpcId=ref(vpc.id), **pool)
        for subnet in self.network.subnets.values():
            own = {"Ipv6Native": True} if subnet.ipv6_native else {"CidrBlock": str(subnet.cidr_block)}
            if subnet.ipv6_cidr_block:
                whole = self.network.vpcs[subnet.vpc_id].ipv6_cidr_blocks[0]
                number = int(subnet.ipv6_cidr_block.network_address - int(whole.network_address)) >> 64
                blocks = {"Fn::Cidr": [{"Fn::Select": [0, get(subnet.vpc_id, "Ipv6CidrBlocks")]}, 256, 64]}
                own["Ipv6CidrBlock"] = (
                    {"Fn::Select": [number, blocks]}
                    if 0 <= number < 256 and self.either()
                    else str(subnet.ipv6_cidr_block)
                )
            zone = {"Fn::Select": ["abc".index(subnet.availability_zone[-1]), {"Fn::GetAZs": ""}]}
            self.put(
                subnet.id, "Subnet", VpcId=ref(subnet.vpc_id), EnableDns64=subnet.enable_dns64,
                AvailabilityZone=zone if self.either() else subnet.availability_zone,
                AssignIpv6AddressOnCreation=subnet.assign_ipv6_address_on_creation, **own,
            )  # fmt: skip

    def gateways(self):
        for gateway in self.network.internet_gateways.values():
            self.put(gateway.id, "InternetGateway")
            if gateway.vpc_id:
                self.put(
                    "Attached", "VPCGatewayAttachment", VpcId=ref(gateway.vpc_id), InternetGatewayId=ref(gateway.id)
                )
        for gateway in self.network.egress_only_internet_gateways.values():
            self.put(gateway.id, "EgressOnlyInternetGateway", VpcId=ref(gateway.vpc_id))
        for address in self.network.elastic_ips.values():
            self.put(address.id, "EIP", Domain="vpc")
        for nat in self.network.nat_gateways.values():
            if nat.regional:
                zones = [
                    {"AvailabilityZone": zone, "AllocationIds": [get(id_, "AllocationId") for id_ in ids]}
                    for zone, ids in nat.zonal_allocation_ids.items()
                ]
                more = {"AvailabilityZoneAddresses": zones} if zones else {}
                self.put(nat.id, "NatGateway", VpcId=ref(nat.vpc_id), AvailabilityMode="regional", **more)
                continue
            held = (
                {"AllocationId": get(nat.allocation_ids[0], "AllocationId")}
                if nat.public and nat.allocation_ids
                else {}
            )
            kind = "public" if nat.public else "private"
            self.put(nat.id, "NatGateway", SubnetId=ref(nat.subnet_id), ConnectivityType=kind, **held)
        entries = [{"Cidr": str(block)} for block in self.network.prefix_lists["pl-own"].cidr_blocks]
        self.put("OwnList", "PrefixList", PrefixListName="own", AddressFamily="IPv4", MaxEntries=9, Entries=entries)

    def groups(self):
        for group in self.network.security_groups.values():
            own = all(one.peer_kind is not PeerKind.GROUP for one in group.ingress) and self.either()
            inside = {"SecurityGroupIngress": [self.rule(one, "Source") for one in group.ingress]} if own else {}
            out = [self.rule(one, "Destination") for one in group.egress if one.peer_kind is not PeerKind.GROUP]
            self.put(
                group.id, "SecurityGroup", GroupDescription="x", VpcId=ref(group.vpc_id),
                SecurityGroupEgress=out or [NOWHERE], **inside,
            )  # fmt: skip
            for number, rule in enumerate(() if own else group.ingress):
                more = self.rule(rule, "Source")
                self.put(f"{group.id}In{number}", "SecurityGroupIngress", GroupId=get(group.id, "GroupId"), **more)
            for number, rule in enumerate(one for one in group.egress if one.peer_kind is PeerKind.GROUP):
                more = self.rule(rule, "Destination")
                self.put(f"{group.id}Out{number}", "SecurityGroupEgress", GroupId=ref(group.id), **more)

    def rule(self, rule, end):
        ports = {} if rule.ip_protocol == ALL_PROTOCOLS else {"FromPort": rule.from_port, "ToPort": rule.to_port}
        found = {"IpProtocol": str(rule.ip_protocol), **ports}
        if rule.peer_kind is PeerKind.CIDR:
            return {**found, "CidrIpv6" if rule.peer.version == 6 else "CidrIp": str(rule.peer)}
        if rule.peer_kind is PeerKind.GROUP:
            return {**found, f"{end}SecurityGroupId": ref(rule.peer) if self.either() else get(rule.peer, "GroupId")}
        return {**found, f"{end}PrefixListId": self.lists[rule.peer]}

    def instances(self):
        for eni in self.network.network_interfaces.values():
            if eni.owner == "instance":
                self.instance(eni)

    def instance(self, eni):
        groups = [ref(id_) for id_ in eni.security_group_ids]
        addresses = [one for one in (eni.private_ip_address, *eni.secondary_private_ip_addresses) if one]
        listed = [{"PrivateIpAddress": str(one), "Primary": not at} for at, one in enumerate(addresses)]
        primary = {"PrivateIpAddress": str(addresses[0])} if addresses else {}
        place = {"SubnetId": ref(eni.subnet_id)}
        form = self.random.choice(("apart", "attached", "inside", *(("plain",) if len(addresses) < 2 else ())))
        checked = {"SourceDestCheck": eni.source_dest_check}
        if form in ("apart", "attached"):
            own = {"PrivateIpAddresses": listed} if listed else {}
            self.put(f"{eni.id}Eni", "NetworkInterface", GroupSet=groups, **place, **own, **checked)
        if form == "plain":
            self.put(eni.id, "Instance", SecurityGroupIds=groups, **place, **primary, **checked)
        elif form == "inside":
            own = {"PrivateIpAddresses": listed} if len(listed) > 1 else primary
            self.put(
                eni.id,
                "Instance",
                NetworkInterfaces=[{"DeviceIndex": "0", "GroupSet": groups, **place, **own}],
                **checked,
            )
        else:
            named_ = {"NetworkInterfaceId": ref(f"{eni.id}Eni"), "DeviceIndex": "0"}
            self.put(eni.id, "Instance", NetworkInterfaces=[named_])
        if eni.public_ip:
            self.elastic_ip(eni, apart=form in ("apart", "attached"))

    def elastic_ip(self, eni, *, apart):
        form = self.random.choice(("property", "instance", *(("interface",) if apart else ())))
        self.put(f"{eni.id}Eip", "EIP", **({"InstanceId": ref(eni.id)} if form == "property" else {}))
        ends = {"instance": {"InstanceId": ref(eni.id)}, "interface": {"NetworkInterfaceId": ref(f"{eni.id}Eni")}}
        if form in ends:
            allocation = get(f"{eni.id}Eip", "AllocationId")
            self.put(f"{eni.id}Held", "EIPAssociation", AllocationId=allocation, **ends[form])

    def acls(self):
        for acl in self.network.network_acls.values():
            if acl.default:
                continue
            self.put(acl.id, "NetworkAcl", VpcId=ref(acl.vpc_id))
            for egress, entries in ((False, acl.ingress), (True, acl.egress)):
                for one in entries:
                    block = {"Ipv6CidrBlock" if one.cidr_block.version == 6 else "CidrBlock": str(one.cidr_block)}
                    self.put(
                        f"{acl.id}{egress}{one.rule_number}", "NetworkAclEntry", NetworkAclId=ref(acl.id), Egress=egress,
                        RuleNumber=one.rule_number, Protocol=one.protocol, RuleAction="allow" if one.allow else "deny",
                        **block, **self.ports(one),
                    )  # fmt: skip
            for subnet in acl.subnet_ids:
                ends = {"SubnetId": ref(subnet), "NetworkAclId": ref(acl.id)}
                self.put(f"{acl.id}Of{subnet}", "SubnetNetworkAclAssociation", **ends)

    def ports(self, entry):
        if entry.protocol in (ICMP, ICMPV6):
            return {"Icmp": {"Type": entry.from_port, "Code": entry.to_port}}
        if entry.protocol == ALL_PROTOCOLS:
            return {}
        first, last = (0, 65535) if entry.from_port < 0 else (entry.from_port, entry.to_port)
        return {"PortRange": {"From": first, "To": last}}

    def hubs(self):
        for peering in self.network.vpc_peering_connections.values():
            self.put(peering.id, "VPCPeeringConnection", VpcId=ref(peering.vpc_id), PeerVpcId=ref(peering.peer_vpc_id))
        for gateway in self.network.transit_gateways.values():
            self.put(
                gateway.id, "TransitGateway", DefaultRouteTableAssociation="disable", DefaultRouteTablePropagation="disable",
                SecurityGroupReferencingSupport=OPTIONS[gateway.security_group_referencing],
                EncryptionSupport=OPTIONS[gateway.encryption_support],
            )  # fmt: skip
        for one in self.network.transit_gateway_attachments.values():
            kind = self.random.choice(("TransitGatewayAttachment", "TransitGatewayVpcAttachment"))
            self.put(
                one.id, kind, TransitGatewayId=ref(one.transit_gateway_id), VpcId=ref(one.resource_id),
                SubnetIds=[ref(id_) for id_ in one.subnet_ids],
                Options={
                    "SecurityGroupReferencingSupport": OPTIONS[one.security_group_referencing],
                    "Ipv6Support": OPTIONS[one.ipv6_support],
                },
            )  # fmt: skip
        for table in self.network.transit_gateway_route_tables.values():
            self.put(table.id, "TransitGatewayRouteTable", TransitGatewayId=ref(table.transit_gateway_id))
            of = {"TransitGatewayRouteTableId": ref(table.id)}
            for kind, ids in (("Association", table.associations), ("Propagation", table.propagations)):
                for id_ in ids:
                    self.put(
                        f"{kind}{id_}", f"TransitGatewayRouteTable{kind}", TransitGatewayAttachmentId=ref(id_), **of
                    )
            for number, route in enumerate(table.routes):
                to = {"TransitGatewayAttachmentId": ref(route.attachment_id)} if route.attachment_id else {}
                block = str(route.destination_cidr_block)
                self.put(
                    f"Static{number}",
                    "TransitGatewayRoute",
                    DestinationCidrBlock=block,
                    Blackhole=route.blackhole,
                    **of,
                    **to,
                )

    def routes(self):
        """A template does not change main tables: the subnets of one have a table with its routes."""
        tables = self.network.route_tables.values()
        others = {id_ for table in tables for id_ in table.subnet_ids}
        for table in tables:
            if table.gateway_ids == ("Nat",):
                continue  # AWS makes it with the gateway
            self.put(table.id, "RouteTable", VpcId=ref(table.vpc_id))
            for number, route in enumerate(table.routes):
                if route.target_kind is not TargetKind.VPC_ENDPOINT:
                    ends = self.ends(route)
                    self.put(f"{table.id}Route{number}", "Route", RouteTableId=ref(table.id), **ends)
            own = (
                one.id for one in self.network.subnets.values() if one.vpc_id == table.vpc_id and one.id not in others
            )
            for subnet in own if table.main else table.subnet_ids:
                ends = {"SubnetId": ref(subnet), "RouteTableId": ref(table.id)}
                self.put(f"{table.id}Of{subnet}", "SubnetRouteTableAssociation", **ends)

    def ends(self, route):
        if route.target_kind is TargetKind.INSTANCE:
            apart = f"{named(route.target_id)}Eni" in self.resources
            target = {"InstanceId": ref(route.target_id)}
            if apart and self.either():
                target = {"NetworkInterfaceId": ref(f"{route.target_id}Eni")}
        else:
            target = {TARGETS[route.target_kind]: ref(route.target_id)}
        if route.destination_prefix_list_id:
            return {"DestinationPrefixListId": self.lists[route.destination_prefix_list_id], **target}
        block = route.destination_cidr_block
        return {"DestinationIpv6CidrBlock" if block.version == 6 else "DestinationCidrBlock": str(block), **target}

    def endpoints(self):
        for endpoint in self.network.vpc_endpoints.values():
            name = endpoint.service_name.removesuffix(".Offered")
            called = name if name == endpoint.service_name else {"Fn::Sub": f"{name}.${{Offered}}"}
            of = {"VpcId": ref(endpoint.vpc_id), "ServiceName": called}
            if endpoint.id == "S3":
                tables = [ref(id_) for id_ in endpoint.route_table_ids]
                kind = {"VpcEndpointType": "Gateway"} if self.either() else {}
                self.put("OfS3", "VPCEndpoint", RouteTableIds=tables, **of, **kind)
                continue
            options = (
                {"DnsOptions": {"DnsRecordIpType": endpoint.dns_record_ip_type}} if endpoint.dns_record_ip_type else {}
            )
            options |= {"IpAddressType": endpoint.ip_address_type} if endpoint.ip_address_type else {}
            self.put(
                endpoint.id, "VPCEndpoint", VpcEndpointType="Interface", SubnetIds=[ref(id_) for id_ in endpoint.subnet_ids],
                SecurityGroupIds=[ref(id_) for id_ in endpoint.security_group_ids],
                PrivateDnsEnabled=endpoint.private_dns_enabled, **of, **options,
            )  # fmt: skip

    def functions(self):
        for function in self.cloud.compute.functions.values():
            place = {
                "SubnetIds": [ref(id_) for id_ in function.subnet_ids],
                "SecurityGroupIds": [ref(id_) for id_ in function.security_group_ids],
                "Ipv6AllowedForDualStack": function.ipv6_allowed_for_dual_stack,
            }
            self.put(
                function.id, "AWS::Lambda::Function", Runtime="python3.13", Handler="a.b", Code={"ZipFile": "x"},
                Role="arn:aws:iam::123456789012:role/r", VpcConfig=place,
            )  # fmt: skip

    def controls(self):
        for options in self.network.block_public_access_options.values():
            mode = options.internet_gateway_block_mode.value
            self.put("Blocked", "VPCBlockPublicAccessOptions", InternetGatewayBlockMode=mode)
        for one in self.network.block_public_access_exclusions.values():
            where = {"VpcId": ref(one.vpc_id)} if one.vpc_id else {"SubnetId": ref(one.subnet_id)}
            mode = one.internet_gateway_exclusion_mode.value
            self.put(one.id, "VPCBlockPublicAccessExclusion", InternetGatewayExclusionMode=mode, **where)
        for control in self.network.encryption_controls.values():
            excluded = {f"{kind.value}ExclusionInput": OPTIONS[on] for kind, on in control.exclusions.items()}
            self.put(control.id, "VPCEncryptionControl", VpcId=ref(control.vpc_id), Mode=control.mode.value, **excluded)

    def balancers(self):
        elb = "AWS::ElasticLoadBalancingV2::"
        for one in self.cloud.balancing.load_balancers.values():
            groups = {"SecurityGroups": [ref(id_) for id_ in one.security_group_ids]} if one.security_group_ids else {}
            zones = {"Key": "load_balancing.cross_zone.enabled", "Value": str(one.cross_zone).lower()}
            self.put(
                one.id, f"{elb}LoadBalancer", Type="network", Scheme="internal" if one.internal else "internet-facing",
                Subnets=[ref(id_) for id_ in one.subnet_ids], LoadBalancerAttributes=[zones],
                EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="on" if one.enforce_inbound_rules_on_private_link else "off",
                **groups,
            )  # fmt: skip
        for one in self.cloud.balancing.listeners.values():
            actions = [{"Type": "forward", "TargetGroupArn": ref(one.default_actions[0].target_group_ids[0])}]
            self.put(
                one.id, f"{elb}Listener", LoadBalancerArn=ref(one.load_balancer_id), Port=one.port, Protocol=one.protocol,
                DefaultActions=actions,
            )  # fmt: skip
        for group in self.cloud.balancing.target_groups.values():
            by_id = group.target_type == "instance"
            targets = [{"Id": ref(target.id) if by_id else target.id} for target in group.targets]
            keeps = {None: [], True: ["true"], False: ["false"]}[group.preserve_client_ip]
            self.put(
                group.id, f"{elb}TargetGroup", VpcId=ref(group.vpc_id), Port=group.port, Protocol=group.protocol,
                TargetType=group.target_type, Targets=targets,
                TargetGroupAttributes=[{"Key": "preserve_client_ip.enabled", "Value": value} for value in keeps],
            )  # fmt: skip
        for service in self.network.vpc_endpoint_services.values():
            balancers = [ref(id_) for id_ in service.load_balancer_ids]
            self.put(service.id, "VPCEndpointService", NetworkLoadBalancerArns=balancers, AcceptanceRequired=False)

    def sites(self):
        for gateway in self.network.vpn_gateways.values():
            self.put(gateway.id, "VPNGateway", Type="ipsec.1")
            self.put(f"{gateway.id}Of", "VPCGatewayAttachment", VpcId=ref(gateway.vpc_id), VpnGatewayId=ref(gateway.id))
        for vpn in self.network.vpn_connections.values():
            self.put("Customer", "CustomerGateway", Type="ipsec.1", IpAddress="198.51.100.7", BgpAsn=65000)
            self.put(
                vpn.id, "VPNConnection", Type="ipsec.1", VpnGatewayId=ref(vpn.vpn_gateway_id), StaticRoutesOnly=True,
                CustomerGatewayId=ref("Customer"),
            )  # fmt: skip
            for number, block in enumerate(vpn.routes):
                self.put(
                    f"Site{number}", "VPNConnectionRoute", VpnConnectionId=ref(vpn.id), DestinationCidrBlock=str(block)
                )
