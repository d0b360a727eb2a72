"""Secrets Manager behind a stack's doors: RotateSecret changes the password of a secret, and of its database.

| secret | rotation |
|---|---|
| with a rotation function | the function takes its four steps; one that fails ends the rotation, and the pending version stays |
| of a master user, which RDS makes | the secret has a new password, and the database starts again with it |
| with `HostedRotationLambda`, or by AWS's application that the CDK deploys | the user, or its second one, gets a new password in the database, and the secret then |

A schedule of a template rotates its secret at its deployment, unless `RotateImmediatelyOnUpdate` is false, and at the times of its
`RotationRules` (`rotation_times`).

The back end records the rotations by functions, and answers everything else.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

from netful.functions.api.protocol.names import named
from netful.functions.invocations.background import Background
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.model import rotation_applications
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.json_texts import json_object
from netful.model.names import service_names
from netful.services.front.routing import route_to_service
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Request, Response
from netful.stack.parts.rotation_times import SCHEDULE, TimedRotations

_ROTATE = "secretsmanager.RotateSecret"
_NOT_IN_PASSWORDS = "/@\"'\\ "
_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")

_SETTLE_SECONDS = 10.0

Value = Mapping[str, Any]
ChangeUser = Callable[[Value, str, Value | None], Awaitable[Value]]
"""Changes the user of a secret in its database: the secret's value, the new password, the value of a superuser's secret."""
InvokeOnce = Callable[[str, bytes, str, str], Awaitable[Invocation]]


class SecretRotation:
    """The handler for the service `secretsmanager`.

    `invoke` runs a function: its id, the event, a trace and a qualifier. `change_user` changes the user of a secret in its database, and
    `renew` gives databases the passwords of their secrets. `unchanging` begins when no change of the stack is under way.
    """

    def __init__(
        self,
        cloud: Callable[[], Cloud],
        call_host: CallHost,
        invoke: InvokeOnce,
        change_user: ChangeUser,
        renew: Callable[[], Coroutine[Any, Any, None]],
        unchanging: Callable[[], AbstractAsyncContextManager[Cloud]],
    ) -> None:
        self._cloud = cloud
        self._call_host = call_host
        self._invoke = invoke
        self._change_user = change_user
        self._renew = renew
        self._unchanging = unchanging
        self._schedules: dict[str, Mapping[str, Any]] = {}
        self._problems: dict[str, str] = {}
        self._rotating = Background()
        self._times = TimedRotations(self._rotate_now)

    async def handle(self, request: Request) -> Response:
        """Answer a request to Secrets Manager's host."""
        found = route_to_service(self._cloud(), request)
        if request.header("x-amz-target") != _ROTATE:
            return await self._call_host(found.host, request)
        return await self._rotated(request, found.region)

    async def follow(self, cloud: Cloud) -> None:
        """Rotate the secrets of the schedules that are new or have changed, and all at their times."""
        await self._times.follow(cloud)
        before, every = self._schedules, cloud.template.resources.values()
        self._schedules = {one.id: one.properties for one in every if one.type == SCHEDULE}
        for id_, properties in self._schedules.items():
            waits = str(properties.get("RotateImmediatelyOnUpdate")).lower() == "false"
            if before.get(id_) != properties and not waits and isinstance(properties.get("SecretId"), str):
                self._rotating.start(self._deployed(properties["SecretId"], again=id_ in before))

    async def settled(self) -> None:
        """Wait until the rotations have ended, at most for a while."""
        if self._rotating.tasks:
            await asyncio.wait({*self._rotating.tasks}, timeout=_SETTLE_SECONDS)

    @property
    def warnings(self) -> list[str]:
        """Return a warning for each secret whose last rotation has failed."""
        return [f"the rotation of the secret `{name}` has failed: {why}" for name, why in self._problems.items()]

    async def _deployed(self, secret_id: str, *, again: bool) -> None:
        """Rotate the secret of a schedule; not one that was rotated before the stack started again."""
        async with self._unchanging():
            about = json_request("secretsmanager.DescribeSecret", {"SecretId": secret_id})
            described = await self._ask(about, self._region_of(secret_id))
        if described.status == 200 and (again or not json.loads(described.body).get("LastRotatedDate")):
            await self._rotate_now(secret_id)

    async def close(self) -> None:
        """End the rotations by time."""
        await self._times.close()

    async def _rotate_now(self, secret_id: str) -> Response:
        return await self._rotated(json_request(_ROTATE, {"SecretId": secret_id}), self._region_of(secret_id))

    async def _rotated(self, request: Request, region: str) -> Response:
        """Answer RotateSecret in a region, and begin what it asks for."""
        asked = json.loads(request.body)
        answer = await self._hosted(asked, region)
        if answer is not None:
            return answer
        answer = await self._ask(request, region)
        if answer.status == 200 and asked.get("RotateImmediately", True):
            self._rotating.start(self._rotate(json.loads(answer.body)))
        return answer

    async def _hosted(self, asked: Mapping[str, Any], region: str) -> Response | None:
        """Rotate a secret whose function AWS hosts; None for another one, or if it has no password."""
        wanted = json_request("secretsmanager.GetSecretValue", {"SecretId": asked.get("SecretId")})
        found = await self._ask(wanted, region)
        if asked.get("RotationLambdaARN") or found.status != 200:
            return None
        secret = json.loads(found.body)
        hosting, value = self._hosting(secret), json_object(secret.get("SecretString", ""))
        if hosting is None or "password" not in value:
            return None
        token = asked.get("ClientRequestToken") or str(uuid4())
        fresh = await self._changed(secret["Name"], hosting, value, region)
        if fresh is None:
            rotation = {"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token}
            return Response(200, found.headers, json.dumps(rotation).encode())
        content = {"SecretId": secret["ARN"], "SecretString": json.dumps(fresh), "ClientRequestToken": token}
        answer = await self._ask(json_request("secretsmanager.PutSecretValue", content), region)
        if answer.status == 200:
            self._rotating.start(self._renew())
        return answer

    async def _changed(self, name: str, hosting: Mapping[str, Any], value: Value, region: str) -> Value | None:
        """Change the user of a secret; return the value of the secret then, None if the database does not take it."""
        without = str(hosting.get("ExcludeCharacters") or _NOT_IN_PASSWORDS)
        drawn = await self._ask(
            json_request("secretsmanager.GetRandomPassword", {"ExcludeCharacters": without}), region
        )
        superuser = hosting.get("SuperuserSecretArn") or hosting.get("MasterSecretArn")
        by: Value | None = None
        if str(hosting.get("RotationType")).endswith("MultiUser"):
            asked = json_request("secretsmanager.GetSecretValue", {"SecretId": superuser})
            found = await self._ask(asked, region)
            by = json_object(json.loads(found.body).get("SecretString", "")) if found.status == 200 else {}
        try:
            fresh = await self._change_user(value, json.loads(drawn.body)["RandomPassword"], by)
        except Exception as problem:  # noqa: BLE001  # of a connection, a driver or the database
            self._problems[name] = str(problem)
            return None
        self._problems.pop(name, None)
        return fresh

    def _hosting(self, secret: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the settings of the hosted rotation of a secret; None if it has none."""
        if secret["Name"].startswith("rds!"):
            return {}
        every = self._cloud().template.resources.values()
        named = (secret["ARN"], secret["Name"])
        for one in every:
            if one.type == SCHEDULE and one.properties.get("SecretId") in named:
                hosted = one.properties.get("HostedRotationLambda")
                return hosted if isinstance(hosted, Mapping) else _by_application(one, every)
        return None

    def _region_of(self, secret_id: str) -> str:
        """Return the region in a secret's ARN; the cloud's for a name."""
        named = secret_id.split(":")[3:4] if secret_id.startswith("arn:") else []
        return "".join(named) or self._cloud().region

    async def _ask(self, request: Request, region: str) -> Response:
        return await self._call_host(service_names.service("secretsmanager").host(region), request)

    async def _rotate(self, rotation: dict[str, str]) -> None:
        arn = rotation["ARN"]
        about = json_request("secretsmanager.DescribeSecret", {"SecretId": arn})
        described = await self._ask(about, self._region_of(arn))
        function = json.loads(described.body)["RotationLambdaARN"]
        for step in _STEPS:
            event = {"Step": step, "SecretId": arn, "ClientRequestToken": rotation["VersionId"]}
            why = await self._step(function, json.dumps(event).encode())
            if why:
                self._problems[rotation["Name"]] = f"{step}: {why}"
                return
        self._problems.pop(rotation["Name"], None)

    async def _step(self, function: str, event: bytes) -> str:
        """Invoke the function; return the reason of a failure, or ""."""
        try:
            one = named(self._cloud(), function)
            done = await self._invoke(one.function.id, event, "", one.qualifier)
        except InvokeRefused as refusal:
            return refusal.message
        return done.payload.decode(errors="replace") if done.function_error else ""


def _by_application(rotation: Resource, every: Iterable[Resource]) -> Mapping[str, Any] | None:
    """Return the settings of the rotation by an application of AWS; None for a function of the user's."""
    function = str(rotation.properties.get("RotationLambdaARN")).rpartition(":")[2]
    named = ((one.properties, rotation_applications.function_name(one.properties)) for one in every)
    return next((rotation_applications.settings(own) for own, name in named if name and name == function), None)
