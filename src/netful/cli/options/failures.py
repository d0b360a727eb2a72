"""Things that are taken to have failed, for the verbs that reason about a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from netful.cli.options.parameter import Parameter

if TYPE_CHECKING:
    from netful.library.network import Network


@dataclass(frozen=True)
class FailureOptions:
    """Options for failures that are supposed."""

    without: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """Things that have failed: `az:us-east-1a`, a gateway, an endpoint, a connection, or a resource with interfaces; repeat it."""


def left_by(network: Network, options: FailureOptions) -> Network:
    """Return the network without what has failed."""
    return network.without(*options.without) if options.without else network
