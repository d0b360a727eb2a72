"""Load balancers with their listeners and target groups, by id."""

from collections.abc import Mapping

from msgspec import field

from netful.model.balancing.load_balancers import Listener, ListenerRule, LoadBalancer, TargetGroup
from netful.model.balancing.mutual_authentication import TrustStore
from netful.model.core import Frozen


class Balancing(Frozen, dict=True):
    """Load balancers with their listeners and target groups, by id.

    Mappings keep the order of the sources. Not slotted: indexes are computed once and kept.
    """

    load_balancers: Mapping[str, LoadBalancer] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    listener_rules: Mapping[str, ListenerRule] = field(default_factory=dict)
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    trust_stores: Mapping[str, TrustStore] = field(default_factory=dict)
