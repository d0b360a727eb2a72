"""What answers at each host of a template: an attachment before a command, and else nothing, with what changes it."""

import pytest

from netful import sources
from netful.engine.tasks.places import places
from netful.hosts.answers import AnswerKind, answers
from netful.hosts.places import places_of
from netful.model.core import SourceError

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: oracle-ee, DBSubnetGroupName: !Ref Subnets, AvailabilityZone: us-east-1b}
  Broker: {Type: AWS::AmazonMQ::Broker, Properties: {SubnetIds: [!Ref A, !Ref B]}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, Tags: [{Key: Name, Value: front}]}}
  Job: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, UserData: IyEvYmluL3No}}
  Files: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Fs, SubnetId: !Ref A}}
  Fs: {Type: AWS::EFS::FileSystem}
  Link: {Type: AWS::ApiGatewayV2::VpcLink, Properties: {SubnetIds: [!Ref A]}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.ssm, VpcEndpointType: Interface, SubnetIds: [!Ref A]}
"""


@pytest.fixture
def found(tmp_path):
    def read(project=""):
        (tmp_path / "template.yaml").write_text(TEMPLATE)
        (tmp_path / "netful.toml").write_text(project)
        cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
        return cloud, {one.resource: one for one in answers(cloud)}

    return read


def test_nothing_answers_without_more(found):
    _, there = found()
    silent = dict.fromkeys(("Db", "Broker", "Web", "Job"), AnswerKind.NOTHING)
    assert {id_: one.kind for id_, one in there.items()} == {**silent, "Files": AnswerKind.FILES}
    assert "--attach Db:1521=127.0.0.1:1521" in there["Db"].hint
    assert "--attach Broker:5671=127.0.0.1:5671" in there["Broker"].hint
    assert there["Web"].hint == "a command in `[hosts.Web]` of netful.toml"
    assert (there["Job"].why, there["Job"].hint) == (
        "its user data does not run",
        "a command, an image or `user_data = true` in `[hosts.Job]` of netful.toml",
    )


def test_a_command_is_for_any_type(found):
    cloud, there = found("[hosts.Db]\ncommand = 'serve'\n[hosts.Broker]\ncommand = 'broke'")
    assert (there["Db"].kind, there["Db"].what) == (AnswerKind.COMMAND, "serve")
    assert [str(eni.subnet_id) for eni in places_of(cloud, "Db")] == ["B"]
    assert [str(eni.subnet_id) for eni in places_of(cloud, "Broker")] == ["A"]


def test_a_reader_reads_of_netfuls_servers_only(tmp_path):
    cluster = "{Engine: aurora-postgresql, DBSubnetGroupName: !Ref Subnets}"
    members = "".join(
        f"  {name}: {{Type: AWS::RDS::DBInstance, Properties: {{DBClusterIdentifier: !Ref Main}}}}\n"
        for name in ("One", "Two")
    )
    (tmp_path / "template.yaml").write_text(
        f"{TEMPLATE}  Main: {{Type: AWS::RDS::DBCluster, Properties: {cluster}}}\n{members}"
    )
    (tmp_path / "netful.toml").write_text('[hosts.Main]\nattach = "127.0.0.1:9000"')
    cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
    there = {one.resource: one.kind for one in answers(cloud)}
    assert (there["One"], there["Two"]) == (AnswerKind.ATTACHMENT, AnswerKind.NOTHING)


@pytest.mark.parametrize(("port", "answers_at"), [("", 1521), ("\nport = 22", 22)])
def test_an_attachment_answers_at_the_port_of_the_engine_or_another(found, port, answers_at):
    _, there = found(f'[hosts.Db]\nattach = "127.0.0.1:9000"{port}')
    assert (there["Db"].kind, there["Db"].what) == (AnswerKind.ATTACHMENT, f"{answers_at} by 127.0.0.1:9000")


def test_an_image_answers_where_the_machine_has_it(found, tmp_path):
    _, there = found('[hosts.Db]\nimage = "oracle:23"')
    assert there["Db"].kind is AnswerKind.NOTHING
    assert '`[images."oracle:23"]`' in there["Db"].hint
    (tmp_path / "oracle.tar").write_text("")
    cloud, there = found('[hosts.Db]\nimage = "oracle:23"\n[images."oracle:23"]\narchive = "oracle.tar"')
    assert (there["Db"].kind, there["Db"].what) == (AnswerKind.IMAGES, "oracle:23")
    assert [str(eni.subnet_id) for eni in places(cloud, "Db")] == ["B"]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('attach = "5432"', "`5432` is not the place of a server"),
        ('attach = "127.0.0.1:9000"\ncommand = "serve"', "`Db` has `attach`, and has `command`"),
        ('image = "oracle:23"\nallow = ["files"]', "`Db` has `image`, and has `allow`"),
        ('command = "serve"\nseed = "x.sql"', "`Db` has `command`, and has `seed`"),
        ("port = 5432", "`Db` is without `attach`, `image` or `command`, and has `port`"),
        ("", "`Db` has no setting"),
    ],
)
def test_settings_of_another_answer_are_refused(found, table, problem):
    with pytest.raises(SourceError) as refusal:
        found(f"[hosts.Db]\n{table}")
    assert refusal.value.what == problem
