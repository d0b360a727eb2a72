"""Condition keys that differ between requests from one source: the headers `aws:Referer` and `aws:UserAgent`, and the time (§2.6)."""

from collections.abc import Iterator
from typing import Any

from netful.engine.http.headers import Headers, value_of
from netful.engine.iam import source_context
from netful.engine.names.api_names import endpoints_of
from netful.model.apis.api import RestApi
from netful.model.cloud import Cloud

HEADERS = {"aws:Referer": "referer", "aws:UserAgent": "user-agent"}
"""The header of each key."""


def values(headers: Headers) -> dict[str, str]:
    """Return the keys that a request has, with their values."""
    return {key: value for key, header in HEADERS.items() if (value := value_of(headers, header))}


def headers_asked(cloud: Cloud) -> tuple[str, ...]:
    """Return the headers that policies of APIs, of domain names and of endpoints look at, in lower case."""
    written = " ".join(str(policy) for policy in _policies(cloud)).lower()
    return tuple(header for key, header in HEADERS.items() if key.lower() in written)


def is_time_asked(cloud: Cloud) -> bool:
    """Return whether policies of APIs, of domain names or of endpoints look at the time of a request."""
    return source_context.is_time_asked(_policies(cloud))


def _policies(cloud: Cloud) -> Iterator[Any]:
    yield from (api.policy for api in cloud.apis.by_id.values() if isinstance(api, RestApi))
    yield from (domain.policy for domain in cloud.apis.domain_names.values())
    yield from (endpoint.policy_document for endpoint in endpoints_of(cloud))
