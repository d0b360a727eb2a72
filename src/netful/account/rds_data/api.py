"""The operations of the Data API. A cluster answers if `EnableHttpEndpoint` is true and netful runs its database.

`schema` is ignored, as the service does.
"""

import asyncio
import json
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from netful.account.managed.databases import CLUSTERS
from netful.account.managed.view import View, flag, plain
from netful.account.operations.query_api import Operation, Parameters
from netful.account.operations.rest_json_api import RestJsonApi
from netful.account.rds_data.bounded_session import MOST_BYTES, BoundedSession
from netful.account.rds_data.sessions import Result, Session, User
from netful.account.rds_data.values import field, parameter
from netful.account.rds_data.values import plain as plain_value
from netful.account.wire.errors import ApiError
from netful.hosts.engines.engine import Engine, engine_of
from netful.model.core import Resource

Dial = Callable[[str], Awaitable[socket.socket]]
"""Connects to the server of a database by the database's id. Raises ConnectionError if netful runs none."""
ReadSecret = Callable[[str], Awaitable[str | None]]
"""Returns the text of a secret by its ARN, or None."""

_IDLE_SECONDS = 180.0


class _Transaction:
    """A session that statements share until a commit, a rollback, or three minutes without a statement."""

    def __init__(self, session: BoundedSession, end: Callable[[], None]) -> None:
        self.session = session
        self.turn = asyncio.Lock()
        self._end = end
        self._timer: asyncio.TimerHandle | None = None
        self.wait()

    def wait(self) -> None:
        """Begin the three minutes again."""
        self.settle()
        self._timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._end)

    def settle(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()


class RdsDataApi:
    """The operations. `view` shows the cloud as it is."""

    def __init__(self, view: Callable[[], View], dial: Dial, read_secret: ReadSecret) -> None:
        self._view = view
        self._dial = dial
        self._read_secret = read_secret
        self._transactions: dict[str, _Transaction] = {}
        operations: dict[str, Operation] = {
            "ExecuteStatement": self._execute,
            "BatchExecuteStatement": self._batch,
            "BeginTransaction": self._begin,
            "CommitTransaction": lambda asked: self._finish(asked, "COMMIT", "Transaction Committed"),
            "RollbackTransaction": lambda asked: self._finish(asked, "ROLLBACK", "Rollback Complete"),
        }
        self.handle = RestJsonApi("rds-data", operations, "BadRequestException").handle

    async def _execute(self, asked: Parameters) -> Mapping[str, Any]:
        result = (await self._run(asked, [asked.get("parameters") or ()]))[0]
        options = asked.get("resultSetOptions") or {}
        answer: dict[str, Any] = {"numberOfRecordsUpdated": result.updated}
        if result.columns is None:
            return answer | {"generatedFields": _generated(result)}
        if asked.get("formatRecordsAs") == "JSON":
            rows = [dict(zip(result.columns, map(plain_value, row), strict=True)) for row in result.rows]
            answer["formattedRecords"] = json.dumps(rows)
        else:
            answer["records"] = [[field(value, options) for value in row] for row in result.rows]
        if asked.get("includeResultMetadata"):
            answer["columnMetadata"] = [
                {"name": name, "label": name, "typeName": kind}
                for name, kind in zip(result.columns, result.types, strict=True)
            ]
        if len(json.dumps(answer)) > MOST_BYTES:
            raise ApiError("BadRequestException", "Database returned more than the allowed response size limit")
        return answer

    async def _batch(self, asked: Parameters) -> Mapping[str, Any]:
        results = await self._run(asked, asked.get("parameterSets") or [()])
        return {"updateResults": [{"generatedFields": _generated(one)} for one in results]}

    async def _run(self, asked: Parameters, sets: list[Any]) -> list[Result]:
        """Run a statement with each set of parameters."""
        unlimited = bool(asked.get("continueAfterTimeout"))
        given = [
            ({one["name"]: parameter(one) for one in each}, {one["name"]: one.get("typeHint", "") for one in each})
            for each in sets
        ]

        def work(session: Session) -> list[Result]:
            return [session.run(asked["sql"], values, hints, unlimited=unlimited) for values, hints in given]

        if "transactionId" in asked:
            transaction = self._transaction(asked)
            async with transaction.turn:
                transaction.wait()
                return await transaction.session.run(work)
        session = await self._session(asked)
        try:
            return await session.run(work)
        finally:
            await session.close()

    async def _begin(self, asked: Parameters) -> Mapping[str, Any]:
        session, id_ = await self._session(asked), secrets.token_urlsafe(96)
        await session.run(lambda opened: opened.run("START TRANSACTION", {}, {}))
        self._transactions[id_] = _Transaction(session, lambda: self._forget(id_))
        return {"transactionId": id_}

    async def _finish(self, asked: Parameters, sql: str, status: str) -> Mapping[str, Any]:
        transaction = self._transaction(asked)
        async with transaction.turn:
            self._transactions.pop(asked["transactionId"], None)
            transaction.settle()
            try:
                await transaction.session.run(lambda opened: opened.run(sql, {}, {}))
            finally:
                await transaction.session.close()
        return {"transactionStatus": status}

    def _transaction(self, asked: Parameters) -> _Transaction:
        found = self._transactions.get(asked["transactionId"])
        if found is None:
            raise ApiError("TransactionNotFoundException", f"Transaction {asked['transactionId']} is not found")
        return found

    def _forget(self, id_: str) -> None:
        transaction = self._transactions.pop(id_, None)
        if transaction is not None:
            transaction.session.abort()

    async def _session(self, asked: Parameters) -> BoundedSession:
        cluster, engine = self._cluster(asked["resourceArn"])
        user = await self._user(asked["secretArn"])
        named = asked.get("database") or plain(cluster, "DatabaseName")
        database = str(named or ("postgres" if engine is Engine.POSTGRESQL else ""))
        try:
            sock = await self._dial(cluster.id)
        except ConnectionError as error:
            raise ApiError("DatabaseUnavailableException", str(error), 504) from error
        return await asyncio.to_thread(BoundedSession, engine, sock, user, database)

    def _cluster(self, arn: str) -> tuple[Resource, Engine]:
        view = self._view()
        found = next((one for one in view.of_kind(CLUSTERS) if view.arn(CLUSTERS, one) == arn), None)
        engine = engine_of(found) if found is not None else None
        if found is None or engine is None:
            raise ApiError("DatabaseNotFoundException", f"The cluster {arn} is not found", 404)
        if not flag(found, "EnableHttpEndpoint"):
            raise ApiError("HttpEndpointNotEnabledException", f"HttpEndpoint is not enabled for resource {arn}")
        return found, engine

    async def _user(self, arn: str) -> User:
        text = await self._read_secret(arn)
        if text is None:
            raise ApiError("SecretsErrorException", f"Secrets Manager can't find the specified secret: {arn}")
        try:
            content = json.loads(text)
            return User(str(content["username"]), str(content["password"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ApiError("InvalidSecretException", "The secret has no username and password") from error

    async def close(self) -> None:
        """Undo the transactions that are open."""
        for id_ in [*self._transactions]:
            self._forget(id_)


def _generated(result: Result) -> list[dict[str, Any]]:
    return [] if result.generated is None else [{"longValue": result.generated}]
