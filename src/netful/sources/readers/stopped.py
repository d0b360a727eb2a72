"""Instances and databases that calls have stopped: their interfaces stay, and nothing runs behind them."""

from collections.abc import Mapping
from dataclasses import replace

from netful.model.network.network_interface import NetworkInterface
from netful.sources.template.reading import Inventory

STOPPED = "Netful::StoppedInstance"
"""Marker of an instance, a database or a cluster that a call has stopped. Its id is that of the stopped one with `.stopped`."""


def idle_where_stopped(
    inventory: Inventory, interfaces: Mapping[str, NetworkInterface], what: str
) -> dict[str, NetworkInterface]:
    """Return the interfaces, those of stopped owners idle; `what` is the kind of the owners in the reason."""
    stopped = {reader.text("InstanceId") for reader in inventory.of(STOPPED)}
    return {
        id_: replace(eni, idle=f"its {what} is stopped") if eni.owner_id in stopped else eni
        for id_, eni in interfaces.items()
    }
