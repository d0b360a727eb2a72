"""Hypothesis strategies for networks on-premises: behind a VPN of a VPC's own gateway, or behind a transit gateway."""

from dataclasses import replace
from ipaddress import IPv4Network

from hypothesis import strategies as st

from netful.model.network.gateways import VpnGateway
from netful.model.network.route_tables import Route, TargetKind
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    VpnConnection,
)
from tests.helpers.draw_balancers import opened

SITE = IPv4Network("192.168.0.0/16")


@st.composite
def sites(draw, parts):
    """A cloud's parts with a site; its routes there and back may be missing."""
    parts = parts | {"security_groups": draw(opened(parts, SITE))}
    if parts.get("transit_gateways"):
        return draw(_behind_transit_gateway(parts))
    return parts | {
        "vpn_gateways": {"Vgw": VpnGateway("Vgw", "V")},
        "vpn_connections": {"Vpn": VpnConnection("Vpn", vpn_gateway_id="Vgw", routes=(SITE,))},
        "route_tables": draw(_routed(parts, TargetKind.VPN_GATEWAY, "Vgw")),
    }


@st.composite
def _behind_transit_gateway(draw, parts):
    kind = draw(st.sampled_from((AttachmentKind.VPN, AttachmentKind.DIRECT_CONNECT)))
    attachment = TransitGatewayAttachment("ASite", "Tgw", kind, "Vpn" if kind is AttachmentKind.VPN else "Dxgw")
    table = parts["transit_gateway_route_tables"]["Rtb"]
    static = TransitGatewayRoute("static-site", SITE, "ASite")
    learns = kind is AttachmentKind.VPN and draw(st.booleans())
    table = replace(
        table,
        routes=(*table.routes, *(() if learns else (static,))),
        associations=(*table.associations, *draw(st.sampled_from((("ASite",), ("ASite",), ("ASite",), ())))),
        propagations=(*table.propagations, *(("ASite",) if learns else ())),
    )
    vpn = VpnConnection("Vpn", transit_gateway_id="Tgw", routes=(SITE,))
    return parts | {
        "route_tables": draw(_routed(parts, TargetKind.TRANSIT_GATEWAY, "Tgw")),
        "transit_gateway_attachments": parts["transit_gateway_attachments"] | {"ASite": attachment},
        "transit_gateway_route_tables": {"Rtb": table},
        "vpn_connections": {"Vpn": vpn} if kind is AttachmentKind.VPN else {},
    }


@st.composite
def _routed(draw, parts, kind, target):
    """The tables of subnets, most of them with a route to the site. The other VPC has none to this one's own gateway."""
    own = kind is TargetKind.VPN_GATEWAY
    tables = dict(parts["route_tables"])
    for name, table in tables.items():
        if not table.gateway_ids and (table.vpc_id == "V" or not own) and draw(st.sampled_from((True, True, False))):
            route = Route(f"{name}-site", kind, target, SITE)
            tables[name] = replace(table, routes=(*table.routes, route))
    return tables
