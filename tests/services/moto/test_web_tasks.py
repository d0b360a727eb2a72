"""Tasks of state machines that call web servers."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.programs

PROGRAM = """
from types import SimpleNamespace
from netful.services.backends.frames import RoleReply
from netful.services.moto.state_machines import web_tasks
from netful.services.moto.state_machines.loading import load_enumerations_alone

load_enumerations_alone()
web_tasks.hook(SimpleNamespace(ask=lambda call: RoleReply(1, 230, (("X-Seen", call.target),), b'{"ok": true}')))
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task_factory import state_task_service_for

task, env = state_task_service_for("http"), SimpleNamespace(stack=[])
task.resource = SimpleNamespace(service_name="http")
given = {"Method": "GET", "ApiEndpoint": "https://shop.example/orders"}
task._eval_service_task(env=env, normalised_parameters=given, state_credentials=None)
print(env.stack)
"""


def test_a_success_may_have_a_status_of_the_servers_own():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    answer = {"Headers": {"X-Seen": ["/orders"]}, "ResponseBody": {"ok": True}, "StatusCode": 230, "StatusText": ""}
    assert done.stdout.strip() == str([answer])
