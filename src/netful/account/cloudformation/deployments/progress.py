"""Progress of a deployment as clients see it: states and events of a stack and its resources, in AWS's order (control-plane §3.4)."""

from __future__ import annotations

from collections.abc import Iterable

from netful.account.cloudformation.deployments.changes import ResourceChange, Seen, replaces
from netful.account.cloudformation.deployments.plan import KEPT, Plan
from netful.account.cloudformation.deployments.stack_view import logical_id, members, physical_id
from netful.account.cloudformation.records import DELETED, Content, StackRecord
from netful.account.cloudformation.templates.template_text import parsed, section
from netful.model.core.resource import Resource

_REPLACED = "Requested update requires the creation of a new physical resource; hence creating one."


def begin(record: StackRecord, resource: Resource, plan: Plan) -> None:
    """Record that a resource is being made."""
    name, properties = logical_id(resource), plan.after[logical_id(resource)].properties
    record.set_member(name, resource.type, "CREATE_IN_PROGRESS", "", "", properties)
    id_ = physical_id(plan.cloud, resource)
    record.set_member(name, resource.type, "CREATE_IN_PROGRESS", "Resource creation Initiated", id_, properties)


def begin_change(record: StackRecord, change: ResourceChange, plan: Plan) -> None:
    """Record that a resource is being made, updated or replaced."""
    resource = plan.after[change.logical_id].resource
    if change.action == "Add":
        begin(record, resource, plan)
        return
    properties = plan.after[change.logical_id].properties
    if replaces(change):
        record.set_member(change.logical_id, change.type, "UPDATE_IN_PROGRESS", _REPLACED, "", properties)
        id_ = physical_id(plan.cloud, resource)
        record.set_member(
            change.logical_id, change.type, "UPDATE_IN_PROGRESS", "Resource creation Initiated", id_, properties
        )
    else:
        record.set_member(change.logical_id, change.type, "UPDATE_IN_PROGRESS", "", "", properties)


def fail_creation(
    record: StackRecord, content: Content, plan: Plan | None, failure: str, at: str, *, rollback: bool
) -> None:
    """Record which resources failed: the one at fault, and those that were still being made.

    No resource of a failed creation exists. A rollback records that the earlier ones are deleted; without it, they
    count as not made.
    """
    if at:
        type_ = record.members[at].type if at in record.members else _type_of(content, at)
        record.set_member(at, type_, "CREATE_FAILED", failure)
    if plan is None:
        return
    after_it = False
    for resource in members(plan.cloud, record.name):
        name = logical_id(resource)
        if name == at:
            after_it = True
        elif after_it or not at or not rollback:
            record.set_member(name, resource.type, "CREATE_FAILED", "Resource creation cancelled")
        else:
            record.set_member(name, resource.type, "CREATE_COMPLETE")


def unmake(record: StackRecord, names: Iterable[str]) -> None:
    """Record that resources are deleted, the last first."""
    for name in reversed([*names]):
        member = record.members[name]
        if member.there:
            record.set_member(name, member.type, "DELETE_IN_PROGRESS")
            record.set_member(name, member.type, DELETED)


def tell_way_back(
    record: StackRecord,
    content: Content,
    done: list[ResourceChange],
    failure: str,
    at: str,
    *,
    rollback: bool,
    token: str,
) -> None:
    """Record a failed update and the way back; the account is as before already."""
    if at:
        there = at in record.members and record.members[at].status != "CREATE_IN_PROGRESS"
        type_ = record.members[at].type if at in record.members else _type_of(content, at)
        record.set_member(at, type_, "UPDATE_FAILED" if there else "CREATE_FAILED", failure)
    reason = f"The following resource(s) failed to update: [{at}]. " if at else failure
    if not rollback:
        record.set("UPDATE_FAILED", reason, token)
        return
    record.set("UPDATE_ROLLBACK_IN_PROGRESS", reason, token)
    for change in done:
        if change.action == "Modify" and change.logical_id in record.members:
            record.set_member(change.logical_id, change.type, "UPDATE_IN_PROGRESS")
            record.set_member(change.logical_id, change.type, "UPDATE_COMPLETE")
    record.set("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "", token)
    failed = [one.logical_id for one in record.members.values() if one.status.startswith("CREATE_")]
    added = {one.logical_id for one in done if one.action == "Add"} | {at}
    unmake(record, [name for name in failed if name in added])
    record.set("UPDATE_ROLLBACK_COMPLETE", "", token)


def remove(record: StackRecord, name: str, before: Seen | None) -> None:
    """Record that a resource which the template no longer has is deleted, or stays."""
    member = record.members[name]
    if before is not None and before.attributes.get("DeletionPolicy") in KEPT:
        record.set_member(name, member.type, "DELETE_SKIPPED")
        return
    record.set_member(name, member.type, "DELETE_IN_PROGRESS")
    record.set_member(name, member.type, DELETED)


def fail_deletion(record: StackRecord, failure: str, at: str, token: str) -> None:
    """Record which resource could not be deleted."""
    name = at.removeprefix(f"{record.name}/")
    if name in record.members:
        record.set_member(name, record.members[name].type, "DELETE_FAILED", failure)
    what = f"The following resource(s) failed to delete: [{name}]. " if name else failure
    record.set("DELETE_FAILED", what, token)


def _type_of(content: Content, name: str) -> str:
    return str(section(section(parsed(content.body), "Resources"), name).get("Type", ""))
