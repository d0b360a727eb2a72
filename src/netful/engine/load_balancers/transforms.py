"""Transforms of a listener rule: the request that is forwarded (api-gateway §7.4).

They apply after the rule is selected. The first match of the regular expression in the Host, or in the path with its query, is
replaced; `$1` is its first group. A request without a match stays unchanged.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from netful.engine.http.http_request import HttpRequest
from netful.engine.patterns.pattern import plain_pattern
from netful.engine.patterns.spelling import PatternError
from netful.model.core import Unknown, listed, mapping

_CONFIGS = {"host-header-rewrite": "HostHeaderRewriteConfig", "url-rewrite": "UrlRewriteConfig"}
_GROUP = re.compile(r"\$(\d)")


def transformed(transforms: Sequence[Any], request: HttpRequest) -> HttpRequest | Unknown:
    """Return the forwarded request; Unknown if a replacement is unknown."""
    for kind, regex, replacement in rewrites(transforms):
        if isinstance(replacement, Unknown):
            return replacement
        if isinstance(regex, Unknown):
            return regex
        try:
            pattern = plain_pattern(regex)
        except PatternError as error:
            return Unknown(f"`{regex}` is not a regular expression of ALB: {error}")
        if kind == "host-header-rewrite":
            request = replace(request, host=_rewritten(pattern, replacement, request.host))
        else:
            request = replace(request, path=_rewritten(pattern, replacement, request.path))
    return request


def rewrites(transforms: Sequence[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield each rewrite as (type of the transform, regular expression, replacement)."""
    for transform in transforms:
        kind = str(mapping(transform).get("Type"))
        config = transform if isinstance(transform, Unknown) else mapping(transform).get(_CONFIGS.get(kind, ""))
        for rewrite in listed(config if isinstance(config, Unknown) else mapping(config).get("Rewrites")):
            if isinstance(rewrite, Unknown):
                yield kind, rewrite, rewrite
            else:
                yield kind, mapping(rewrite).get("Regex"), mapping(rewrite).get("Replace")


def _rewritten(pattern: Any, replacement: str, text: str) -> str:
    """Return a text with the first match replaced; group references are ALB's, not Python's."""
    found = pattern.search(text)
    if found is None:
        return text
    filled = _GROUP.sub(lambda group: (int(group[1]) <= pattern.groups and found[int(group[1])]) or "", replacement)
    return text[: found.start()] + filled + text[found.end() :]
