"""Types, properties and values that do not exist, drawn into the golden templates: no answer is silent about them."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from netful.engine.iam.conditions import OPERATORS
from netful.engine.iam.policies import PolicyRequest, evaluate
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.model.unread import Unread, Weight, beyond
from netful.sources import cloudformation, load
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.template.template import Template
from netful.sources.understanding.declaration import Leaf
from netful.sources.understanding.declared import DECLARED
from tests.helpers.examples import tried
from tests.helpers.golden import Golden, goldens
from tests.helpers.texts import replaced

DRAWS = 120
SERVICES = ("EC2", "ElasticLoadBalancingV2", "ApiGatewayV2", "Route53Resolver", "NetworkFirewall", "Quantum")

Change = Callable[[Template], None]


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Cloud]:
    """Loads a golden template after a change."""
    read = cloudformation.read

    def load_changed(golden: Golden, change: Change = lambda _: None) -> Cloud:
        def reading(path: Path, given: Any) -> Template:
            template = read(path, given)
            change(template)
            return template

        (tmp_path / "template.yaml").write_text(golden.template, encoding="utf-8")
        monkeypatch.setattr(cloudformation, "read", reading)
        return load([tmp_path / "template.yaml"])

    return load_changed


def answered(cloud: Cloud, golden: Golden) -> Any:
    return trace(cloud, parse(cloud, *golden.question))


def taking_part(cloud: Cloud, path: Any) -> list[str]:
    """The resources that the hops of a path name, those at whose place a hop is, and the VPCs with their default parts."""
    hops = (*path.hops, *path.return_hops)
    places = {hop.origin for hop in hops}
    named = {hop.component.removesuffix(".default-acl").removesuffix(".main") for hop in hops}
    return sorted(name for name, one in cloud.template.resources.items() if name in named or one.origin in places)


def drawn(changed: Callable[..., Cloud], draw: random.Random) -> tuple[Golden, Cloud, list[str]]:
    """A golden template whose answer names resources, and these."""
    while True:
        golden = draw.choice(goldens())
        plain = changed(golden)
        if named := taking_part(plain, answered(plain, golden)):
            return golden, plain, named


def put_type(template: Template, name: str, of: str) -> None:
    made = MarkedMap(template.file, 1)
    made.put("Type", of)
    properties, refers = MarkedMap(template.file, 1), MarkedMap(template.file, 1)
    refers.put("Ref", name)
    properties.put("TargetId", refers)
    made.put("Properties", properties)
    template.resources.put("Drawn", made, 999)


def properties_of(template: Template, name: str) -> MarkedMap:
    resource = template.resources[name]
    if "Properties" not in resource:
        resource.put("Properties", MarkedMap(template.file, 1))
    found: MarkedMap = resource["Properties"]
    return found


def fixed_sets(type_: str) -> Iterator[str]:
    """The properties at the top of a type whose values are a fixed set."""
    return (name for name, leaf in DECLARED[type_].tree.items() if isinstance(leaf, Leaf) and leaf.values)


@pytest.mark.parametrize("number", range(tried(DRAWS)))
def test_a_type_that_does_not_exist_is_named(changed: Callable[..., Cloud], number: int) -> None:
    draw = random.Random(number)
    golden, _, named = drawn(changed, draw)
    name = draw.choice(named)
    type_ = f"AWS::{draw.choice(SERVICES)}::Drawn{number}"
    path = answered(changed(golden, lambda template: put_type(template, name, type_)), golden)
    assert any(type_ in text for text in (*path.assumptions, *path.unread)), (golden.name, name)


@pytest.mark.parametrize("number", range(tried(DRAWS)))
def test_a_property_that_does_not_exist_is_named(changed: Callable[..., Cloud], number: int) -> None:
    draw = random.Random(number)
    golden, _, named = drawn(changed, draw)
    name = draw.choice(named)
    value = draw.choice([True, "on", "10.0.0.0/8", 7])
    path = answered(changed(golden, lambda t: properties_of(t, name).put("DrawnMode", value, 999)), golden)
    assert any("`DrawnMode`" in text for text in (*path.assumptions, *path.unread)), (golden.name, name)
    if path.unread:
        assert path.verdict == "unknown"


@pytest.mark.parametrize("number", range(tried(DRAWS)))
def test_a_value_that_does_not_exist_makes_the_answer_unknown(changed: Callable[..., Cloud], number: int) -> None:
    draw = random.Random(number)
    pairs: list[tuple[str, str]] = []
    while not pairs:
        golden, plain, named = drawn(changed, draw)
        types = {name: plain.template.resources[name].type for name in named}
        pairs = [(name, key) for name in named if types[name] in DECLARED for key in fixed_sets(types[name])]
    name, key = draw.choice(pairs)
    path = answered(changed(golden, lambda t: properties_of(t, name).put(key, "DrawnValue", 999)), golden)
    assert any(f"`{key}: DrawnValue`" in text for text in path.unread), (golden.name, name, key)
    assert path.verdict == "unknown"


def put_key(template: Template, name: str, holder: str, key: str) -> None:
    """Add a key to a list of keys and values of a resource."""
    properties = properties_of(template, name)
    entries = properties.get(holder) or MarkedList(template.file, 1)
    entry = MarkedMap(template.file, 999)
    entry.put("Key", key, 999)
    entry.put("Value", "on", 999)
    entries.put(entry, 999)
    properties.put(holder, entries, 999)


@pytest.mark.parametrize("number", range(tried(40)))
def test_a_key_that_does_not_exist_is_named(changed: Callable[..., Cloud], number: int) -> None:
    draw = random.Random(number)
    pairs: list[tuple[str, str]] = []
    while not pairs:
        golden, plain, named = drawn(changed, draw)
        types = {name: plain.template.resources[name].type for name in named}
        pairs = [(name, key) for name in named if types[name] in DECLARED for key in DECLARED[types[name]].keys]
    name, holder = draw.choice(pairs)
    path = answered(changed(golden, lambda t: put_key(t, name, holder, f"drawn.mode{number}")), golden)
    assert any(f"`{holder}.drawn.mode{number}`" in text for text in path.assumptions), (golden.name, name)


@pytest.mark.parametrize("number", range(tried(40)))
def test_a_protocol_that_does_not_exist_is_not_silent(changed: Callable[..., Cloud], number: int) -> None:
    draw = random.Random(number)
    groups: list[str] = []
    while not groups:
        golden, plain, named = drawn(changed, draw)
        groups = [name for name in named if "SecurityGroupIngress" in plain.template.resources[name].properties]
    before = answered(plain, golden)

    def put(template: Template) -> None:
        for rule in properties_of(template, groups[0])["SecurityGroupIngress"]:
            rule.put("IpProtocol", f"drawn{number}", 999)

    cloud = changed(golden, put)
    after = answered(cloud, golden)
    assert any(f"drawn{number}" in text for text in cloud.template.warnings)
    assert after.verdict != "reachable" or before.verdict == "reachable"
    admitted = [
        hop for hop in before.hops if hop.kind == "sg in" and hop.component == groups[0] and hop.verdict == "allow"
    ]
    if admitted and before.verdict == "reachable":
        assert after.verdict == "unknown"


@pytest.mark.parametrize("number", range(tried(40)))
def test_a_condition_that_does_not_exist_makes_a_policy_unknown(number: int) -> None:
    draw = random.Random(number)
    known = {"aws:SourceVpc": "vpc-1", "aws:SecureTransport": "true"}
    key = draw.choice([*known, f"aws:Drawn{number}", f"drawn:Key{number}"])
    operator = f"Drawn{number}Equals" if key in known else draw.choice(sorted(OPERATORS - {"Null"}))
    drawn = {
        "Effect": draw.choice(["Allow", "Deny"]),
        "Action": "*",
        "Condition": {operator: {key: draw.choice("ab1")}},
    }
    others = [{"Effect": "Allow", "Action": "s3:*"}] if drawn["Effect"] == "Deny" else []
    found = evaluate({"Statement": [*others, drawn]}, PolicyRequest("s3:GetObject", context=known))
    assert found.outcome == "unknown"


LOCAL = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  One: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Open]}}
  Two: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref Open]}}
"""


def test_routes_beyond_the_vpc_do_not_concern_what_stays_in_it(cloud_of: Callable[..., Cloud]) -> None:
    cloud = cloud_of(LOCAL)
    more = Unread("Server", "AWS::EC2::RouteServer", Weight.DECIDES, (beyond("Vpc.main"),))
    cloud = cloud.having(unread=(more,))
    assert trace(cloud, parse(cloud, "One", "Two:tcp/443")).verdict == "reachable"
    assert trace(cloud, parse(cloud, "One", "internet:tcp/443")).verdict == "unknown"


def test_what_is_of_names_concerns_paths_with_a_name_alone(cloud_of: Callable[..., Cloud]) -> None:
    cloud = cloud_of(LOCAL)
    cloud = cloud.having(unread=(Unread("Z", "AWS::Route53::Future", Weight.DECIDES, ("Vpc",)),))
    assert trace(cloud, parse(cloud, "One", "Two:tcp/443")).verdict == "reachable"
    assert trace(cloud, parse(cloud, "One", "internet:web.example.com")).verdict == "unknown"


FIREWALL = """
  Tgw: {Type: AWS::EC2::TransitGateway, Properties: {DefaultRouteTableAssociation: disable, DefaultRouteTablePropagation: disable}}
  Inspected: {Type: AWS::EC2::TransitGatewayRouteTable, Properties: {TransitGatewayId: !Ref Tgw}}
  Uses: {Type: AWS::EC2::TransitGatewayRouteTableAssociation, Properties: {TransitGatewayAttachmentId: !Ref Here, TransitGatewayRouteTableId: !Ref Inspected}}
  Via: {Type: AWS::EC2::TransitGatewayRoute, Properties: {DestinationCidrBlock: 10.9.0.0/16, TransitGatewayRouteTableId: !Ref Inspected,
    TransitGatewayAttachmentId: !GetAtt Wall.TransitGatewayAttachmentId}}
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24}}
  Closed: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: c, VpcId: !Ref Far}}
  Three: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref C, SecurityGroupIds: [!Ref Closed]}}
  Here: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref A]}}
  There: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Far, SubnetIds: [!Ref C]}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Taken: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref Table}}
  Route: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.9.0.0/16, TransitGatewayId: !Ref Tgw}}
  Wall: {Type: AWS::NetworkFirewall::Firewall, Properties: {FirewallName: w, FirewallPolicyArn: !Ref Policy, TransitGatewayId: !Ref Tgw}}
  Policy: {Type: AWS::NetworkFirewall::FirewallPolicy, Properties: {FirewallPolicyName: p, FirewallPolicy: {StatelessDefaultActions: ['aws:pass'],
    StatelessFragmentDefaultActions: ['aws:pass']}}}
"""


def test_a_firewall_that_is_not_read_admits_nothing_that_a_group_refuses(cloud_of: Callable[..., Cloud]) -> None:
    cloud = cloud_of(LOCAL + FIREWALL)
    assert trace(cloud, parse(cloud, "One", "Three:tcp/443")).verdict == "blocked"


SHARED = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Own: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Own, CidrBlock: 10.1.1.0/24}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Own, CidrBlock: 10.1.2.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Own}}
  Places: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: p, SubnetIds: [!Ref B, !Ref C]}}
  Db: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, DBSubnetGroupName: !Ref Places, VpcSecurityGroupIds: [!Ref Group]}}
  Gate: {Type: AWS::VpcLattice::ResourceGateway, Properties: {Name: gate, VpcIdentifier: !Ref Own, SubnetIds: [!Ref B]}}
  Offer: {Type: AWS::VpcLattice::ResourceConfiguration, Properties: {Name: offer, ResourceConfigurationType: ARN, ResourceGatewayId: !Ref Gate,
    ResourceConfigurationDefinition: {ArnResource: !GetAtt Db.DBClusterArn}}}
  Net: {Type: AWS::VpcLattice::ServiceNetwork, Properties: {Name: net}}
  Joined: {Type: AWS::VpcLattice::ServiceNetworkVpcAssociation, Properties: {ServiceNetworkIdentifier: !Ref Net, VpcIdentifier: !Ref Vpc}}
"""


@pytest.mark.parametrize(
    ("source", "verdict"), [("subnet:A+default", "unknown"), ("subnet:C+Group", "blocked"), ("internet", "blocked")]
)
def test_lattice_may_lead_the_clients_of_its_vpcs_to_a_database(
    cloud_of: Callable[..., Cloud], source: str, verdict: str
) -> None:
    cloud = cloud_of(SHARED)
    assert trace(cloud, parse(cloud, source, "Db:tcp/3306")).verdict == verdict


OWN_DOMAIN = replaced(SHARED, {
    "ResourceConfigurationType: ARN": "ResourceConfigurationType: SINGLE, PortRanges: ['443'], CustomDomainName: ssm.us-east-1.amazonaws.com",
    "ArnResource: !GetAtt Db.DBClusterArn": "IpResource: 10.1.1.9",
})  # fmt: skip


@pytest.mark.parametrize(
    ("source", "destination", "verdict"),
    [
        ("subnet:A+default", "aws:ssm", "unknown"),
        ("subnet:A+default", "https://a.ssm.us-east-1.amazonaws.com/", "unknown"),
        ("subnet:A+default", "aws:sqs", "blocked"),
        ("subnet:A+default", "internet:tcp/443", "blocked"),
        ("subnet:C+Group", "aws:ssm", "blocked"),
    ],
)
def test_lattice_may_lead_the_clients_of_its_vpcs_to_a_domain(
    cloud_of: Callable[..., Cloud], source: str, destination: str, verdict: str
) -> None:
    cloud = cloud_of(OWN_DOMAIN)
    assert trace(cloud, parse(cloud, source, destination)).verdict == verdict


ELSEWHERE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Inner: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfInner: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Inner, RouteTableId: !Ref Table}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.test, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  App: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Inner, SecurityGroupIds: [!Ref Group]}}
  Db: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Inner, SecurityGroupIds: [!Ref Group]}}
"""
NESTED = "  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://example.com/t.yaml, Parameters: {Given: !Ref GIVEN}}}\n"
CUSTOM = "  Nested: {Type: Custom::Routes, Properties: {ServiceToken: arn:aws:lambda:us-east-1:123456789012:function:f, Given: !Ref GIVEN}}\n"


@pytest.mark.parametrize(
    "made", [NESTED, CUSTOM, CUSTOM.replace("Custom::Routes", "AWS::CloudFormation::CustomResource")]
)
@pytest.mark.parametrize(
    ("given", "question", "verdict"),
    [
        ("Table", ("App", "internet:tcp/443"), "unknown"),
        ("Table", ("App", "Db:tcp/5432"), "blocked"),
        ("Vpc", ("App", "internet:tcp/443"), "blocked"),
        ("Group", ("App", "Db:tcp/5432"), "blocked"),
        ("Inner", ("App", "internet:tcp/443"), "blocked"),
        ("Zone", ("App", "https://db.corp.test/"), "unknown"),
    ],
)
def test_a_stack_that_is_not_loaded_may_add_routes_to_a_table_that_it_gets(cloud_of, made, given, question, verdict):
    cloud = cloud_of(ELSEWHERE + made.replace("GIVEN", given))
    path = trace(cloud, parse(cloud, *question))
    assert path.verdict == verdict
    assert any("Nested" in text for text in path.unread) is (verdict == "unknown")
