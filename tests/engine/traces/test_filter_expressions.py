"""Filter expressions of traces: what passes, and what is refused."""

import pytest

from netful.engine.traces.filter_expressions import BadFilterError, trace_filter

API = {
    "id": "1" * 16, "name": "Orders/prod", "start_time": 10.0, "end_time": 12.5, "fault": True, "user": "ann",
    "http": {"request": {"url": "https://api.test/prod/orders", "method": "GET"}, "response": {"status": 502}},
    "subsegments": [{"id": "2" * 16, "name": "cache", "start_time": 10.0, "end_time": 10.1}],
}  # fmt: skip
FUNCTION = {
    "id": "3" * 16, "parent_id": "1" * 16, "name": "Backend", "start_time": 11.0, "end_time": 13.0,
    "annotations": {"mode": "basic", "tries": 3, "warm": True},
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fault", True),
        ("fault = true AND error = false", True),
        ("ok OR throttle", False),
        ("!ok", True),
        ("NOT partial and fault", True),
        ("throttle AND ok OR fault", True),  # AND binds closer
        ("throttle AND (ok OR fault)", False),
        ("responsetime > 2", True),
        ("responsetime >= 2.6", False),
        ("duration = 3", True),
        ("http.status = 502", True),
        ("http.status != 502", False),
        ('http.url CONTAINS "/orders" AND http.url BEGINSWITH "https://"', True),
        ('http.url endswith "orders"', True),
        ('http.method = "POST"', False),
        ('http.useragent != "curl"', False),  # the trace has none
        ('user = "ann"', True),
        ('service("Backend")', True),
        ('service("Frontend")', False),
        ('service("Backend") { fault }', False),
        ('service("Orders/prod") { fault AND responsetime > 2 }', True),
        ('service("Backend") { annotation.mode = "basic" }', True),
        ('annotation.mode BEGINSWITH "ba"', True),
        ("annotation[tries] > 2", True),
        ("annotation[tries] = true", False),
        ("annotation.warm = true", True),
        ("annotation.warm != true", False),
        ("annotation.warm = false", False),
        ("annotation.warm != false", True),
        ("annotation.warm = 1", False),
        ("annotation.other", False),
    ],
)
def test_a_trace_passes_what_it_is(text, expected):
    assert trace_filter(text)([API, FUNCTION]) is expected


@pytest.mark.parametrize(
    "text",
    [
        "slow",
        'edge("a", "b")',
        "rootcause.fault.service",
        "responsetime",
        "responsetime > fast",
        'http.status CONTAINS "5"',
        "http.url = 5",
        "fault = 5",
        "fault AND",
        "(fault",
        "fault ok",
        "service(Backend)",
        'service("a") { slow }',
        'annotation.mode > "a"',
        "annotation = 1",
        "fault ~ 1",
        'http.url = "open',
        "(" * 200 + "fault" + ")" * 200,
    ],
)
def test_what_is_not_known_is_refused(text):
    with pytest.raises(BadFilterError):
        trace_filter(text)
