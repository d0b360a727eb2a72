"""Rule: its id, its texts, and its search.

The name of its module is its id and its slug; an id is never reused. The examples are `rules/examples/nf102.bad.yaml` and `nf102.good.yaml`: they are tests, and the
rule's page is made from them. A rule with `compare` compares two versions of a template.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Finding, Problem, Severity
from netful.model.core.frozen import Frozen

Find = Callable[[Facts], Iterable[Problem]]
Compare = Callable[[Facts, Facts], Iterable[Problem]]


class Rule(Frozen):
    """One check. `why` describes the effect on the user, `instead` the fix; the registry sets `id` and `slug`."""

    title: str
    severity: Severity
    why: str
    instead: str
    find: Find | None = None
    compare: Compare | None = None
    id: str = ""
    slug: str = ""

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """Return the findings in a cloud."""
        return self._signed(self.find(facts) if self.find else ())

    def regressions(self, old: Facts, new: Facts) -> Iterator[Finding]:
        """Return the findings in the step from one version to the next."""
        return self._signed(self.compare(old, new) if self.compare else ())

    def example(self, kind: str) -> str:
        """Return the text of the `good` or the `bad` example."""
        folder = files("netful.checks.rules") / "examples"
        return (folder / f"{self.id.lower()}.{kind}.yaml").read_text(encoding="utf-8")

    def _signed(self, problems: Iterable[Problem]) -> Iterator[Finding]:
        for problem in problems:
            yield Finding(
                id=self.id,
                title=self.title,
                severity=problem.severity or self.severity,
                resource=problem.resource,
                origin=problem.origin,
                message=problem.message,
                hint=problem.hint,
                certainty=problem.certainty,
                path=problem.path,
                cause=problem.cause,
                affected=problem.affected,
            )
