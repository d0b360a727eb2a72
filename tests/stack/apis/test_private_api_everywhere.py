"""The private-api-everywhere example with real packets and the real nginx: every client, every way, and what breaks them.

One stack runs for all; a test that breaks something mends it again.
"""

import contextlib
import json
import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from netful.model.names.generated.endpoint_dns import first_label
from tests.helpers.ids import api_id, ec2_id
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack
from tests.helpers.texts import replaced

pytestmark = pytest.mark.packets
EXAMPLE = EXAMPLES / "private-api-everywhere"
BASE = "execute-api.us-east-1.amazonaws.com"
HOST = f"{api_id('Orders')}.{BASE}"
OWN_NAME = f"https://{HOST}/prod/orders/17"
ENDPOINT_NAME = f"https://{first_label(ec2_id('vpce', 'ApiEndpoint'))}.execute-api.us-east-1.vpce.amazonaws.com/prod/orders/17 Host: {HOST}"
BY_PROXY = "https://api.corp.example/orders/17"
BY_BALANCER = "https://direct.corp.example/prod/orders/17"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("everywhere")
    shutil.copytree(EXAMPLE, folder / "example")
    nginx = (
        folder / "example" / "nginx.conf"
    )  # a connection that is kept goes on when a group's rule goes; here none is
    nginx.write_text(replaced(nginx.read_text(), {"keepalive 16;": ""}))
    yield from Stack(folder / "state", folder / "example" / "template.yaml").while_up()


@pytest.fixture
def become(stack):
    """Bring the running stack to another template; it is the example again after the test."""
    text = stack.template.read_text()

    def change(*pairs, drop=()):
        changed = text
        for id_ in drop:
            changed = without(changed, id_)
        for old, new in pairs:
            assert old in changed
            changed = replaced(changed, {old: new})
        stack.template.write_text(changed)
        return stack.up().stdout

    yield change
    stack.template.write_text(text)
    stack.up()
    wait_until(lambda: {host["state"] for host in stack.json("status", "--stack", "s")["hosts"]} == {"running"})


def without(template, id_):
    """The template without a resource."""
    before, block, rest = template.partition(f"\n  {id_}:")
    assert block
    lines = rest.split("\n")
    end = next(n for n, line in enumerate(lines) if n and line and not line.startswith("   "))
    return "\n".join([before, *lines[end:]])


def all_at_once(stack, *questions):
    with ThreadPoolExecutor() as pool:
        return [*pool.map(lambda question: stack.probe(*question), questions)]


def got(probe):
    """What the client got, by every interface that it has, in a word each."""
    return {str(one["status"] or one["symptom"]) for one in probe["observed"]}


def refusals(stack, source, destination):
    """What `trace` names: its symptom, and the components and codes that deny."""
    path = stack.trace(source, destination)
    found = path["symptom"]["status"] or path["symptom"]["kind"]
    every = [*path["hops"], *path["return"]]
    return str(found), {(hop["component"], hop["code"]) for hop in every if hop["verdict"] == "deny"}


def kill_proxies(stack):
    """End the processes of the reverse proxies of this stack, which run in its folder."""
    hosts = f"{stack.env['NETFUL_STATE']}/s/hosts/"
    killed = 0
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit() and str((process / "cwd").readlink()).startswith(hosts):
                os.kill(int(process.name), signal.SIGKILL)
                killed += 1
    assert killed >= 2


def test_every_client_by_every_way_gets_what_trace_says(stack):
    found = stack.json("probe", "--matrix", "--apis", "--stack", "s", check=0)
    assert [(one["source"], one["destination"]) for one in found if one.get("agree") is not True] == []
    cells = {(one["source"], one["destination"]): got(one) for one in found}
    assert len(cells) == 77
    assert cells["VpcApp", OWN_NAME] == cells["on-premises", OWN_NAME] == {"200"}
    assert cells["PeerApp", OWN_NAME] == cells["internet", OWN_NAME] == {"403"}
    assert cells["SpokeApp", OWN_NAME] == {"timeout"}
    assert cells["PartnerApp", BY_PROXY] == cells["internet", BY_PROXY] == {"dns"}
    for client in ("on-premises", "VpcApp", "PeerApp", "SpokeApp"):
        for way in (ENDPOINT_NAME, BY_PROXY, BY_BALANCER, "https://private.corp.example/orders/17"):
            assert cells[client, way] == {"200"}
    predicted = stack.netful("trace", "--matrix", "--apis", "--quiet", check=0).stdout
    assert stack.netful("probe", "--matrix", "--apis", "--stack", "s", check=0).stdout == predicted


RECORDED = """  FlowsOfVpc:
    Type: AWS::EC2::FlowLog
    Properties: {ResourceType: VPC, ResourceId: !Ref Vpc, TrafficType: ALL, LogGroupName: flows}
"""
FILTERS = {"sg out", "sg in", "nacl out", "nacl in"}


def recorded(stack):
    """The flows of the whole matrix: the components that rejected, and each place with the addresses that it reached."""
    cells = stack.json("probe", "--matrix", "--apis", "--stack", "s", check=0)
    lines = stack.netful("flows", "--why", "--format", "json", "--stack", "s", check=0).stdout.splitlines()
    flows = [json.loads(line) for line in lines]
    refusing = {why["component"] for one in flows for why in one["why"]}
    out = {
        (one["at"], one["destination_address"])
        for one in flows
        if (one["action"], one["direction"]) == ("ACCEPT", "egress")
    }
    return [one for one in cells if "untried" not in one], refusing, out


def predicted(stack, cells):
    """The same from traces: filters that block first, and places whose packets their own VPC lets out, with addresses."""
    questions = "".join(f"{one['source']}\t{one['destination']}\n" for one in cells)
    batch = stack.template.with_name("questions.tsv")
    batch.write_text(questions)
    paths = [json.loads(one) for one in stack.netful("trace", "--batch", str(batch), "--quiet").stdout.splitlines()]
    assert len(paths) == len(cells)
    refusing, out = set(), set()
    for path in paths:
        denied = [hop for hop in path["hops"] if hop["verdict"] == "deny"]
        if denied and denied[0]["kind"] in FILTERS and path["symptom"]["kind"] == "timeout":
            refusing.add(denied[0]["component"])
        leaving = next((hop for hop in path["hops"] if hop["kind"] == "sg out"), None)
        inside = path["from"] not in ("on-premises", "internet")
        if inside and leaving is not None and path["symptom"]["kind"] in ("none", "http"):
            out.add((path["from"], leaving["asks"].rpartition(" ")[2]))
    return refusing, out


def test_flow_logs_of_the_matrix_agree_with_trace(stack, become):
    """ACCEPT where packets pass, also where the answer is 403; REJECT where a group or an ACL denies."""
    log = (
        "Resources:\n",
        "Resources:\n" + RECORDED + RECORDED.replace("Vpc", "Peer", 1).replace("!Ref Vpc", "!Ref PeerVpc"),
    )
    become(log)
    cells, refusing, out = recorded(stack)
    assert len(cells) == 77
    expected, passed = predicted(stack, cells)
    assert refusing == expected
    assert passed
    assert passed - out == set()
    closed = "FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref AppSg}"
    become(log, (closed, "FromPort: 443, ToPort: 443, CidrIp: 10.9.0.0/16}"))
    cells, refusing, out = recorded(stack)
    expected, passed = predicted(stack, cells)
    assert refusing == expected == {"EndpointSg"}


def test_load_balancer_finds_its_targets_healthy(stack):
    def targets():
        (balancer,) = stack.json("status", "--stack", "s")["load_balancers"]
        states = {(one["group"], one["target"]): one["state"] for one in balancer["targets"]}
        return states if "initial" not in states.values() else None

    # the endpoint's targets answer checks with 403, which the group's matcher expects
    ports = {"EndpointTargets": ("10.0.1.4:443", "10.0.2.4:443"), "ProxyTargets": ("10.0.1.6:8080", "10.0.2.6:8080")}
    assert wait_until(targets) == {(group, target): "healthy" for group, every in ports.items() for target in every}


def test_killed_nginx_is_502_and_is_named_until_it_serves_again(stack):
    files = [*Path(stack.env["NETFUL_STATE"]).glob("s/hosts/*/nginx.conf")]
    right = [file.read_text() for file in files]
    for file in files:  # it is started again at once, and ends again, until the test has looked
        file.write_text("nothing that nginx knows;")
    kill_proxies(stack)
    live = ("trace", "--live", "--quiet", "--stack", "s", "PeerApp", BY_PROXY)
    # The template is right: what is wrong is said of the running stack.
    wrong = ("answered 502", "not well: ReverseProxy at 10.0.1.6 is ", "not well: ReverseProxy at 10.0.2.6 is ")

    def told_wrong():
        told = stack.netful(*live, check=0).stdout
        return all(words in told for words in wrong)

    def told_well():
        return "not well: ReverseProxy" not in stack.netful(*live, check=0).stdout

    try:
        wait_until(told_wrong)
    finally:
        for file, text in zip(files, right, strict=True):
            file.write_text(text)
    wait_until(told_well)
    assert got(stack.probe("PeerApp", BY_PROXY)) == {"200"}


def test_closed_groups_are_504_by_whoever_waited(stack, become):
    rule = "FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref {}}}"
    nobody = "FromPort: 443, ToPort: 443, CidrIp: 10.9.0.0/16}"
    become(*((rule.format(group), nobody) for group in ("AppSg", "BalancerSg", "ProxySg")))
    questions = [("VpcApp", OWN_NAME), ("PeerApp", BY_PROXY), ("PeerApp", BY_BALANCER)]
    found = all_at_once(stack, *questions)
    assert [got(one) for one in found] == [{"timeout"}, {"504"}, {"504"}]
    assert [one["agree"] for one in found] == [True] * 3
    closed = {("EndpointSg", "ENI_SG_RULES_MISMATCH")}
    assert [refusals(stack, *each) for each in questions] == [("timeout", closed), ("504", closed), ("504", closed)]


def test_group_without_targets_is_503(stack, become):
    become(("Targets: [{Id: 10.0.1.4}, {Id: 10.0.2.4}]", "Targets: []"))
    found = stack.probe("PeerApp", BY_BALANCER)
    assert (got(found), found["agree"]) == ({"503"}, True)
    both = [found["predicted"], *found["observed"]]  # in the same words
    assert {(one["verdict"], one["symptom"], one["status"]) for one in both} == {("blocked", "http", 503)}
    assert refusals(stack, "PeerApp", BY_BALANCER) == ("503", {("EndpointTargets", "ELBV2_LISTENER_HAS_NO_TG")})
    assert got(stack.probe("PeerApp", BY_PROXY)) == {"200"}


def test_endpoint_that_goes(stack, become):
    name = f"{first_label(ec2_id('vpce', 'ApiEndpoint'))}.execute-api.us-east-1.vpce.amazonaws.com"
    told = become(
        ("[!Ref ApiEndpoint, !Ref PartnerEndpoint]", "[!Ref PartnerEndpoint]"),
        ('Value: !Select [1, !Split [":", !Select [0, !GetAtt ApiEndpoint.DnsEntries]]]', f"Value: {name}"),
        drop=("ApiEndpoint", "PrivateName", "PrivateDomain", "PrivateDomainMapping", "PrivateDomainAccess"),
    )  # fmt: skip
    assert "- VpcEndpoint" in told
    kill_proxies(stack)  # nginx looks names up when it starts
    questions = [("VpcApp", OWN_NAME), ("SpokeApp", ENDPOINT_NAME), ("PeerApp", BY_PROXY)]
    found = all_at_once(stack, *questions)
    assert [got(one) for one in found] == [{"timeout"}, {"dns"}, {"502"}]
    assert found[0]["agree"] is True
    for question in questions[1:]:  # nothing in the template says whose name it is any more
        path = stack.trace(*question)
        assert (path["verdict"], path["missing"]) == ("unknown", [f"the endpoint that {name} names"])
