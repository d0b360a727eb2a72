"""Servers that a stack runs as its databases and caches: which ones, at which interfaces, and why not.

Values that a deployment reads, such as `{{resolve:secretsmanager:…}}`, are read once, when the server is made: a secret that
changes later does not change a password, unless AWS itself would rotate both.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from netful.engine.names.managed_places import server_of
from netful.engine.trace.ends.default_ports import default_port
from netful.hosts.answers import AnswerKind, answers
from netful.hosts.engines import mariadb, memcached, postgresql, rabbitmq, valkey
from netful.hosts.engines.engine import Engine, Installed, engine_of, installed
from netful.hosts.engines.server import Client, Server
from netful.hosts.engines.settings import Missing, major_of
from netful.hosts.places import places_of
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, is_true
from netful.model.names.generated.managed_names import managed_names
from netful.model.names.generated.master_secret import master_secret_name
from netful.model.network.network_interface import NetworkInterface
from netful.services.deploy.dynamic_references import DynamicReferences
from netful.stack.network.template_clusters import made_for

_Maker = Callable[[Cloud, Resource, Installed], Server]


class _Database(Protocol):
    """Module of an engine whose data is copied from a template."""

    def template(self, program: Installed) -> Server: ...
    def server(self, cloud: Cloud, database: Resource, program: Installed, made: Path) -> Server: ...


def _with_template(engine: _Database) -> _Maker:
    return lambda cloud, one, program: engine.server(cloud, one, program, made_for(engine.template(program), program))


_MAKERS: Mapping[Engine, _Maker] = {
    Engine.MARIADB: _with_template(mariadb),
    Engine.MEMCACHED: memcached.server,
    Engine.POSTGRESQL: _with_template(postgresql),
    Engine.RABBITMQ: rabbitmq.server,
    Engine.VALKEY: valkey.server,
}
# Types with passwords that may be references.
_WITH_PASSWORDS = ("AWS::RDS::", "AWS::AmazonMQ::", "AWS::ElastiCache::", "AWS::MemoryDB::")


class Servers:
    """The servers of a stack's databases and caches. `problems` are the reasons why one does not run, by its resource."""

    def __init__(self, references: DynamicReferences) -> None:
        self._references = references
        self.problems: dict[str, str] = {}

    async def placed(self, cloud: Cloud) -> dict[str, tuple[Server, NetworkInterface]]:
        """Return the servers of a cloud, each by its interface."""
        self.problems = {}
        found: dict[str, tuple[Server, NetworkInterface]] = {}
        cloud = await _with_values(cloud, self._references)
        for host in self._run_by_engines(cloud):
            try:
                made = _made(cloud, host)
            except Missing as reason:
                self.problems[host] = str(reason)
                continue
            found |= {eni.id: (made, eni) for eni in places_of(cloud, host) if made is not None}
        return found

    def read_again(self) -> None:
        """Read references again when the servers are made next."""
        self._references = self._references.again()

    async def client(self, cloud: Cloud, host: str) -> Client | None:
        """Return the client of a database or cache, with the password that its secret has now; None if no server of netful runs."""
        server = server_of(cloud, host)
        if server not in self._run_by_engines(cloud) or server in self.problems:
            return None
        made = _made(await _with_values(cloud, self._references.again()), server)
        if made is None or made.client is None:
            return None
        name = next(managed_names(cloud.template.resources[host], cloud.region))
        return made.client.at(name, default_port(cloud, host, 0))

    def _run_by_engines(self, cloud: Cloud) -> list[str]:
        every = (one for one in answers(cloud) if one.kind is AnswerKind.ENGINE)
        return [*dict.fromkeys(server_of(cloud, one.resource) for one in every)]


async def _with_values(cloud: Cloud, references: DynamicReferences) -> Cloud:
    """Return a cloud in which the references of databases and caches are read."""
    every = cloud.template.resources
    there = [_with_secret(cloud, one) for one in every.values() if one.type.startswith(_WITH_PASSWORDS)]
    read = {one.id: replace(one, properties=await _filled(one.properties, references)) for one in there}
    return cloud.having(resources={**every, **read})


async def _filled(value: Any, references: DynamicReferences) -> Any:
    if isinstance(value, Unknown):
        return await references.value_of(value)
    if isinstance(value, Mapping):
        return {name: await _filled(one, references) for name, one in value.items()}
    return [await _filled(one, references) for one in value] if isinstance(value, list) else value


def _made(cloud: Cloud, host: str) -> Server | None:
    """Return the server of a database or cache; None without its program. Raises Missing if a value is not known."""
    resource = cloud.template.resources[host]
    engine = engine_of(resource)
    assert engine is not None
    settings = cloud.compute.engine_settings.get(host)
    program = installed(
        engine, major_of(resource.properties.get("EngineVersion")), settings.program if settings else ""
    )
    return _MAKERS[engine](cloud, resource, program) if program else None


def _with_secret(cloud: Cloud, database: Resource) -> Resource:
    """Return a database with a reference to the secret that RDS makes for its master user, if it makes one."""
    secret = master_secret_name(database.type, database.id, cloud.region_of(database.id), cloud.account_id)
    if secret is None or not is_true(database.properties.get("ManageMasterUserPassword")):
        return database
    reference = f"{{{{resolve:secretsmanager:{secret}:SecretString:password}}}}"
    password = Unknown("RDS makes it", (), reference)
    return replace(database, properties={**database.properties, "MasterUserPassword": password})
