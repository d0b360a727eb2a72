"""User data of instances, which runs where `netful.toml` allows it: its programs answer, its end is shown, and nothing else runs."""

import pytest

from tests.helpers.accounts_running import Account
from tests.helpers.processes import wait_until
from tests.helpers.stacks import written

pytestmark = pytest.mark.packets

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
  FunctionSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc}}
  WebSg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref FunctionSg}]
  Web:
    Type: AWS::EC2::Instance
    Properties:
      SubnetId: !Ref A
      SecurityGroupIds: [!Ref WebSg]
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash -e
          echo "$GREETING from ${AWS::Region}" > index.html
          nohup python3 -m http.server 80 &
  Failing:
    Type: AWS::EC2::Instance
    Properties:
      SubnetId: !Ref A
      UserData:
        Fn::Base64: |
          #!/bin/sh
          sleep infinity &
          no-such-command
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        UserData:
          Fn::Base64: |
            #!/usr/bin/env python3
            import subprocess
            print("fleet is done", flush=True)
            subprocess.Popen(["sleep", "0.5"])
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: "1"
      MaxSize: "1"
      VPCZoneIdentifier: [!Ref A]
      LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber}
  Silent:
    Type: AWS::EC2::Instance
    Properties:
      SubnetId: !Ref A
      SecurityGroupIds: [!Ref WebSg]
      UserData:
        Fn::Base64: |
          #!/bin/sh
          exec python3 -m http.server 80
  Tired:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref WebSg]}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]
  Ask:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.12
      Role: !GetAtt Role.Arn
      Environment: {Variables: {WEB: !GetAtt Web.PrivateIp}}
      VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref FunctionSg]}
      Code:
        ZipFile: |
          import os, urllib.request
          def handler(event, context):
              return urllib.request.urlopen(f"http://{os.environ['WEB']}/", timeout=3).read().decode()
"""
PROJECT = """
[hosts.Web]
user_data = true
environment = {GREETING = "hello"}
health = {port = 80}

[hosts.Failing]
user_data = true

[hosts.Fleet]
user_data = true

[hosts.Tired]
command = "exec python3 tired.py"
files = {"tired.py" = "tired.py"}
health = {port = 80}
"""
TIRED = """
import signal, socket
server = socket.create_server(("", 80))
while True:  # until another host connects
    one, (address, _) = server.accept()
    if address != one.getsockname()[0]:
        break
server.close()
signal.pause()
"""
RUNS_ON = "netful: the command ended with exit code 0, and programs that it started run on"


@pytest.fixture(scope="module")
def stack(tmp_path_factory, who):
    folder = tmp_path_factory.mktemp("user_data")
    (folder / "tired.py").write_text(TIRED)
    made = written(folder, TEMPLATE, PROJECT, prefix=who)
    yield made, made.up().stdout
    made.down()


def host(stack, name):
    return next(one for one in stack.json("status", "--stack", "s")["hosts"] if one["resource"] == name)


def reported(stack, name, words):
    """Return the state of a host as soon as it is reported with some words."""
    return wait_until(lambda: words in (one := host(stack, name))["why"] and one, lambda: str(host(stack, name)))


def test_a_function_reaches_the_server_that_user_data_left_in_the_background(stack):
    made, _ = stack
    assert made.invoke("Ask")["payload"] == "hello from us-east-1\n"
    web = host(made, "Web")
    assert (web["state"], web["why"], web["restarts"], web["command"]) == ("running", "", 0, "user data")
    assert RUNS_ON in made.netful("logs", "Web", "--stack", "s", check=0).stdout


def test_its_exit_code_is_shown_while_its_programs_run_on(stack):
    made, _ = stack
    failing = reported(made, "Failing", "it ended with exit code 127")
    assert (failing["state"], failing["restarts"]) == ("running", 0)
    assert "no-such-command: not found" in made.netful("logs", "Failing", "--stack", "s", check=0).stdout


def test_user_data_whose_programs_have_ended_does_not_start_again(stack):
    made, _ = stack
    fleet = reported(made, "Fleet", "it ended with exit code 0: fleet is done")
    assert (fleet["state"], fleet["restarts"]) == ("ended", 0)


def test_a_host_that_serves_no_longer_is_unhealthy(stack):
    made, _ = stack
    wait_until(lambda: host(made, "Tired")["state"] == "running")
    assert made.probe("Ask", "Tired:tcp/80")["agree"] is True
    tired = reported(made, "Tired", "nothing serves port 80")
    assert (tired["state"], tired["restarts"]) == ("unhealthy", 0)


def test_user_data_runs_nowhere_else(stack):
    made, printed = stack
    hosts = {one["resource"] for one in made.json("status", "--stack", "s")["hosts"]}
    assert hosts == {"Web", "Failing", "Fleet", "Tired"}
    assert made.probe("Ask", "Silent:tcp/80")["observed"][0]["symptom"] == "refused"
    assert "its user data does not run" in printed
    hint = "a command, an image or `user_data = true` in `[hosts.Silent]` of netful.toml"
    assert f"`Silent` answers with {hint}" in printed


def test_a_call_launches_user_data_only_under_an_allowed_name(tmp_path):
    (tmp_path / "netful.toml").write_text("[hosts.allowed]\nuser_data = true\n")
    account = Account(tmp_path / "state", tmp_path / "template.yaml").start()
    try:
        ec2, script = account.client("ec2"), "#!/bin/sh\necho from the call\nsleep infinity &\n"
        for name, given in (("other", script), ("allowed", script), ("allowed", "#cloud-config")):
            tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
            asked = {"ImageId": "ami-00000000000000001", "MinCount": 1, "MaxCount": 1, "TagSpecifications": tags}
            ec2.run_instances(**asked, UserData=given)
        status = account.json("status", "--stack", "s")
        assert [one["resource"] for one in status["hosts"]] == ["allowed"]
        assert any("is not a script: it is `#cloud-config`" in warning for warning in status["warnings"])
        logged = lambda: account.netful("logs", "allowed", "--stack", "s", check=0).stdout  # noqa: E731
        wait_until(lambda: "from the call" in logged())
    finally:
        account.down()
