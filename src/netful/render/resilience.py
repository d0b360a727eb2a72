"""Resilience as text and as Markdown: the flows that a single failure ends, the others, and what would mend each."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from netful.engine.failures.mending import Mend
from netful.engine.failures.resilience import Extent, FlowResilience, Loss, Resilience
from netful.render.columns import columns, padded
from netful.render.language import spoken
from netful.render.matrix import named
from netful.render.visible import visible

_EXTENTS = tuple(Extent)


def resilience_text(report: Resilience) -> str:
    """Return the text of `netful resilience`."""
    return "\n".join(_lines(visible(spoken(report))))


def _lines(report: Resilience) -> Iterator[str]:
    yield _summary(report, spoken)
    numbers = _numbered(report)
    for flow in report.flows:
        if flow.losses:
            yield from ("", _flow(flow), *_losses(flow.losses, numbers))
    whole = [_flow(flow) for flow in report.flows if not flow.losses]
    if whole:
        yield from ("", spoken("no single failure ends:"), *(f"  {flow}" for flow in whole))
    if numbers:
        yield from (
            "",
            spoken("what would mend that:"),
            *(line for mend, number in numbers.items() for line in _mend(mend, number)),
        )


def _summary(report: Resilience, tell: Callable[[str], str] = str) -> str:
    counted = Counter(str(one.kind) for one in report.failures)
    tried = ", ".join(tell(f"{number} {kind if number == 1 else f'{kind}s'}") for kind, number in counted.items())
    ended = sum(bool(flow.losses) for flow in report.flows)
    working = tell(f"{len(report.flows)} flows work") if len(report.flows) != 1 else tell("1 flow works")
    return tell(f"{working}, a single failure ends {ended}") + f" ({tried or tell('nothing can fail')})"


def _numbered(report: Resilience) -> dict[Mend, int]:
    """Return the mends of a report, each once, with their numbers."""
    mends = (loss.mend for flow in report.flows for loss in flow.losses if loss.mend is not None)
    return {mend: number for number, mend in enumerate(dict.fromkeys(mends), start=1)}


def _losses(losses: Iterable[Loss], numbers: dict[Mend, int]) -> Iterator[str]:
    ordered = sorted(losses, key=lambda loss: _EXTENTS.index(loss.extent))
    rows = []
    for loss in ordered:
        number = f"  [{numbers[loss.mend]}]" if loss.mend is not None else ""
        rows.append((padded(spoken(str(loss.extent)), 7), str(loss.failure), f"{loss.why}{number}"))
    return columns(rows)


def _mend(mend: Mend, number: int) -> Iterator[str]:
    label = f"[{number}]"
    yield f"  {label:<4} {mend.what}"
    if mend.adds:
        yield f"       {spoken(f'adds {mend.adds}')}"


def _flow(flow: FlowResilience) -> str:
    return f"{named(flow.sources)} → {flow.destination}"


def resilience_markdown(report: Resilience) -> str:
    """Return the report as a table of Markdown, with the mends below it."""
    shown = visible(report)
    numbers = _numbered(shown)
    rows = [_row(flow, numbers) for flow in shown.flows]
    mends = [f"{number}. {mend.what}{f'; adds {mend.adds}' if mend.adds else ''}" for mend, number in numbers.items()]
    table = ["| flow | ends with | partly with | unknown with | mend |", "|---|---|---|---|---|", *rows]
    return "\n".join([f"{_summary(shown)}.", "", *table, *(("", *mends) if mends else ())])


def _row(flow: FlowResilience, numbers: dict[Mend, int]) -> str:
    cells = [f"`{_flow(flow)}`"]
    cells += (_joined(f"`{one.failure}`" for one in flow.losses if one.extent is extent) for extent in Extent)
    cells.append(_joined(str(number) for number in sorted({numbers[one.mend] for one in flow.losses if one.mend})))
    return f"| {' | '.join(cells)} |".replace("\n", " ")


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words) or "-"
