"""Deployments: a stack is created, updated or deleted as a whole, with the states and events that clients wait for.

The network, the functions and the services follow in one step (`Account.deploy`), so a failure leaves them as they were. The
events tell the same as AWS's, resource by resource, in the order of the dependencies (control-plane §3.4).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments import changes as change_list
from netful.account.cloudformation.deployments import nested
from netful.account.cloudformation.deployments.buckets import refuse_full_buckets
from netful.account.cloudformation.deployments.changes import Seen
from netful.account.cloudformation.deployments.custom_resources import CustomResources
from netful.account.cloudformation.deployments.exports import in_use, refuse_missing_imports
from netful.account.cloudformation.deployments.plan import KEPT, Plan, kept, ordered
from netful.account.cloudformation.deployments.progress import (
    begin,
    begin_change,
    fail_creation,
    fail_deletion,
    remove,
    tell_way_back,
    unmake,
)
from netful.account.cloudformation.deployments.refusals import refuse_functions, refuse_missing
from netful.account.cloudformation.deployments.replacement import refuse_custom_names, replacements
from netful.account.cloudformation.deployments.stack_policies import denial
from netful.account.cloudformation.deployments.stack_view import (
    failed_at,
    inside,
    logical_id,
    members,
    outputs,
    physical_id,
    seen,
)
from netful.account.cloudformation.records import DELETED, Content, StackRecord, now
from netful.account.cloudformation.stacks import Stacks
from netful.account.cloudformation.templates.objects import with_objects
from netful.account.cloudformation.templates.template_text import parsed, refusal
from netful.model.cloud import Cloud
from netful.model.core.errors import NetfulError, SourceError
from netful.sources.account.deployed_stack import DeployedStack

log = logging.getLogger(__name__)

_BY_USER = "User Initiated"


class Deployments:
    """The deployments of an account to its stacks."""

    def __init__(self, account: Account, stacks: Stacks) -> None:
        self._account = account
        self._stacks = stacks
        self._custom = CustomResources(account)
        self._turn = asyncio.Lock()

    def _deployed(self, name: str) -> DeployedStack | None:
        return next((one for one in self._account.stacks if one.name == name), None)

    def _others(self, name: str) -> tuple[DeployedStack, ...]:
        return tuple(one for one in self._account.stacks if one.name != name)

    async def plan(self, record: StackRecord, content: Content) -> Plan:
        """Return the deployment of a content to a stack. Raises NetfulError where it cannot be made."""
        given = {**content.parameters, **content.resolved, "AWS::StackName": record.name, "AWS::StackId": record.id}
        former = self._deployed(record.name)
        stack = DeployedStack(record.name, content.file, given)
        if former:
            stack = replace(stack, made=former.made, generations=former.generations)
        replaced: set[str] = set()
        while True:
            plan = await self._planned_once(record, content, stack)
            more = replacements(plan.changes, plan.after) - replaced
            if not more:
                return plan
            refuse_custom_names(more, plan.before, plan.after)
            replaced |= more
            again = {(record.name, name): stack.generations.get((record.name, name), 0) + 1 for name in more}
            stack = replace(plan.stack, generations={**stack.generations, **again})

    async def _planned_once(self, record: StackRecord, content: Content, stack: DeployedStack) -> Plan:
        """Return the plan of a deployment; resources that refer to a replaced one may have to be replaced themselves."""
        stack, cloud = await with_objects(self._account, stack, self._others(record.name))
        root = parsed(content.body)
        before, after = self._seen(record), seen(cloud, record.name, root)
        return Plan(stack, cloud, root, before, after, tuple(change_list.changes(before, after)))

    def _seen(self, record: StackRecord) -> dict[str, Seen]:
        """Return the resources of a stack that exist, as its template has them."""
        if record.content is None or not any(one.there for one in record.members.values()):
            return {}
        return seen(self._account.cloud, record.name, parsed(record.content.body))

    async def create(self, record: StackRecord, content: Content, on_failure: str, token: str = "") -> None:
        """Create a stack; on a failure roll back, delete, or do nothing."""
        async with self._turn:
            record.set("CREATE_IN_PROGRESS", _BY_USER, token)
            plan, failure, at = await self._planned(record, content)
            if plan is not None:
                for resource in members(plan.cloud, record.name):
                    begin(record, resource, plan)
                failure, at = await self._applied(record, plan, content)
            if plan is None or failure:
                record.content = record.content or content
                fail_creation(record, content, plan, failure, at, rollback=on_failure != "DO_NOTHING")
                await self._after_failed_creation(record, on_failure, token)
                return
            for resource in members(plan.cloud, record.name):
                record.set_member(
                    logical_id(resource),
                    resource.type,
                    "CREATE_COMPLETE",
                    "",
                    "",
                    plan.after[logical_id(resource)].properties,
                )
            self._finished(record, plan, content)
            record.set("CREATE_COMPLETE", "", token)

    async def _after_failed_creation(self, record: StackRecord, on_failure: str, token: str) -> None:
        failed = [
            one.logical_id
            for one in record.members.values()
            if one.status == "CREATE_FAILED" and "cancelled" not in one.reason
        ]
        what = f"The following resource(s) failed to create: [{', '.join(failed)}]. " if failed else ""
        if on_failure == "DO_NOTHING":
            record.set("CREATE_FAILED", what, token)
            return
        own_reason = record.reason if not failed else ""
        status = "DELETE" if on_failure == "DELETE" else "ROLLBACK"
        if on_failure == "DELETE":
            record.set("CREATE_FAILED", what, token)
        reason = f"{what}{'Delete' if on_failure == 'DELETE' else 'Rollback'} requested by user."
        record.set(f"{status}_IN_PROGRESS", own_reason or reason, token)
        unmake(record, [*record.members])
        record.set(f"{status}_COMPLETE", "", token)
        if on_failure == "DELETE":
            self._gone(record)

    async def _planned(self, record: StackRecord, content: Content) -> tuple[Plan | None, str, str]:
        """Return the plan of a deployment; without one, the reason, and the resource at fault if that is known."""
        try:
            plan = await self.plan(record, content)
            refuse_missing(plan.cloud, record.name)
            refuse_functions(plan.cloud, record.name)
            refuse_missing_imports(plan.cloud, record.name)
        except NetfulError as error:
            at = self._fault(error, record, content)
            if not at:
                record.reason = refusal(error)
            return None, refusal(error), at
        return plan, "", ""

    @staticmethod
    def _fault(error: NetfulError, record: StackRecord, content: Content) -> str:
        if isinstance(error, DeploymentError):
            return error.resource_id.removeprefix(f"{record.name}/").partition("/")[0]
        return failed_at(error, content.file, parsed(content.body)) if isinstance(error, SourceError) else ""

    async def _applied(self, record: StackRecord, plan: Plan, content: Content) -> tuple[str, str]:
        """Deploy; return the reason of a failure and the resource at fault, or "" twice."""
        before = self._account.stacks
        try:
            await self._account.deploy((*self._others(record.name), plan.stack), kept(plan))
            await self._custom.answered(plan.stack, self._others(record.name), plan.changes)
        except NetfulError as error:
            with contextlib.suppress(NetfulError):
                await self._account.deploy(before)
            return refusal(error), self._fault(error, record, content)
        except Exception as fault:
            log.exception("the deployment of `%s` failed", record.name)
            await self._account.deploy(before)
            return f"Internal Failure: {type(fault).__name__}: {fault}", ""
        return "", ""

    def _finished(self, record: StackRecord, plan: Plan, content: Content) -> None:
        record.content = content
        record.description = str(plan.root.get("Description") or "")
        record.outputs = outputs(self._account.cloud, record.name, plan.root)
        for resource in members(self._account.cloud, record.name):
            record.members[logical_id(resource)].physical_id = physical_id(self._account.cloud, resource)
        nested.follow(self._stacks, record, self._account.cloud)

    async def update(
        self,
        record: StackRecord,
        content: Content,
        *,
        rollback: bool = True,
        token: str = "",
        policy: str | None = None,
    ) -> None:
        """Update a stack; on a failure it is as before, or stays where it failed.

        `policy` is a stack policy in place of the stack's own, for this update.
        """
        async with self._turn:
            record.set("UPDATE_IN_PROGRESS", _BY_USER, token)
            record.updated = now()
            plan, failure, at = await self._planned(record, content)
            former_ids = _replaced_ids(record, plan)
            if plan is not None:
                failure, at = denial(record.policy if policy is None else policy, plan.changes)
                failure = failure or self._refused_exports(plan, record.name)
            done = [one for one in plan.changes if one.action != "Remove"] if plan else []
            if plan is not None and not failure:
                for change in ordered(done, plan, record.name):
                    begin_change(record, change, plan)
                failure, at = await self._applied(record, plan, content)
            if plan is None or failure:
                tell_way_back(record, content, done, failure, at, rollback=rollback, token=token)
                return
            for change in ordered(done, plan, record.name):
                status = "CREATE_COMPLETE" if change.action == "Add" else "UPDATE_COMPLETE"
                record.set_member(
                    change.logical_id, change.type, status, "", "", plan.after[change.logical_id].properties
                )
            self._finished(record, plan, content)
            record.set("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "", token)
            for change in plan.changes:
                if change.logical_id in former_ids:
                    record.tell_deletion(change.logical_id, former_ids[change.logical_id])
                if change.action == "Remove":
                    remove(record, change.logical_id, plan.before[change.logical_id])
            record.set("UPDATE_COMPLETE", "", token)

    def roll_back(self, record: StackRecord, token: str = "") -> None:
        """Take a stack that stopped at a failure to the state before it (RollbackStack)."""
        begun = "ROLLBACK" if record.status == "CREATE_FAILED" else "UPDATE_ROLLBACK"
        record.set(f"{begun}_IN_PROGRESS", _BY_USER, token)
        if begun == "ROLLBACK":
            unmake(record, [*record.members])
        record.set(f"{begun}_COMPLETE", "", token)

    def _refused_exports(self, plan: Plan, stack: str) -> str:
        """Return why an export cannot change or go: another stack imports it."""
        return next(in_use(self._account.cloud, plan.cloud, stack, "updated"), "")

    async def delete(self, record: StackRecord, retained: Iterable[str] = (), token: str = "") -> None:
        """Delete a stack; the resources that it keeps stay in the account."""
        async with self._turn:
            before, status = self._seen(record), record.status
            gone = await self._account.would_be(self._others(record.name), record.name) if before else Cloud()
            refused = next(in_use(self._account.cloud, gone, record.name, "deleted"), "") if before else ""
            record.set("DELETE_IN_PROGRESS", _BY_USER, token)
            if refused:
                record.set("DELETE_FAILED" if status == "DELETE_FAILED" else status, refused, token)
                return
            stay = {name for name, one in before.items() if one.attributes.get("DeletionPolicy") in KEPT} | {*retained}
            order = [logical_id(one) for one in members(self._account.cloud, record.name)] or [*record.members]
            for name in reversed(order):
                if record.members[name].there and name not in stay:
                    record.set_member(name, record.members[name].type, "DELETE_IN_PROGRESS")
            failure, at = await self._deleted(record, before, stay)
            if failure:
                fail_deletion(record, failure, at, token)
                return
            for name in reversed(order):
                member = record.members[name]
                if member.there:
                    record.set_member(name, member.type, "DELETE_SKIPPED" if name in stay else DELETED)
            record.set(DELETED, "", token)
            self._gone(record)

    async def _deleted(self, record: StackRecord, before: Mapping[str, Seen], stay: set[str]) -> tuple[str, str]:
        if not before:
            return "", ""
        deployed = self._deployed(record.name)
        try:
            if deployed is not None:
                await self._custom.deleted(deployed, inside(self._account.cloud, record.name))
            await refuse_full_buckets(self._account, record.name, stay)
            kept_ones = [before[name].resource for name in stay if name in before]
            await self._account.deploy(self._others(record.name), kept_ones, record.name)
        except NetfulError as error:
            return refusal(error), error.resource_id if isinstance(error, DeploymentError) else ""
        return "", ""

    def _gone(self, record: StackRecord) -> None:
        record.deleted = now()
        nested.end(self._stacks, record)
        self._stacks.by_name.pop(record.name, None)


def _replaced_ids(record: StackRecord, plan: Plan | None) -> Mapping[str, str]:
    """Return the physical ids that replaced resources have before their replacement, by logical id."""
    names = replacements(plan.changes, plan.after) if plan else ()
    return {name: record.members[name].physical_id for name in names if name in record.members}
