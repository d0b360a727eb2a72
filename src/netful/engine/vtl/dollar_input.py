"""`$input`: the body and the parameters of a request (api-gateway §5.7)."""

import json
from collections.abc import Mapping
from typing import Any

from netful.engine.effort.allowance import Allowance
from netful.engine.effort.weight import pay_for
from netful.engine.vtl.java.method import Method, methods
from netful.engine.vtl.java.values import ABSENT, json_text
from netful.engine.vtl.json_path import MISSING, Path, json_path
from netful.engine.vtl.syntax.errors import BodyError

# : output for an empty body, in both directions (recorded)
_EMPTY_BODY = "{}"
_PATH_CHARACTER = 32  # units of a character of a path


class Input:
    """Receiver of `$input`'s methods. The body is parsed once, at the first use."""

    __slots__ = ("_document", "_params", "_text")

    def __init__(self, body: str, params: dict[str, Mapping[str, str]]) -> None:
        self._text = body
        self._params = params
        self._document: Any = MISSING

    @property
    def body(self) -> str:
        """The body unchanged."""
        return self._text or _EMPTY_BODY

    def path(self, path: str, work: Allowance) -> Any:
        """Return the value at a path; a missing or null value prints nothing and equals `""` and `$null`."""
        compiled = _compiled(work, path)
        found = compiled.of(self._parsed(work), work) if self._text else MISSING
        return ABSENT if found is MISSING or found is None else found

    def json(self, path: str, work: Allowance) -> str:
        """Return the value at a path as JSON; an empty string if it is missing."""
        found = _compiled(work, path).of(self._parsed(work), work)
        pay_for(work, found)
        return '""' if found is MISSING else json_text(found)

    def params(self) -> dict[str, dict[str, str]]:
        """Return all parameters: maps by `path`, `querystring` and `header`."""
        return {where: dict(names) for where, names in self._params.items()}

    def param(self, name: str) -> Any:
        """Return the parameter with that exact name (§5.2), from path, query string or headers; or all parameters of a kind."""
        for names in self._params.values():
            if name in names:
                return names[name]
        return dict(self._params[name]) if name in self._params else ABSENT

    def _parsed(self, work: Allowance) -> Any:
        if self._document is MISSING:
            work.spend(len(self._text) >> 2)
            self._document = _document(self._text)
        return self._document


def _compiled(work: Allowance, path: str) -> Path:
    work.spend(len(path) * _PATH_CHARACTER)
    return json_path(path)


def _document(body: str) -> Any:
    """Return the body as a value. Text that does not start as JSON is a string for API Gateway's parser."""
    if not body:
        return {}
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        if body.lstrip()[:1] in {"{", "["}:
            raise BodyError("the body is not JSON", why=str(error)) from error
        return body


INPUT = methods(
    path=Method(lambda work, sent, path: sent.path(path, work), (str,), works=True),
    json=Method(lambda work, sent, path: sent.json(path, work), (str,), works=True),
    params=(Input.params, Method(Input.param, (str,))),
)
