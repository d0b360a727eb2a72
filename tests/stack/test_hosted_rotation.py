"""Rotations that AWS hosts the function of: the database has the new password, of one user or of two by turns."""

import pytest

from tests.helpers.databases import secret
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack

pytestmark = [pytest.mark.packets, pytest.mark.programs]
# Of each engine: its name in templates and in types of rotation, the port, and the users that the first start makes.
ENGINES = {
    "postgres": ("PostgreSQL", 5432, ("CREATE ROLE clerk LOGIN PASSWORD 'clerk-1'; CREATE ROLE agent LOGIN PASSWORD 'agent-1';"
                 "CREATE TABLE t (a int); INSERT INTO t VALUES (7); GRANT SELECT ON t TO agent;")),
    "mariadb": ("MariaDB", 3306, ("FLUSH PRIVILEGES;\nCREATE USER clerk@'%' IDENTIFIED BY 'clerk-1';\nCREATE USER agent@'%' IDENTIFIED BY 'agent-1';\n"
                "CREATE TABLE t (a int);\nINSERT INTO t VALUES (7);\nGRANT SELECT ON orders.* TO agent@'%';")),
}  # fmt: skip
TEMPLATE = """
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}}}
  Sg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: {port}, ToPort: {port}, CidrIp: 10.0.0.0/16}}]
  Subnets: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}}}}
  Master:
    Type: AWS::SecretsManager::Secret
    Properties: {{Name: master, GenerateSecretString: {{SecretStringTemplate: '{{"username": "app"}}', GenerateStringKey: password, ExcludePunctuation: true}}}}
  Clerk: {{Type: AWS::SecretsManager::Secret, Properties: {{Name: clerk, SecretString: '{{"username": "clerk", "password": "clerk-1"}}'}}}}
  Agent: {{Type: AWS::SecretsManager::Secret, Properties: {{Name: agent, SecretString: '{{"username": "agent", "password": "agent-1"}}'}}}}
  OfClerk: {{Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {{SecretId: !Ref Clerk, TargetId: !Ref Db, TargetType: AWS::RDS::DBInstance}}}}
  OfAgent: {{Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {{SecretId: !Ref Agent, TargetId: !Ref Db, TargetType: AWS::RDS::DBInstance}}}}
  ClerkSchedule:
    Type: AWS::SecretsManager::RotationSchedule
    DependsOn: OfClerk
    Properties: {{SecretId: !Ref Clerk, HostedRotationLambda: {{RotationType: {kind}SingleUser}}}}
  AgentSchedule:
    Type: AWS::SecretsManager::RotationSchedule
    DependsOn: OfAgent
    Properties:
      SecretId: !Ref Agent
      RotateImmediatelyOnUpdate: false
      HostedRotationLambda: {{RotationType: {kind}MultiUser, MasterSecretArn: !Ref Master}}
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: db
      Engine: {engine}
      DBInstanceClass: db.t4g.micro
      DBName: orders
      MasterUsername: app
      MasterUserPassword: !Sub '{{{{resolve:secretsmanager:${{Master}}:SecretString:password}}}}'
      DBSubnetGroupName: !Ref Subnets
      VPCSecurityGroups: [!Ref Sg]
"""


@pytest.fixture(scope="module", params=[*ENGINES])
def stack(request, tmp_path_factory):
    kind, port, seed = ENGINES[request.param]
    folder = tmp_path_factory.mktemp("rotation")
    (folder / "template.yaml").write_text(TEMPLATE.format(engine=request.param, kind=kind, port=port))
    (folder / "seed.sql").write_text(seed)
    (folder / "netful.toml").write_text('[hosts.Db]\nseed = "seed.sql"\n')
    made = Stack(folder / "state", folder / "template.yaml")
    made.engine = request.param
    made.up("--yes")
    yield made
    made.down()


def rows(stack, user, password):
    """What a user selects, or why it is refused."""
    host = "db.netful.us-east-1.rds.amazonaws.com"
    stack.env |= {"PGPASSWORD": password, "MYSQL_PWD": password}
    if stack.engine == "postgres":
        query = ("psql", "-AtX", f"host={host} user={user} dbname=orders sslmode=require", "-c", "select a from t")
    else:
        query = ("mariadb", "--no-defaults", "-NB", "-h", host, "-u", user, "-e", "select a from orders.t")
    done = stack.netful("exec", "subnet:A+Sg", "--stack", "s", "--", *query)
    return done.stdout.strip() or done.stderr.strip()


def test_a_deployment_rotates_unless_the_schedule_waits(stack):
    fresh = wait_until(lambda: (one := secret(stack, "clerk"))["password"] != "clerk-1" and one)
    assert fresh["username"] == "clerk"
    assert "denied" in rows(stack, "clerk", fresh["password"])  # it may log in, and read nothing
    assert rows(stack, "clerk", fresh["password"]) != rows(stack, "clerk", "clerk-1")
    assert secret(stack, "agent")["password"] == "agent-1"


def test_two_users_take_turns(stack):
    assert rows(stack, "agent", "agent-1") == "7"
    secrets, before = stack.client("secretsmanager"), "agent-1"
    for turn in (0, 1, 2):
        secrets.rotate_secret(SecretId="agent")
        now = secret(stack, "agent")
        assert now["username"] == ("agent_clone", "agent", "agent_clone")[turn]
        assert now["password"] != before
        assert rows(stack, now["username"], now["password"]) == "7"
        before = now["password"]


def test_a_database_that_does_not_take_a_password_leaves_the_secret(stack):
    secrets = stack.client("secretsmanager")
    value = secrets.get_secret_value(SecretId="clerk")["SecretString"]
    secrets.put_secret_value(SecretId="clerk", SecretString=value.replace('"clerk"', '"nobody"'))
    secrets.rotate_secret(SecretId="clerk")
    assert secret(stack, "clerk")["username"] == "nobody"
    warned = stack.json("status", "--stack", "s")["warnings"]
    assert any(one.startswith("the rotation of the secret `clerk` has failed: ") for one in warned)
