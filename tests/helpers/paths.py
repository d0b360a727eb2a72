"""Paths of a cloud, and what denies them."""

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace


def path(cloud, source, destination):
    """The path that answers a question."""
    return trace(cloud, parse(cloud, source, destination))


def denials(found):
    """The codes of the hops that deny, on the way and on the way back."""
    return [hop.code for hop in (*found.hops, *found.return_hops) if hop.verdict == "deny"]
