"""The network of a cloud in the kernel: the internet, every VPC, their connections, sandboxes and positions.

All kernel objects are anonymous and held by this process alone, so the network ends with the process, however that
ends. Methods run on the namespace thread.
"""

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.doors.doors import ANY, ANY6, Doors
from netful.fabric.impaired import Impaired
from netful.fabric.kernel.netns import Netns, NetnsPool
from netful.fabric.kernel.options import Options
from netful.fabric.outside.internet import ECHO_PORT, RESOLVER, Internet
from netful.fabric.outside.internet_clients import InternetClients
from netful.fabric.positions import Positions
from netful.fabric.sandboxes import Sandboxes
from netful.fabric.vpcs.built_vpcs import BuiltVpcs
from netful.model.cloud import Cloud


class Fabric:
    """The network of a cloud. The caller's event loop serves `doors`; `internet` is outside of all VPCs."""

    def __init__(self, cloud: Cloud, limbo: int, options: Options | None = None) -> None:
        self.doors = Doors()
        self._pool = NetnsPool(limbo)
        self.internet = Internet(Netns.create(limbo))
        self._open_internet_doors()
        self.vpcs = BuiltVpcs(limbo, self.doors, self.internet, options or Options())
        self.sandboxes = Sandboxes(self.vpcs, self.internet, self.doors, limbo, self._pool)
        clients = InternetClients(self.internet, limbo, self._pool)
        self.impaired = Impaired()
        self.positions = Positions(self.vpcs, self.sandboxes, clients, self._pool)
        self.change(cloud)

    @property
    def cloud(self) -> Cloud:
        """The cloud that this network implements."""
        return self.vpcs.cloud

    def change(self, cloud: Cloud) -> None:
        """Change to the network of another cloud. Parts that are the same in both stay, with their connections.

        After a failure, a change to the previous cloud restores it: every step compares with what is built.
        """
        self.internet.change(cloud)
        self.vpcs.change(cloud)

    def _open_internet_doors(self) -> None:
        netns, door = self.internet.node.netns, Door(DoorKind.INTERNET)
        for every in (ANY, ANY6):
            self.doors.open_web("internet", door, netns, every)
            self.doors.open_echo("internet", door, netns, every, ECHO_PORT)
        self.doors.open_resolver("internet", None, netns, RESOLVER)

    def close(self) -> None:
        """Close all namespaces, and the sockets that no server has closed."""
        for door in self.doors:
            door.close()
        self.vpcs.close()
        self.sandboxes.close()
        self._pool.close()
        self.internet.close()
