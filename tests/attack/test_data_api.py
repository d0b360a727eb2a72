"""The Data API against hostile statements: names that drivers give a meaning, results without end, searches without end."""

import re

import pytest
from botocore.exceptions import ClientError

from netful.account.rds_data import sessions
from tests.helpers.stacks import written

CLUSTERS = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Subnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A]}}
  Word: {Type: AWS::SecretsManager::Secret, Properties: {Name: word, SecretString: '{"username": "chief", "password": "secret-word"}'}}
  Pg: {Type: AWS::RDS::DBCluster, Properties: &cluster {DBClusterIdentifier: pg, Engine: aurora-postgresql, EngineMode: serverless, EnableHttpEndpoint: true, DBSubnetGroupName: !Ref Subnets, MasterUsername: chief, MasterUserPassword: secret-word}}
  My: {Type: AWS::RDS::DBCluster, Properties: {<<: *cluster, DBClusterIdentifier: my, Engine: aurora-mysql}}
"""
LONGEST = 65_536  # of a statement


@pytest.mark.parametrize("piece", ["/*", "'\\", '"\\', "`", "--", "''", ":a", "'/*\"`"])
def test_parameters_are_found_in_linear_time(piece):
    """A pattern that looks for an end at each beginning searches 10^9 characters here; this one sees each once."""
    statement = piece * (LONGEST // len(piece))
    found = [match.span() for match in re.finditer(sessions.PARAMETER, statement)]
    assert sum(end - start for start, end in found) <= len(statement)
    assert not found or piece in (":a", "--") or found[-1][1] == len(statement)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run a statement in a cluster with texts as parameters: the values of its rows, or the code of its error."""
    stack = written(tmp_path_factory.mktemp("attack"), CLUSTERS)
    stack.up()
    api = stack.client("rds-data")
    secret = stack.client("secretsmanager").describe_secret(SecretId="word")["ARN"]

    def run(cluster, sql, values=()):
        given = [{"name": name, "value": {"stringValue": value}} for name, value in dict(values).items()]
        place = {"resourceArn": f"arn:aws:rds:us-east-1:123456789012:cluster:{cluster}", "secretArn": secret}
        try:
            answer = api.execute_statement(**place, sql=sql, parameters=given)
        except ClientError as refused:
            return refused.response["Error"]["Code"]
        return [value for row in answer["records"] for field in row for value in field.values()]

    yield run
    stack.down()


@pytest.mark.packets
@pytest.mark.programs
@pytest.mark.parametrize("cluster", ["pg", "my"])
@pytest.mark.parametrize("name", ["self", "sql", "stream", "types", "parameters", "args"])
def test_names_of_parameters_are_names(run, cluster, name):
    assert run(cluster, f"select concat(':{name}', :{name})", {name: "x'; --"}) == [f":{name}x'; --"]


@pytest.mark.packets
@pytest.mark.programs
@pytest.mark.parametrize("cluster", ["pg", "my"])
def test_a_parameter_without_a_value_is_refused(run, cluster):
    assert run(cluster, "select :a, :b", {"a": "1"}) in {"BadRequestException", "DatabaseErrorException"}


@pytest.mark.packets
@pytest.mark.programs
@pytest.mark.parametrize(
    ("cluster", "sql"),
    [
        ("pg", "select repeat('x', 1000000000)"),
        ("pg", "select repeat('x', 1000) from generate_series(1, 30000) a, generate_series(1, 30000) b"),
        ("my", "select repeat('x', 1000) from information_schema.columns a, information_schema.columns b"),
    ],
)
def test_results_without_end_do_not_fill_the_memory(run, cluster, sql):
    assert run(cluster, sql) == "BadRequestException"
    assert run(cluster, "select 1") == [1]
