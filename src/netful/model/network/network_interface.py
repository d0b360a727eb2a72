"""Network interfaces (ENIs): their owners, subnets, groups and addresses."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from netful.model.core import Identified, Maybe, Unknown
from netful.model.network.vpc import IPNetwork


class InterfaceOwner(StrEnum):
    """The owner of an interface (the word in `show`)."""

    LAMBDA = "lambda"
    ENDPOINT = "endpoint"
    NAT_GATEWAY = "nat-gateway"
    LOAD_BALANCER = "load-balancer"
    INSTANCE = "instance"
    DATABASE = "database"
    CACHE = "cache"
    SERVICE = "service"
    VPC_ORIGIN = "vpc-origin"
    OTHER = "other"


class NetworkInterface(Identified):
    """An ENI. `owner_id` is its resource; a Lambda's is shared, so `function_ids` lists all its functions.

    `private_ip_address` is None if it could not be chosen (an unknown subnet or block). `public_ip` is that address's
    public address, `secondary_public_ips` are secondary addresses with theirs. `ipv6_address_count`: the number of
    IPv6 addresses that its own description requests; None leaves that to its subnet. `capacity_provider` is the one whose
    instances, with Lambda's functions on them, have it. `device_index` is its place on its instance: 0 is the primary one,
    the source of packets that leave the instance's subnets. `idle` is the reason why it has no running owner (a stopped
    instance, no attachment); "" if it has one, or may have. `service_ids`: the ECS services whose tasks are at this
    interface of their container instance. `source_dest_check`: False lets it forward packets that are not its own (NAT
    instances). `private`: whatever its subnet is, it has no public address; `public_doubt`: it may have one. `ipv6_only`: it has no IPv4 address.
    `keeps_sources`: an answer supposes that it forwards packets as they are, instead of with its own address.
    `fixed_addresses`: those of its own addresses that its source has; AWS chooses the others. `delegated_prefixes`: blocks of
    its subnet whose packets AWS gives to it, for pods or containers behind it, and further IPv6 addresses; one that is not known may be its own fixed address.
    """

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
    service_ids: tuple[str, ...] = ()
    capacity_provider: str = ""
    device_index: int = 0
    idle: str = ""
    source_dest_check: bool = True
    keeps_sources: bool = False
    private: bool = False
    public_doubt: Unknown | None = None
    ipv6_only: bool = False
    fixed_addresses: tuple[IPv4Address | IPv6Address, ...] = ()
    delegated_prefixes: tuple[Maybe[IPNetwork], ...] = ()

    def public_addresses(self) -> dict[IPv4Address, IPv4Address | None]:
        """Return its public addresses, each with its private one (None: not chosen)."""
        own = {} if self.public_ip is None else {self.public_ip: self.private_ip_address}
        return {**own, **{public: private for private, public in self.secondary_public_ips}}
