"""Packet at one point of its way.

A way consists of *legs*: every translation ends a leg. The way back is the legs in reverse order, each walked from its end
to its start by the same rules, except security groups, which are stateful (vpc-network §0.3).
"""

from __future__ import annotations

from typing import Any

from netful.engine.filters.network_firewalls import Asked
from netful.engine.flows.address_families import missing_address
from netful.engine.flows.flow import Flow
from netful.engine.http.http_request import HttpRequest
from netful.model.balancing.load_balancers import Listener
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown, replace
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

OUTSIDE = NetworkInterface("outside", InterfaceOwner.OTHER, "outside", Unknown("outside every VPC"))
"""Sender of packets from outside every VPC."""


class Inspected(Frozen):
    """A flow in the state of a network firewall's endpoint.

    `passed`: a rule passes all its packets. `passes_later`, `reset_later`: a rule passes or rejects what follows its handshake.
    """

    endpoint_id: str
    firewall_id: str
    flow: Flow
    passed: bool
    passes_later: bool = False
    reset_later: bool = False

    def has(self, endpoint_id: str, answer: Flow) -> bool:
        """Return whether an answer belongs to this flow, at the endpoint where it is."""
        ends = self.flow.destination.address, self.flow.source.address
        return endpoint_id == self.endpoint_id and ends == (answer.source.address, answer.destination.address)


class Leg(Frozen):
    """A part of the way without translation; `flow` is the flow as the leg's end sees it. An end of None is the outside.

    `gate` is what the packet left by: an attachment of a transit gateway, a virtual private gateway or a gateway endpoint; None
    is an internet gateway. `direct`: answers return by the same way, whatever the
    route tables contain (a load balancer receives the answers of its target). `inspected` are the endpoints of network firewalls
    that keep the state of the flow. `pinned` are the attachments in appliance mode that it passes, each with the subnet.
    """

    start: NetworkInterface
    end: NetworkInterface | None
    flow: Flow
    gate: str | None = None
    direct: bool = False
    inspected: tuple[Inspected, ...] = ()
    pinned: tuple[tuple[str, str], ...] = ()


class Journey(Frozen):
    """Purpose of a packet, and its way so far.

    `goal` names the destination if it is outside every VPC. `unresolved`: its name was looked up, and the name's addresses are
    not known. `request` is the HTTP request in its current form: load balancers may have changed it. `secured_by` is the load
    balancer's listener that shows the client its certificate. `secure`: API Gateway or a load balancer sends it by TLS, or as plain
    HTTP (False); None if that is not known. `transits` counts gateways with tables of their own and
    appliances, `balancers` counts load balancers: too many of them are a loop. `asked` is the request of the client, as network
    firewalls see it; None if only the port suggests it. `inspected` are the firewalls' endpoints on this leg; on the way back,
    those that the answer has still to pass. `pinned` are the attachments in appliance mode on this leg, each with the subnet by
    which all packets of the flow pass it.
    """

    goal: str = "internet"
    unresolved: bool = False
    returning: bool = False
    legs: tuple[Leg, ...] = ()
    endpoint_id: str | None = None
    transits: int = 0
    balancers: int = 0
    request: HttpRequest | None = None
    direct: bool = False
    secured_by: Listener | None = None
    secure: bool | None = None
    asked: Asked | None = None
    inspected: tuple[Inspected, ...] = ()
    pinned: tuple[tuple[str, str], ...] = ()

    @property
    def end(self) -> NetworkInterface | None:
        """The interface at which the last leg ended."""
        return self.legs[-1].end if self.legs else None

    @property
    def flow(self) -> Flow | None:
        """The flow of the last leg."""
        return self.legs[-1].flow if self.legs else None


class Packet(Frozen):
    """A packet with the interface that sent it last."""

    sender: NetworkInterface
    flow: Flow
    journey: Journey

    @property
    def returning(self) -> bool:
        """Return whether the packet is an answer on its way back."""
        return self.journey.returning

    def is_back_at(self, place: str) -> bool:
        """Return whether the packet is an answer at the connection by which its client's packets came in."""
        client = self.flow.destination.interface
        return self.returning and client is not None and client.owner_id == place

    def sent_by(self, sender: NetworkInterface, flow: Flow | None = None) -> Packet:
        """Return the packet as another interface forwards it."""
        return Packet(sender, flow or self.flow, self.journey)

    def having(self, flow: Flow) -> Packet:
        """Return the packet with another flow."""
        return Packet(self.sender, flow, self.journey)

    def to(self, target: NetworkInterface) -> Packet:
        """Return the packet with its destination's interface."""
        return self.having(replace(self.flow, destination=replace(self.flow.destination, interface=target)))

    def nameless(self) -> Packet:
        """Return the packet without its sender's groups, so that no rule can refer to them (§2.2)."""
        return self.having(replace(self.flow, source=replace(self.flow.source, identity_lost=True)))

    def after(self, **changes: Any) -> Packet:
        """Return the packet with changes of its journey."""
        return Packet(self.sender, self.flow, replace(self.journey, **changes))

    def ended(self, end: NetworkInterface | None, *, gate: str | None = None) -> Packet:
        """Return the packet at the end of a leg: at a component that translates it or sends it outside."""
        if self.returning:
            return self
        journey = self.journey
        start, kept = self.flow.source.interface or self.sender, (journey.direct, journey.inspected, journey.pinned)
        return self.after(legs=(*journey.legs, Leg(start, end, self.flow, gate, *kept)), inspected=(), pinned=())

    def addressless(self, cloud: Cloud) -> tuple[Unknown, ...]:
        """Return the missing input that would settle the way of a packet without a destination address."""
        target = self.flow.destination.interface
        if target is not None:
            return (Unknown("", missing_address(cloud, target)),)
        return (Unknown("", () if self.journey.unresolved else (f"the address of {self.journey.goal}",)),)


def vpc_id_of(cloud: Cloud, interface: NetworkInterface) -> str | None:
    """Return the VPC of an interface: its subnet's, else that of its groups or its endpoint; None if it is not known."""
    vpc = cloud.network.vpc_of_interface(interface)
    if vpc is not None:
        return vpc.id
    groups = [cloud.network.security_groups.get(g) for g in interface.security_group_ids if isinstance(g, str)]
    endpoint = cloud.network.vpc_endpoints.get(interface.owner_id)
    ids = [group.vpc_id for group in groups if group] + ([endpoint.vpc_id] if endpoint else [])
    return next((vpc_id for vpc_id in ids if isinstance(vpc_id, str)), None)
