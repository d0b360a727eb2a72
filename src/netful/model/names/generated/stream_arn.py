"""ARNs of the streams of tables: AWS ends them with the time at which the stream began, netful with one time for all."""

LABEL = "2026-01-01T00:00:00.000"


def stream_arn(table_arn: str) -> str:
    """Return the ARN of a table's stream."""
    return f"{table_arn}/stream/{LABEL}"
