"""Next step of a packet, as a value (vpc-network §0).

Every component on the way is a pure function: it receives the cloud and the packet, and returns the next step with the
findings so far. It never takes that step itself. One loop takes all steps (`walk`), so this table is complete:

| step | the packet | function that takes it |
|---|---|---|
| Depart | is sent by an interface: its security groups | `interfaces.depart` |
| Cross | leaves the sender's subnet, unless its destination is there | `subnets.cross` |
| Forward | is routed by a subnet's table, past its network ACL unless the route's target is in the subnet | `forwarding.forward` |
| Meet | is handed to the target of a route: a gateway, an endpoint, an appliance | `targets.meet` |
| Deliver | is for an address of a VPC: the interface that has it | `subnets.deliver` |
| Enter | comes from the internet for a public address of an interface | `edge_associations.enter` |
| Arrive | reaches an interface: network ACL, security groups, its owner | `interfaces.arrive` |
| Balance | is at a node of a load balancer | `load_balancing.balance` |
| Leave | goes to a destination outside every VPC | `outside_destinations.leave` |
| Lost | has no known way on: only its destination is judged | `subnets.lost` |
| Fork | may go several ways, each of which is walked | `walk` |
| Done | goes no further | `walk` |

Rules:
1. A refusal never ends a walk: it is assumed to be fixed, so that the walk finds every blocker. The packet is `Lost` only
   if its way on is not known (no route, an unknown target).
2. Every translation ends a leg of the packet's journey.
3. Inside a subnet neither network ACL nor route table applies (§0.2).
"""

from typing import Self

from netful.engine.flows.finding import Assumption, Finding, Found
from netful.engine.network.packet import Packet
from netful.model.core import Frozen, replace
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.route_tables import Route, RouteTable
from netful.model.network.vpc import Vpc


class _Findings(Frozen, kw_only=True):
    """The findings on the way to a step."""

    found: tuple[Found, ...] = ()


class Step(_Findings):
    """A step of a packet, with the findings on the way to it."""

    packet: Packet

    def after(self, *found: Found) -> Self:
        """Return the step with earlier findings in front of its own."""
        return replace(self, found=(*found, *self.found)) if found else self


class Depart(Step):
    """The sender sends the packet."""


class Cross(Step):
    """The packet leaves its sender's subnet, unless its destination is there."""


class Forward(Step):
    """A subnet's route table routes the packet."""

    vpc: Vpc
    table: RouteTable


class Meet(Step):
    """The packet reaches the target of a route."""

    route: Route


class Deliver(Step):
    """The packet is for an address of a VPC."""

    vpc: Vpc


class Enter(Step):
    """The packet comes from the internet for an interface, and still has its public address as the destination."""

    target: NetworkInterface


class Arrive(Step):
    """The packet reaches an interface. `crossing`: from another subnet. `passing`: it is for another address."""

    target: NetworkInterface
    crossing: bool
    passing: bool = False


class Balance(Step):
    """The packet is at a load balancer's node; `endpoint_id` is the PrivateLink endpoint that it came by."""

    node: NetworkInterface
    by_private_link: bool = False
    endpoint_id: str = ""


class Leave(Step):
    """The packet goes outside every VPC; `gate` is what it leaves by, as in `Leg`."""

    gate: str | None = None


class Lost(Step):
    """The packet has no known way on."""


class Fork(Step):
    """The packet may go several ways. `best`: the first way without refusals counts; otherwise the worst way counts.

    `chances` are the ways of which `spare` do not exist, which ones is not known: the worst of those choices counts. Each is what is
    assumed of its way where the choice matters. `doubt` is found where the ways have different verdicts: which one the packet goes is not known, so none of them decides.
    """

    ways: tuple[Step, ...]
    best: bool = False
    spare: int = 0
    chances: tuple[Assumption, ...] = ()
    doubt: Finding | None = None


class Done(Step):
    """The packet goes no further."""
