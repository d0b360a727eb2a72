"""Process of AWS back ends that answers for every service, as the event loop sees it.

The daemon uses one stream of frames, not a pool of connections, because the process answers one call at a time. A socket
pair leaves no path in the file system and closes with either side. The process receives nothing from the host: it has a
new environment, no credentials and no network (`services.moto.process`).
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from pathlib import Path

import msgspec

from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.names import service_names
from netful.services.backends.call_stream import CallStream
from netful.services.backends.frames import FrameCall, Initiative, Load, Recall, RoleReply, Timetable
from netful.services.backends.state_folder import StateFolder
from netful.services.deploy.deployed import NOTHING, Deployed, add, deployment_of, not_known, remove
from netful.services.deploy.kinds.resource_kind import LATER
from netful.services.deploy.kinds.resource_kinds import hosts_in_use, services_in_use
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Request, Response

_AS_WRITTEN = {
    name.lower(): name
    for name in (
        "Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length",
        "Content-Range", "Content-Type", "Date", "ETag", "Expires", "Last-Modified", "Location", "Server",
    )
}  # fmt: skip
"""AWS's spelling of headers that moto writes in lower case: mappings of API Gateway tell the two apart (api-gateway §5.2)."""

_UNAVAILABLE = Response(503, (("Content-Type", "application/json"),), b'{"message":"Service Unavailable"}')
LOG_FILE = "services.log"
SOON_SECONDS = 2.0


class Backends:
    """The back ends of a stack. `warnings` list the parts of the template that could not be put into them.

    `left_out` are the reasons, by the id of the resource, where AWS does not make that either.

    `deliver` receives what services do by themselves: messages to a target outside of the back ends, mostly to a function, and
    calls and events of state machines.

    A process that ends by itself (out of memory, killed) is restarted, with the resources of the template and the state that
    was `kept`. Until then calls return 503. A process that ends soon after its start is not restarted: it would end again
    and again.
    """

    def __init__(
        self,
        cloud: Cloud,
        state_folder: Path,
        deliver: Callable[[Initiative], None] = lambda _message: None,
        kept: StateFolder | None = None,
    ) -> None:
        self.warnings: tuple[str, ...] = ()
        self.left_out: Mapping[str, str] = {}
        self._up = False
        self._started_at = 0.0
        self._restart: asyncio.Task[None] | None = None
        self._cloud = cloud
        self._kept = kept
        self._deployed = self._written = NOTHING
        self._wanted: Deployed | None = None
        self._unknown: frozenset[str] = frozenset()
        self._formers: dict[tuple[str, str], str | None] = {}
        self._log_path = state_folder / LOG_FILE
        self._process: subprocess.Popen[bytes] | None = None
        self._stream: CallStream | None = None
        self._deliver = deliver
        self._imported: frozenset[str] = frozenset()
        self._filled: Timetable | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Start the process, load the services that the stack uses, and deploy the template's resources.

        Await this on a thread that lives as long as the daemon: the process dies with the thread (fabric §3).
        """
        if self._kept:
            await asyncio.to_thread(self._kept.take)
        try:
            await self._begin()
        except ConnectionError as error:
            why = await asyncio.to_thread(self._last_words)
            raise StackError("the service back ends did not start", why=why) from error

    def _last_words(self) -> str:
        """Return the last line of the process's log, which is deleted with the stack's folder; without one, the exit status."""
        lines = (
            self._log_path.read_text(encoding="utf-8", errors="replace").splitlines() if self._log_path.exists() else []
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            assert self._process is not None
            silent = f"their process ended with exit status {self._process.wait(SOON_SECONDS)}"
        return next((line.strip() for line in reversed(lines) if line.strip()), silent)

    async def _begin(self) -> None:
        near, far = socket.socketpair()
        near.setblocking(False)  # noqa: FBT003  # the socket's own interface
        with far:
            self._process = self._spawn(far)
        loop = asyncio.get_running_loop()
        self._started_at = loop.time()
        _, stream = await loop.create_unix_connection(lambda: CallStream(self._on_end, self._receive), sock=near)
        self._stream = stream
        await stream.ready()
        warnings = await self._recall(stream)
        await asyncio.gather(*(stream.ask(Load(0, host)) for host in hosts_in_use(self._cloud)))
        self._deployed = self._written = self._kept.deployed() if self._kept else NOTHING
        self.warnings = (*warnings, *await self._add(self._ask))
        await self._remove(self._ask)
        if not stream.open:  # each call since then was answered with 503
            raise ConnectionResetError("the service back ends ended while they were filled")
        self._up = True
        if self._filled or self._kept:  # in a kept state, calls may have deleted those of the template
            self._deliver(self._filled or Timetable([]))

    def _receive(self, message: Initiative) -> None:
        """Take what services do by themselves; the schedules are complete when the process is filled."""
        if isinstance(message, Timetable) and not self._up:
            self._filled = message
        else:
            self._deliver(message)

    async def _recall(self, stream: CallStream) -> tuple[str, ...]:
        """Restore the kept state in the process; return warnings."""
        if self._kept is None:
            return ()
        answer = await stream.ask(Recall(0, str(self._kept.journal)))
        if answer.status != 200:
            what, why, hint = msgspec.json.decode(answer.body, type=tuple[str, str, str])
            raise StackError(what, why=why, hint=hint)
        refused = int(answer.body)
        return (f"{refused} of the calls in `{self._kept.journal}` could not be repeated",) if refused else ()

    async def _add(self, call_host: CallHost) -> tuple[str, ...]:
        """Make the resources of the cloud; return warnings of the failures."""
        again, there, self._wanted = self._kept is not None, self._deployed, self._deployment()
        self._unknown = not_known(self._cloud)
        self._deployed = there.and_also(self._wanted)  # as many may exist where this is interrupted
        there, left_out = await add(self._cloud, there, call_host, self._formers, again=again, imported=self._imported)
        self.left_out = {one.resource_id: one.why for one in left_out if not one.is_made}
        await self._keep(there)
        return tuple(map(str, left_out))

    async def _remove(self, call_host: CallHost) -> None:
        """Delete the resources that the cloud does not have."""
        await self._keep(await remove(self._cloud, self._deployed, call_host, keeps=bool(self._imported)))
        self._formers.clear()

    async def _keep(self, there: Deployed) -> None:
        if self._kept and there != self._written:
            await asyncio.to_thread(self._kept.keep, there)
            self._written = there
        self._deployed = there

    def _on_end(self) -> None:
        """Start another process, unless this one was stopped or ended soon after its start."""
        loop = asyncio.get_running_loop()
        lasted = loop.time() - self._started_at
        if self._up and lasted > SOON_SECONDS:
            self._restart = loop.create_task(self._begin_again())
        self._up = False

    async def _begin_again(self) -> None:
        if self._process:
            await asyncio.to_thread(self._process.wait)
        self._filled = Timetable([])  # those of calls are lost, unless the state is kept
        try:
            await self._begin()
        except ConnectionError:
            self.warnings = (f"the service back ends ended and could not be restarted; see `{self._log_path}`",)
        else:
            outcome = "their state is restored" if self._kept else "data that was put there is lost"
            again = f"the service back ends ended and were restarted: {outcome}"
            self.warnings = tuple(dict.fromkeys((*self.warnings, again)))

    @contextlib.asynccontextmanager
    async def importing(self, ids: Collection[str]) -> AsyncIterator[None]:
        """Take resources of the next cloud, by their ids, as there already; after a failure they are not the template's."""
        self._imported, before = frozenset(ids), self._deployed
        try:
            yield
        except BaseException:
            if ids:
                await self._keep(before)  # else the next start would delete them
            raise
        finally:
            self._imported = frozenset()

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Make the resources of another cloud; those that it does not have are deleted when the change is over."""
        async with self._turn:
            self._cloud = cloud
            if (self._wanted, self._unknown) != (self._deployment(), not_known(self._cloud)):
                self.warnings = await self._add(self._call_host)

    async def settle(self) -> None:
        """Delete the resources that the cloud that was followed last does not have."""
        async with self._turn:
            await self._remove(self._call_host)

    def _deployment(self) -> Deployed:
        return deployment_of(self._cloud, self._deployed.opened)

    async def open_in_use(self) -> None:
        """Make the resources of services that wait for their first call: what these refuse is known then."""
        for service in services_in_use(self._cloud.template.resources.values(), later=True):
            await self._open(service)

    async def _open(self, service: str) -> None:
        """Make the template's resources in a service that is called for the first time."""
        async with self._turn:
            if self._up and service not in self._deployed.opened:
                self._deployed = msgspec.structs.replace(self._deployed, opened=(*self._deployed.opened, service))
                self.warnings = tuple(dict.fromkeys((*self.warnings, *await self._add(self._call_host))))

    def _spawn(self, stream: socket.socket) -> subprocess.Popen[bytes]:
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        module = "netful.services.moto.process"  # its environment is its own: `-I` would also ignore how it allocates
        command = [sys.executable, "-P", "-s", "-m", module, str(os.getpid()), str(stream.fileno())]
        with self._log_path.open("ab") as log:
            return subprocess.Popen(
                command,
                env=_environment(self._cloud),
                # The folder stays locked as long as either process may write to it.
                pass_fds=(stream.fileno(), *([self._kept.lock] if self._kept else [])),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the daemon handles an interrupt at the terminal
            )

    @property
    def pid(self) -> int | None:
        """Process id, None before the start."""
        return self._process.pid if self._process else None

    async def call(self, service: str, request: Request) -> Response:
        """Call a service (its endpoint code) in the cloud's region. The host that the request names is ignored."""
        return await self.call_host(service_names.service(service).host(self._cloud.region), request)

    async def call_host(self, host: str, request: Request) -> Response:
        """Call the service that answers on `host`, one of AWS's public names."""
        found = service_names.service_of_host(host)
        if found and found[0].code in LATER and found[0].code not in self._deployed.opened:
            await self._open(found[0].code)
        return await self._call_host(host, request)

    async def _call_host(self, host: str, request: Request) -> Response:
        return await self._ask(host, request) if self._up else _UNAVAILABLE

    async def _ask(self, host: str, request: Request) -> Response:
        if self._stream is None:
            return _UNAVAILABLE
        call = FrameCall(0, host, request.method, request.path_and_query, request.headers, request.body)
        try:
            answer = await self._stream.ask(call)
        except ConnectionError:
            return _UNAVAILABLE
        headers = tuple((_AS_WRITTEN.get(name, name), value) for name, value in answer.headers)
        return Response(answer.status, headers, answer.body)

    def reply(self, message: RoleReply) -> None:
        """Answer a call of a state machine."""
        if self._stream is not None:
            self._stream.reply(message)

    async def close(self) -> None:
        """End the process; its state is lost, except for what is kept."""
        self._up = False
        if self._restart:
            self._restart.cancel()
        if self._stream:
            self._stream.close()
        if self._process:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        if self._kept:
            await asyncio.to_thread(self._kept.close)


_MEMORY = ("PYTHONMALLOC", "GLIBC_TUNABLES", "MALLOC_ARENA_MAX")
"""Settings of a process's allocation: where memory is dear, as in some virtual machines, large pages halve the time of a start."""


def _environment(cloud: Cloud) -> dict[str, str]:
    """Return the process's environment, which contains nothing from the host but the settings of memory."""
    nowhere = os.devnull
    return {
        **{name: os.environ[name] for name in _MEMORY if name in os.environ},
        "MOTO_ACCOUNT_ID": cloud.account_id,
        "MOTO_ACM_VALIDATION_WAIT": "0",
        "MOTO_ALLOW_NONEXISTENT_REGION": "true",
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "AWS_DEFAULT_REGION": cloud.region,
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "BOTO_CONFIG": nowhere,
        "PYTHONHASHSEED": "0",
        "PATH": "",
        "HOME": "/",
    }
