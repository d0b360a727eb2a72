"""Options and marks of the tests, and fixtures that several rooms share: clouds of templates, questions, running stacks.

A test that makes network namespaces is marked `packets`: it is skipped where the machine refuses them, and fails there in
CI. A test that starts programs and makes no namespaces is marked `programs`, one of half a second or more that does neither
`slow`. What has none of these marks is `make test-fast`.
An ordinary user's tests run in a user namespace, whose root that user is.
"""

import gc
import itertools
import os
import re
import signal
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from netful.engine.flows.path import Path as Answer
from netful.engine.overview.api_inventory import apis
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.fabric.kernel import syscalls
from netful.fabric.kernel.rights import Mode, enter_user_namespace, find_rights, is_root
from netful.model.cloud import Cloud
from netful.model.core import RightsError
from netful.sources import load

pytest.register_assert_rewrite("tests.helpers")  # so that their assertions tell the values

from tests.helpers.stacks import WITHOUT_ROOT, Stack  # noqa: E402

gc.disable()  # until the first test: little of what is imported and collected is garbage

if not is_root() and find_rights().mode is Mode.ROOTLESS:
    os.environ.setdefault("LOGNAME", str(os.getuid()))  # pytest names its folder after it
    enter_user_namespace()  # before any thread is there; the workers of pytest-xdist are started inside
    syscalls.unshare(syscalls.CLONE_NEWNS)  # tests mount small disks

signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background would have programs ignore it
os.environ["NETFUL_LANG"] = "en"  # whatever the locale
os.environ.pop("PYTHONUNBUFFERED", None)  # outputs come in the order of any machine
os.environ["NETFUL_YES"] = "1"  # the tests agree to the commands of the project files that they write

# The same examples in every run, however slow the machine; `--hypothesis-profile=random` draws others, `quick` fewer.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("quick", derandomize=True, deadline=None, max_examples=8)
hypothesis.settings.register_profile("random", deadline=None)
hypothesis.settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-docs", action="store_true", help="rewrite the recorded output of the documentation")
    parser.addoption("--write-golden", action="store_true", help="rewrite the expected output of the golden files")
    parser.addoption(
        "--until",
        type=float,
        help="begin no test after this moment, in seconds since 1970, and tell how many were left",
    )


@cache
def refusal() -> str:
    """Return why this machine allows no packets, or ""."""
    try:
        find_rights().require()
    except RightsError as refused:
        return str(refused)
    return ""


_WHOLE = re.compile(r"^pytestmark = .*\bpytest\.mark\.(packets|programs|slow)\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files of which every test has a mark that is not wanted: each worker would import all of them."""
    unwanted = re.findall(r"not (\w+)", config.getoption("markexpr"))
    if not unwanted or not collection_path.name.startswith("test_") or not collection_path.is_file():
        return None
    whole = _WHOLE.search(collection_path.read_text())
    return True if whole and whole[1] in unwanted else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the tests that take long, so that none of them is left alone at the end.

    With a limit, end with them, and begin with those that start nothing: the most tests in the time.
    """
    if config.getoption("--until") is None:
        items.sort(key=lambda item: item.get_closest_marker("long") is None)
    else:
        marks = ("long", "packets", "programs")
        items.sort(key=lambda item: [item.get_closest_marker(mark) is not None for mark in marks])


def pytest_collection_finish() -> None:
    """Leave all that is loaded by now out of later collections: tests that ask what is still held collect often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)  # far less often: a twentieth of the time went into it


def pytest_sessionfinish() -> None:
    """Collect once what tests have left: pytest collects ten times, and each time looks at all that lives."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def settled_heap() -> None:
    """Leave out what earlier tests have left, too."""
    pytest_collection_finish()


LEFT = "left: the time of this run is over"
LONG_SECONDS = 600  # of a test that is marked `long`, where other programs leave little of the machine


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    until = item.config.getoption("--until")
    if until and time.time() > until - (LONG_SECONDS if item.get_closest_marker("long") else 0):
        pytest.skip(LEFT)
    if item.get_closest_marker("packets") and refusal():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(refusal())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was left, by file: a run that ended in time has not tried these tests."""
    skipped = terminalreporter.stats.get("skipped", [])
    left = Counter(report.nodeid.partition("::")[0] for report in skipped if LEFT in str(report.longrepr))
    if left:
        terminalreporter.section(f"{left.total()} tests were not begun in time", yellow=True)
        for path, number in sorted(left.items()):
            terminalreporter.line(f"{number:5} {path}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Leave out of a report what nothing reads: pytest-xdist sends forty thousand of them."""
    report = yield
    report.keywords = {}
    return report


STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system"}
unmarked: list[str] = []  # the test that runs and may not start programs


def refuse_programs(event: str, _arguments: object) -> None:
    """Stop what an unmarked test starts, so that `make test-fast` stays fast."""
    if event in STARTS and unmarked:
        pytest.fail(f"{unmarked[0]} starts a program: mark it `programs`, or `packets` where it makes namespaces")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Watch the tests alone: the collection opens and imports thousands of files."""
    gc.enable()
    sys.addaudithook(refuse_programs)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    if not any(item.get_closest_marker(mark) for mark in ("packets", "programs")):
        unmarked.append(item.nodeid)
    result = yield
    unmarked.clear()
    return result


_numbers = itertools.count()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder, as pytest does, but without a search for its number and a link to the last one."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    path = tmp_path_factory.getbasetemp() / f"{name}{next(_numbers)}"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a file into the current folder, which is an empty one, and return its relative path."""
    monkeypatch.chdir(tmp_path)

    def write_(text: str, name: str = "template.yaml") -> Path:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(textwrap.dedent(text))
        return Path(name)

    return write_


@pytest.fixture
def cloud_of(write: Callable[..., Path]) -> Callable[..., Cloud]:
    """Load a template's text; keywords are its parameters."""

    def cloud_of_(text: str, **parameters: str) -> Cloud:
        return load([write(text)], parameters=parameters)

    return cloud_of_


@pytest.fixture
def shown() -> Callable[..., dict[str, Any]]:
    """Return `apis` of `show`, by id."""

    def shown_(cloud: Cloud, key: str | None = None) -> dict[str, Any]:
        return {api["id"]: api for api in apis(cloud, key)}

    return shown_


@pytest.fixture
def ask() -> Callable[[Cloud, str, str], Answer]:
    """Return the path that answers a question."""

    def ask_(cloud: Cloud, source: str, destination: str) -> Answer:
        return trace(cloud, parse(cloud, source, destination))

    return ask_


@pytest.fixture(params=["root", "ordinary user"], scope="module")
def who(request):
    """Return the command prefix that makes the user."""
    return () if request.param == "root" else WITHOUT_ROOT


@pytest.fixture
def running(tmp_path):
    """Bring stacks up; they are down after the test."""
    stacks = []

    def start(template, **more):
        stack = Stack(tmp_path / "state", template, **more)
        stacks.append(stack)
        stack.up()
        return stack

    yield start
    for stack in stacks:
        stack.down()
