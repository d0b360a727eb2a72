"""Load balancers with real packets: an application one before an instance and a function, a network one before the same instance.

The instance runs `templates/echo.py`, which answers with what it saw.
"""

import gzip
import json
import re
import urllib.request
from pathlib import Path

import boto3
import pytest

from tests.helpers.processes import ENOUGH_SECONDS, wait_until
from tests.helpers.stacks import balancers_in
from tests.helpers.texts import replaced

pytestmark = pytest.mark.packets
CLIENT = "subnet:Private+NetworkSg"
NOT_RUN = """  Appliances: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: gateway, Subnets: [!Ref A]}}
  Classic:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref A], SecurityGroups: [!Ref NetworkSg], Listeners: [{LoadBalancerPort: 80, InstancePort: 80, Protocol: TCP}]}
"""
NODES = ("10.0.1.", "10.0.2.")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from balancers_in(tmp_path_factory.mktemp("balancers")).while_up()


@pytest.fixture(scope="module")
def balancers(stack):
    return {one["resource"]: one for one in stack.json("status", "--stack", "s")["load_balancers"]}


@pytest.fixture(scope="module")
def name(balancers):
    """The name of the network load balancer."""
    return balancers["Network"]["dns_name"]


def test_classic_and_gateway_load_balancers_do_not_run(stack):
    text = stack.template.read_text()
    with stack.changed_to(text.replace("  Network:\n", f"{NOT_RUN}  Network:\n", 1)):
        status = stack.json("status", "--stack", "s")
    idle = {one["resource"] for one in status["load_balancers"] if one["state"] == "not running"}
    assert idle == {"Appliances", "Classic"}
    assert all(any(name in text for text in status["warnings"]) for name in idle)


def curl(stack, client, *words):
    return stack.netful("exec", "--stack", "s", client, "--", "curl", "-sS", "--max-time", "30", *words, check=0).stdout


def echoed(text):
    """What the instance saw: the told facts, with the headers by lower-case name."""
    told = json.loads(text)
    headers = dict(line.lower().split(": ", 1) for line in told["head"][1:])
    return told | {"line": told["head"][0], "headers": headers}


@pytest.mark.parametrize(
    ("words", "body", "told"),
    [
        (("http://shop.example.com/",), "nothing here", "404 1.1"),
        (("http://shop.example.com/?call=for",), "function / http", "200 1.1"),
        (("https://shop.example.com/f",), "function /f https", "200 2"),
        (("--http1.1", "https://a.other.example.com/f"), "function /f https", "200 1.1"),  # a certificate of its own
        (("-o/dev/null", "http://a.other.example.com/x?y"), "", "301 1.1 https://a.other.example.com:443/x?y"),
    ],
)
def test_application_load_balancer_answers_the_internet(stack, words, body, told):
    answer = curl(stack, "internet", "-w", "\n%{http_code} %{http_version} %{redirect_url}", *words)
    assert answer.rstrip() == f"{body}\n{told}"


def test_instance_sees_the_node_and_the_client_in_a_header(stack):
    seen = echoed(curl(stack, "internet", "http://shop.example.com/web/1"))
    assert seen["line"] == "GET /web/1 HTTP/1.1"
    assert seen["client"].startswith(NODES)
    assert seen["headers"]["x-forwarded-for"].startswith("192.0.2.")
    assert seen["headers"]["x-amzn-trace-id"].startswith("root=1-")


def test_url_on_the_host_leads_through_the_internet_gateway(balancers):
    with urllib.request.urlopen(f"{balancers['Balancer']['url']}/web/2", timeout=ENOUGH_SECONDS) as answer:
        seen = echoed(answer.read())
    assert (seen["line"], seen["client"].startswith(NODES)) == ("GET /web/2 HTTP/1.1", True)


def test_access_log_has_a_line_a_request(stack):
    curl(stack, "internet", "-A", "logged/1", "http://shop.example.com/web/logged?x")
    logs = Path(stack.env["NETFUL_STATE"]).glob("s/balancers/*/access.log")
    (line,) = [line for log in logs for line in log.read_text().splitlines() if "/web/logged" in line]
    fields = line.split()
    assert fields[0] == "http"
    assert fields[2] == "app/Balancer"
    assert fields[3].startswith("192.0.2.")
    assert fields[4] == "10.0.3.10:8080"
    assert fields[8:10] == ["200", "200"]
    assert '"GET http://shop.example.com:80/web/logged?x HTTP/1.1" "logged/1"' in line


def test_access_log_is_delivered_to_the_bucket(stack):
    curl(stack, "internet", "-A", "delivered/1", "http://shop.example.com/web/delivered?x")
    endpoint = stack.json("status", "--stack", "s")["endpoint_url"]
    s3 = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1"
    )

    (bucket,) = (one["Name"] for one in s3.list_buckets()["Buckets"] if "-logs-" in one["Name"])

    def delivered():
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
        files = {key: gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode() for key in keys}
        return [(key, line) for key, text in files.items() for line in text.splitlines() if "delivered/1" in line]

    ((key, line),) = wait_until(delivered)
    folder = r"front/AWSLogs/123456789012/elasticloadbalancing/us-east-1/\d{4}/\d\d/\d\d/"
    assert re.match(folder + r"123456789012_elasticloadbalancing_us-east-1_app\.Balancer\.", key)
    assert line.endswith('"forward" "-" "-" "10.0.3.10:8080" "200" "-" "-"')
    assert re.fullmatch(r"\d+\.\d{3}", line.split()[6])


@pytest.mark.parametrize(
    ("scheme", "port", "shown", "proxied"),
    [
        ("http", 80, "client", False),  # an instance sees who asks
        ("http", 81, "node", True),  # the proxy protocol tells who asks
        ("https", 443, "node", False),  # TLS ends at the node; by address, a target sees the node
        ("http", 83, "node", False),  # behind the other load balancer
    ],
)
def test_whom_a_target_of_the_network_load_balancer_sees(stack, name, scheme, port, shown, proxied):
    seen = echoed(curl(stack, CLIENT, "-k", f"{scheme}://{name}:{port}/web/3"))
    assert ("node" if seen["client"].startswith(NODES) else "client") == shown
    assert seen["client"] in seen.get("proxied", [])[1:] or not proxied
    assert ("proxied" in seen) is proxied
    if shown == "client":
        assert seen["client"].startswith("10.0.3.")
    if proxied:
        assert seen["proxied"][0].startswith("10.0.3.")
        assert seen["fields"] == ""  # it came by no endpoint


@pytest.mark.parametrize(("scheme", "port", "headed"), [("http", 80, False), ("http", 81, True), ("https", 443, False)])
def test_by_an_endpoint_only_the_header_tells_of_the_client(stack, scheme, port, headed):
    (endpoint,) = [eni for eni in stack.json("show", "-t", stack.template.name)["enis"] if eni["resource"] == "Way"]
    url = f"{scheme}://{endpoint['private_ip_address']}:{port}/web/4"
    seen = echoed(curl(stack, "subnet:Consumers+ConsumerSg", "-k", url))
    assert seen["client"].startswith(NODES)
    assert ("proxied" in seen) is headed
    if headed:
        client, node = seen["proxied"]
        assert (client[:7], node) == ("10.0.7.", seen["client"])
        assert bytes.fromhex(seen["fields"]) == b"\xea\0\4\1Way"  # AWS's own field: the endpoint's id


def test_datagrams_pass_and_come_back(stack, name):
    ask = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5);"
        f" s.sendto(b'x', ('{name}', 53)); print(s.recv(99).decode())"
    )
    told = stack.netful("exec", "--stack", "s", CLIENT, "--", "python3", "-c", ask, check=0).stdout
    assert told.startswith("10.0.3.")


@pytest.mark.parametrize(
    ("source", "destination", "verdict"),
    [
        ("internet", "Balancer:tcp/80", "reachable"),
        ("internet", "Balancer:tcp/443", "reachable"),
        ("internet", "Balancer:tcp/8080", "blocked"),
        (CLIENT, "Network:tcp/80", "reachable"),
        (CLIENT, "Network:tcp/81", "reachable"),
        (CLIENT, "Network:tcp/82", "blocked"),  # its target's group admits nobody, and no node hides that
        (CLIENT, "Network:tcp/83", "reachable"),
        (CLIENT, "Network:tcp/443", "reachable"),
        ("subnet:Consumers+ConsumerSg", "Way:tcp/80", "reachable"),
        ("subnet:Consumers+ConsumerSg", "Way:tcp/81", "reachable"),
        ("subnet:Private+ClosedSg", "Web:tcp/8080", "blocked"),  # past the load balancer
    ],
)
def test_probe_agrees(stack, source, destination, verdict):
    found = stack.probe(source, destination)
    assert (found["predicted"]["verdict"], found["agree"]) == (verdict, True)


def test_without_cross_zone_only_the_zone_with_a_target_serves(stack, name):
    def named():
        told = stack.netful("exec", "--stack", "s", CLIENT, "--", "getent", "ahostsv4", name, check=0).stdout
        return {line.split()[0] for line in told.splitlines()}

    text, both = stack.template.read_text(), nodes(stack)
    assert named() == {*both.values()}
    try:
        off = replaced(
            text, {"load_balancing.cross_zone.enabled, Value: true": "load_balancing.cross_zone.enabled, Value: false"}
        )
        stack.template.write_text(off)
        stack.up()
        found = {zone: stack.probe(CLIENT, f"{address}:tcp/80") for zone, address in both.items()}
        there = named()
    finally:
        stack.template.write_text(text)
        stack.up()
    assert there == {both["A"]}
    assert {zone: one["predicted"]["verdict"] for zone, one in found.items()} == {"A": "reachable", "B": "blocked"}
    assert all(one["agree"] for one in found.values())


def nodes(stack):
    """The addresses of the network load balancer's nodes, by subnet."""
    enis = stack.json("show", "-t", stack.template.name)["enis"]
    return {eni["subnet"]: eni["private_ip_address"] for eni in enis if eni["resource"] == "Network"}
