"""Dynamic references of a template lead to the values of the stack's own secrets and parameters."""

import asyncio
import json

import pytest

from netful import sources
from netful.model.core import Unknown
from netful.services.backends.backend import Backends
from netful.services.deploy.dynamic_references import read
from netful.services.http.backend_requests import json_request

pytestmark = pytest.mark.programs

TEMPLATE = """
Resources:
  Login: {Type: AWS::SecretsManager::Secret, Properties: {Name: login, SecretString: '{"user": "app", "port": 5432}'}}
  Colour: {Type: AWS::SSM::Parameter, Properties: {Name: /colour, Type: String, Value: green}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A}}
  Asking:
    Type: AWS::CloudWatch::Dashboard
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


MADE = """
Resources:
  Login: {Type: AWS::SecretsManager::Secret, Properties: {Name: login, SecretString: '{"user": "app"}'}}
  Colour: {Type: AWS::SSM::Parameter, Properties: {Name: /colour, Type: String, Value: green}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A}}
  User:
    Type: AWS::SSM::Parameter
    Properties: {Name: /user, Type: String, Value: !Sub '{{resolve:secretsmanager:${Login}:SecretString:user}}'}
  Address: {Type: AWS::SSM::Parameter, Properties: {Name: /address, Type: String, Value: !GetAtt Web.PrivateIp}}
  Note: {Type: AWS::SecretsManager::Secret, Properties: {Name: note, SecretString: s, Description: '{{resolve:ssm:/colour}}'}}
  Gone: {Type: AWS::SSM::Parameter, Properties: {Name: /gone, Type: String, Value: '{{resolve:ssm:/none}}'}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: '{{resolve:ssm:/none}}'}}
"""


def test_what_the_back_ends_hold_has_the_values_of_references(tmp_path):
    (tmp_path / "template.yaml").write_text(MADE)
    cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")

    async def value(backends, name):
        answer = await backends.call("ssm", json_request("AmazonSSM.GetParameter", {"Name": name}))
        return json.loads(answer.body)["Parameter"]["Value"]

    async def body():
        backends = Backends(cloud, tmp_path)
        await backends.start()
        try:
            asked = json_request("secretsmanager.DescribeSecret", {"SecretId": "note"})
            note = json.loads((await backends.call("secretsmanager", asked)).body)
            values = [await value(backends, name) for name in ("/user", "/address")]
            return values, note["Description"], backends.left_out.keys()
        finally:
            await backends.close()

    assert asyncio.run(body()) == (["app", "10.0.1.4"], "green", {"Gone", "Queue"})


@pytest.mark.parametrize("unknown", ["Gone", "Queue"])
def test_what_is_not_known_is_left_out_of_the_deployment_that_adds_it(tmp_path, unknown):
    (tmp_path / "template.yaml").write_text(MADE)
    cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
    fewer = cloud.having(
        resources={id_: one for id_, one in cloud.template.resources.items() if id_ not in ("Gone", "Queue")},
        ssm_parameters={id_: one for id_, one in cloud.compute.ssm_parameters.items() if id_ != "Gone"},
    )

    async def body():
        backends = Backends(fewer, tmp_path)
        await backends.start()
        try:
            before = {*backends.left_out}
            await backends.follow(fewer, cloud)
            return unknown in before, unknown in backends.left_out
        finally:
            await backends.close()

    assert asyncio.run(body()) == (False, True)
