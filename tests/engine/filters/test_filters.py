from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from netful.engine.filters import network_acls, security_groups
from netful.engine.flows.flow import AWS_EPHEMERAL, HOST_EPHEMERAL, End, Flow, Ports
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown
from netful.model.network.protocols import ICMP, TCP, UDP
from netful.model.network.security_groups import PeerKind
from netful.model.network.vpc import PrefixList
from tests.helpers.small_clouds import acl, cloud, eni, entry, group, net, rule

PEER = eni("eni-Peer", "B", ("Other",), "10.0.2.9")


def flow(
    address="10.0.2.9", port=443, interface=None, protocol=TCP, source="10.0.1.9", source_interface=None, lost=False
):
    destination = End(net(f"{address}/32") if address else None, Ports(port, port), interface)
    return Flow(protocol, End(net(f"{source}/32"), AWS_EPHEMERAL, source_interface, lost), destination)


@pytest.mark.parametrize(
    ("egress", "asked", "verdict"),
    [
        ([rule()], flow(), "allow"),
        ([rule(first=80)], flow(), "deny"),
        ([rule(protocol=UDP)], flow(), "deny"),
        ([rule(peer="10.0.2.0/24")], flow(), "allow"),
        ([rule(peer="10.0.3.0/24")], flow(), "deny"),
        ([rule(first=400, last=500)], flow(), "allow"),
        ([rule(first=0, last=100)], flow(), "deny"),
        ([rule(first=0, last=443)], flow(), "allow"),
        ([rule(first=-1)], flow(), "allow"),
        ([rule(peer="Other")], flow(interface=PEER), "allow"),
        ([rule(peer="Sg")], flow(interface=PEER), "deny"),
        ([rule(peer="Other")], flow(), "deny"),
        ([rule(peer="pl-1")], flow(), "allow"),
        ([rule(peer="pl-2")], flow(), "unknown"),
        ([rule(peer=Unknown("no value", ("Office",)))], flow(), "unknown"),
        ([rule(peer=Unknown("no value", ("Office",))), rule()], flow(), "allow"),
        ([rule(peer="10.0.2.0/24")], flow(address=None), "unknown"),
        ([rule()], flow(address=None), "allow"),
        ([rule(peer="::/0")], flow(), "deny"),
        ([rule(ICMP, -1)], flow(protocol=ICMP), "allow"),
        ([rule(ICMP, 0)], flow(protocol=ICMP), "deny"),
        ([rule(ICMP, 0, 5)], replace(flow(protocol=ICMP), icmp_type=0), "deny"),
        ([rule(47, -1)], flow(protocol=47), "allow"),
        ([rule(47, -1)], flow(protocol=50), "deny"),
        ([rule(ICMP, 8, 0)], flow(protocol=ICMP), "allow"),
        ([rule(ICMP, 8, 5)], flow(protocol=ICMP), "deny"),
        ([], flow(), "deny"),
    ],
)
def test_group_out(egress, asked, verdict):
    given = cloud(group("Mine", egress=egress), PrefixList("pl-1", "mine", (net("10.0.2.0/24"),)))
    ruling = security_groups.judge(given, eni("eni-Me", groups=("Mine",)), asked, "out")
    assert ruling.verdict == verdict
    assert bool(ruling.code) == (verdict == "deny")
    assert bool(ruling.missing) == (verdict == "unknown")


@pytest.mark.parametrize(
    ("rules", "out", "inward"),
    [
        ((), "Mine has no rule that lets out anything", "Mine has no rule that admits anything"),
        ((rule(),), "lets out tcp/443 to 0.0.0.0/0", "admits tcp/443 from 0.0.0.0/0"),
        ((rule(-1, -1),), "lets out all to 0.0.0.0/0", "admits all from 0.0.0.0/0"),
        (
            (rule(first=80),),
            "no rule lets out tcp/443 to 10.0.2.9; lets out tcp/80 to 0.0.0.0/0",
            "no rule admits tcp/443 from 10.0.1.9; admits tcp/80 from 0.0.0.0/0",
        ),
    ],
)
def test_the_rule_says_which_way(rules, out, inward):
    given = cloud(group("Mine", ingress=rules, egress=rules))
    said = [security_groups.judge(given, eni("eni-Me", groups=("Mine",)), flow(), way).rule for way in ("out", "in")]
    assert said == [out, inward]


def test_any_group_of_the_interface_will_do():
    given = cloud(group("Closed", egress=()), group("Open", egress=[rule()]))
    ruling = security_groups.judge(given, eni("eni-Me", groups=("Closed", "Open")), flow(), "out")
    assert (ruling.verdict, ruling.component) == ("allow", "Open")


@pytest.mark.parametrize(("named", "bears"), [("other-stack/Db", "other-stack/Db"), ("123456789012/Db", "Db")])
def test_group_of_another_stack_or_account(named, bears):
    referring = replace(rule(), peer_kind=PeerKind.GROUP, peer=named)
    given = cloud(group("Mine", egress=[referring]), group(bears))
    towards = flow(interface=eni("eni-Peer", "B", (bears,), "10.0.2.9"))
    assert security_groups.judge(given, eni("eni-Me", groups=("Mine",)), towards, "out").verdict == "allow"


def test_a_translated_source_loses_its_groups():
    given = cloud(group("Mine", ingress=[rule(peer="Other")]))
    target = eni("eni-Me", groups=("Mine",))
    assert security_groups.judge(given, target, flow(source_interface=PEER), "in").verdict == "allow"
    assert security_groups.judge(given, target, flow(lost=True), "in").code == "SG_REFERENCES_NOT_PRESERVED"


def test_a_group_that_was_not_loaded_is_named():
    ruling = security_groups.judge(cloud(), eni("eni-Me", groups=("sg-123",)), flow(), "out")
    assert (ruling.verdict, ruling.missing) == ("unknown", ("security group sg-123",))


@pytest.mark.parametrize(
    ("entries", "asked", "verdict", "code"),
    [
        ([entry(100, True)], flow(), "allow", None),
        ([], flow(), "deny", "SUBNET_ACL_RESTRICTION"),
        ([entry(100, True), entry(90, False)], flow(), "deny", "SUBNET_ACL_RESTRICTION"),
        ([entry(100, True), entry(110, False)], flow(), "allow", None),
        ([entry(90, False, block="10.0.3.0/24"), entry(100, True)], flow(), "allow", None),
        ([entry(100, True, TCP, 80, 80)], flow(), "deny", "SUBNET_ACL_RESTRICTION"),
        ([entry(100, True, UDP, 443, 443)], flow(), "deny", "SUBNET_ACL_RESTRICTION"),
        ([entry(100, True, ICMP, 8, 0)], flow(protocol=ICMP), "allow", None),
        ([entry(100, True, ICMP, 0, 0)], flow(protocol=ICMP), "deny", "SUBNET_ACL_RESTRICTION"),
        ([entry(100, True, ICMP, 8, 5)], flow(protocol=ICMP), "deny", "SUBNET_ACL_RESTRICTION"),
    ],
)
def test_acl_out(entries, asked, verdict, code):
    ruling = network_acls.judge(acl(egress=entries), asked, "out", "A")
    assert (ruling.verdict, ruling.code) == (verdict, code)


@pytest.mark.parametrize(
    ("block", "address", "missing"),
    [
        (Unknown("no value", ("Office",)), "10.0.2.9", ("Office",)),
        (net("10.0.3.0/24"), None, ("the address",)),
        (net("0.0.0.0/0"), None, ()),
    ],
)
def test_acl_of_which_something_is_not_known(block, address, missing):
    entries = [replace(entry(100, True), cidr_block=block), entry(110, False)]
    ruling = network_acls.judge(acl(egress=entries), flow(address), "out", "A")
    assert (ruling.verdict, ruling.missing) == ("unknown" if missing else "allow", missing)


@pytest.mark.parametrize(
    ("entries", "ports", "verdict"),
    [
        ([entry(100, True, TCP, 1024, 65535)], AWS_EPHEMERAL, "allow"),
        ([entry(100, True, TCP, 32768, 65535)], AWS_EPHEMERAL, "deny"),
        ([entry(100, True, TCP, 32768, 65535)], HOST_EPHEMERAL, "allow"),
        ([entry(100, True, TCP, 1024, 30000), entry(110, True, TCP, 30001, 65535)], AWS_EPHEMERAL, "allow"),
        ([entry(90, False, TCP, 3000, 4000), entry(100, True)], AWS_EPHEMERAL, "deny"),
        ([entry(90, False, TCP, 1024, 65535), entry(100, True)], AWS_EPHEMERAL, "deny"),
    ],
)
def test_answers_need_every_port_that_the_client_may_choose(entries, ports, verdict):
    answers = Flow(TCP, End(net("10.0.2.9/32")), End(net("10.0.1.9/32"), ports))
    ruling = network_acls.judge(acl(ingress=entries), answers, "in", "A")
    assert ruling.verdict == verdict
    if verdict == "deny" and entries[0].from_port != ports.first:
        assert ruling.code == "REMAP_EPHEMERAL_PORT"


@pytest.mark.parametrize(
    ("entries", "closed"),
    [
        ([entry(90, False, TCP, 3389, 3389), entry(100, True)], ["3389"]),
        ([entry(90, False, TCP, 22, 22), entry(91, False, TCP, 5432, 5439), entry(100, True)], ["5432-5439"]),
        ([entry(100, True, TCP, 1024, 65000)], ["65001-65535"]),
        ([entry(100, True, TCP, 1024, 65000), entry(110, True)], []),
    ],
)
def test_a_few_closed_ports_are_assumed_not_to_be_the_clients(entries, closed):
    answers = Flow(TCP, End(net("10.0.2.9/32")), End(net("10.0.1.9/32"), AWS_EPHEMERAL))
    ruling = network_acls.judge(acl(ingress=entries), answers, "in", "A")
    assert ruling.verdict == "allow"
    assert ruling.assumptions == tuple(f"answers go to another port than {port}, which Acl closes" for port in closed)


def test_a_denial_counts_for_a_range_that_it_touches_and_an_allowance_only_if_it_covers_it():
    wide = Flow(TCP, End(net("10.0.1.9/32")), End(IPv4Network("10.0.2.0/24"), Ports(443, 443)))
    denied = network_acls.judge(
        acl(egress=[entry(90, False, block="10.0.2.128/25"), entry(100, True)]), wide, "out", "A"
    )
    narrow = network_acls.judge(acl(egress=[entry(100, True, block="10.0.2.128/25")]), wide, "out", "A")
    assert (denied.verdict, narrow.verdict) == ("deny", "deny")


POOLED = """
Parameters: {Block: {Type: String}, Blocks: {Type: CommaDelimitedList}, Other: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CIDR}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc}}
  Closed: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: c, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: PEER}]}}
  App: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref Open]}}
  Server: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref B, SecurityGroupIds: [!Ref Closed]}}
"""
FROM_POOL = "Ipv4IpamPoolId: ipam-pool-0a1b2c3d, Ipv4NetmaskLength: 16"
FURTHER = "  Further: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: 100.64.0.0/16}}\n"


@pytest.mark.parametrize(
    ("cidr", "peer", "more", "verdict"),
    [
        (FROM_POOL, "!GetAtt Vpc.CidrBlock", "", "reachable"),
        ("CidrBlock: !Ref Block", "!GetAtt Vpc.CidrBlock", "", "reachable"),
        ("CidrBlock: !Ref Block", "!Ref Block", "", "reachable"),
        ("CidrBlock: !Ref Block", "!Ref Other", "", "unknown"),
        ("CidrBlock: !Select [0, !Ref Blocks]", "!Select [1, !Ref Blocks]", "", "unknown"),
        (FROM_POOL, "!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]", "", "unknown"),
        (FROM_POOL, "!GetAtt Vpc.CidrBlock", FURTHER, "unknown"),
    ],
)
def test_a_rule_for_the_block_of_the_vpc_covers_its_interfaces_whatever_the_block_is(
    cloud_of, cidr, peer, more, verdict
):
    loaded = cloud_of(POOLED.replace("CIDR}", f"{cidr}}}").replace("PEER", peer) + more)
    assert trace(loaded, parse(loaded, "App", "Server:tcp/443")).verdict == verdict
