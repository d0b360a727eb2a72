"""Services whose resources have a place in the network, and whose API netful does not serve.

moto would keep a record of its own that no packet and no `trace` follows: a call would succeed and do nothing, and a list
would lack what the templates have. So their operations are unknown ones.
"""

from netful.model.names.service_names import service_of_host

_PLACED = frozenset({
    "network-firewall", "vpc-lattice", "directconnect", "networkmanager",
    "cloudfront", "eks", "fsx", "kafka", "mq", "redshift-serverless", "redshift-data", "es", "dms", "ds", "batch",
})  # fmt: skip


def is_placed(host: str) -> bool:
    """Return whether a host is that of such a service."""
    found = service_of_host(host)
    return found is not None and found[0].code in _PLACED
