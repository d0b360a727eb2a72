"""Schedule expressions: `rate(5 minutes)`, `cron(0 12 ? * MON-FRI *)`, `at(2030-01-01T00:00:00)`.

AWS's cron has six fields: minutes, hours, day of the month, month, day of the week (1 is Sunday), year. One of the two
fields of days is `?`.

| in a field | means |
|---|---|
| `*` | any |
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
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

from netful.model.core import Frozen, whole_number

_RATE = re.compile(r"rate\((?P<number>[1-9][0-9]{0,8}) (?P<unit>minute|hour|day)s?\)")
_UNIT = re.compile(r"rate\((?P<number>\d+) (?:minute|hour|day)(?P<plural>s?)\)")
_CRON = re.compile(r"cron\(([^()]+)\)")
_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)")
_FIELDS = 6
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_SATURDAY = 5
_LONGEST = timedelta(days=366 * 9)  # 29 February may be eight years ahead

Next = Callable[[datetime], datetime | None]
"""Function that returns a schedule's first due time after another time; None if none exists."""


class ScheduleError(ValueError):
    """An expression that AWS rejects."""


def schedule(expression: str, zone: tzinfo = UTC) -> Next:
    """Return the due times of an expression; raise ScheduleError. A `rate` counts from the time that is passed in."""
    if rate := _RATE.fullmatch(expression):
        return partial(_rate, int(rate["number"]) * _SECONDS[rate["unit"]])
    if cron := _CRON.fullmatch(expression):
        return _Cron.read(cron[1], zone).next
    if once := _AT.fullmatch(expression):
        return _at(once[1], zone)
    raise ScheduleError(expression)


def fault(expression: str, *, of_rule: bool) -> str:
    """Return why EventBridge surely refuses an expression; "" for another one. A rule has no `at`, and its units agree with their numbers."""
    cron, rate = _CRON.fullmatch(expression), _UNIT.fullmatch(expression)
    if cron:
        fields = cron[1].split()
        if len(fields) != _FIELDS:
            return f"a cron expression has six fields, the last one is the year, not {len(fields)}"
        if "?" not in fields[2::2]:
            return "one of the day of the month and the day of the week must be `?`"
    if rate and of_rule and (rate["number"] == "1") is bool(rate["plural"]):
        return "the unit is singular for 1, and plural for other numbers"
    if not expression.startswith(("cron(", "rate(") if of_rule else ("cron(", "rate(", "at(")):
        return "it is neither `cron` nor `rate`"
    return ""


def seconds_of(date: object) -> float | None:
    """Return a date of a template in seconds since 1970; None for one that is left out or not known."""
    try:
        found = datetime.fromisoformat(date) if isinstance(date, str) else None
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() if found else None


def within(due: Next, start: float | None, end: float | None) -> Next:
    """Return the due times after a start and before an end, in seconds since 1970; None is no bound."""
    first = datetime.fromtimestamp(start, UTC) if start is not None else None

    def after(moment: datetime) -> datetime | None:
        found = due(moment if first is None else max(moment, first))
        return found if found is None or end is None or found.timestamp() <= end else None

    return after


def _rate(seconds: int, moment: datetime) -> datetime | None:
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:  # later than any date
        return None


def _at(text: str, zone: tzinfo) -> Next:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ScheduleError(text) from error
    return lambda after: moment if moment > after else None


class _Month(Frozen):
    """A month: its last day, and the weekday of its first day (0 is Monday)."""

    first: int
    last: int

    def dates(self, weekday: int) -> list[int]:
        """Return the days that are on a weekday (1 is Sunday)."""
        return [day for day in range(1, self.last + 1) if (self.first + day) % 7 + 1 == weekday]

    def nearest_weekday(self, day: int) -> int:
        """Return the day, or the nearest weekday of the same month if it is on a weekend."""
        weekday = (self.first + day - 1) % 7
        if weekday == _SATURDAY:
            return day - 1 if day > 1 else day + 2
        if weekday == _SATURDAY + 1:
            return day + 1 if day < self.last else day - 2
        return day


_Days = Callable[[_Month], set[int]]


class _Cron(Frozen, dict=True):
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: tuple[int, ...]
    years: tuple[int, ...]
    days: _Days
    zone: tzinfo

    @classmethod
    def read(cls, text: str, zone: tzinfo) -> _Cron:
        fields = text.upper().split()
        if len(fields) != _FIELDS:
            raise ScheduleError(text)
        minutes, hours, date, month, weekday, year = fields
        if (date == "?") == (weekday == "?"):
            raise ScheduleError(f"{text}: one of the day of the month and the day of the week must be `?`")
        return cls(
            _numbers(minutes, 0, 59), _numbers(hours, 0, 23), _numbers(month, 1, 12, _MONTHS),
            _numbers(year, 1970, 2199), _by_date(date) if weekday == "?" else _by_weekday(weekday), zone,
        )  # fmt: skip

    def next(self, after: datetime) -> datetime | None:
        start = after.astimezone(self.zone).replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = start.replace(hour=0, minute=0)
        while day - start < _LONGEST:
            if day.year in self.years and day.month in self.months and day.day in self._days_of(day):
                for hour in self.hours:
                    for minute in self.minutes:
                        moment = day.replace(hour=hour, minute=minute)
                        if moment >= start:
                            return moment.astimezone(UTC)
            day += timedelta(days=1)
        return None

    def _days_of(self, day: datetime) -> set[int]:
        return self.days(_Month(*calendar.monthrange(day.year, day.month)))


def _by_date(field: str) -> _Days:
    if field == "LW":
        return lambda month: {month.nearest_weekday(month.last)}
    if found := re.fullmatch(r"L(?:-(\w+))?", field):
        before = _number(found[1], 1, 30) if found[1] else 0
        return lambda month: {month.last - before}
    if found := re.fullmatch(r"(\w+)W", field):
        day = _number(found[1], 1, 31)
        return lambda month: {month.nearest_weekday(day)} if day <= month.last else set()
    dates = {*_numbers(field, 1, 31)}
    return lambda _month: dates


def _by_weekday(field: str) -> _Days:
    if found := re.fullmatch(r"(\w+)#([1-5])", field):
        weekday, week = _number(found[1], 1, 7, _DAYS), int(found[2])
        return lambda month: {*month.dates(weekday)[week - 1 : week]}
    if found := re.fullmatch(r"(\w+)L", field):
        weekday = _number(found[1], 1, 7, _DAYS)
        return lambda month: {month.dates(weekday)[-1]}
    weekdays = (7,) if field == "L" else _numbers(field, 1, 7, _DAYS)
    return lambda month: {day for one in weekdays for day in month.dates(one)}


def _numbers(field: str, least: int, most: int, names: dict[str, int] | None = None) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        low, dash, high = span.partition("-")
        if span == "*":
            first, last = least, most
        else:
            first = _number(low, least, most, names)
            last = _number(high, first, most, names) if dash else most if slash else first
        found |= {*range(first, last + 1, _number(step, 1, most) if slash else 1)}
    return (*sorted(found),)


def _number(text: str, least: int, most: int, names: dict[str, int] | None = None) -> int:
    number = (names or {}).get(text, whole_number(text, -1))
    if not least <= number <= most:
        raise ScheduleError(text)
    return number
