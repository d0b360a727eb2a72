"""The next step of a packet, as a value (vpc-network §0).

Whatever a packet meets is a pure function: cloud and packet in, the next step out, with what was found on the way to it.
It never asks for the step to be taken. One loop takes the steps (`walk`), so all that can happen to a packet is this table:

| step | the packet | function that takes it |
|---|---|---|
| Depart | is sent by an interface: its security groups | `interfaces.depart` |
| Cross | leaves the sender's subnet, unless its destination is there: the network ACL | `subnets.cross` |
| Forward | is routed by a subnet's table | `forwarding.forward` |
| Meet | is handed to the target of a route: a gateway, an endpoint, an appliance | `targets.meet` |
| Deliver | is for an address of a VPC: the interface that has it | `subnets.deliver` |
| Enter | comes from the internet for a public address of an interface | `edge_associations.enter` |
| Arrive | comes to an interface: network ACL, security groups, its owner | `interfaces.arrive` |
| Balance | is at a node of a load balancer | `load_balancing.balance` |
| Leave | goes to where no VPC is | `outside_destinations.leave` |
| Lost | has no known way on: its destination alone is judged | `subnets.lost` |
| Fork | may go several ways, each of which is walked | `walk` |
| Done | goes no further | `walk` |

Rules:
1. A refusal never ends a walk: what refused is taken to be repaired, so that every blocker is found. Only where nothing
   tells how it would go on (no route, a target that is not known) is the packet `Lost`.
2. Every translation ends a leg of the packet's journey.
3. Inside a subnet neither network ACL nor route table takes part (§0.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from netful.engine.flows.finding import Found
from netful.engine.network.packet import Packet
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.route_tables import Route, RouteTable
from netful.model.network.vpc import Vpc


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a packet, with what was found on the way to it."""

    packet: Packet
    found: tuple[Found, ...] = field(default=(), kw_only=True)

    def after(self, *found: Found) -> Self:
        """Return the step with what was found before."""
        return replace(self, found=(*found, *self.found)) if found else self


@dataclass(frozen=True, slots=True)
class Depart(Step):
    """The packet's sender sends it."""


@dataclass(frozen=True, slots=True)
class Cross(Step):
    """The packet leaves its sender's subnet, unless its destination is there."""


@dataclass(frozen=True, slots=True)
class Forward(Step):
    """A subnet's route table routes the packet."""

    vpc: Vpc
    table: RouteTable


@dataclass(frozen=True, slots=True)
class Meet(Step):
    """The packet comes to the target of a route."""

    route: Route


@dataclass(frozen=True, slots=True)
class Deliver(Step):
    """The packet is for an address of a VPC."""

    vpc: Vpc


@dataclass(frozen=True, slots=True)
class Enter(Step):
    """The packet comes from the internet for an interface, whose public address it still has."""

    target: NetworkInterface


@dataclass(frozen=True, slots=True)
class Arrive(Step):
    """The packet comes to an interface. `crossing`: from another subnet. `passing`: it is for another address."""

    target: NetworkInterface
    crossing: bool
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Balance(Step):
    """The packet is at a node of a load balancer; `endpoint_id` is the endpoint by whose link it came."""

    node: NetworkInterface
    by_private_link: bool = False
    endpoint_id: str = ""


@dataclass(frozen=True, slots=True)
class Leave(Step):
    """The packet goes to where no VPC is; `gate` is the transit gateway attachment by which it does."""

    gate: str | None = None


@dataclass(frozen=True, slots=True)
class Lost(Step):
    """The packet has no known way on."""


@dataclass(frozen=True, slots=True)
class Fork(Step):
    """The packet may go several ways: the `best` one counts (the first that refuses nothing), else the worst."""

    ways: tuple[Step, ...]
    best: bool = False


@dataclass(frozen=True, slots=True)
class Done(Step):
    """The packet goes no further."""
