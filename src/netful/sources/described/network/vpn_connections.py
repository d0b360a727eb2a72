"""Described VPN connections whose tunnels are down."""

from collections.abc import Iterator

from netful.model.unread import Unread, Weight
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.described.network.gateways import GONE


def down(description: Description) -> Iterator[Unread]:
    """Yield the connections without a tunnel that is up; a gateway of such connections alone may lead nowhere."""
    attachments = description.of("TransitGatewayAttachments")
    of_gateway: dict[str, list[Item]] = {}
    for item in description.of("VpnConnections"):
        if item.text("State") not in GONE:
            of_gateway.setdefault(item.text("VpnGatewayId"), []).append(item)
    for gateway, connections in of_gateway.items():
        for item in filter(_is_down, connections):
            id_ = item.text("VpnConnectionId")
            leading = (one.text("TransitGatewayAttachmentId") for one in attachments if one.text("ResourceId") == id_)
            touched = (id_, *leading, *((gateway,) if gateway and all(map(_is_down, connections)) else ()))
            yield Unread(id_, "VgwTelemetry.Status: DOWN", Weight.BLOCKS, touched, origin=item.origin)


def _is_down(connection: Item) -> bool:
    tunnels = [tunnel.text("Status") for tunnel in connection.parts("VgwTelemetry")]
    return bool(tunnels) and all(status == "DOWN" for status in tunnels)
