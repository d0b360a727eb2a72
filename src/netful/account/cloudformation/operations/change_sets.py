"""Operations on change sets."""

from collections.abc import Mapping
from dataclasses import replace

from netful.account.cloudformation import described
from netful.account.cloudformation.context import Answer, Context, Operation, differs
from netful.account.cloudformation.deployments import changes as change_list
from netful.account.cloudformation.deployments import imports
from netful.account.cloudformation.deployments.plan import Plan
from netful.account.cloudformation.deployments.stack_view import written
from netful.account.cloudformation.operations.drift import drifted_resources
from netful.account.cloudformation.operations.stacks import NO_UPDATES, take_options
from netful.account.cloudformation.records import IN_REVIEW, ChangeSet, Content, StackRecord
from netful.account.cloudformation.stacks import arn, is_in_review, require_name
from netful.account.cloudformation.templates.template_text import as_json, invalid, parsed, section, transforms
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError

_NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


async def _create_change_set(own: Context, asked: Parameters) -> Answer:
    name, kind = require_name(asked.get("StackName")), str(asked.get("ChangeSetType") or "UPDATE")
    _refuse_import(asked, kind)
    set_name = str(asked.get("ChangeSetName") or "")
    record = own.stacks.find(name)
    if kind == "UPDATE" and (record is None or not record.live):
        raise invalid(f"Stack [{name}] does not exist")
    if kind == "CREATE" and record is not None and not is_in_review(record):
        raise invalid(f"Stack [{name}] already exists and cannot be created again with the changeSet [{set_name}].")
    if kind == "UPDATE" or (kind == "IMPORT" and record is not None and record.live):
        own.stacks.updatable(asked)
    _refuse_reversion(own, asked, record)
    token = str(asked.get("ClientToken") or "")
    there = record.change_sets.get(set_name) if record is not None else None
    if record is not None and there is not None and there.status == "FAILED":
        record.change_sets[there.id] = record.change_sets.pop(set_name)  # the AWS CLI names them by the second
    elif record is not None and there is not None:
        if token and there.client_token == token:
            return {"Id": there.id, "StackId": record.id}
        raise ApiError(
            "AlreadyExistsException",
            f"ChangeSet {set_name} cannot be created due to a mismatch with existing attribute Template",
        )
    content = await own.contents.of(asked, record)
    wanted = _wishes(asked, record, content) if kind == "IMPORT" else []
    if record is None:
        record = own.stacks.add(StackRecord(name, arn(own.account.cloud, "stack", name)))
        record.set(IN_REVIEW, "User Initiated")
    take_options(record, asked)
    made = await _change_set(own, record, asked, content, kind, wanted)
    made.client_token = token
    record.change_sets[made.name] = made
    return {"Id": made.id, "StackId": record.id}


def _refuse_import(asked: Parameters, kind: str) -> None:
    """Raise ApiError for resources to import by a change set of another type.

    `ImportExistingResources` asks for an import only where a name exists, and then the stack fails as it does without.
    """
    if asked.get("ResourcesToImport") and kind != "IMPORT":
        raise invalid("ResourcesToImport can be specified only if ChangeSetType is IMPORT")


def _refuse_reversion(own: Context, asked: Parameters, record: StackRecord | None) -> None:
    """Raise ApiError for a change set that would revert drift: a deployment keeps what calls changed, unless the template changes it."""
    if asked.get("DeploymentMode") == "REVERT_DRIFT" and record is not None and record.live:
        drifted = drifted_resources(own, record)
        if drifted:
            raise invalid(f"netful does not revert drift, and the stack has drifted: [{', '.join(drifted)}]")


def _wishes(asked: Parameters, record: StackRecord | None, content: Content) -> list[imports.Wish]:
    """Return what a change set imports. Raises ApiError for what it may not change."""
    former = record.content if record is not None and record.live else None
    root, before = parsed(content.body), parsed(former.body) if former else {}
    found = imports.wishes(asked.get("ResourcesToImport") or (), written(root))
    if dict(section(root, "Outputs")) != dict(section(before, "Outputs")):
        raise invalid("As part of the import operation, you cannot modify or add [Outputs]")
    new = {one.logical_id for one in found}
    others = (one for one in change_list.changes(written(before), written(root)) if not one.automatic)
    imports.refuse_other_changes(one.logical_id for one in others if one.logical_id not in new)
    if there := new & written(before).keys():
        raise invalid(f"Resources [{', '.join(sorted(there))}] already exist in the stack.")
    return found


async def _change_set(
    own: Context, record: StackRecord, asked: Parameters, content: Content, kind: str, wanted: list[imports.Wish]
) -> ChangeSet:
    """Return a change set, ready or failed, with the changes that it would make."""
    name = str(asked["ChangeSetName"])
    places = {one.logical_id: await imports.located(own.account, one) for one in wanted}
    content = replace(content, imported={logical_id: id_ for logical_id, (id_, _) in places.items()})
    made = ChangeSet(
        name, arn(own.account.cloud, "changeSet", name), kind, content, [], "CREATE_COMPLETE", "AVAILABLE",
        description=str(asked.get("Description") or ""), on_failure=str(asked.get("OnStackFailure") or ""),
        refused={logical_id: why for logical_id, (_, why) in places.items() if why},
    )  # fmt: skip
    if wanted:
        made.changes = [_described_import(one) for one in wanted]
        if not made.refused:
            made.refused = await _misnamed(own, record, content, wanted)
        return made
    plan = await own.planned(record, content)
    if plan is None:  # its execution will fail, and the events will tell why
        before = written(parsed(record.content.body)) if record.content and record.live else {}
        changes = change_list.changes(before, written(parsed(content.body)))
        made.changes = [change_list.described(one, "", {}) for one in changes]
        return made
    if kind == "UPDATE" and not differs(record, content, plan):
        reason = NO_UPDATES if transforms(plan.root) else _NO_CHANGES
        made.status, made.execution, made.reason = "FAILED", "UNAVAILABLE", reason
    made.changes = [_described_change(record, one, plan) for one in plan.changes]
    return made


async def _misnamed(
    own: Context, record: StackRecord, content: Content, wanted: list[imports.Wish]
) -> Mapping[str, str]:
    """Return why resources cannot be imported whose template names them otherwise than their identifier."""
    plan = await own.planned(record, content)
    after = plan.after if plan is not None else {}  # its execution will fail
    found = {one.logical_id: imports.misnamed(one, after[one.logical_id].resource) for one in wanted if after}
    return {logical_id: why for logical_id, why in found.items() if why}


def _described_import(one: imports.Wish) -> Answer:
    change = {
        "Action": "Import",
        "LogicalResourceId": one.logical_id,
        "ResourceType": one.type,
        "Scope": [],
        "Details": [],
    }
    return {"Type": "Resource", "ResourceChange": {**change, "PhysicalResourceId": "|".join(one.identifier.values())}}


def _described_change(record: StackRecord, one: change_list.ResourceChange, plan: Plan) -> Answer:
    contexts = {
        key: as_json({"Properties": change_list.known(side[one.logical_id].resource.properties)})
        for key, side in (("BeforeContext", plan.before), ("AfterContext", plan.after))
        if one.logical_id in side
    }
    member = record.members.get(one.logical_id)
    return change_list.described(one, member.physical_id if member else "", contexts)


async def _describe_change_set(own: Context, asked: Parameters) -> Answer:
    record, found = own.stacks.change_set(asked)
    answer = dict(described.change_set(record, found))
    if not asked.get("IncludePropertyValues"):
        bare = ("BeforeContext", "AfterContext")
        answer["Changes"] = [
            {**one, "ResourceChange": {k: v for k, v in one["ResourceChange"].items() if k not in bare}}
            for one in found.changes
        ]
    return answer


async def _execute_change_set(own: Context, asked: Parameters) -> Answer:
    record, found = own.stacks.change_set(asked)
    if found.execution != "AVAILABLE":
        status = found.status if found.status == "FAILED" else found.execution
        raise ApiError(
            "InvalidChangeSetStatus", f"ChangeSet [{found.id}] cannot be executed in its current status of [{status}]"
        )
    if record.busy:
        raise invalid(f"Stack:{record.id} is in {record.status} state and can not be updated.")
    found.execution = "EXECUTE_IN_PROGRESS"
    for other in record.change_sets.values():
        if other is not found and other.execution == "AVAILABLE":
            other.execution = "OBSOLETE"
    record.change_set_id = found.id
    record.disable_rollback = bool(asked.get("DisableRollback"))
    token = str(asked.get("ClientRequestToken") or "")
    await own.work(record, _executed(own, record, found, token))
    return {}


async def _executed(own: Context, record: StackRecord, found: ChangeSet, token: str) -> None:
    if found.kind == "IMPORT":
        await own.deployments.take(record, found.content, found.refused, token)
    elif found.kind == "CREATE" and not record.live:
        nothing = "DO_NOTHING" if record.disable_rollback else "ROLLBACK"
        await own.deployments.create(record, found.content, found.on_failure or nothing, token)
    else:
        await own.deployments.update(record, found.content, rollback=not record.disable_rollback, token=token)
    record.change_sets[found.id] = record.change_sets.pop(found.name)  # its name is free again
    done = record.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
    found.execution = "EXECUTE_COMPLETE" if done else "EXECUTE_FAILED"


async def _delete_change_set(own: Context, asked: Parameters) -> Answer:
    try:
        record, found = own.stacks.change_set(asked)
    except ApiError:
        if str(asked.get("ChangeSetName") or "").startswith("arn:") or asked.get("StackName"):
            return {}
        raise
    if found.execution == "EXECUTE_IN_PROGRESS":
        raise ApiError("InvalidChangeSetStatus", f"ChangeSet [{found.id}] cannot be deleted in its current status")
    record.change_sets = {key: one for key, one in record.change_sets.items() if one is not found}
    return {}


async def _list_change_sets(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.get(asked)
    return {"Summaries": [described.change_set(record, one) for one in record.change_sets.values()]}


OPERATIONS: Mapping[str, Operation] = {
    "CreateChangeSet": _create_change_set,
    "DescribeChangeSet": _describe_change_set,
    "ExecuteChangeSet": _execute_change_set,
    "DeleteChangeSet": _delete_change_set,
    "ListChangeSets": _list_change_sets,
}
