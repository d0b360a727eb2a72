"""Settings of a worker: everything that its gateway needs except the cloud."""

from pathlib import Path

from netful.engine.usage.throttles import Limit
from netful.model.core import Frozen


class WorkerSettings(Frozen):
    """Settings of one worker.

    `traced` is the share of the calls that is traced. `state` is the URL of the server at which `processes` of `stack` count. `authority` is the folder of the stack's CA.
    """

    stack: str
    state: str
    processes: int
    authority: Path
    account: Limit | None = None
    traced: float = 0.0
