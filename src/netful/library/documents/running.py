"""Documents of the verbs with packets, and of `netful forecast` and `netful doctor`."""

from typing import Any, Literal

from msgspec import Struct

from netful.library.documents.paths import SymptomKind, Verdict


class RunningFunctionDocument(Struct):
    """A function of a running stack."""

    resource: str
    name: str
    state: str
    why: str
    hint: str
    environments: int
    counts: dict[str, int]
    interfaces: list[str]
    url: str | None


class StatusDocument(Struct):
    """`netful status`. Those of a stack that is stopped have no value."""

    state: Literal["running", "stopped"]
    stack: str
    folder: str | None
    empty: bool
    mode: str | None
    region: str | None
    internet: str | None
    endpoint_url: str | None
    deployments: list[dict[str, Any]]
    apis: list[dict[str, Any]]
    functions: list[RunningFunctionDocument]
    hosts: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    state_machines: list[dict[str, Any]]
    distributions: list[dict[str, Any]]
    load_balancers: list[dict[str, Any]]
    nat_gateways: list[dict[str, Any]]
    gateway: dict[str, Any] | None
    calls: dict[str, int]
    construct_paths: dict[str, str]
    debugger: dict[str, str] | None
    faults: list[dict[str, Any]]
    console: str | None
    warnings: list[str]


class ListedStackDocument(Struct):
    """A stack of `netful ps`."""

    stack: str
    state: str
    endpoint_url: str
    folder: str


class AbilityDocument(Struct):
    """An ability of the machine."""

    purpose: str
    works: bool
    detail: str
    fix: str
    required: bool


class DoctorDocument(Struct):
    """`netful doctor`."""

    stacks: bool
    abilities: list[AbilityDocument]


class ListedTraceDocument(Struct):
    """A trace in the list. `start` is in seconds since 1970."""

    id: str
    start: float
    name: str
    status: int | None
    duration_ms: float
    segments: int
    failed: bool


class TracesDocument(Struct):
    """`netful traces`; `on` while requests are traced."""

    traces: list[ListedTraceDocument]
    on: bool


class SpanDocument(Struct):
    """A span of a trace; a hop has the rule that led there."""

    depth: int
    id: str
    name: str
    begins_ms: float
    duration_ms: float | None
    status: int | None
    failed: bool
    hop: dict[str, Any] | None


class TraceTreeDocument(Struct):
    """`netful traces ID`."""

    id: str
    spans: list[SpanDocument]


class RejectionDocument(Struct):
    """A rule that rejects a flow."""

    component: str
    rule: str
    code: str
    origin: str


class RecordDocument(Struct):
    """A line of `netful flows`: a flow at an interface in one direction. Times are seconds since 1970."""

    start: float
    end: float
    action: Literal["ACCEPT", "REJECT"]
    direction: Literal["egress", "ingress"]
    at: str
    interface: str
    source: str
    source_address: str
    source_port: int
    destination: str
    destination_address: str
    destination_port: int
    protocol: int
    packets: int
    bytes: int
    tcp_flags: int
    why: list[RejectionDocument]


class PacketDocument(Struct, omit_defaults=True):
    """A line of `netful capture`. A frame that is not of IP has no members after `length`."""

    time_ns: int
    at: str
    direction: Literal["egress", "ingress"]
    length: int
    source: str = ""
    source_address: str = ""
    source_port: int = 0
    destination: str = ""
    destination_address: str = ""
    destination_port: int = 0
    protocol: str = ""
    flags: str = ""


class ForecastDocument(Struct):
    """`netful forecast`."""

    loads: list[dict[str, Any]]
    functions: list[dict[str, Any]]
    subnets: list[dict[str, Any]]
    nat_gateways: list[dict[str, Any]]
    databases: list[dict[str, Any]]
    monthly_cost_usd: dict[str, Any]
    missing: list[str]


class ComparedLoadDocument(Struct):
    """A load of a step: its counts as forecast, and as measured."""

    load: str
    rate: float
    duration_ms: float
    seconds: float
    forecast: dict[str, Any]
    measured: dict[str, Any]


class ComparedPartDocument(Struct):
    """A function or a NAT gateway under a load: its counts as forecast, and as measured."""

    resource: str
    forecast: dict[str, Any]
    measured: dict[str, Any]


class LoadDocument(Struct):
    """`netful load`."""

    steps: list[list[ComparedLoadDocument]]
    functions: list[ComparedPartDocument]
    nat_gateways: list[ComparedPartDocument]


class InvocationDocument(Struct):
    """`netful invoke`. `payload` is a text if it is not JSON."""

    status_code: int
    payload: Any
    function_error: str | None
    log_tail: str
    duration_ms: float
    init_ms: float | None
    request_id: str
    hint: str


class PredictionDocument(Struct):
    """Prediction of a probe."""

    verdict: Verdict
    symptom: SymptomKind
    blockers: list[str]
    status: int | None
    assumptions: list[str]


class AttemptDocument(Struct):
    """Attempt of a probe from one position."""

    place: str
    verdict: Literal["reachable", "blocked"]
    symptom: SymptomKind
    detail: str
    ms: float
    status: int | None


class ProbeDocument(Struct):
    """`netful probe FROM TO`."""

    source: str
    destination: str
    predicted: PredictionDocument
    observed: list[AttemptDocument]
    agree: bool | None


class ProbedPairDocument(Struct):
    """A pair of `netful probe --matrix`: a probe, or the reason why it was not tried."""

    source: str
    destination: str
    predicted: PredictionDocument | None = None
    observed: list[AttemptDocument] = []
    agree: bool | None = None
    untried: str = ""
