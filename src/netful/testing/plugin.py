"""The pytest plugin: fixtures, a marker, expectations files as tests, and the trace of a path below a failure.

It is loaded by every pytest on a machine that has netful, so it imports the rest of netful where a test needs it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from netful.testing.options import SCOPES, Sources, declare

if TYPE_CHECKING:
    import netful
    from netful.testing.expectations import ExpectationsFile

MARKER = "netful_packets"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    declare(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and check the options. Raise UsageError for a wrong one."""
    if config.getini("netful_scope") not in SCOPES:
        raise pytest.UsageError(f"netful_scope: `{config.getini('netful_scope')}` is not one of {', '.join(SCOPES)}")
    Sources.configured(config)
    config.addinivalue_line("markers", f"{MARKER}: needs packets; skipped where the machine does not permit them")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ExpectationsFile | None:
    """Collect an expectations file."""
    if not any(fnmatch(file_path.name, pattern) for pattern in parent.config.getini("netful_expectations")):
        return None
    from netful.testing.expectations import ExpectationsFile  # noqa: PLC0415

    return ExpectationsFile.from_parent(parent, path=file_path)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test with the marker where the machine does not permit packets."""
    if item.get_closest_marker(MARKER):
        from netful.testing.fixtures import require_packets  # noqa: PLC0415

        require_packets(item.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Add the traces of the paths that a failed assertion asked for."""
    report: Any = yield
    if call.excinfo is not None and report.failed:
        from netful.testing.failures import traces  # noqa: PLC0415

        report.sections += [(f"netful trace {source} {to}", text) for source, to, text in traces(call.excinfo)]
    return report


def _scope(fixture_name: str, config: pytest.Config) -> Literal["session", "module"]:  # noqa: ARG001  # pytest's signature
    return "module" if config.getini("netful_scope") == "module" else "session"


@pytest.fixture(scope=_scope)
def network(pytestconfig: pytest.Config) -> netful.Network:
    """Return the network of `netful_template`, or of the template in the root folder."""
    from netful.testing.fixtures import read  # noqa: PLC0415

    sources = _sources(pytestconfig)
    return read(*sources.templates, **sources.options)


@pytest.fixture(scope=_scope)
def stack(pytestconfig: pytest.Config) -> Iterator[netful.Stack]:
    """Run the stack of `netful_template`, or of the template in the root folder."""
    from netful.testing.fixtures import require_packets, running  # noqa: PLC0415

    require_packets(pytestconfig)
    sources = _sources(pytestconfig)
    with running(*sources.templates, **sources.options) as started:
        yield started


def _sources(config: pytest.Config) -> Sources:
    sources = Sources.configured(config)
    return sources if sources.templates else sources.at(config.rootpath)
