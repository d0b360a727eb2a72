"""Secret of a database's master user, which RDS makes and names for `ManageMasterUserPassword`."""

from uuid import UUID, uuid5

_KINDS = {"AWS::RDS::DBInstance": "db", "AWS::RDS::DBCluster": "cluster"}
_NAMES = UUID("6f7f7f4e-4f0b-5d8a-9a53-7f7e8e0f4c11")  # of these names alone, so that they stay the same


def master_secret_name(kind: str, resource_id: str, region: str, account_id: str) -> str | None:
    """Return the name of the secret of a resource; None for a type that has none."""
    if kind not in _KINDS:
        return None
    return f"rds!{_KINDS[kind]}-{uuid5(_NAMES, f'{account_id}/{region}/{resource_id}')}"
