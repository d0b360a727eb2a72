"""A path as a picture: its stations from left to right, and the gates below each arrow.

Sizes are estimates, since an SVG does not know the width of its text: lines break by the width of an average letter. Denials are
red, marked and shown in full; the path after the first denial is dashed. Light or dark follows the reader's page.
"""

import textwrap
from collections.abc import Iterable, Iterator
from html import escape

from netful.engine.flows.path import Hop, Path
from netful.model.core import Frozen
from netful.render.stations import Station, reached, stations
from netful.render.text import outcome
from netful.render.visible import visible

_WIDTH, _MARGIN = 1060, 20
_BOX, _BETWEEN, _ARROW = 212, 190, 44
_PAD, _LINE, _LETTER = 10, 16, 6.8
_HEAD, _TITLE_LINE, _TITLE_LETTERS = 64, 20, 104
_ROW_GAP = 26
_ARROW_Y = 22
_MOST_LINES = 2
_CODE_MORE = 3  # additional letters in a line of code, which has a smaller font
_MARKS = {"allow": "✓", "deny": "✗", "unknown": "?", "not-reached": "·"}

_STYLE = """
    .page { fill: #ffffff; stroke: #d0d7de; }
    .box { fill: #f6f8fa; stroke: #57606a; }
    .name { fill: #1f2328; font-weight: 600; }
    .note { fill: #57606a; }
    .way { stroke: #1a7f37; stroke-width: 2; fill: none; }
    .head { fill: #1a7f37; }
    .beyond { stroke: #8c959f; stroke-width: 2; stroke-dasharray: 5 4; fill: none; }
    .beyond-head, .not-reached { fill: #8c959f; }
    .allow, .reachable { fill: #1a7f37; }
    .deny, .blocked { fill: #cf222e; }
    .unknown { fill: #9a6700; }
    .code { font-size: 9.5px; }
    .refused { fill: #fff5f5; stroke: #cf222e; stroke-width: 1.5; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117; stroke: #3d444d; }
      .box { fill: #151b23; stroke: #9198a1; }
      .name { fill: #f0f6fc; }
      .note { fill: #a5adb6; }
      .way { stroke: #3fb950; }
      .head, .allow, .reachable { fill: #3fb950; }
      .beyond { stroke: #6e7681; }
      .beyond-head, .not-reached { fill: #6e7681; }
      .deny, .blocked { fill: #ff7b72; }
      .unknown { fill: #d29922; }
      .refused { fill: #26151a; stroke: #ff7b72; }
    }"""


class _Place(Frozen):
    """Position of a station's box, and the gates before it."""

    station: Station
    x: float
    before: float  # the width to its left, for the arrow and the gates
    beyond: bool  # whether a denial is before it

    @property
    def height(self) -> float:
        box = _PAD * 2 + _LINE + _LINE * len(_lines(self.station.doings, _BOX, self.station.name))
        gates = _ARROW_Y + _PAD + _LINE * len(_lines(self.station.gates, self.before)) if self.station.gates else 0
        return max(box, gates, _ARROW_Y * 2)


def path_svg(path: Path) -> str:
    """Return the picture."""
    path = visible(path)
    title = _wrapped(f"{path.source} → {path.destination}", _TITLE_LETTERS)
    y = float(_HEAD + _MARGIN + _TITLE_LINE * (len(title) - 1))
    drawn: list[str] = []
    for row in _rows(stations(path)):
        for place in row:
            drawn += _gates(place, y)
            drawn += _box(place, y)
        y += max(place.height for place in row) + _ROW_GAP
    below = [*_below(path)]
    drawn += [_text(_MARGIN, y + _LINE * n, line, style) for n, (line, style) in enumerate(below)]
    height = y + _LINE * len(below) + (_PAD if below else -_PAD)
    return "\n".join([*_head(path, title, height), *drawn, "</svg>"])


def _head(path: Path, lines: list[str], height: float) -> Iterator[str]:
    title = f"{path.source} → {path.destination}: {outcome(path)}"
    description = "; ".join(f"{hop.n} {hop.kind} {hop.component}: {hop.verdict}" for hop in path.hops)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" role="img" '
        'aria-labelledby="title desc" font-family="ui-sans-serif, system-ui, \'Segoe UI\', Helvetica, Arial, sans-serif" '
        'font-size="12">'
    )
    yield f'  <title id="title">{escape(title)}</title>'
    yield f'  <desc id="desc">{escape(description)}</desc>'
    yield f"  <style>{_STYLE}\n  </style>"
    yield "  <defs>"
    for id_, style in (("head", "head"), ("beyond-head", "beyond-head")):
        yield (
            f'    <marker id="{id_}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
            f'<path class="{style}" d="M0 0 8 4 0 8Z"/></marker>'
        )
    yield "  </defs>"
    yield f'  <rect class="page" x="1" y="1" width="{_WIDTH - 2}" height="{height - 2:.0f}" rx="10"/>'
    for n, line in enumerate(lines):
        yield _text(_MARGIN, 32 + _TITLE_LINE * n, line, "name", 15)
    yield _text(_MARGIN, 34 + _TITLE_LINE * len(lines), outcome(path), path.verdict, 14)


def _rows(every: list[Station]) -> Iterator[list[_Place]]:
    """Return the stations in rows that fit the width."""
    row: list[_Place] = []
    x, last = float(_MARGIN), reached(every)
    for number, station in enumerate(every):
        before = 0 if number == 0 else _BETWEEN if station.gates else _ARROW
        if row and x + before + _BOX > _WIDTH - _MARGIN:
            yield row
            row, x = [], float(_MARGIN)
        row.append(_Place(station, x + before, before, number >= last))
        x += before + _BOX
    yield row


def _gates(place: _Place, y: float) -> Iterator[str]:
    if not place.before:
        return
    style, marker = ("beyond", "beyond-head") if place.beyond else ("way", "head")
    left, right = place.x - place.before + 6, place.x - 3
    yield f'  <path class="{style}" d="M{left:.0f} {y + _ARROW_Y:.0f}H{right:.0f}" marker-end="url(#{marker})"/>'
    yield from _written(_lines(place.station.gates, place.before), left + 4, y + _ARROW_Y + _PAD + 8)


def _box(place: _Place, y: float) -> Iterator[str]:
    refused = any(hop.verdict == "deny" for hop in place.station.doings)
    lines = _lines(place.station.doings, _BOX, place.station.name)
    height = max(_PAD * 2 + _LINE * (1 + len(lines)), _ARROW_Y * 2)
    style = "refused" if refused else "box"
    yield f'  <rect class="{style}" x="{place.x:.0f}" y="{y:.0f}" width="{_BOX}" height="{height:.0f}" rx="6"/>'
    yield _text(place.x + _PAD, y + _PAD + 12, _cut(place.station.name), "name")
    yield from _written(lines, place.x + _PAD, y + _PAD + 12 + _LINE)


def _written(lines: Iterable[tuple[str, str]], x: float, y: float) -> Iterator[str]:
    for n, (line, style) in enumerate(lines):
        yield _text(x, y + _LINE * n, line, style)


def _lines(hops: Iterable[Hop], width: float, of: str = "") -> list[tuple[str, str]]:
    """Return the lines of some hops in a column: each with its mark and rule, a denial in full. `of` is the heading."""
    found: list[tuple[str, str]] = []
    letters = _letters(width)
    for hop in hops:
        whose = "" if hop.component == of else f" {hop.component}"
        found += [(line, hop.verdict) for line in _wrapped(f"{_MARKS[hop.verdict]} {hop.n} {hop.kind}{whose}", letters)]
        rule = _wrapped(hop.rule, letters)
        if hop.verdict == "allow" and len(rule) > _MOST_LINES:
            rule = [*rule[: _MOST_LINES - 1], rule[_MOST_LINES - 1][: letters - 1] + "…"]
        found += [(line, "note") for line in rule]
        found += [
            (line, "deny code") for line in _wrapped(hop.code or "", letters + _CODE_MORE) if hop.verdict == "deny"
        ]
    return found


def _below(path: Path) -> Iterator[tuple[str, str]]:
    """Return the lines below the picture: a blocked return path, assumptions, missing values and hints."""
    letters = _letters(_WIDTH - 2 * _MARGIN)
    for hop in path.return_hops:
        if hop.verdict != "allow":
            text = f"on the way back: {_MARKS[hop.verdict]} {hop.n} {hop.kind} {hop.component}: {hop.rule}"
            yield from ((line, hop.verdict) for line in _wrapped(text, letters))
    notes = [f"assumes: {text}" for text in path.assumptions]
    notes += [f"missing: {', '.join(path.missing)}"] if path.missing else []
    notes += [f"not understood: {text}" for text in path.unread]
    notes += [f"hint: {hint}" for hint in path.advice]
    for note in notes:
        yield from ((line, "note") for line in _wrapped(note, letters))


def _letters(width: float, *, bold: bool = False) -> int:
    return int((width - 2 * _PAD) / (_LETTER * 1.2 if bold else _LETTER))


def _cut(name: str) -> str:
    letters = _letters(_BOX, bold=True)
    return name if len(name) <= letters else f"{name[: letters - 1]}…"


def _wrapped(text: str, letters: int) -> list[str]:
    return textwrap.wrap(text, letters, break_on_hyphens=False)


def _text(x: float, y: float, text: str, style: str, size: int = 0) -> str:
    sized = f' font-size="{size}"' if size else ""
    return f'  <text class="{style}" x="{x:.0f}" y="{y:.0f}"{sized}>{escape(text, quote=False)}</text>'
