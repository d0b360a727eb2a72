"""Lambda's two designs side by side: one shared interface, or interfaces that use up a subnet."""

import json
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
FREE = 16 - 5 - 2  # less the endpoint's address, and the one that probes of the functions stand behind


@pytest.fixture
def stack(tmp_path, request):
    yield from Stack(tmp_path / "state", TEMPLATES / "old-design.yaml").while_up("--lambda-network", request.param)


def at_once(stack, number, function="Large"):
    """Invoke a function so often at the same time; the answers, and the codes of the refusals."""
    client = boto3.client(
        "lambda",
        region_name="us-east-1",
        endpoint_url=stack.json("status", "--stack", "s")["endpoint_url"],
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
        config=Config(max_pool_connections=number, retries={"total_max_attempts": 1}),
    )

    def invoke(_number):
        try:
            return json.loads(client.invoke(FunctionName=function, Payload=b'{"seconds": 2}')["Payload"].read())
        except ClientError as refused:
            return refused.response["Error"]["Code"]

    with ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(invoke, range(number)))


def interfaces(stack, function):
    functions = stack.json("status", "--stack", "s")["functions"]
    return next(one["interfaces"] for one in functions if one["resource"] == function)


@pytest.mark.parametrize("stack", ["hyperplane"], indirect=True)
def test_shared_interfaces_are_enough_for_all(stack):
    assert at_once(stack, FREE + 2) == ["found"] * (FREE + 2)
    assert interfaces(stack, "Large") == interfaces(stack, "Small") == ["eni-Subnet-Sg 10.0.1.5"]


@pytest.mark.parametrize("stack", ["per-sandbox"], indirect=True)
def test_own_interfaces_use_the_subnet_up(stack):
    assert interfaces(stack, "Large") == []
    answers = at_once(stack, FREE + 2)
    assert answers == ["SubnetIPAddressLimitReachedException"] * 2 + ["found"] * FREE
    assert len(interfaces(stack, "Large")) == FREE
    assert at_once(stack, 1, "Small") == ["SubnetIPAddressLimitReachedException"]


@pytest.mark.parametrize("stack", ["per-sandbox"], indirect=True)
def test_as_many_sandboxes_as_fit_into_3_gb_share_one(stack):
    assert at_once(stack, 4, "Small") == ["found"] * 4
    tenants = sorted(one.rpartition("sandboxes=")[2] for one in interfaces(stack, "Small"))
    assert tenants == ["1", "3"]
