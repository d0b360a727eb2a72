"""Parts of paths of REST APIs that AWS refuses, in a body as in a resource of its own."""

import re
from collections.abc import Iterator

from netful.model.apis.api import RestApi
from netful.model.cloud import Cloud

_PART = re.compile(r"[a-zA-Z0-9._\-:]*|\{[a-zA-Z0-9._\-:]+\+?\}")


def of_apis(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield REST APIs with a part of a path in other letters."""
    for api in cloud.apis.by_id.values():
        routes = api.routes if isinstance(api, RestApi) else ()
        parts = (part for route in routes for part in route.path.split("/"))
        refused = next((part for part in parts if not _PART.fullmatch(part)), None)
        if refused is not None:
            yield api.id, f"a path has the part `{refused}`"
