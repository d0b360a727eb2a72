"""Requests for a template's resources: each member has the type of the service's model, whatever its spelling in the template."""

import json

import pytest

from netful.services.deploy.kinds.resource_kind import Place, Wanted
from netful.services.deploy.kinds.resource_kinds import KINDS

KEY = {"AttributeDefinitions": [{"AttributeName": "007", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "007", "KeyType": "HASH"}]}  # fmt: skip
UNITS = {"ReadCapacityUnits": "5", "WriteCapacityUnits": 5}


@pytest.mark.parametrize(
    ("type_", "properties", "members"),
    [
        ("AWS::DynamoDB::Table", {**KEY, "ProvisionedThroughput": UNITS},
         {**KEY, "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}),
        ("AWS::DynamoDB::Table", {**KEY, "ProvisionedThroughput": {"ReadCapacityUnits": "many"}},
         {"ProvisionedThroughput": {"ReadCapacityUnits": "many"}}),
        ("AWS::KMS::Key", {"Description": "12345", "MultiRegion": "true"}, {"Description": "12345", "MultiRegion": True}),
        ("AWS::KMS::Key", {"Description": 12345}, {"Description": "12345"}),
    ],
)  # fmt: skip
def test_texts_and_numbers(type_, properties, members):
    request = next(iter(KINDS[type_].make(Wanted("name", properties, Place("eu-west-1", "123456789012")))))
    assert members.items() <= json.loads(request.body).items()
