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


@pytest.fixture
def cloud_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Cloud]:
    """The cloud of a template's text; keywords are its parameters."""
    monkeypatch.chdir(tmp_path)

    def cloud_of_(text: str, **parameters: str) -> Cloud:
        Path("template.yaml").write_text(textwrap.dedent(text))
        return load([Path("template.yaml")], parameters=parameters)

    return cloud_of_


@pytest.fixture
def shown() -> Callable[..., dict[str, Any]]:
    """`apis` of `show`, by id."""

    def shown_(cloud: Cloud, key: str | None = None) -> dict[str, Any]:
        return {api["id"]: api for api in apis(cloud, key)}

    return shown_


@pytest.fixture
def ask() -> Callable[[Cloud, str, str], Answer]:
    """The path that answers a question."""

    def ask_(cloud: Cloud, source: str, destination: str) -> Answer:
        return trace(cloud, parse(cloud, source, destination))

    return ask_
