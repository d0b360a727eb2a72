"""Templates and project files of a cloned repository that name files outside of it."""

import json

import pytest

from netful.checks.facts.handler import read_handler
from netful.model.core import SourceError
from netful.sources import load
from netful.sources.files import project_folder

FUNCTION = "{Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.13, CodeUri: %s}}"
SAM = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: "
HOST = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A}}
  D: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: a.test, MutualTlsAuthentication: {TruststoreUri: "s3://a/b"}}}
"""


def layer(content):
    return f"Resources:\n  L: {{Type: AWS::Lambda::LayerVersion, Properties: {{Content: {content}}}}}"


def nested(url):
    return f"Resources:\n  N: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}"


def body(location):
    return f"Resources:\n  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{BodyS3Location: {location}}}}}"


def definition(location):
    return SAM + f"{{Type: AWS::Serverless::Api, Properties: {{StageName: s, DefinitionUri: {location}}}}}"


def include(location):
    return f"Resources:\n  Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: {location}}}}}"


TEMPLATES = {
    "code": SAM + FUNCTION % "../secret",
    "code in CloudFormation": "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Role: r, Code: ../secret}}",
    "code by two steps": SAM + FUNCTION % "app/../../secret",
    "code by a link": SAM + FUNCTION % "link",
    "code by its full path": SAM + FUNCTION % "{outside}",
    "a layer": layer("../secret"),
    "a layer by a link": layer("link"),
    "a nested template": nested("../secret/template.yaml"),
    "a nested template by a link": nested("link/template.yaml"),
    "a body": body("../secret/openapi.yaml"),
    "a definition": definition("link/openapi.yaml"),
    "an include": include("../secret/part.yaml"),
    "an include by a link": include("link/part.yaml"),
}
PROJECTS = {
    "a file": '[hosts.Web]\ncommand = "true"\nfiles = { "x" = "../secret/key" }',
    "a file by a link": '[hosts.Web]\ncommand = "true"\nfiles = { "x" = "link/key" }',
    "a folder": '[hosts.Web]\ncommand = "true"\ncwd = "../secret"',
    "an issuer": '[issuers."https://a.test/"]\njwks = "../secret/key"',
    "a public key": '[issuers."https://a.test/"]\npublic_key = "link/key"',
    "a policy": '[identities.A]\narn = "arn:aws:iam::111122223333:user/a"\naccess_key_id = "A"\nsecret_access_key = "b"\npolicies = ["../secret/key"]',
    "a truststore": '[truststores."a.test"]\npem = "../secret/key"',
    "a runtime": '[runtimes."ruby3.3"]\nfolder = "../secret"',
}  # fmt: skip


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A cloned repository, beside it a folder that is not its own, and in it a link to that folder."""
    secret, clone_ = tmp_path / "secret", tmp_path / "clone"
    for folder in (secret, clone_ / "app", clone_ / ".git"):
        folder.mkdir(parents=True)
    part = "Outside: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}"
    for name, text in {
        "a.py": "", "key": "secret", "bootstrap": "", "template.yaml": f"Resources:\n  {part}\n", "part.yaml": part,
        "openapi.yaml": "openapi: 3.0.1\npaths: {}\n",
    }.items():  # fmt: skip
        (secret / name).write_text(text)
    (clone_ / "link").symlink_to(secret)
    monkeypatch.chdir(clone_)
    return clone_


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_names_nothing_outside_of_its_repository(clone, text):
    (clone / "template.yaml").write_text(text.replace("{outside}", str(clone.parent / "secret")))
    with pytest.raises(SourceError, match="outside of the project's folder") as refused:
        load([])
    assert str(refused.value.origin).startswith("template.yaml:")
    assert "--allow-outside" in refused.value.hint
    assert load([], allow_outside=True).template.resources


@pytest.mark.parametrize("text", PROJECTS.values(), ids=PROJECTS)
def test_a_project_file_names_nothing_outside_of_its_repository(clone, text):
    (clone / "template.yaml").write_text(HOST)
    (clone / "netful.toml").write_text(text)
    with pytest.raises(SourceError, match="outside of the project's folder") as refused:
        load([])
    assert str(refused.value.origin).startswith("netful.toml:")


@pytest.mark.parametrize("name", ["template.yaml", "netful.toml"])
def test_what_is_read_is_no_link_to_the_outside(clone, name):
    (clone / "template.yaml").write_text(HOST)
    (clone / name).unlink(missing_ok=True)
    (clone / name).symlink_to(clone.parent / "secret" / "template.yaml")
    with pytest.raises(SourceError, match="outside of the project's folder"):
        load([])


def test_the_project_is_the_repository_or_the_templates_folder(clone, monkeypatch):
    inner = clone / "app" / "template.yaml"
    assert project_folder.folder_of(inner) == clone
    monkeypatch.setenv("HOME", str(clone))
    assert project_folder.folder_of(inner) == clone / "app"
    (clone / ".git").rmdir()
    monkeypatch.setenv("HOME", "/nowhere")
    assert project_folder.folder_of(inner) == clone / "app"


def test_a_repository_shares_code_between_its_templates(clone):
    (clone / "shared").mkdir()
    (clone / "app" / "template.yaml").write_text(SAM + FUNCTION % "../shared")
    assert load([clone / "app"]).compute.functions["F"].code.local_path == str(clone / "shared")


@pytest.mark.parametrize("handler", ["linked.handler", "{outside}/other.handler"])
def test_checks_read_no_code_outside_of_the_code(clone, handler):
    text = "import boto3\nboto3.client('sqs')\ndef handler(event, context): pass\n"
    (clone.parent / "secret" / "other.py").write_text(text)
    (clone / "app" / "linked.py").symlink_to(clone.parent / "secret" / "other.py")
    (clone / "app" / "own.py").write_text(text)
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.13", "Role": "r", "Code": "app"}}
    named = {"Own": "own.handler", "Other": handler.replace("{outside}", str(clone.parent / "secret"))}
    resources = {
        name: function | {"Properties": function["Properties"] | {"Handler": one}} for name, one in named.items()
    }
    (clone / "template.yaml").write_text(json.dumps({"Resources": resources}))
    functions = load([]).compute.functions
    assert read_handler(functions["Own"]) is not None
    assert read_handler(functions["Other"]) is None
