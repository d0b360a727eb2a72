"""Stacks, resources, events and change sets as the answers of CloudFormation have them."""

from collections.abc import Mapping
from typing import Any

from netful.account.cloudformation.records import DELETED, ChangeSet, Event, StackMember, StackRecord
from netful.account.cloudformation.templates.parameters import described as parameters
from netful.account.cloudformation.templates.template_text import parsed

Record = Mapping[str, Any]


def stack(record: StackRecord) -> Record:
    """Return a stack as DescribeStacks lists it."""
    content = record.content
    return {
        "StackId": record.id,
        "StackName": record.name,
        "ChangeSetId": record.change_set_id or None,
        "Description": record.description or None,
        "Parameters": parameters(parsed(content.body), content) if content else None,
        "CreationTime": record.created,
        "LastUpdatedTime": record.updated,
        "DeletionTime": record.deleted,
        "RollbackConfiguration": record.options.get("RollbackConfiguration") or {},
        "StackStatus": record.status,
        "StackStatusReason": record.reason or None,
        "DisableRollback": record.disable_rollback,
        "NotificationARNs": record.options.get("NotificationARNs") or [],
        "Capabilities": list(content.capabilities) if content else [],
        "Outputs": record.outputs or None,
        "RoleARN": record.options.get("RoleARN"),
        "Tags": [*content.tags] if content else [],
        "EnableTerminationProtection": None if record.status == DELETED else record.protected,
        "ParentId": record.parent_id or None,
        "RootId": record.root_id or None,
        "DriftInformation": {"StackDriftStatus": record.drift},
        "DeploymentConfig": record.options.get("DeploymentConfig"),
        "TimeoutInMinutes": record.options.get("TimeoutInMinutes"),
    }


def summary(record: StackRecord) -> Record:
    """Return a stack as ListStacks lists it."""
    whole = stack(record)
    return {**whole, "TemplateDescription": record.description or None}


def member(record: StackRecord, one: StackMember) -> Record:
    """Return a resource of a stack, for all operations that describe or list resources."""
    return {
        **_of_resource(record, one),
        "PhysicalResourceId": one.physical_id or None,
        "LastUpdatedTimestamp": one.time,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def event(record: StackRecord, one: Event) -> Record:
    """Return an event of a stack."""
    return {
        **_of_resource(record, one),
        "EventId": one.id,
        "ResourceProperties": one.properties or None,
        "ClientRequestToken": one.token or None,
    }


def _of_resource(record: StackRecord, one: StackMember | Event) -> Record:
    return {
        "StackName": record.name,
        "StackId": record.id,
        "LogicalResourceId": one.logical_id,
        "PhysicalResourceId": one.physical_id,
        "ResourceType": one.type,
        "Timestamp": one.time,
        "ResourceStatus": one.status,
        "ResourceStatusReason": one.reason or None,
    }


def change_set(record: StackRecord, one: ChangeSet) -> Record:
    """Return a change set as DescribeChangeSet and ListChangeSets tell it."""
    return {
        "ChangeSetName": one.name,
        "ChangeSetId": one.id,
        "StackId": record.id,
        "StackName": record.name,
        "Description": one.description or None,
        "Parameters": parameters(parsed(one.content.body), one.content),
        "CreationTime": one.time,
        "ExecutionStatus": one.execution,
        "Status": one.status,
        "StatusReason": one.reason or None,
        "NotificationARNs": record.options.get("NotificationARNs") or [],
        "RollbackConfiguration": {},
        "Capabilities": [*one.content.capabilities],
        "Tags": [*one.content.tags],
        "Changes": one.changes,
        "IncludeNestedStacks": False,
        "OnStackFailure": one.on_failure or None,
    }
