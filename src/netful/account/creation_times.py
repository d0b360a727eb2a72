"""Times of creation that clients read: the model has none, so a thing counts as created when its API first sees it."""

from datetime import UTC, datetime


class CreationTimes:
    """The times of creation since the stack started, by ARN."""

    def __init__(self) -> None:
        self._known: dict[str, datetime] = {}

    def of(self, arn: str) -> datetime:
        """Return the time of creation of a thing."""
        return self._known.setdefault(arn, datetime.now(UTC))
