"""Limits on the size and duration of requests: the defence against slow and oversized ones."""

from netful.model.core import Frozen


class Limits(Frozen):
    """Sizes in bytes, times in seconds.

    `idle_seconds` is longer than any SDK keeps a connection, and equal to the idle timeout of an interface endpoint
    (vpc-network §5.1), so a keep-alive connection ends as in AWS. `unread_seconds` limits how long a client may leave its
    answers unread. `pipelined` and `streams` are the requests that a client of HTTP/1 and of HTTP/2 may have open. `connections` is
    per server; None means as many as the process has descriptors for.
    """

    target: int = 16_384
    head: int = 65_536
    header_count: int = 200
    body: int = 128 * 1024 * 1024
    pipelined: int = 16
    streams: int = 128
    connections: int | None = None
    head_seconds: float = 20.0
    body_seconds: float = 60.0
    idle_seconds: float = 350.0
    unread_seconds: float = 60.0
    linger_seconds: float = 2.0


DEFAULT_LIMITS = Limits()
