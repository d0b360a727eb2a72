"""Document of `netful diff`."""

from msgspec import Struct, field

from netful.library.documents.findings import FindingDocument


class FlowDocument(Struct):
    """A question whose answer changed."""

    from_: str = field(name="from")
    to: str
    before: str
    after: str


class FlowsDocument(Struct):
    """The questions whose answers changed."""

    gained: list[FlowDocument]
    lost: list[FlowDocument]
    unsettled: list[FlowDocument]


class FindingsDocument(Struct):
    """The findings that are new, and those that are gone."""

    gained: list[FindingDocument]
    mended: list[FindingDocument]


class CountsDocument(Struct):
    """Interfaces by owner, in both versions."""

    before: dict[str, int]
    after: dict[str, int]


class CostsDocument(Struct):
    """Monthly cost in USD, in both versions."""

    before: dict[str, float]
    after: dict[str, float]


class DiffDocument(Struct):
    """`netful diff`."""

    flows: FlowsDocument
    findings: FindingsDocument
    enis: CountsDocument
    monthly_cost_usd: CostsDocument
