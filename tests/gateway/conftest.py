import textwrap
from pathlib import Path

import pytest

from netful.sources import load
from tests.helpers.control_bench import Clients, ControlBench
from tests.helpers.gateway_bench import Bench


@pytest.fixture
def bench_of(tmp_path, monkeypatch):
    """The bench of a template's text."""
    monkeypatch.chdir(tmp_path)

    def bench_of_(text, function=None, **more):
        Path("template.yaml").write_text(textwrap.dedent(text))
        return Bench(load([Path("template.yaml")]), function, **more)

    return bench_of_


@pytest.fixture(scope="session")
def clients():
    """boto3's clients for API Gateway's API."""
    return Clients()


@pytest.fixture
def controlled(tmp_path, monkeypatch, clients):
    """The bench of a template's text, with its control plane."""
    monkeypatch.chdir(tmp_path)
    return lambda text, function=None: ControlBench(clients, text, function)
