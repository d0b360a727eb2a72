"""Clients of the account's APIs without a kernel, for tests that compare outputs and codes of errors."""

import asyncio

from netful.model.cloud import Cloud
from tests.helpers.query_client import QueryClient, Refused


class Running:
    """A cloud without a kernel."""

    def __init__(self, cloud=None):
        self.cloud = cloud or Cloud.of(region="eu-west-1", account_id="123456789012")

    async def become(self, step):
        self.cloud = step(self.cloud)
        return self.cloud


async def no_bundles(_cloud):
    """The trust stores that buckets have: none."""
    return {}


def two_subnets(ec2):
    """Make a VPC with a subnet in each of two zones; return the id of the VPC and those of the subnets."""
    vpc = ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = (
        ec2("CreateSubnet", VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}")
        for number, zone in ((1, "a"), (2, "b"))
    )
    return vpc, [one["Subnet"]["SubnetId"] for one in made]


class Client:
    """Calls an API: the parsed output, the error's code, or the status of an error of the server's own.

    `error` has the message of the last call.
    """

    def __init__(self, service, handle):
        self.handle = handle
        self.error = ""
        self._client = QueryClient(service, self._served, asyncio.run)

    async def _served(self, request):
        return await self.handle(request)

    def __call__(self, action, **parameters):
        self.error = ""
        try:
            return self._client(action, **parameters)
        except Refused as refused:
            self.error = refused.message
            return refused.code if refused.status < 500 else refused.status


def filled(shape):
    """Some value of a shape with every member, which names nothing that exists."""
    if shape.type_name == "structure":
        return {name: filled(member) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [filled(shape.member)]
    if shape.type_name == "map":
        return {"x": filled(shape.value)}
    least, enum = shape.metadata.get("min", 1), shape.metadata.get("enum")
    text = enum[0] if enum else "x" * max(1, least)
    return {"integer": least, "long": least, "double": 1.0, "boolean": False}.get(shape.type_name, text)


def without_metadata(answer):
    """Return an answer of boto3 without what it says of the response."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
