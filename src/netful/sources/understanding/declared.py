"""All declarations, by type."""

from collections.abc import Mapping

from netful.sources.understanding import apis, firewalls, functions, load_balancers, managed, names, network
from netful.sources.understanding.declaration import Declaration

DECLARED: Mapping[str, Declaration] = {
    **network.DECLARED,
    **names.DECLARED,
    **load_balancers.DECLARED,
    **apis.DECLARED,
    **functions.DECLARED,
    **firewalls.DECLARED,
    **managed.DECLARED,
}
