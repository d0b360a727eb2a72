"""Each template of this folder gets one message, at its line, as `expected.tsv` says: file, line, what."""

import os
from pathlib import Path

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.run import check
from netful.model.core import SourceError
from netful.sources import load

FOLDER = Path(__file__).with_name("broken")
EXPECTED = [line.split("\t") for line in (FOLDER / "expected.tsv").read_text().splitlines()]


def test_every_template_of_the_folder_is_expected():
    files = {path.name for path in FOLDER.iterdir() if path.suffix in (".yaml", ".json")}
    assert files == {name for name, _, _ in EXPECTED}


@pytest.mark.parametrize(("name", "line", "what"), EXPECTED, ids=[name for name, _, _ in EXPECTED])
def test_one_message_with_its_line(name, line, what, monkeypatch):
    monkeypatch.chdir(FOLDER)
    with pytest.raises(SourceError) as caught:
        load([Path(name)])
    assert caught.value.what == what
    assert str(caught.value.origin) == f"{name}:{line}"
    assert str(caught.value).splitlines()[0] == f"{name}:{line}: {what}"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("misspelt-cidr.yaml", "CidrBlock"),
        ("misspelt-destination.yaml", "DestinationCidrBlock"),
        ("misspelt-protocol.yaml", "IpProtocol"),
        ("resource-attribute.yaml", "Condition"),
        ("parameter-attribute.yaml", "Default"),
        ("output-attribute.yaml", "Value"),
    ],
)
def test_what_was_probably_meant(name, meant):
    with pytest.raises(SourceError) as caught:
        load([FOLDER / name])
    assert caught.value.hint == f"did you mean `{meant}`?"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("\u3000\u3000T: {Type: AWS::SNS::Topic}", "indent with spaces, not with wide ones"),
        ("  T:\u3000{Type: AWS::SNS::Topic, Properties: {}}", "indent with spaces, not with wide ones"),
        ("  T\uff1a{Type: AWS::SNS::Topic, Properties: {}}", "write `:` instead of the wide character `\uff1a`"),
        ("  T: {Type: AWS::SNS::Topic\uff0cProperties: {}}", "write `,` instead of the wide character `\uff0c`"),
        ("\tT: {Type: AWS::SNS::Topic}", "indent with spaces, not tabs"),
    ],
)
def test_wide_characters_that_look_like_those_of_yaml_are_named(written, hint, tmp_path):
    file = tmp_path / "t.yaml"
    file.write_text(f"Description: 本番\uff08東京\uff09\nResources:\n{written}\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load([file])
    assert caught.value.hint == hint


@pytest.mark.parametrize(("written", "meant"), [("Joyn", "Fn::Join"), ("Foo", None)])
def test_a_function_that_does_not_exist_is_only_likened_to_one_that_is_near(written, meant, tmp_path):
    file = tmp_path / "t.yaml"
    file.write_text(f"Resources: {{T: {{Type: AWS::SNS::Topic, Properties: {{TopicName: !{written} [a]}}}}}}\n")
    with pytest.raises(SourceError) as caught:
        load([file])
    assert (caught.value.hint == f"did you mean `{meant}`?") is (meant is not None)
    assert "`Fn::Join`" in caught.value.hint


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path):
    file = tmp_path / "huge.yaml"
    file.write_bytes(b"Resources:\n" + b"# padding\n" * 1_100_000)
    with pytest.raises(SourceError, match="more than 4,194,304 bytes"):
        load([file])


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="cannot read"):
        load([tmp_path / "nowhere.yaml"])


def test_a_folder_without_a_template_names_what_was_looked_for(tmp_path):
    with pytest.raises(SourceError) as caught:
        load([tmp_path])
    assert "template.yaml" in caught.value.hint


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, lambda path: path.symlink_to("missing.yaml"), os.mkfifo],
    ids=["a folder", "a link to nothing", "a named pipe"],
)
def test_a_folder_without_a_template_may_have_what_is_no_file(tmp_path, make):
    make(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").write_text("Resources: {T: {Type: AWS::SNS::Topic}}\n")
    with pytest.raises(SourceError, match="no template in") as caught:
        load([tmp_path])
    assert "b.yaml" in caught.value.hint


def test_a_device_without_an_end_is_refused():
    with pytest.raises(SourceError, match="more than 4,194,304 bytes"):
        load([Path("/dev/zero")])


def test_what_cloudformation_does_not_take_is_told(tmp_path):
    def told(resources):
        file = tmp_path / "template.yaml"
        file.write_text("Resources:\n" + "".join(f"  {name}: {{Type: AWS::SNS::Topic}}\n" for name in resources))
        return [warning.removeprefix(str(file)) for warning in load([file]).template.warnings]

    assert told([f"Topic{number}" for number in range(500)]) == []
    assert told([f"Topic{number}" for number in range(502)]) == [
        ":502: CloudFormation takes 500 resources, and these are 502"
    ]
    assert told(["Good1", "Größe", "a_b"]) == [
        ":3: CloudFormation takes letters and digits in a name, not `Größe`",
        ":4: CloudFormation takes letters and digits in a name, not `a_b`",
    ]


@pytest.mark.parametrize(
    "section",
    [
        "Parameters: {環境: {Type: String, Default: x}}",
        "Outputs: {出力: {Value: x}}",
        "Outputs: {O: {Value: x, Export: {Name: 輸出}}}",
    ],
)
def test_names_of_parameters_and_outputs_are_letters_and_digits(section, tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(f"{section}\nResources: {{Topic: {{Type: AWS::SNS::Topic}}}}\n", encoding="utf-8")
    [warning] = load([file]).template.warnings
    assert "CloudFormation takes letters" in warning


@pytest.mark.parametrize(
    ("name", "why", "hint"),
    [
        ("sam-event-path", "Property 'Path' should be a string.", "SAM takes only a text there, no reference"),
        ("sam-event-type", "Resource dict has missing or invalid value for key Type.", "did you mean `Api`?"),
        ("sam-globals", "'Globals' section is invalid. 'Functions' is not supported.", "did you mean `Function`?"),
        ("sam-policy-template", "Policy at index 0 in the 'Policies' property", "did you mean `SQSPollerPolicy`?"),
    ],
)
def test_refusal_of_sam_says_why_and_what_helps(name, why, hint):
    with pytest.raises(SourceError) as caught:
        load([FOLDER / f"{name}.yaml"])
    assert caught.value.why.startswith(why)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "resource",
    [
        "P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Qualifier: 1, Action: lambda:InvokeFunction, Principal: sns.amazonaws.com}}",
        "C: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref F, Qualifier: $LATEST, DestinationConfig: {OnFailure: {Destination: 'arn:aws'}}}}",
        (
            "M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref A, ResourceId: !GetAtt A.RootResourceId, HttpMethod: GET,"
            " AuthorizationType: NONE, Integration: {Type: MOCK, RequestTemplates: {application/json: {name: !Ref Given}}}}}"
        ),
    ],
)
def test_odd_values_are_checked(cloud_of, resource):
    """A number for a text, the beginning of an ARN, a mapping with an unknown value for a text."""
    cloud = cloud_of(f"""
Parameters: {{Given: {{Type: String}}}}
Resources:
  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a}}}}
  F: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.13, Handler: a.b, Role: r, Code: {{ZipFile: x}}}}}}
  T: {{Type: AWS::SNS::Topic, Properties: {{Subscription: [{{Protocol: lambda, Endpoint: !GetAtt F.Arn}}]}}}}
  {resource}
""")
    assert isinstance(check(Facts(cloud)), tuple)


VPC = "Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}%s}}\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (VPC % ", Comment: mine", "`Comment`"),
        (VPC % "" + "Parameters: {Name: {Default: a}}\n", "`Type`"),
        (VPC % "" + "Outputs: {Id: {Description: none}}\n", "`Value`"),
    ],
)
def test_what_cloudformation_refuses_and_netful_leaves_out_is_a_warning(tmp_path, text, named):
    file = tmp_path / "template.yaml"
    file.write_text(text)
    (warning,) = load([file]).template.warnings
    assert named in warning
    file.write_text(text + "Transform: Own\n")
    assert not any(named in one for one in load([file]).template.warnings)
