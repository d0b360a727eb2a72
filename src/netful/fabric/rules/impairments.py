"""Impairments of a router and of a NAT gateway, as nft text: tables of their own, which exist only while something is impaired.

A link that loses packets loses those of both directions before any filter sees them; it loses all of them, or a random share.
"""

from collections.abc import Iterator, Mapping

from netful.fabric.rules.words import comment

_ROUTER, _NAT = "inet faults", "ip faults"
_ALL = 100


def of_router(losses: Mapping[str, int], *, silent: bool) -> Iterator[str]:
    """Yield the lines that impair links by percent, by name, and the resolver; and that impair nothing else any more."""
    yield from _fresh(_ROUTER)
    if not losses and not silent:
        return
    yield f"add table {_ROUTER}"
    yield f"add map {_ROUTER} impaired {{ type ifname : verdict; }}"
    for percent in sorted({*losses.values()} - {_ALL}):
        yield f"add chain {_ROUTER} lose{percent}"
        yield f"add rule {_ROUTER} lose{percent} numgen random mod {_ALL} < {percent} counter drop {comment('fault: loss')}"
    for name, hook, link in (
        ("leaving", "prerouting priority -310", "iifname"),
        ("arriving", "forward priority -40", "oifname"),
    ):
        yield f"add chain {_ROUTER} {name} {{ type filter hook {hook}; policy accept; }}"
        yield f"add rule {_ROUTER} {name} {link} vmap @impaired"
    elements = ", ".join(
        f'"{link}" : {"drop" if share == _ALL else f"jump lose{share}"}' for link, share in losses.items()
    )
    if elements:
        yield f"add element {_ROUTER} impaired {{ {elements} }}"
    if silent:
        yield f"add chain {_ROUTER} silent {{ type filter hook input priority -10; policy accept; }}"
        yield f"add rule {_ROUTER} silent meta l4proto {{ tcp, udp }} th dport 53 counter drop {comment('fault: dns')}"


def of_nat_gateway(*, exhausted: bool) -> Iterator[str]:
    """Yield the lines after which a NAT gateway has no free port, or has them again: what is open goes on."""
    yield from _fresh(_NAT)
    if exhausted:
        yield f"add table {_NAT}"
        yield f"add chain {_NAT} full {{ type filter hook forward priority -10; policy accept; }}"
        yield f"add rule {_NAT} full ct state new counter drop {comment('fault: nat-ports')}"


def _fresh(table: str) -> Iterator[str]:
    """Yield the lines after which a table is not there, whether it was or not."""
    yield f"add table {table}"
    yield f"delete table {table}"
