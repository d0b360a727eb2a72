"""Context of CloudFormation's operations: the account, its stacks, and the deployments at work."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.deployments.deployment import Deployments
from netful.account.cloudformation.deployments.plan import Plan
from netful.account.cloudformation.deployments.refusals import refuse_other_types
from netful.account.cloudformation.records import Content, StackRecord
from netful.account.cloudformation.stacks import Stacks
from netful.account.cloudformation.templates.contents import Contents
from netful.account.cloudformation.templates.template_text import parsed, section
from netful.account.operations.query_api import Parameters
from netful.account.reading import Paging
from netful.model.core import NetfulError, StackError

log = logging.getLogger(__name__)

Answer = Mapping[str, Any]
_AT_ONCE_SECONDS = 20.0


class Context:
    """The stacks of an account with their deployments."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.contents = Contents(account)
        self.stacks = Stacks()
        self.deployments = Deployments(account, self.stacks)
        for record in account.records():
            self.stacks.add(record)
        account.records = lambda: [*reversed([*self.stacks])]
        self.detections: dict[str, Answer] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def work(self, record: StackRecord, work: Coroutine[Any, Any, None]) -> None:
        """Start a deployment, and wait a while for its end: clients look at once, and then only every 30 seconds."""
        task = asyncio.create_task(self._to_an_end(record, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=_AT_ONCE_SECONDS)

    async def _to_an_end(self, record: StackRecord, work: Coroutine[Any, Any, None]) -> None:
        """Run a deployment, and keep its end before a client can see it."""
        try:
            await _to_an_end(record, work)
            self.stacks.forget()
            self.account.keep()
        except StackError:
            log.exception("the end of the deployment of `%s` is not kept", record.name)

    async def close(self) -> None:
        """End the deployments that are at work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def planned(self, record: StackRecord, content: Content) -> Plan | None:
        """Return the plan of a deployment; None where it would fail, which its events tell then. Raises ApiError for a type that changes."""
        try:
            plan = await self.deployments.plan(record, content)
        except NetfulError:
            return None
        refuse_other_types(plan.before, plan.after)
        return plan


async def _to_an_end(record: StackRecord, work: Coroutine[Any, Any, None]) -> None:
    """Run a deployment. A fault of netful's own ends the stack in a failed state, so that clients do not wait for ever."""
    try:
        await work
    except Exception as fault:
        log.exception("the deployment of `%s` failed", record.name)
        if record.busy:
            state = record.status.partition("_")[0]
            record.set(f"{state}_FAILED", f"Internal Failure: {type(fault).__name__}: {fault}")


Operation = Callable[[Context, Parameters], Awaitable[Answer]]


def differs(record: StackRecord, content: Content, plan: Plan) -> bool:
    """Return whether an update changes anything: resources, outputs, tags."""
    former = record.content
    if former is None or record.status in ("CREATE_FAILED", "UPDATE_FAILED"):
        return True
    outputs = section(parsed(former.body), "Outputs") != section(plan.root, "Outputs")
    return bool(plan.changes) or outputs or [*former.tags] != [*content.tags]


page = Paging(
    "NextToken", "NextToken", "MaxResults", 100, "ValidationError", "The specified NextToken is not valid."
).page
