"""Options of the tests, and fixtures that several rooms share: templates as clouds, questions, and running stacks."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netful.engine.flows.path import Path as Answer
from netful.engine.overview.api_inventory import apis
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.sources import load
from tests.helpers.stacks import WITHOUT_ROOT, Stack


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-docs", action="store_true", help="rewrite the recorded output of the documentation")
    parser.addoption("--write-golden", action="store_true", help="rewrite the expected output of the golden files")


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


@pytest.fixture(params=["root", "ordinary user"])
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
