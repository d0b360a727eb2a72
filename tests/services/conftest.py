"""A stack's services on loopback, as the daemon serves them: a uvloop in a thread, boto3 in the test."""

import socket

import boto3
import pytest
from botocore.config import Config

from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.services_bench import REGION, Services


@pytest.fixture(scope="session")
def services(tmp_path_factory):
    running = Services(tmp_path_factory.mktemp("services"))
    running.run(running.backends.start())
    yield running
    running.stop()


@pytest.fixture
def through(services, monkeypatch):
    """Make boto3 clients whose host names lead to a door: only the address is other than in a stack."""
    real = socket.getaddrinfo

    def connect(service, door, *, tls=True, **more):
        port = services.port(door, tls=tls)
        monkeypatch.setattr(socket, "getaddrinfo", lambda _host, _port, *a, **k: real("127.0.0.1", port, *a, **k))
        return boto3.client(
            service,
            region_name=REGION,
            verify=str(services.authority.bundle),
            config=Config(retries={"max_attempts": 0}, connect_timeout=ENOUGH_SECONDS, read_timeout=ENOUGH_SECONDS),
            **{"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"} | more,
        )

    return connect
