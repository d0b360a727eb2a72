"""Ids of databases that AWS makes at their creation, which policies of `rds-db:connect` name; netful makes them from the resource's id."""

from hashlib import sha256

_PREFIXES = {"DBInstance": "db", "DBCluster": "cluster", "DBProxy": "prx"}
_LENGTH, _LENGTH_OF_PROXIES = 26, 17


def database_id(kind: str, resource_id: str) -> str:
    """Return the id of an instance, a cluster or a proxy, by its type."""
    digits, prefix = sha256(resource_id.encode()).hexdigest(), _PREFIXES[kind.rpartition("::")[2]]
    return f"{prefix}-{digits[:_LENGTH_OF_PROXIES] if prefix == 'prx' else digits[:_LENGTH].upper()}"
