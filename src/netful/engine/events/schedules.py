"""When a schedule is due: `rate(5 minutes)`, `cron(0 12 ? * MON-FRI *)`, `at(2030-01-01T00:00:00)`.

AWS's cron has six fields: minutes, hours, day of the month, month, day of the week (1 is Sunday), year.

| in a field | means |
|---|---|
| `*`, `?` | any |
| `2,4`, `2-4`, `0/15`, `2-10/3` | lists, ranges, steps |
| `JAN`, `MON` | names |
| `L`, `L-3` | the month's last day, the third before it; `6L` its last Friday |
| `15W`, `LW` | the weekday nearest to the 15th, the month's last weekday |
| `6#3` | the month's third Friday |
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_RATE = re.compile(r"rate\((?P<number>[1-9]\d*) (?P<unit>minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(([^()]+)\)")
_AT = re.compile(r"at\(([^()]+)\)")
_FIELDS = 6
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_LONGEST_MONTH, _SATURDAY = 31, 5
_LONGEST = timedelta(days=366 * 9)  # 29 February may be eight years away

Next = Callable[[datetime], datetime | None]
"""Gives the first moment after another at which something is due; None when there is none."""


class ScheduleError(ValueError):
    """An expression that is not AWS's."""


def schedule(expression: str, zone: tzinfo = UTC) -> Next:
    """When an expression is due; raises ScheduleError. `rate` counts from the moment that it is asked about."""
    if rate := _RATE.fullmatch(expression):
        period = timedelta(seconds=int(rate["number"]) * _SECONDS[rate["unit"]])
        return lambda after: after + period
    if cron := _CRON.fullmatch(expression):
        return _Cron.read(cron[1], zone).next
    if once := _AT.fullmatch(expression):
        return _at(once[1], zone)
    raise ScheduleError(expression)


def _at(text: str, zone: tzinfo) -> Next:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except ValueError as error:
        raise ScheduleError(text) from error
    return lambda after: moment if moment > after else None


@dataclass(frozen=True)
class _Cron:
    """The six fields: numbers, but for the two that choose days."""

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    day_of_month: str
    day_of_week: str
    zone: tzinfo

    @classmethod
    def read(cls, text: str, zone: tzinfo) -> _Cron:
        fields = text.upper().split()
        if len(fields) != _FIELDS:
            raise ScheduleError(text)
        minutes, hours, day_of_month, month, day_of_week, year = fields
        made = cls(
            _numbers(minutes, 0, 59), _numbers(hours, 0, 23), _numbers(month, 1, 12, _MONTHS),
            _numbers(year, 1970, 2199), day_of_month, day_of_week, zone,
        )  # fmt: skip
        made._days(datetime(2024, 1, 1, tzinfo=UTC))  # a field that cannot be read is told now
        return made

    def next(self, after: datetime) -> datetime | None:
        start = after.astimezone(self.zone).replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = start.replace(hour=0, minute=0)
        while day - start < _LONGEST:
            if day.year in self.years and day.month in self.months and day.day in self._days(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        moment = day.replace(hour=hour, minute=minute)
                        if moment >= start:
                            return moment.astimezone(UTC)
            day += timedelta(days=1)
        return None

    def _days(self, moment: datetime) -> frozenset[int]:
        """The days of a month that both fields allow."""
        first, last = calendar.monthrange(moment.year, moment.month)
        by_date = self._by_date(first, last)
        weekdays = {day: (first + day) % 7 + 1 for day in range(1, last + 1)}
        return by_date & self._by_weekday(weekdays, last)

    def _by_date(self, first: int, last: int) -> frozenset[int]:
        """Days by their number; `first` is the weekday of the month's first one, 0 for Monday."""
        field = self.day_of_month
        if found := re.fullmatch(r"L(?:-(\d+))?", field):
            return frozenset({last - int(found[1] or 0)} & {*range(1, last + 1)})
        if field == "LW":
            return frozenset({_nearest_weekday(last, first, last)})
        if found := re.fullmatch(r"(\d+)W", field):
            wanted = _number(found[1])
            if not 1 <= wanted <= _LONGEST_MONTH:
                raise ScheduleError(field)
            return frozenset({_nearest_weekday(wanted, first, last)} if wanted <= last else ())
        return _numbers(field, 1, _LONGEST_MONTH)

    def _by_weekday(self, weekdays: dict[int, int], last: int) -> frozenset[int]:
        field = self.day_of_week
        if found := re.fullmatch(r"(\w+)#([1-5])", field):
            wanted, week = _number(found[1], _DAYS), int(found[2])
            return frozenset(day for day, one in weekdays.items() if one == wanted and (day - 1) // 7 + 1 == week)
        if found := re.fullmatch(r"(\w+)L", field):
            wanted = _number(found[1], _DAYS)
            return frozenset(day for day, one in weekdays.items() if one == wanted and day > last - 7)
        wanted_days = {7} if field == "L" else _numbers(field, 1, 7, _DAYS)
        return frozenset(day for day, one in weekdays.items() if one in wanted_days)


def _nearest_weekday(day: int, first: int, last: int) -> int:
    """A day, or where it is on a weekend the Friday before or the Monday after it, but of the same month."""
    weekday = (first + day - 1) % 7
    if weekday == _SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == _SATURDAY + 1:
        return day + 1 if day < last else day - 2
    return day


def _numbers(field: str, least: int, most: int, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, dash, high = span.partition("-")
        if low in {"*", "?"}:
            first, last = least, most
        else:
            first = _number(low, names)
            last = _number(high, names) if dash else (most if step else first)
        if not least <= first <= most or not least <= last <= most:
            raise ScheduleError(field)
        found |= {*range(first, last + 1, _number(step) if step else 1)}
    return frozenset(found)


def _number(text: str, names: dict[str, int] | None = None) -> int:
    if names and text in names:
        return names[text]
    if not text.isdigit():
        raise ScheduleError(text)
    return int(text)
