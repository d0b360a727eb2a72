"""Network options of the user: AWS's figures, or smaller ones for tests that should reach a limit quickly."""

from netful.model.core import Frozen

FIRST_NAT_PORT, LAST_PORT = 1024, 65_535
MOST_PORTS = LAST_PORT - FIRST_NAT_PORT + 1


class Options(Frozen, dict=True):
    """`nat_ports`: connections of a NAT gateway to one destination.

    `nat_idle_seconds`: a connection through it is reset after this time without a packet (vpc-network §4.2). `eni_ports`: connections of a Hyperplane interface to one
    destination (lambda §1.3). `eni_connections`: its connections in total before another one is made, which takes
    `eni_seconds`.
    """

    nat_ports: int = 55_000
    nat_idle_seconds: int = 350
    eni_ports: int = MOST_PORTS
    eni_connections: int = 65_000
    eni_seconds: float = 0.0
