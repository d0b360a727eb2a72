"""SAM resources that become a single CloudFormation resource: tables, layers, nested applications."""

from __future__ import annotations

from netful.sources.files.marked import MarkedMap
from netful.sources.sam.making import Maker, copied, marked

_KEY_TYPES = {"String": "S", "Number": "N", "Binary": "B"}


def expand_table(maker: Maker) -> None:
    """`SimpleTable` → `AWS::DynamoDB::Table`."""
    properties = copied(maker.properties, ("TableName", "SSESpecification", "PointInTimeRecoverySpecification"))
    key = maker.properties.get("PrimaryKey")
    name, kind = (
        ("id", "String") if not isinstance(key, MarkedMap) else (key.get("Name", "id"), key.get("Type", "String"))
    )
    attribute = {"AttributeName": name, "AttributeType": _KEY_TYPES.get(str(kind), kind)}
    properties.put("AttributeDefinitions", marked([attribute], properties))
    properties.put("KeySchema", marked([{"AttributeName": name, "KeyType": "HASH"}], properties))
    if "ProvisionedThroughput" in maker.properties:
        properties.put("ProvisionedThroughput", maker.properties["ProvisionedThroughput"])
    else:
        properties.put("BillingMode", "PAY_PER_REQUEST")
    maker.become("AWS::DynamoDB::Table", properties)


def expand_layer(maker: Maker) -> None:
    """`LayerVersion` → `AWS::Lambda::LayerVersion`."""
    names = {
        "LayerName": "LayerName",
        "Description": "Description",
        "ContentUri": "Content",
        "CompatibleArchitectures": "CompatibleArchitectures",
        "CompatibleRuntimes": "CompatibleRuntimes",
        "LicenseInfo": "LicenseInfo",
    }
    maker.become("AWS::Lambda::LayerVersion", copied(maker.properties, names))


def expand_application(maker: Maker) -> None:
    """`Application` → `AWS::CloudFormation::Stack`; one of the repository has no local template."""
    names = {"Location": "TemplateURL", "Parameters": "Parameters", "TimeoutInMinutes": "TimeoutInMinutes"}
    maker.become("AWS::CloudFormation::Stack", copied(maker.properties, names))
