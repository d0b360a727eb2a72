"""The base path of an OpenAPI body, and its import mode: `ignore` by default, `prepend`, or `split`.

`split` omits the first part of the base path, which belongs to the stage or to the base path of a custom domain. In
OpenAPI 3 the base path is the variable `basePath` of a server, or the path of its URL.
"""

from netful.model.core import url_parts
from netful.sources.template.reading import Reader, known_or


def prefix(body: Reader, mode: str) -> str:
    """Return the prefix of every path of a body; "" without one."""
    mode = mode.lower()
    if mode not in ("prepend", "split"):
        return ""
    base = (known_or(body.text("basePath"), "") or _of_servers(body)).strip("/")
    base = base if mode == "prepend" else base.partition("/")[2]
    return f"/{base}" if base else ""


def _of_servers(body: Reader) -> str:
    servers = list(body.parts("servers")) if body.has("servers") else []
    for server in servers:
        variable = known_or(server.part("variables").part("basePath").text("default"), "")
        if variable:
            return variable
    return url_parts(known_or(servers[0].text("url"), "")).path if servers else ""
