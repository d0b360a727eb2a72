"""API Gateway's own API, as far as a stack's gateway has a part in it: FlushStageCache (api-gateway §4).

All else is the back ends' to answer.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from netful.gateway.service import Gateway
from netful.model import catalog
from netful.model.cloud import Cloud
from netful.model.stage import Stage
from netful.services.inside import CallHost
from netful.services.message import Request, Response
from netful.services.wire import json_response

_CACHE = re.compile(r"/restapis/(?P<api>[^/]+)/stages/(?P<stage>[^/]+)/cache/data/?")


class Management:
    """The handler for the service `apigateway`."""

    def __init__(self, gateway: Gateway, call_host: CallHost) -> None:
        self._gateway = gateway
        self._call_host = call_host

    async def handle(self, request: Request) -> Response:
        """Answer a request to API Gateway's API."""
        found = _CACHE.fullmatch(unquote(request.path))
        if request.method != "DELETE" or found is None:
            return await self._call_host(catalog.service("apigateway").host(self._gateway.cloud.region), request)
        stage = _stage(self._gateway.cloud, found["api"], found["stage"])
        if stage is None:
            return json_response(
                404, {"message": "Invalid stage identifier specified"}, (("x-amzn-ErrorType", "NotFoundException"),)
            )
        await self._gateway.caches.flush(stage.id)
        return Response(202)


def _stage(cloud: Cloud, api_id: str, name: str) -> Stage | None:
    return next(
        (s for s in cloud.stages.values() if (str(s.api_id).lower(), s.stage_name) == (api_id.lower(), name)), None
    )
