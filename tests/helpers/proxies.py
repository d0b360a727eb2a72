"""A load balancer's node on the loopback: its configuration as it is in a stack, run by HAProxy without any namespace."""

import asyncio
import subprocess
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import IPv4Address

import httptools

from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.balancer.consulted.subjects import Subjects
from netful.balancer.haproxy.configuration import configuration
from netful.balancer.process import HaProxy
from netful.balancer.program import find_program, is_recent
from netful.model.balancing.load_balancers import Action, Listener, LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from tests.helpers.processes import OWN_LOOPBACK

ADDRESS = IPv4Address(OWN_LOOPBACK)
LOGGED = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "logs"}
BALANCER = LoadBalancer("Lb", "Lb", "lb.example.com", LoadBalancerType.APPLICATION, internal=True, attributes=LOGGED)
NODE = NetworkInterface("eni-Lb-A", InterfaceOwner.LOAD_BALANCER, "Lb", "A", private_ip_address=ADDRESS)


def cloud_of(*parts, balancer=BALANCER):
    """A cloud of a load balancer, its node, and listeners, rules and groups."""
    fields = {"Listener": "listeners", "ListenerRule": "listener_rules", "TargetGroup": "target_groups"}
    made = {name: {} for name in fields.values()}
    for part in parts:
        made[fields[type(part).__name__]][part.id] = part
    return Cloud.of(load_balancers={"Lb": balancer}, network_interfaces={NODE.id: NODE}, **made)


async def spawn(command, folder, output, errors):
    """Start HAProxy where the test runs."""
    return subprocess.Popen(  # noqa: ASYNC220  # as a stack does: it does not wait for the program
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
    )


def configured(cloud, certificates=None):
    """The node's configuration, for the HAProxy that is here."""
    return configuration(
        cloud, cloud.balancing.load_balancers["Lb"], NODE, certificates or {}, recent=is_recent(find_program())
    )


@asynccontextmanager
async def running(folder, cloud, certificates=None, files=None):
    """The node's HAProxy, running."""
    proxy = HaProxy(find_program(), folder, spawn)
    made = configured(cloud, certificates)
    try:
        await proxy.run(replace(made, files=made.files | (files or {})))
        yield proxy
    finally:
        await proxy.close()


async def not_called(*_):
    """Calls nothing: a port that a test does not need."""
    raise AssertionError


@asynccontextmanager
async def answering(folder, cloud, call=not_called, call_host=not_called, signer=None):
    """A node whose HAProxy asks, and what answers it."""
    subjects = Subjects(folder, call, call_host, signer or ClaimSigner())
    await subjects.follow(cloud, cloud.balancing.load_balancers.values())
    try:
        async with running(folder / "node", cloud):
            yield subjects
    finally:
        subjects.close()


class Answer:
    """A response, read."""

    def __init__(self):
        self.headers, self.body, self.complete = [], b"", False
        self._parser = httptools.HttpResponseParser(self)

    def on_header(self, name, value):
        self.headers.append((name.decode().lower(), value.decode()))

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        self.complete = True

    def feed(self, data):
        self._parser.feed_data(data)

    @property
    def status(self):
        return self._parser.get_status_code()

    def header(self, name):
        return next((value for key, value in self.headers if key == name), None)


async def ask(port, request):
    """Send the bytes of one request, and read the answer."""
    reader, writer = await asyncio.open_connection(str(ADDRESS), port)
    answer = Answer()
    try:
        writer.write(request)
        while not answer.complete and (data := await reader.read(65536)):
            answer.feed(data)
    finally:
        writer.close()
    return answer


def get(path="/", host="shop.example.com", method="GET", **headers):
    """The bytes of a request; names of headers have underscores for dashes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


PORT, CLOSED, SILENT = 21900, 21999, 21998


def forward(*ids, weights=None, config=None):
    return (Action("forward", ids, weights or (1,) * len(ids), config),)


def listener(*actions, port=PORT):
    return Listener("L", "Lb", port, "HTTP", actions)
