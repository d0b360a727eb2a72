"""Times as AWS writes them."""

from datetime import UTC, datetime


def instant(moment: datetime | float, timespec: str = "milliseconds") -> str:
    """Return a time in UTC (ISO 8601, with `Z`). A number is seconds since 1970; `timespec` is that of `isoformat`."""
    at = moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec)}Z"
