"""A cloud without a kernel, and EC2's API over it."""

import pytest

from netful.account.ec2.api import Ec2Api
from tests.helpers.account_client import Client, Running


@pytest.fixture
def running():
    return Running()


@pytest.fixture
def ec2(running):
    return Client("ec2", Ec2Api(running, ()).handle)
