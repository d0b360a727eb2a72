"""Compression of a REST API's responses (api-gateway §5.16: `minimumCompressionSize`).

A response of at least that size without a content coding gets the supported coding that the client prefers.
"""

from collections.abc import Iterator

CODINGS = ("gzip", "deflate")


def coding(minimum: int, size: int, accept_encoding: str, content_encoding: str) -> str:
    """Return the coding of a response of a size; "" if it is sent without one."""
    if size < minimum or content_encoding or not size:
        return ""
    wanted = dict(_wanted(accept_encoding))
    weights = {name: wanted.get(name, wanted.get("*", 0.0)) for name in CODINGS}
    best = max(CODINGS, key=lambda name: weights[name])
    return best if weights[best] > 0 else ""


def _wanted(accept_encoding: str) -> Iterator[tuple[str, float]]:
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=")
        try:
            yield name.strip(), float(weight) if weight else 1.0
        except ValueError:
            yield name.strip(), 0.0
