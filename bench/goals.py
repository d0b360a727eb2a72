"""Lines of the benchmarks' tables: a figure beside its goal, and beside the floor of the same run.

A goal is a limit and a unit: `≤ 90 MB` is met by the figure itself, `≥ 0.6 times` by the figure's ratio to the floor. All scripts
print their lines by `table`, so that `bench/all.py` finds the goals of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import ge, le

HEAD = "| what | goal | figure | ratio | floor | goal met |\n|---|---|---|---|---|---|"
_HOLDS = {"≤": le, "≥": ge}


@dataclass(frozen=True)
class Line:
    """A line: `floor_of` names what the floor is; `note` gives parts of the figure, or the reason why there is none."""

    what: str
    figure: float | None
    unit: str
    goal: str = ""
    floor: float | None = None
    floor_of: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure's ratio to the floor."""
        return self.figure / self.floor if self.figure is not None and self.floor else None

    @property
    def met(self) -> str:
        """Whether the goal is met; empty without a goal."""
        if not self.goal:
            return ""
        sign, limit, unit = self.goal.split(" ", 2)
        judged = self.ratio if unit == "times" else self.figure
        if judged is None:
            return "not measured"
        return "met" if _HOLDS[sign](judged, float(limit.replace(",", ""))) else "missed"

    def __str__(self) -> str:
        """The row of the table."""
        figure = self.note if self.figure is None else f"{number(self.figure)} {self.unit}".strip()
        if self.note and self.figure is not None:
            figure += f" ({self.note})"
        ratio = "" if self.ratio is None else number(self.ratio)
        floor = "" if self.floor is None else f"{number(self.floor)} {self.unit}: {self.floor_of}"
        return f"| {self.what} | {self.goal} | {figure} | {ratio} | {floor} | {self.met} |"


def number(value: float) -> str:
    """A number with three digits, or all before the point."""
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def table(lines: Iterable[Line]) -> str:
    """The table of some lines."""
    return "\n".join([HEAD, *map(str, lines)])
