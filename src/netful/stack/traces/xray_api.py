"""X-Ray's API: segments in, summaries and traces out."""

import json
from collections.abc import Mapping
from typing import Any

from netful.account.operations.rest_json_api import RestJsonApi
from netful.account.wire.errors import ApiError
from netful.engine.traces.documents import BadDocumentError
from netful.engine.traces.filter_expressions import BadFilterError, trace_filter
from netful.engine.traces.summaries import duration, summary
from netful.stack.traces.traces import Traces

SERVICE, _INVALID = "xray", "InvalidRequestException"
_DEFAULT_RULE = {
    "RuleName": "Default", "ResourceARN": "*",
    "Priority": 10000, "FixedRate": 0.05, "ReservoirSize": 1, "ServiceName": "*", "ServiceType": "*", "Host": "*",
    "HTTPMethod": "*", "URLPath": "*", "Version": 1, "Attributes": {},
}  # fmt: skip
"""The rule of an account without rules of its own. Programs that sample follow it; `--sample` is the stack's."""

Answer = Mapping[str, Any]


class XRayApi:
    """The operations."""

    def __init__(self, traces: Traces) -> None:
        self._traces = traces
        operations = {
            "PutTraceSegments": self._put,
            "PutTelemetryRecords": _nothing,
            "GetTraceSummaries": self._summaries,
            "BatchGetTraces": self._batch,
            "GetSamplingRules": _rules,
            "GetSamplingTargets": _targets,
        }
        self.handle = RestJsonApi(SERVICE, operations, _INVALID).handle

    async def _put(self, asked: Answer) -> Answer:
        refused = []
        for text in asked["TraceSegmentDocuments"]:
            try:
                self._traces.put(text.encode())
            except BadDocumentError as error:
                refused.append({"ErrorCode": "ParseError", "Message": f"Invalid segment. {error}"})
        return {"UnprocessedTraceSegments": refused}

    async def _summaries(self, asked: Answer) -> Answer:
        try:
            passes = trace_filter(asked["FilterExpression"]) if asked.get("FilterExpression") else None
        except BadFilterError as error:
            raise ApiError(_INVALID, f"Invalid filter expression: {error}") from None
        begin, end = float(asked["StartTime"]), float(asked["EndTime"])
        traces = [(id_, documents) for id_, documents in self._traces.all() if passes is None or passes(documents)]
        found = [summary(trace_id, documents) for trace_id, documents in traces]
        chosen = [one for one in found if begin <= one["StartTime"] <= end]
        return {"TraceSummaries": chosen, "TracesProcessedCount": len(found), "ApproximateTime": end}

    async def _batch(self, asked: Answer) -> Answer:
        traces = [
            {
                "Id": trace_id,
                "Duration": duration(documents),
                "LimitExceeded": False,
                "Segments": [{"Id": one["id"], "Document": json.dumps(one)} for one in documents],
            }
            for trace_id in asked["TraceIds"]
            if (documents := self._traces.get(trace_id))
        ]
        missing = [trace_id for trace_id in asked["TraceIds"] if not self._traces.get(trace_id)]
        return {"Traces": traces, "UnprocessedTraceIds": missing}


async def _nothing(_asked: Answer) -> Answer:
    return {}


async def _rules(_asked: Answer) -> Answer:
    return {"SamplingRuleRecords": [{"SamplingRule": _DEFAULT_RULE, "CreatedAt": 0.0, "ModifiedAt": 0.0}]}


async def _targets(_asked: Answer) -> Answer:
    return {"SamplingTargetDocuments": [], "LastRuleModification": 0.0, "UnprocessedStatistics": []}
