"""Template clusters of databases: made once on a machine, in the user's cache, and copied for each database."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.functions.inside import privileges
from netful.hosts.engines.engine import Installed
from netful.hosts.engines.server import Server
from netful.model.core import StackError
from netful.services.tls.authority import Authority
from netful.sources.files.user_cache import user_cache
from netful.stack.network.exec_namespace import Sandbox, kill, spawn_confined, write_resolver
from netful.stack.network.host_folder import Surroundings, surroundings
from netful.stack.network.networks import Networks

_LOG = "log"


def made_for(maker: Server, program: Installed) -> Path:
    """Return the folder of a program's template cluster: another one for another program, user or content."""
    content = (maker.command, maker.files, program.path.stat().st_mtime_ns, privileges.has_many_ids())
    digest = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
    return user_cache("engines") / f"{maker.engine}-{digest}"


class TemplateClusters:
    """The template clusters that a stack uses."""

    def __init__(self, networks: Networks, authority: Authority) -> None:
        self._networks = networks
        self._authority = authority

    async def make(self, maker: Server, target: Path, position: Position, region: str) -> None:
        """Make a template cluster, unless it is there. Raises StackError."""
        if await asyncio.to_thread(target.is_dir):
            return
        beside = target.with_name(f"{target.name}.{os.getpid()}")
        around = surroundings(beside, maker, self._authority, region)
        try:
            code = await self._run(maker, around, position)
            if code:
                said = (beside / _LOG).read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
                raise StackError("the template of the databases cannot be made", why=said or f"exit code {code}")
            with contextlib.suppress(OSError):  # another stack has made it meanwhile
                (beside / maker.data).rename(target)
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    async def _run(self, maker: Server, around: Surroundings, position: Position) -> int:
        write_resolver(around.folder / "resolv.conf", position)
        with (around.folder / _LOG).open("wb") as log:
            process = await self._networks.make(partial(_spawn, maker, around, position, log.fileno()), kill)
        try:
            return await asyncio.to_thread(process.wait)
        except asyncio.CancelledError:
            kill(process)
            raise


def _spawn(
    maker: Server, around: Surroundings, position: Position, output: int, _fabric: Fabric
) -> subprocess.Popen[bytes]:
    return spawn_confined(
        position, ["/bin/sh", "-c", maker.command], output, around.environment,
        sandbox=Sandbox(around.folder, around.readable, (), never_root=True), bundle=around.bundle, cwd=str(around.folder),
    )  # fmt: skip
