"""Load balancers with their listeners and target groups, by id."""

from collections.abc import Mapping

from msgspec import field

from netful.model.balancing.load_balancers import Listener, ListenerRule, LoadBalancer, TargetGroup
from netful.model.balancing.mutual_authentication import TrustStore
from netful.model.core.frozen import Frozen


class Balancing(Frozen, dict=True):
    """Load balancers with their listeners and target groups, by id.

    Mappings keep the order of the sources. Not slotted: indexes are computed once and kept.
    """

    load_balancers: Mapping[str, LoadBalancer] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    listener_rules: Mapping[str, ListenerRule] = field(default_factory=dict)
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    trust_stores: Mapping[str, TrustStore] = field(default_factory=dict)

    def listeners_of(self, load_balancer_id: str) -> list[Listener]:
        """Return the listeners of a load balancer."""
        return [one for one in self.listeners.values() if one.load_balancer_id == load_balancer_id]

    def rules_of(self, listener_id: str) -> list[ListenerRule]:
        """Return the rules of a listener besides its default one."""
        return [one for one in self.listener_rules.values() if one.listener_id == listener_id]
