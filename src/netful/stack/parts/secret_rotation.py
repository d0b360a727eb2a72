"""Secrets Manager behind a stack's doors: RotateSecret changes the password of a secret, and of its database.

| secret | rotation |
|---|---|
| with a rotation function | the function takes its four steps; one that fails ends the rotation, and the pending version stays |
| of a master user, which RDS makes, or with `HostedRotationLambda` of a single user | the secret has a new password, and the database starts again with it |

The back end records the rotations by functions, and answers everything else.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from netful.functions.api.protocol.names import named
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Request, Response

log = logging.getLogger(__name__)

_ROTATE = "secretsmanager.RotateSecret"
_SCHEDULE = "AWS::SecretsManager::RotationSchedule"
_NOT_IN_PASSWORDS = "/@\"'\\ "
_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")

InvokeOnce = Callable[[str, bytes, str, str], Awaitable[Invocation]]


class SecretRotation:
    """The handler for the service `secretsmanager`.

    `invoke` runs a function: its id, the event, a trace and a qualifier. `renew` gives databases the passwords of their secrets.
    """

    def __init__(
        self,
        cloud: Callable[[], Cloud],
        call_host: CallHost,
        invoke: InvokeOnce,
        renew: Callable[[], Awaitable[None]],
    ) -> None:
        self._cloud = cloud
        self._call_host = call_host
        self._invoke = invoke
        self._renew = renew
        self._rotating: set[asyncio.Future[None]] = set()

    async def handle(self, request: Request) -> Response:
        """Answer a request to Secrets Manager's host."""
        rotates = request.header("x-amz-target") == _ROTATE
        answer = await self._hosted(json.loads(request.body)) if rotates else None
        if answer is not None:
            return answer
        answer = await self._ask(request)
        if rotates and answer.status == 200 and json.loads(request.body).get("RotateImmediately", True):
            self._in_background(self._rotate(json.loads(answer.body)))
        return answer

    def _in_background(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._rotating.add(task)
        task.add_done_callback(self._rotating.discard)

    async def _hosted(self, asked: Mapping[str, Any]) -> Response | None:
        """Rotate a secret whose function AWS hosts; None for another one, or if it has no password."""
        found = await self._ask(json_request("secretsmanager.GetSecretValue", {"SecretId": asked.get("SecretId")}))
        if asked.get("RotationLambdaARN") or found.status != 200:
            return None
        secret = json.loads(found.body)
        hosting = self._hosting(secret)
        try:
            value = json.loads(secret.get("SecretString", ""))
        except ValueError:
            return None
        if hosting is None or not isinstance(value, dict) or "password" not in value:
            return None
        without = str(hosting.get("ExcludeCharacters") or _NOT_IN_PASSWORDS)
        drawn = await self._ask(json_request("secretsmanager.GetRandomPassword", {"ExcludeCharacters": without}))
        value["password"] = json.loads(drawn.body)["RandomPassword"]
        token = asked.get("ClientRequestToken") or str(uuid4())
        fresh = {"SecretId": secret["ARN"], "SecretString": json.dumps(value), "ClientRequestToken": token}
        answer = await self._ask(json_request("secretsmanager.PutSecretValue", fresh))
        if answer.status == 200:
            self._in_background(self._renew())
        return answer

    def _hosting(self, secret: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the settings of the hosted rotation of a secret; None if it has none."""
        if secret["Name"].startswith("rds!"):
            return {}
        for one in self._cloud().template.resources.values():
            hosted = one.properties.get("HostedRotationLambda") if one.type == _SCHEDULE else None
            if isinstance(hosted, Mapping) and one.properties.get("SecretId") in (secret["ARN"], secret["Name"]):
                return hosted if str(hosted.get("RotationType")).endswith("SingleUser") else None
        return None

    async def _ask(self, request: Request) -> Response:
        return await self._call_host(service_names.service("secretsmanager").host(self._cloud().region), request)

    async def _rotate(self, rotation: dict[str, str]) -> None:
        arn = rotation["ARN"]
        described = await self._ask(json_request("secretsmanager.DescribeSecret", {"SecretId": arn}))
        function = json.loads(described.body)["RotationLambdaARN"]
        for step in _STEPS:
            event = {"Step": step, "SecretId": arn, "ClientRequestToken": rotation["VersionId"]}
            why = await self._step(function, json.dumps(event).encode())
            if why:
                log.warning("the rotation of `%s` has failed in %s: %s", rotation["Name"], step, why)
                return

    async def _step(self, function: str, event: bytes) -> str:
        """Invoke the function; return the reason of a failure, or ""."""
        try:
            one = named(self._cloud(), function)
            done = await self._invoke(one.function.id, event, "", one.qualifier)
        except InvokeRefused as refusal:
            return refusal.message
        return done.payload.decode(errors="replace") if done.function_error else ""
