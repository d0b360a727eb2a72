"""Files of expectations as tests: one test for each line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

import netful
from netful.checks.expectations import Expectation
from netful.checks.expectations import read as read_expectations
from netful.checks.verify import verify
from netful.sources.files import project_folder
from netful.testing.options import Sources

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

_NETWORKS = pytest.StashKey[dict[Sources, netful.Network]]()


class ExpectationsFile(pytest.File):
    """A file of expectations. Its network is the configured one, else that of the template beside it or in the root folder."""

    def collect(self) -> Iterator[ExpectationTest]:
        """Yield a test for each line."""
        try:
            expectations = read_expectations(self.path)
        except netful.NetfulError as error:
            raise self.CollectError(str(error)) from None
        for expectation in expectations:
            yield ExpectationTest.from_parent(self, name=expectation.text, expectation=expectation)

    def network(self) -> netful.Network:
        """Return the network, read once."""
        sources = Sources.configured(self.config)
        if not sources.templates:
            folder = self.path.parent
            sources = sources.at(folder if project_folder.is_project(folder) else self.config.rootpath)
        known = self.config.stash.setdefault(_NETWORKS, {})
        if sources not in known:
            known[sources] = netful.load(*sources.templates, **sources.options)
        return known[sources]


class ExpectationTest(pytest.Item):
    """An expectation."""

    def __init__(self, *, expectation: Expectation, **more: Any) -> None:
        super().__init__(**more)
        self.expectation = expectation

    def runtest(self) -> None:
        """Raise UnmetError if the expectation is not met, or if that is unknown."""
        assert isinstance(self.parent, ExpectationsFile)
        (outcome,) = verify(self.parent.network().facts, [self.expectation])
        if outcome.result != "passed":
            raise UnmetError(outcome)

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """Return the reason, with the trace of the path; of an error its message."""
        if isinstance(excinfo.value, UnmetError):
            return netful.text([excinfo.value.outcome], verbose=True)
        if isinstance(excinfo.value, netful.NetfulError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        """Return the place of the line."""
        return self.path, self.expectation.origin.line - 1, self.name


class UnmetError(Exception):
    """An expectation that is not met, or of which that is unknown."""

    def __init__(self, outcome: netful.Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome
