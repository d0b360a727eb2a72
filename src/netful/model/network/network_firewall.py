"""AWS Network Firewall: a firewall with the rules of its policy, in the order in which they apply (spec: newer-aws §11.5).

A firewall has an endpoint in each of its subnets (`VpcEndpoint.firewall_id`), to which routes lead packets. Stateless rules
judge every packet by itself: pass, drop, or forward to the stateful rules, which judge flows. Variables such as `$HOME_NET`
are resolved: their values differ between the firewalls that use a group.
"""

from __future__ import annotations

from enum import StrEnum

from netful.model.core import Frozen, Identified, Maybe, Unknown
from netful.model.network.vpc import IPNetwork

PortRange = tuple[int, int]
"""First and last port."""


class StatelessAction(StrEnum):
    """Action of a stateless rule, or of the policy for packets that match none."""

    PASS = "aws:pass"  # noqa: S105  # not a password
    DROP = "aws:drop"
    FORWARD = "aws:forward_to_sfe"


class RuleAction(StrEnum):
    """Action of a stateful rule; `alert` only writes to a log. In action order, rules apply in this order."""

    PASS = "pass"  # noqa: S105  # not a password
    DROP = "drop"
    REJECT = "reject"
    ALERT = "alert"


class Application(StrEnum):
    """Protocol of an application, whose requests name a host: the SNI of TLS, or the Host of HTTP. `OTHER` is any other one."""

    TLS = "tls"
    HTTP = "http"
    OTHER = "other"


class FlowOption(StrEnum):
    """Restriction of a rule to a part of a flow (Suricata's keyword `flow`)."""

    ESTABLISHED = "established"
    NOT_ESTABLISHED = "not_established"
    TO_SERVER = "to_server"
    TO_CLIENT = "to_client"


class DefaultAction(StrEnum):
    """Action in strict order for packets that no stateful rule matches: all of them, or those after the handshake."""

    DROP_STRICT = "aws:drop_strict"
    DROP_ESTABLISHED = "aws:drop_established"
    DROP_APPLICATION = "aws:drop_established_app_layer"
    DROP_APPLICATION_TO_SERVER = "aws:drop_established_app_layer_to_server"
    ALERT_STRICT = "aws:alert_strict"
    ALERT_ESTABLISHED = "aws:alert_established"
    ALERT_APPLICATION = "aws:alert_established_app_layer"
    ALERT_APPLICATION_TO_SERVER = "aws:alert_established_app_layer_to_server"

    @property
    def drops(self) -> bool:
        """True if it drops, and does not only write to a log."""
        return self.value.startswith("aws:drop")


class Addresses(Frozen):
    """Addresses that a rule matches: those of any of `blocks` (none: all) that are in none of `excluded`."""

    blocks: tuple[Maybe[IPNetwork], ...] = ()
    excluded: tuple[Maybe[IPNetwork], ...] = ()


class PortRanges(Frozen):
    """Ports that a rule matches: those in any of `ranges` (none: all) that are in none of `excluded`."""

    ranges: tuple[PortRange, ...] = ()
    excluded: tuple[PortRange, ...] = ()


ANYWHERE, ANY_PORTS = Addresses(), PortRanges()


class Header(Frozen):
    """Packets that a rule matches by addresses and ports. `protocols`: IP's numbers, none means all."""

    sources: Addresses = ANYWHERE
    source_ports: PortRanges = ANY_PORTS
    destinations: Addresses = ANYWHERE
    destination_ports: PortRanges = ANY_PORTS
    protocols: tuple[int, ...] = ()

    @property
    def turned(self) -> Header:
        """The header of packets in the other direction."""
        return Header(self.destinations, self.destination_ports, self.sources, self.source_ports, self.protocols)


class StatelessRule(Identified):
    """A stateless rule. `unread` names a condition that netful does not read: the rule then may match or not."""

    header: Header
    action: Maybe[StatelessAction]
    unread: str = ""


class NameMatch(Frozen):
    """A text that the name of a request's host has, at its start, its end or anywhere; `absent`: that it does not have.

    `dotted`: compared with a dot before the name, so that `.example.com` matches `example.com` too.
    """

    text: str
    starts: bool = False
    ends: bool = False
    dotted: bool = False
    absent: bool = False

    def matches(self, name: str) -> bool:
        """Return whether a name is one of those meant; letters match in any case. A request without a name is not."""
        return bool(name) and self._has(f".{name.lower()}" if self.dotted else name.lower()) is not self.absent

    def _has(self, name: str) -> bool:
        text = self.text.lower()
        if self.starts and self.ends:
            return name == text
        if self.starts or self.ends:
            return name.startswith(text) if self.starts else name.endswith(text)
        return text in name


class StatefulRule(Identified):
    """A stateful rule. `both_ways`: it also matches packets in the other direction.

    With an `application` it matches requests of that protocol whose host has all of `names`. `unread` names an option that netful
    does not read: the rule then may match or not.
    """

    action: RuleAction
    header: Header
    both_ways: bool = False
    flow: frozenset[FlowOption] = frozenset()
    application: Application | None = None
    names: tuple[NameMatch, ...] = ()
    unread: str = ""

    @property
    def of_requests(self) -> bool:
        """True if the rule matches nothing before a TCP connection is established."""
        return self.application is not None or FlowOption.ESTABLISHED in self.flow


class Firewall(Identified):
    """A firewall: its stateless rules by priority, and its stateful rules in the order in which they apply.

    `default_actions` hold in strict order for packets that no stateful rule matches. `drops_broken`: it drops packets of TCP
    connections whose beginning it did not see, as the default of `StreamExceptionPolicy` says. `assumptions` are reported on
    every path through it.
    """

    vpc_id: Maybe[str]
    stateless_rules: tuple[StatelessRule, ...] | Unknown = ()
    stateless_default: Maybe[StatelessAction] = StatelessAction.FORWARD
    stateful_rules: tuple[StatefulRule, ...] | Unknown = ()
    default_actions: tuple[DefaultAction, ...] = ()
    drops_broken: bool = True
    assumptions: tuple[str, ...] = ()

    @property
    def drops_all(self) -> bool:
        """True if packets that no stateful rule matches are dropped."""
        return DefaultAction.DROP_STRICT in self.default_actions

    @property
    def drops_established(self) -> bool:
        """True if packets of established connections that no stateful rule matches are dropped."""
        return any(action.drops for action in self.default_actions)
