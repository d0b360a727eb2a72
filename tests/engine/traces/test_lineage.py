"""How often a function has run for an event, by the trace header."""

from netful.engine.traces.lineage import MOST_RUNS, after_run, merged, runs
from netful.engine.traces.trace_header import TraceHeader

ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"


def test_each_run_counts_for_its_own_function():
    lineage = ""
    for _ in range(MOST_RUNS):
        lineage = after_run(after_run(lineage, "Ping"), "Pong")
    lineage = after_run(lineage, "Ping")
    assert (runs(lineage, "Ping"), runs(lineage, "Pong"), runs(lineage, "Other")) == (17, 16, 0)


def test_a_lineage_that_a_client_quoted_is_the_same():
    lineage = after_run(after_run("", "Ping"), "Pong")
    assert runs(lineage.replace("|", "%7C"), "Pong") == 1


def test_a_batch_has_the_largest_count_of_each_function():
    one, two = after_run("", "Ping"), after_run(after_run("", "Ping"), "Ping")
    both = merged({one, two, after_run("", "Pong"), ""})
    assert (runs(both, "Ping"), runs(both, "Pong")) == (2, 1)


def test_what_is_not_a_lineage_counts_nothing():
    assert runs("1:2:3|x|:|ab:-1", "Ping") == 0
    assert merged({""}) == ""


def test_a_header_keeps_its_lineage():
    text = f"{ROOT};Lineage=0a0b0c0d:3"
    assert TraceHeader.of(text).lineage == "0a0b0c0d:3"
    assert str(TraceHeader.of(text)) == text
    assert str(TraceHeader.of("Lineage=0a0b0c0d:3")) == "Lineage=0a0b0c0d:3"
