"""Filter patterns, queries and groups of CloudWatch Logs. moto returns the events that it cannot exclude; here these operations are unknown.

| evaluated | not evaluated |
|---|---|
| patterns of words and quoted phrases, with `?` and `-` | patterns of JSON's members and of columns, regular expressions |
| queries of `fields` (of the event itself), `sort @timestamp` and `limit` | other commands and fields, such as `filter` and `stats` |
"""

import json
import re
from collections.abc import Callable
from typing import Any

_TERM = r'([?-]?)("[^"]*"|[^\s"{\[%?-][^\s"]*)(?:\s+|$)'
_WORDS = re.compile(rf"\s*(?:{_TERM})*")
_FIELD = "@(?:timestamp|message|logStream|log)"
_COMMAND = re.compile(
    rf"fields\s+{_FIELD}(?:\s*,\s*{_FIELD})*|sort\s+@timestamp(?:\s+(?:asc|desc))?|limit\s+\d+", re.IGNORECASE
)


class _Words:
    """A pattern of words, in place of moto's."""

    def __init__(self, pattern: str | None) -> None:
        if not _WORDS.fullmatch(pattern or ""):
            raise NotImplementedError(f"netful does not evaluate this filter pattern: {pattern}")
        terms = [(sign, text.strip('"')) for sign, text in re.findall(_TERM, pattern or "")]
        self._any, self._none, self._all = ([text for sign, text in terms if sign == one] for one in ("?", "-", ""))

    def matches(self, message: str) -> bool:
        """Return whether the pattern admits a message. Optional words count where no other word is asked for."""
        if self._any and not (self._all or self._none):
            return any(one in message for one in self._any)
        return all(one in message for one in self._all) and not any(one in message for one in self._none)


def evaluate(models: Any) -> None:
    """Evaluate patterns of words, and refuse queries that moto would evaluate in part."""
    backend = models.LogsBackend
    begun = backend.start_query

    def start_query(own: Any, groups: Any, start: Any, end: Any, query: str) -> Any:
        for command in query.split("|"):
            if not _COMMAND.fullmatch(command.strip()):
                raise NotImplementedError(f"netful does not evaluate this command of a query: {command.strip()}")
        return begun(own, groups, start, end, query)

    backend.start_query, models.EventMessageFilter = start_query, _Words


def find_groups_and_streams(responses: Any) -> None:
    """Find a group by its identifier, which may be its ARN, and filter the events of the streams with a prefix alone."""
    answers = responses.LogsResponse

    def naming(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def named(answer: Any) -> Any:
            asked = json.loads(answer.body)
            group = asked.get("logGroupName") or asked.get("logGroupIdentifier", "").rpartition(":log-group:")[
                2
            ].removesuffix(":*")
            answer.querystring["logGroupName"] = [group]
            prefix, known = asked.get("logStreamNamePrefix"), answer.logs_backend.groups
            if prefix and group in known and work.__name__ == "filter_log_events":
                streams = [one for one in known[group].streams if one.startswith(prefix)]
                answer.querystring["logStreamNames"] = [streams or [prefix]]
            return work(answer)

        return named

    for operation in ("filter_log_events", "get_log_events", "describe_log_streams"):
        setattr(answers, operation, naming(getattr(answers, operation)))
