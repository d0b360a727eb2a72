"""A log of JSON: Lambda's own lines, the runtimes' lines, and their levels (LoggingConfig)."""

import json
from dataclasses import replace

import pytest

from netful.model.functions.function import LoggingConfig
from tests.helpers.lambda_bench import function_of

pytestmark = pytest.mark.packets
SOURCE = """
import logging
logger = logging.getLogger()
def handler(event, context):
    logger.debug("too little")
    logger.info("worked", extra={"order": 7})
    if event.get("fail"):
        raise ValueError("told to fail")
"""


def logged(bench, function, event=b"{}", trace_id="", **config):
    async def body(service):
        await service.invoke("Fn", event, trace_id=trace_id)
        return service.logs("Fn")

    group = bench.run(function, body, logging=LoggingConfig("JSON", **config))
    return group.name, [json.loads(event.message) for event in group.events]


def test_each_line_is_an_object(bench):
    name, (init, start, own, report) = logged(bench, function_of(SOURCE), log_group="/shared")
    assert name == "/shared"
    assert (init["type"], init["record"]["phase"], init["record"]["functionName"]) == (
        "platform.initStart",
        "init",
        "my-fn",
    )
    assert start["record"] == {"requestId": start["record"]["requestId"], "version": "$LATEST"}
    assert (own["level"], own["message"], own["order"]) == ("INFO", "worked", 7)
    assert own["requestId"] == start["record"]["requestId"]
    assert (report["type"], report["record"]["status"]) == ("platform.report", "success")
    assert {"durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs"} == set(
        report["record"]["metrics"]
    )


def test_the_report_of_a_traced_invocation_has_its_trace(bench):
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled="
    _, (*_, traced) = logged(bench, function_of(SOURCE), trace_id=f"{header}1")
    tracing = traced["record"]["tracing"]
    assert (tracing["spanId"], tracing["type"]) == ("53995c3f42cd8ad8", "X-Amzn-Trace-Id")
    assert tracing["value"].startswith(f"{header}1")
    _, (*_, untraced) = logged(bench, function_of(SOURCE), trace_id=f"{header}0")
    assert "tracing" not in untraced["record"]


def test_levels_leave_lines_out(bench):
    _, lines = logged(
        bench, function_of(SOURCE), b'{"fail": true}', application_log_level="ERROR", system_log_level="WARN"
    )
    error, report = lines
    assert (error["level"], error["errorType"], error["errorMessage"]) == ("ERROR", "ValueError", "told to fail")
    assert (report["type"], report["record"]["status"]) == ("platform.report", "error")


def test_the_console_of_node(bench):
    code = """exports.handler = async () => {
        console.debug("too little"); console.log({order: 7}); console.error("no", new TypeError("bad"));
        throw new RangeError("far");
    }"""
    function = replace(function_of(code), runtime="nodejs20.x")
    lines = [line for line in logged(bench, function)[1] if "level" in line]
    assert [(line["level"], line["message"]) for line in lines[:1]] == [("INFO", {"order": 7})]
    assert (lines[1]["errorType"], lines[1]["errorMessage"]) == ("TypeError", "bad")
    assert lines[2]["message"]["errorType"] == "RangeError"
