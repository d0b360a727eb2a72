"""Fronts of the databases that netful runs, at their interfaces."""

import logging
import ssl
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from netful.fabric.position import Position
from netful.hosts.fronts.front import Front
from netful.hosts.fronts.planned import fronts_of
from netful.hosts.places import places_of
from netful.model.cloud import Cloud
from netful.model.core.errors import StackError
from netful.services.deploy.dynamic_references import DynamicReferences
from netful.stack.databases.front_run import FrontRun
from netful.stack.databases.logins import DatabaseLogins
from netful.stack.network.hosts import Hosts
from netful.stack.network.networks import Networks
from netful.stack.running_cloud import Part

log = logging.getLogger(__name__)


class Fronts(Part):
    """The fronts of a cloud's databases."""

    def __init__(
        self,
        cloud: Cloud,
        networks: Networks,
        hosts: Hosts,
        references: DynamicReferences,
        far_as: Callable[[str], ssl.SSLContext],
    ) -> None:
        self._cloud = cloud
        self._networks = networks
        self._hosts = hosts
        self._references = references
        self._far_as = far_as
        self._runs: dict[str, FrontRun] = {}

    async def start(self) -> None:
        """Accept connections."""
        await self.follow(self._cloud, self._cloud)

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Be the fronts of another cloud. The connections of those that stay the same go on."""
        self._cloud = cloud
        wanted = {eni_id: (front, position) async for eni_id, front, position in self._wanted(cloud)}
        for eni_id, run in [*self._runs.items()]:
            if eni_id not in wanted or not run.is_at(*wanted[eni_id]):
                await self._runs.pop(eni_id).close()
        for eni_id, (front, position) in wanted.items():
            if eni_id not in self._runs:
                listening = await self._networks.listen(position, front.port)
                server = partial(self._hosts.server_at, front.server, eni_id)
                self._runs[eni_id] = FrontRun(
                    front, position, listening, self._networks, server, self._logins, self._far_as
                )
            self._runs[eni_id].look()

    async def _wanted(self, cloud: Cloud) -> AsyncIterator[tuple[str, Front, Position]]:
        for front in fronts_of(cloud):
            if self._hosts.server_at(front.server) is None:
                continue
            for eni in places_of(cloud, front.id):
                try:
                    yield eni.id, front, await self._networks.interface(eni.id)
                except StackError:
                    log.warning("no front at %s", eni.id, exc_info=True)

    def _logins(self, front: Front) -> DatabaseLogins:
        return DatabaseLogins(front, self._cloud, self._references)

    @property
    def warnings(self) -> list[str]:
        """Return warnings for fronts that do not reach their server."""
        return [
            f"{one.front.origin}: `{one.front.id}` is unhealthy: {one.why}" for one in self._runs.values() if one.why
        ]

    def status(self) -> list[dict[str, Any]]:
        """Return the fronts as `netful status --format json` prints them, among the hosts."""
        return [
            {
                "resource": one.front.id,
                "address": str(one.position.address),
                "command": one.front.what,
                "engine": one.front.what,
                "state": "unhealthy" if one.why else "running",
                "restarts": 0,
                "why": one.why,
            }
            for one in self._runs.values()
            if one.front.id != one.front.server
        ]

    async def close(self) -> None:
        """End the fronts and their connections."""
        while self._runs:
            await self._runs.popitem()[1].close()
