"""Current health problems along a path: programs that do not serve, and unhealthy targets of load balancers.

A template contains no health, so no prediction includes it. The running stack has it.
"""

from collections.abc import Iterator

from netful.engine.flows.path import Path
from netful.stack.network.host_run import HostState
from netful.stack.stack import Stack


def unwell(stack: Stack, path: Path) -> Iterator[str]:
    """Return a line for each problem, in the order of the path."""
    hosts, targets = stack.hosts.status(), [t for each in stack.balancers.entries() for t in each["targets"]]
    for component in dict.fromkeys(hop.component for hop in path.hops):
        for target in targets:
            if target["group"] == component and target["state"] == "unhealthy":
                yield f"{target['target']} of {component} is unhealthy: {target['description']}"
        for host in hosts:
            if host["resource"] == component and host["state"] != HostState.RUNNING:
                yield f"{component} at {host['address']} is {host['state']}" + (
                    f": {host['why']}" if host["why"] else ""
                )
