"""Filter expressions of `GetTraceSummaries`: keywords of a trace, compared and combined.

    ok error fault throttle partial          alone, or `= true`; with `!` or NOT the contrary
    responsetime duration http.status        a number by = != < <= > >=
    http.url http.method http.useragent      a text in quotes by = != CONTAINS BEGINSWITH ENDSWITH
    http.clientip name user
    annotation.KEY annotation[KEY]           a text, a number or a truth value; alone: it is there
    service("NAME") { expression }           a span of that name, for which the expression holds

AND binds closer than OR. What else X-Ray knows (`edge`, `rootcause`, `group` …) is refused, and never passed over. A keyword about
requests is that of the trace's first span; a mark is that of any span.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from netful.engine.traces.tracer import Document
from netful.engine.traces.tree import Span, spans
from netful.model.core import Frozen

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|!=|[=<>!(){}\[\]]))"""
)
_MARKS = ("error", "fault", "throttle")
_DEEPEST = 50


class BadFilterError(Exception):
    """A text that is no filter expression, or one that netful does not know; the message is the reason."""


class _Subject(Frozen):
    """The spans that an expression is asked about: those of a trace, or one alone."""

    spans: tuple[Span, ...]

    @property
    def first(self) -> Document:
        return self.spans[0].document

    def marked(self, mark: str) -> bool:
        return any(one.document.get(mark) for one in self.spans)

    def seconds(self) -> float:
        """Return the time from the first beginning to the last end."""
        return max(one.ended or one.begun for one in self.spans) - min(one.begun for one in self.spans)

    def annotations(self, key: str) -> list[Any]:
        found = (one.document.get("annotations") for one in self.spans)
        return [one[key] for one in found if isinstance(one, dict) and key in one]


Filter = Callable[[_Subject], bool]
Value = Callable[[_Subject], object]


def _http(part: str, name: str) -> Value:
    return lambda subject: ((subject.first.get("http") or {}).get(part) or {}).get(name)


_BOOLEANS: Mapping[str, Filter] = {
    "ok": lambda subject: not any(map(subject.marked, _MARKS)),
    "partial": lambda subject: any(one.ended is None for one in subject.spans),
    "error": lambda subject: subject.marked("error"),
    "fault": lambda subject: subject.marked("fault"),
    "throttle": lambda subject: subject.marked("throttle"),
}
_NUMBERS: Mapping[str, Value] = {
    "responsetime": lambda subject: (subject.spans[0].ended or subject.spans[0].begun) - subject.spans[0].begun,
    "duration": _Subject.seconds,
    "http.status": _http("response", "status"),
}
_TEXTS: Mapping[str, Value] = {
    "http.url": _http("request", "url"),
    "http.method": _http("request", "method"),
    "http.useragent": _http("request", "user_agent"),
    "http.clientip": _http("request", "client_ip"),
    "name": lambda subject: subject.first["name"],
    "user": lambda subject: subject.first.get("user"),
}
_OF_NUMBERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_OF_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "=": operator.eq, "!=": operator.ne, "contains": operator.contains, "beginswith": str.startswith, "endswith": str.endswith,
}  # fmt: skip


def trace_filter(text: str) -> Callable[[Sequence[Document]], bool]:
    """Return whether the documents of a trace pass a filter expression. Raises BadFilterError."""
    passes = _Parser(text).whole()
    return lambda documents: passes(_Subject(tuple(spans(documents))))


class _Parser:
    """A parser by recursive descent: or, and, not, term."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise BadFilterError(f"it cannot be read from `{text[at:].strip()[:40]}`")
            kind = found.lastgroup or ""
            self._tokens.append((kind, found[kind]))
            at = found.end()
        self._tokens.append(("end", "its end"))
        self._at = self._depth = 0

    def whole(self) -> Filter:
        found = self._any()
        self._expect("end", "its end")
        return found

    def _next(self) -> tuple[str, str]:
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, *words: str) -> str:
        """Take the next token if it is one of some words or signs; return it in lower case, or ""."""
        kind, token = self._tokens[self._at]
        if kind in {"word", "sign"} and token.lower() in words:
            self._at += 1
            return token.lower()
        return ""

    def _expect(self, kind: str, what: str) -> str:
        found, token = self._next()
        if found != kind or (kind in {"sign", "end"} and token != what):
            raise BadFilterError(f"`{token}` where {what} is expected")
        return token

    def _any(self) -> Filter:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda subject: any(part(subject) for part in parts)

    def _all(self) -> Filter:
        parts = [self._not()]
        while self._takes("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else lambda subject: all(part(subject) for part in parts)

    def _not(self) -> Filter:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadFilterError(f"it is nested more than {_DEEPEST} deep")
        if self._takes("not", "!"):
            inner = self._not()
            found: Filter = lambda subject: not inner(subject)  # noqa: E731  # a filter like the others
        elif self._takes("("):
            found = self._any()
            self._expect("sign", ")")
        else:
            found = self._term()
        self._depth -= 1
        return found

    def _term(self) -> Filter:
        word = self._expect("word", "a keyword")
        if word == "service":
            return self._service()
        if word == "annotation" or word.startswith("annotation."):
            return self._annotation(word.partition(".")[2])
        if word in _BOOLEANS:
            return self._boolean(_BOOLEANS[word])
        if word in _NUMBERS:
            return self._compared(_NUMBERS[word], "number", _OF_NUMBERS)
        if word in _TEXTS:
            return self._compared(_TEXTS[word], "text", _OF_TEXTS)
        raise BadFilterError(f"netful does not know `{word}`")

    def _boolean(self, holds: Filter) -> Filter:
        sign = self._takes("=", "!=")
        if not sign:
            return holds
        wanted = (self._truth() == "true") is (sign == "=")
        return lambda subject: holds(subject) is wanted

    def _truth(self) -> str:
        word = self._takes("true", "false")
        if not word:
            raise BadFilterError(f"`{self._next()[1]}` where true or false is expected")
        return word

    def _compared(self, of: Value, kind: str, operators: Mapping[str, Callable[[Any, Any], bool]]) -> Filter:
        sign = self._takes(*operators)
        if not sign:
            raise BadFilterError(f"`{self._next()[1]}` where a {kind} is compared")
        compare, wanted = operators[sign], _value(kind, self._expect(kind, f"a {kind}"))
        return lambda subject: _alike(found := of(subject), wanted) and compare(found, wanted)

    def _annotation(self, key: str) -> Filter:
        if not key:
            self._expect("sign", "[")
            key = self._expect("word", "the key of an annotation")
            self._expect("sign", "]")
        sign = self._takes(*_OF_NUMBERS, *_OF_TEXTS)
        if not sign:
            return lambda subject: bool(subject.annotations(key))
        kind, token = self._next()
        if kind == "word" and token in {"true", "false"}:
            kind = "truth"
        operators = {"text": _OF_TEXTS, "number": _OF_NUMBERS, "truth": {"=": operator.eq, "!=": operator.ne}}.get(kind)
        if operators is None or sign not in operators:
            raise BadFilterError(f"`{sign} {token}` does not compare an annotation")
        compare, wanted = operators[sign], _value(kind, token)
        return lambda subject: any(_alike(one, wanted) and compare(one, wanted) for one in subject.annotations(key))

    def _service(self) -> Filter:
        self._expect("sign", "(")
        name = _value("text", self._expect("text", "a name in quotes"))
        self._expect("sign", ")")
        inner: Filter | None = None
        if self._takes("{"):
            inner = self._any()
            self._expect("sign", "}")

        def holds(subject: _Subject) -> bool:
            named = (one for one in subject.spans if one.document["name"] == name)
            return any(inner is None or inner(_Subject((one,))) for one in named)

        return holds


def _value(kind: str, written: str) -> str | float | bool:
    """Return the value that a token stands for."""
    if kind == "number":
        return float(written)
    return written == "true" if kind == "truth" else re.sub(r"\\(.)", r"\1", written[1:-1])


def _alike(found: object, wanted: str | float | bool) -> bool:  # noqa: FBT001  # a value of a document
    """Return whether a value can be compared with that of an expression: numbers, texts and truth values only with their kind."""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return isinstance(found, bool) and isinstance(wanted, bool)
    return isinstance(found, str) if isinstance(wanted, str) else isinstance(found, int | float)
