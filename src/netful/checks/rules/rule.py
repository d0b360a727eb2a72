"""Rule: its id, its texts, and its search; and everything else that each rule needs.

The name of its module is its id and its slug; an id is never reused. The docstring of the module has a summary, the effect on
the user, and the fix after `Instead:`. The examples are `rules/examples/nf102.bad.yaml` and `nf102.good.yaml`: they are
tests, and the rule's page is made from them. A rule of a change compares two versions of a template.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Certainty, Finding, Problem, Severity
from netful.model.core import Frozen

__all__ = ["Certainty", "Facts", "Problem", "Problems", "Rule", "Severity"]

Problems = Iterator[Problem]
Find = Callable[[Facts], Problems]
Compare = Callable[[Facts, Facts], Problems]


class Rule(Frozen):
    """One check. `why` describes the effect on the user, `instead` the fix. The registry sets what the module says."""

    title: str
    severity: Severity
    find: Find | None = None
    compare: Compare | None = None
    why: str = ""
    instead: str = ""
    id: str = ""
    slug: str = ""

    @classmethod
    def of(cls, title: str, severity: Severity) -> Callable[[Find], "Rule"]:
        """Return the decorator that makes a search of a cloud a rule."""
        return lambda find: cls(title, severity, find)

    @classmethod
    def of_change(cls, title: str, severity: Severity) -> Callable[[Compare], "Rule"]:
        """Return the decorator that makes a comparison of two versions a rule."""
        return lambda compare: cls(title, severity, compare=compare)

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """Return the findings in a cloud."""
        return self.signed(self.find(facts) if self.find else ())

    def regressions(self, old: Facts, new: Facts) -> Iterator[Finding]:
        """Return the findings in the step from one version to the next."""
        return self.signed(self.compare(old, new) if self.compare else ())

    def signed(self, problems: Iterable[Problem]) -> Iterator[Finding]:
        """Return problems as findings of the rule."""
        for one in problems:
            found = (one.resource, one.origin, one.message, one.hint, one.certainty, one.path)
            severity = one.severity or self.severity
            yield Finding(
                *found, severity=severity, cause=one.cause, affected=one.affected, id=self.id, title=self.title
            )

    def to_json(self) -> dict[str, str]:
        """Return the rule's texts in the command line's JSON form."""
        return {name: str(getattr(self, name)) for name in ("id", "slug", "title", "severity", "why", "instead")}

    def example(self, kind: str) -> str:
        """Return the text of the `good` or the `bad` example."""
        folder = files("netful.checks.rules") / "examples"
        return (folder / f"{self.id.lower()}.{kind}.yaml").read_text(encoding="utf-8")
