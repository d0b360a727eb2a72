"""Steps from one cloud to the next, by an edited template or an API call."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from netful.model.cloud import Cloud

Step: TypeAlias = Callable[[Cloud], Cloud]
"""Returns the next cloud. A step is pure. It raises if no next cloud is possible, and then nothing changes."""


class Becomes(Protocol):
    """An object that changes from one cloud to the next, such as a running stack."""

    async def become(self, step: Step) -> Cloud:
        """Apply a step entirely, or not at all; return the cloud after it."""
