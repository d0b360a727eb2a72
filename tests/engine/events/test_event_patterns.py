"""Event patterns: what fits, and what does not."""

import pytest

from netful.engine.events.event_patterns import fits

EVENT = {"source": "shop", "detail": {"state": "new", "price": 7.5, "tags": ["a", "b"], "gone": None}}


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
        ({"$or": [{"source": ["other"]}, {"detail": {"state": ["new"]}}]}, True),
        ({"$or": [{"source": ["other"]}]}, False),
        ({"detail": {"state": [{"wildcard-of-tomorrow": "x"}]}}, False),
    ],
)
def test_fits(pattern, fit):
    assert fits(pattern, EVENT) is fit
