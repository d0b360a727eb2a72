"""Connections of an instance to itself: no group, network ACL or route applies, so only the listener counts.

The sources do not describe listeners. Security groups usually admit the ports that are served, so a port that they open to
no peer is assumed to be closed. The host then refuses the connection at once, as it does for any closed port.
"""

from netful.engine.filters import security_groups
from netful.engine.flows.flow import Flow
from netful.engine.flows.path import Symptom
from netful.engine.flows.ruling import Ruling
from netful.model.cloud import Cloud
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP

REFUSED = Symptom("refused")


def is_same_host(one: NetworkInterface, other: NetworkInterface | None) -> bool:
    """Return whether two interfaces are of one host. Its packets from one to the other do not leave the host."""
    own = other is not None and one.owner is InterfaceOwner.INSTANCE is other.owner and one.owner_id == other.owner_id
    return other == one or own


def judge(cloud: Cloud, interface: NetworkInterface, flow: Flow) -> tuple[Ruling, Symptom]:
    """Return the ruling on a connection of an interface's owner to itself, and its symptom."""
    rule, symptom = "itself: nothing is on the way", Symptom()
    notes: tuple[str, ...] = ()
    if _is_closed(cloud, interface, flow):
        notes = (f"nothing listens on {flow.service} of {interface.owner_id}, as no rule of its groups admits that",)
        rule, symptom = "itself: nothing is on the way, and nothing listens there", REFUSED
    return Ruling("allow", interface.owner_id, rule, origin=interface.origin, assumptions=notes), symptom


def _is_closed(cloud: Cloud, interface: NetworkInterface, flow: Flow) -> bool:
    instance = interface.owner is InterfaceOwner.INSTANCE and flow.protocol == TCP
    return instance and security_groups.is_closed(cloud, interface, flow)
