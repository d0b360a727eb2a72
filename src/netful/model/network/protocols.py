"""Protocol numbers of IANA, as rules of security groups and network ACLs contain them."""

from netful.model.core import whole_number

ALL_PROTOCOLS = -1
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
ICMPS = (ICMP, ICMPV6)

NAMES = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6, "all": ALL_PROTOCOLS, "-1": ALL_PROTOCOLS}


def number_of(written: str) -> int | None:
    """Return the number of a protocol that is written by its name or number; None where it is not a protocol."""
    number = NAMES.get(written.lower(), whole_number(written))
    return number if number is not None and number < 256 else None
