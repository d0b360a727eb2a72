"""Deployments of services: new tasks beside old ones, requests without an error meanwhile, and the way back."""

import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from functools import cache

import pytest

from tests.helpers.images import PYTHON, TestImage, python_layer, tar
from tests.helpers.places import TEMPLATES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import AS_ROOT, Stack

pytestmark = [pytest.mark.packets, pytest.mark.programs]

WEB = """
import os, signal, socket, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Web(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.2 if self.path == "/slow" else 0)  # requests of clients are open while tasks end; health checks are not
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["COLOUR"].encode())
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
time.sleep(0.5)  # this program listens late: no request may come to it before
ThreadingHTTPServer.address_family = socket.AF_INET6  # of both versions
ThreadingHTTPServer(("", 80), Web).serve_forever()
"""


IPV6 = {
    "Scheme: internet-facing,": "Scheme: internet-facing, IpAddressType: dualstack,",
    "TargetType: ip,": "TargetType: ip, IpAddressType: ipv6,",
    "10.0.1.0/24,": "10.0.1.0/24, Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]],",
    "10.0.2.0/24,": "10.0.2.0/24, Ipv6CidrBlock: !Select [1, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]],",
    "{Type: AWS::EC2::Subnet, Properties: {": "{Type: AWS::EC2::Subnet, DependsOn: Block, Properties: {AssignIpv6AddressOnCreation: true, ",
    "  Gateway:": "  Block: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}\n  Gateway:",
}
"""Replacements in the template by which the targets have IPv6 addresses."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory, who):
    with running(tmp_path_factory.mktemp("deployments"), who, {}) as made:
        yield made


@contextmanager
def running(folder, who, replacements):
    TestImage([python_layer(), tar({"app/web.py": WEB})], {"Entrypoint": [PYTHON]}, "app:1").docker_archive(
        folder / "app.tar"
    )
    text = (TEMPLATES / "deployments.yaml").read_text()
    for old, new in replacements.items():
        text = text.replace(old, new)
    (folder / "template.yaml").write_text(text)
    (folder / "netful.toml").write_text('[images."team/app"]\narchive = "app.tar"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        made = Stack(folder / "state", folder / "template.yaml", prefix=who)
        made.up()
        try:
            yield made
        finally:
            made.down()


@cache
def ecs(stack):
    return stack.client("ecs")


def service(stack):
    return ecs(stack).describe_services(cluster="shop", services=["web"])["services"][0]


def tasks(stack):
    arns = ecs(stack).list_tasks(cluster="shop", serviceName="web")["taskArns"]
    return {*arns}


def answer(url):
    try:
        with urllib.request.urlopen(f"{url}/slow", timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""
    except OSError as lost:
        return 0, str(lost)


@contextmanager
def clients(stack):
    """Clients that call the service all the time; yields their answers, in the order of their end."""
    (balancer,) = stack.json("status", "--stack", "s")["load_balancers"]
    wait_until(lambda: answer(balancer["url"])[0] == 200)
    answers, over = [], threading.Event()

    def call():
        while not over.is_set():
            answers.append(answer(balancer["url"]))

    threads = [threading.Thread(target=call) for _ in range(3)]
    for one in threads:
        one.start()
    try:
        wait_until(lambda: answers)
        yield answers
    finally:
        over.set()
        for one in threads:
            one.join()


def is_steady(stack):
    found = service(stack)
    return len(found["deployments"]) == 1 and found["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_first_deployment_is_over_when_its_tasks_are_healthy(stack):
    wait_until(lambda: is_steady(stack))
    (balancer,) = stack.json("status", "--stack", "s")["load_balancers"]
    assert {one["state"] for one in balancer["targets"]} == {"healthy"}


@AS_ROOT
def test_a_deployment_of_targets_of_ipv6_ends(tmp_path, who):
    with running(tmp_path, who, IPV6) as stack:
        wait_until(lambda: is_steady(stack))
        (balancer,) = stack.json("status", "--stack", "s")["load_balancers"]
        assert {one["target"].count(":") > 1 for one in balancer["targets"]} == {True}


def test_a_deployment_loses_no_request(stack):
    wait_until(lambda: is_steady(stack))
    before = tasks(stack)
    text = stack.template.read_text()
    with clients(stack) as answers, stack.changed_to(text.replace("Value: blue", "Value: green")):
        wait_until(lambda: is_steady(stack))
        wait_until(lambda: answers[-1] == (200, "green"))
        now = tasks(stack)
        assert len(now) == 2
        assert not now & before
        assert not [one for one in stack.json("status", "--stack", "s")["warnings"] if "AWS's API" in one]
    wait_until(lambda: is_steady(stack))
    assert {*answers} <= {(200, "blue"), (200, "green")}
    texts = [one["message"].partition(") ")[2] for one in service(stack)["events"]]
    for words in ("registered ", "deregistered ", "has begun draining connections on "):
        assert any(one.startswith(words) for one in texts), texts
    assert texts.count("has reached a steady state.") >= 2


@AS_ROOT
def test_a_forced_deployment_has_new_tasks(stack):
    wait_until(lambda: is_steady(stack))
    before = tasks(stack)
    with clients(stack) as answers:
        for _ in range(2):  # the second one supersedes tasks that start
            done = ecs(stack).update_service(cluster="shop", service="web", forceNewDeployment=True)["service"]
            assert done["desiredCount"] == 2
        wait_until(lambda: is_steady(stack) and not tasks(stack) & before)
    assert {*answers} == {(200, "blue")}
    interfaces = stack.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    addresses = {one["PrivateIpAddress"] for one in interfaces}
    assert len(addresses) == len(interfaces)


@AS_ROOT
def test_a_deployment_that_fails_goes_back(stack):
    wait_until(lambda: is_steady(stack))
    text = stack.template.read_text()
    with clients(stack) as answers, stack.changed_to(text.replace("/app/web.py", "/app/none.py")):
        wait_until(lambda: any("rolling back" in one["message"] for one in service(stack)["events"]))
        wait_until(lambda: is_steady(stack))
        assert any("`Web` failed" in one for one in stack.json("status", "--stack", "s")["warnings"])
    assert {*answers} == {(200, "blue")}
    wait_until(lambda: is_steady(stack))
