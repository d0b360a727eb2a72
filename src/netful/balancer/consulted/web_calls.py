"""Calls of a load balancer's node to web servers: to identity providers, through the node's own network."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from netful.engine.integrations.web_requests import WebRequest
from netful.model.cloud import Cloud
from netful.services.http.message import Response

WebCall: TypeAlias = Callable[[str, WebRequest], Awaitable[Response | None]]
"""Sends a request from a node, by the id of its interface; returns None if the server cannot be reached."""

SECONDS = 5.0
"""Maximum time of a call (newer-aws §11.1)."""


async def called(call: WebCall, node_id: str, request: WebRequest | None) -> Response | None:
    """Return the answer to a request of a node; None if no answer comes in time, or if the URL is not valid."""
    if request is None:
        return None
    try:
        return await asyncio.wait_for(call(node_id, request), SECONDS)
    except TimeoutError:
        return None


def node_at(cloud: Cloud, balancer_id: str, address: str) -> str:
    """Return the id of the interface of a load balancer's node with an address."""
    nodes = cloud.network.interfaces_of(balancer_id)
    return next(one.id for one in nodes if address in (str(one.private_ip_address), str(one.ipv6_address)))
