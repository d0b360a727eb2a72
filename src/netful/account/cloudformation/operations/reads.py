"""Operations that describe and list stacks, events, resources and exports."""

from collections.abc import Mapping

from netful.account.cloudformation import described
from netful.account.cloudformation.context import Answer, Context, Operation, page
from netful.account.cloudformation.deployments.changes import known_types
from netful.account.cloudformation.deployments.exports import exports, importers
from netful.account.cloudformation.deployments.stack_view import output_text
from netful.account.cloudformation.records import StackMember, StackRecord
from netful.account.cloudformation.templates.template_text import invalid
from netful.account.operations.query_api import Parameters
from netful.model.names.arns import aws_arn


async def _describe_stacks(own: Context, asked: Parameters) -> Answer:
    if asked.get("StackName"):
        return {"Stacks": [described.stack(own.stacks.get(asked))]}
    return page("Stacks", asked, [described.stack(one) for one in own.stacks if one.deleted is None])


async def _list_stacks(own: Context, asked: Parameters) -> Answer:
    wanted = asked.get("StackStatusFilter")
    found = [described.summary(one) for one in own.stacks if not wanted or one.status in wanted]
    return page("StackSummaries", asked, found)


async def _describe_stack_events(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.get(asked, "Stack [{}] does not exist")
    return page("StackEvents", asked, [described.event(record, one) for one in reversed(record.events)])


async def _describe_events(own: Context, asked: Parameters) -> Answer:
    """DescribeEvents: those of a stack; a change set has none of its own."""
    if asked.get("ChangeSetName"):
        own.stacks.change_set(asked)
        return {"OperationEvents": []}
    record = own.stacks.get(asked, "Stack [{}] does not exist")
    every = (described.event(record, one) for one in reversed(record.events))
    shown = [{**{key: one[key] for key in one if key != "StackName"}, "EventType": "STACK_EVENT"} for one in every]
    return page("OperationEvents", asked, shown)


async def _describe_account_limits(_own: Context, asked: Parameters) -> Answer:
    """DescribeAccountLimits: AWS's defaults."""
    return page("AccountLimits", asked, [{"Name": name, "Value": value} for name, value in _LIMITS.items()])


async def _describe_stack_resource(own: Context, asked: Parameters) -> Answer:
    return {"StackResourceDetail": described.member(*own.stacks.member(asked))}


async def _describe_stack_resources(own: Context, asked: Parameters) -> Answer:
    physical = asked.get("PhysicalResourceId")
    if physical and not asked.get("StackName"):
        found = [
            s for s in own.stacks if s.deleted is None and any(m.physical_id == physical for m in s.members.values())
        ]
        if not found:
            raise invalid(f"Stack for {physical} does not exist")
        record = found[0]
    else:
        record = own.stacks.get(asked)
    wanted = asked.get("LogicalResourceId")
    chosen = [one for one in _listed(record) if not wanted or one.logical_id == wanted]
    return {"StackResources": [described.member(record, one) for one in chosen]}


async def _list_stack_resources(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.get(asked)
    return page("StackResourceSummaries", asked, [described.member(record, one) for one in _listed(record)])


def _listed(record: StackRecord) -> list[StackMember]:
    """Return the resources of a stack: those that are deleted only of a deleted one."""
    return [one for one in record.members.values() if one.there or record.deleted is not None]


async def _list_exports(own: Context, asked: Parameters) -> Answer:
    ids, cloud = {record.name: record.id for record in own.stacks if record.deleted is None}, own.account.cloud
    found = [
        {"ExportingStackId": ids.get(stack.partition("/")[0], stack), "Name": name, "Value": output_text(cloud, value)}
        for stack, name, value in exports(cloud)
    ]
    return page("Exports", asked, found)


async def _list_types(own: Context, asked: Parameters) -> Answer:
    """ListTypes: those of AWS that are known here, for the visibility PUBLIC. An account has none of its own."""
    public = asked.get("Visibility") == "PUBLIC" and asked.get("Type") in (None, "RESOURCE")
    prefix = str((asked.get("Filters") or {}).get("TypeNamePrefix") or "")
    arn = aws_arn("cloudformation", own.account.cloud.region, "", "type/resource/")
    found = [
        {"Type": "RESOURCE", "TypeName": name, "TypeArn": arn + name.replace("::", "-"), "IsActivated": True}
        for name in (sorted(known_types()) if public else ())
        if name.startswith(prefix)
    ]
    return page("TypeSummaries", asked, found)


async def _list_imports(own: Context, asked: Parameters) -> Answer:
    name = str(asked.get("ExportName") or "")
    found = importers(own.account.cloud, name)
    if not found:
        raise invalid(f"Export '{name}' is not imported by any stack.")
    return page("Imports", asked, [*dict.fromkeys(found)])


_LIMITS = {"StackLimit": 2000, "StackOutputsLimit": 200, "ConcurrentResourcesLimit": 2500}

OPERATIONS: Mapping[str, Operation] = {
    "DescribeEvents": _describe_events,
    "DescribeAccountLimits": _describe_account_limits,
    "DescribeStacks": _describe_stacks,
    "ListStacks": _list_stacks,
    "DescribeStackEvents": _describe_stack_events,
    "DescribeStackResource": _describe_stack_resource,
    "DescribeStackResources": _describe_stack_resources,
    "ListStackResources": _list_stack_resources,
    "ListExports": _list_exports,
    "ListImports": _list_imports,
    "ListTypes": _list_types,
}
