from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from netful.model.cloud import Cloud
from netful.sources import load


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a file into the current folder, which is an empty one; gives its relative path."""
    monkeypatch.chdir(tmp_path)

    def write_(text: str, name: str = "template.yaml") -> Path:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(textwrap.dedent(text))
        return Path(name)

    return write_


@pytest.fixture
def cloud_of(write: Callable[..., Path]) -> Callable[..., Cloud]:
    """The cloud of a template's text; keywords are its parameters."""

    def cloud_of_(text: str, **parameters: str) -> Cloud:
        return load([write(text)], parameters=parameters)

    return cloud_of_
