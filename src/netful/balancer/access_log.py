"""Access log of an application load balancer, with the fields of AWS in their order.

A node writes times in milliseconds and uses the terms of HAProxy. `delivered` converts such a line into one of AWS. Values that
HAProxy no longer has when it writes the line are kept in variables.
"""

import re
from collections.abc import Iterable, Iterator

from netful.model.authentication import sign_in
from netful.model.balancing.load_balancers import Action
from netful.model.cloud import Cloud
from netful.model.core import file_name, whole_number
from netful.model.load_balancing_arns import GROUPS, arns

KEPT = ("http-request set-var(txn.agent) req.fhdr(user-agent)",)

_TIME = "%[date,utime(%Y-%m-%dT%H:%M:%S.000000Z)]"
_TIMES = "%TR %Tr %Td"
_STATUSES = "%ST %[var(txn.status)]"
_SIZES = "%U %B"
_TLS = "%sslc %sslv"
_FIELDS = re.compile(r'"[^"]*"|\S+')
_TIME_FIELDS, _TARGET, _GROUP, _TRACE, _RULE, _WRITTEN = slice(5, 8), 4, 16, 17, 20, 21
_PORT = re.compile(r"\S+ \w+://[^/?]*:([0-9]{1,5})(?:[/? ]|$)")  # behind the host, which may be any text of a client
_NOWHERE = ("-:-", "unix:0")
_HTTP_2 = "HTTP/2.0"


def access_log(balancer_name: str, protocol: str, port: int) -> str:
    """Return the log-format string of a listener."""
    request = f'"%HM {protocol}://%[var(txn.host)]:{port}%HPO%HQ %HV" "%[var(txn.agent)]"'
    names = '%[var(txn.group)] "%[var(txn.trace)]" "%[var(txn.host)]" "-" %[var(txn.rule)]'
    start = f"{protocol} {_TIME} app/{balancer_name} %ci:%cp %si:%sp"
    return f"{start} {_TIMES} {_STATUSES} {_SIZES} {request} {_TLS} {names} %tsc"


def delivered(cloud: Cloud, balancer_id: str, line: str) -> str | None:
    """Return the line that AWS delivers for a line that a node wrote; None if it is not a log entry."""
    fields = _FIELDS.findall(line)
    if len(fields) <= _WRITTEN:
        return None
    protocol, request = fields[0], fields[12].strip('"')
    if protocol == "https" and request.endswith(_HTTP_2):
        fields[0] = "h2"
    fields[_TIME_FIELDS] = [_seconds(milliseconds) for milliseconds in fields[_TIME_FIELDS]]
    fields[_TARGET] = "-" if fields[_TARGET] in _NOWHERE else fields[_TARGET]
    if fields[_TRACE] not in ('"-"', '""'):
        fields[_TRACE] = f'"Root={fields[_TRACE].strip(chr(34))}"'
    fields[_GROUP] = next(
        (arn for group_id, arn in arns(cloud)[GROUPS].items() if file_name(group_id) == fields[_GROUP]), "-"
    )
    done = ",".join(_done(cloud, _actions(cloud, balancer_id, request, fields[_RULE]))) or "-"
    rest = [fields[1], f'"{done}"', '"-"', '"-"', f'"{fields[_TARGET]}"', f'"{fields[9]}"', '"-"', '"-"']
    return " ".join([*fields[:_WRITTEN], *rest])


def _seconds(milliseconds: str) -> str:
    number = whole_number(milliseconds)
    return "-1" if number is None else f"{number / 1000:.3f}"


def _actions(cloud: Cloud, balancer_id: str, request: str, rule: str) -> tuple[Action, ...]:
    """Return the actions on a request, from its port and the priority of the matching rule."""
    written = _PORT.match(request)
    port = int(written[1]) if written else None
    for listener in cloud.balancing.listeners_of(balancer_id):
        if listener.port == port:
            own = cloud.balancing.rules_of(listener.id)
            found = next((each.actions for each in own if str(each.priority) == rule), None)
            return found if found is not None else listener.default_actions if rule == "0" else ()
    return ()


def _done(cloud: Cloud, actions: Iterable[Action]) -> Iterator[str]:
    """Return AWS's names for the actions; an authentication action that redirects the client is the last one."""
    for action in actions:
        asked = sign_in(cloud, action)
        yield action.type if asked is None else "authenticate"
        if asked is not None and asked.otherwise != "allow":
            return
