"""Code in a sandbox that wants out: as AWS's user 993, and as the one id of an ordinary user's namespace."""

import json
import socket
from pathlib import Path

import pytest
from conftest import Stack
from test_kill import daemon_of

pytestmark = pytest.mark.packets
TEMPLATE = Path(__file__).with_name("attacker") / "template.yaml"


def test_nothing_that_a_sandbox_tries_gets_it_out(running, who, tmp_path):
    stack = running(TEMPLATE, prefix=who)
    victim = stack.invoke("Victim")["payload"]["address"]
    state = tmp_path / "state"
    with socket.create_server(("127.0.0.1", 0)) as host, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0netful-host")
        abstract.listen()
        found = {
            "victim": victim,
            "host_port": host.getsockname()[1],
            "abstract": "netful-host",
            "state": str(state),
            "daemon": daemon_of(state),
        }
        done = stack.invoke("Attacker", json.dumps(found))
    assert not done["function_error"], done
    assert {name for name, outcome in done["payload"].items() if outcome == "done"} == set()
    assert stack.invoke("Victim")["payload"] == {"address": victim}


def test_the_attempts_would_succeed_without_a_sandbox():
    """The attempts themselves are sound: where nothing holds them they do what they say."""
