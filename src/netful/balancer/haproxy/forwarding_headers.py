"""HAProxy directives for the headers that a target receives (api-gateway §7.5)."""

from collections.abc import Iterator, Mapping

from netful.balancer.haproxy.conditions import HOST
from netful.balancer.haproxy_syntax import quoted
from netful.model.names.service_names import WEB_PORTS

_XFF = "X-Forwarded-For"
_TRACE = "X-Amzn-Trace-Id"
SPELLED = ("Host", _XFF, "X-Forwarded-Proto", "X-Forwarded-Port", _TRACE)
"""Headers that a load balancer writes, in their spelling; HAProxy writes other names in lower case."""
_RANDOM_8_HEX = "%[rand(4294967295),hex,bytes(8,8),lower]"
_NEW_TRACE = f"1-%[date,hex,bytes(8,8),lower]-{_RANDOM_8_HEX * 3}"


def headers(attributes: Mapping[str, str], protocol: str, port: int) -> Iterator[str]:
    """Return the directives that set, append and remove headers, by the load balancer's attributes."""
    if attributes.get("routing.http.drop_invalid_header_fields.enabled") == "true":
        yield f"http-request del-header {quoted('[^-A-Za-z0-9]')} -m reg"
    yield from _forwarded_for(attributes)
    yield f"http-request set-header X-Forwarded-Proto {protocol}"
    yield f"http-request set-header X-Forwarded-Port {port}"
    yield from _trace_id()
    if protocol == "https" and attributes.get("routing.http.x_amzn_tls_version_and_cipher_suite.enabled") == "true":
        yield "http-request set-header x-amzn-tls-version %[ssl_fc_protocol]"
        yield "http-request set-header x-amzn-tls-cipher-suite %[ssl_fc_cipher]"
    if attributes.get("routing.http.preserve_host_header.enabled") != "true":
        yield _host(port)


def _forwarded_for(attributes: Mapping[str, str]) -> Iterator[str]:
    mode = attributes.get("routing.http.xff_header_processing.mode", "append")
    with_port = attributes.get("routing.http.xff_client_port.enabled") == "true"
    client = "%[src]:%[src_port]" if with_port else "%[src]"
    there = f"{{ req.fhdr({_XFF}) -m found }}"
    if mode == "remove":
        yield f"http-request del-header {_XFF}"
    elif mode == "append":
        yield f"http-request set-header {_XFF} {quoted(f'%[req.fhdr({_XFF})], {client}')} if {there}"
        yield f"http-request set-header {_XFF} {quoted(client)} if !{there}"


def _trace_id() -> Iterator[str]:
    """Return the directives that add a trace id of the load balancer next to the root of the client's (§7.5)."""
    yield f"http-request set-var-fmt(txn.trace) {quoted(_NEW_TRACE)}"
    root = f"{{ req.hdr({_TRACE}) -m sub Root= }}"
    rest = "%[req.hdr(" + _TRACE + '),regsub("Self=[^;]*;?","")]'
    yield f"http-request set-header {_TRACE} {quoted(f'Self=%[var(txn.trace)];{rest}')} if {root}"
    yield f"http-request set-header {_TRACE} {quoted('Root=%[var(txn.trace)]')} if !{root}"


def _host(port: int) -> str:
    """Return the Host: without a port on ports 80 and 443, else with the listener's port."""
    if port in WEB_PORTS:
        return f"http-request set-header Host %[{HOST}]"
    return f"http-request set-header Host %[req.hdr(host)]:{port} if !{{ req.hdr(host) -m reg ':[0-9]+$' }}"
