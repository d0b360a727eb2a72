"""User data as the program of a host: whose it is, and what is refused where it is written."""

import gzip
import json
from base64 import b64encode

import pytest

from netful.model.core import SourceError
from netful.sources import load

TEMPLATE = """
Parameters:
  Missing: {{Type: String}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  Web:
    Type: AWS::EC2::Instance
    Properties:
      SubnetId: !Ref A
{}
  Launch: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{UserData: !Base64 "#!/bin/sh\\nlaunch"}}}}}}
"""
ALLOWED = "[hosts.Web]\nuser_data = true\n"


@pytest.fixture
def program(write):
    def read(written, project=ALLOWED):
        write(project, "netful.toml")
        return load([write(TEMPLATE.format(f"      {written}"))]).compute.programs["Web"]

    return read


def text(script):
    return "UserData: !Base64 " + json.dumps(script)


def test_the_script_is_the_templates_and_its_first_line_is_the_interpreter(program):
    script = json.dumps("#! /bin/bash  -e -u\necho ${!HOME} in ${AWS::Region}\n")
    found = program(f"UserData: {{'Fn::Base64': {{'Fn::Sub': {script}}}}}")
    assert found.command == "/bin/bash  -e -u"
    assert found.files == {"user-data": "#! /bin/bash  -e -u\necho ${HOME} in us-east-1\n"}


def test_the_launch_templates_is_run_where_the_instance_has_none(program):
    launched = "LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: '1'}"
    assert program(launched).files == {"user-data": "#!/bin/sh\nlaunch"}
    assert program(f"{launched}\n      {text('#!/bin/sh')}").files == {"user-data": "#!/bin/sh"}


def test_without_the_setting_nothing_runs(write):
    write(TEMPLATE.format(f"      {text('#!/bin/sh')}"))
    assert load([write(TEMPLATE.format(f"      {text('#!/bin/sh')}"))]).compute.programs == {}


NO_SCRIPT = "it is not text that begins with `#!` and the path of an interpreter"


@pytest.mark.parametrize(
    ("written", "what", "why"),
    [
        (text("#cloud-config\npackages: [nginx]"), "is not a script", "it is `#cloud-config`"),
        (text("Content-Type: multipart/mixed; boundary=x"), "is not a script", "it is a MIME document"),
        (text("MIME-Version: 1.0"), "is not a script", "it is a MIME document"),
        (text("echo hello"), "is not a script", NO_SCRIPT),
        (text("#!bash"), "is not a script", NO_SCRIPT),
        (text("#!\n/bin/sh"), "is not a script", NO_SCRIPT),
        (
            f"UserData: {b64encode(gzip.compress(b'#!/bin/sh', mtime=0)).decode()}",
            "is not a script",
            "it is compressed with gzip",
        ),
        (f"UserData: {b64encode(bytes([35, 33, 47, 255])).decode()}", "is not a script", NO_SCRIPT),
        ("UserData: '#!/bin/sh'", "is not base64", ""),
        ("UserData: !Base64 {Ref: Missing}", "is not known", "parameter `Missing` has no value"),
    ],
)
def test_what_cannot_run_is_refused_where_it_is_written(program, written, what, why):
    with pytest.raises(SourceError) as refused:
        program(written)
    assert (refused.value.what, refused.value.why) == (f"the user data of `Web` {what}", why)
    assert str(refused.value.origin) == "template.yaml:11"
    assert refused.value.hint


@pytest.mark.parametrize(
    ("project", "what"),
    [
        (ALLOWED, "`Web` has no user data that netful reads"),
        (f"{ALLOWED}command = 'serve'", "`Web` has `command`, and has `user_data`"),
        (f"{ALLOWED}image = 'web:1'", "`Web` has `image`, and has `user_data`"),
        (f"{ALLOWED}attach = '127.0.0.1:80'", "`Web` has `attach`, and has `user_data`"),
    ],
)
def test_the_setting_is_refused_where_it_says_nothing(program, project, what):
    with pytest.raises(SourceError) as refused:
        program("Tenancy: default", project)
    assert (refused.value.what, str(refused.value.origin)) == (what, "netful.toml:1")
