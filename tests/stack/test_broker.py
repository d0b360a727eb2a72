"""A broker of a template is a real RabbitMQ at its address, with the template's user, and keeps its queues."""

import os
import shutil
import signal

import pytest

from tests.helpers.databases import secret, servers
from tests.helpers.packages import put_beside, python_packages
from tests.helpers.places import TEMPLATES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack

pytestmark = [pytest.mark.packets, pytest.mark.programs]


@pytest.fixture(scope="module")
def stack(tmp_path_factory, who):
    folder = tmp_path_factory.mktemp("broker") / "shop"
    shutil.copytree(TEMPLATES / "broker", folder)
    put_beside(python_packages("pika", folder / "ask/requirements.txt"), folder / "ask")
    made = Stack(folder.parent / "state", folder / "template.yaml", prefix=who)
    made.up()
    wait_until(lambda: state_of(made)["state"] == "running")
    yield made
    made.down()


def state_of(stack):
    (broker,) = stack.json("status", "--stack", "s")["hosts"]
    return broker


def left(stack, password):
    return stack.invoke("Ask", f'{{"password": "{password}"}}')["payload"]


def test_a_broker_takes_messages_of_its_user_and_keeps_them(stack):
    password = secret(stack, "broker")["password"]
    assert "ACCESS_REFUSED" in left(stack, "wrong")
    before = left(stack, password)
    (node,) = servers(stack.template.parents[1], "beam.smp")
    os.kill(node, signal.SIGKILL)
    wait_until(lambda: (one := state_of(stack))["restarts"] == 1 and one["state"] == "running")
    assert left(stack, password) == before + 1


def test_only_amqp_over_tls_answers_and_only_where_groups_admit_it(stack):
    probed = stack.probe("subnet:A+FnSg", "Broker")
    assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "none")
    probed = stack.probe("subnet:A+BrokerSg", "Broker")
    assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "timeout")
    for port in (4369, 5672, 25672):  # the node's own
        asked = ("nc", "-z", "-w", "2", state_of(stack)["address"], str(port))
        assert stack.netful("exec", "Broker", "--stack", "s", "--", *asked).returncode == 1


def test_what_netful_has_no_client_for(stack):
    done = stack.netful("db", "Broker", "--stack", "s", check=2)
    assert "netful has no client for `Broker`" in done.stderr
