"""A path as text: one line for the result, one for each hop, then assumptions and hints.

The text is readable without colour: the result begins with a mark, and a denial contains `deny`. The caller enables colour.
Columns of hops are as wide as their content. The rule is the longest column and wraps at the width; so does a long component, such as
the host of a bucket. A long file path shows its end.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path
from netful.render.columns import padded
from netful.render.columns import width as cells_of
from netful.render.language import spoken
from netful.render.terminal import painted
from netful.render.visible import visible
from netful.render.wrapping import wrapped

_MARKS = {"reachable": "✓", "blocked": "✗", "unknown": "?"}
_COLOURS = {"reachable": "32", "blocked": "31", "unknown": "33", "allow": "32", "deny": "31"}
_LEAST_RULE = 24
_GAP = 2
_LONGEST_PLACE = 36
_WIDEST_COMPONENT = 48


def path_text(path: Path, *, width: int = 120, colour: bool = False, verbose: bool = False) -> str:
    """Return the path for a terminal of a width; `verbose` adds the return path even if it is open."""
    path = visible(spoken(path))
    back = path.return_hops if verbose or any(hop.verdict != "allow" for hop in path.return_hops) else ()
    lines = [_headline(replace(path, return_hops=back), colour=colour)]
    lines += _table(path.hops, back, width, colour=colour)
    lines += [f"{spoken('assumes')}: {text}" for text in path.assumptions]
    lines += [f"{spoken('missing')}: {', '.join(path.missing)}"] if path.missing else []
    lines += [f"{spoken('not understood')}: {text}" for text in path.unread]
    lines += [f"{spoken('hint')}: {hint}" for hint in path.advice]
    return "\n".join(lines)


def _headline(path: Path, *, colour: bool) -> str:
    mark = painted(_MARKS[path.verdict], _COLOURS[path.verdict], colour=colour)
    return f"{mark} {path.source} → {path.destination}     {painted(outcome(path, spoken), '1', colour=colour)}"


def outcome(path: Path, tell: Callable[[str], str] = str) -> str:
    """Return the result, and the hops that cause it; `tell` translates it."""
    if path.unread or (path.verdict == "unknown" and not path.missing):
        return tell("unknown: netful does not understand all that takes part")
    if path.verdict == "unknown":
        return tell("unknown: a value is missing") if len(path.missing) == 1 else tell("unknown: values are missing")
    if not path.blockers:
        return tell("reachable, and refused") if path.symptom.kind == "refused" else tell("reachable")
    total = len(path.hops) + len(path.return_hops)
    (first, *others), symptom = path.blockers, tell(str(path.symptom))
    if others:
        return tell(f"{symptom} at hop {first} of {total}, then {', '.join(map(str, others))}")
    return tell(f"{symptom} at hop {first} of {total}")


def _table(hops: Iterable[Hop], back: Iterable[Hop], width: int, *, colour: bool) -> Iterator[str]:
    rows = [(hop, _cells(hop)) for hop in (*hops, *back)]
    first_back = next((hop.n for hop in back), 0)
    widths = [max((cells_of(cells[column]) for _, cells in rows), default=0) for column in range(5)]
    widths[2] = min(widths[2], _WIDEST_COMPONENT)
    widths[3] = max(_LEAST_RULE, min(widths[3], width - sum(widths) + widths[3] - _GAP * 5))
    for hop, cells in rows:
        if hop.n == first_back:
            yield f"  {spoken('back')}"
        yield from _lines(hop, cells, widths, width, colour=colour)


def _cells(hop: Hop) -> tuple[str, ...]:
    origin = _short(str(hop.origin))
    rule = f"{hop.asks} → {hop.rule}" if hop.kind is HopKind.NAME else hop.rule
    verdict = spoken(hop.verdict)
    end = verdict if origin == "default" else f"{verdict}  {origin}"
    return (str(hop.n), hop.kind, hop.component, spoken(rule), end)


def _short(place: str) -> str:
    """Return a shortened place that leaves room for the rule: the end of a long path, with file name and line."""
    return place if len(place) <= _LONGEST_PLACE else f"…{place[1 - _LONGEST_PLACE :]}"


def _lines(hop: Hop, cells: tuple[str, ...], widths: list[int], width: int, *, colour: bool) -> Iterator[str]:
    number, kind, component, rule, end = cells
    first, *rest = wrapped(rule, widths[3]) or [""]
    name, *more = wrapped(component, widths[2]) or [""]
    if hop.verdict == "deny" and hop.code is not None:
        fits = sum(widths[:4]) + _GAP * 6 + cells_of(end) + len(hop.code) <= width
        end, rest = (f"{end}  {hop.code}", rest) if fits else (end, [*rest, hop.code])
    end = painted(end, _COLOURS.get(hop.verdict, ""), colour=colour and hop.verdict in _COLOURS)
    columns = (
        number.rjust(widths[0]),
        kind.ljust(widths[1]),
        padded(name, widths[2]),
        padded(first, widths[3]),
        end,
    )
    yield "  " + (" " * _GAP).join(columns).rstrip()
    indent, gap = " " * (sum(widths[:2]) + _GAP * 3), " " * _GAP
    for part, text in zip_longest(more, rest, fillvalue=""):
        yield f"{indent}{padded(part, widths[2])}{gap}{text}".rstrip()
