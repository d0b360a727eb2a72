"""Transactions of DynamoDB.

| transaction | moto | DynamoDB, and here |
|---|---|---|
| with a token, once more within ten minutes | writes again | changes nothing |
| that is cancelled | copies of its tables take their place, whose streams have no readers | its tables and their streams are as before |
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from netful.services.moto.replacements import replacing

_KEPT_SECONDS = 600


def write_once(responses: Any) -> None:
    """Write each transaction once and as a whole, and refuse another one with its token."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    @replacing(responses.DynamoHandler)
    def transact_write_items(write: Any, answer: Any) -> Any:
        token, now = answer.body.get("ClientRequestToken"), time.time()
        known: dict[str, tuple[float, bytes]] = answer.dynamodb_backend.__dict__.setdefault("transactions", {})
        while known and next(iter(known.values()))[0] < now - _KEPT_SECONDS:
            del known[next(iter(known))]
        written = sha256(json.dumps(answer.body["TransactItems"], sort_keys=True, default=bytes.hex).encode()).digest()
        if token not in known:
            with _kept_streams(answer.dynamodb_backend):
                done = write(answer)
            if token:
                known[token] = now, written
            return done
        if known[token][1] != written:
            text = "The request uses the same client token as a previous, but non-identical request."
            raise JsonRESTError("IdempotentParameterMismatchException", text)
        return responses.ActionResult({})


@contextmanager
def _kept_streams(backend: Any) -> Iterator[None]:
    """Keep the streams of tables, without the records of a transaction that is cancelled."""
    streams = {name: one.stream_shard for name, one in backend.tables.items() if one.stream_shard is not None}
    records = {name: [*stream.items] for name, stream in streams.items()}
    try:
        yield
    except Exception:
        for name, stream in streams.items():
            stream.items[:] = records[name]
            stream.table = backend.tables[name]
            stream.table.stream_shard = stream
        raise
