"""Terraform plans, written as `terraform show -json` prints them."""

import json

REGION = {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}}


def refers(*names):
    return {"references": [part for name in names for part in (name, name.rpartition(".")[0])]}


PREFIXES = {
    "aws_vpc": "vpc", "aws_subnet": "subnet", "aws_internet_gateway": "igw", "aws_egress_only_internet_gateway": "eigw",
    "aws_nat_gateway": "nat", "aws_eip": "eipalloc", "aws_route_table": "rtb", "aws_security_group": "sg",
    "aws_network_acl": "acl", "aws_instance": "i", "aws_network_interface": "eni", "aws_vpc_endpoint": "vpce",
    "aws_vpc_endpoint_service": "vpce-svc", "aws_vpc_peering_connection": "pcx", "aws_ec2_transit_gateway": "tgw",
    "aws_ec2_transit_gateway_vpc_attachment": "tgw-attach", "aws_ec2_transit_gateway_route_table": "tgw-rtb",
    "aws_ec2_managed_prefix_list": "pl", "aws_vpn_gateway": "vgw", "aws_vpn_connection": "vpn", "aws_customer_gateway": "cgw",
}  # fmt: skip
"""Beginnings of AWS's ids."""

MADE = {
    "aws_vpc": {"default_route_table_id": "rtb", "default_security_group_id": "sg", "default_network_acl_id": "acl"},
    "aws_instance": {"primary_network_interface_id": "eni"},
    "aws_vpc_endpoint": {"prefix_list_id": "pl"},
    "aws_nat_gateway": {"route_table_id": "rtb"},
}
"""What AWS makes with a resource: the attributes that have the ids, and their beginnings."""

_ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
NAMED = {
    "aws_lb": f"{_ELB}:loadbalancer/net",
    "aws_lb_target_group": f"{_ELB}:targetgroup",
    "aws_lb_listener": f"{_ELB}:listener/net",
}
"""Types whose ids are ARNs."""


def referred(own, expression, *, several):
    """The value of an expression: that of its attribute, or those of several."""
    found = []
    for text in expression["references"]:
        address, _, attribute = text.rpartition(".")
        if address in own:
            found.append(own[address][attribute])
    return found if several else found[0]


def fill(own, values, written):
    """Put the values of the references of a block, or of a resource, where they are not known."""
    for name, expression in written.items():
        if isinstance(expression, list):
            for block, inner in zip(values[name], expression, strict=True):
                fill(own, block, inner)
        elif "references" in expression and name not in values:
            values[name] = referred(own, expression, several=name in SEVERAL)


SEVERAL = ("subnet_ids", "subnets", "security_group_ids", "security_groups", "vpc_security_group_ids", "route_table_ids",
           "prefix_list_ids", "allocation_ids", "network_load_balancer_arns")  # fmt: skip
"""Arguments with lists."""


class Plan:
    """Builds a plan: each resource with its known values, what is known after apply, and how it is written."""

    def __init__(self):
        self.resources, self.changes, self.configuration = [], [], {}
        self.modules, self.calls = {}, {}

    def add(self, address, expressions=None, index=None, module=None, **values):
        place = address.removeprefix(f"{module}.") if module else address
        kind, _, name = place.partition(".")
        name = name.partition("[")[0]
        known = {key: value for key, value in values.items() if value is not ...}
        unknown = {key: True for key, value in values.items() if value is ...} | {"id": True}
        resource = {"address": address, "mode": "managed", "type": kind, "name": name, "values": known}
        if index is not None:
            resource["index"] = index
        (self.modules.setdefault(module, []) if module else self.resources).append(resource)
        self.changes.append({"address": address, "change": {"actions": ["create"], "after_unknown": unknown}})
        written = {
            "address": f"{kind}.{name}",
            "mode": "managed",
            "type": kind,
            "name": name,
            "expressions": expressions or {},
        }
        holder = (
            self.calls[module.removeprefix("module.").partition("[")[0]]["module"] if module else self.configuration
        )
        if written not in holder.setdefault("resources", []):
            holder["resources"].append(written)
        return self

    def apply(self):
        """Make it the plan of what is deployed already: ids, and all that refers to them, are known."""
        own = {}
        for number, resource in enumerate(self.resources, 1):
            address, kind, values = resource["address"], resource["type"], resource["values"]
            made = f"{PREFIXES.get(kind, 'tf')}-{number:017x}"
            own[address] = {
                "id": made,
                **{name: f"{prefix}-{number:017x}" for name, prefix in MADE.get(kind, {}).items()},
            }
            if kind in NAMED:
                own[address]["arn"] = own[address]["id"] = f"{NAMED[kind]}/{address.rpartition('.')[2]}/{number:016x}"
            if kind == "aws_vpc_endpoint_service":
                own[address]["service_name"] = f"com.amazonaws.vpce.eu-west-1.{made}"
            values |= own[address]
        for resource in self.resources:
            if resource["type"] == "aws_default_route_table":
                written = self.written(resource)["default_route_table_id"]
                resource["values"]["id"] = own[resource["address"]]["id"] = referred(own, written, several=False)
        for resource, change in zip(self.resources, self.changes, strict=True):
            fill(own, resource["values"], self.written(resource))
            change["change"] = {"actions": ["no-op"], "after_unknown": {}}
        return self

    def written(self, resource):
        """The expressions of a resource."""
        every = {one["address"]: one["expressions"] for one in self.configuration["resources"]}
        return every[f"{resource['type']}.{resource['name']}"]

    @property
    def values(self):
        modules = [{"address": name, "resources": found} for name, found in self.modules.items()]
        return {"root_module": {"resources": self.resources, "child_modules": modules}}

    def write_state(self, folder):
        """Write what Terraform shows without a plan: the state."""
        file = folder / "state.json"
        file.write_text(json.dumps({"format_version": "1.0", "terraform_version": "1.9.0", "values": self.values}))
        return file

    def write(self, folder, **more):
        configuration = {"provider_config": REGION, "root_module": {**self.configuration, "module_calls": self.calls}}
        plan = {
            "format_version": "1.2",
            "terraform_version": "1.9.0",
            "planned_values": self.values,
            "resource_changes": self.changes,
            "configuration": configuration,
            **more,
        }
        file = folder / "plan.json"
        file.write_text(json.dumps(plan))
        return file


def network():
    """A VPC with two public subnets by count, a private one, a NAT gateway, and a function."""
    plan = Plan()
    vpc = {"vpc_id": refers("aws_vpc.main.id")}
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, enable_dns_support=True)
    for number in (0, 1):
        plan.add(
            f"aws_subnet.public[{number}]", {**vpc, "cidr_block": {"references": ["count.index"]}}, number,
            vpc_id=..., cidr_block=f"10.0.{number}.0/24", availability_zone=f"eu-west-1{'ab'[number]}", map_public_ip_on_launch=True,
        )  # fmt: skip
    plan.add("aws_subnet.private", vpc, vpc_id=..., cidr_block="10.0.9.0/24", availability_zone="eu-west-1a")
    plan.add("aws_internet_gateway.igw", vpc, vpc_id=...)
    plan.add("aws_eip.nat", domain="vpc")
    nat = {"subnet_id": {"references": ["aws_subnet.public[0].id", "aws_subnet.public[0]", "aws_subnet.public"]}}
    plan.add(
        "aws_nat_gateway.nat", {**nat, "allocation_id": refers("aws_eip.nat.id")}, subnet_id=..., allocation_id=...
    )
    plan.add(
        "aws_route_table.public",
        {**vpc, "route": {"references": ["aws_internet_gateway.igw.id", "aws_internet_gateway.igw"]}},
        vpc_id=..., route=[{"cidr_block": "0.0.0.0/0"}],
    )  # fmt: skip
    plan.add("aws_route_table.private", vpc, vpc_id=...)
    plan.add(
        "aws_route.out",
        {"route_table_id": refers("aws_route_table.private.id"), "nat_gateway_id": refers("aws_nat_gateway.nat.id")},
        route_table_id=..., nat_gateway_id=..., destination_cidr_block="0.0.0.0/0",
    )  # fmt: skip
    for number in (0, 1):
        plan.add(
            f"aws_route_table_association.public[{number}]",
            {"subnet_id": {"references": ["aws_subnet.public", "count.index"]}, "route_table_id": refers("aws_route_table.public.id")},
            number, subnet_id=..., route_table_id=...,
        )  # fmt: skip
    plan.add(
        "aws_route_table_association.private",
        {"subnet_id": refers("aws_subnet.private.id"), "route_table_id": refers("aws_route_table.private.id")},
        subnet_id=..., route_table_id=...,
    )  # fmt: skip
    plan.add("aws_security_group.fn", vpc, vpc_id=..., name="fn")
    plan.add(
        "aws_lambda_function.orders",
        {"vpc_config": [{"subnet_ids": refers("aws_subnet.private.id"), "security_group_ids": refers("aws_security_group.fn.id")}],
         "role": refers("aws_iam_role.fn.arn")},
        function_name="orders", runtime="python3.12", handler="index.handler", timeout=5, role=..., vpc_config=[{}],
    )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["vpc_config"] = [{"subnet_ids": True, "security_group_ids": True}]
    plan.add("aws_iam_role.fn", name="fn", assume_role_policy='{"Version": "2012-10-17", "Statement": []}')
    return plan


def everything_out(plan):
    """Let the function's group send anything anywhere."""
    group = {"security_group_id": refers("aws_security_group.fn.id")}
    return plan.add(
        "aws_vpc_security_group_egress_rule.all", group, security_group_id=..., ip_protocol="-1", cidr_ipv4="0.0.0.0/0"
    )
