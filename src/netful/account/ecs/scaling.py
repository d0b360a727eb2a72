"""Application Auto Scaling: records of targets and policies. The back end keeps them; nothing scales by itself.

A target that is a service of ECS must be one of the account. Tags, which the back end does not have, are kept here.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from netful.account.ecs.view import View
from netful.account.operations.json_api import JsonApi
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.account.wire.json_texts import decoded
from netful.account.writing import Running
from netful.services.http.message import Request, Response

SERVICE = "application-autoscaling"
_REGISTER, _INVALID = "RegisterScalableTarget", "ValidationException"


class ScalingApi:
    """The operations. `others` answers those that only keep records."""

    def __init__(self, running: Running, others: Callable[[Request], Awaitable[Response]]) -> None:
        self._running = running
        self._others = others
        self._tags: dict[str, dict[str, str]] = {}
        self._own = JsonApi(
            SERVICE,
            {"ListTagsForResource": self._listed, "TagResource": self._tagged, "UntagResource": self._untagged,
             "DescribeScalingActivities": _no_activities, _REGISTER: self._refused},
            _INVALID,
        )  # fmt: skip

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        name = request.header("x-amz-target").rpartition(".")[2]
        own = name in ("ListTagsForResource", "TagResource", "UntagResource", "DescribeScalingActivities")
        if own or (name == _REGISTER and not self._is_there(request.body)):
            return await self._own.handle(request)
        return await self._others(request)

    def _is_there(self, body: bytes) -> bool:
        """Return whether a request names a target that can exist."""
        try:
            asked = decoded(body)
            if asked.get("ServiceNamespace") != "ecs":
                return True
            _, cluster, service = str(asked.get("ResourceId")).split("/")
            view = View(self._running.cloud)
            view.service(view.cluster(cluster), service)
        except (ValueError, AttributeError, ApiError):
            return False
        return True

    async def _refused(self, asked: Parameters) -> Mapping[str, Any]:
        raise ApiError(_INVALID, f"ECS service doesn't exist: {asked['ResourceId']}")

    async def _listed(self, asked: Parameters) -> Mapping[str, Any]:
        return {"Tags": self._tags.get(asked["ResourceARN"], {})}

    async def _tagged(self, asked: Parameters) -> Mapping[str, Any]:
        self._tags.setdefault(asked["ResourceARN"], {}).update(asked["Tags"])
        return {}

    async def _untagged(self, asked: Parameters) -> Mapping[str, Any]:
        for key in asked["TagKeys"]:
            self._tags.get(asked["ResourceARN"], {}).pop(key, None)
        return {}


async def _no_activities(_asked: Parameters) -> Mapping[str, Any]:
    """DescribeScalingActivities: nothing scales by itself."""
    return {"ScalingActivities": []}
