"""Whatever a file holds: a cloud, or one message; never a traceback."""

import json
import string
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from netful.model.core import SourceError
from netful.sources import load
from tests.helpers.examples import examples

pytestmark = pytest.mark.slow

LIMITS = examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])

TYPES = [
    "VPC", "Subnet", "RouteTable", "Route", "SubnetRouteTableAssociation", "SecurityGroup", "SecurityGroupIngress", "EIP",
    "NetworkAcl", "NetworkAclEntry", "NatGateway", "VPCEndpoint", "Instance", "VPCPeeringConnection", "TransitGatewayRoute",
]  # fmt: skip
OTHER_TYPES = [
    "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::SSM::Parameter", "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::Serverless::Function", "AWS::Serverless::Api",
    "AWS::Route53::RecordSetGroup", "AWS::CloudFormation::Stack", "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method",
    "AWS::ApiGatewayV2::Api", "AWS::ApiGateway::UsagePlan",
]  # fmt: skip
KEYS = [
    "VpcId", "CidrBlock", "SubnetId", "SubnetIds", "RouteTableId", "GatewayId", "SecurityGroupIngress", "GroupId", "IpProtocol",
    "FromPort", "Policies", "Code", "VpcConfig", "Events", "Auth", "Properties", "PolicyDocument", "Subnets", "Entries", "Body",
    "DestinationCidrBlock", "ServiceName", "VpcEndpointType", "Role", "Environment", "Conditions", "Name", "Protocol", "Type",
    "RestApiId", "Integration", "MethodSettings", "StageName", "RecordSets", "ApiStages", "DefinitionBody", "TemplateURL",
]  # fmt: skip
NAMES = ["A", "B", "C", "AWS::Region", "P", "Nothing"]

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 70000), st.floats(allow_nan=False, width=32),
    st.sampled_from(["10.0.0.0/16", "10.0.1.0/24", "tcp", "-1", "local", "*", "${A}", "${A.Arn}", "{{resolve:ssm:x}}", "", "80"]),
    st.sampled_from(["https://[", "http://a:x/", "9" * 5000, "\0", "\ud800", "²", "${", "{", "arn:", "::/0", 10**30, 1e300]),
    st.text(string.printable, max_size=8),
)  # fmt: skip
functions = st.one_of(
    st.builds(lambda n: {"Ref": n}, st.sampled_from(NAMES)),
    st.builds(
        lambda n, a: {"Fn::GetAtt": [n, a]}, st.sampled_from(NAMES), st.sampled_from(["Arn", "CidrBlock", "Outputs.X"])
    ),
    st.builds(
        lambda n, a: {n: a},
        st.sampled_from(["Fn::Sub", "Fn::Join", "Fn::Select", "Fn::If", "Fn::Cidr", "Fn::Split"]),
        scalars,
    ),
)
values = st.recursive(
    st.one_of(scalars, functions),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        st.builds(
            lambda n, a: {n: a},
            st.sampled_from(["Fn::Sub", "Fn::Join", "Fn::Select", "Fn::If", "Ref"]),
            st.lists(inner, max_size=3),
        ),
    ),
    max_leaves=12,
)
kinds = st.one_of(st.sampled_from(TYPES).map("AWS::EC2::{}".format), st.sampled_from(OTHER_TYPES))
resources = st.fixed_dictionaries(
    {"Type": kinds, "Properties": st.dictionaries(st.sampled_from(KEYS), values, max_size=6)},
    optional={"Condition": st.sampled_from(["Yes", "No"]), "DependsOn": values},
)
templates = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from(["A", "B", "C"]), resources, min_size=1)},
    optional={
        "Transform": st.sampled_from(["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "Other"]),
        "Globals": st.dictionaries(st.sampled_from(["Function", "Api"]), values, max_size=2),
        "Parameters": st.fixed_dictionaries({"P": st.one_of(st.just({"Type": "String"}), values)}),
        "Conditions": st.dictionaries(st.sampled_from(["Yes", "No"]), values),
        "Outputs": st.dictionaries(st.sampled_from(["X", "Y"]), values, max_size=2),
        "Mappings": values,
    },
)


def read(path: Path) -> None:
    refused = None
    try:
        load([path])
    except SourceError as error:
        refused = error
    assert refused is None or (refused.what and refused.origin is not None)


@LIMITS
@given(template=templates)
def test_templates_of_any_shape(tmp_path, template):
    file = tmp_path / "t.json"
    file.write_text(json.dumps(template))
    read(file)


@LIMITS
@given(template=templates, cut=st.integers(0, 400), noise=st.text(max_size=6))
def test_damaged_yaml(tmp_path, template, cut, noise):
    text = yaml.safe_dump(template)
    file = tmp_path / "t.yaml"
    file.write_text(text[:cut] + noise + text[cut + 1 :])
    read(file)


@LIMITS
@given(content=st.binary(max_size=200))
def test_any_bytes(tmp_path, content):
    file = tmp_path / "t.yaml"
    file.write_bytes(content)
    read(file)


def places(node, path=()):
    """Every place in a value, as a path of keys."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


@st.composite
def spoilt(draw, sound: dict):
    """A sound value in which one or two places hold something else."""
    broken = json.loads(json.dumps(sound))
    for _ in range(draw(st.integers(1, 2))):
        *above, last = draw(st.sampled_from(list(places(broken))))
        holder = broken
        for key in above:
            holder = holder[key]
        holder[last] = draw(values)
    return broken


FOLDER = Path(__file__).parent / "fuzz"
KINDS = ("network", "serverless", "account", "answers", "plan")
SOUND = {kind: json.loads((FOLDER / f"{kind}.json").read_text()) for kind in KINDS}


@pytest.mark.parametrize("kind", ["network", "serverless"])
def test_the_sound_templates_are_sound(tmp_path, kind):
    file = tmp_path / "t.json"
    file.write_text(json.dumps(SOUND[kind]))
    assert load([file]).template.resources


@LIMITS
@given(template=st.sampled_from(["network", "serverless"]).flatmap(lambda kind: spoilt(SOUND[kind])))
def test_sound_templates_with_something_odd_in_them(tmp_path, template):
    file = tmp_path / "t.json"
    file.write_text(json.dumps(template))
    read(file)


@LIMITS
@given(plan=spoilt(SOUND["plan"]))
def test_plans_with_something_odd_in_them(tmp_path, plan):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    read(file)


@LIMITS
@given(description=spoilt(SOUND["account"]))
def test_described_accounts_with_something_odd_in_them(tmp_path, description):
    folder = tmp_path / "eu-west-1"
    folder.mkdir(exist_ok=True)
    (folder / "x.json").write_text(json.dumps(description))
    read(tmp_path)


@LIMITS
@given(files=spoilt(SOUND["answers"]))
def test_answers_in_files_of_their_own_with_something_odd_in_them(tmp_path, files):
    folder = tmp_path / "eu-west-1"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    read(tmp_path)


@pytest.mark.parametrize(
    "text", ["a: " * 3000, "- " * 3000, "{" * 3000, "? " * 3000, "!!" * 3000, "&a " * 50, "%YAML 9\n---\n"]
)
def test_hostile_yaml(tmp_path, text):
    file = tmp_path / "t.yaml"
    file.write_text(text)
    read(file)
