"""Progress of a deployment as clients see it: states and events of a stack and its resources, in AWS's order (control-plane §3.4)."""

from collections.abc import Iterable, Mapping

from netful.account.cloudformation.deployments.attempts import Outcome
from netful.account.cloudformation.deployments.changes import ResourceChange, Seen
from netful.account.cloudformation.deployments.plan import Plan, stays
from netful.account.cloudformation.deployments.stack_view import (
    logical_id,
    members,
    outputs,
    physical_id,
    seen,
)
from netful.account.cloudformation.records import DELETED, SKIPPED, Content, StackRecord, now
from netful.account.cloudformation.templates.template_text import parsed, section
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.sources.account.deployed_stack import CUSTOM_TYPES

_CANCELLED = "Resource creation cancelled"
_REPLACED = "Requested update requires the creation of a new physical resource; hence creating one."


def begin(record: StackRecord, resource: Resource, plan: Plan) -> None:
    """Record that a resource is being made."""
    name, properties = logical_id(resource), plan.after[logical_id(resource)].properties
    record.set_member(name, resource.type, "CREATE_IN_PROGRESS", "", "", properties)
    id_ = "" if resource.type.startswith(CUSTOM_TYPES) else physical_id(plan.cloud, resource)
    record.set_member(name, resource.type, "CREATE_IN_PROGRESS", "Resource creation Initiated", id_, properties)


def begin_change(record: StackRecord, change: ResourceChange, plan: Plan) -> None:
    """Record that a resource is being made, updated or replaced."""
    name, after = change.logical_id, plan.after[change.logical_id]
    if change.action == "Add":
        begin(record, after.resource, plan)
        return
    begun = "UPDATE_IN_PROGRESS"
    record.set_member(name, change.type, begun, _REPLACED if change.replaces else "", "", after.properties)
    if change.replaces:
        id_ = physical_id(plan.cloud, after.resource)
        record.set_member(name, change.type, begun, "Resource creation Initiated", id_, after.properties)


def begin_import(record: StackRecord, content: Content, plan: Plan) -> None:
    """Record that resources are being imported."""
    for name in content.imported:
        one = plan.after[name]
        id_ = physical_id(plan.cloud, one.resource)
        record.set_member(
            name, one.resource.type, "IMPORT_IN_PROGRESS", "Resource import started.", id_, one.properties
        )


def fail_import(record: StackRecord, content: Content, reasons: Mapping[str, str]) -> None:
    """Record which resources could not be imported, and that the others are not either."""
    for name in content.imported:
        why = reasons.get(name, "Resource import cancelled")
        record.set_member(name, _type(record, content, name), "IMPORT_FAILED", why)


def complete(record: StackRecord, plan: Plan, made: Iterable[Resource]) -> None:
    """Record that resources are made, or updated."""
    for resource in made:
        name = logical_id(resource)
        work = record.member_status(name).partition("_")[0] or "CREATE"
        id_ = physical_id(plan.cloud, resource)
        record.set_member(name, resource.type, f"{work}_COMPLETE", "", id_, plan.after[name].properties)


def fail_creation(record: StackRecord, content: Content, outcome: Outcome, *, rollback: bool) -> None:
    """Record which resources failed: those at fault, and those that were still being made.

    Without a rollback, all that do not depend on one at fault may exist. A rollback records that the earlier ones are deleted.
    """
    if outcome.plan is not None and outcome.at:
        _begin_until(outcome.at, record, outcome.plan)
    for failure in outcome.failures:
        if failure.at:
            record.set_member(failure.at, _type(record, content, failure.at), "CREATE_FAILED", failure.reason)
    if outcome.plan is None:
        return
    faulty, after_it = {failure.at for failure in outcome.failures}, False
    made = {logical_id(one) for one in members(outcome.plan.cloud, record.name)} if outcome.partial else set()
    for resource in members(outcome.plan.cloud, record.name):
        name = logical_id(resource)
        after_it = after_it or name == outcome.at
        if name not in faulty and not outcome.partial:
            stays = rollback and outcome.at and not after_it
            status, reason = ("CREATE_COMPLETE", "") if stays else ("CREATE_FAILED", _CANCELLED)
            record.set_member(name, resource.type, status, reason)
    _cancel(record, {*record.members} - made - faulty)


def _begin_until(at: str, record: StackRecord, plan: Plan) -> None:
    """Record that the resources before the one at fault, and that one, are being made, if nothing was begun."""
    for resource in members(plan.cloud, record.name):
        name = logical_id(resource)
        if name in record.members:
            continue
        if name == at:
            record.set_member(name, resource.type, "CREATE_IN_PROGRESS", "", "", plan.after[name].properties)
            return
        begin(record, resource, plan)


def _cancel(record: StackRecord, names: Iterable[str]) -> None:
    """Record that resources which were being made are not made."""
    for name in [*record.members]:
        if name in names and record.member_status(name) == "CREATE_IN_PROGRESS":
            record.set_member(name, record.members[name].type, "CREATE_FAILED", _CANCELLED)


def unmake(record: StackRecord, names: Iterable[str]) -> None:
    """Record that resources are deleted, the last first."""
    for name in reversed([*names]):
        if record.members[name].there:
            record.move(name, "DELETE_IN_PROGRESS", DELETED)


def tell_way_back(record: StackRecord, content: Content, outcome: Outcome, *, rollback: bool) -> None:
    """Record the resources at which an update failed, and those that it did not reach."""
    for failure in outcome.failures:
        if failure.at:
            there = failure.at in record.members and record.members[failure.at].status != "CREATE_IN_PROGRESS"
            type_ = _type(record, content, failure.at)
            record.set_member(failure.at, type_, "UPDATE_FAILED" if there else "CREATE_FAILED", failure.reason)
    if not rollback:
        _cancel(record, outcome.unmade if outcome.partial else {*record.members})


def end_way_back(record: StackRecord, outcome: Outcome, *, rollback: bool, token: str) -> None:
    """Record the end of a failed update: with a rollback, the account is as before already."""
    done = [one for one in outcome.plan.changes if one.action != "Remove"] if outcome.plan is not None else []
    at = ", ".join(failure.at for failure in outcome.failures if failure.at)
    reason = f"The following resource(s) failed to update: [{at}]. " if at else outcome.reason
    if not rollback:
        record.set("UPDATE_FAILED", reason, token)
        return
    record.set("UPDATE_ROLLBACK_IN_PROGRESS", reason, token)
    begun = [one.logical_id for one in done if one.action == "Modify"]
    failed = [one.at for one in outcome.failures if record.member_status(one.at) == "UPDATE_FAILED"]
    for name in dict.fromkeys((*begun, *failed)):
        if name in record.members:
            record.move(name, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    record.set("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "", token)
    new = [one.logical_id for one in record.members.values() if one.status.startswith("CREATE_")]
    added = {one.logical_id for one in done if one.action == "Add"} | {outcome.at}
    unmake(record, [name for name in new if name in added])
    record.set("UPDATE_ROLLBACK_COMPLETE", "", token)


def remove(record: StackRecord, name: str, before: Seen | None) -> None:
    """Record that a resource which the template no longer has is deleted, or stays."""
    skipped = before is not None and stays(before, "DeletionPolicy")
    record.move(name, *((SKIPPED,) if skipped else ("DELETE_IN_PROGRESS", DELETED)))


def fail_deletion(record: StackRecord, failure: str, name: str, token: str) -> None:
    """Record which resource could not be deleted."""
    if name in record.members:
        record.set_member(name, record.members[name].type, "DELETE_FAILED", failure)
    what = f"The following resource(s) failed to delete: [{name}]. " if name else failure
    record.set("DELETE_FAILED", what, token)


def _type(record: StackRecord, content: Content, name: str) -> str:
    """Return the type of a resource that a stack has, or that its next template has."""
    if name in record.members:
        return record.members[name].type
    return str(section(section(parsed(content.body), "Resources"), name).get("Type", ""))


def follow(record: StackRecord, cloud: Cloud, stack: str, content: Content) -> None:
    """Bring a record to what a stack is in a cloud, which has it already: a stack of a template file, or a nested one."""
    root, former = parsed(content.body), record.content
    record.content, record.description = content, str(root.get("Description") or "")
    record.outputs = outputs(cloud, stack, root)
    if former is not None and (former.body, former.parameters) == (content.body, content.parameters):
        return
    record.updated = None if former is None else now()
    action, found = "CREATE" if former is None else "UPDATE", seen(cloud, stack, root)
    record.set(f"{action}_IN_PROGRESS", "User Initiated")
    for resource in members(cloud, stack):
        name, id_ = logical_id(resource), physical_id(cloud, resource)
        record.set_member(name, resource.type, f"{action}_COMPLETE", "", id_, found[name].properties)
    for name in record.members.keys() - found.keys():
        record.move(name, DELETED)
    record.set(f"{action}_COMPLETE")
