"""A share of the accounts: what one worker computes at a time, and its answers."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from netful.cli.cluster.options import ClusterOptions

UNANSWERED = 2
"""The exit code of an account without an answer; that of an unreadable input, too."""


@dataclass(frozen=True)
class Call:
    """A verb with its arguments, for any account."""

    verb: str
    """Its import path, `netful.cli.check:check`."""

    positional: tuple[Any, ...]
    named: dict[str, Any]

    def about(self, account: Path) -> Callable[[], Any]:
        """Return the call for one account, as a function without arguments."""
        module, _, name = self.verb.partition(":")
        verb = getattr(import_module(module), name)
        model = replace(self.named["model"], template=(account,))
        return lambda: verb(*self.positional, **self.named | {"model": model, "cluster": ClusterOptions()})


@dataclass(frozen=True)
class Answer:
    """The answer of a verb about one account."""

    account: Path
    exit_code: int
    output: str = ""
    """Text or JSON, as the verb prints it on standard output."""

    messages: str = ""
    """Warnings and errors."""


@dataclass(frozen=True)
class Share:
    """Accounts that one worker takes at a time."""

    call: Call
    accounts: tuple[Path, ...]
    netful: str
    """The version of netful that divided the accounts."""

    def answers(self) -> list[Answer]:
        """Compute the answers, in a process that does nothing else."""
        if (own := version("netful")) != self.netful:
            return self.unanswered(f"error: {os.uname().nodename} has netful {own}, not {self.netful}")
        return [self._answer(account) for account in self.accounts]

    def unanswered(self, why: str) -> list[Answer]:
        """Return for each account the reason why it has no answer."""
        return [Answer(account, UNANSWERED, messages=f"{why}\n") for account in self.accounts]

    def _answer(self, account: Path) -> Answer:
        from netful.cli.app import exit_code_of  # noqa: PLC0415  # the verbs of the application are mapped by this package

        output, messages = io.StringIO(), io.StringIO()
        with redirect_stdout(output), redirect_stderr(messages):
            code = exit_code_of(self.call.about(account))
        return Answer(account, code, output.getvalue(), messages.getvalue())


def shares(call: Call, accounts: list[Path], size: int) -> Iterator[Share]:
    """Divide accounts into shares of a size."""
    for first in range(0, len(accounts), size):
        yield Share(call, tuple(accounts[first : first + size]), version("netful"))
