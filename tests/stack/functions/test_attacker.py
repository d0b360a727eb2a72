"""Code in a sandbox that wants out: as AWS's user 993, and as the one id of an ordinary user's namespace."""

import json
import socket
import sys

import pytest

from tests.helpers.places import TEMPLATES
from tests.helpers.processes import daemon_of

pytestmark = pytest.mark.packets
TEMPLATE = TEMPLATES / "attacker" / "template.yaml"


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


# What root may do in a position of its own: the control, that the attempts are sound.
WITHIN_ROOTS_POWER = ("interface: ", "route: ", "neighbour: ", "socket: raw", "socket: packets", "socket: transparent")


def test_the_same_attempts_succeed_with_the_rights_that_a_sandbox_lacks(running):
    stack = running(TEMPLATE)
    script = "import app, json; tries = [(n, a) for n, a in app.attempts({}) if n.startswith(%r)]; "
    script += "print(json.dumps({name: app.outcome(attempt) for name, attempt in tries}))"
    command = ("env", f"PYTHONPATH={TEMPLATE.parent / 'attack'}", sys.executable, "-c", script % (WITHIN_ROOTS_POWER,))
    outcomes = json.loads(stack.netful("exec", "Attacker", "--stack", "s", "--", *command, check=0).stdout)
    assert len(outcomes) == 12
    assert {name: outcome for name, outcome in outcomes.items() if outcome != "done"} == {}
