"""Things that are taken to have failed, for the verbs that reason about a cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from netful.library.network import Network


@Parameter(name="*")
@dataclass(frozen=True)
class FailureOptions:
    """Options for failures that are supposed."""

    without: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """Things that have failed: `az:us-east-1a`, a gateway, an endpoint, a connection, or a resource with interfaces; repeat it."""


def left_by(network: Network, options: FailureOptions) -> tuple[Network, tuple[str, ...]]:
    """Return the network without what has failed, and what is assumed of it."""
    if not options.without:
        return network, ()
    from netful.engine.failures.without import what_if  # noqa: PLC0415 (only when it is asked for)
    from netful.library.network import Network  # noqa: PLC0415

    cloud, assumed = what_if(network.cloud, options.without)
    return Network(cloud), assumed
