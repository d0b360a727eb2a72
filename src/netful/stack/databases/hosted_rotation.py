"""Passwords of database users, changed as the functions of AWS's hosted rotation change them.

| rotation | in the database |
|---|---|
| single user | the user changes its own password |
| multi user | the superuser makes a second user, `NAME_clone`, with the rights of the first; rotations alternate between both |
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.rds_data.sessions import Session, User, opened
from netful.engine.names.managed_places import names_of, server_of
from netful.hosts.engines.engine import Engine, engine_of
from netful.model.cloud import Cloud
from netful.stack.databases.server_sessions import ServerSessions

_CLONE = "_clone"
_ENGINES = (Engine.POSTGRESQL, Engine.MARIADB)
_IDENTIFIED = re.compile(r" IDENTIFIED BY PASSWORD '[^']*'")

Value = Mapping[str, Any]
"""The JSON of a secret."""


class HostedRotation:
    """Changes of passwords in the databases that netful runs."""

    def __init__(self, servers: ServerSessions) -> None:
        self._servers = servers

    async def rotate(self, value: Value, password: str, superuser: Value | None) -> Value:
        """Return the secret with its new password, which its database has then; with a superuser for the other user of two.

        A secret without a database changes alone. Raises ConnectionError and ApiError if the database does not take it.
        """
        database = _database_of(self._servers.running.cloud, str(value.get("host") or ""))
        old = User(str(value.get("username")), str(value.get("password")))
        new = User(_other(old.name) if superuser else old.name, password)
        if database is not None:
            by = User(str(superuser.get("username")), str(superuser.get("password"))) if superuser else old
            await self._run(database, str(value.get("dbname") or ""), by, old, new)
        elif superuser is not None:
            raise ConnectionError("the secret has no `host` of a database that netful runs")
        return {**value, "username": new.name, "password": new.password}

    async def _run(self, database: str, name: str, by: User, old: User, new: User) -> None:
        engine = engine_of(self._servers.running.cloud.template.resources[database])
        assert engine is not None
        place = (name or "postgres") if engine is Engine.POSTGRESQL else ""  # of a user who may see none
        sock = await self._servers.dial(database)
        await asyncio.to_thread(_change, engine, lambda: opened(engine, sock, by, place), old, new)


def _database_of(cloud: Cloud, host: str) -> str | None:
    """Return the id of the database with a name; None for a name of another kind of resource, and of none."""
    found = next((one for one in cloud.template.resources.values() if host in names_of(cloud, one)), None)
    server = cloud.template.resources[server_of(cloud, found.id)] if found is not None else None
    return server.id if server is not None and engine_of(server) in _ENGINES else None


def _other(name: str) -> str:
    return name.removesuffix(_CLONE) if name.endswith(_CLONE) else f"{name}{_CLONE}"


def _change(engine: Engine, begin: Callable[[], Session], old: User, new: User) -> None:
    """Change the password of one user, or make and change the other; blocks."""
    session = begin()
    try:
        statements = _postgresql if engine is Engine.POSTGRESQL else _mariadb
        for sql, parameters in statements(session, old, new):
            session.run(sql, parameters, {})
    finally:
        session.close()


def _postgresql(session: Session, old: User, new: User) -> Iterator[tuple[str, Value]]:
    from pg8000.native import identifier, literal  # noqa: PLC0415  # with the session

    role, password = identifier(new.name), literal(new.password)
    there = session.run("SELECT 1 FROM pg_roles WHERE rolname = :name", {"name": new.name}, {}).rows
    if there:
        yield f"ALTER ROLE {role} PASSWORD {password}", {}
        return
    yield f"CREATE ROLE {role} LOGIN PASSWORD {password}", {}
    yield f"GRANT {identifier(old.name)} TO {role}", {}


def _mariadb(session: Session, old: User, new: User) -> Iterator[tuple[str, Value]]:
    given = {"user": new.name, "password": new.password}
    if new.name == old.name:
        yield "SET PASSWORD = PASSWORD(:password)", given
        return
    yield "CREATE USER IF NOT EXISTS :user@'%' IDENTIFIED BY :password", given
    yield "ALTER USER :user@'%' IDENTIFIED BY :password", given
    for (grant,) in session.run("SHOW GRANTS FOR :old@'%'", {"old": old.name}, {}).rows:
        granted, _, _ = _IDENTIFIED.sub("", str(grant)).rpartition(" TO ")
        yield f"{granted} TO :user@'%'", given
