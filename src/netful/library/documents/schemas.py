"""JSON Schemas of the documents and of `netful.toml`."""

from typing import Any

import msgspec

from netful.library.documents import running
from netful.library.documents.changes import DiffDocument
from netful.library.documents.findings import CheckDocument, RuleDocument, TestDocument
from netful.library.documents.paths import MatrixDocument, PathDocument, WaysDocument
from netful.library.documents.resilience import ResilienceDocument
from netful.library.documents.resources import ShowDocument

PUBLISHED_AT = "https://raw.githubusercontent.com/netful/netful/main/docs/schemas"

DOCUMENTS: dict[str, Any] = {
    "capture": running.PacketDocument,
    "check": CheckDocument,
    "diff": DiffDocument,
    "doctor": running.DoctorDocument,
    "explain": list[RuleDocument],
    "flows": running.RecordDocument,
    "forecast": running.ForecastDocument,
    "invoke": running.InvocationDocument,
    "load": running.LoadDocument,
    "probe": running.ProbeDocument,
    "probe-matrix": list[running.ProbedPairDocument],
    "ps": list[running.ListedStackDocument],
    "resilience": ResilienceDocument,
    "show": ShowDocument,
    "status": running.StatusDocument,
    "test": TestDocument,
    "trace": PathDocument,
    "trace-matrix": MatrixDocument,
    "trace-matrix-apis": WaysDocument,
    "traces": running.TracesDocument,
    "traces-id": running.TraceTreeDocument,
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
