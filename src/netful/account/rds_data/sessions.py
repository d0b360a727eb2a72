"""Sessions of databases for the Data API, by a driver of each engine. A session is for one thread at a time."""

import re
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from netful.account.wire.errors import ApiError
from netful.hosts.engines.engine import Engine
from netful.model.core import Frozen

_SECONDS = 45  # the longest time of a statement, unless it continues
_TIMED_OUT = {"57014", "70100"}  # SQLSTATE of PostgreSQL, of MariaDB
_TAKEN = {"self", "sql", "stream", "types"}
_JSON_TYPES = (114, 3802)
_TYPES = {UUID: "UUID_TYPE", Decimal: "NUMERIC", date: "DATE", time: "TIME", datetime: "TIMESTAMP"}
# Texts and comments without an end go to the end of the statement: to look for it at each beginning takes quadratic time.
PARAMETER = re.compile(
    r"'(?:[^'\\]|''|\\.)*+(?:'|\Z)|\"(?:[^\"\\]|\\.)*+(?:\"|\Z)|`[^`]*+(?:`|\Z)|--[^\n]*+|/\*.*?(?:\*/|\Z)"
    r"|:(?P<name>[A-Za-z_]\w*)|%",
    re.DOTALL,
)


class User(Frozen):
    """A user of a database, by name and password."""

    name: str
    password: str


class Result(Frozen):
    """The outcome of a statement: the columns and rows that it selects, the rows that it changes, the id that it generates."""

    columns: tuple[str, ...] | None
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    updated: int = 0
    generated: int | None = None


class Session(Protocol):
    """A session. Statements raise ApiError with the database's own words."""

    def run(
        self, sql: str, parameters: Mapping[str, Any], hints: Mapping[str, str], *, unlimited: bool = False
    ) -> Result:
        """Run a statement with named parameters. `hints` are AWS's hints of their types; a statement that is not `unlimited` has 45 s."""

    def close(self) -> None:
        """End the session; what is not committed is undone."""


class _PostgreSql:
    def __init__(self, sock: socket.socket, user: User, database: str) -> None:
        from pg8000 import native  # noqa: PLC0415  # a sixth of a second, which few stacks need

        self._driver = native
        try:
            self._connection = native.Connection(
                user.name, password=user.password, database=database, sock=sock, ssl_context=_unverified()
            )
        except native.DatabaseError as error:
            raise _refusal(error) from error
        for oid in _JSON_TYPES:
            self._connection.register_in_adapter(oid, str)

    def run(
        self, sql: str, parameters: Mapping[str, Any], hints: Mapping[str, str], *, unlimited: bool = False
    ) -> Result:
        sql, parameters, hints = _renamed(sql, parameters, hints)
        types = {name: self._type(value, hints.get(name, "")) for name, value in parameters.items()}
        try:
            self._connection.run(f"SET statement_timeout = {0 if unlimited else 1000 * _SECONDS}")
            rows = self._connection.run(sql, types=types, **parameters)
            columns, updated = self._connection.columns, self._connection.row_count
            names = self._type_names({one["type_oid"] for one in columns or ()})
        except (self._driver.DatabaseError, self._driver.InterfaceError) as error:
            raise _refusal(error) from error
        if columns is None:
            return Result(None, (), (), max(updated, 0))
        kinds = tuple(names.get(one["type_oid"], "") for one in columns)
        return Result(tuple(str(one["name"]) for one in columns), kinds, tuple(map(tuple, rows or ())))

    def _type(self, value: Any, hint: str) -> int:
        """Return the type of a parameter: a text without a hint is one, and fits no column of another type, as on AWS."""
        if isinstance(value, str):
            return int(self._driver.JSON if hint == "JSON" else self._driver.VARCHAR)
        return int(getattr(self._driver, _TYPES.get(type(value), ""), -1))  # -1: the server finds it

    def _type_names(self, oids: set[int]) -> dict[int, str]:
        asked = "SELECT oid::int4, typname FROM pg_type WHERE oid::int4 = ANY(:oids)"
        return dict(self._connection.run(asked, oids=[*oids])) if oids else {}

    def close(self) -> None:
        self._connection.close()


class _MariaDb:
    def __init__(self, sock: socket.socket, user: User, database: str) -> None:
        import pymysql  # noqa: PLC0415  # with the first statement

        self._driver = pymysql
        self._connection = pymysql.connect(
            user=user.name, password=user.password, database=database or None, defer_connect=True, autocommit=True,
            ssl=_unverified(),
        )  # fmt: skip
        try:
            self._connection.connect(sock)
        except pymysql.MySQLError as error:
            raise _refusal_of_mariadb(error) from error

    def run(
        self, sql: str, parameters: Mapping[str, Any], hints: Mapping[str, str], *, unlimited: bool = False
    ) -> Result:
        del hints  # the server converts texts
        given = {name: str(value) if isinstance(value, UUID) else value for name, value in parameters.items()}
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(f"SET max_statement_time = {0 if unlimited else _SECONDS}")
                cursor.execute(PARAMETER.sub(_for_pymysql, sql), given)
            except self._driver.MySQLError as error:
                raise _refusal_of_mariadb(error) from error
            except KeyError as error:
                raise ApiError("BadRequestException", f"Named parameter {error} has no value") from error
            if cursor.description is None:
                return Result(None, (), (), max(cursor.rowcount, 0), cursor.lastrowid or None)
            kinds = tuple(self._driver.constants.FIELD_TYPE.__dict__.items())
            names = {number: name for name, number in kinds if isinstance(number, int)}
            columns = tuple(str(one[0]) for one in cursor.description)
            return Result(columns, tuple(names.get(one[1], "") for one in cursor.description), tuple(cursor.fetchall()))

    def close(self) -> None:
        self._connection.close()


_DRIVERS: Mapping[Engine, Callable[[socket.socket, User, str], Session]] = {
    Engine.POSTGRESQL: _PostgreSql,
    Engine.MARIADB: _MariaDb,
}


def opened(engine: Engine, sock: socket.socket, user: User, database: str) -> Session:
    """Open a session on a connected socket, which ends with it. Raises ApiError if the database refuses the user."""
    sock.setblocking(True)  # noqa: FBT003  # the driver's own thread waits
    try:
        return _DRIVERS[engine](sock, user, database)
    except BaseException:
        sock.close()
        raise


def _unverified() -> ssl.SSLContext:
    """Return a context for a server of the stack, at its own address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _renamed(
    sql: str, parameters: Mapping[str, Any], hints: Mapping[str, str]
) -> tuple[str, Mapping[str, Any], Mapping[str, str]]:
    """Return a statement whose parameters have none of the names that pg8000 gives a meaning."""
    taken = _TAKEN & parameters.keys()
    if not taken:
        return sql, parameters, hints
    names = {name: f"{name}_of_client" if name in taken else name for name in parameters}
    changed = PARAMETER.sub(lambda match: f":{names[match['name']]}" if match["name"] in taken else match[0], sql)
    return changed, {names[k]: v for k, v in parameters.items()}, {names.get(k, k): v for k, v in hints.items()}


def _for_pymysql(match: re.Match[str]) -> str:
    if match["name"]:
        return f"%({match['name']})s"
    return match[0].replace("%", "%%")


def _refusal(error: Exception) -> ApiError:
    """Return the error of PostgreSQL as the Data API words it."""
    found = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    place = f"; Position: {found['P']}" if "P" in found else ""
    return _fault(found.get("C", ""), f"ERROR: {found.get('M', error)}{place}; SQLState: {found.get('C', '')}")


def _refusal_of_mariadb(error: Exception) -> ApiError:
    code, said = (*error.args, "", "")[:2]
    state = {1969: "70100"}.get(code, "HY000") if isinstance(code, int) else ""
    return _fault(state, f"{said}; Error code: {code}; SQLState: {state}")


def _fault(state: str, text: str) -> ApiError:
    if state in _TIMED_OUT:
        return ApiError("StatementTimeoutException", f"Request timed out at {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    return ApiError("DatabaseErrorException", text)
