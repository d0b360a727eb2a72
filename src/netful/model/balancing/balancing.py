"""Load balancers with their listeners and target groups, by id."""

from collections.abc import Mapping

from msgspec import field

from netful.model.balancing.load_balancers import Action, Listener, ListenerRule, LoadBalancer, TargetGroup
from netful.model.balancing.mutual_authentication import TrustStore
from netful.model.core import Frozen


class Balancing(Frozen, dict=True):
    """Load balancers with their listeners and target groups, by id."""

    load_balancers: Mapping[str, LoadBalancer] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    listener_rules: Mapping[str, ListenerRule] = field(default_factory=dict)
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    trust_stores: Mapping[str, TrustStore] = field(default_factory=dict)

    def listeners_of(self, load_balancer_id: str) -> list[Listener]:
        """Return the listeners of a load balancer, in the order of the source."""
        return [one for one in self.listeners.values() if one.load_balancer_id == load_balancer_id]

    def rules_of(self, listener_id: str) -> list[ListenerRule]:
        """Return the rules of a listener, in the order of the source."""
        return [one for one in self.listener_rules.values() if one.listener_id == listener_id]

    def groups_of(self, *actions: Action) -> list[TargetGroup]:
        """Return the groups that some actions forward to, each once."""
        ids = dict.fromkeys(id_ for action in actions for id_ in action.target_group_ids if isinstance(id_, str))
        return [self.target_groups[id_] for id_ in ids if id_ in self.target_groups]

    def every_action_of(self, listener: Listener) -> tuple[Action, ...]:
        """Return the actions of a listener: the default ones, and those of its rules."""
        return (*listener.default_actions, *(action for rule in self.rules_of(listener.id) for action in rule.actions))
