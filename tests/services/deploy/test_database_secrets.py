"""Secrets of databases: made for master users, and filled with the database that they are attached to."""

import asyncio
import json
from dataclasses import replace

import pytest

from netful import sources
from netful.services.backends.backend import Backends
from netful.services.http.backend_requests import json_request

pytestmark = pytest.mark.programs

TEMPLATE = """
Resources:
  Login:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: login
      GenerateSecretString: {SecretStringTemplate: '{"username": "app"}', GenerateStringKey: password}
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBName: orders, Port: 5433, DBInstanceIdentifier: own}
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties: {Engine: aurora-mysql, ManageMasterUserPassword: true, MasterUsername: chief}
  Attached: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: !Ref Login, TargetId: !Ref Db, TargetType: AWS::RDS::DBInstance}}
  Plain: {Type: AWS::SecretsManager::Secret, Properties: {Name: plain, SecretString: hush}}
  Wrong: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: !Ref Plain, TargetId: !Ref Cluster, TargetType: AWS::RDS::DBCluster}}
Outputs:
  Arn: {Value: !GetAtt Cluster.MasterUserSecret.SecretArn}
"""


@pytest.fixture
def cloud(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return sources.load([tmp_path / "template.yaml"], region="us-east-1")


async def value(backends, secret_id):
    asked = json_request("secretsmanager.GetSecretValue", {"SecretId": secret_id})
    return json.loads(json.loads((await backends.call("secretsmanager", asked)).body)["SecretString"])


def test_attached_secret_has_its_database(tmp_path, cloud):
    moved = replace(
        cloud.template.resources["Db"], properties={**cloud.template.resources["Db"].properties, "Port": 5434}
    )

    async def body():
        backends = Backends(cloud, tmp_path)
        await backends.start()
        try:
            first, arn = await value(backends, "login"), cloud.template.outputs[0].value
            managed = await value(backends, arn)
            warnings = backends.warnings
            after = cloud.having(resources={**cloud.template.resources, "Db": moved})
            await backends.follow(cloud, after)
            return first, managed, warnings, await value(backends, "login")
        finally:
            await backends.close()

    first, managed, (warning,), second = asyncio.run(body())
    assert first.pop("password") == second.pop("password")
    host = "own.netful.us-east-1.rds.amazonaws.com"
    known = {"username": "app", "engine": "postgres", "host": host, "dbname": "orders", "dbInstanceIdentifier": "own"}
    assert (first, second) == (known | {"port": 5433}, known | {"port": 5434})
    assert (managed["username"], len(managed), len(managed["password"])) == ("chief", 2, 32)
    assert "`Wrong` is left out" in warning
