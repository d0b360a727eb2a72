"""The states of functions in VPCs, as the clock goes (lambda §1.3, §1.4)."""

import pytest

from netful.functions.environments.lifecycle import Lifecycle
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.cloud import Cloud
from netful.model.functions.function import Code, Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def cloud(**shared: str) -> Cloud:
    """Functions by the interface that they share; "" for one outside a VPC."""
    functions = {name: Function(name, name, Code(), subnet_ids=("s",) if eni else ()) for name, eni in shared.items()}
    owners = {eni: tuple(name for name in shared if shared[name] == eni) for eni in shared.values() if eni}
    enis = {
        eni: NetworkInterface(eni, InterfaceOwner.LAMBDA, eni, "s", function_ids=names) for eni, names in owners.items()
    }
    return Cloud.of(functions=functions, network_interfaces=enis)


@pytest.fixture
def clock():
    return Clock()


def code(lifecycle, function="A"):
    with pytest.raises(InvokeRefused) as refused:
        lifecycle.use(function)
    return refused.value.status, refused.value.code


def test_a_function_is_pending_until_its_interface_is_made(clock):
    lifecycle = Lifecycle(clock, eni_seconds=60)
    lifecycle.follow(cloud(A="eni-1", Outside=""))
    assert (lifecycle.state("A"), lifecycle.state("Outside")) == ("Pending", "Active")
    assert code(lifecycle) == (409, "ResourceConflictException")
    lifecycle.use("Outside")
    clock.now = 60
    assert lifecycle.state("A") == "Active"
    lifecycle.use("A")


def test_an_interface_that_is_there_is_not_waited_for(clock):
    lifecycle = Lifecycle(clock, eni_seconds=60)
    lifecycle.follow(cloud(A="eni-1"))
    clock.now = 100
    lifecycle.follow(cloud(A="eni-1", B="eni-1", C="eni-2"))
    assert [lifecycle.state(name) for name in "ABC"] == ["Active", "Active", "Pending"]


def test_an_idle_function_fails_once_and_waits_for_its_interface(clock):
    lifecycle = Lifecycle(clock, eni_seconds=60, idle_seconds=1000)
    lifecycle.follow(cloud(A="eni-1"))
    clock.now = 1000
    assert lifecycle.state("A") == "Active"
    clock.now = 1001
    assert lifecycle.state("A") == "Inactive"
    assert code(lifecycle) == (502, "ResourceNotReadyException")
    assert lifecycle.state("A") == "Pending"
    assert code(lifecycle) == (409, "ResourceConflictException")
    clock.now += 60
    lifecycle.use("A")


def test_use_keeps_it_active(clock):
    lifecycle = Lifecycle(clock, idle_seconds=1000)
    lifecycle.follow(cloud(A="eni-1"))
    for clock.now in (900, 1800, 2700):
        lifecycle.use("A")
    assert lifecycle.state("A") == "Active"


def test_the_status_of_an_interface(clock):
    lifecycle = Lifecycle(clock, eni_seconds=60, idle_seconds=1000)
    lifecycle.follow(cloud(A="eni-1"))
    told = []
    for clock.now in (0, 60, 1061):
        told.append(lifecycle.interface("eni-1"))
    assert told == ["attaching", "in-use", ""]
