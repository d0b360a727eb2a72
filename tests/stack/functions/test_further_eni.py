"""Functions whose shared interface carries all that it can: another one, in use and told of (lambda §1.3)."""

import re

import boto3
import pytest

from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets


def client(service, url):
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    return boto3.client(service, region_name="us-east-1", endpoint_url=url, **keys)


def test_it_is_told_and_used(tmp_path):
    stack = Stack(tmp_path / "state", TEMPLATES / "old-design.yaml")
    stack.up("--eni-connections", "1")
    try:
        assert stack.invoke("Large")["payload"] == "found"
        assert stack.invoke("Large", "{}", "--cold")["payload"] == "found"
        status = stack.json("status", "--stack", "s")
        told = ["eni-Subnet-Sg 10.0.1.5", "eni-Subnet-Sg-2 10.0.1.14"]
        assert [one["interfaces"] for one in status["functions"]] == [told, told]
        enis = client("ec2", status["endpoint_url"]).describe_network_interfaces(
            Filters=[{"Name": "interface-type", "Values": ["lambda"]}]
        )["NetworkInterfaces"]
        assert [(e["PrivateIpAddress"], e["RequesterManaged"], e["Status"]) for e in enis] == [
            ("10.0.1.5", True, "in-use"), ("10.0.1.14", True, "in-use"),
        ]  # fmt: skip
        assert all(re.fullmatch("eni-[0-9a-f]{17}", eni["NetworkInterfaceId"]) for eni in enis)
        assert [len({eni[key] for eni in enis}) for key in ("NetworkInterfaceId", "Description")] == [2, 2]
    finally:
        stack.down()
