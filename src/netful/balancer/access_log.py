"""The access log of an application load balancer: AWS's fields in AWS's order, times in milliseconds.

What is gone when a line is written is kept in variables meanwhile.
"""

from __future__ import annotations

KEPT = (
    "http-request set-var(txn.agent) req.fhdr(user-agent)",
    "http-response set-var(txn.status) status",
)

_TIME = "%[date,utime(%Y-%m-%dT%H:%M:%SZ)]"
_TIMES = "%TR %Tr %Td"
_STATUSES = "%ST %[var(txn.status)]"
_SIZES = "%U %B"
_TLS = "%sslc %sslv"


def access_log(balancer_name: str, protocol: str) -> str:
    """The log-format string of a listener."""
    request = f'"%HM {protocol}://%[var(txn.host)]%HPO%HQ %HV" "%[var(txn.agent)]"'
    names = '%[var(txn.group)] "%[var(txn.trace)]" "%[var(txn.host)]" "-" %[var(txn.rule)]'
    start = f"{protocol} {_TIME} app/{balancer_name} %ci:%cp %si:%sp"
    return f"{start} {_TIMES} {_STATUSES} {_SIZES} {request} {_TLS} {names} %tsc"
