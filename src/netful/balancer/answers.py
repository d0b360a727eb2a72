"""What an application load balancer answers by itself, as HAProxy's directives (api-gateway §7.2, §7.7).

HAProxy says 503 for a target that refuses, that does not answer, and for no target at all. AWS has 502, 504 and 503: the
state that HAProxy ends a request in tells them apart (`SC` a refusal, `sC` a connection that did not come about). A client
that goes before it is answered is 460 in the access log (`C` and what was waited for); nobody is there to read it.
"""

from __future__ import annotations

from netful.balancer.words import quoted
from netful.engine.balancer_answers import TITLES, page

SERVER = "awselb/2.0"
_MADE_BY_HAPROXY = (400, 408, 500, 501, 502, 504)
_STATE = "txn.sess_term_state"
_FAILED_CONNECTION = "failed-connection.html"
_TITLE_BY_STATE = f"%[{_STATE},map_beg(connection-failures.map,{TITLES[503]})]"


def files() -> dict[str, str]:
    """The pages, each in a file of its own: a word of the configuration holds no line end."""
    pages = {f"{status}.html": page(status) for status in TITLES}
    connection = page(503).replace(TITLES[503], _TITLE_BY_STATE)
    return {**pages, _FAILED_CONNECTION: connection, "connection-failures.map": f"SC {TITLES[502]}\nsC {TITLES[504]}\n"}


def defaults() -> list[str]:
    """The pages for what HAProxy finds wrong; of bytes that are no request at all it tells with a page of its own."""
    lines = [
        f"http-error status {s} content-type text/html file {s}.html hdr Server {SERVER}" for s in _MADE_BY_HAPROXY
    ]
    return [*lines, f"http-error status 503 content-type text/html lf-file {_FAILED_CONNECTION} hdr Server {SERVER}"]


def corrections() -> list[str]:
    """For a listener: AWS's status where HAProxy has one for all."""
    state = f"{{ {_STATE} -m beg"
    return [
        f"http-after-response set-status 502 reason {quoted('Bad Gateway')} if {{ status 503 }} {state} SC }}",
        f"http-after-response set-status 504 reason {quoted('Gateway Time-out')} if {{ status 503 }} {state} sC }}",
        f"http-after-response set-status 460 if {{ status 400 }} {state} CQ CC CH }}",
    ]


def answer(status: int, when: str = "") -> str:
    """Answer with a page of the load balancer's own."""
    found = f"http-request return status {status} content-type text/html file {status}.html hdr Server {SERVER}"
    return f"{found} {when}".rstrip()
