"""Positions in the running network for the sources of a question."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from ipaddress import IPv4Network

from netful.engine.network import on_premises
from netful.engine.trace.ends.sources import Outside, Source
from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.model.access.internet_client import InternetClient
from netful.model.core import StackError
from netful.model.network.addresses import CLIENT_BLOCK, SERVICE_BLOCK
from netful.model.network.network_interface import InterfaceOwner
from netful.stack.stack import Stack


@asynccontextmanager
async def position(stack: Stack, start: Source) -> AsyncIterator[Position]:
    """Make the position of one source of a question; release it after the block."""
    made = await stack.networks.stand(partial(_stand, start))
    try:
        yield made
    finally:
        await stack.networks.release(made)


def _stand(start: Source, fabric: Fabric) -> Position:
    eni = start.interface
    if start.outside is Outside.ON_PREMISES:
        if start.address is not None and not on_premises.is_there(fabric.cloud, start.address):
            raise StackError(
                f"no client can have `{start.name}`",
                why="no virtual private gateway has a VPN connection with a known block",
            )
        return fabric.positions.on_premises()
    if start.outside is Outside.UNLOADED:
        raise StackError(f"no client can have `{start.name}`", why="its network was not loaded")
    client = fabric.cloud.access.clients.get(start.name) or _with_own_address(start)
    if client is not None:
        return fabric.positions.client(client)
    if eni is None:
        outside = start.outside in {Outside.INTERNET, Outside.INTERNET6}
        return fabric.positions.internet() if outside else fabric.positions.sandbox(None)
    if eni.id not in fabric.cloud.network.network_interfaces:
        if not isinstance(eni.subnet_id, str):
            raise StackError(f"the subnet of `{start.name}` is unknown", why=str(eni.subnet_id))
        groups = tuple(group_id for group_id in eni.security_group_ids if isinstance(group_id, str))
        return fabric.positions.subnet(eni.subnet_id, groups)
    if eni.owner is InterfaceOwner.LAMBDA:
        return fabric.positions.sandbox(eni)
    return fabric.positions.interface(eni.id)


def _with_own_address(start: Source) -> InternetClient | None:
    """Return a client with the address that a question gives."""
    block = start.address
    if start.outside is not Outside.INTERNET or not isinstance(block, IPv4Network) or block.prefixlen < 32:
        return None
    if block.overlaps(SERVICE_BLOCK) or block.overlaps(CLIENT_BLOCK):
        raise StackError(f"no client can have `{start.name}`", why="the emulated internet has its own hosts there")
    return InternetClient(start.name, block)
