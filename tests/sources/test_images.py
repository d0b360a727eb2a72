"""Container images of functions: from netful.toml, SAM's metadata, the CDK's assets, and beside the template."""

import json

import pytest

from netful.model.core import SourceError
from netful.model.functions.images import ImageConfig
from netful.sources import load
from tests.helpers.images import TestImage, tar

TEMPLATE = """
    Resources:
      Fn:
        Type: AWS::Lambda::Function
        Properties:
          PackageType: Image
          Role: arn:aws:iam::123456789012:role/r
          Code: {ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/orders:1}
          ImageConfig: {Command: [app.handler, x], WorkingDirectory: /app}
"""


@pytest.fixture
def project(write, tmp_path):
    """Write a template and a project file, with an archive and a folder to build; return the function."""
    TestImage([tar({"a": "1"})]).docker_archive(tmp_path / "image.tar")
    write("FROM scratch", "app/Dockerfile")

    def read(toml, template=TEMPLATE, name="Fn"):
        file = write(template)
        write(toml, "netful.toml")
        return load([file]).compute.functions[name]

    return read


@pytest.mark.parametrize(
    "name", ["Fn", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/orders:1", "team/orders:1", "team/orders"]
)
def test_an_image_is_declared_by_its_function_or_uri(project, tmp_path, name):
    function = project(f'[images."{name}"]\narchive = "image.tar"\ntag = "1"\n')
    assert function.image.path == str(tmp_path / "image.tar")
    assert function.image.tag == "1"
    assert function.image.origin.line == 1
    assert function.image_config == ImageConfig(command=("app.handler", "x"), working_directory="/app")


def test_the_functions_own_image_comes_first(project, tmp_path):
    function = project('[images."team/orders"]\nlayout = "app"\n[images.Fn]\narchive = "image.tar"\n')
    assert function.image.path == str(tmp_path / "image.tar")


def test_an_image_that_nothing_declares(project):
    function = project("")
    assert function.image is None
    assert function.image_uri.endswith("team/orders:1")


def test_an_image_to_be_built(project, tmp_path):
    function = project('[images.Fn]\nbuild = "app"\ntarget = "prod"\narguments = {A = "1"}\n')
    assert function.image.build.context == str(tmp_path / "app")
    assert (function.image.build.dockerfile, function.image.build.target) == ("Dockerfile", "prod")
    assert function.image.build.arguments == {"A": "1"}


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ('archive = "app"', 1),
        ('layout = "image.tar"', 1),
        ('archive = "image.tar"\nlayout = "app"', 1),
        ("", 1),
        ('build = "app"\ndockerfile = "Other"', 1),
        ('archive = "/etc/passwd"', 1),
        ('archiv = "image.tar"', 2),
    ],
)
def test_settings_that_are_refused(project, table, line):
    with pytest.raises(SourceError) as refused:
        project(f"[images.Fn]\n{table}\n")
    assert str(refused.value.origin).endswith(f"netful.toml:{line}")


def test_sams_metadata_is_a_build(project, tmp_path):
    template = """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Fn:
            Type: AWS::Serverless::Function
            Properties: {PackageType: Image, ImageConfig: {EntryPoint: [/run]}}
            Metadata: {Dockerfile: Dockerfile, DockerContext: ./app, DockerTag: v1, DockerBuildArgs: {A: 1}}
    """
    function = project("", template)
    assert function.image.build.context == str(tmp_path / "app")
    assert function.image.build.arguments == {"A": "1"}
    assert function.image_config.entry_point == ("/run",)
    assert function.image.origin.file == "template.yaml"


def test_an_archive_beside_the_template(project, tmp_path):
    template = TEMPLATE.replace("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/orders:1", "image.tar")
    assert project("", template).image.path == str(tmp_path / "image.tar")


@pytest.fixture
def assembly(tmp_path):
    """Write a cloud assembly with two assets: a folder to build, and an archive."""
    hash_, other = "a" * 64, "b" * 64
    uri = "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/cdk-hnb-container-assets-1-2"

    def function(tag):
        code = {"ImageUri": {"Fn::Sub": f"{uri}:{tag}"}}
        return {"Type": "AWS::Lambda::Function", "Properties": {"PackageType": "Image", "Role": "r", "Code": code}}

    folder = tmp_path / "cdk.out"
    (folder / f"asset.{hash_}").mkdir(parents=True)
    (folder / f"asset.{other}.tar").write_bytes(b"")
    destinations = {"here": {"repositoryName": "cdk", "imageTag": hash_}}
    load_ = ["sh", "-c", f"docker load -i asset.{other}.tar | tail -n 1"]
    images = {
        hash_: {"source": {"directory": f"asset.{hash_}", "dockerFile": "Own"}, "destinations": destinations},
        other: {"source": {"executable": load_}, "destinations": {}},
    }
    (folder / "S.template.json").write_text(json.dumps({"Resources": {"Fn": function(hash_), "Tar": function(other)}}))
    (folder / "S.assets.json").write_text(json.dumps({"version": "1", "files": {}, "dockerImages": images}))
    artifact = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"S": artifact}}))
    return folder


def test_assets_of_the_cdk(assembly):
    functions = load([assembly]).compute.functions
    assert functions["Fn"].image.build.context == str(assembly / f"asset.{'a' * 64}")
    assert functions["Fn"].image.build.dockerfile == "Own"
    assert functions["Tar"].image.path == str(assembly / f"asset.{'b' * 64}.tar")


def test_the_project_file_replaces_an_asset(assembly):
    (assembly / "own.tar").write_bytes(b"")
    (assembly / "netful.toml").write_text(f'[images."{"a" * 64}"]\narchive = "own.tar"\n')
    assert load([assembly]).compute.functions["Fn"].image.path == str(assembly / "own.tar")


def test_an_archive_may_come_later(project):
    function = project('[images.Fn]\narchive = "missing.tar"\n')
    assert function.image.path.endswith("missing.tar")
