"""Endpoint of a task at 169.254.170.2: metadata (version 4), and the credentials of the task role.

| path | answer |
|---|---|
| `/v4/ID`, `/v4/ID/task`, `/v4/ID/taskWithTags` | the container with the runtime id; the task |
| `/v4/ID/stats`, `/v4/ID/task/stats` | nothing is measured: empty objects |
| `/v2/credentials/TASK` | keys that sign the task's requests |
"""

import socket
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from netful.engine.authorization.sessions import keys_of_task
from netful.fabric.doors import task_endpoint
from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.doors.task_endpoint import ADDRESS
from netful.fabric.position import Position
from netful.services.http.message import Request, Response
from netful.services.http.protocol import HttpProtocol
from netful.services.http.serving import Listening, Serving
from netful.stack.network.networks import Networks

_EXPIRATION = "2038-01-01T00:00:00Z"


def variables(runtime_id: str, task_id: str, region: str) -> dict[str, str]:
    """Return the variables by which a container finds the endpoint."""
    return {
        "ECS_CONTAINER_METADATA_URI_V4": f"http://{ADDRESS}/v4/{runtime_id}",
        "ECS_CONTAINER_METADATA_URI": f"http://{ADDRESS}/v3/{runtime_id}",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": f"/v2/credentials/{task_id}",
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }


class TaskEndpoint:
    """The endpoint in the network of one task. `describe` returns the task, and its containers by their runtime ids."""

    def __init__(
        self, owner_id: str, role_arn: str, describe: Callable[[], tuple[Mapping[str, Any], Mapping[str, Any]]]
    ) -> None:
        self._owner_id = owner_id
        self._role_arn = role_arn
        self._describe = describe
        self._listening: Listening | None = None

    async def start(self, networks: Networks, position: Position) -> None:
        """Serve in the network of the task."""
        listener = await networks.make(lambda _fabric: task_endpoint.listen(position.netns), socket.socket.close)
        self._listening = await Serving(lambda: HttpProtocol(self._answer, Door(DoorKind.LOCAL))).listen(listener)

    def close(self) -> None:
        """Serve no more."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _answer(self, request: Request) -> Response:
        content = self._content(request.path)
        body = msgspec.json.encode(content if content is not None else {"message": "not found"})
        return Response(404 if content is None else 200, (("Content-Type", "application/json"),), body)

    def _content(self, path: str) -> Mapping[str, Any] | None:
        task, containers = self._describe()
        container: Mapping[str, Any]
        match path.strip("/").split("/"):
            case ["v2", "credentials", id_] if id_ == str(task["TaskARN"]).rpartition("/")[2]:
                return self._credentials()
            case ["v4" | "v3", id_] if id_ in containers:
                container = containers[id_]
                return container
            case ["v4" | "v3", id_, "task" | "taskWithTags"] if id_ in containers:
                return {**task, "Containers": [*containers.values()]}
            case ["v4" | "v3", id_, "stats"] | ["v4" | "v3", id_, "task", "stats"] if id_ in containers:
                return {}
        return None

    def _credentials(self) -> Mapping[str, Any]:
        keys = keys_of_task(self._owner_id)
        return {
            "RoleArn": self._role_arn,
            "AccessKeyId": keys.access_key_id,
            "SecretAccessKey": keys.secret_access_key,
            "Token": keys.session_token,
            "Expiration": _EXPIRATION,
        }
