"""Protocols and ports of rules, by their names or numbers."""

from netful.model.core import Maybe, Unknown
from netful.model.network.protocols import ICMPS, NAMES, TCP, UDP, number_of
from netful.sources.files.complaint import close_match, fail
from netful.sources.template.reading import Reader, not_a_value
from netful.sources.template.values import merged


def protocol_number(reader: Reader, name: str) -> Maybe[int]:
    """Return the number of the protocol that a property has; Unknown for a name that netful does not know, with a warning."""
    written = reader.text(name)
    if written is None:
        reader.lacks(f"a rule of `{reader.id}` has no `{name}`", name, hint="`tcp`, `udp`, `icmp` or `-1` for all")
    number = written if isinstance(written, Unknown) else number_of(written)
    if number is not None:
        return number
    hint = close_match(str(written), NAMES, "`tcp`, `udp`, `icmp`, a number, or `-1` for all")
    reader.warn(name, f"`{name}` of `{reader.id}` is `{written}`, a protocol that netful does not know; {hint}")
    return not_a_value(reader, name, str(written))


def port_range(
    reader: Reader, protocol: Maybe[int], from_port: Maybe[int] | None, to_port: Maybe[int] | None
) -> tuple[int, int]:
    """Return the port range of a rule, or its ICMP type and code; -1 for any."""
    if protocol in ICMPS:
        return _known(from_port, -1), _known(to_port, -1)
    if protocol not in (TCP, UDP):
        return -1, -1
    if from_port is None and to_port is None:
        return 0, 65535
    first, last = _known(from_port, 0), _known(to_port, 65535)
    if first == -1 or last == -1:
        return 0, 65535
    if not 0 <= first <= last <= 65535:
        fail(
            f"a rule of `{reader.id}` has the ports {first} to {last}",
            reader.origin_of("FromPort"),
            hint="ports are 0 to 65535, the lower one first",
        )
    return first, last


def undecided(*values: Maybe[str] | Maybe[int] | None) -> Unknown | None:
    """Return why the protocol or the ports of a rule are unknown; the rule then has any, and an unknown peer."""
    unknowns = [value for value in values if isinstance(value, Unknown)]
    return merged(unknowns) if unknowns else None


def _known(value: Maybe[int] | None, default: int) -> int:
    return value if isinstance(value, int) else default
