"""`netful flows`: the flows of the running network, with names."""

import time
from typing import Annotated, Any

from netful.cli.options.options import ReportOptions
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, connected, stack_name
from netful.render.columns import counted
from netful.render.construct_paths import renamed
from netful.render.json import line as json_line
from netful.render.language import spoken
from netful.render.visible import visible
from netful.stack.control.client import Client

_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}


def flows(
    source: str | None = None,
    destination: str | None = None,
    *,
    rejected: Annotated[bool, Parameter(negative=())] = False,
    follow: Annotated[bool, Parameter(name=("--follow", "-f"), negative=())] = False,
    why: Annotated[bool, Parameter(negative=())] = False,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    report: ReportOptions = ReportOptions(),  # noqa: B008  # frozen
) -> int:
    """Show the flows of the running network at each interface: accepted and rejected, as the kernel decided.

    Without `-f`: the flows that the stack's flow logs have recorded. A flow is shown for each direction and each interface.

    Parameters
    ----------
    source:
        Only flows between this place and any other: a function or resource, an address or a block, `internet`, `aws:SERVICE`.
    destination:
        Only flows between SOURCE and this place, in both directions.
    rejected:
        Only flows that a security group, a network ACL or Block Public Access rejected.
    follow:
        Show flows as they pass, until Ctrl-C or the end of the stack.
    why:
        Add the rule that rejected, with its file and line.
    """
    paths = {} if report.format == "json" else connected(stack).status()["construct_paths"]

    def received(event: dict[str, Any]) -> None:
        if "watching" not in event:
            print(json_line(event) if report.format == "json" else _text(visible(renamed(event, paths))), flush=True)

    with Client(stack_name(stack)) as client:
        flows = client.stream(
            "flows", source=source, destination=destination, rejected=rejected, follow=follow, why=why
        )
        client.conclude(flows, received)
    return 0


def _text(one: dict[str, Any]) -> str:
    """Return the line of a record, and a line for each rule that rejected."""
    ends = " → ".join(_end(one, side) for side in ("source", "destination"))
    protocol = _PROTOCOLS.get(one["protocol"], str(one["protocol"]))
    clock = time.strftime("%H:%M:%S", time.localtime(one["start"]))
    size = f"{counted(one['packets'], 'packet')}, {counted(one['bytes'], 'byte')}"
    line = f"{clock}  {one['action']}  {ends}  {protocol}  {way(one)}  {size}"
    return "\n".join(
        (line, *(f"          {why['component']}: {spoken(why['rule'])}  {why['origin']}" for why in one["why"]))
    )


def _end(one: dict[str, Any], side: str) -> str:
    """Return the name of an end, or its address, with its port."""
    name, port = one[side], one[f"{side}_port"]
    return (f"{name}:{port}" if port else name) if name else numbers(one, side)


def numbers(one: dict[str, Any], side: str) -> str:
    """Return the address of an end with its port."""
    address, port = one[f"{side}_address"], one[f"{side}_port"]
    return (f"[{address}]:{port}" if ":" in address else f"{address}:{port}") if port else address


def way(one: dict[str, Any]) -> str:
    """Return the interface of a flow or packet, with its direction."""
    return spoken(f"out of {one['at']}" if one["direction"] == "egress" else f"into {one['at']}")
