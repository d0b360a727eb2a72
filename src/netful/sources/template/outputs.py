"""Outputs of a stack, and their export names."""

import re
from collections.abc import Iterator

from netful.model.core import Output, Unknown
from netful.sources.files.marked import MarkedMap
from netful.sources.template.conditions import Conditions
from netful.sources.template.parameters import StackParameters
from netful.sources.template.references import references
from netful.sources.template.scope import ValueEvaluator


class StackOutputs:
    """The deployed outputs of a stack."""

    def __init__(
        self,
        stack: str,
        written: MarkedMap,
        evaluator: ValueEvaluator,
        conditions: Conditions,
        parameters: StackParameters,
    ) -> None:
        self._stack = stack
        self._parameters = parameters
        self._written = written
        self._evaluator = evaluator
        self._conditions = conditions
        self._naming: set[str] = set()

    def __contains__(self, name: str) -> bool:
        """Return whether an output is written and its condition is not false."""
        return name in self._written and self._conditions.admit(self._written[name])

    def __iter__(self) -> Iterator[str]:
        return filter(self.__contains__, self._written)

    def output(self, name: str) -> Output:
        """Return an output with its value, and with its export's name if it has one."""
        written = self._written[name]
        export = written.get("Export")
        export_name = None
        if isinstance(export, MarkedMap):
            export_name = self._evaluator.text(export.get("Name", ""), export.origin_of("Name"))
        value = self._evaluator.value(written.get("Value"))
        return Output(name, value, export_name, self._stack, origin=self._written.origin_of(name))

    def exported(self) -> Iterator[str]:
        """Yield the names of the outputs that are exported."""
        return (name for name in self if isinstance(self._written[name].get("Export"), MarkedMap))

    def export_patterns(self, name: str) -> tuple[str | None, re.Pattern[str] | None]:
        """Return the export name of an output, and its pattern if it contains the stack's own name."""
        export = self._written[name]["Export"]
        if name in self._naming:  # its name contains an import, which reads all exports
            return None, None
        self._naming.add(name)
        try:
            exact = self._evaluator.text(export.get("Name", ""), export.origin_of("Name"))
        finally:
            self._naming.discard(name)
        if isinstance(exact, Unknown):
            return None, None
        if all(reference.name != "AWS::StackName" for reference in references(export)):
            return exact, None
        return exact, re.compile(".+".join(re.escape(part) for part in exact.split(str(self._parameters.stack_name))))
