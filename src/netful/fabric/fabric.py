"""The model in the kernel: the internet, every VPC, and what connects them; sandboxes and positions in them.

Everything that is made is anonymous and held by this process alone, so the end of the process, however it comes, is the
end of the network. Methods run on the namespace thread.
"""

from __future__ import annotations

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.doors.doors import ANY, ANY6, Doors
from netful.fabric.kernel.netns import Netns, NetnsPool
from netful.fabric.kernel.options import Options
from netful.fabric.outside.internet import ECHO_PORT, RESOLVER, Internet
from netful.fabric.outside.internet_clients import InternetClients
from netful.fabric.positions import Positions
from netful.fabric.sandboxes import Sandboxes
from netful.fabric.vpcs.built_vpcs import BuiltVpcs
from netful.model.cloud import Cloud


class Fabric:
    """The network of a cloud. `doors` are to be served by the caller's event loop."""

    def __init__(self, cloud: Cloud, limbo: int, options: Options | None = None) -> None:
        self.doors = Doors()
        self._pool = NetnsPool(limbo)
        self.internet = Internet(Netns.create(limbo))
        self._open_internet_doors()
        self.vpcs = BuiltVpcs(limbo, self.doors, self.internet, options or Options())
        self.sandboxes = Sandboxes(self.vpcs, self.internet, self.doors, limbo, self._pool)
        clients = InternetClients(self.internet, limbo, self._pool)
        self.positions = Positions(self.vpcs, self.sandboxes, clients, self._pool)
        self.change(cloud)

    @property
    def cloud(self) -> Cloud:
        """The cloud that the network is of."""
        return self.vpcs.cloud

    def change(self, cloud: Cloud) -> None:
        """Become the network of another cloud; what is the same in both stays, its connections included."""
        self.internet.change(cloud)
        self.vpcs.change(cloud)

    def _open_internet_doors(self) -> None:
        netns, door = self.internet.node.netns, Door(DoorKind.INTERNET)
        for every in (ANY, ANY6):
            self.doors.open_web("internet", door, netns, every)
            self.doors.open_echo("internet", door, netns, every, ECHO_PORT)
        self.doors.open_resolver("internet", None, netns, RESOLVER)

    def close(self) -> None:
        """Close all namespaces. Sockets that are being served are closed by their servers."""
        self.vpcs.close()
        self.sandboxes.close()
        self._pool.close()
        self.internet.close()
