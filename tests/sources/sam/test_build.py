"""Where `sam build` has run, its folders are the code of functions and layers."""

import os
from pathlib import Path

from netful.functions.code.layers import content_of
from netful.sources import load

TEMPLATE = """
    Transform: AWS::Serverless-2016-10-31
    Globals: {Function: {Runtime: python3.13, Handler: app.handler, CodeUri: src}}
    Resources:
      Shared: {Type: AWS::Serverless::Function, Properties: {Timeout: 3}}
      Own: {Type: AWS::Serverless::Function, Properties: {CodeUri: own, Layers: [!Ref Layer]}}
      Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}
    """
BUILT = """
    Resources:
      Shared: {Type: AWS::Serverless::Function, Properties: {CodeUri: Shared}}
      Own: {Type: AWS::Serverless::Function, Properties: {CodeUri: s3://not-built/key}}
      Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: Layer}}
    """


def project(write):
    for file in ("src/app.py", "own/app.py", "layer/requirements.txt"):
        write("", file)
    return write(TEMPLATE)


def built(write):
    template = project(write)
    for file in (".aws-sam/build/Shared/app.py", ".aws-sam/build/Layer/python/driver.py"):
        write("", file)
    write(BUILT, ".aws-sam/build/template.yaml")
    return template


def code(cloud):
    return {id_: Path(one.code.local_path).relative_to(Path.cwd()) for id_, one in cloud.compute.functions.items()}


def test_without_a_build_the_sources_are_the_code(write):
    assert code(load([project(write)])) == {"Shared": Path("src"), "Own": Path("own")}


def test_what_was_built_is_the_code_and_the_template_keeps_its_lines(write):
    cloud = load([built(write)])
    assert code(cloud) == {"Shared": Path(".aws-sam/build/Shared"), "Own": Path("own")}
    assert cloud.compute.functions["Shared"].origin.file == "template.yaml"
    layer = content_of(cloud, cloud.compute.functions["Own"].layers[0])
    assert Path(layer.local_path).relative_to(Path.cwd()) == Path(".aws-sam/build/Layer")
    assert cloud.template.warnings == ()


def test_a_source_that_was_edited_since_is_a_warning(write):
    template = built(write)
    os.utime("src/app.py", (2**33, 2**33))
    (warning,) = load([template]).template.warnings
    assert "`src/app.py` is newer than its build" in warning
    assert "sam build" in warning
