"""The region and the account that a template's own words tell."""

import pytest

from netful.model.core import SourceError
from netful.sources import load

TEMPLATE = """
Parameters: {{Zone: {{Type: String, Default: {default}}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: {zone}}}}}
  Ssm: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: {service}, SubnetIds: [!Ref A]}}}}
"""
ANY = '!Sub "com.amazonaws.${AWS::Region}.ssm"'


@pytest.mark.parametrize(
    ("zone", "service", "default", "region"),
    [
        ("eu-west-1a", ANY, "x", "eu-west-1"),
        ("!Ref Zone", "com.amazonaws.ap-southeast-2.ssm", "x", "ap-southeast-2"),
        ("!Ref Zone", ANY, "eu-central-1b", "eu-central-1"),
        ("eu-west-1a", "com.amazonaws.eu-west-2.ssm", "x", "us-east-1"),
        ("!Ref Zone", ANY, "eu-west-1", "us-east-1"),
    ],
)
def test_region_is_the_one_that_zones_and_services_name(write, zone, service, default, region):
    path = write(TEMPLATE.format(zone=zone, service=service, default=default))
    assert load([path]).region == region
    assert load([path], region="sa-east-1").region == "sa-east-1"


@pytest.mark.parametrize(
    ("zone", "region", "warned"),
    [
        ("ap-northeast-1a", "ap-northeast-3", ["ap-northeast-1a"]),
        ("ap-northeast-3c", "ap-northeast-3", []),
        ("us-west-2-lax-1a", "us-west-2", []),
        ("!Select [0, !GetAZs '']", "ap-northeast-3", []),
        ("ap-northeast-1a", None, []),
    ],
)
def test_a_zone_of_another_region_than_the_given_one_is_a_warning(write, zone, region, warned):
    cloud = load([write(TEMPLATE.format(zone=f"{zone}", service=ANY, default="x"))], region=region)
    assert [zone for zone in warned if any(f"is in {zone}," in one for one in cloud.template.warnings)] == warned
    assert len(cloud.template.warnings) == len(warned)


@pytest.mark.parametrize(
    ("state", "region"),
    [
        ('{"service": {"provider": {"region": "ap-northeast-1"}}}', "ap-northeast-1"),
        ('{"service": {"provider": {}}}', "us-east-1"),
        ("[", "us-east-1"),
        ("[]", "us-east-1"),
    ],
)
def test_a_package_of_osls_is_in_the_region_of_its_state(write, state, region):
    write(state, ".serverless/serverless-state.json")
    write(
        '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}', ".serverless/cloudformation-template-update-stack.json"
    )
    assert load([]).region == region


def test_value_of_a_parameter_goes_before_its_default(write):
    path = write(TEMPLATE.format(zone="!Ref Zone", service=ANY, default="eu-west-1a"))
    assert load([path], parameters={"Zone": "us-west-2c"}).region == "us-west-2"


@pytest.mark.parametrize("region", ["x y", "../..", "", "EU-WEST-1", "mars", "us-east1"])
def test_what_is_no_region_is_refused(write, region):
    path = write(TEMPLATE.format(zone="!Ref Zone", service=ANY, default="x"))
    with pytest.raises(SourceError, match="is no region"):
        load([path], region=region)


PERMISSIONS = """
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi}}
  Fn: {{Type: AWS::Lambda::Function, Properties: {{Code: {{S3Bucket: {bucket}, S3Key: k}}}}}}
  May:
    Type: AWS::Lambda::Permission
    Properties: {{Action: lambda:InvokeFunction, FunctionName: !Ref Fn, Principal: apigateway.amazonaws.com, SourceArn: {arn}}}
"""


@pytest.mark.parametrize(
    ("arn", "bucket", "account"),
    [
        ("!Sub 'arn:aws:execute-api:${AWS::Region}:111122223333:${Api}/*/*'", "b", "111122223333"),
        ('!Join ["", ["arn:aws:execute-api:us-east-1:111122223333:", !Ref Api, "/*/*"]]', "b", "111122223333"),
        (
            "!Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*'",
            "cdk-hnb659fds-assets-444455556666-us-east-1",
            "444455556666",
        ),
        (
            "!Sub 'arn:aws:execute-api:us-east-1:111122223333:${Api}/*/*'",
            "cdk-hnb659fds-assets-444455556666-us-east-1",
            "123456789012",
        ),
        ("!Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*'", "b", "123456789012"),
    ],
)
def test_account_is_the_one_that_permissions_of_apis_and_assets_name(write, arn, bucket, account):
    assert load([write(PERMISSIONS.format(arn=arn, bucket=bucket))]).account_id == account
