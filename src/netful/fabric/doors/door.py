"""The identity of a door: a listening socket inside a namespace.

The door through which a client connects identifies the client: nothing that the client sends can change it (fabric
§3).
"""

from enum import StrEnum

from netful.model.core import Frozen


class DoorKind(StrEnum):
    """The kind of endpoint that a client has reached."""

    ENDPOINT = "endpoint"
    GATEWAY_ENDPOINT = "gateway-endpoint"
    INTERNET = "internet"
    ON_PREMISES = "on-premises"
    LOCAL = "local"


class Door(Frozen):
    """The identity of a door. `vpc_id` and `endpoint_id` are None if the door belongs to no VPC.

    The client's own address is the accepted socket's peer address; the address that it connected to is the local one.
    """

    kind: DoorKind
    vpc_id: str | None = None
    endpoint_id: str | None = None
