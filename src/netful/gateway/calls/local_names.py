"""Names of APIs for clients on the host: `API.execute-api.localhost`, and the path `/_execute-api/API/…`.

Not every resolver knows names under `localhost`, so the printed URL has the path.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netful.engine.names.api_names import DEFAULT_STAGE, host_of, loaded_id
from netful.fabric.doors.door import DoorKind
from netful.model.apis.api import Protocol, host_label
from netful.model.cloud import Cloud
from netful.model.names.service_names import service
from netful.services.front.routing import LOCAL_API_PATH
from netful.services.http.message import Request

LOCAL_SUFFIX = ".execute-api.localhost"


def as_from_the_internet(cloud: Cloud, request: Request) -> tuple[str, Request]:
    """Return AWS's host for the API that a request means, and the request with its path at that host."""
    host = request.host
    if request.connection.door.kind is not DoorKind.LOCAL:
        return host, request
    if host.endswith(LOCAL_SUFFIX):
        return _own_host(cloud, host.removesuffix(LOCAL_SUFFIX)), request
    if not request.path.startswith(LOCAL_API_PATH):
        return host, request
    named, _, rest = request.path_and_query.removeprefix(LOCAL_API_PATH).partition("/")
    return _own_host(cloud, named), replace(request, target=f"/{rest}")


def _own_host(cloud: Cloud, named: str) -> str:
    api = cloud.apis.by_id.get(loaded_id(cloud, named))
    return host_of(cloud, api) if api else f"{named.lower()}.{service('execute-api').host(cloud.region)}"


def api_entries(cloud: Cloud, port: int) -> Iterator[dict[str, Any]]:
    """Return `apis` of `netful status`: each stage with its URL for clients on the host.

    A private API has no such URL, and neither has one without its own endpoint.
    """
    for stage in cloud.apis.stages.values():
        api = cloud.apis.by_id.get(str(stage.api_id))
        if api is None or not isinstance(stage.stage_name, str):
            continue
        path = "" if stage.stage_name == DEFAULT_STAGE else f"/{stage.stage_name}"
        scheme = "ws" if api.protocol is Protocol.WEBSOCKET else "http"
        way = "endpoints" if api.private else "custom domains" if api.disable_execute_api_endpoint else "host"
        url = f"{scheme}://127.0.0.1:{port}{LOCAL_API_PATH}{host_label(api.id)}{path}"
        yield {
            "resource": api.id,
            "api_id": cloud.aws_id(api.id),
            "stage": stage.stage_name,
            "url": url if way == "host" else None,
            "reached_by": way,
        }
