"""What `netful status` says of API Gateway."""

from netful.cli.status import gateway_lines

BUCKET = {"level": "usage plan", "of": "Plan Key", "rate": 0.5, "burst": 20, "tokens": 17.25}
QUOTA = {"usage_plan": "Plan", "api_key": "Key", "period": "2026-11-25", "limit": 4, "used": 2}
CACHE = {"stage": "Stage", "entries": 3, "bytes": 40, "CacheHitCount": 5, "CacheMissCount": 6}


def told(**more):
    nothing = {"state": None, "workers": [], "restarts": 0, "buckets": [], "quotas": [], "caches": []}
    return [" ".join(line.split()) for line in gateway_lines(nothing | more)]


def test_nothing_is_told_of_what_nobody_has_asked_for():
    assert told() == []


def test_what_is_left_and_what_is_used():
    lines = told(buckets=[BUCKET, BUCKET | {"rate": 1e15, "burst": 1e15}], quotas=[QUOTA], caches=[CACHE])
    assert lines == [
        "throttle Plan Key usage plan 17.2 of 20 tokens, 0.5/s",
        "throttle Plan Key usage plan no limit",
        "quota Plan Key 2026-11-25 2 of 4",
        "cache Stage 3 entries, 5 hits, 6 misses",
    ]


def test_shared_state_and_its_absence():
    here = {"state": "127.0.0.1:6379", "caches": [CACHE | {"entries": None, "bytes": None}]}
    assert told(**here) == ["API Gateway: state at 127.0.0.1:6379", "cache Stage 5 hits, 6 misses"]
    many = here | {"workers": [{"pid": 1}, {"pid": 2}], "restarts": 1, "away": True, "caches": []}
    assert told(**many) == ["API Gateway: 2 workers, state at 127.0.0.1:6379 (away), 1 started again"]
