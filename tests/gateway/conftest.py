import textwrap
from pathlib import Path

import pytest

from netful.sources import load
from tests.helpers.gateway_bench import Bench


@pytest.fixture
def bench_of(tmp_path, monkeypatch):
    """The bench of a template's text."""
    monkeypatch.chdir(tmp_path)

    def bench_of_(text, function=None, **more):
        Path("template.yaml").write_text(textwrap.dedent(text))
        return Bench(load([Path("template.yaml")]), function, **more)

    return bench_of_
