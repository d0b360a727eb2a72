"""Event patterns: events that match, and patterns that are refused."""

import json

import pytest

from netful.engine.events.event_patterns import PatternError, parse

EVENT = {
    "source": "shop",
    "detail": {"state": "new", "price": 7.5, "tags": ["a", "b"], "gone": None, "from": "10.1.2.3", "on": True},
}


@pytest.mark.parametrize(
    ("pattern", "fit"),
    [
        ({"source": ["shop"]}, True),
        ({"source": ["other", "shop"]}, True),
        ({"source": ["other"]}, False),
        ({"missing": ["x"]}, False),
        ({"source": ["shop"], "detail": {"state": ["old"]}}, False),
        ({"detail": {"tags": ["b"]}}, True),
        ({"detail": {"tags": ["c"]}}, False),
        ({"detail": {"gone": [None]}}, True),
        ({"detail": {"state": [{"prefix": "ne"}]}}, True),
        ({"detail": {"state": [{"suffix": "ne"}]}}, False),
        ({"detail": {"state": [{"prefix": {"equals-ignore-case": "NE"}}]}}, True),
        ({"detail": {"state": [{"equals-ignore-case": "NEW"}]}}, True),
        ({"detail": {"state": [{"anything-but": "new"}]}}, False),
        ({"detail": {"state": [{"anything-but": ["old", "older"]}]}}, True),
        ({"detail": {"state": [{"anything-but": {"prefix": "ne"}}]}}, False),
        ({"detail": {"price": [{"numeric": [">", 5, "<=", 7.5]}]}}, True),
        ({"detail": {"price": [{"numeric": ["<", 5]}]}}, False),
        ({"detail": {"state": [{"numeric": ["<", 5]}]}}, False),
        ({"detail": {"other": [{"exists": False}]}}, True),
        ({"detail": {"state": [{"exists": False}]}}, False),
        ({"absent": {"inner": [{"exists": False}]}}, True),
        ({"source": [{"exists": True}]}, True),
        ({"detail": {"gone": [{"exists": True}]}}, True),
        ({"detail": [{"exists": True}]}, False),
        ({"detail": [{"anything-but": "shop"}]}, False),
        ({"$or": [{"source": ["other"]}, {"detail": {"state": ["new"]}}]}, True),
        ({"$or": [{"source": ["other"]}]}, False),
        ({"detail": {"state": [{"wildcard": "n*w"}]}}, True),
        ({"detail": {"state": [{"wildcard": "n\\*w"}]}}, False),
        ({"source": [{"wildcard": "s*h*o*p"}]}, True),
        ({"source": [{"wildcard": "*sh*op*"}]}, True),
        ({"source": [{"wildcard": "sho*hop"}]}, False),
        ({"source": [{"wildcard": "s*p*p"}]}, False),
        ({"source": [{"wildcard": "s*o*h*p"}]}, False),
        ({"source": [{"wildcard": "*ho"}]}, False),
        ({"source": [{"wildcard": "ho*"}]}, False),
        ({"source": [{"wildcard": "*"}]}, True),
        ({"detail": {"state": [{"anything-but": {"suffix": ["d", "w"]}}]}}, False),
        ({"detail": {"from": [{"cidr": "10.1.0.0/16"}]}}, True),
        ({"detail": {"from": [{"cidr": "10.2.0.0/16"}]}}, False),
        ({"detail": {"state": [{"cidr": "10.2.0.0/16"}]}}, False),
        ({"detail": {"state": [{"anything-but": {"wildcard": "n*w"}}]}}, False),
        ({"detail": {"state": [{"anything-but": {"wildcard": "o*d"}}]}}, True),
        ({"detail": {"on": [1]}}, False),
        ({"detail": {"on": [{"anything-but": 1}]}}, True),
    ],
)
def test_matches(pattern, fit):
    assert parse(json.dumps(pattern))(EVENT) is fit


@pytest.mark.parametrize(
    "pattern",
    ["", "[]", "1", '{"a": 1}', '{"a": []}', '{"a": [[1]]}', '{"a": [{}]}', '{"a": [{"prefix": 1}]}', '{"$or": {}}',
     '{"a": [{"numeric": [">"]}]}', '{"a": [{"numeric": [">", "1"]}]}', '{"a": [{"numeric": [[], 1]}]}',
     '{"a": [{"exists": 1}]}', '{"a": [{"cidr": "x"}]}', '{"a": [{"anything-but": {"exists": true}}]}',
     '{"a": [{"matcher-of-tomorrow": "x"}]}', '{"a": ' * 200 + '["x"]' + "}" * 200, "[" * 100_000],
)  # fmt: skip
def test_refused(pattern):
    with pytest.raises(PatternError):
        parse(pattern)
