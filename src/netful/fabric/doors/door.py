"""A door: a listening socket inside a namespace, and what coming through it says about a client.

The door a client comes through is its identity: nothing that the client sends can change it (fabric §3).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DoorKind(StrEnum):
    """Which kind of thing a client has reached."""

    ENDPOINT = "endpoint"
    GATEWAY_ENDPOINT = "gateway-endpoint"
    INTERNET = "internet"
    ON_PREMISES = "on-premises"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Door:
    """The identity of a door. `vpc_id` and `endpoint_id` are None where the door belongs to no VPC.

    The client's own address is the accepted socket's peer address; the address that it asked for, its local one.
    """

    kind: DoorKind
    vpc_id: str | None = None
    endpoint_id: str | None = None
