"""HAProxy directives for the responses that an application load balancer makes itself (api-gateway §7.2, §7.7).

HAProxy answers 503 for a target that refuses, for one that times out, and for a group without targets; AWS answers 502, 504
and 503. A group without targets is detected before HAProxy selects one. Of the other two, only a time-out uses the whole
connect time. The access log shows 460 for a client that disconnects before the response: HAProxy then ends the request in a
state that begins with `C`, which versions before 2.9 do not report.
"""

from netful.balancer.haproxy_syntax import quoted
from netful.engine.load_balancers.error_pages import TITLES, page

SERVER = "awselb/2.0"
SIGNED = f"hdr Server {SERVER} hdr Date %[date,http_date]"
CONNECT_SECONDS = 10
"""Maximum time to connect to a target."""
SENDING = "http-request set-var(txn.sent) date(0,ms)"
"""Directive after which a listener selects a target."""

_TIMER_MS = 100  # the timer uses another clock and may end a little early
_MADE_BY_HAPROXY = (400, 408, 500, 501, 502, 504)
_STATE = "txn.sess_term_state"
_FAILED_CONNECTION, _FAILURES = "failed-connection.html", "connection-failures.map"
_WAITED = f"date(0,ms),sub(txn.sent),div({CONNECT_SECONDS * 1000 - _TIMER_MS})"
_TITLE = f"%[{_WAITED},map_int({_FAILURES},{TITLES[504]})]"


def files() -> dict[str, str]:
    """Return the pages by file name: a value in HAProxy's configuration cannot contain a line end."""
    pages = {f"{status}.html": page(status) for status in TITLES}
    return {**pages, _FAILED_CONNECTION: page(503).replace(TITLES[503], _TITLE), _FAILURES: f"0 {TITLES[502]}\n"}


def defaults() -> list[str]:
    """Return the pages for errors that HAProxy detects; HAProxy has its own page for bytes that are not a request."""
    lines = [f"http-error status {s} content-type text/html file {s}.html {SIGNED}" for s in _MADE_BY_HAPROXY]
    return [*lines, f"http-error status 503 content-type text/html lf-file {_FAILED_CONNECTION} {SIGNED}"]


def corrections(*, recent: bool) -> list[str]:
    """Return a listener's directives that replace HAProxy's common status with AWS's. `recent`: HAProxy reports the end state."""
    own = "{ status 503 } { var(txn.sent) -m found } !{ var(txn.status) -m found }"
    gone = f"http-after-response set-status 460 if {{ status 400 }} {{ {_STATE} -m beg CQ CC CH }}"
    return [
        f"http-after-response set-status 502 reason {quoted('Bad Gateway')} if {own} {{ {_WAITED} eq 0 }}",
        f"http-after-response set-status 504 reason {quoted('Gateway Time-out')} if {own} {{ {_WAITED} gt 0 }}",
        *([gone] if recent else []),
    ]


def answer(status: int, when: str = "") -> str:
    """Return the directive that answers with one of the load balancer's pages."""
    found = f"http-request return status {status} content-type text/html file {status}.html {SIGNED}"
    return f"{found} {when}".rstrip()
