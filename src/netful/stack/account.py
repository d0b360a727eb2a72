"""The account of a running stack: the stacks in it, and its way to others (`account.cloudformation.account.Account`)."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from netful.account import rollouts
from netful.account.carried import carried, edits_of, known_ids
from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.deployments import custom_resources
from netful.account.cloudformation.records import StackRecord
from netful.account.iam.back_end import changed_roles, take_roles
from netful.account.kept import kept_account, kept_files
from netful.account.kept.kept_account import MadeByCalls
from netful.account.kept.kept_addresses import KeptAddresses
from netful.account.resource_differences import with_resources
from netful.account.set_policies import staying
from netful.account.things import made_by_calls
from netful.engine.apis import deployments
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.allocation import keep_addresses
from netful.model.cloud import Cloud
from netful.model.core import Resource, StackError
from netful.model.difference import Difference
from netful.model.functions.compute import qualified
from netful.model.steps import Step
from netful.services.backends.backend import Backends
from netful.services.http.message import Request, Response
from netful.sources.account.deployed_stack import DeployedStack, DeployedStacks
from netful.stack import stack_settings
from netful.stack.account_start import AccountStart, check_kind
from netful.stack.control.settings import Settings
from netful.stack.parts import truststores
from netful.stack.parts.functions import Functions
from netful.stack.running_cloud import Part, RunningCloud

log = logging.getLogger(__name__)


class StackAccount(Part):
    """The account: the templates that `up` named, and the stacks that CloudFormation's API deployed."""

    def __init__(
        self, settings: Settings, running: RunningCloud, backends: Backends, functions: Functions, start: AccountStart
    ) -> None:
        self._written = start.written
        self._next: tuple[Cloud, Cloud] | None = None
        self._content = b""
        self._folder = start.folder
        self._keeps = start.keeps
        self.records: Callable[[], Sequence[StackRecord]] = lambda: start.kept.records
        self._gone: frozenset[str] = frozenset()
        self._waiting: frozenset[str] = frozenset()
        self._committed = self.stacks = start.kept.deployed()
        self._settings = settings
        self._running = running
        self._backends = backends
        self._functions = functions
        self._known_ids: Mapping[str, Mapping[str, str]] = start.kept.known_ids
        self._made: dict[tuple[str, str], Mapping[str, Any]] = {}

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
        taken = self.cloud.template.resources.keys() - self._written.template.resources.keys()
        deployed = DeployedStacks(stacks, self._known_ids, self._gone | {without}, self._made, taken)
        return await asyncio.to_thread(stack_settings.cloud, self._settings, deployed)

    async def deploy(
        self,
        stacks: Sequence[DeployedStack],
        kept: Iterable[Resource] = (),
        without: str = "",
        imported: Collection[str] = (),
    ) -> None:
        """Become the cloud with these stacks, and with resources `kept` that no stack has any more.

        `without` is the stack of a template file that is deleted, until the next `netful up`. `imported` are resources that the
        account or its services have already.
        Raises NetfulError; nothing has changed then. A DeploymentError names a resource that a service refuses. One that waits
        for a custom resource is made by a later call, with the answer.
        """
        written = await self.would_be(stacks, without)
        was, waiting = self._written, custom_resources.waiting(written, stacks)
        expected = (self._backends.left_out.keys() - self._waiting) | waiting
        async with self._backends.importing(imported):
            await self._become(lambda cloud: carried(was, cloud, written, kept, imported), written)
        await self._backends.open_in_use()
        new = [id_ for id_ in self._backends.left_out if id_ not in expected]
        if new:
            why = self._backends.left_out[new[0]]
            back = await self.would_be(self.stacks)
            await self._become(lambda cloud: carried(written, cloud, back), back)
            raise DeploymentError(why, new[0])
        self.stacks, self._gone, self._waiting = tuple(stacks), self._gone | {without}, waiting
        self._known_ids = known_ids(self.cloud, stacks)

    async def follow_files(self, settings: Settings) -> tuple[Difference, ...]:
        """Become the cloud of other templates or values of `up`, and undo what calls changed; return the differences.

        An account without templates keeps what calls changed: there is nothing to go back to. Every account keeps roles and
        policies of resources, as the back ends do. Raises StackError, and changes nothing, if the code of a function that runs is gone.
        """
        if self._keeps:
            check_kind(self._settings.state_folder, settings, of_templates=not self._settings.empty)
        deployed = DeployedStacks(self.stacks, self._known_ids, made=self._made)
        written = await asyncio.to_thread(stack_settings.cloud, settings, deployed)
        _require_code(self.cloud, written)
        self._settings, self._gone, before = settings, frozenset(), self.cloud
        was = self._written
        await self._become(lambda cloud: carried(was, cloud, written) if settings.empty else written, written)
        return with_resources(before, self.cloud)

    def made_in(self, stack: str, logical_id: str) -> Mapping[str, Any] | None:
        """Return the answer of a custom resource of a template that `up` named; None before its function was called."""
        return self._made.get((stack, logical_id))

    async def take(self, stack: str, logical_id: str, made: Mapping[str, Any]) -> None:
        """Become the cloud with the answer of a custom resource, if another resource uses it. Raises NetfulError."""
        self._made[stack, logical_id] = made
        was, written = self._written, await self.would_be(self.stacks)
        if written != was:
            await self._become(lambda cloud: carried(was, cloud, written), written)

    async def _become(self, next_cloud: Step, written: Cloud) -> None:
        found = await truststores.read(written, self._backends.call_host)
        written = keep_addresses(written, self.cloud)

        def step(cloud: Cloud) -> Cloud:
            following = deployments.carried(keep_addresses(next_cloud(cloud), cloud), cloud)
            following = following.having(set_policies=staying(cloud, following))
            self._next = truststores.having(rollouts.carried(following, cloud), found), written
            return self._next[0]

        roles = changed_roles(made_by_calls(self._written, self.cloud), self._written)
        await self._running.become(step)
        self._written = written
        await take_roles(self._running, self.cloud.region, self._backends.call_host, roles)

    def keep(self) -> None:
        """Keep the records, and the stacks that are deployed, for a later process.

        A stack that is being deployed is kept as it was before. Raises UnkeptError if they cannot be written.
        """
        busy, before = {one.name for one in self.records() if one.busy}, self._committed
        done = (one for one in self.stacks if one.name not in busy)
        self._committed = (*done, *(one for one in before if one.name in busy))
        self._write(self._written, self.cloud)
        if not busy:
            self._delete_unused()

    def _write(self, written: Cloud, cloud: Cloud) -> None:
        """Write what a later process needs, unless the file has it. Raises UnkeptError; the file is as before then."""
        if not self._keeps:
            return
        versions = self._functions.current().made_versions()
        empty = self._settings.empty
        addresses = KeptAddresses.of(cloud) if empty else KeptAddresses()
        made = MadeByCalls(edits_of(written, cloud), made_by_calls(written, cloud), versions, addresses)
        content = kept_account.as_bytes(
            kept_account.kept_account(self.records(), self._committed, self._known_ids, made, empty=empty)
        )
        if content != self._content:
            kept_account.write(self._folder, content)
            self._content = content

    def _delete_unused(self) -> None:
        """Delete the files that nothing uses any more; a deployment at work may use others."""
        versions = self._functions.current().made_versions().values()
        published = (one.function.code.local_path for made in versions for one in made.versions)
        used = kept_files.used_files(self.records(), (*self.stacks, *self._committed), self.cloud)
        try:
            kept_files.delete_unused(
                self._folder, (*used, *map(Path, filter(None, published))), time.time() - kept_files.YOUNG_SECONDS
            )
        except OSError:
            log.exception("files that are not used any more are left")

    async def start(self) -> None:
        """Keep the account as it begins, and delete files that it does not use."""
        self.keep()

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Keep what calls changed before they are answered. Raises UnkeptError; the whole change is then taken back."""
        written = self._next[1] if self._next and self._next[0] is cloud else self._written
        try:
            self._write(written, cloud)
        except StackError:
            if cloud is not self.cloud:  # on the way back the file has the former cloud already
                raise

    async def settle(self) -> None:
        """Take the cloud as written from the last change, if it was done."""
        if self._next and self._next[0] is self.cloud:
            self._written = self._next[1]
        self._next = None

    async def call_host(self, host: str, request: Request) -> Response:
        """Call the back end of the service that answers on a host."""
        return await self._backends.call_host(host, request)

    def newest_version(self, function: str) -> int:
        """Return the number of the newest version that a function has had; 0 without one."""
        versions = self._functions.current().versions.get(self.cloud.function_of(function) or "")
        return versions.numbers if versions is not None else 0

    async def invoke(self, function: str, payload: bytes) -> bytes:
        """Invoke a function by its name or ARN, and return its answer. Raises DeploymentError."""
        qualifier, service = qualified(function)[1], self._functions.current()
        found = self.cloud.function_of(function)
        if found not in self.cloud.compute.functions:
            raise DeploymentError(f"Function not found: {function}")
        try:
            done = await service.invoke(found, payload, qualifier=qualifier or "$LATEST")
        except InvokeRefused as refusal:
            raise DeploymentError(f"{refusal.code}: {refusal.message}") from None
        if done.function_error:
            raise DeploymentError(f"{function} failed: {done.payload.decode(errors='replace')}")
        return done.payload


def _require_code(running: Cloud, written: Cloud) -> None:
    """Raise StackError if templates lose the code of a function that runs."""
    for function in written.compute.functions.values():
        before = running.compute.functions.get(function.id)
        if function.code.why and before is not None and not before.code.why:
            raise StackError(
                f"the code of `{function.id}` is not here: nothing was changed",
                origin=function.code.origin,
                why=function.code.why,
            )
