"""Documents of `--format json`, by verb, as types; their JSON Schemas are published in docs/schemas.

New versions may add members, so the schemas permit members that they do not name. A value of a template that is not known is
`{"unknown": why, "needs": […]}` wherever it stands, so values of templates are of any type.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct, field

PUBLISHED_AT = "https://raw.githubusercontent.com/netful/netful/main/docs/schemas"

Verdict = Literal["reachable", "blocked", "unknown"]
SymptomKind = Literal["timeout", "unreachable", "refused", "dns", "tls", "http", "none"]
SeverityName = Literal["info", "low", "medium", "high", "critical"]


class SymptomDocument(Struct):
    """Effect that the client sees. `status` and `body` belong to `http`."""

    kind: SymptomKind
    status: int | None
    body: str | None


class HopDocument(Struct):
    """One component on the way."""

    n: int
    kind: str
    component: str
    asks: str
    verdict: Literal["allow", "deny", "unknown", "not-reached"]
    code: str
    rule: str
    origin: str


class PathDocument(Struct):
    """`netful trace FROM TO`."""

    from_: str = field(name="from")
    to: str
    verdict: Verdict
    symptom: SymptomDocument
    hops: list[HopDocument]
    return_: list[HopDocument] = field(name="return")
    blockers: list[int]
    assumptions: list[str]
    missing: list[str]
    unread: list[str]
    hint: str | None
    seen_as: str | None
    kernel: Any = None


class CellDocument(Struct):
    """Answer for a pair of a matrix."""

    verdict: Verdict
    symptom: str
    missing: list[str]


class RowDocument(Struct):
    """Sources that share their answers, by destination."""

    sources: list[str]
    answers: dict[str, CellDocument]


class MatrixDocument(Struct):
    """`netful trace --matrix`."""

    destinations: list[str]
    rows: list[RowDocument]


class FindingDocument(Struct):
    """One finding of one resource."""

    id: str
    title: str
    severity: SeverityName
    resource: str
    origin: str
    message: str
    hint: str
    certainty: Literal["proven", "likely", "unknown"]
    cause: str
    path: PathDocument | None = None


class CheckDocument(Struct):
    """`netful check`."""

    findings: list[FindingDocument]


class OutcomeDocument(Struct):
    """Outcome of an expectation."""

    expectation: str
    origin: str
    result: Literal["passed", "failed", "unknown"]
    reason: str | None
    path: PathDocument | None = None


class TestDocument(Struct):
    """`netful test`."""

    outcomes: list[OutcomeDocument]


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


class MissingDocument(Struct):
    """Names without a value."""

    missing: list[str]


class ResourceDocument(Struct):
    """A resource of a template."""

    type: str
    aws_id: str | None
    construct_path: str | None
    origin: str
    properties: dict[str, Any]
    references: list[str]


class SubnetDocument(Struct):
    """A subnet."""

    id: str
    aws_id: str | None
    cidr_block: Any
    availability_zone: Any
    kind: Literal["public", "private-nat", "isolated", "unknown"]
    route_table: str | None
    network_acl: str | None


class VpcDocument(Struct):
    """A VPC."""

    id: str
    aws_id: str | None
    cidr_blocks: Any
    enable_dns_support: Any
    enable_dns_hostnames: Any
    subnets: list[SubnetDocument]


class InterfaceDocument(Struct):
    """A network interface."""

    id: str
    aws_id: str | None
    owner: str
    subnet: Any
    security_groups: Any
    functions: list[str]
    resource: str | None
    private_ip_address: Any
    public_ip: Any


class EndpointDocument(Struct):
    """A VPC endpoint."""

    id: str
    aws_id: str | None
    service: Any
    type: str
    private_dns_enabled: Any
    subnets: Any
    route_tables: Any
    security_groups: Any


class ApiDocument(Struct):
    """An API with its effective settings."""

    id: str
    aws_id: str | None
    name: Any
    protocol: Literal["REST", "HTTP", "WEBSOCKET"]
    endpoint_type: Any
    exposure: str
    origin: str
    vpc_endpoints: Any
    definition: Any
    invoke_urls: list[str]
    domains: list[dict[str, Any]]
    routing_rules: list[dict[str, Any]]
    stages: list[Any]
    routes: list[dict[str, Any]]
    usage_plans: list[dict[str, Any]]


class UnreadDocument(Struct):
    """Something in the sources that netful does not understand."""

    resource: str
    what: str
    weight: str
    touches: list[str]
    origin: str


class ShowDocument(Struct):
    """`netful show`."""

    parameters: MissingDocument
    imports: MissingDocument
    warnings: list[str]
    unread: list[UnreadDocument]
    resources: dict[str, ResourceDocument]
    vpcs: list[VpcDocument]
    enis: list[InterfaceDocument]
    endpoints: list[EndpointDocument]
    apis: list[ApiDocument]


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


class RuleDocument(Struct):
    """A check."""

    id: str
    slug: str
    title: str
    severity: SeverityName
    why: str
    instead: str


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
    """`netful status`. A stack that is stopped has no members but these."""

    state: Literal["running", "stopped"]
    stack: str
    folder: str | None
    empty: bool
    endpoint_url: str | None
    deployments: list[dict[str, Any]]
    apis: list[dict[str, Any]]
    functions: list[RunningFunctionDocument]
    hosts: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    state_machines: list[dict[str, Any]]
    load_balancers: list[dict[str, Any]]
    nat_gateways: list[dict[str, Any]]
    gateway: dict[str, Any] | None
    calls: dict[str, int]
    construct_paths: dict[str, str]
    debugger: dict[str, str] | None
    console: str | None


class ListedStackDocument(Struct):
    """A stack of `netful ps`."""

    stack: str
    state: str
    endpoint_url: str
    folder: str


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


DOCUMENTS: dict[str, Any] = {
    "capture": PacketDocument,
    "check": CheckDocument,
    "diff": DiffDocument,
    "doctor": DoctorDocument,
    "explain": list[RuleDocument],
    "flows": RecordDocument,
    "forecast": ForecastDocument,
    "invoke": InvocationDocument,
    "load": LoadDocument,
    "probe": ProbeDocument,
    "ps": list[ListedStackDocument],
    "resilience": ResilienceDocument,
    "show": ShowDocument,
    "status": StatusDocument,
    "test": TestDocument,
    "trace": PathDocument,
    "trace-matrix": MatrixDocument,
    "traces": TracesDocument,
    "traces-id": TraceTreeDocument,
}
"""The document of each verb: `capture` and `flows` print one on each line."""


def schema(name: str, kind: Any, title: str) -> dict[str, Any]:
    """Return the JSON Schema of a type, with the address where it is published."""
    (own,), parts = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{PUBLISHED_AT}/{name}.schema.json",
        "title": title,
        **own,
        "$defs": parts,
    }


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas of `netful.toml` and of every document, by name."""
    from netful.sources.project.project_shape import Project  # noqa: PLC0415  # it reads TOML

    project = schema("netful-toml", Project, "netful.toml")
    tables = project["$defs"][Project.__name__]
    del tables["required"]  # each table may be left out, and there is no other
    tables["additionalProperties"] = False
    return {"netful-toml": project} | {
        name: schema(name, kind, f"netful {name} --format json") for name, kind in DOCUMENTS.items()
    }
