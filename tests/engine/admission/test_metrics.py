from netful.engine.admission.metrics import Measured, Minute, Statistics, data


def statistics(*samples):
    made = Statistics()
    for sample in samples:
        made.add(sample)
    return made


def of(measured, minute):
    return {
        (one["MetricName"], tuple(d["Value"] for d in one["Dimensions"])): one["StatisticValues"]
        for one in data(measured, [minute])
    }


def values(count, total, least, most):
    return {"SampleCount": count, "Sum": total, "Minimum": least, "Maximum": most}


def test_samples_have_a_least_and_a_most():
    made = statistics(5.0, 2.0, 9.0)
    assert (made.count, made.total, made.least, made.most) == (3, 16.0, 2.0, 9.0)


def test_a_minute_of_a_rest_api():
    minute = Minute(60, {200: 1, 403: 2}, {200: 2, 502: 1}, statistics(4.0, 2.0, 6.0), statistics(1.0, 3.0), 1, 2)
    found = of(Measured(rest=True, api="a", stage="live", cached=True), minute)
    assert {name for name, _ in found} == {
        "Count", "4XXError", "5XXError", "Latency", "IntegrationLatency", "CacheHitCount", "CacheMissCount",
    }  # fmt: skip
    assert {place for _, place in found} == {("a",), ("a", "live")}
    assert found["Count", ("a",)] == values(6, 6, 1, 1)
    assert found["4XXError", ("a",)] == values(6, 2, 0, 1)
    assert found["5XXError", ("a",)] == values(6, 1, 0, 1)
    assert found["Latency", ("a",)] == values(6, 12.0, 0.0, 6.0)  # what is answered at once takes no time
    assert found["IntegrationLatency", ("a",)] == values(2, 4.0, 1.0, 3.0)
    assert found["CacheHitCount", ("a",)] == values(3, 1, 0, 1)
    assert found["CacheMissCount", ("a",)] == values(3, 2, 0, 1)


def test_a_minute_of_an_http_api_with_detailed_metrics():
    minute = Minute(60, {}, {404: 2}, statistics(4.0, 2.0))
    found = of(Measured(rest=False, api="a", stage="live", method="GET", resource="/x", detailed=True), minute)
    assert {place for _, place in found} == {("a",), ("a", "live"), ("a", "GET", "/x", "live")}
    assert found["4xx", ("a",)] == values(2, 2, 1, 1)
    assert found["5xx", ("a",)] == values(2, 0, 0, 0)
    assert found["Latency", ("a",)] == values(2, 6.0, 2.0, 4.0)
    assert "IntegrationLatency" not in {name for name, _ in found}


def test_a_minute_without_requests_has_no_metrics():
    assert [*data(Measured(rest=True, api="a", stage="live"), [Minute(60)])] == []
