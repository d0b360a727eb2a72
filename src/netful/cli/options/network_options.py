"""How `netful up` runs the network: ports that the host serves, the bounds of NAT gateways, and which internet there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cyclopts import Parameter, validators

from netful.cli.options.attachments import attachments


@Parameter(name="*")
@dataclass(frozen=True)
class NetworkOptions:
    """The network's."""

    attach: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """Serve a resource's port from the host, `Db=127.0.0.1:5432` or `Db:5432=127.0.0.1:15432`; repeat it for several."""

    nat_ports: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=55_000))] = 55_000
    """How many connections a NAT gateway has for one destination; fewer show early what happens when they run out."""

    nat_idle: Annotated[int, Parameter(validator=validators.Number(gte=1))] = 350
    """After how many seconds without a packet a NAT gateway resets a connection."""

    internet: Literal["emulated", "real"] = "emulated"
    """What names that are not AWS's lead to: hosts that answer here, or by `real` the hosts of these names, through your
    machine's own network (TCP, public addresses only)."""


def network_settings(options: NetworkOptions) -> dict[str, Any]:
    """Return the stack's settings of these options. Raises QuestionError for one that is not understood."""
    return {
        "attachments": attachments(options.attach),
        "nat_ports": options.nat_ports,
        "nat_idle_seconds": options.nat_idle,
        "internet": options.internet,
    }
