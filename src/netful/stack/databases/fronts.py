"""Fronts of the databases that netful runs, at their interfaces, and the users of proxies: passwords of their secrets, and tokens of IAM."""

import logging
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from netful.engine.names.managed_places import proxy_of, server_of, standbys_of
from netful.fabric.position import Position
from netful.hosts.fronts.front import Front
from netful.hosts.fronts.planned import fronts_of
from netful.hosts.places import places_of
from netful.model.cloud import Cloud
from netful.model.core import StackError, Unknown
from netful.model.json_texts import json_object
from netful.model.names.generated.database_ids import database_id
from netful.model.names.generated.managed_names import managed_names
from netful.services.deploy.dynamic_references import DynamicReferences
from netful.services.front.database_tokens import DatabaseEnd, refusal
from netful.stack.databases.front_run import FrontRun
from netful.stack.network.hosts import Hosts
from netful.stack.network.networks import Networks
from netful.stack.parts.signers import signers
from netful.stack.running_cloud import FollowingPart

log = logging.getLogger(__name__)


class DatabaseLogins:
    """The users of a front in one cloud."""

    def __init__(self, front: Front, cloud: Cloud, references: DynamicReferences) -> None:
        self._front = front
        self._cloud = cloud
        self._references = references.again()

    async def password_of(self, user: str) -> str | None:
        """Return the password of a user by the proxy's secrets; None if no secret has the user."""
        for secret in self._front.proxy.secrets if self._front.proxy else ():
            reference = f"{{{{resolve:secretsmanager:{secret}:SecretString}}}}"
            text = await self._references.value_of(Unknown("a secret", (), reference))
            content = json_object(text) if isinstance(text, str) else {}
            if content.get("username") == user and isinstance(content.get("password"), str):
                return str(content["password"])
        return None

    def refusal(self, token: str, user: str) -> str:
        """Return the reason why a token of IAM does not admit a user, "" if it does."""
        cloud, id_ = self._cloud, self._front.id if self._front.proxy else self._front.server
        every = cloud.template.resources.values()
        named_in_policies = proxy_of(cloud, id_) or cloud.template.resources[id_]
        same = [one for one in every if server_of(cloud, one.id) == id_ and proxy_of(cloud, one.id) is None]
        named = [cloud.template.resources[id_]] if self._front.proxy else same
        names = (name for one in named for name in managed_names(one, cloud.region))
        ends = frozenset(f"{name}:{self._front.port}" for name in names)
        users = cloud.arn("rds-db", f"dbuser:{database_id(named_in_policies.type, named_in_policies.id)}")
        why = refusal(token, user, DatabaseEnd(ends, users), signers(cloud), datetime.now(UTC))
        if why:
            log.warning("%s refuses the user %r: %s", id_, user, why)
        return why


class Fronts(FollowingPart):
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
            self._runs[eni_id].front = front  # which may be at another line
            self._runs[eni_id].look()

    async def _wanted(self, cloud: Cloud) -> AsyncIterator[tuple[str, Front, Position]]:
        for front in fronts_of(cloud):
            if self._hosts.server_at(front.server) is None:
                continue
            for eni in standbys_of(cloud, front.id) if front.standby else places_of(cloud, front.id):
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
