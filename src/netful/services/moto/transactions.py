"""Transactions of DynamoDB with a token. The same one once more within ten minutes changes nothing; moto would write again."""

import json
import time
from hashlib import sha256
from typing import Any

from netful.services.moto.replacements import replacing

_KEPT_SECONDS = 600


def write_once(responses: Any) -> None:
    """Write each transaction once, and refuse another one with its token."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    @replacing(responses.DynamoHandler)
    def transact_write_items(write: Any, answer: Any) -> Any:
        token, now = answer.body.get("ClientRequestToken"), time.time()
        known: dict[str, tuple[float, bytes]] = answer.dynamodb_backend.__dict__.setdefault("transactions", {})
        while known and next(iter(known.values()))[0] < now - _KEPT_SECONDS:
            del known[next(iter(known))]
        written = sha256(json.dumps(answer.body["TransactItems"], sort_keys=True).encode()).digest()
        if token not in known:
            done = write(answer)
            if token:
                known[token] = now, written
            return done
        if known[token][1] != written:
            text = "The request uses the same client token as a previous, but non-identical request."
            raise JsonRESTError("IdempotentParameterMismatchException", text)
        return responses.ActionResult({})
