"""Flow logs of a plan: the argument that names the resource says its type."""

from collections.abc import Mapping
from typing import Any

from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Completion, Translation

_RESOURCES = {
    "vpc_id": "VPC", "subnet_id": "Subnet", "eni_id": "NetworkInterface", "transit_gateway_id": "TransitGateway",
    "transit_gateway_attachment_id": "TransitGatewayAttachment", "regional_nat_gateway_id": "RegionalNatGateway",
}  # fmt: skip


def _resource(making: Translation, resource: Planned) -> dict[str, Any]:
    named = [(kind, value) for name, kind in _RESOURCES.items() if (value := making.value(resource, name)) is not None]
    return {"ResourceType": named[-1][0], "ResourceId": named[-1][1]} if named else {}


COMPLETIONS: Mapping[str, Completion] = {"aws_flow_log": _resource}
