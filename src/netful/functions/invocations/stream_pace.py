"""Pace of a streamed response: the first 6 MB at once, then 2 MB a second (lambda §2.4). Pure; the time is an argument."""

MEGABYTE = 1024 * 1024
_AT_ONCE = 6 * MEGABYTE
_A_SECOND = 2 * MEGABYTE


class StreamPace:
    """Pace of one response."""

    def __init__(self) -> None:
        self._sent = 0
        self._since = 0.0

    def delay(self, size: int, now: float) -> float:
        """Count a piece; return the seconds until it may be sent."""
        before, self._sent = self._sent, self._sent + size
        if self._sent <= _AT_ONCE:
            return 0.0
        if before <= _AT_ONCE:
            self._since = now
        return max(0.0, self._since + (self._sent - _AT_ONCE) / _A_SECOND - now)
