"""Engines, and the programs of the machine that are their servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from netful.model.core.resource import Resource

_POSTGRESQL = Path("/usr/lib/postgresql")
_CACHES = {
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::MemoryDB::Cluster",
}


class Engine(StrEnum):
    """An engine, by the name of its program."""

    POSTGRESQL = "postgresql"
    VALKEY = "valkey"


PACKAGES = {Engine.POSTGRESQL: "postgresql", Engine.VALKEY: "valkey-server"}
"""The Debian package with the program of each engine."""


@dataclass(frozen=True, slots=True, order=True)
class Installed:
    """A program of the machine; `major` is its major version, 0 where the path does not tell."""

    major: int
    path: Path


def engine_of(resource: Resource) -> Engine | None:
    """Return the engine of a database or cache; None for resources for which netful has none."""
    engine = str(resource.properties.get("Engine") or "").lower()
    if resource.type in {"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"}:
        return Engine.POSTGRESQL if engine in {"postgres", "aurora-postgresql"} else None
    if resource.type in _CACHES:
        return None if engine == "memcached" else Engine.VALKEY
    return None


def installed(engine: Engine, major: int = 0) -> Installed | None:
    """Return the program of an engine: that of a major version, else the newest; None if the machine has none."""
    found = sorted(_programs(engine))
    return next((one for one in found if one.major == major), found[-1] if found else None)


def _programs(engine: Engine) -> Iterator[Installed]:
    if engine is Engine.VALKEY:
        for name in ("redis-server", "valkey-server"):
            path = shutil.which(name)
            if path:
                yield Installed(0 if name == "redis-server" else 1, Path(path))
        return
    for folder in _POSTGRESQL.iterdir() if _POSTGRESQL.is_dir() else ():
        if folder.name.isdigit() and (folder / "bin/postgres").exists() and (folder / "bin/initdb").exists():
            yield Installed(int(folder.name), folder / "bin/postgres")
