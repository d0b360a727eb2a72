"""Client certificates at listeners of application load balancers (newer-aws §11.1).

| mode | handshake | headers for targets |
|---|---|---|
| `passthrough` | any certificate is accepted, or none | `X-Amzn-Mtls-Clientcert`: the client's chain |
| `verify` | fails without a certificate of an authority of the trust store | five headers with parts of the certificate |

Headers of these names from clients are removed. A trust store whose content is not known admits no client.
"""

from collections.abc import Iterator

from cryptography.x509 import load_pem_x509_certificates

from netful.balancer.haproxy_syntax import argument, quoted
from netful.model.balancing.load_balancers import Listener
from netful.model.balancing.mutual_authentication import Mode
from netful.model.cloud import Cloud

SCRIPT_FILE = "certificates.lua"
SCRIPT = r"""
local function pem(txn, der)
  local text = string.gsub(txn.c:base64(der), string.rep(".", 64), "%0%%0A")
  if string.sub(text, -3) ~= "%0A" then text = text .. "%0A" end
  return "-----BEGIN%20CERTIFICATE-----%0A" .. text .. "-----END%20CERTIFICATE-----%0A"
end

local function length_of(der, at)
  local first = string.byte(der, at + 1)
  if first < 128 then return 2 + first end
  local length = 0
  for place = 1, first - 128 do length = length * 256 + string.byte(der, at + 1 + place) end
  return 2 + first - 128 + length
end

core.register_fetches("leaf", function(txn) return pem(txn, txn.f:ssl_c_der()) end)

core.register_fetches("chain", function(txn)
  local leaf, chain = txn.f:ssl_c_der(), txn.f:ssl_c_chain_der() or ""
  if string.sub(chain, 1, #leaf) ~= leaf then chain = leaf .. chain end
  local found, at = "", 1
  while at < #chain do
    local length = length_of(chain, at)
    found, at = found .. pem(txn, string.sub(chain, at, at + length - 1)), at + length
  end
  return found
end)
"""
"""Fetches of a client's certificate and its chain as PEM, in the characters of a URL."""

CHAIN = "X-Amzn-Mtls-Clientcert"
_SHOWN = "{ ssl_c_used }"
_EXPIRED = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED
_DATE = argument("^(..)(..)(..)(..)(..)(..)Z?$"), argument(r"20\1-\2-\3T\4:\5:\6Z")
PARTS = {
    "Serial-Number": "%[ssl_c_serial,hex]",
    "Issuer": "%[ssl_c_i_dn(,0,rfc2253)]",
    "Subject": "%[ssl_c_s_dn(,0,rfc2253)]",
    "Validity": ";".join(
        f"{name}=%[{fetch},regsub({','.join(_DATE)})]"
        for name, fetch in (("NotBefore", "ssl_c_notbefore"), ("NotAfter", "ssl_c_notafter"))
    ),
    "Leaf": "%[lua.leaf]",
}
"""Parts of a certificate, by the end of their header's name."""


def asks(listener: Listener) -> bool:
    """Return whether a listener asks clients for a certificate."""
    mode = listener.mutual_authentication.mode
    return listener.protocol == "HTTPS" and mode in (Mode.PASSTHROUGH, Mode.VERIFY)


def authorities(cloud: Cloud, listener: Listener) -> str:
    """Return the certificates of a listener's trust store, as PEM; "" if they are not known or not valid."""
    pem = cloud.apis.truststores.get(str(listener.mutual_authentication.trust_store_id), "")
    try:
        load_pem_x509_certificates(pem.encode())
    except ValueError:
        return ""
    return pem


def binding(listener: Listener, file: str) -> str:
    """Return the options of a secure listener; `file` has the authorities."""
    if not asks(listener):
        return ""
    asked = listener.mutual_authentication
    if asked.mode == Mode.PASSTHROUGH:
        return f" verify optional ca-verify-file {file} ca-ignore-err all crt-ignore-err all"
    named = "ca-file" if asked.advertises else "ca-verify-file"
    ignored = f" crt-ignore-err {_EXPIRED}" if asked.ignores_expiry else ""
    return f" verify required {named} {file}{ignored}"


def headers(listener: Listener) -> Iterator[str]:
    """Return the directives for the headers that targets receive."""
    if not asks(listener):
        return
    yield f"http-request del-header {CHAIN} -m beg"
    if listener.mutual_authentication.mode == Mode.PASSTHROUGH:
        yield f"http-request set-header {CHAIN} %[lua.chain] if {_SHOWN}"
        return
    for name, value in PARTS.items():
        yield f"http-request set-header {CHAIN}-{name} {quoted(value)} if {_SHOWN}"
