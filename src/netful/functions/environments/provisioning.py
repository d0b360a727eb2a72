"""Provisioned concurrency: environments of a version that exist before they are needed (lambda §4.1)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from netful.functions.code.versions import Revision, Version
from netful.functions.environments.pool import Pool
from netful.functions.environments.scaling import Scaling
from netful.functions.invocations.background import Background
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core import NetfulError

log = logging.getLogger(__name__)

_INIT_FAILURE = "FUNCTION_ERROR_INIT_FAILURE"


@dataclass
class Provisioned:
    """The request for a version or alias, and its progress: IN_PROGRESS, READY or FAILED with a reason."""

    version: Version
    requested: int
    available: int = 0
    status: str = "IN_PROGRESS"
    reason: str = ""
    revision: Revision = field(default_factory=Revision)


class Provisioning:
    """All provisioned concurrency, by function and qualifier."""

    def __init__(self, pool: Callable[[Version], Pool], scaling: Scaling) -> None:
        self._pool = pool
        self._scaling = scaling
        self._configs: dict[tuple[str, str], Provisioned] = {}
        self._starting = Background()

    def of(self, function_id: str, qualifier: str) -> Provisioned | None:
        """Return the request for a qualifier."""
        return self._configs.get((function_id, qualifier))

    def all_of(self, function_id: str) -> dict[str, Provisioned]:
        """Return the requests for a function's qualifiers."""
        return {qualifier: one for (owner, qualifier), one in self._configs.items() if owner == function_id}

    def put(self, qualifier: str, version: Version, number: int) -> Provisioned:
        """Request environments; they start in the background."""
        config = self._configs[version.function.id, qualifier] = Provisioned(version, number)
        self._starting.start(self._start(config))
        return config

    async def delete(self, function_id: str, qualifier: str) -> None:
        """Remove the request for a qualifier."""
        config = self._configs.pop((function_id, qualifier), None)
        if config is not None:
            await self._resize(config.version, 0)

    def close(self) -> None:
        """Stop starting environments."""
        self._starting.cancel()

    async def _start(self, config: Provisioned) -> None:
        try:
            started = await self._resize(config.version, config.requested)
        except (InvokeRefused, NetfulError) as problem:
            reason = str(problem)
        except Exception as problem:
            log.exception("environments of `%s` could not be made ahead", config.version.function.id)
            reason = str(problem)
        else:
            reason = "" if started else _INIT_FAILURE
        if reason:
            await self._resize(config.version, 0)
            config.status, config.reason = "FAILED", reason
        else:
            config.available, config.status = config.requested, "READY"

    async def _resize(self, version: Version, number: int) -> bool:
        self._scaling.provision(version.function.id, version.number, number)
        return await self._pool(version).provision(number)
