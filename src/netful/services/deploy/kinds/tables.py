"""Kinds of DynamoDB's tables, and the requests that make, update and delete one of each.

A global table is one table here: that of its replica in the stack's region.
"""

import json
from collections.abc import Iterator
from typing import Any

from netful.model.core import is_set, is_true, known_parts
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import JsonService, Kind, Requests, Wanted, document
from netful.services.http.message import Request

_DYNAMODB = JsonService("DynamoDB_20120810", "1.0", "dynamodb")
_TABLE_MEMBERS = (
    "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "LocalSecondaryIndexes",
    "ProvisionedThroughput", "StreamSpecification",
)  # fmt: skip
_ON_DEMAND = "PAY_PER_REQUEST"
_OF_INDEXES = ("IndexName", "KeySchema", "Projection")
_USUAL_THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


def _table_members(one: Wanted, *names: str) -> dict[str, Any]:
    members = one.set(*names)
    if "StreamSpecification" in members:
        members["StreamSpecification"] = {**members["StreamSpecification"], "StreamEnabled": True}
    return members


def _make_table(one: Wanted) -> list[Request]:
    members = _table_members(one, *_TABLE_MEMBERS)
    if members.get("BillingMode") != _ON_DEMAND:
        members.setdefault("ProvisionedThroughput", _USUAL_THROUGHPUT)
    return [_DYNAMODB("CreateTable", TableName=one.name, **members)]


def _update_table(one: Wanted) -> list[Request]:
    billing: dict[str, Any] = {"BillingMode": _ON_DEMAND}
    if one.properties.get("BillingMode") != _ON_DEMAND:
        billing = one.set("ProvisionedThroughput")
        billing |= {"BillingMode": "PROVISIONED"} if billing else {}
    members = _table_members(one, "AttributeDefinitions", "StreamSpecification")
    return [_DYNAMODB("UpdateTable", TableName=one.name, **billing, **members)]


def _index_parts(one: Wanted) -> Iterator[Part]:
    """Yield the global indexes of a table, each with its throughput as a part of its own, which changes in place."""
    for index in one.mappings("GlobalSecondaryIndexes"):
        name, members = {"IndexName": str(index.get("IndexName"))}, known_parts(index)
        throughput = members.pop("ProvisionedThroughput", None)

        def request(change: str, members: dict[str, Any]) -> Request:
            return _DYNAMODB("UpdateTable", TableName=one.name, GlobalSecondaryIndexUpdates=[{change: members}])

        put, remove = request("Create", members), request("Delete", name)
        yield Part(("index", json.dumps(members, sort_keys=True)), put, remove, initial=True)
        if throughput:
            key = ("throughput", name["IndexName"])
            yield Part(key, request("Update", {**name, "ProvisionedThroughput": throughput}), initial=True)


def _table_parts(one: Wanted) -> Iterator[Part]:
    yield from _index_parts(one)
    arn = one.arn("dynamodb", f"table/{one.name}")
    yield from one.tags(_DYNAMODB, {"ResourceArn": arn})
    policy = one.mapping("ResourcePolicy").get("PolicyDocument")
    if is_set(policy):
        put = _DYNAMODB("PutResourcePolicy", ResourceArn=arn, Policy=document(policy))
        yield Part(("policy",), put, _DYNAMODB("DeleteResourcePolicy", ResourceArn=arn))
    expiry = one.mapping("TimeToLiveSpecification")
    if is_true(expiry.get("Enabled")):
        attribute = str(expiry.get("AttributeName"))
        put, remove = (
            _DYNAMODB(
                "UpdateTimeToLive",
                TableName=one.name,
                TimeToLiveSpecification={"AttributeName": attribute, "Enabled": on},
            )
            for on in (True, False)
        )
        yield Part(("expiry", attribute), put, remove)
    if is_true(one.mapping("PointInTimeRecoverySpecification").get("PointInTimeRecoveryEnabled")):
        put, remove = (
            _DYNAMODB(
                "UpdateContinuousBackups",
                TableName=one.name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on},
            )
            for on in (True, False)
        )
        yield Part(("recovery",), put, remove)


def _replica(one: Wanted) -> Wanted:
    """Return the table that a global table is in the region of its stack."""
    own = next((each for each in one.mappings("Replicas") if each.get("Region") == one.place.region), {})
    recovery = own.get("PointInTimeRecoverySpecification")
    indexes = [
        {name: each[name] for name in _OF_INDEXES if name in each} for each in one.mappings("GlobalSecondaryIndexes")
    ]
    if one.properties.get("BillingMode") != _ON_DEMAND:
        indexes = [{**each, "ProvisionedThroughput": _USUAL_THROUGHPUT} for each in indexes]
    further = {
        "PointInTimeRecoverySpecification": recovery,
        "GlobalSecondaryIndexes": indexes or None,
        "Tags": own.get("Tags"),
        "ResourcePolicy": own.get("ResourcePolicy"),
    }
    return Wanted(one.name, {**one.properties, **further}, one.place)


_DELETE: Requests = _DYNAMODB.by_name("DeleteTable", "TableName")
KINDS = {
    "AWS::DynamoDB::Table": Kind("dynamodb", "TableName", _make_table, _DELETE, _table_parts, _update_table),
    "AWS::DynamoDB::GlobalTable": Kind(
        "dynamodb",
        "TableName",
        lambda one: _make_table(_replica(one)),
        _DELETE,
        lambda one: _table_parts(_replica(one)),
        lambda one: _update_table(_replica(one)),
    ),
}
