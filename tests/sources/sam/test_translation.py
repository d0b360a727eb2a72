"""Translation of SAM: what SAM's own translator makes, with the lines of the template, and without asking AWS."""

import subprocess
import sys
from pathlib import Path

import pytest

from netful.sources import cloudformation, load
from tests.helpers import sam
from tests.helpers.places import ROOT

HERE = Path(__file__).parent / "templates"
BROKEN = ROOT / "tests" / "sources" / "broken"
EVERY = [
    file
    for file in sam.serverless(*(ROOT / name for name in ("bench", "docs", "examples", "tests")))
    if BROKEN not in file.parents
]


@pytest.mark.parametrize("file", EVERY, ids=lambda file: str(file.relative_to(ROOT)))
def test_resources_are_those_of_sam_s_own_translator(file):
    assert sam.differences(file) == []


@pytest.mark.parametrize("file", sorted(HERE.glob("*.lines")), ids=lambda file: file.stem)
def test_line_of_everything_that_is_made(file, request):
    """Compare with the golden file: the line, the id and the type of each resource."""
    template = cloudformation.complete(cloudformation.read(file.with_suffix(".yaml"), {}), sam.REGION)
    resources = template.resources
    found = "".join(f"{resources.origin_of(name).line:4} {name} {resources[name]['Type']}\n" for name in resources)
    if request.config.getoption("--write-golden", default=False):
        file.write_text(found)
    else:
        assert found == file.read_text()


def test_lines_of_values():
    cloud = load([HERE / "events.yaml"])
    routes = {
        (route.http_method, route.path): route.origin.line for route in cloud.apis.rest_apis["ServerlessRestApi"].routes
    }
    assert routes == {("GET", "/orders/{id}"): 68, ("GET", "/sometimes"): 120, ("POST", "/start"): 140}
    template = cloudformation.complete(cloudformation.read(HERE / "events.yaml", {}), sam.REGION)
    fn, role = (template.resources[name]["Properties"] for name in ("Fn", "FnRole"))
    lines = {name: fn.origin_of(name).line for name in ("Handler", "Layers", "VpcConfig", "Timeout", "Code")}
    assert lines == {"Handler": 41, "Layers": 42, "VpcConfig": 52, "Timeout": 12, "Code": 13}
    variables = fn["Environment"]["Variables"]
    assert (variables.origin_of("OWN").line, variables.origin_of("SHARED").line) == (57, 16)
    (document,) = [
        policy["PolicyDocument"] for policy in role["Policies"] if "SSM" not in str(policy) and "ssm" in str(policy)
    ]
    assert document["Statement"].origin_of(0).line == 62
    body = cloudformation.complete(cloudformation.read(HERE / "rest.yaml", {}), sam.REGION).resources["Rest"]
    assert body["Properties"]["Body"].origin_of("x-amazon-apigateway-policy").line == 53


SERVERLESS = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Fn:
        Type: AWS::Serverless::Function
        Properties: {InlineCode: pass, Policies: [AmazonSSMReadOnlyAccess], Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}}
      App: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: arn:x, SemanticVersion: 1.0.0}}}
"""
NETWORK = """
    Transform: AWS::Serverless-2016-10-31
    Resources: {Topic: {Type: AWS::SNS::Topic}}
"""


@pytest.mark.parametrize(("text", "imported"), [(SERVERLESS, ["samtranslator"]), (NETWORK, [])])
@pytest.mark.programs
def test_nothing_is_imported_that_could_ask_aws(write, tmp_path, monkeypatch, text, imported):
    monkeypatch.setenv(
        "XDG_CACHE_HOME", str(tmp_path / "cache")
    )  # a template that was read before is not translated again
    code = f"""
import sys
from pathlib import Path
from netful.sources import load
load([Path({str(write(text))!r})])
print([name for name in ("samtranslator", "boto3", "botocore", "urllib3") if name in sys.modules])
import boto3
boto3.client("sns", region_name="eu-west-1")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(imported)
    assert done.stderr == ""


def test_aws_is_not_asked_where_boto3_is_there(cloud_of, monkeypatch):
    import boto3
    import botocore.session

    def refuse(*_arguments, **_keywords):
        raise AssertionError("AWS is asked")

    for name in ("Session", "client"):
        monkeypatch.setattr(boto3, name, refuse)
    monkeypatch.setattr(botocore.session, "get_session", refuse)
    for variable in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(variable, raising=False)
    assert cloud_of(SERVERLESS).compute.functions
