"""Accounts and stacks of templates that run for the tests of a module."""

import pytest

from tests.helpers.accounts_running import Account
from tests.helpers.stacks import copied


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    folder = tmp_path_factory.mktemp("account")
    made = Account(folder / "state", folder / "template.yaml")
    yield made.start()
    made.down()


@pytest.fixture(scope="module")
def stack(request, tmp_path_factory, who):
    """The running stack of the module's `TEMPLATE`, which is a file of tests/templates."""
    yield from copied(tmp_path_factory.mktemp("stack"), request.module.TEMPLATE, prefix=who).while_up()


@pytest.fixture(scope="module")
def status(stack):
    """What `netful status` shows of the module's stack at first."""
    return stack.json("status", "--stack", "s")


@pytest.fixture
def stopped(request, tmp_path, who):
    """The same stack, which is not up yet."""
    made = copied(tmp_path, request.module.TEMPLATE, prefix=who)
    yield made
    made.down()
