"""Metrics and alarms of CloudWatch."""

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher

METRIC = "Namespace=N&MetricData.member.1.MetricName={}&MetricData.member.1.Value=1"
DATA = (
    "StartTime=2026-01-01T00:00:00Z&EndTime=2026-01-02T00:00:00Z&MetricDataQueries.member.1.Id=m1"
    "&MetricDataQueries.member.1.MetricStat.Metric.Namespace=N&MetricDataQueries.member.1.MetricStat.Metric.MetricName=a"
    "&MetricDataQueries.member.1.MetricStat.Period=60&MetricDataQueries.member.1.MetricStat.Stat=Sum"
    "&MetricDataQueries.member.2.Id=e1&MetricDataQueries.member.2.Expression={}"
)
ALARM = (
    "AlarmName=a&Namespace=N&MetricName=a&Statistic=Sum&Period=60&EvaluationPeriods=1&Threshold=1"
    "&ComparisonOperator=GreaterThanThreshold"
)


@pytest.fixture
def ask(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher = Dispatcher()

    def ask(operation, form):
        headers = [("content-type", "application/x-www-form-urlencoded")]
        body = f"Action={operation}&Version=2010-08-01&{form}".encode()
        answer = dispatcher.answer(FrameCall(1, "monitoring.us-east-1.amazonaws.com", "POST", "/", headers, body))
        return answer.status, answer.body.decode()

    return ask


def test_a_metric_is_listed_once(ask):
    dimension = "&MetricData.member.1.Dimensions.member.1.Name=d&MetricData.member.1.Dimensions.member.1.Value={}"
    for more in ("", "", dimension.format(1), dimension.format(2), dimension.format(2)):
        ask("PutMetricData", METRIC.format("listed") + more)
    assert ask("ListMetrics", "Namespace=N&MetricName=listed")[1].count("<MetricName>") == 3


@pytest.mark.parametrize(("expression", "status"), [("m1", 200), ("m1 / 2", 400), ("SELECT SUM(a) FROM N", 400)])
def test_an_expression_that_is_not_computed_is_refused(ask, expression, status):
    assert ask("GetMetricData", DATA.format(expression))[0] == status


def test_an_alarm_begins_without_data_and_keeps_its_state(ask):
    for state in ("INSUFFICIENT_DATA", "ALARM"):
        ask("PutMetricAlarm", ALARM)
        assert f"<StateValue>{state}<" in ask("DescribeAlarms", "AlarmNames.member.1=a")[1]
        ask("SetAlarmState", "AlarmName=a&StateReason=x&StateValue=ALARM")
