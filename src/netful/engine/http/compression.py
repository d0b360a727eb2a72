"""Whether a REST API compresses an answer, and how (api-gateway §5.16: `minimumCompressionSize`).

An answer that is at least so large, and is not coded already, is coded as the client likes best of what there is.
"""

from __future__ import annotations

from collections.abc import Iterator

CODINGS = ("gzip", "deflate")


def coding(minimum: int, size: int, accept_encoding: str, content_encoding: str) -> str:
    """The coding of an answer of a size; "" where it goes as it is."""
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
