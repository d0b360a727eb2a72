"""Deployments: a stack is created, updated or deleted as a whole, with the states and events that clients wait for.

The network, the functions and the services follow in one step (`Account.deploy`), so a failure leaves them as they were, or
without a rollback with what could be made. The events tell the same as AWS's, resource by resource, in the order of the dependencies (control-plane §3.4).
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments import nested, progress
from netful.account.cloudformation.deployments.attempts import Attempts, Failure, Outcome
from netful.account.cloudformation.deployments.changes import ResourceChange, Seen, replacements
from netful.account.cloudformation.deployments.custom_resources import own
from netful.account.cloudformation.deployments.exports import in_use
from netful.account.cloudformation.deployments.plan import Plan, ordered, stays
from netful.account.cloudformation.deployments.refusals import refuse_full_buckets, refuse_needed
from netful.account.cloudformation.deployments.stack_policies import denial
from netful.account.cloudformation.deployments.stack_view import logical_id, members, outputs, own_name, physical_id
from netful.account.cloudformation.records import DELETED, SKIPPED, Content, StackRecord, now
from netful.account.cloudformation.stacks import Stacks
from netful.account.wire.errors import refusal
from netful.model.cloud import Cloud
from netful.model.core import NetfulError
from netful.sources.account.deployed_stack import CUSTOM_TYPES

_BY_USER = "User Initiated"
_AT_WORK = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")


class Deployments:
    """The deployments of an account to its stacks."""

    def __init__(self, account: Account, stacks: Stacks) -> None:
        self._account = account
        self._stacks = stacks
        self._attempts = Attempts(account)
        self._turn = asyncio.Lock()

    async def plan(self, record: StackRecord, content: Content) -> Plan:
        """Return the deployment of a content to a stack. Raises NetfulError where it cannot be made."""
        return await self._attempts.plan(record, content)

    async def create(self, record: StackRecord, content: Content, on_failure: str, token: str = "") -> None:
        """Create a stack; on a failure roll back, delete, or keep what could be made."""
        async with self._turn:
            record.set("CREATE_IN_PROGRESS", _BY_USER, token)

            def begun(plan: Plan) -> None:
                for resource in members(plan.cloud, record.name):
                    if logical_id(resource) not in record.members:
                        progress.begin(record, resource, plan)

            outcome = await self._attempts.outcome(record, content, begun, keeps=on_failure == "DO_NOTHING")
            if outcome.plan is None or outcome.failures:
                record.content = record.content or content
                progress.fail_creation(record, content, outcome, rollback=on_failure != "DO_NOTHING")
                self._keep_made(record, outcome)
                record.reason = "" if outcome.at else outcome.reason
                await self._after_failed_creation(record, on_failure, token)
                return
            progress.complete(record, outcome.plan, members(outcome.plan.cloud, record.name))
            self._finished(record, outcome.plan, content)
            record.set("CREATE_COMPLETE", "", token)

    def _keep_made(self, record: StackRecord, outcome: Outcome) -> None:
        """Record the resources that a failed deployment made."""
        if outcome.partial and outcome.plan is not None:
            made = [*members(self._account.cloud, record.name)]
            progress.complete(
                record, outcome.plan, [one for one in made if record.member_status(logical_id(one)) in _AT_WORK]
            )
            self._identify(record)

    async def _after_failed_creation(self, record: StackRecord, on_failure: str, token: str) -> None:
        failed = [
            one.logical_id
            for one in record.members.values()
            if one.status == "CREATE_FAILED" and "cancelled" not in one.reason
        ]
        what = f"The following resource(s) failed to create: [{', '.join(failed)}]. " if failed else ""
        if on_failure == "DO_NOTHING":
            record.set("CREATE_FAILED", what or record.reason, token)
            return
        own_reason = record.reason if not failed else ""
        status = "DELETE" if on_failure == "DELETE" else "ROLLBACK"
        if on_failure == "DELETE":
            record.set("CREATE_FAILED", what, token)
        reason = f"{what}{'Delete' if on_failure == 'DELETE' else 'Rollback'} requested by user."
        record.set(f"{status}_IN_PROGRESS", own_reason or reason, token)
        progress.unmake(record, [*record.members])
        record.set(f"{status}_COMPLETE", "", token)
        if on_failure == "DELETE":
            self._gone(record)

    def _finished(self, record: StackRecord, plan: Plan, content: Content) -> None:
        record.content = content
        record.description = str(plan.root.get("Description") or "")
        record.outputs = outputs(self._account.cloud, record.name, plan.root)
        record.former = None
        self._identify(record)

    def _identify(self, record: StackRecord) -> None:
        """Record the physical ids of the resources that exist, and the nested stacks among them."""
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
            former_ids: dict[str, str] = {}

            def refused(plan: Plan) -> Failure | None:
                former_ids.update(_replaced_ids(record, plan))
                failure, at = denial(record.policy if policy is None else policy, plan.changes)
                failure = failure or self._refused_exports(plan, record.name)
                return Failure(failure, at) if failure else None

            def begun(plan: Plan) -> None:
                for change in _done(plan, record):
                    if record.member_status(change.logical_id) not in _AT_WORK:
                        progress.begin_change(record, change, plan)

            outcome = await self._attempts.outcome(record, content, begun, keeps=not rollback, check=refused)
            plan = outcome.plan
            if plan is None or outcome.failures:
                progress.tell_way_back(record, content, outcome, rollback=rollback)
                self._keep_made(record, outcome)
                if outcome.partial:
                    record.former, record.content = record.former or record.content, outcome.content
                progress.end_way_back(record, outcome, rollback=rollback, token=token)
                return
            for change in _done(plan, record):
                if record.member_status(change.logical_id) not in _AT_WORK:  # by the answer of a custom resource
                    progress.begin_change(record, change, plan)
                status = "CREATE_COMPLETE" if change.action == "Add" else "UPDATE_COMPLETE"
                record.set_member(
                    change.logical_id, change.type, status, "", "", plan.after[change.logical_id].properties
                )
            custom_ids = {name: id_ for name, id_ in _custom_ids(record).items() if name in plan.before}
            self._finished(record, plan, content)
            former_ids |= dict(custom_ids.items() - _custom_ids(record).items())
            record.set("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "", token)
            for change in reversed(plan.changes):
                if change.logical_id in former_ids:
                    stayed = stays(plan.before[change.logical_id], "UpdateReplacePolicy")
                    states = (SKIPPED,) if stayed else ("DELETE_IN_PROGRESS", DELETED)
                    record.tell_deletion(change.logical_id, former_ids[change.logical_id], states)
                if change.action == "Remove":
                    progress.remove(record, change.logical_id, plan.before[change.logical_id])
            failed = [one.logical_id for one in record.members.values() if one.status == "CREATE_FAILED"]
            progress.unmake(record, [name for name in failed if name not in plan.after])
            record.set("UPDATE_COMPLETE", "", token)

    async def take(self, record: StackRecord, content: Content, refused: Mapping[str, str], token: str = "") -> None:
        """Import resources of the account into a stack; on a failure it is as before."""
        async with self._turn:
            before = {name: replace(one) for name, one in record.members.items()}
            record.set("IMPORT_IN_PROGRESS", _BY_USER, token)
            failures = [Failure(why, name) for name, why in refused.items()]
            if not failures:
                outcome = await self._attempts.outcome(
                    record, content, lambda plan: progress.begin_import(record, content, plan), keeps=False
                )
                failures = [*outcome.failures]
                if outcome.plan is not None and not failures:
                    progress.complete(
                        record, outcome.plan, [outcome.plan.after[name].resource for name in content.imported]
                    )
                    self._finished(record, outcome.plan, content)
                    record.set("IMPORT_COMPLETE", "", token)
                    return
            progress.fail_import(record, content, {failure.at: failure.reason for failure in failures})
            record.set("IMPORT_ROLLBACK_IN_PROGRESS", failures[0].reason if failures else "", token)
            record.members = before
            record.set("IMPORT_ROLLBACK_COMPLETE", "", token)

    async def roll_back(self, record: StackRecord, token: str = "") -> None:
        """Take a stack that stopped at a failure to the state before it (RollbackStack)."""
        async with self._turn:
            begun = "ROLLBACK" if record.status == "CREATE_FAILED" else "UPDATE_ROLLBACK"
            record.set(f"{begun}_IN_PROGRESS", _BY_USER, token)
            failure = await (self._unmade(record) if begun == "ROLLBACK" else self._undone(record))
            record.set(f"{begun}_FAILED" if failure else f"{begun}_COMPLETE", failure, token)

    async def _unmade(self, record: StackRecord) -> str:
        """Delete what a failed creation made; return why that failed."""
        failure, _ = await self._deleted(record, self._attempts.seen(record), set())
        if not failure:
            progress.unmake(record, [*record.members])
        return failure

    async def _undone(self, record: StackRecord) -> str:
        """Undo what a failed update made; return why that failed."""
        if record.former is None:
            return ""
        plan, failure = await self._attempts.back_to(record, record.former)
        if plan is None or failure is not None:
            return failure.reason if failure is not None else ""
        for change in plan.changes:
            if change.action == "Remove":
                progress.remove(record, change.logical_id, None)
            else:
                record.set_member(change.logical_id, change.type, "UPDATE_COMPLETE")
        there = [*plan.after, *(change.logical_id for change in plan.changes)]
        progress.unmake(record, [name for name in record.members if name not in there])
        self._finished(record, plan, record.former)
        return ""

    def _refused_exports(self, plan: Plan, stack: str) -> str:
        """Return why an export cannot change or go: another stack imports it."""
        return next(in_use(self._account.cloud, plan.cloud, stack, "updated"), "")

    async def delete(
        self, record: StackRecord, retained: Iterable[str] = (), token: str = "", *, by_force: bool = False
    ) -> None:
        """Delete a stack; the resources that it keeps stay in the account, by force also those that cannot be deleted."""
        async with self._turn:
            before, status = self._attempts.seen(record), record.status
            gone = await self._account.would_be(self._attempts.others(record.name), record.name) if before else Cloud()
            refused = next(in_use(self._account.cloud, gone, record.name, "deleted"), "") if before else ""
            record.set("DELETE_IN_PROGRESS", _BY_USER, token)
            if refused:
                record.set("DELETE_FAILED" if status == "DELETE_FAILED" else status, refused, token)
                return
            stay = {name for name, one in before.items() if stays(one, "DeletionPolicy")} | {*retained}
            order = [logical_id(one) for one in members(self._account.cloud, record.name)]
            order = [*order, *(name for name in record.members if name not in order)]
            for name in reversed(order):
                if record.members[name].there and name not in stay:
                    record.move(name, "DELETE_IN_PROGRESS")
            failure, name = await self._deleted(record, before, stay)
            while failure and by_force and name in order and name not in stay:
                stay.add(name)
                failure, name = await self._deleted(record, before, stay)
            if failure:
                progress.fail_deletion(record, failure, name, token)
                return
            for name in reversed(order):
                if record.members[name].there:
                    record.move(name, SKIPPED if name in stay else DELETED)
            record.set(DELETED, "", token)
            self._gone(record)

    async def _deleted(self, record: StackRecord, before: Mapping[str, Seen], stay: set[str]) -> tuple[str, str]:
        deployed = self._attempts.deployed(record.name)
        if not before and deployed is None:
            return "", ""
        try:
            if deployed is not None:
                stay_at = {(record.name, name) for name in stay}
                await self._attempts.custom.deleted(deployed, own(self._account.cloud, record.name), stay_at)
            refuse_needed(self._account.cloud, record.name, stay)
            await refuse_full_buckets(self._account, record.name, stay)
            kept_ones = [before[name].resource for name in stay if name in before]
            await self._account.deploy(self._attempts.others(record.name), kept_ones, record.name)
        except NetfulError as error:
            at = error.resource_id if isinstance(error, DeploymentError) else ""
            return refusal(error), own_name(record.name, at, self._account.cloud)
        return "", ""

    def _gone(self, record: StackRecord) -> None:
        record.deleted = now()
        nested.end(self._stacks, record)
        self._stacks.by_name.pop(record.name, None)


def _replaced_ids(record: StackRecord, plan: Plan) -> Mapping[str, str]:
    """Return the physical ids that replaced resources have before their replacement, by logical id."""
    names = replacements(plan.changes, plan.after)
    return {name: record.members[name].physical_id for name in names if name in record.members}


def _custom_ids(record: StackRecord) -> dict[str, str]:
    """Return the physical ids of custom resources, by logical id: their functions choose them."""
    custom = [one for one in record.members.values() if one.there and one.type.startswith(CUSTOM_TYPES)]
    return {one.logical_id: one.physical_id for one in custom}


def _done(plan: Plan, record: StackRecord) -> list[ResourceChange]:
    """Return the changes that make and update resources, in the order of their dependencies."""
    return ordered([one for one in plan.changes if one.action != "Remove"], plan, record.name)
