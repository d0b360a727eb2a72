"""Findings by cause: one group for the fault that one change fixes, with all resources that have it."""

from collections.abc import Iterable

from netful.checks.findings.finding import Certainty, Finding, Severity
from netful.model.core import Frozen


class Group(Frozen):
    """The findings of one rule, severity and cause, in the order of the report. There is at least one."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding whose message stands for all."""
        return self.findings[0]

    @property
    def id(self) -> str:
        """The rule."""
        return self.first.id

    @property
    def severity(self) -> Severity:
        """The severity of all findings of the group."""
        return self.first.severity

    @property
    def certainty(self) -> Certainty:
        """The certainty of the surest finding."""
        return min((finding.certainty for finding in self.findings), key=[*Certainty].index)

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources that have the fault or suffer from it, each once."""
        return tuple(dict.fromkeys(finding.affected or finding.resource for finding in self.findings))

    @property
    def subject(self) -> str:
        """The resource if there is only one, else the cause, else the number of resources."""
        if len(self.findings) > 1 and (self.first.cause or len(self.resources) > 1):
            return self.first.cause or f"{len(self.resources)} resources"
        return self.first.resource

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings whose messages a short report contains: the first of a cause; without one, all of its resource."""
        first = self.resources[0]
        alike = (one for one in self.findings if not one.cause and (one.affected or one.resource) == first)
        return tuple(alike) or self.findings[:1]

    @property
    def others(self) -> tuple[str, ...]:
        """The resources besides that of the first finding."""
        return self.resources[1:]


def by_cause(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return the groups of findings, in the order of their first ones."""
    groups: dict[tuple[str, Severity, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.id, finding.severity, finding.cause), []).append(finding)
    return tuple(Group(tuple(group)) for group in groups.values())
