"""When schedules are due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from netful.engine.events.schedules import ScheduleError, schedule, seconds_of
from netful.model.core import Unknown

NOW = datetime(2026, 2, 18, 10, 30, 20, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(1 minute)", "2026-02-18T10:31:20"),
        ("rate(5 hours)", "2026-02-18T15:30:20"),
        ("rate(2 days)", "2026-02-20T10:30:20"),
        ("cron(* * * * ? *)", "2026-02-18T10:31:00"),
        ("cron(0 12 * * ? *)", "2026-02-18T12:00:00"),
        ("cron(0 9 * * ? *)", "2026-02-19T09:00:00"),
        ("cron(0/15 * * * ? *)", "2026-02-18T10:45:00"),
        ("cron(0 8 1 * ? *)", "2026-03-01T08:00:00"),
        ("cron(0 18 ? * MON-FRI *)", "2026-02-18T18:00:00"),
        ("cron(0 18 ? * SUN *)", "2026-02-22T18:00:00"),
        ("cron(0 18 ? * 6L *)", "2026-02-27T18:00:00"),
        ("cron(0 18 ? * 2#1 *)", "2026-03-02T18:00:00"),
        ("cron(0 0 L * ? *)", "2026-02-28T00:00:00"),
        ("cron(0 0 L-2 * ? *)", "2026-02-26T00:00:00"),
        ("cron(0 0 LW 5 ? *)", "2026-05-29T00:00:00"),  # the 31st is a Sunday
        ("cron(0 0 15W 3 ? *)", "2026-03-16T00:00:00"),  # a Sunday
        ("cron(0 0 1W 8 ? *)", "2026-08-03T00:00:00"),  # a Saturday: not in July
        ("cron(0 0 28W 2 ? *)", "2026-02-27T00:00:00"),  # a Saturday
        ("cron(0 0 19W 2 ? *)", "2026-02-19T00:00:00"),
        ("cron(0 0 31W * ? *)", "2026-03-31T00:00:00"),  # February has none
        ("cron(0 0 29 2 ? *)", "2028-02-29T00:00:00"),
        ("cron(0 0 1 JAN,JUL ? 2027)", "2027-01-01T00:00:00"),
        ("at(2026-03-01T12:00:00)", "2026-03-01T12:00:00"),
        ("at(2026-01-01T12:00:00)", None),
        (f"at({NOW:%Y-%m-%dT%H:%M:%S})", None),
        ("rate(999999999 days)", None),  # later than any date
        ("cron(0 0 1 1 ? 2020)", None),
    ],
)
def test_due(expression, due):
    found = schedule(expression)(NOW)
    assert found == (datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None)


def test_a_time_zone_of_its_own():
    found = schedule("cron(0 9 * * ? *)", ZoneInfo("Asia/Tokyo"))(NOW)
    assert found == datetime(2026, 2, 19, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "expression",
    ["rate(0 minutes)", "rate(5 weeks)", "cron(* * * * *)", "cron(61 * * * ? *)", "cron(a * * * ? *)", "at(noon)",
     "cron(0 0 W * ? *)", "cron(0 0 32W * ? *)", "cron(0 0 L-x * ? *)", "5 minutes", "cron(0/0 * * * ? *)",
     "rate(99999999999999 days)", "cron(\u00b2 * * * ? *)", "cron(0/\u00b2 * * * ? *)", "cron(0 0 * * 9#1 *)", "cron(0 0 ? * 8L *)", "cron(0 0 ? * 8#1 *)", "cron(0 0 ? * 8 *)", "cron(0 0 L-40 * ? *)",
     "cron(9-3 * * * ? *)", "cron(0/ * * * ? *)", "cron(0 0 * * * *)", "cron(0 0 ? * ? *)", "cron(0 0 ? ? MON *)",
     "at(2026-03-01)", "at(2026-02-30T12:00:00)", "rate(1\u0660 days)"],
)  # fmt: skip
def test_an_expression_that_is_refused(expression):
    with pytest.raises(ScheduleError):
        schedule(expression)


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("2026-02-18T10:30:20Z", NOW.timestamp()),
        ("2026-02-18T10:30:20", NOW.timestamp()),
        ("2026-02-18T12:30:20+02:00", NOW.timestamp()),
        ("soon", None),
        (None, None),
        (Unknown("no value"), None),
    ],
)
def test_dates_of_templates_are_in_utc_unless_they_say_otherwise(date, seconds):
    assert seconds_of(date) == seconds
