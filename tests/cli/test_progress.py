"""A verb that works for long says so, on a terminal only."""

import threading

import pytest

from netful.cli.options import progress
from netful.cli.options.progress import sign_of_life


class Terminal:
    """A terminal that tells when something was written on it."""

    def __init__(self, *, is_one=True):
        self.written, self._is_one, self.told = "", is_one, threading.Event()

    def isatty(self):
        return self._is_one

    def write(self, text):
        self.written += text

    def flush(self):
        self.told.set()


@pytest.fixture
def on(monkeypatch):
    def on_(terminal):
        monkeypatch.setattr(progress.sys, "stderr", terminal)
        monkeypatch.setattr(progress, "_SECONDS", 0.001)
        return terminal

    return on_


def test_long_work_shows_a_sign_of_life(on):
    terminal = on(Terminal())
    with sign_of_life(["check", "-t", "x"]):
        assert terminal.told.wait(60)
    assert terminal.written == "netful check is at work …\n"


@pytest.mark.parametrize(
    ("arguments", "is_terminal"), [(["check"], False), (["check", "--quiet"], True), (["logs", "-f"], True), ([], True)]
)
def test_nothing_is_shown_where_it_would_disturb(on, monkeypatch, arguments, is_terminal):
    monkeypatch.setattr(progress.signal, "setitimer", None)  # it would be called
    terminal = on(Terminal(is_one=is_terminal))
    with sign_of_life(arguments):
        pass
    assert terminal.written == ""
