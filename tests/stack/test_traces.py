"""Traces of a running stack: an order from its caller to its consumer, in X-Ray's API, in a collector, and as a tree."""

import json
import shutil
import time

import pytest

from tests.helpers import json_schemas
from tests.helpers.otlp_receiver import attributes, collecting
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
SPANS = (
    "Caller",
    "Orders/prod",
    "endpoint ApiEndpoint",
    "Backend",
    "Initialization",
    "nat Nat",
    "calculation",
    "sqs:SendMessage",
    "Consumer",
)


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    """The stack, its collector, and the trace of one order."""
    folder = tmp_path_factory.mktemp("traces")
    shutil.copy(EXAMPLES / "traces" / "template.yaml", folder / "template.yaml")
    stack = Stack(folder / "state", folder / "template.yaml")
    with collecting() as (collector, url):
        stack.up("--otlp", url)
        assert stack.invoke("Caller")["payload"] == 202
        (trace,) = wait_until(lambda: [one for one in listed(stack) if one["segments"] == 7])
        yield stack, collector, trace
        stack.down()


def listed(stack):
    found = stack.json("traces", "--stack", "s")
    json_schemas.check("traces", found)
    return found["traces"]


def test_a_trace_is_a_tree_from_the_caller_to_the_consumer(traced):
    stack, _, trace = traced
    tree = stack.json("traces", trace["id"][:20], "--stack", "s")
    json_schemas.check("traces-id", tree)
    found = tree["spans"]
    above, ways = [], {}
    for one in found:
        above[one["depth"] :] = [one["name"]]
        ways[one["name"]] = tuple(above)
    assert ways["Consumer"][-2] == "sqs:SendMessage"  # its queue
    assert ways["calculation"][-2] == "Invocation"  # what the function itself has sent to X-Ray's daemon
    assert ways["nat Nat"][-2] in {"ssm:GetParameter", "sqs:SendMessage"}
    assert ways["endpoint ApiEndpoint"][-2] == "Orders/prod"
    backend = ways["ssm:GetParameter"][:-1]
    assert backend == ("Caller", "Invocation", "Orders/prod", "integration Backend", "Backend", "Invocation")
    assert not any(one["failed"] for one in found)


def test_the_list_and_the_tree_are_readable(traced):
    stack, _, trace = traced
    assert trace["id"] in stack.netful("traces", "--stack", "s", check=0).stdout
    text = stack.netful("traces", trace["id"], "--stack", "s", check=0).stdout
    assert text.splitlines()[0] == trace["id"]
    assert "10.0.2.5 becomes 10.0.1.4" in text
    unknown = stack.netful("traces", "1-0", "--stack", "s", check=2)
    assert unknown.stderr.startswith("error: there is no trace")


def test_the_collector_has_the_spans_with_their_hops(traced):
    _, collector, trace = traced
    spans = collector.wait_for(*SPANS)
    (trace_id,) = {one.trace_id.hex() for one in spans.values()}
    assert trace_id == trace["id"].removeprefix("1-").replace("-", "")
    assert attributes(spans["nat Nat"])["netful.hop.rule"] == "in Public, 10.0.2.5 becomes 10.0.1.4"
    assert attributes(spans["Orders/prod"])["http.response.status_code"] == 202
    assert spans["Caller"].parent_span_id == b""
    assert spans["Backend"].parent_span_id == spans["integration Backend"].span_id


def test_xrays_api_returns_the_trace_and_takes_segments(traced):
    stack, _, trace = traced
    xray, now = stack.client("xray"), time.time()
    found = xray.get_trace_summaries(StartTime=now - 3600, EndTime=now + 60)["TraceSummaries"]
    (summary,) = [one for one in found if one["Id"] == trace["id"]]
    assert (summary["EntryPoint"]["Name"], summary["HasFault"]) == ("Caller", False)

    def filtered(expression):
        asked = {"StartTime": now - 3600, "EndTime": now + 60, "FilterExpression": expression}
        return [one["Id"] for one in xray.get_trace_summaries(**asked)["TraceSummaries"]]

    assert trace["id"] in filtered('service("Orders/prod") { http.status = 202 } AND !fault')
    assert filtered('service("Orders/prod") { fault }') == []
    with pytest.raises(xray.exceptions.InvalidRequestException):
        filtered('edge("Caller", "Orders/prod")')
    batch = xray.batch_get_traces(TraceIds=[trace["id"], "1-00000000-000000000000000000000000"])
    documents = [json.loads(one["Document"]) for one in batch["Traces"][0]["Segments"]]
    assert {one["name"] for one in documents} >= {"Caller", "Orders/prod", "Backend", "Consumer"}
    assert batch["UnprocessedTraceIds"] == ["1-00000000-000000000000000000000000"]
    own = {
        "name": "mine",
        "id": "00000000000000aa",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "start_time": now,
        "end_time": now + 1,
    }
    refused = xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(own), "{}"])["UnprocessedTraceSegments"]
    assert len(refused) == 1
    (kept,) = xray.batch_get_traces(TraceIds=[own["trace_id"]])["Traces"]
    assert json.loads(kept["Segments"][0]["Document"]) == own


@pytest.mark.parametrize("options", [("--sample", "1"), ("--sample", "101%"), ("--otlp", "collector")])
def test_bad_options_are_one_message(traced, options):
    stack, _, _ = traced
    done = stack.netful("up", "-d", "-t", "template.yaml", "--stack", "other", *options, check=2)
    assert done.stderr.startswith(f"error: `{options[0]} {options[1]}`")
    assert "hint: " in done.stderr


def test_a_collector_that_is_gone_is_a_warning_and_harms_nothing(tmp_path):
    shutil.copy(EXAMPLES / "traces" / "template.yaml", tmp_path / "template.yaml")
    stack = Stack(tmp_path / "state", tmp_path / "template.yaml")
    stack.up("--otlp", "http://127.0.0.1:1")
    try:
        assert stack.invoke("Caller")["payload"] == 202
        assert wait_until(
            lambda: [one for one in stack.json("status", "--stack", "s")["warnings"] if "127.0.0.1:1" in one]
        )
        assert stack.invoke("Caller")["payload"] == 202
    finally:
        stack.down()


def test_without_the_option_nothing_is_traced(tmp_path):
    shutil.copy(EXAMPLES / "traces" / "template.yaml", tmp_path / "template.yaml")
    stack = Stack(tmp_path / "state", tmp_path / "template.yaml")
    stack.up()
    try:
        assert stack.invoke("Caller")["payload"] == 202
        assert listed(stack) == []
        assert "hint: " in stack.netful("traces", "--stack", "s", check=0).stderr
    finally:
        stack.down()
