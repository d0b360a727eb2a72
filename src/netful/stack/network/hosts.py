"""Hosts of a stack that run programs, with their status and logs.

A program is restarted when its table in `netful.toml`, or a file that the table names, changes, or when it gets another interface.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from netful.fabric.position import Position
from netful.functions.invocations.logs import LogGroup
from netful.hosts.answers import answers
from netful.hosts.engines.server import Client, Server
from netful.hosts.places import places_of
from netful.model.cloud import Cloud
from netful.model.core import SourceError, StackError, file_name
from netful.model.difference import same
from netful.model.functions.programs import Program
from netful.model.network.network_interface import NetworkInterface
from netful.services.deploy.dynamic_references import DynamicReferences
from netful.services.tls.authority import Authority
from netful.sources.files.complaint import close_match
from netful.sources.project.user_data import with_script
from netful.stack.network.attached_ports import AttachedPorts
from netful.stack.network.host_folder import Surroundings, surroundings
from netful.stack.network.host_run import HostRun, HostState
from netful.stack.network.networks import Networks
from netful.stack.network.servers import Servers
from netful.stack.network.template_clusters import TemplateClusters
from netful.stack.running_cloud import FollowingPart

_SETTLE_SECONDS = 10.0


class Hosts(FollowingPart):
    """The running programs of a cloud's hosts, and the ports of those that answer themselves.

    `vacate` ends the containers that another cloud does not have, whose ports a program may get.
    """

    def __init__(
        self,
        cloud: Cloud,
        networks: Networks,
        authority: Authority,
        folder: Path,
        references: DynamicReferences,
        vacate: Callable[[Cloud], Awaitable[None]],
        kept: Path | None = None,
    ) -> None:
        self._cloud = cloud
        self._servers = Servers(references)
        self._ports = AttachedPorts(networks)
        self._vacate = vacate
        self._networks = networks
        self._authority = authority
        self._folder = folder
        self._data = (kept or folder.parent) / "databases"
        self._templates = TemplateClusters(networks, authority)
        self._runs: dict[str, HostRun] = {}
        self._logs: dict[str, LogGroup] = {}
        self.problems: dict[str, str] = {}
        """The reason why a host runs no program, by the host's id."""

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Run the programs of another cloud. Programs that are the same in both clouds run on.

        Returns when each program that starts quickly serves, has ended, or has used up its time to start.
        """
        self._cloud = cloud
        wanted = {**await self._servers.placed(cloud), **dict(_placed(cloud))}
        self.problems = {**self._servers.problems} | {
            id_: "no instance has this id or name" if id_ not in cloud.template.resources else "it has no interface"
            for id_, program in cloud.compute.programs.items()
            if id_ not in _ids(wanted) and not program.image
        }
        self._read_user_data(wanted, cloud)
        positions = await self._positions(wanted)
        await self._ports.end(cloud)
        await self._vacate(cloud)
        gone = [
            eni_id
            for eni_id, run in self._runs.items()
            if not self._stays(run, wanted.get(eni_id), positions.get(eni_id))
        ]
        await asyncio.gather(*(self._runs.pop(eni_id).close() for eni_id in gone))
        await self._ports.begin()
        self.problems |= self._ports.problems
        self._logs = {id_: self._logs.get(id_) or LogGroup(id_) for id_ in (*cloud.compute.programs, *_ids(wanted))}
        for eni_id, (program, eni) in wanted.items():
            if eni_id in self._runs:
                self._runs[eni_id].program = program  # which may be at another line
            elif eni_id in positions:
                around = await self._around(program, positions[eni_id], eni_id, cloud.region_of_interface(eni))
                if around is None:
                    continue
                self._runs[eni_id] = HostRun(program, positions[eni_id], self._networks, around, self._logs[program.id])
        await self._settle()

    async def renew(self, cloud: Cloud) -> None:
        """Give the servers the values that their secrets have now; a server with other ones starts again."""
        self._servers.read_again()
        await self.follow(cloud, cloud)

    async def _settle(self) -> None:
        waiting = [asyncio.ensure_future(run.settled.wait()) for run in self._runs.values() if not _is_slow(run)]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=_SETTLE_SECONDS)
            for one in late:
                one.cancel()

    def _read_user_data(self, wanted: dict[str, tuple[Program, NetworkInterface]], cloud: Cloud) -> None:
        """Read the scripts of instances that calls launched, where netful.toml allows them; a problem for those that cannot run."""
        for eni_id, (program, eni) in [*wanted.items()]:
            if program.user_data and not program.command:
                try:
                    wanted[eni_id] = (with_script(program, cloud.template.resources, eni.owner_id), eni)
                except SourceError as refusal:
                    del wanted[eni_id]
                    self.problems[program.id] = f"{refusal.what}: {refusal.why}".removesuffix(": ")

    async def _positions(self, wanted: dict[str, tuple[Program, NetworkInterface]]) -> dict[str, Position]:
        found = {}
        for eni_id, (program, _) in wanted.items():
            try:
                found[eni_id] = await self._networks.interface(eni_id)
            except StackError as refusal:
                self.problems[program.id] = refusal.why or refusal.what
        return found

    @staticmethod
    def _stays(run: HostRun, wanted: tuple[Program, NetworkInterface] | None, position: Position | None) -> bool:
        return (
            wanted is not None
            and position is not None
            and same(run.program, wanted[0])
            and (run.position.netns is position.netns and run.position.address == position.address)
        )

    async def _around(self, program: Program, position: Position, eni_id: str, region: str) -> Surroundings | None:
        """Make the folder of a program; None, and a problem, if a server's template cannot be made."""
        folder = self._folder / file_name(eni_id)
        if isinstance(program, Server) and program.data:
            folder = self._data / file_name(program.id)
        if isinstance(program, Server) and program.template is not None:
            try:
                await self._templates.make(program.template, Path(program.readable[0]), position, region)
            except StackError as refusal:
                self.problems[program.id] = refusal.why or refusal.what
                return None
        return surroundings(folder, program, self._authority, region)

    async def settle(self) -> None:
        """Delete the data of databases that the cloud does not have."""
        there = {file_name(id_) for id_ in self._cloud.template.resources}
        for folder in self._data.iterdir() if self._data.is_dir() else ():
            if folder.name not in there:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def server_at(self, host_id: str, eni_id: str = "") -> HostRun | None:
        """Return the running server of a database or cache, of several the one at an interface; None if netful runs none."""
        at = self._runs.get(eni_id)
        return at if at is not None and at.program.id == host_id else self._servers_by_id().get(host_id)

    def _servers_by_id(self) -> dict[str, HostRun]:
        return {run.program.id: run for run in self._runs.values() if isinstance(run.program, Server)}

    async def client(self, host_id: str) -> Client:
        """Return the client of a database or cache. Raises StackError if no server of netful runs there."""
        found = await self._servers.client(self._cloud, host_id)
        if found is None:
            runs = self.server_at(host_id) is not None
            raise StackError(
                f"netful has no client for `{host_id}`" if runs else f"no server of netful runs at `{host_id}`",
                why=self.problems.get(host_id, ""),
                hint=close_match(host_id, self._servers_by_id(), "`netful status` lists what answers"),
            )
        return found

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
            if isinstance(run.program, Server) and run.program.warning:
                yield f"{run.program.origin}: `{run.program.id}`: {run.program.warning}"
            if run.state is not HostState.RUNNING or run.why:
                why = run.why or "it does not serve yet"
                yield f"{run.program.origin}: `{run.program.id}` is {run.state}: {why}"
        yield from (f"`{id_}` runs nothing: {why}" for id_, why in self.problems.items())

    def status(self) -> list[dict[str, Any]]:
        """Return the hosts as `netful status --format json` prints them."""
        return [
            {
                "resource": run.program.id,
                "address": str(run.position.address),
                "command": run.program.engine if isinstance(run.program, Server) else run.program.shown,
                "engine": run.program.engine if isinstance(run.program, Server) else "",
                "state": str(run.state),
                "restarts": run.restarts,
                "why": run.why,
            }
            for run in self._runs.values()
        ]

    def answers(self) -> list[dict[str, Any]]:
        """Return what answers at the interfaces of each host, as `netful status --format json` prints it."""
        found = answers(self._cloud)
        problems = {id_: why for id_, why in self.problems.items() if id_ not in self._cloud.compute.programs}
        return [asdict(one.without(problems[one.resource]) if one.resource in problems else one) for one in found]

    async def close(self) -> None:
        """End all programs."""
        self._ports.close()
        await asyncio.gather(*(run.close() for run in self._runs.values()))
        self._runs.clear()


def _is_slow(run: HostRun) -> bool:
    return isinstance(run.program, Server) and run.program.slow


def _ids(wanted: dict[str, tuple[Program, NetworkInterface]]) -> dict[str, None]:
    return dict.fromkeys(program.id for program, _ in wanted.values())


def _placed(cloud: Cloud) -> Iterator[tuple[str, tuple[Program, NetworkInterface]]]:
    """Return the position of each program, by the interface."""
    for program in (one for one in cloud.compute.programs.values() if not one.image):
        for eni in places_of(cloud, program.id):
            yield eni.id, (program, eni)
