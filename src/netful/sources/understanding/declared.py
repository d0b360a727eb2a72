"""All declarations, by type."""

from collections.abc import Mapping

from netful.sources.understanding import apis, firewalls, functions, load_balancers, managed, names, network
from netful.sources.understanding.declaration import Declaration

AREAS: Mapping[str, Mapping[str, Declaration]] = {
    "Networks": network.DECLARED,
    "Names": names.DECLARED,
    "Load balancers": load_balancers.DECLARED,
    "APIs": apis.DECLARED,
    "Functions and roles": functions.DECLARED,
    "Web ACLs": firewalls.DECLARED,
    "Resources in subnets": managed.DECLARED,
}
"""Areas of AWS, as the reference groups the types."""

DECLARED = {type_: one for area in AREAS.values() for type_, one in area.items()}
