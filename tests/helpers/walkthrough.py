"""The console blocks of a page: found, run as a reader would run them, compared, written anew.

Rules:
1. A block is fenced as `console`; a line that begins with `$ ` is a command, what follows is its output.
2. All blocks of a page are run in one terminal: it begins in the project's root, `cd` holds until the end, and the page's
   stacks have a state folder of their own. bash runs a command that needs a shell, and every command of the README; other
   commands of netful are forked (`forked_commands`).
3. Two outputs are the same when they differ only in what differs from run to run: durations, request ids, times,
   memory, the width of columns, and the warning about the Python version at hand.
4. A recorded line `…` stands for any lines.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.places import ROOT
from tests.helpers.stacks import commands

PAGES = [
    ROOT / "README.md",
    ROOT / "README.ja.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]

_FENCE = "```"
_PROMPT = "$ "
_ANY_LINES = "…"
_SECONDS = 300
_FOR_THE_SHELL = frozenset("$`|&;<>*?~(){}[]=#\\")
_READERS_FOLDER = "/home/me/netful"
_VOLATILE = (
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "REQUEST-ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"), "TIME"),
    (re.compile(r"\b\d+(?:\.\d+)? ms\b"), "DURATION"),
    (re.compile(r"up in \d+\.\d+ s \((?:root|rootless)\)"), "up in DURATION"),
    (re.compile(r"changed in \d+\.\d+ s"), "changed in DURATION"),
    (re.compile(r"(passed|failed) in \d+\.\d+s"), r"\1 in DURATION"),
    (re.compile(r"127\.0\.0\.1:\d+"), "LOCAL"),
    (re.compile(r'"mode": "(?:root|rootless)"'), '"mode": "MODE"'),
    (re.compile(r'"((?:\w+_)?ms)": \d+(?:\.\d+)?(?:e-\d+)?'), r'"\1": DURATION'),
    (re.compile(r"Max Memory Used: \d+ MB"), "Max Memory Used: SIZE"),
    (re.compile(r"\b\d\d:\d\d:\d\d(?:\.\d+)?\b"), "CLOCK"),
    (re.compile(r":\d{4,5}(?= → | \()"), ":PORT"),
    (re.compile(r"\b(postgresql|mariadb) [\d.]+"), r"\1 VERSION"),
    (re.compile(r"\d+ packets?, \d+ bytes"), "PACKETS"),
    (re.compile(r"\s+"), " "),
)
_PYTHON_WARNING = re.compile(r"warning: .* asks? for Python [\d.]+ and runs? on [\d.]+")


@dataclass(frozen=True)
class Step:
    """A command and its recorded output, the lines `first` to `end` of the page."""

    command: str
    first: int
    end: int


def steps(lines: list[str]) -> list[Step]:
    """The commands of a page, in order."""
    found: list[Step] = []
    inside = False
    for number, line in enumerate(lines):
        if line.startswith(_FENCE):
            inside = line == f"{_FENCE}console"
        elif inside and line.startswith(_PROMPT):
            found.append(Step(line.removeprefix(_PROMPT), number + 1, number + 1))
        elif inside and found:
            found[-1] = Step(found[-1].command, found[-1].first, number + 1)
    return found


class Terminal:
    """A reader's terminal: where it is, and where its stacks are."""

    def __init__(self, state: Path, *, with_shell: bool) -> None:
        self._folder = ROOT
        self._with_shell = with_shell
        own = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("AWS_")}
        self._env = own | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "NETFUL_STATE": str(state),
            "NETFUL_YES": "",  # a reader agrees where the page says so
            "XDG_STATE_HOME": str(state.parent / "consents"),
            "NO_COLOR": "1",
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
        }
        self._state = state

    def run(self, command: str) -> list[str]:
        """The lines that a command prints, on either stream; the project is in a reader's folder."""
        if command.startswith("cd "):
            self._folder = (self._folder / command.removeprefix("cd ")).resolve(strict=True)
            return []
        if command.startswith("netful ") and not self._with_shell and _FOR_THE_SHELL.isdisjoint(command):
            words = shlex.split(command)[1:]
            done = commands(()).run(words, env=self._env, cwd=self._folder, seconds=_SECONDS, together=True)
        else:
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=self._folder, env=self._env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=_SECONDS, check=False,
            )  # fmt: skip
        printed = done.stdout.replace(str(ROOT), _READERS_FOLDER)
        return [line.rstrip() for line in printed.splitlines() if not _PYTHON_WARNING.fullmatch(line)]

    def end(self) -> list[str]:
        """End every stack that is still running; returns their names."""
        names = [folder.name for folder in self._state.iterdir()] if self._state.is_dir() else []
        return [name for name in names if self.run(f"netful down --stack {name}") == [f"{name} is down"]]


def same(recorded: list[str], printed: list[str]) -> bool:
    """Whether an output is what was recorded (rules 3 and 4)."""
    parts = [".*" if line.strip() == _ANY_LINES else re.escape(_stable(line)) for line in recorded if line.strip()]
    return (
        re.fullmatch("\n".join(parts), "\n".join(_stable(line) for line in printed if line.strip()), re.DOTALL)
        is not None
    )


def renewed(recorded: list[str], printed: list[str]) -> list[str]:
    """What to record instead: an output that was cut stays cut, with as many lines before and behind as it had."""
    cuts = [number for number, line in enumerate(recorded) if line.strip() == _ANY_LINES]
    if not cuts:
        return printed
    behind = len(recorded) - cuts[-1] - 1
    return [*printed[: cuts[0]], _ANY_LINES, *printed[len(printed) - behind :]]


def _stable(line: str) -> str:
    for pattern, stands_for in _VOLATILE:
        line = pattern.sub(stands_for, line)
    return line.strip()
