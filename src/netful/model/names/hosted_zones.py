"""Hosted zones with their records (spec: vpc-network §6)."""

from netful.model.core import Identified, Maybe


class RecordSet(Identified):
    """A record of a zone. `name` has no final dot. An alias has `alias` (its target name) instead of `values`.

    `weight`, `failover` (`PRIMARY`, `SECONDARY`) or `region` (for latency) select one of several records of one name.
    """

    name: str
    type: str
    values: tuple[Maybe[str], ...] = ()
    alias: Maybe[str] | None = None
    ttl: int | None = None
    weight: int | None = None
    failover: str = ""
    region: str = ""


class HostedZone(Identified):
    """A zone. It is private if it has `vpc_ids`: only those VPCs see it.

    A zone that is not `loaded` is known only from its records: it has no name, and may be private. `unnamed` are the
    inputs that would supply the names, or the types, of further records: each may be that of any name in the zone. If the
    name of the zone is not known, it is "", and they are the inputs that would supply it.
    """

    name: str
    vpc_ids: tuple[Maybe[str], ...] = ()
    records: tuple[RecordSet, ...] = ()
    loaded: bool = True
    unnamed: tuple[str, ...] = ()

    @property
    def private(self) -> bool:
        """Return whether only VPCs see the zone."""
        return bool(self.vpc_ids)
