"""One function in every place, in both of Lambda's designs: what trace predicts, what happens, what EC2 tells of it."""

import base64
import re
import resource
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import ClientError

from netful.model.core import StackError
from netful.stack.control.client import Client
from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
TEMPLATE = "lambda-network.yaml"
PLACES = {"OutsideVpc": True, "InIsolated": False, "BehindNat": True, "BehindEndpoint": True}
NUMBER = 300
FREE = 256 - 5 - 1  # less the one that probes of the function stand behind


@pytest.fixture(scope="module", params=["hyperplane", "per-sandbox"])
def stack(tmp_path_factory, request):
    one = Stack(tmp_path_factory.mktemp("state"), TEMPLATES / TEMPLATE)
    one.design = request.param
    one.up("--lambda-network", request.param)
    yield one
    one.down()


def ec2(stack):
    url = stack.json("status", "--stack", "s")["endpoint_url"]
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    return boto3.client("ec2", region_name="us-east-1", endpoint_url=url, **keys)


def of_lambda(stack, **filters):
    wanted = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    pages = ec2(stack).get_paginator("describe_network_interfaces").paginate(Filters=[
        {"Name": "description", "Values": ["AWS Lambda VPC ENI*"]}, *wanted,
    ])  # fmt: skip
    return [eni for page in pages for eni in page["NetworkInterfaces"]]


def test_trace_says_what_happens_in_each_place(stack):
    with ThreadPoolExecutor(len(PLACES)) as pool:
        answers = dict(zip(PLACES, pool.map(lambda place: stack.invoke(place)["payload"], PLACES), strict=True))
        traced = dict(zip(PLACES, pool.map(lambda place: stack.trace(place, "aws:ssm"), PLACES), strict=True))
    assert {place: answer == "found" for place, answer in answers.items()} == PLACES
    assert answers["InIsolated"] == "ConnectTimeoutError"
    assert {place: one["verdict"] == "reachable" for place, one in traced.items()} == PLACES
    assert traced["InIsolated"]["symptom"]["kind"] == "timeout"


def test_ec2_tells_of_the_interfaces(stack):
    stack.invoke("BehindNat")
    (eni,) = of_lambda(stack, subnet_id="Private")
    assert eni["Status"] == "in-use"
    assert (eni["VpcId"][:4], eni["Groups"][0]["GroupId"][:3]) == ("vpc-", "sg-")
    assert eni["RequesterManaged"] is True
    assert "Association" not in eni
    uuid = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    if stack.design == "hyperplane":
        assert eni["InterfaceType"] == "lambda"
        assert re.fullmatch(rf"AWS Lambda VPC ENI-\S*BehindNat\S*-{uuid}", eni["Description"])
    else:
        assert eni["InterfaceType"] == "interface"
        assert re.fullmatch(rf"AWS Lambda VPC ENI: {uuid}", eni["Description"])
        assert re.search(r"-BehindNat-\w{12}$", eni["RequesterId"])
    kinds = {one["InterfaceType"] for one in ec2(stack).describe_network_interfaces()["NetworkInterfaces"]}
    assert kinds >= {"nat_gateway", "vpc_endpoint"}
    with pytest.raises(ClientError, match=r"InvalidNetworkInterfaceID\.NotFound"):
        ec2(stack).describe_network_interfaces(NetworkInterfaceIds=["eni-none"])


@pytest.fixture
def many_files():
    """An ordinary user's programs begin with fewer than three hundred clients need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_three_hundred_cold_starts(stack, monkeypatch):
    """They use up a /24 under the old design, and have one interface under the new one."""
    monkeypatch.setenv("NETFUL_STATE", stack.env["NETFUL_STATE"])

    def start(_number):
        with Client("s") as client:
            try:
                done = client.call("invoke", function="Crowd", payload=base64.b64encode(b"{}").decode(), cold=True)
            except StackError as refused:
                return refused.what
            return base64.b64decode(done["payload"]).decode()

    with ThreadPoolExecutor(NUMBER) as pool:
        answers = Counter(pool.map(start, range(NUMBER)))
    enis = of_lambda(stack, subnet_id="Wide")
    if stack.design == "hyperplane":
        assert (answers, len(enis)) == ({'"here"': NUMBER}, 1)
        return
    assert answers.pop('"here"') == FREE == len(enis)
    (refusal,) = answers
    assert refusal.startswith("SubnetIPAddressLimitReachedException: ")
    assert answers[refusal] == NUMBER - FREE


@pytest.mark.parametrize("stack", ["hyperplane"], indirect=True)
def test_an_interface_is_deleted_late(stack):
    made = [eni["NetworkInterfaceId"] for eni in of_lambda(stack, subnet_id="Wide")]
    try:
        stack.up("--param", "Crowded=no")
        assert [eni["NetworkInterfaceId"] for eni in of_lambda(stack, subnet_id="Wide")] == made != []
    finally:
        stack.up()
