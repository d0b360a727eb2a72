"""Address families of a managed resource, as its template names them: IPv4, IPv6, or both."""

from netful.sources.template.reading import Reader

FOUR, SIX = frozenset({4}), frozenset({6})
_WORDS = (("ipv4", FOUR), ("ipv6", SIX), ("dual", FOUR | SIX))
"""The beginnings of AWS's words for them, in any case."""


def families_of(reader: Reader, path: str) -> frozenset[int] | None:
    """Return the families at a path of the properties; None if they are left out or not known: the subnet decides then."""
    *parents, name = path.split(".")
    for parent in parents:
        reader = reader.part(parent)
    written = reader.get(name) if name else None
    word = written.lower() if isinstance(written, str) else ""
    return next((families for start, families in _WORDS if word.startswith(start)), None)
