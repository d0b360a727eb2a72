"""Flows through transit gateways: the fields that only their logs have, and the route that a lost packet lacked (newer-aws §13.1)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.engine.flow_logs.places import zone_id_of
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import network_of
from netful.engine.flows.ruling import Ruling
from netful.engine.routing import transit_gateway_route_tables
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.flow_logs import Action, FlowLogResourceType, FlowRecord, SeenFlow, Transit
from netful.model.network.transit_gateways import AttachmentKind
from netful.model.network.vpc import Vpc


class _End(Frozen):
    """The attachment by which a flow comes or leaves; no attachment for what is lost."""

    cloud: Cloud
    attachment_id: str | None
    subnet_id: str | None

    @property
    def vpc(self) -> Vpc | None:
        one = self.cloud.network.transit_gateway_attachments.get(self.attachment_id or "")
        if one is None or one.kind is not AttachmentKind.VPC or not isinstance(one.resource_id, str):
            return None
        return self.cloud.network.vpcs.get(one.resource_id)

    def value(self, name: str) -> object:
        """Return the value of a field of one end, named without its end."""
        if name == "subnet-id":
            return self.cloud.aws_id(self.subnet_id) if self.subnet_id else None
        if name == "az-id":
            return zone_id_of(self.cloud, self.subnet_id)
        if self.vpc is None:
            return None
        return self.cloud.aws_id(self.vpc.id) if name == "vpc-id" else self.vpc.owner_id or self.cloud.account_id


def _at(transit: Transit, cloud: Cloud, record: FlowRecord, *, source: bool) -> _End:
    near = _End(cloud, record.flow.interface_id, transit.subnet_id)
    far = _End(cloud, transit.pair_id, transit.pair_subnet_id)
    return far if source is record.flow.egress else near


Value = Callable[[Transit, Cloud, FlowRecord], Any]


def _of_end(name: str, *, source: bool) -> Value:
    return lambda transit, cloud, record: _at(transit, cloud, record, source=source).value(name)


def _lost(code: Code, _transit: Transit, cloud: Cloud, record: FlowRecord) -> int:
    blackhole = lost_by(cloud, record.flow).code is Code.TGW_RTB_BAD_STATE_ROUTE
    lost = record.flow.action is Action.REJECT and blackhole is (code is Code.TGW_RTB_BAD_STATE_ROUTE)
    return record.packets if lost else 0


VALUES: Mapping[str, Value] = {
    "resource-type": lambda _transit, _cloud, _record: FlowLogResourceType.TRANSIT_GATEWAY,
    "tgw-id": lambda transit, cloud, _record: cloud.aws_id(transit.transit_gateway_id),
    "tgw-attachment-id": lambda _transit, cloud, record: cloud.aws_id(record.flow.interface_id),
    "tgw-pair-attachment-id": lambda transit, cloud, _record: transit.pair_id and cloud.aws_id(transit.pair_id),
    **{
        f"tgw-{end}-{name}": _of_end(name, source=end == "src")
        for end in ("src", "dst")
        for name in ("vpc-account-id", "vpc-id", "subnet-id", "az-id")
    },
    "packets-lost-no-route": partial(_lost, Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT),
    "packets-lost-blackhole": partial(_lost, Code.TGW_RTB_BAD_STATE_ROUTE),
    "packets-lost-mtu-exceeded": lambda _transit, _cloud, _record: 0,
    "packets-lost-ttl-expired": lambda _transit, _cloud, _record: 0,
}


def lost_by(cloud: Cloud, flow: SeenFlow) -> Ruling:
    """Return the ruling that a transit gateway does not carry a flow by the attachment that it comes by."""
    attachment = cloud.network.transit_gateway_attachments.get(flow.interface_id)
    table = transit_gateway_route_tables.table_of(cloud, attachment) if attachment is not None else None
    if table is None:
        rule, code = "is associated with no route table", Code.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION
        return Ruling("deny", flow.interface_id, rule, code)
    entry = transit_gateway_route_tables.select(cloud, table, network_of(flow.destination)).entry
    if entry is not None and entry.blackhole:
        return Ruling("deny", table.id, f"{entry}, a blackhole", Code.TGW_RTB_BAD_STATE_ROUTE, entry.origin)
    rule, code = f"no route to {flow.destination}", Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT
    return Ruling("deny", table.id, rule, code, table.origin)
