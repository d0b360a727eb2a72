"""RDS Data API: statements over HTTP run in the cluster's own database, with the user of a secret."""

import pytest
from botocore.exceptions import ClientError

from tests.helpers.databases import secret
from tests.helpers.stacks import written

pytestmark = [pytest.mark.packets, pytest.mark.programs]

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  Closed: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: d}}
  Subnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A]}}
  Postgres:
    Type: AWS::RDS::DBCluster
    Properties: &cluster
      DBClusterIdentifier: pg
      Engine: aurora-postgresql
      DatabaseName: shop
      MasterUsername: chief
      ManageMasterUserPassword: true
      EngineMode: serverless
      EnableHttpEndpoint: true
      DBSubnetGroupName: !Ref Subnets
      VpcSecurityGroupIds: [!Ref Closed]
  Mysql: {Type: AWS::RDS::DBCluster, Properties: {<<: *cluster, DBClusterIdentifier: my, Engine: aurora-mysql}}
  Shut: {Type: AWS::RDS::DBCluster, Properties: {<<: *cluster, DBClusterIdentifier: shut, EnableHttpEndpoint: false}}
Outputs:
  pg: {Value: !GetAtt Postgres.MasterUserSecret.SecretArn}
  my: {Value: !GetAtt Mysql.MasterUserSecret.SecretArn}
  shut: {Value: !GetAtt Shut.MasterUserSecret.SecretArn}
"""
SERIAL = {"pg": "id serial primary key", "my": "id int auto_increment primary key"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from written(tmp_path_factory.mktemp("data"), TEMPLATE).while_up()


@pytest.fixture(scope="module")
def place(stack):
    """The members of each request that say where: of a cluster, by its identifier."""
    (described,) = stack.client("cloudformation").describe_stacks()["Stacks"]
    arns = {one["OutputKey"]: one["OutputValue"] for one in described["Outputs"]}
    return lambda id_: {"resourceArn": f"arn:aws:rds:us-east-1:123456789012:cluster:{id_}", "secretArn": arns[id_]}


def code(call, **given):
    with pytest.raises(ClientError) as refused:
        call(**given)
    return refused.value.response["Error"]["Code"]


def named(**values):
    kinds = {str: "stringValue", int: "longValue", float: "doubleValue", bool: "booleanValue", bytes: "blobValue"}
    fields = {name: {"isNull": True} if v is None else {kinds[type(v)]: v} for name, v in values.items()}
    return [{"name": name, "value": field} for name, field in fields.items()]


@pytest.mark.parametrize("id_", ["pg", "my"])
def test_statements_run_with_parameters_and_return_fields(stack, place, id_):
    api, where = stack.client("rds-data"), place(id_)
    api.execute_statement(
        **where, sql=f"create table item ({SERIAL[id_]}, name varchar(20), price decimal(5, 2), n int)"
    )
    done = api.execute_statement(
        **where, sql="insert into item (name, price, n) values (:name, 1.5, :n)", parameters=named(name="it's :n", n=7)
    )
    assert (done["numberOfRecordsUpdated"], done["generatedFields"]) == (1, [] if id_ == "pg" else [{"longValue": 1}])
    asked = {"sql": "select name, price, n, null from item where n >= :n", "parameters": named(n=7)}
    assert api.execute_statement(**where, **asked)["records"] == [
        [{"stringValue": "it's :n"}, {"stringValue": "1.50"}, {"longValue": 7}, {"isNull": True}]
    ]
    json = api.execute_statement(**where, sql="select name, n from item", formatRecordsAs="JSON")
    assert json["formattedRecords"] == '[{"name": "it\'s :n", "n": 7}]'
    sets = [named(name="a", n=1), named(name="b", n=2)]
    batch = "insert into item (name, n) values (:name, :n)"
    assert len(api.batch_execute_statement(**where, sql=batch, parameterSets=sets)["updateResults"]) == 2
    counted = api.execute_statement(**where, sql="select count(*) as c from item", includeResultMetadata=True)
    assert counted["records"] == [[{"longValue": 3}]]
    assert [one["name"] for one in counted["columnMetadata"]] == ["c"]


@pytest.mark.parametrize("id_", ["pg", "my"])
def test_a_transaction_is_committed_or_undone(stack, place, id_):
    api, where = stack.client("rds-data"), place(id_)
    api.execute_statement(**where, sql="create table fact (n int)")
    for end in (api.rollback_transaction, api.commit_transaction):
        begun = api.begin_transaction(**where)["transactionId"]
        api.execute_statement(**where, sql="insert into fact values (1)", transactionId=begun)
        outside = api.execute_statement(**where, sql="select count(*) from fact")
        assert outside["records"] == [[{"longValue": 0}]]
        end(resourceArn=where["resourceArn"], secretArn=where["secretArn"], transactionId=begun)
    assert api.execute_statement(**where, sql="select count(*) from fact")["records"] == [[{"longValue": 1}]]
    assert code(api.execute_statement, **where, sql="select 1", transactionId=begun) == "TransactionNotFoundException"


def test_refusals_are_those_of_aws(stack, place):
    api, where = stack.client("rds-data"), place("pg")
    assert code(api.execute_statement, **place("shut"), sql="select 1") == "HttpEndpointNotEnabledException"
    assert code(api.execute_statement, **where, sql="select * from nowhere") == "DatabaseErrorException"
    unknown = {**where, "resourceArn": f"{where['resourceArn']}x"}
    assert code(api.execute_statement, **unknown, sql="select 1") == "DatabaseNotFoundException"
    untyped = {"sql": "select :id::text::uuid = :id", "parameters": named(id="8f0bb4d6-8c75-4b5e-a35a-0c5d5b2f3a2c")}
    assert code(api.execute_statement, **where, **untyped) == "DatabaseErrorException"
    other = stack.client("secretsmanager").create_secret(Name="other", SecretString="none")["ARN"]
    assert code(api.execute_statement, **{**where, "secretArn": other}, sql="select 1") == "InvalidSecretException"
    wrong = f'{{"username": "{secret(stack, "rds!cluster-")["username"]}", "password": "wrong"}}'
    stack.client("secretsmanager").put_secret_value(SecretId="other", SecretString=wrong)
    assert code(api.execute_statement, **{**where, "secretArn": other}, sql="select 1") == "DatabaseErrorException"


def test_hints_give_texts_their_types(stack, place):
    given = {"u": ("8f0bb4d6-8c75-4b5e-a35a-0c5d5b2f3a2c", "UUID"), "d": ("2024-02-29", "DATE"), "j": ('{"a": 1}', "JSON"),
             "t": ("2024-02-29 01:02:03", "TIMESTAMP"), "m": ("1.10", "DECIMAL")}  # fmt: skip
    parameters = [{"name": n, "value": {"stringValue": v}, "typeHint": hint} for n, (v, hint) in given.items()]
    sql = "select :u::uuid, :d + 1, :j -> 'a', :t, :m * 2, array[1, 2], '\\x01'::bytea, true, 0.5::float8"
    answer = stack.client("rds-data").execute_statement(**place("pg"), sql=sql, parameters=parameters)
    assert answer["records"] == [[
        {"stringValue": given["u"][0]}, {"stringValue": "2024-03-01"}, {"stringValue": "1"},
        {"stringValue": "2024-02-29 01:02:03"}, {"stringValue": "2.20"}, {"arrayValue": {"longValues": [1, 2]}},
        {"blobValue": b"\x01"}, {"booleanValue": True}, {"doubleValue": 0.5},
    ]]  # fmt: skip
