"""Errors of `aws-sdk` begin with the name of the service in its client for Java."""

import pytest

from netful.services.moto.state_machines.spelling import _java_name


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("s3", "S3"),
        ("dynamodb", "DynamoDb"),
        ("secretsmanager", "SecretsManager"),
        ("logs", "CloudWatchLogs"),
        ("iot-data", "IotDataPlane"),
        ("sesv2", "SesV2"),
        ("wafv2", "Wafv2"),
    ],
)
def test_the_name_of_a_service(service, name):
    assert _java_name(service) == name
