"""Dynamic references of a template lead to the values of the stack's own secrets and parameters."""

import asyncio

import pytest

from netful import sources
from netful.model.core import Unknown
from netful.services.backends.backend import Backends
from netful.services.deploy.dynamic_references import read

pytestmark = pytest.mark.programs

TEMPLATE = """
Resources:
  Login: {Type: AWS::SecretsManager::Secret, Properties: {Name: login, SecretString: '{"user": "app", "port": 5432}'}}
  Colour: {Type: AWS::SSM::Parameter, Properties: {Name: /colour, Type: String, Value: green}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A}}
  Asking:
    Type: AWS::RDS::DBParameterGroup
    Properties:
      whole: '{{resolve:secretsmanager:login}}'
      by_sub: !Sub '{{resolve:secretsmanager:${Login}:SecretString:user}}'
      by_join: !Join ['', ['{{resolve:secretsmanager:', !Ref Login, ':SecretString:port::}}']]
      at_the_end: !Sub '{{resolve:ssm:${Colour}}}'
      in_a_text: 'is {{resolve:ssm:/colour:1}}, {{resolve:secretsmanager:login:SecretString:user}}'
      address: !Join [':', [!GetAtt Web.PrivateIp, 80]]
      in_a_url: !Sub ['http://${user}@${Web.PrivateIp}/', {user: '{{resolve:secretsmanager:login:SecretString:user}}'}]
      name: !Sub 'http://${Web.PrivateDnsName}/'
      no_address: !Sub 'http://${Web.PublicIp}/'
      no_key: '{{resolve:secretsmanager:login:SecretString:none}}'
      no_secret: '{{resolve:secretsmanager:none}}'
"""


def test_references_are_read(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
    asking = cloud.template.resources["Asking"].properties

    async def body():
        backends = Backends(cloud, tmp_path)
        await backends.start()
        try:
            return {name: await read(value, cloud, backends.call_host) for name, value in asking.items()}
        finally:
            await backends.close()

    assert all(isinstance(value, Unknown) for value in asking.values())
    found = asyncio.run(body())
    assert all(isinstance(found.pop(name), Unknown) for name in ("no_address", "no_key", "no_secret"))
    assert found == {
        "whole": '{"user": "app", "port": 5432}',
        "by_sub": "app",
        "by_join": "5432",
        "at_the_end": "green",
        "in_a_text": "is green, app",
        "address": "10.0.1.4:80",
        "in_a_url": "http://app@10.0.1.4/",
        "name": "http://ip-10-0-1-4.ec2.internal/",
    }
