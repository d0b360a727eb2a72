"""Interfaces of services over changes: a deployment has its own beside those of tasks that still finish requests."""

from dataclasses import replace

import pytest

from netful.account import carried as by_calls
from netful.account.changes import Put, changed
from netful.account.rollouts import carried
from netful.engine.tasks.places import is_starting, places, rollout_of
from netful.model.functions.images import Image
from netful.model.functions.rollouts import Rollout
from tests.helpers.places import TEMPLATES

TEMPLATE = (TEMPLATES / "deployments.yaml").read_text()


@pytest.fixture
def written(cloud_of):
    """Return the cloud of the template with a colour; this machine has the image."""

    def written_(colour):
        cloud = cloud_of(TEMPLATE.replace("Value: blue", f"Value: {colour}"))
        return cloud.having(images={"team/app": Image("team/app")})

    return written_


@pytest.fixture
def draining(written):
    """Return a cloud with the tasks of a second deployment, while those of the first still drain."""
    begun = carried(written("green"), written("blue"))
    was = rollout_of(begun, "Web")
    return begun.having(rollouts={"Web": replace(was, starting=(), earlier=(), draining=was.earlier)})


def read_anew(_cloud, definition, written):
    """`netful up`: the files are read."""
    return written("blue" if definition else "green")


def edited(cloud, definition, written):
    """A call that changes a resource."""
    resources = cloud.template.resources
    group = replace(resources["Group"], properties={**resources["Group"].properties, "Tags": []})
    return changed(cloud, [Put(written("blue").template.resources["Definition"]) if definition else Put(group)])


def merged(cloud, definition, written):
    """A deployment of a stack over what calls changed."""
    return by_calls.carried(written("green"), cloud, written("blue" if definition else "green"))


CHANGES = pytest.mark.parametrize("change", [read_anew, edited, merged])


@CHANGES
def test_a_deployment_that_begins_while_old_tasks_drain_has_its_own_interfaces(draining, written, change):
    now = carried(change(draining, True, written), draining)
    made = tuple(eni.id for eni in places(now, "Web"))
    assert rollout_of(now, "Web") == Rollout(3, made, ("eni-Web-A~2", "eni-Web-B~2"), ("eni-Web-A", "eni-Web-B"))
    assert made == ("eni-Web-A~3", "eni-Web-B~3")
    addresses = [eni.private_ip_address for eni in now.network.interfaces_of("Web")]
    assert len({*addresses}) == len(addresses) == 6


@CHANGES
def test_another_change_while_old_tasks_drain_leaves_all_interfaces(draining, written, change):
    now = carried(change(draining, False, written), draining)
    assert rollout_of(now, "Web") == rollout_of(draining, "Web")
    assert {*now.network.interfaces_of("Web")} == {*draining.network.interfaces_of("Web")}


@pytest.mark.parametrize(
    "colours", [("green", "red"), ("green", "red", "red")], ids=["at once", "after another change"]
)
def test_tasks_that_start_get_no_requests_where_another_deployment_begins(written, colours):
    now = written("blue")
    for colour in colours:
        now = carried(written(colour), now)
    serving = [eni.id for eni in now.network.interfaces_of("Web") if not is_starting(now, eni)]
    assert serving == ["eni-Web-A", "eni-Web-B"]
    assert {*rollout_of(now, "Web").earlier} == {*serving, "eni-Web-A~2", "eni-Web-B~2"}
