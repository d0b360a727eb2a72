"""Hosts of a stack that run programs, with their status and logs.

An instance runs its program at its first interface, and a stopped one runs none. A service runs one in each of its subnets. A program is restarted when
its table in `netful.toml`, or a file that the table names, changes, or when it gets another interface.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from netful.fabric.fabric import Fabric
from netful.fabric.kernel.node import addresses_of
from netful.fabric.position import Position
from netful.functions.inside import privileges
from netful.functions.invocations.logs import LogGroup
from netful.model.cloud import Cloud
from netful.model.core.errors import StackError
from netful.model.core.file_names import file_name
from netful.model.functions.programs import Program
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.services.tls.authority import Authority
from netful.sources.files import project_folder
from netful.stack.network.exec_namespace import environment
from netful.stack.network.host_run import HostRun, HostState, Surroundings
from netful.stack.network.networks import Networks

CERTIFICATE_FILE, KEY_FILE = "certificate.pem", "key.pem"
_SETTLE_SECONDS = 10.0
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")  # other variables of the user may be secrets


class Hosts:
    """The running programs of a cloud's hosts."""

    def __init__(self, cloud: Cloud, networks: Networks, authority: Authority, folder: Path) -> None:
        self._cloud = cloud
        self._networks = networks
        self._authority = authority
        self._folder = folder
        self._runs: dict[str, HostRun] = {}
        self._logs: dict[str, LogGroup] = {}
        self.problems: dict[str, str] = {}
        """The reason why a host runs no program, by the host's id."""

    async def start(self) -> None:
        """Run the programs."""
        await self.follow(self._cloud, self._cloud)

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Run the programs of another cloud. Programs that are the same in both clouds run on.

        Returns when each program serves, has ended, or has used up its time to start.
        """
        wanted = dict(_placed(cloud))
        self.problems = {
            id_: "no instance has this id or name" if id_ not in cloud.template.resources else "it has no interface"
            for id_ in cloud.compute.programs
            if id_ not in {p.id for p, _ in wanted.values()}
        }
        positions = await self._positions(wanted)
        gone = [
            eni_id
            for eni_id, run in self._runs.items()
            if not self._stays(run, wanted.get(eni_id), positions.get(eni_id))
        ]
        await asyncio.gather(*(self._runs.pop(eni_id).close() for eni_id in gone))
        self._logs = {id_: self._logs.get(id_) or LogGroup(id_) for id_ in cloud.compute.programs}
        for eni_id, (program, _) in wanted.items():
            if eni_id in positions and eni_id not in self._runs:
                around = self._surroundings(program, eni_id, cloud.region)
                self._runs[eni_id] = HostRun(program, positions[eni_id], self._networks, around, self._logs[program.id])
        await self._settle()

    async def _settle(self) -> None:
        waiting = [asyncio.ensure_future(run.settled.wait()) for run in self._runs.values()]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=_SETTLE_SECONDS)
            for one in late:
                one.cancel()

    async def _positions(self, wanted: dict[str, tuple[Program, NetworkInterface]]) -> dict[str, Position]:
        found = {}
        for eni_id, (program, _) in wanted.items():
            try:
                found[eni_id] = await self._networks.on_thread(partial(_stand, eni_id))
            except StackError as refusal:
                self.problems[program.id] = refusal.why or refusal.what
        return found

    @staticmethod
    def _stays(run: HostRun, wanted: tuple[Program, NetworkInterface] | None, position: Position | None) -> bool:
        return (
            wanted is not None
            and position is not None
            and run.program == wanted[0]
            and (run.position.netns is position.netns and run.position.address == position.address)
        )

    def _surroundings(self, program: Program, eni_id: str, region: str) -> Surroundings:
        """Make a host's folder from scratch, with its files and its certificate."""
        folder = self._folder / file_name(eni_id)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, content in program.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        if program.certificate_names:
            certificate, key = self._authority.issue(program.certificate_names)
            (folder / CERTIFICATE_FILE).write_bytes(certificate)
            (folder / KEY_FILE).touch(mode=0o600)
            (folder / KEY_FILE).write_bytes(key)
        _give(folder, program)
        whole = "environment" in program.allow
        given = {name: value for name, value in os.environ.items() if whole or name in _PASSED_ON}
        own = given | {"HOME": str(folder)} | dict(program.environment)
        project = (str(project_folder.folder_of(program.origin.file)), program.cwd) if program.cwd else ()
        readable = (str(self._authority.bundle), *project)
        made = environment(own, region, self._authority.bundle)
        return Surroundings(folder, readable, made, self._authority.bundle)

    def log(self, host_id: str) -> LogGroup | None:
        """Return the log of a host's programs; None if it runs none."""
        return self._logs.get(host_id)

    @property
    def logs(self) -> dict[str, LogGroup]:
        """Return the logs of all hosts that run programs."""
        return {**self._logs}

    @property
    def warnings(self) -> Iterator[str]:
        """Return warnings for hosts that do not serve, with the reason."""
        for run in self._runs.values():
            if run.state is not HostState.RUNNING:
                why = run.why or "it does not serve yet"
                yield f"{run.program.origin}: `{run.program.id}` is {run.state}: {why}"
        yield from (f"`{id_}` runs nothing: {why}" for id_, why in self.problems.items())

    def status(self) -> list[dict[str, Any]]:
        """Return the hosts as `netful status --format json` prints them."""
        return [
            {
                "resource": run.program.id,
                "address": str(run.position.address),
                "command": run.program.command,
                "state": str(run.state),
                "restarts": run.restarts,
                "why": run.why,
            }
            for run in self._runs.values()
        ]

    async def close(self) -> None:
        """End all programs."""
        await asyncio.gather(*(run.close() for run in self._runs.values()))
        self._runs.clear()


def _give(folder: Path, program: Program) -> None:
    """Give a host's folder to the user that its program becomes in its sandbox."""
    if privileges.has_many_ids() and not {"files", "capabilities"} & {*program.allow}:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, privileges.SANDBOX_UID, privileges.SANDBOX_UID)


def _placed(cloud: Cloud) -> Iterator[tuple[str, tuple[Program, NetworkInterface]]]:
    """Return the position of each program, by the interface."""
    for program in cloud.compute.programs.values():
        for host in (program.id, *_named(cloud, program.id)):
            enis = [eni for eni in cloud.network.interfaces_of(host) if addresses_of(eni) and not eni.idle]
            for eni in enis if enis and enis[0].owner is InterfaceOwner.SERVICE else enis[:1]:
                yield eni.id, (program, eni)


def _named(cloud: Cloud, name: str) -> Iterator[str]:
    """Yield the instances that have a name as their tag `Name`, if nothing has it as its id."""
    wanted, resources = {"Key": "Name", "Value": name}, cloud.template.resources
    for one in resources.values() if name not in resources else ():
        if one.type == "AWS::EC2::Instance" and wanted in (one.properties.get("Tags") or ()):
            yield one.id


def _stand(eni_id: str, fabric: Fabric) -> Position:
    return fabric.positions.interface(eni_id)
