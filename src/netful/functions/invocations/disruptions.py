"""Faults of invocations: refusals, delays and errors of a share of a function's invocations."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from netful.functions.invocations.invocation import Invocation, throttled
from netful.model.core import Frozen

_ERROR = b'{"errorType": "FaultInjected", "errorMessage": "a fault is in force: netful status"}'
_FULL = 100


class Disruption(Frozen):
    """The faults of one function: whether all invocations are refused; delays in seconds and errors, each with its percentage."""

    throttled: bool = False
    delay: float = 0.0
    delayed_percent: int = _FULL
    failing_percent: int = 0


_NONE = Disruption()


@dataclass
class Disruptions:
    """The faults in force, by function. All services of a stack share one."""

    by_function: Mapping[str, Disruption] = field(default_factory=dict)

    def admit(self, function_id: str) -> None:
        """Raise InvokeRefused if a function is throttled."""
        if self.by_function.get(function_id, _NONE).throttled:
            raise throttled("ReservedFunctionConcurrentInvocationLimitExceeded")

    def delay(self, function_id: str) -> float:
        """Return the seconds that an invocation waits before the handler gets its event."""
        found = self.by_function.get(function_id, _NONE)
        return found.delay if found.delay and _drawn(found.delayed_percent) else 0.0

    def outcome(self, function_id: str, done: Invocation) -> Invocation:
        """Return the outcome of an invocation, which may be an error in place of its own."""
        if not _drawn(self.by_function.get(function_id, _NONE).failing_percent):
            return done
        return msgspec.structs.replace(done, payload=_ERROR, function_error="Unhandled")


def _drawn(percent: int) -> bool:
    return percent >= _FULL or random.random() * _FULL < percent  # noqa: S311  # no secret
