"""The users that stacks are run as, and stacks that are down after the test."""

import pytest
from stacks import WITHOUT_ROOT, Stack


@pytest.fixture(params=["root", "ordinary user"])
def who(request):
    """The command prefix that makes the user."""
    return () if request.param == "root" else WITHOUT_ROOT


@pytest.fixture
def running(tmp_path):
    """Bring stacks up; they are down after the test."""
    stacks = []

    def start(template, **more):
        stack = Stack(tmp_path / "state", template, **more)
        stacks.append(stack)
        stack.up()
        return stack

    yield start
    for stack in stacks:
        stack.down()
