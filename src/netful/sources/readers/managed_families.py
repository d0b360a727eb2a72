"""Address families of a managed resource, as its template names them: IPv4, IPv6, or both."""

from netful.sources.template.reading import Reader

FOUR, SIX = frozenset({4}), frozenset({6})
_WORDS = (("ipv4", FOUR), ("ipv6", SIX), ("dual", FOUR | SIX))
"""The beginnings of AWS's words for them, in any case."""
_FOUR_BY_DEFAULT = ("AWS::RDS::", "AWS::ElastiCache::")
"""Beginnings of the types that have IPv4 alone unless the template names another one."""


def families_of(reader: Reader, path: str) -> frozenset[int] | None:
    """Return the families at a path of the properties, or the type's default; None without either, or if they are not known: the subnet decides then."""
    type_ = reader.type
    *parents, name = path.split(".")
    for parent in parents:
        reader = reader.part(parent)
    written = reader.get(name) if name else None
    if name and written is None and type_.startswith(_FOUR_BY_DEFAULT):
        return FOUR
    word = written.lower() if isinstance(written, str) else ""
    return next((families for start, families in _WORDS if word.startswith(start)), None)
