"""From a question's starts to positions in the running network."""

from __future__ import annotations

from functools import partial

from netful.engine.places import Outside, Start
from netful.engine.starts import starts_of
from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.model.errors import StackError
from netful.model.interface import InterfaceOwner
from netful.stack.stack import Stack


async def positions(stack: Stack, source: str) -> list[Position]:
    """A position for every start of a FROM; to be released one by one. QuestionError when it names nothing."""
    return [await position(stack, start) for start in starts_of(stack.cloud, source)]


async def position(stack: Stack, start: Start) -> Position:
    """The position of one start."""
    return await stack.networks.on_thread(partial(_stand, start))


def _stand(start: Start, fabric: Fabric) -> Position:
    eni = start.interface
    if start.outside is Outside.ON_PREMISES:
        return fabric.on_premises_position()
    if eni is None:
        outside = start.outside in {Outside.INTERNET, Outside.INTERNET6}
        return fabric.internet_position() if outside else fabric.sandbox_position(None)
    if eni.id not in fabric.cloud.network_interfaces:
        if not isinstance(eni.subnet_id, str):
            raise StackError(f"the subnet of `{start.name}` is unknown", why=str(eni.subnet_id))
        groups = tuple(group_id for group_id in eni.security_group_ids if isinstance(group_id, str))
        return fabric.subnet_position(eni.subnet_id, groups)
    if eni.owner is InterfaceOwner.LAMBDA:
        return fabric.sandbox_position(eni)
    return fabric.interface_position(eni.id)
