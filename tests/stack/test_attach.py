"""A database of the template is served by the host: the function reaches it by its AWS name, through its groups."""

import re
import socket
import threading
from pathlib import Path

import pytest

from tests.helpers.images import TestImage, python_layer, tar
from tests.helpers.processes import wait_until
from tests.helpers.stacks import AS_ROOT, Stack

pytestmark = pytest.mark.packets

CAPITALS = """
import socketserver

class Answer(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read().upper())

socketserver.TCPServer(("", 5432), Answer).serve_forever()
"""
PROJECT = """
[hosts.Db]
command = "exec python3 capitals.py"
files = {"capitals.py" = "capitals.py"}
health = {port = 5432}
"""
IN_AN_IMAGE = """
[hosts.Db]
image = "reverse:1"
command = "/usr/bin/python3 /capitals.py"
[images."reverse:1"]
archive = "reverse.tar"
"""
NAME = "db.netful.us-east-1.rds.amazonaws.com"

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}
  FunctionSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc}}
  DbSg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: db
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref FunctionSg}]
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref SubnetA, !Ref SubnetB]}
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: db
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      DBSubnetGroupName: !Ref Subnets
      VPCSecurityGroups: [!Ref DbSg]
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
      Environment: {Variables: {DB_HOST: !GetAtt Db.Endpoint.Address}}
      VpcConfig: {SubnetIds: [!Ref SubnetA], SecurityGroupIds: [!Ref FunctionSg]}
      Code:
        ZipFile: |
          import os, socket
          def handler(event, context):
              with socket.create_connection((os.environ["DB_HOST"], 5432), 2) as db:
                  db.sendall(event["say"].encode())
                  db.shutdown(socket.SHUT_WR)
                  return db.makefile().read()
"""


@pytest.fixture(scope="module")
def database():
    """A server on the host that answers in capitals; it sees only who relays."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as asked:
                client.sendall(asked.read().upper())

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def made_in(folder, who=()):
    """The stack in a folder of its own, which is not up yet."""
    shop = folder / "shop"
    shop.mkdir()
    (shop / "template.yaml").write_text(TEMPLATE)
    return Stack(folder / "state", shop / "template.yaml", prefix=who)


@pytest.fixture
def stack(tmp_path, who):
    made = made_in(tmp_path, who)
    yield made
    made.down()


@pytest.fixture(scope="module")
def attached(tmp_path_factory, who, database):
    """A stack whose database is on the host, and what its start printed."""
    made = made_in(tmp_path_factory.mktemp("attached"), who)
    yield made, made.up("--attach", f"Db:5432=127.0.0.1:{database}").stdout
    made.down()


@pytest.fixture(scope="module")
def alone(tmp_path_factory, who):
    """A stack without a database, and what its start printed."""
    made = made_in(tmp_path_factory.mktemp("alone"), who)
    yield made, made.up().stdout
    made.down()


def test_function_reaches_the_database_by_its_name(attached):
    stack, _ = attached
    assert stack.invoke("Ask", '{"say": "select"}')["payload"] == "SELECT"
    probed = stack.probe("Ask", "Db:tcp/5432")
    assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "none")
    stranger = stack.probe("subnet:SubnetB+default", "Db:tcp/5432")
    assert (stranger["agree"], stranger["observed"][0]["symptom"]) == (True, "timeout")


@AS_ROOT
def test_name_gives_the_one_address_where_the_database_runs(alone):
    stack, _ = alone
    found = stack.netful("exec", "Ask", "--stack", "s", "--", "getent", "ahostsv4", NAME, check=0)
    assert {line.split()[0] for line in found.stdout.splitlines()} == {"10.0.1.4"}


def test_shared_memory_of_a_command_ends_with_it(attached):
    stack, _ = attached
    name = f"netful-{stack.template.parent.parent.name}"
    stack.netful("exec", "Ask", "--stack", "s", "--", "touch", f"/dev/shm/{name}", check=0)
    assert not Path("/dev/shm", name).exists()


@AS_ROOT
def test_what_answers_is_in_the_status(attached, database):
    stack, printed = attached
    assert f"port 5432 by 127.0.0.1:{database}" in printed
    (one,) = stack.json("status", "--stack", "s")["answers"]
    assert (one["resource"], one["kind"]) == ("Db", "attachment")


def said(stack):
    """Return what answers to `select`, as soon as a program that has just started listens."""

    def answer():
        payload = stack.invoke("Ask", '{"say": "select"}')["payload"]
        return payload if isinstance(payload, str) else None

    return wait_until(answer)


def test_command_answers_as_a_database(stack):
    stack.template.with_name("capitals.py").write_text(CAPITALS)
    stack.template.with_name("netful.toml").write_text(PROJECT)
    stack.up("--yes")
    assert said(stack) == "SELECT"
    (one,) = stack.json("status", "--stack", "s")["answers"]
    assert (one["resource"], one["kind"], one["what"]) == ("Db", "command", "exec python3 capitals.py")


def test_what_answers_changes_while_the_stack_runs(stack, database, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = stack.template.with_name("netful.toml")
    stack.template.with_name("capitals.py").write_text(CAPITALS)
    image = TestImage([python_layer(), tar({"capitals.py": CAPITALS.replace(".upper()", "[::-1]")})], tag="reverse:1")
    image.docker_archive(stack.template.with_name("reverse.tar"))
    project.write_text(IN_AN_IMAGE)
    stack.up("--yes")
    assert said(stack) == "tceles"
    for table, kind, payload in (
        (f'[hosts.Db]\nattach = "127.0.0.1:{database}"', "attachment", "SELECT"),
        (PROJECT, "command", "SELECT"),
        (IN_AN_IMAGE, "images", "tceles"),
        (PROJECT, "command", "SELECT"),
        (f'[hosts.Db]\nattach = "127.0.0.1:{database}"', "attachment", "SELECT"),
    ):
        project.write_text(table)
        stack.up("--yes")
        assert said(stack) == payload, kind
        (one,) = stack.json("status", "--stack", "s")["answers"]
        assert (one["resource"], one["kind"]) == ("Db", kind)


@AS_ROOT
def test_nothing_answers(alone):
    stack, printed = alone
    assert re.search(r"^ +Db +nothing answers here", printed, re.MULTILINE)
    assert stack.invoke("Ask", '{"say": "select"}')["payload"]["errorType"] == "ConnectionRefusedError"
    (one,) = stack.json("status", "--stack", "s")["answers"]
    assert (one["resource"], one["kind"]) == ("Db", "nothing")


@AS_ROOT
def test_host_that_does_not_answer_resets(stack):
    with socket.socket() as closed:  # which has a port that no other process gets, and does not listen
        closed.bind(("127.0.0.1", 0))
        stack.up("--attach", f"Db:5432=127.0.0.1:{closed.getsockname()[1]}")
        done = stack.invoke("Ask", '{"say": "select"}')
    # When the reset comes decides which call fails: reading, writing, or the shutdown of what is no connection any more.
    assert done["payload"]["errorType"] in {"ConnectionResetError", "BrokenPipeError", "OSError"}


def test_resource_without_an_interface_cannot_be_attached(tmp_path):
    done = made_in(tmp_path).netful("up", "-d", "--stack", "s", "--attach", "Role=127.0.0.1:5432", check=2)
    assert "`Role` has no network interface to attach to" in done.stderr


@pytest.mark.parametrize("text", ["Db", "Db=5432", "Db=host:0", "Db:99999=host:1", "=host:1"])
def test_form_that_is_not_understood_is_told(tmp_path, text):
    done = made_in(tmp_path).netful("up", "-d", "--stack", "s", "--attach", text, check=2)
    assert "is not understood\nhint: --attach Db=127.0.0.1:5432" in done.stderr
