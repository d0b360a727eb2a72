"""Engines, and the programs of the machine that are their servers."""

import mmap
import os
import shutil
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from netful.model.core import Frozen, Resource

_POSTGRESQL, _RABBITMQ = Path("/usr/lib/postgresql"), Path("/usr/lib/rabbitmq/lib")
_SYSTEM_PATH = ":/usr/local/sbin:/usr/sbin"  # not on the path of an ordinary user
_MARK = b"-MariaDB\0"
_CACHES = {
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::MemoryDB::Cluster",
}


class Engine(StrEnum):
    """An engine, by the name of its program."""

    MARIADB = "mariadb"
    MEMCACHED = "memcached"
    POSTGRESQL = "postgresql"
    RABBITMQ = "rabbitmq"
    VALKEY = "valkey"


# Programs of each engine, the preferred one last.
_NAMES = {
    Engine.MARIADB: ("mariadbd",),
    Engine.MEMCACHED: ("memcached",),
    Engine.VALKEY: ("redis-server", "valkey-server"),
}
PACKAGES = {
    Engine.MARIADB: "mariadb-server-core",
    Engine.MEMCACHED: "memcached",
    Engine.POSTGRESQL: "postgresql",
    Engine.RABBITMQ: "rabbitmq-server",
    Engine.VALKEY: "valkey-server",
}
"""The Debian package with the program of each engine."""

_OF_RDS = {
    "aurora": Engine.MARIADB,
    "aurora-mysql": Engine.MARIADB,
    "aurora-postgresql": Engine.POSTGRESQL,
    "mariadb": Engine.MARIADB,
    "mysql": Engine.MARIADB,
    "postgres": Engine.POSTGRESQL,
}


class Installed(Frozen, order=True):
    """A program of the machine; `major` is its major version, 0 where the path does not tell."""

    major: int
    path: Path

    def warning(self, name: str, wanted: int) -> str:
        """Return that the template has another major version of an engine; "" if it has this one, or none."""
        return f"{name} {self.major} runs, the template has {wanted}" if wanted not in {0, self.major} else ""


def engine_of(resource: Resource) -> Engine | None:
    """Return the engine of a database, cache or broker; None for resources for which netful has none."""
    engine = str(resource.properties.get("Engine") or "").lower()
    if resource.type in {"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"}:
        return _OF_RDS.get(engine)
    if resource.type == "AWS::AmazonMQ::Broker":
        return Engine.RABBITMQ if str(resource.properties.get("EngineType")).lower() == "rabbitmq" else None
    if resource.type in _CACHES:
        return Engine.MEMCACHED if engine == "memcached" else Engine.VALKEY
    return None


def installed(engine: Engine, major: int = 0, chosen: str = "") -> Installed | None:
    """Return the program of an engine: the chosen one, that of a major version, or the newest; None if the machine has none."""
    if chosen:
        return Installed(_version_of(engine, Path(chosen)), Path(chosen))
    found = sorted(_programs(engine))
    return next((one for one in found if one.major == major), found[-1] if found else None)


def _programs(engine: Engine) -> Iterator[Installed]:
    if engine is Engine.POSTGRESQL:
        yield from _postgresql()
    if engine is Engine.RABBITMQ:
        yield from _rabbitmq()
    for number, name in enumerate(_NAMES.get(engine, ())):
        path = shutil.which(name, path=os.environ.get("PATH", "") + _SYSTEM_PATH)
        if path:
            yield Installed(_version_in(Path(path)) if engine is Engine.MARIADB else number, Path(path))


def _version_of(engine: Engine, program: Path) -> int:
    """Return the major version of a program: that of PostgreSQL and RabbitMQ is in the name of the folder that Debian installs it in."""
    if engine is Engine.MARIADB:
        return _version_in(program)
    folder = program.parent.parent.name.removeprefix("rabbitmq_server-").partition(".")[0]
    return int(folder) if folder.isdigit() else 0


def _postgresql() -> Iterator[Installed]:
    for folder in _POSTGRESQL.iterdir() if _POSTGRESQL.is_dir() else ():
        if folder.name.isdigit() and (folder / "bin/postgres").exists() and (folder / "bin/initdb").exists():
            yield Installed(int(folder.name), folder / "bin/postgres")


def _rabbitmq() -> Iterator[Installed]:
    for program in _RABBITMQ.glob("rabbitmq_server-*/sbin/rabbitmq-server"):
        yield Installed(_version_of(Engine.RABBITMQ, program), program)


@lru_cache
def _version_in(program: Path) -> int:
    """Return the major version that MariaDB's program contains: to start it for that would take longer."""
    with program.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as content:
        end = content.find(_MARK)
        version = content[max(content.rfind(b"\0", 0, end) + 1, 0) : end]
    major = version.partition(b".")[0]
    return int(major) if end > 0 and major.isdigit() else 0
