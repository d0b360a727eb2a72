"""Steps from one cloud to the next: what an edited template or an API call makes of the cloud that runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from netful.model.cloud import Cloud

Step: TypeAlias = Callable[[Cloud], Cloud]
"""Returns the next cloud. A step is pure; it raises where there is no next one, and then nothing changes."""


class Becomes(Protocol):
    """Something that goes from one cloud to the next, such as a running stack."""

    async def become(self, step: Step) -> Cloud:
        """Take a step as a whole, or not at all; return the cloud after it."""
