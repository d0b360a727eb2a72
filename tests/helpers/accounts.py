"""An account without a kernel: CloudFormation's and EC2's API over a cloud, S3 and Systems Manager as mappings."""

import asyncio
import json
from urllib.parse import parse_qs, unquote

from netful import sources
from netful.account.carried import carried, known_ids
from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.api import CloudFormationApi
from netful.account.ec2.api import Ec2Api
from netful.model.network.vpc import DEFAULT_STACK
from netful.services.http.message import Response
from netful.sources.account.deployed_stack import DeployedStacks
from netful.stack.stack_settings import DEFAULT_VPC
from tests.helpers.query_client import QueryClient


class RunningCloud:
    """The cloud that runs."""

    def __init__(self, cloud):
        self.cloud = cloud

    async def become(self, step):
        self.cloud = step(self.cloud)
        return self.cloud


class FakeAccount:
    """The account as CloudFormation needs it. `refuse` is the id of a resource that no service makes."""

    def __init__(self, folder, files=(DEFAULT_VPC,), name=DEFAULT_STACK):
        self.folder, self.files, self.name, self.without = folder, files, name, set()
        self.objects, self.parameters, self.invoked, self.buckets = {}, {}, [], set()
        self.as_written = sources.load(self.files, region="us-east-1", stack_name=self.name)
        self.running = RunningCloud(self.as_written)
        self.refuse = ""
        self.transform = lambda event: {"status": "success", "fragment": event["fragment"]}
        self.answer = lambda _event: {"Status": "SUCCESS", "PhysicalResourceId": "made", "Data": {"Word": "hello"}}
        self._ids = {}
        self.stacks, self.records = (), tuple

    def keep(self):
        """Nothing outlives this account."""

    @property
    def cloud(self):
        return self.running.cloud

    async def would_be(self, stacks, without=""):
        taken = self.cloud.template.resources.keys() - self.as_written.template.resources.keys()
        deployed = DeployedStacks(stacks, self._ids, self.without | {without}, taken=taken)
        return sources.load(self.files, region="us-east-1", stack_name=self.name, deployed=deployed)

    async def deploy(self, stacks, kept=(), without="", imported=()):
        self.without |= {without}
        written = await self.would_be(stacks)
        if self.refuse in written.template.resources:
            raise DeploymentError("it cannot be made", self.refuse)
        self.running.cloud = carried(self.as_written, self.cloud, written, kept, imported)
        self.as_written, self.stacks = written, tuple(stacks)
        self._ids = known_ids(self.cloud, stacks)

    async def call_host(self, host, request):
        if host.startswith("ssm."):
            name = json.loads(request.body)["Name"]
            found = self.parameters.get(name)
            body = json.dumps({"Parameter": {"Value": found}}).encode()
            return Response(200 if found else 400, (), body)
        if host.startswith("sns."):
            published = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            await self.invoke(published["TopicArn"], published["Message"].encode())
            return Response(200, (), b"")
        if not host.startswith("s3"):
            return Response(400, (), b"")
        bucket, _, key = unquote(request.path.lstrip("/")).partition("/")
        if request.method == "HEAD":
            return Response(200 if bucket in self.buckets else 404, (), b"")
        if not key:  # a listing, or a new bucket
            there = b"<Key>" if any(place[0] == bucket for place in self.objects) else b""
            return Response(200, (), there)
        content = self.objects.get((bucket, key))
        return Response(404, (), b"") if content is None else Response(200, (), content)

    async def invoke(self, function, payload):
        event = json.loads(payload)
        self.invoked.append((function, event))
        if "fragment" in event:
            return json.dumps({"requestId": event["requestId"], **self.transform(event)}).encode()
        bucket = event["ResponseURL"].removeprefix("https://").partition(".")[0]
        key = unquote(event["ResponseURL"].partition("amazonaws.com/")[2])
        self.objects[bucket, key] = json.dumps(self.answer(event)).encode()
        return b""


class AccountClients:
    """An account with clients of its services: `cloudformation` and `ec2` are called with an action and its parameters."""

    def __init__(self, folder, *template):
        self.runner = asyncio.Runner()
        self.account = FakeAccount(folder, *template)
        self.cloudformation = QueryClient("cloudformation", CloudFormationApi(self.account).handle, self.runner.run)
        self.ec2 = QueryClient("ec2", Ec2Api(self.account.running, ()).handle, self.runner.run)

    def status(self, name):
        return self.cloudformation("DescribeStacks", StackName=name)["Stacks"][0]["StackStatus"]

    def events(self, name):
        """Logical id and status of each event, the oldest first."""
        found = self.cloudformation("DescribeStackEvents", StackName=name)["StackEvents"]
        return [(one["LogicalResourceId"], one["ResourceStatus"]) for one in reversed(found)]

    def reason(self, name, logical_id, status):
        found = self.cloudformation("DescribeStackEvents", StackName=name)["StackEvents"]
        return next(
            one["ResourceStatusReason"]
            for one in found
            if (one["LogicalResourceId"], one["ResourceStatus"]) == (logical_id, status)
        )

    def outputs(self, name):
        found = self.cloudformation("DescribeStacks", StackName=name)["Stacks"][0].get("Outputs", [])
        return {one["OutputKey"]: one["OutputValue"] for one in found}

    def ids(self, name):
        found = self.cloudformation("ListStackResources", StackName=name)["StackResourceSummaries"]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}
