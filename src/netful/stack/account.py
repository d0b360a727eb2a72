"""The account of a running stack: the stacks in it, and its way to others (`account.cloudformation.account.Account`)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netful.account import kept
from netful.account.carried import carried, edits_of, known_ids
from netful.account.changes import changed
from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.records import StackRecord
from netful.account.kept import KeptAccount
from netful.engine.apis import deployments
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.allocation import keep_addresses
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.difference import Difference, differences
from netful.model.steps import Step
from netful.services.backends.backend import Backends
from netful.services.http.message import Request, Response
from netful.sources.account.deployed_stack import DeployedStack, DeployedStacks
from netful.stack import stack_settings
from netful.stack.control.settings import Settings
from netful.stack.parts import truststores
from netful.stack.parts.functions import Functions
from netful.stack.running_cloud import RunningCloud

FOLDER = "account"


@dataclass(frozen=True, slots=True)
class AccountStart:
    """State of an account at its start: what is kept of it, its cloud as written, and its folder.

    `keeps` is set if the folder outlives the process.
    """

    kept: KeptAccount
    written: Cloud
    cloud: Cloud
    folder: Path
    keeps: bool


def begun(settings: Settings, stack_folder: Path) -> AccountStart:
    """Return the account that settings begin with: that of the templates, and what an earlier process kept of it.

    Blocks. Raises NetfulError if something cannot be read.
    """
    keeps = bool(settings.state_folder)
    folder = (Path(settings.state_folder) if keeps else stack_folder) / FOLDER
    found = kept.read(folder) if keeps else KeptAccount()
    for record in found.records:
        record.interrupted()
    written = stack_settings.cloud(settings, DeployedStacks(found.deployed(), found.known_ids))
    edits = [*found.edits()] if settings.empty else []  # a template is the truth of its stack
    return AccountStart(found, written, changed(written, edits) if edits else written, folder, keeps)


class StackAccount:
    """The account: the templates that `up` named, and the stacks that CloudFormation's API deployed."""

    def __init__(
        self, settings: Settings, running: RunningCloud, backends: Backends, functions: Functions, start: AccountStart
    ) -> None:
        self._written = start.written
        self._folder = start.folder
        self._keeps = start.keeps
        self.records: tuple[StackRecord, ...] = tuple(start.kept.records)
        self._gone: frozenset[str] = frozenset()
        self._committed = self.stacks = start.kept.deployed()
        self._settings = settings
        self._running = running
        self._backends = backends
        self._functions = functions
        self._known_ids: Mapping[str, Mapping[str, str]] = start.kept.known_ids

    @property
    def as_written(self) -> Cloud:
        """The cloud as its templates have it, before calls of other APIs changed anything."""
        return self._written

    @property
    def folder(self) -> Path:
        """The folder for templates and objects of its stacks."""
        return self._folder

    @property
    def cloud(self) -> Cloud:
        """The cloud that runs."""
        return self._running.cloud

    async def would_be(self, stacks: Sequence[DeployedStack], without: str = "") -> Cloud:
        """Return the cloud with these stacks, as written. Raises NetfulError where one cannot be read."""
        deployed = DeployedStacks(stacks, self._known_ids, self._gone | {without})
        return await asyncio.to_thread(stack_settings.cloud, self._settings, deployed)

    async def deploy(self, stacks: Sequence[DeployedStack], kept: Iterable[Resource] = (), without: str = "") -> None:
        """Become the cloud with these stacks, and with resources `kept` that no stack has any more.

        `without` is the stack of a template file that is deleted, until the next `netful up`.
        Raises NetfulError; nothing has changed then. A DeploymentError names a resource that a service refuses.
        """
        written = await self.would_be(stacks, without)
        was, left_out = self._written, {*self._backends.left_out}
        await self._become(lambda cloud: carried(was, cloud, written, kept), written)
        new = [id_ for id_ in self._backends.left_out if id_ not in left_out]
        if new:
            why = self._backends.left_out[new[0]]
            back = await self.would_be(self.stacks)
            await self._become(lambda cloud: carried(written, cloud, back), back)
            raise DeploymentError(why, new[0])
        self.stacks, self._gone = tuple(stacks), self._gone | {without}
        self._known_ids = known_ids(self.cloud, stacks)

    async def follow_files(self, settings: Settings) -> tuple[Difference, ...]:
        """Become the cloud of other templates or values of `up`, and undo what calls changed; return the differences.

        An account without templates keeps what calls changed: there is nothing to go back to.
        """
        deployed = DeployedStacks(self.stacks, self._known_ids)
        written = await asyncio.to_thread(stack_settings.cloud, settings, deployed)
        self._settings, self._gone, before = settings, frozenset(), self.cloud
        was = self._written
        await self._become(lambda cloud: carried(was, cloud, written) if settings.empty else written, written)
        return differences(before, self.cloud)

    async def _become(self, next_cloud: Step, written: Cloud) -> None:
        found = await truststores.read(written, self._backends.call_host)
        await self._running.become(
            lambda cloud: truststores.having(
                deployments.carried(keep_addresses(next_cloud(cloud), cloud), cloud), found
            )
        )
        self._written = written

    def keep(self, records: Sequence[StackRecord]) -> None:
        """Keep these records, and the stacks that are deployed, for a later process.

        A stack that is being deployed is kept as it was before.
        """
        busy, before = {one.name for one in records if one.busy}, self._committed
        done = (one for one in self.stacks if one.name not in busy)
        self.records, self._committed = tuple(records), (*done, *(one for one in before if one.name in busy))
        self._write()

    def _write(self) -> None:
        if self._keeps:
            edits = edits_of(self._written, self.cloud)
            kept.write(self._folder, kept.kept_account(self.records, self._committed, self._known_ids, edits))

    async def start(self) -> None:
        """Do nothing: an account is there with its cloud."""

    async def follow(self, _before: Cloud, _cloud: Cloud) -> None:
        """Do nothing: the account changes when the change is over."""

    async def settle(self) -> None:
        """Keep what calls changed."""
        self._write()

    async def close(self) -> None:
        """Do nothing: everything is kept already."""

    async def call_host(self, host: str, request: Request) -> Response:
        """Call the back end of the service that answers on a host."""
        return await self._backends.call_host(host, request)

    async def invoke(self, function: str, payload: bytes) -> bytes:
        """Invoke a function by its name or ARN, and return its answer. Raises DeploymentError."""
        name = function.rpartition(":function:")[2] or function
        name, _, qualifier = name.partition(":")
        service = self._functions.current()
        found = next(
            (one.id for one in self.cloud.compute.functions.values() if name in (one.id, one.function_name)), None
        )
        if found is None:
            raise DeploymentError(f"Function not found: {function}")
        try:
            done = await service.invoke(found, payload, qualifier=qualifier or "$LATEST")
        except InvokeRefused as refusal:
            raise DeploymentError(f"{refusal.code}: {refusal.message}") from None
        if done.function_error:
            raise DeploymentError(f"{function} failed: {done.payload.decode(errors='replace')}")
        return done.payload
