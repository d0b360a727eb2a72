"""AWS services of a small cloud on the loopback, as the daemon serves them."""

import asyncio
import socket
import threading
from concurrent.futures import Future

import uvloop

from netful.fabric.doors.door import Door, DoorKind
from netful.model.cloud import Cloud
from netful.model.core import Origin, Unknown
from netful.model.functions.function import SsmParameter
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from netful.services.backends.backend import Backends
from netful.services.front.front import Front
from netful.services.tls.authority import Authority
from tests.helpers.processes import ENOUGH_SECONDS

REGION = "eu-west-1"
ACCOUNT = "111122223333"
INTERNET = Door(DoorKind.INTERNET)
LOCAL = Door(DoorKind.LOCAL)
SSM_ENDPOINT = Door(DoorKind.ENDPOINT, "Vpc", "SsmEndpoint")
S3_GATEWAY = Door(DoorKind.GATEWAY_ENDPOINT, "Vpc", "S3Endpoint")
CLOUD = Cloud.of(
    region=REGION,
    account_id=ACCOUNT,
    vpc_endpoints={
        "SsmEndpoint": VpcEndpoint("SsmEndpoint", "Vpc", f"com.amazonaws.{REGION}.ssm", "ssm", EndpointType.INTERFACE),
        "S3Endpoint": VpcEndpoint("S3Endpoint", "Vpc", f"com.amazonaws.{REGION}.s3", "s3", EndpointType.GATEWAY),
    },
    ssm_parameters={
        "Greeting": SsmParameter("Greeting", "/demo/greeting", "hello", description="what to say"),
        "Names": SsmParameter("Names", "/demo/names", "ada,alan", type="StringList"),
        "Later": SsmParameter("Later", "/demo/later", Unknown("given at deployment"), origin=Origin("t.yaml", 9)),
        "Bad": SsmParameter("Bad", "aws/bad", "x", origin=Origin("t.yaml", 12)),
    },
)


class Services:
    """The services of `CLOUD`, running in a thread with an event loop of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder)
        self.backends = Backends(CLOUD, folder)
        self.front = Front(CLOUD, self.authority, self.backends)
        self.loop = uvloop.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.ports, self.acceptors = {}, []

    def run(self, coroutine):
        future: Future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        return future.result(ENOUGH_SECONDS)

    def port(self, door, *, tls=True):
        """The loopback port where a door is served."""
        if (door, tls) not in self.ports:
            sock = socket.create_server(("127.0.0.1", 0))
            sock.setblocking(False)
            self.acceptors.append(self.run(self.front.listen(door, sock, tls=tls)))
            self.ports[door, tls] = sock.getsockname()[1]
        return self.ports[door, tls]

    async def close(self):
        for acceptor in self.acceptors:
            acceptor.close()
        await self.backends.close()

    def stop(self):
        self.run(self.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
