"""Further blocks that AWS refuses beside those that a VPC has (vpc-network §1.1).

| further block | refused where |
|---|---|
| one of 10/8, 172.16/12, 192.168/16 | the VPC has a block of another one of the three, or its first block is public or shared |
| 10.0.0.0/16 | the VPC has a block in 10.0.0.0/15 |
| 172.31.0.0/16 | the VPC's first block is in 172.16/12 |
| 198.19.0.0/16 | the VPC's first block is private |
"""

from collections.abc import Sequence
from ipaddress import IPv4Network

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_BENCHMARKS, _DOCKED = IPv4Network("198.19.0.0/16"), IPv4Network("172.31.0.0/16")
_FIRST_TWO, _FIRST = IPv4Network("10.0.0.0/15"), IPv4Network("10.0.0.0/16")


def is_restricted(own: Sequence[IPv4Network], block: IPv4Network) -> bool:
    """Return whether AWS refuses a further block beside those of a VPC, of which the first is the primary one."""
    if not own:
        return False
    first, kind = _kind(own[0]), _kind(block)
    if kind is not None and (first is None or any(_kind(one) not in (kind, None) for one in own)):
        return True
    return (
        (block.subnet_of(_FIRST) and any(one.subnet_of(_FIRST_TWO) for one in own))
        or (block.subnet_of(_DOCKED) and first == _PRIVATE[1])
        or (block.overlaps(_BENCHMARKS) and first is not None)
    )


def _kind(block: IPv4Network) -> IPv4Network | None:
    """Return the private range that a block is in."""
    return next((one for one in _PRIVATE if block.subnet_of(one)), None)
