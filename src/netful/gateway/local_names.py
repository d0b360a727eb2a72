"""Names for clients on the host: `API.execute-api.localhost` stands for the API's own name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netful.engine.api_names import DEFAULT_STAGE, host_of
from netful.fabric.door import DoorKind
from netful.model.cloud import Cloud
from netful.services.message import Request

LOCAL_SUFFIX = ".execute-api.localhost"


def api_host(cloud: Cloud, request: Request) -> str:
    """The host as AWS has it."""
    host = request.host
    if request.connection.door.kind is not DoorKind.LOCAL or not host.endswith(LOCAL_SUFFIX):
        return host
    label = host.removesuffix(LOCAL_SUFFIX)
    api = next((api for api in cloud.apis.values() if api.id.lower() == label), None)
    return host_of(api).lower() if api else f"{label}.execute-api.{cloud.region}.amazonaws.com"


def api_entries(cloud: Cloud, port: int) -> Iterator[dict[str, Any]]:
    """`apis` of `netful status`: each stage with the URL that a client on the host calls; a private API has none."""
    for stage in cloud.stages.values():
        api = cloud.apis.get(str(stage.api_id))
        if api is None or not isinstance(stage.stage_name, str):
            continue
        path = "" if stage.stage_name == DEFAULT_STAGE else f"/{stage.stage_name}"
        url = f"http://{api.id.lower()}{LOCAL_SUFFIX}:{port}{path}"
        yield {
            "resource": api.id,
            "api_id": api.id,
            "stage": stage.stage_name,
            "url": None if api.private else url,
        }
