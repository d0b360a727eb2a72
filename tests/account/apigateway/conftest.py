"""API Gateway's API over a gateway, asked by boto3."""

import pytest

from tests.helpers.control_bench import Clients, ControlBench


@pytest.fixture(scope="session")
def clients():
    """boto3's clients for API Gateway's API."""
    return Clients()


@pytest.fixture
def controlled(tmp_path, monkeypatch, clients):
    """The bench of a template's text, with its control plane."""
    monkeypatch.chdir(tmp_path)
    return lambda text, function=None: ControlBench(clients, text, function)
