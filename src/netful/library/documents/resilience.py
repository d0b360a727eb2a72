"""Document of `netful resilience`."""

from typing import Literal

from msgspec import Struct, field


class FailureDocument(Struct):
    """A single failure."""

    name: str
    kind: str


class MendDocument(Struct):
    """A change that would keep a flow in a failure, and what that adds."""

    what: str
    adds: str


class LossDocument(Struct):
    """A failure that ends a flow, or a part of it."""

    failure: str
    kind: str
    extent: Literal["ends", "partly", "unknown"]
    why: str
    mend: MendDocument | None


class FlowResilienceDocument(Struct):
    """A flow that works, and the failures that end it."""

    from_: list[str] = field(name="from")
    to: str
    ended_by: list[LossDocument]


class ResilienceDocument(Struct):
    """`netful resilience`."""

    failures: list[FailureDocument]
    flows: list[FlowResilienceDocument]
