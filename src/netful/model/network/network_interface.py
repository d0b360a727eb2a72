"""Network interfaces (ENIs): who has one, where, with which groups and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from netful.model.core.origin import DEFAULT, Origin
from netful.model.core.unknown import Maybe


class InterfaceOwner(StrEnum):
    """What an interface belongs to (`show`'s word for it)."""

    LAMBDA = "lambda"
    ENDPOINT = "endpoint"
    NAT_GATEWAY = "nat-gateway"
    LOAD_BALANCER = "load-balancer"
    INSTANCE = "instance"
    DATABASE = "database"
    CACHE = "cache"
    SERVICE = "service"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """An ENI. `owner_id` is the resource it belongs to; a Lambda's is shared, so `function_ids` lists all of them.

    `private_ip_address` is None when it could not be chosen (an unknown subnet or block). `public_ip` is that address's own
    public one, `secondary_public_ips` are secondary addresses with theirs.
    `ipv6_address_count`: how many IPv6 addresses its own description asks for; None leaves that to its subnet.
    `device_index` is its place on its instance: 0 is the primary one, from which an instance sends what leaves its subnets.
    `idle` says why nothing is behind it (a stopped instance, no attachment); "" when something is, or may be.
    `source_dest_check`: False lets it forward packets that are not its own (NAT instances).
    """

    id: str
    owner: InterfaceOwner
    owner_id: str
    subnet_id: Maybe[str]
    security_group_ids: tuple[Maybe[str], ...] = ()
    private_ip_address: IPv4Address | None = None
    secondary_private_ip_addresses: tuple[IPv4Address, ...] = ()
    ipv6_address: IPv6Address | None = None
    ipv6_address_count: int | None = None
    public_ip: IPv4Address | None = None
    secondary_public_ips: tuple[tuple[IPv4Address, IPv4Address], ...] = ()
    function_ids: tuple[str, ...] = ()
    device_index: int = 0
    idle: str = ""
    source_dest_check: bool = True
    origin: Origin = DEFAULT

    def public_addresses(self) -> dict[IPv4Address, IPv4Address | None]:
        """Its public addresses, and the private one that each stands for (None: not chosen)."""
        own = {} if self.public_ip is None else {self.public_ip: self.private_ip_address}
        return {**own, **{public: private for private, public in self.secondary_public_ips}}
