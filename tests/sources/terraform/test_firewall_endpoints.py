"""Endpoints of a planned firewall: the status that lists them is known only after apply."""

import pytest

from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

FIREWALL = "aws_networkfirewall_firewall.f"
STATES = f"tolist({FIREWALL}.firewall_status[0].sync_states)"
ROUTE = 'resource "aws_route" "r" {\n  vpc_endpoint_id = TEXT\n}\n'
INLINE = 'resource "aws_route_table" "t" {\n  route {\n    cidr_block      = "0.0.0.0/0"\n    vpc_endpoint_id = TEXT\n  }\n}\n'
MAPPINGS = """
resource "aws_networkfirewall_firewall" "f" {
  dynamic "subnet_mapping" {
    for_each = [aws_subnet.a.id, aws_subnet.b.id]
    content {
      subnet_id = subnet_mapping.value
    }
  }
}
"""


def plan_of(text):
    """A plan with a firewall in two zones, and a table of the first zone that routes to an endpoint."""
    of, plan = {"vpc_id": refers("aws_vpc.v.id")}, Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    for number, zone in enumerate("ab"):
        place = {"cidr_block": f"10.0.{number}.0/24", "availability_zone": f"eu-west-1{zone}"}
        plan.add(f"aws_subnet.{zone}", of, vpc_id=..., **place)
    plan.add(
        FIREWALL, of, name="f", vpc_id=..., firewall_policy_arn="arn", firewall_status=..., subnet_mapping=[{}, {}]
    )
    plan.changes[-1]["change"]["after_unknown"]["subnet_mapping"] = [{"subnet_id": True}] * 2
    status = refers(f"{FIREWALL}.firewall_status", *(["aws_subnet.b.id"] if "aws_subnet.b" in text else []))
    if text.startswith(INLINE[:30]):
        plan.add("aws_route_table.t", {**of, "route": status}, vpc_id=..., route=[{"cidr_block": "0.0.0.0/0"}])
        plan.changes[-1]["change"]["after_unknown"]["route"] = [{"vpc_endpoint_id": True}]
    else:
        plan.add("aws_route_table.t", of, vpc_id=...)
        to = {"route_table_id": refers("aws_route_table.t.id"), "vpc_endpoint_id": status}
        plan.add("aws_route.r", to, route_table_id=..., vpc_endpoint_id=..., destination_cidr_block="0.0.0.0/0")
    tied = {"route_table_id": refers("aws_route_table.t.id"), "subnet_id": refers("aws_subnet.a.id")}
    return plan.add("aws_route_table_association.t", tied, route_table_id=..., subnet_id=...)


@pytest.mark.parametrize("written", [ROUTE, INLINE])
@pytest.mark.parametrize(
    ("text", "subnet", "assumed"),
    [
        (f"element([for s in {STATES} : s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.b.id], 0)", "b", False),
        (f'[for s in {STATES} : s.attachment[0] if s.availability_zone == "eu-west-1b"][0].endpoint_id', "b", False),
        (f"{{ for s in {STATES} : s.availability_zone => s.attachment[0].endpoint_id }}[aws_subnet.b.availability_zone]", "b", False),
        (f"{STATES}[0].attachment[0].endpoint_id", "a", True),
        (f"element({STATES}[*].attachment[0].endpoint_id, 1)", "a", True),
    ],
)  # fmt: skip
def test_a_route_leads_to_the_endpoint_that_its_text_chooses(tmp_path, written, text, subnet, assumed):
    """The order of the endpoints is AWS's: without a choice, one is taken to be that of the table's zone."""
    (tmp_path / "main.tf").write_text(MAPPINGS + (whole := written.replace("TEXT", text)))
    cloud = load([plan_of(whole).write(tmp_path)])
    (route,) = cloud.network.route_tables["aws_route_table.t"].routes
    assert not isinstance(route.target_id, Unknown)
    assert cloud.network.vpc_endpoints[route.target_id].subnet_ids == (f"aws_subnet.{subnet}",)
    assert any("vpc_endpoint_id" in one.what for one in cloud.template.unread) == assumed


def test_a_deployed_firewall_has_the_ids_of_its_endpoints(tmp_path):
    plan = plan_of(ROUTE)
    plan.resources[-2]["values"]["vpc_endpoint_id"] = "vpce-bbbbbbbbbbbbbbbbb"
    plan.apply()
    values = {one["address"]: one["values"] for one in plan.resources}
    ids = {zone: values[f"aws_subnet.{zone}"]["id"] for zone in "ab"}
    values[FIREWALL]["subnet_mapping"] = [{"subnet_id": ids[zone]} for zone in "ab"]
    attached = [{"attachment": [{"subnet_id": ids[zone], "endpoint_id": f"vpce-{zone * 17}"}]} for zone in "ba"]
    values[FIREWALL]["firewall_status"] = [{"sync_states": attached}]
    cloud = load([plan.write_state(tmp_path)])
    (route,) = cloud.network.route_tables["aws_route_table.t"].routes
    assert cloud.network.vpc_endpoints[route.target_id].subnet_ids == ("aws_subnet.b",)
