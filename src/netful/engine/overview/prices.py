"""Monthly cost of a network: the NAT gateways and endpoints of a cloud (vpc-network §8, list prices of us-east-1).

Prices are parameters: other regions differ by some tenths. A template does not describe traffic, so it is not included;
`netful.forecast` computes the cost of a load.
"""

from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.vpc_endpoints import EndpointType

HOURS = 730


class Prices(Frozen):
    """Prices in USD, per hour or per gigabyte."""

    nat_hour: float = 0.045
    nat_gigabyte: float = 0.045
    endpoint_hour: float = 0.01
    endpoint_gigabyte: float = 0.01
    public_address_hour: float = 0.005

    @property
    def endpoint_break_even(self) -> float:
        """Gigabytes per month above which an endpoint in one zone costs less than the same traffic through a NAT gateway."""
        return HOURS * self.endpoint_hour / (self.nat_gigabyte - self.endpoint_gigabyte)

    def monthly(self, cloud: Cloud) -> dict[str, float]:
        """Return the fixed monthly cost: NAT gateways with their addresses, interface endpoints by zone."""
        public = sum(max(1, len(nat.allocation_ids)) for nat in cloud.network.nat_gateways.values() if nat.public)
        endpoints = (e for e in cloud.network.vpc_endpoints.values() if e.type is EndpointType.INTERFACE)
        interfaces = sum(len(endpoint.subnet_ids) for endpoint in endpoints)
        hourly = {
            "nat_gateways": len(cloud.network.nat_gateways) * self.nat_hour + public * self.public_address_hour,
            "interface_endpoints": interfaces * self.endpoint_hour,
        }
        return {name: round(price * HOURS, 2) for name, price in hourly.items()}


PRICES = Prices()
