"""The states of functions in VPCs: `Pending` during interface creation, `Active`, `Inactive` after long idleness.

An interface is made with the first function that has its subnet and groups; a second function with the same pair need
not wait (lambda §1.4). An idle function's interface is removed: the next invocation fails and has it made again. This
module runs nothing: a state follows from the clock.
"""

from collections.abc import Callable
from enum import StrEnum

from netful.functions.invocations.invocation import InvokeRefused
from netful.model.cloud import Cloud

IDLE_SECONDS = 14 * 86_400.0
_NOT_NOW = "The operation cannot be performed at this time. The function is currently in the following state: {}"
_NOT_READY = (
    "The function is inactive and its VPC connection is no longer available. "
    "Wait for the VPC connection to reestablish and try again."
)


class FunctionState(StrEnum):
    """A state in the API's format, with its StateReasonCode and StateReason."""

    PENDING = "Pending"
    ACTIVE = "Active"
    INACTIVE = "Inactive"
    FAILED = "Failed"


REASONS = {
    FunctionState.PENDING: ("Creating", "The function is being created."),
    FunctionState.INACTIVE: ("Idle", "The function is idle."),
}


class Lifecycle:
    """The states of all functions.

    `eni_seconds`: creation time of an interface; `idle_seconds`: how long it is kept.
    """

    def __init__(
        self, clock: Callable[[], float], eni_seconds: float = 0.0, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._clock = clock
        self._eni_seconds = eni_seconds
        self._idle_seconds = idle_seconds
        self._ready_at: dict[str, float] = {}  # by interface
        self._last_ready_at = 0.0
        self._interfaces: dict[str, tuple[str, ...]] = {}  # of each function in a VPC
        self._used_at: dict[str, float] = {}

    def follow(self, cloud: Cloud, *, made: bool = False) -> None:
        """Follow a cloud: the interfaces that its functions share, and the new ones; those in `made` exist already."""
        now = self._clock()
        ready_at = now + (0.0 if made else self._eni_seconds)
        functions = (function for function in cloud.compute.functions.values() if function.in_vpc)
        self._interfaces = {f.id: tuple(eni.id for eni in cloud.network.interfaces_of(f.id)) for f in functions}
        self._ready_at = dict.fromkeys(self._wanted(), ready_at) | self._ready_at
        self._last_ready_at = max(self._ready_at.values(), default=0.0)
        self._used_at = dict.fromkeys(self._interfaces, now) | self._used_at

    def settle(self) -> None:
        """Forget removed interfaces and functions: one that returns is new."""
        self._ready_at = {eni_id: self._ready_at[eni_id] for eni_id in self._wanted()}
        self._used_at = {function_id: self._used_at[function_id] for function_id in self._interfaces}

    def _wanted(self) -> set[str]:
        return {eni_id for eni_ids in self._interfaces.values() for eni_id in eni_ids}

    def state(self, function_id: str) -> FunctionState:
        """Return a function's present state."""
        interfaces = self._interfaces.get(function_id, ())
        now = self._clock()
        if any(self._ready_at[eni_id] > now for eni_id in interfaces):
            return FunctionState.PENDING
        idle = interfaces and now - self._used_at[function_id] > self._idle_seconds
        return FunctionState.INACTIVE if idle else FunctionState.ACTIVE

    def seconds_until_made(self, cloud: Cloud, function_id: str) -> float:
        """Return the remaining time until a function's interfaces in a cloud are made."""
        now = self._clock()
        enis = cloud.network.interfaces_of(function_id)
        return max((self._ready_at.get(eni.id, now + self._eni_seconds) - now for eni in enis), default=0.0)

    def interface(self, eni_id: str) -> str:
        """Return EC2's status of a shared interface: attaching, in-use, or "" after its removal."""
        if self._ready_at.get(eni_id, 0.0) > self._clock():
            return "attaching"
        users = [function_id for function_id, eni_ids in self._interfaces.items() if eni_id in eni_ids]
        idle = users and all(self.state(function_id) is FunctionState.INACTIVE for function_id in users)
        return "" if idle else "in-use"

    def check_settled(self, function_id: str) -> None:
        """Check a function before a change or a publication. Raises InvokeRefused while it is Pending."""
        state = self.state(function_id)
        if state is FunctionState.PENDING:
            raise InvokeRefused(409, "ResourceConflictException", _NOT_NOW.format(state))

    def use(self, function_id: str) -> None:
        """Check a function before an invocation.

        Raises InvokeRefused if it is not Active; an Inactive one becomes Pending.
        """
        if function_id not in self._interfaces:
            return
        now = self._clock()
        if (
            now >= self._last_ready_at and now - self._used_at[function_id] <= self._idle_seconds
        ):  # the most frequent case
            self._used_at[function_id] = now
            return
        self.check_settled(function_id)
        state = self.state(function_id)
        self._used_at[function_id] = now
        if state is FunctionState.INACTIVE:
            self._ready_at |= dict.fromkeys(self._interfaces[function_id], now + self._eni_seconds)
            self._last_ready_at = now + self._eni_seconds
            raise InvokeRefused(502, "ResourceNotReadyException", _NOT_READY)
