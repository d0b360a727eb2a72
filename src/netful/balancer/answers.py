"""What an application load balancer answers by itself, as HAProxy's directives (api-gateway §7.2, §7.7).

HAProxy says 503 for a target that refuses, that does not answer, and for no target at all. AWS has 502, 504 and 503. No
target at all is told before HAProxy looks for one; of the others, only who does not answer takes the whole of the time that a
connection may take. A client that goes before it is answered is 460 in the access log: the state in which HAProxy ends the
request is `C` and what was waited for, which older ones do not tell. Nobody is there to read it.
"""

from __future__ import annotations

from netful.balancer.words import quoted
from netful.engine.load_balancers.error_pages import TITLES, page

SERVER = "awselb/2.0"
SIGNED = f"hdr Server {SERVER} hdr Date %[date,http_date]"
CONNECT_SECONDS = 10
"""How long a connection to a target may take."""
SENDING = "http-request set-var(txn.sent) date(0,ms)"
"""The directive after which a listener looks for a target."""

_TIMER_MS = 100  # a timer may end a little before its time, by the other clock
_MADE_BY_HAPROXY = (400, 408, 500, 501, 502, 504)
_STATE = "txn.sess_term_state"
_FAILED_CONNECTION, _FAILURES = "failed-connection.html", "connection-failures.map"
_WAITED = f"date(0,ms),sub(txn.sent),div({CONNECT_SECONDS * 1000 - _TIMER_MS})"
_TITLE = f"%[{_WAITED},map_int({_FAILURES},{TITLES[504]})]"


def files() -> dict[str, str]:
    """The pages, each in a file of its own: a word of the configuration holds no line end."""
    pages = {f"{status}.html": page(status) for status in TITLES}
    return {**pages, _FAILED_CONNECTION: page(503).replace(TITLES[503], _TITLE), _FAILURES: f"0 {TITLES[502]}\n"}


def defaults() -> list[str]:
    """The pages for what HAProxy finds wrong; of bytes that are no request at all it tells with a page of its own."""
    lines = [f"http-error status {s} content-type text/html file {s}.html {SIGNED}" for s in _MADE_BY_HAPROXY]
    return [*lines, f"http-error status 503 content-type text/html lf-file {_FAILED_CONNECTION} {SIGNED}"]


def corrections(*, recent: bool) -> list[str]:
    """For a listener: AWS's status where HAProxy has one for all. `recent`: it tells in which state a request ended."""
    own = "{ status 503 } { var(txn.sent) -m found } !{ var(txn.status) -m found }"
    gone = f"http-after-response set-status 460 if {{ status 400 }} {{ {_STATE} -m beg CQ CC CH }}"
    return [
        f"http-after-response set-status 502 reason {quoted('Bad Gateway')} if {own} {{ {_WAITED} eq 0 }}",
        f"http-after-response set-status 504 reason {quoted('Gateway Time-out')} if {own} {{ {_WAITED} gt 0 }}",
        *([gone] if recent else []),
    ]


def answer(status: int, when: str = "") -> str:
    """Answer with a page of the load balancer's own."""
    found = f"http-request return status {status} content-type text/html file {status}.html {SIGNED}"
    return f"{found} {when}".rstrip()
