"""Settings of a worker: everything that its gateway needs except the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netful.engine.usage.throttles import Limit


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Settings of one worker.

    `state` is the URL of the server at which `processes` of `stack` count. `authority` is the folder of the stack's CA.
    """

    stack: str
    state: str
    processes: int
    authority: Path
    account: Limit | None = None
