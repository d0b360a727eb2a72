"""Responses to queries, from a client's view of names, with a cache of encoded responses.

Record types other than A and AAAA have no data here (NODATA).
"""

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache

from netful.dns import wire
from netful.dns.wire import MalformedError, Query, Rcode, Records, Type
from netful.engine.names.resolution import DnsAnswer
from netful.model.names.dns_firewall import query_type_name
from netful.model.network.vpc import IPAddress

View = Callable[[str, str], DnsAnswer]
"""Answers to names, by the type of the query."""
ViewOf = Callable[[str], View]
"""Views of the clients of one resolver, by a client's address."""

_KEPT = 4096
MAX_TCP = 65_535

_log = logging.getLogger(__name__)


class Responder:
    """Answers packets from the views of clients; call `forget` after they have changed."""

    def __init__(self, view_of: ViewOf) -> None:
        self._view_of = view_of
        self._records = lru_cache(_KEPT)(self._look_up)

    def forget(self) -> None:
        """Drop the cached responses."""
        self._records.cache_clear()

    def respond(self, packet: bytes, client: str, *, udp: bool) -> bytes:
        """Return the response to a client's packet; empty if the packet gets no response."""
        try:
            query = wire.parse(packet)
        except MalformedError as error:
            return error.reply
        records = _refusal(query) or self._find(query, client)
        return wire.respond(query, records, query.udp_size if udp else MAX_TCP) if records else b""

    def _find(self, query: Query, client: str) -> Records | None:
        try:
            return self._records(self._view_of(client), query.name.lower(), query.type)
        except Exception:  # noqa: BLE001  # a bug in the view must cost one answer, not the resolver
            _log.exception("looking up %s", query.name)
            return Records(Rcode.SERVFAIL)

    def _look_up(self, view: View, name: str, type_: int) -> Records | None:
        answer = view(name, query_type_name(type_))
        if answer.status == "TIMEOUT":
            return None
        by_type: dict[int, Sequence[IPAddress]] = {Type.A: answer.addresses, Type.AAAA: answer.ipv6_addresses}
        found = by_type.get(type_, ())
        if answer.canonical_name:
            return wire.alias(answer.canonical_name, answer.canonical_ttl, found)
        if answer.status == "NXDOMAIN":
            return wire.nothing(name, Rcode.NXDOMAIN)
        return wire.addresses(found) if found else wire.nothing(name, Rcode.NOERROR)


def _refusal(query: Query) -> Records | None:
    """Return the response to a query that is not an ordinary question in class IN."""
    if not query.standard:
        return Records(Rcode.NOTIMP)
    if query.edns_version:
        return Records(Rcode.BADVERS)
    if query.class_ not in {wire.IN, wire.ANY_CLASS}:
        return Records(Rcode.REFUSED)
    return None
