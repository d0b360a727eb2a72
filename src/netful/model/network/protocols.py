"""Protocol numbers of IANA, as rules of security groups and network ACLs contain them."""

from __future__ import annotations

ALL_PROTOCOLS = -1
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
