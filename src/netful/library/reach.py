"""Answer to the question whether a path exists, for an `assert`."""

from netful.engine.flows.path import Path
from netful.library.text import text
from netful.model.core import Frozen, UnknownAnswerError


class Reach(Frozen):
    """True if the path is reachable, false if it is blocked. If it is unknown, its truth raises UnknownAnswerError.

    So neither `assert reach` nor `assert not reach` passes by a value that is missing. `str` is the text of the trace.
    """

    path: Path

    def __bool__(self) -> bool:
        __tracebackhide__ = True  # of a test that pytest runs
        if self.path.verdict == "unknown":
            raise UnknownAnswerError(
                f"it is unknown whether `{self.path.source}` can reach `{self.path.destination}`",
                why=f"missing: {', '.join(self.path.unsettled)}",
                hint=self.path.hint,
            )
        return self.path.verdict == "reachable"

    def __str__(self) -> str:
        return text(self.path)

    def __repr__(self) -> str:
        return f"<{self.path.source} → {self.path.destination}: {self.path.verdict}, {self.path.symptom}>"
