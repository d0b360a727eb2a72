import pytest

from netful.model.core import SourceError
from netful.sources import load

TEMPLATE = """
    Parameters:
      A: {Type: String, Default: one, AllowedValues: [one, two]}
      B: {Type: Number}
      Ids: {Type: 'List<AWS::EC2::Subnet::Id>'}
      Ami: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/ami}
    Resources:
      T: {Type: AWS::SNS::Topic, Properties: {A: !Ref A, B: !Ref B, Ids: !Ref Ids, Ami: !Ref Ami}}
"""


@pytest.fixture
def properties(write):
    def properties_(files, **parameters):
        return load([write(TEMPLATE)], parameters=parameters, parameter_files=files).template.resources["T"].properties

    return properties_


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cli.json", '[{"ParameterKey": "A", "ParameterValue": "two"}, {"ParameterKey": "B", "ParameterValue": "7"}]'),
        ("pairs.json", '["A=two", "B=7"]'),
        ("plain.yaml", "A: two\nB: 7\n"),
        ("pipeline.json", '{"Parameters": {"A": "two", "B": 7}}'),
        ("samconfig.toml", 'version = 0.1\n[default.deploy.parameters]\nparameter_overrides = "A=\\"two\\" B=7"\n'),
        ("list.toml", 'version = 0.1\n[default.deploy.parameters]\nparameter_overrides = ["A=two", "B=7"]\n'),
        (
            "samconfig.yaml",
            "version: 0.1\ndefault:\n  deploy:\n    parameters:\n      parameter_overrides: A=two B=7\n",
        ),
    ],
)
def test_files_in_every_format(properties, write, name, text):
    got = properties([write(text, name)])
    assert (got["A"], got["B"]) == ("two", "7")


CONFIGURED = 'version = 0.1\n[default.global.parameters]\nregion = "us-west-2"\n'
FOR_DEPLOY = CONFIGURED + '[default.deploy.parameters]\nregion = "eu-west-1"\nparameter_overrides = "A=one"\n'


@pytest.mark.parametrize(
    ("config", "named", "region"),
    [
        (CONFIGURED, None, "us-west-2"),
        (FOR_DEPLOY, None, "eu-west-1"),
        (FOR_DEPLOY, "ap-northeast-1", "ap-northeast-1"),
        ("version = 0.1\n", None, "us-east-1"),
    ],
)
def test_the_region_is_the_one_of_sam_deploy_unless_named(write, config, named, region):
    cloud = load([write(TEMPLATE)], parameter_files=[write(config, "samconfig.toml")], region=named)
    assert (cloud.region, cloud.template.warnings) == (region, ())


def test_a_region_of_samconfig_that_is_none(write):
    config = write(FOR_DEPLOY.replace("eu-west-1", "Ireland"), "samconfig.toml")
    with pytest.raises(SourceError, match="no region"):
        load([write(TEMPLATE)], parameter_files=[config])


def test_a_given_value_wins_over_a_file(properties, write):
    assert properties([write("A: two\n", "p.yaml")], A="one")["A"] == "one"


def test_lists_are_split(properties):
    assert properties([], Ids="subnet-1, subnet-2")["Ids"] == ["subnet-1", "subnet-2"]


def test_what_is_missing_is_listed_but_not_what_is_looked_up(cloud_of):
    cloud = cloud_of(TEMPLATE)
    assert cloud.template.missing_parameters == ("B", "Ids")
    assert cloud.template.resources["T"].properties["Ami"].needs == ("Ami",)


def test_a_value_that_is_not_allowed(cloud_of):
    with pytest.raises(SourceError) as caught:
        cloud_of(TEMPLATE, A="three")
    assert caught.value.hint == "one of `one`, `two`"


LOOKED_UP = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Offices: {Type: Custom::Lookup, Properties: {ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:lookup'}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc,
    SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: !GetAtt Offices.Block}]}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}}
"""


@pytest.mark.parametrize(("block", "verdict"), [("10.0.0.0/16", "reachable"), ("10.9.0.0/16", "blocked")])
def test_an_attribute_that_aws_decides_may_be_given(cloud_of, ask, block, verdict):
    unknown = ask(cloud_of(LOOKED_UP), "subnet:A+default", "Web:tcp/443")
    assert (unknown.missing, unknown.hint) == (("Offices.Block",), "to settle it: --param Offices.Block=…")
    cloud = cloud_of(LOOKED_UP, **{"Offices.Block": block})
    assert (ask(cloud, "subnet:A+default", "Web:tcp/443").verdict, cloud.template.warnings) == (verdict, ())


def test_a_parameter_of_no_template_is_a_warning(cloud_of):
    assert cloud_of(TEMPLATE, Idz="x").template.warnings == (
        "template.yaml: parameter `Idz` is in no template, did you mean `Ids`?",
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '"x"'),
        ("p.json", "[1]"),
        ("p.toml", "= 1"),
        ("p.toml", "[default.deploy.parameters]\nparameter_overrides = 7"),
        ("p.toml", '[default.deploy.parameters]\nparameter_overrides = "A=\'x"'),
        ("p.toml", "default = 1\n[[x"),
    ],
)
def test_a_file_that_holds_no_parameters(properties, write, name, text):
    with pytest.raises(SourceError):
        properties([write(text, name)])


@pytest.mark.parametrize(
    ("declared", "text", "hint"),
    [
        ("Type: String, MinLength: 8, MaxLength: 9", "short", "its `MinLength` is 8"),
        ("Type: String, MinLength: 8, MaxLength: 9", "much too long", "its `MaxLength` is 9"),
        ("Type: Number, MinValue: 0, MaxValue: '10'", "-1", "its `MinValue` is 0"),
        ("Type: Number, MinValue: 0, MaxValue: '10'", "11", "its `MaxValue` is 10"),
        ("Type: Number, MinValue: 0, MaxValue: '10'", "7", None),
        ("Type: List<Number>", "7, 8", None),
        ("Type: List<Number>", "7,a", "its type is List<Number>"),
        ("Type: CommaDelimitedList, AllowedValues: [a, b]", "b, a", None),
        ("Type: CommaDelimitedList, AllowedValues: [a, b]", "b,c", "one of `a`, `b`"),
    ],
)
def test_a_value_keeps_the_limits(cloud_of, declared, text, hint):
    template = TEMPLATE.replace("B: {Type: Number}", f"B: {{{declared}}}")
    if hint is None:
        assert cloud_of(template, B=text).template.resources["T"].properties["B"] in (text, text.split(", "))
        return
    with pytest.raises(SourceError) as caught:
        cloud_of(template, B=text)
    assert (caught.value.hint, caught.value.origin.line) == (hint, 4)


def test_a_refused_value_is_explained_as_the_template_says_and_stays_hidden(cloud_of):
    declared = "Type: String, NoEcho: true, MaxLength: 5, ConstraintDescription: five letters"
    with pytest.raises(SourceError) as caught:
        cloud_of(TEMPLATE.replace("B: {Type: Number}", f"B: {{{declared}}}"), B="s3cret")
    assert caught.value.why == "five letters"
    assert "s3cret" not in caught.value.what


@pytest.mark.parametrize(
    ("declared", "text", "warned"),
    [
        ("Type: String, AllowedPattern: '[a-z]+'", "a1", True),
        ("Type: String, AllowedPattern: '[a-z]+'", "ab", False),
        ("Type: String, AllowedPattern: '(?!aws)[a-z]+'", "aws", False),
        ("Type: CommaDelimitedList, AllowedPattern: '[a-z]+'", "a,1", True),
        ("Type: CommaDelimitedList, AllowedPattern: '[a-z]+'", "b, a", False),
    ],
)
def test_a_value_that_does_not_match_the_pattern_is_a_warning(cloud_of, declared, text, warned):
    cloud = cloud_of(TEMPLATE.replace("B: {Type: Number}", f"B: {{{declared}}}"), B=text)
    assert cloud.template.resources["T"].properties["B"] in (text, text.replace(" ", "").split(","))
    assert [one.partition(": ")[0] for one in cloud.template.warnings] == ["template.yaml:4"] * warned
