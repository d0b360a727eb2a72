"""HAProxy directives for the attributes of an application load balancer's listener: headers of responses, names of TLS headers."""

from collections.abc import Iterator, Mapping

from netful.balancer.haproxy.client_certificates import CHAIN, PARTS
from netful.balancer.haproxy_syntax import literal, quoted, word
from netful.model.balancing.attributes import RESPONSE_HEADERS

_SERVER = "routing.http.response.server.enabled"
TLS_NAMES: Mapping[str, str] = {
    "routing.http.request.x_amzn_tls_version.header_name": "x-amzn-tls-version",
    "routing.http.request.x_amzn_tls_cipher_suite.header_name": "x-amzn-tls-cipher-suite",
    "routing.http.request.x_amzn_mtls_clientcert.header_name": CHAIN,
    **{
        f"routing.http.request.x_amzn_mtls_clientcert_{name.lower().replace('-', '_')}.header_name": f"{CHAIN}-{name}"
        for name in PARTS
    },
}
"""Headers whose name an attribute changes."""


def of_responses(attributes: Mapping[str, str]) -> Iterator[str]:
    """Return the directives for the responses of a listener, its own ones included."""
    for attribute, header in RESPONSE_HEADERS.items():
        if attributes.get(attribute):
            yield f"http-after-response set-header {header} {quoted(literal(attributes[attribute]))}"
    if attributes.get(_SERVER) == "false":
        yield "http-after-response del-header Server"


def renamed(attributes: Mapping[str, str], directives: Iterator[str]) -> Iterator[str]:
    """Return directives for requests with the names that attributes give to headers."""
    names = {f" {header} ": f" {word(attributes[one])} " for one, header in TLS_NAMES.items() if attributes.get(one)}
    for directive in directives:
        header = next((one for one in names if one in directive), "")
        yield directive.replace(header, names[header]) if header else directive
