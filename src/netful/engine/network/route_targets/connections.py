"""Connections of gateways and instances that translate addresses or admit answers alone: others are refused (vpc-network §0.3)."""

from netful.engine.flows.codes import Code
from netful.engine.flows.ruling import Ruling
from netful.model.core import Origin


def no_connection(keeper: str, origin: Origin) -> Ruling:
    """Refuse an answer whose connection did not pass the component that keeps connections."""
    rule = f"the answer leaves by {keeper}, which has no such connection"
    remedy = f"route the answers back by the same way, not by `{keeper}`"
    return Ruling("deny", keeper, rule, Code.NETFUL_RETURN_PATH_NO_ROUTE, origin, remedy=remedy)
